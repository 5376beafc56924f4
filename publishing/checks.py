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
    """What `model` lacks to be a published record (publishing.E001 to E005)."""
    constraints = [constraint.name for constraint in model._meta.constraints]
    indexes = [index.fields for index in model._meta.indexes]
    demands = (
        (
            bool(getattr(model, "api_name", "")),
            f"{model.__name__} has no name in the API.",
            'Set api_name = "events" (plural, kebab-case) on the model.',
        ),
        (
            "publish" in model._meta.default_permissions,
            f"{model.__name__} has no permission to publish.",
            "Declare class Meta(Publishable.Meta).",
        ),
        (
            isinstance(model._default_manager.all(), PublishableQuerySet),
            f"The default manager of {model.__name__} does not know published().",
            "objects = <a PublishableQuerySet>.as_manager()",
        ),
        (
            any(name.endswith("_published_has_date") for name in constraints),
            f"{model.__name__} drops the constraints of Publishable.",
            "constraints = [*Publishable.Meta.constraints, ...]",
        ),
        (
            all(index.fields in indexes for index in Publishable._meta.indexes),
            f"{model.__name__} drops the indexes of Publishable.",
            "indexes = [*Publishable.Meta.indexes, ...]",
        ),
    )
    return [
        checks.Error(message, hint=hint, obj=model, id=f"publishing.E{number:03}")
        for number, (is_met, message, hint) in enumerate(demands, start=1)
        if not is_met
    ]
