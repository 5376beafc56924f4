"""The three groups of the editorial team, and what each may do.

They are made by `migrate`, app by app, and hold in forms and actions alike.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, router

WRITER = "Rédacteur"
REVIEWER = "Relecteur"
ADMINISTRATOR = "Administrateur"

RECORD_ACTIONS = {
    WRITER: ("add", "change", "view"),
    REVIEWER: ("add", "change", "view", "publish"),
    ADMINISTRATOR: ("add", "change", "view", "publish", "delete"),
}
# The register of anomalies: whoever writes sees it, whoever publishes decides.
REGISTER_ACTIONS = {
    WRITER: ("view",),
    REVIEWER: ("view", "change"),
    ADMINISTRATOR: ("view", "change"),
}
# Whoever writes has tokens of their own; an administrator sees and revokes those of all.
TOKEN_ACTIONS = {
    WRITER: ("add", "change", "view"),
    REVIEWER: ("add", "change", "view"),
    ADMINISTRATOR: ("add", "change", "view", "oversee"),
}
# Sections, citations, relations, vocabulary: parts of a record, which whoever writes may remove.
PART_ACTIONS = ("add", "change", "view", "delete")
ACCOUNT_MODELS = ("user", "group")


def grant_group_permissions(
    app_config: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any
) -> None:
    """Receiver of `post_migrate`: makes the groups and adds what is missing to their rights.

    Rights added by hand to a group are kept; nothing is ever removed.
    """
    from django.contrib.auth.models import Group, Permission  # app ready

    if not router.allow_migrate_model(using, Group):
        return
    for group_name in RECORD_ACTIONS:
        codenames = _codenames(app_config, group_name)
        if not codenames:
            continue
        group, _ = Group.objects.using(using).get_or_create(name=group_name)
        group.permissions.add(
            *Permission.objects.using(using).filter(
                content_type__app_label=app_config.label, codename__in=codenames
            )
        )


def _codenames(app_config: AppConfig, group_name: str) -> set[str]:
    from publishing.models import Anomaly, Publishable  # app ready

    models = list(app_config.get_models())
    if Anomaly in models:
        register = {f"{action}_anomaly" for action in REGISTER_ACTIONS[group_name]}
        return register | {f"{action}_apitoken" for action in TOKEN_ACTIONS[group_name]}
    if app_config.label == "auth" and group_name == ADMINISTRATOR:
        return {f"{action}_{name}" for name in ACCOUNT_MODELS for action in PART_ACTIONS}
    if not any(issubclass(model, Publishable) for model in models):
        models = [model for model in models if getattr(model, "kept_by_editors", False)]
    return {
        f"{action}_{model._meta.model_name}"
        for model in models
        for action in (
            RECORD_ACTIONS[group_name] if issubclass(model, Publishable) else PART_ACTIONS
        )
    }
