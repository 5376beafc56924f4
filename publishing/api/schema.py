"""How the API describes itself: French words, tags by resource, named choices, problems."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_choice_description_list
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from publishing.api.problems import CONTENT_TYPE, KNOWN, ProblemSerializer
from publishing.api.serializers import CodeField


class PublishedAutoSchema(AutoSchema):
    """The operations of a `PublishedViewSet`: words from its model, problems beside the answer."""

    def get_tags(self) -> list[str]:
        return [self._plural]

    def get_summary(self) -> str:
        own = super().get_summary()
        if own:
            return own
        listed = self.view.action == "list"
        return f"Lister : {self._plural}" if listed else f"Lire : {self._singular}"

    def get_description(self) -> str:
        if self.view.action == "list":
            return (
                f"Les fiches publiées ({self._plural}), page par page. Un paramètre inconnu ou "
                "une valeur refusée répondent 400."
            )
        if self.view.action == "retrieve":
            return (
                f"Une fiche publiée ({self._singular}), par son identifiant « slug ». Une fiche "
                "retirée répond 410 ; un ancien identifiant, 301 vers le nouveau."
            )
        return super().get_description()

    def get_response_serializers(self) -> Any:
        found = super().get_response_serializers()
        if isinstance(found, dict):
            return found
        if self.view.action == "list":
            return answers(found, "Une page de la liste.", refused=(400, 406))
        return answers(found, "La fiche.", refused=(404, 406, 410))

    def get_override_parameters(self) -> list[OpenApiParameter]:
        if "{slug}" not in self.path:
            return []
        words = "Identifiant de la fiche, comme dans l’adresse de sa page."
        return [OpenApiParameter("slug", str, OpenApiParameter.PATH, description=words)]

    @property
    def _model(self) -> type[Model]:
        return self.view.model

    @property
    def _singular(self) -> str:
        return self._model._meta.verbose_name

    @property
    def _plural(self) -> str:
        return self._model._meta.verbose_name_plural


def answers(serializer: Any, words: str, *, refused: tuple[int, ...]) -> dict[Any, Any]:
    """What an operation answers: what `words` describe, or a problem of one of these statuses."""
    problems = {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, KNOWN[status][0])
        for status in refused
    }
    return {200: OpenApiResponse(serializer, words)} | problems


class EmptyFilters(DjangoFilterExtension):
    """A filter left empty filters nothing, as in the form of the page: the schema says so."""

    target_class = "publishing.api.filters.StrictFilterBackend"
    priority = DjangoFilterExtension.priority + 1

    def get_schema_operation_parameters(
        self, auto_schema: AutoSchema, *args: Any, **kwargs: Any
    ) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(auto_schema, *args, **kwargs)
        return [parameter | {"allowEmptyValue": True} for parameter in parameters]


class NamedChoices(OpenApiSerializerFieldExtension):
    """Each set of choices is a component called after its model: `EventKind`.

    Or after the serializer, where that has no model: `ForecastVerdict`.
    """

    target_class = CodeField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field = self.target
        component = ResolvedComponent(
            name=_component_name(field),
            type=ResolvedComponent.SCHEMA,
            object=_component_name(field),
            schema=_choices_schema(field),
        )
        auto_schema.registry.register_on_missing(component)
        return component.ref


def _model(field: CodeField) -> type[Model] | None:
    """That of its serializer, where there is one."""
    return getattr(getattr(field.parent, "Meta", None), "model", None)


def _component_name(field: CodeField) -> str:
    model = _model(field)
    owner = model.__name__ if model else type(field.parent).__name__.removesuffix("Serializer")
    return owner + "".join(word.capitalize() for word in field.field_name.split("_"))


def _choices_schema(field: CodeField) -> dict[str, Any]:
    codes = list(field.choices)
    if _may_be_empty(field):
        codes.append("")
    return {
        "type": "integer" if all(isinstance(code, int) for code in codes) else "string",
        "enum": codes,
        "description": build_choice_description_list(field.choices.items()),
    }


def _may_be_empty(field: CodeField) -> bool:
    model = _model(field)
    return bool(model) and "." not in field.source and model._meta.get_field(field.source).blank
