"""Start-up checks: a record that breaks the contract of publishing is refused, with a hint."""

from __future__ import annotations

from typing import Any

from django.core import checks

from publishing.models import Publishable, PublishableQuerySet, published_models


@checks.register(checks.Tags.models)
def check_published_models(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Errors for every concrete `Publishable` whose declaration is incomplete."""
    return [error for model in published_models() for error in contract_errors(model)]


def contract_errors(model: type[Publishable]) -> list[checks.CheckMessage]:
    """What `model` lacks to be a published record (publishing.E001 to E004)."""
    errors = []
    if not getattr(model, "api_name", ""):
        errors.append(
            checks.Error(
                f"{model.__name__} has no name in the API.",
                hint='Set api_name = "events" (plural, kebab-case) on the model.',
                obj=model,
                id="publishing.E001",
            )
        )
    if "publish" not in model._meta.default_permissions:
        errors.append(
            checks.Error(
                f"{model.__name__} has no permission to publish.",
                hint="Declare class Meta(Publishable.Meta).",
                obj=model,
                id="publishing.E002",
            )
        )
    if not isinstance(model._default_manager.all(), PublishableQuerySet):
        errors.append(
            checks.Error(
                f"The default manager of {model.__name__} does not know published().",
                hint="objects = <a PublishableQuerySet>.as_manager()",
                obj=model,
                id="publishing.E003",
            )
        )
    if not any(name.endswith("_published_has_date") for name in _constraint_names(model)):
        errors.append(
            checks.Error(
                f"{model.__name__} drops the constraints of Publishable.",
                hint="constraints = [*Publishable.Meta.constraints, ...]",
                obj=model,
                id="publishing.E004",
            )
        )
    return errors


def _constraint_names(model: type[Publishable]) -> list[str]:
    return [constraint.name for constraint in model._meta.constraints]
