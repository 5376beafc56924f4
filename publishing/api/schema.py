"""How the API describes itself: French words, tags by resource, named choices, problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Model
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_choice_description_list
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.serializers import Field

from publishing.api.inclusion import (
    INCLUDE,
    INCLUDED,
    MOST_INCLUDED,
    VIEWSETS,
    Relation,
    relations_of,
)
from publishing.api.pagination import SPARSE
from publishing.api.problems import CONTENT_TYPE, KNOWN, ProblemSerializer
from publishing.api.repetition import HEADER, LONGEST_KEY
from publishing.api.selection import FIELDS, MAX_LENGTH, inner
from publishing.api.serializers import CodeField
from publishing.api.writing import MOST_ROWS, Writable, expected
from publishing.content.keys import (
    ApproximateDateKey,
    DayKey,
    IntegerKey,
    Key,
    MomentKey,
    ReferenceKey,
)
from publishing.content.rows import Rows
from publishing.models import Publishable, Status
from publishing.typography import number

JSON = "application/json"
WRITTEN = {"create": 201, "update": 200, "partial_update": 200, "destroy": 200}
# What any operation may be refused for.
ALWAYS = (401, 406, 429)
WRITING = (400, 403, 409, 413, 415, 422)
CHANGING = (404, 412, 428)
REFUSED = {
    "list": (400, 403, *ALWAYS),
    "retrieve": (400, 404, 410, *ALWAYS),
    "create": (*WRITING, *ALWAYS),
    "update": (*WRITING, *CHANGING, *ALWAYS),
    "partial_update": (*WRITING, *CHANGING, *ALWAYS),
    "destroy": (403, 409, *CHANGING, *ALWAYS),
}
SUMMARIES = {
    "list": "Lister : {plural}",
    "retrieve": "Lire : {singular}",
    "create": "Créer : {singular}",
    "update": "Remplacer : {singular}",
    "partial_update": "Modifier : {singular}",
    "destroy": "Archiver : {singular}",
}
# No control character but tabulations and ends of line; blank is empty.
_SIGN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
PRINTABLE = rf"^{_SIGN}*$"
NOT_BLANK = rf"^{_SIGN}*\S{_SIGN}*$"
SLUG = r"^[-a-zA-Z0-9_]*$"
DECIMAL = r"^-?[0-9]{1,14}([.,][0-9]{1,6})?$"
RULES = (
    "Les règles, les messages et les droits sont ceux de l’admin. Tout ce qui est refusé est dit à "
    "la fois, chaque valeur par son « pointer »."
)
DESCRIPTIONS = {
    "list": "Les fiches publiées ({plural}), page par page. Un paramètre inconnu ou une valeur "
    "refusée répondent 400.",
    "retrieve": "Une fiche publiée ({singular}), par son identifiant « slug ». Une fiche retirée "
    "répond 410 ; un ancien identifiant, 301 vers le nouveau. Avec un jeton, les fiches qui ne "
    "sont pas publiques se lisent aussi, et « editing » s’y ajoute.",
    "create": "Une fiche, ou une liste de fiches dont chacune réussit ou échoue pour elle-même "
    "(réponse 207). Avec « Idempotency-Key », une requête répétée n’en crée qu’une. " + RULES,
    "update": "Toute la fiche : ce que le corps ne dit pas est vidé, sauf « slug », « status », "
    "« published_at » et « expire_at », qui restent. " + RULES,
    "partial_update": "Ce que dit le corps, et rien d’autre ; une liste y est remplacée tout "
    "entière. " + RULES,
    "destroy": "La fiche quitte le public (410) et rien n’en est perdu : un jeton la lit encore.",
}


class ReadingAutoSchema(AutoSchema):
    """The operations of a `ReadingViewSet`: words from its model, problems beside the answer."""

    descriptions: ClassVar[dict[str, str]] = DESCRIPTIONS
    refused: ClassVar[dict[str, tuple[int, ...]]] = REFUSED
    answered = "La fiche."

    def get_tags(self) -> list[str]:
        return [self._plural]

    def get_summary(self) -> str:
        own = super().get_summary()
        return own or self._say(SUMMARIES[self.view.action])

    def get_description(self) -> str:
        if self.view.action in self.descriptions:
            return self._say(self.descriptions[self.view.action])
        return super().get_description()

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Anybody reads."""
        return [{}, {"token": []}]

    def get_response_serializers(self) -> Any:
        found = super().get_response_serializers()
        if isinstance(found, dict) and set(found) != {"204"}:
            return found
        action = self.view.action
        if action == "list":
            return answers(found, "Une page de la liste.", refused=self.refused[action])
        if action == "retrieve":
            either = {"anyOf": [self._record(), SPARSE]}
            return answers(either, self.answered, refused=self.refused[action])
        return found

    def get_override_parameters(self) -> list[OpenApiParameter]:
        action = self.view.action
        parameters = []
        if action == "list":
            words = "L’ordre de la liste ; « - » l’inverse. Un repère ne vaut que dans son ordre."
            codes = {"type": "string", "enum": list(self.view.accepted_orders())}
            parameters.append(OpenApiParameter("ordering", codes, description=words))
        if action in ("list", "retrieve"):
            parameters.append(self._fields())
            parameters += self._include()
        return parameters

    def _get_paginator(self) -> Any:
        paginator = super()._get_paginator()
        if paginator:
            paginator.beside = self._included()
        return paginator

    def _record(self) -> dict[str, Any]:
        """The object alone, with what it may include."""
        component = self.resolve_serializer(self.view.detail_serializer_class, "response")
        component.schema["properties"] |= self._included()
        return component.ref

    def _relations(self) -> dict[str, Relation]:
        return relations_of(self.view.get_serializer_class())

    def _include(self) -> list[OpenApiParameter]:
        relations = self._relations()
        if not relations:
            return []
        example = ",".join(list(relations)[:2])
        words = (
            "Les fiches liées à joindre, séparées par des virgules, comme "
            f"« {INCLUDE}={example} » : chacune une fois, dans « {INCLUDED} », telle que la donne "
            f"sa liste ; {number(MOST_INCLUDED)} au plus. Avec « {FIELDS} », le "
            "« slug » de chaque lien à joindre est toujours répondu."
        )
        names = {"type": "string", "enum": list(relations)}
        schema = {"type": "array", "items": names, "minItems": 1}
        return [OpenApiParameter(INCLUDE, schema, style="form", explode=False, description=words)]

    def _included(self) -> dict[str, Any]:
        """The property of an answer that holds what is included."""
        if self.view.action not in ("list", "retrieve"):
            return {}
        models = {one: None for relation in self._relations().values() for one in relation.models}
        if not models:
            return {}
        kinds = {model.api_name: self._by_slug(model) for model in models}
        words = "Avec « include » : les fiches liées, par type puis par « slug »."
        return {INCLUDED: _object(kinds, words=words)}

    def _by_slug(self, model: type[Publishable]) -> dict[str, Any]:
        component = self.resolve_serializer(VIEWSETS[model].serializer_class, "response")
        return {"type": "object", "additionalProperties": component.ref}

    def _fields(self) -> OpenApiParameter:
        """Each name, and after a dot those below it."""
        words = (
            "Les seuls champs à répondre, séparés par des virgules ; un point mène plus bas : "
            "« title,date.start,topics.slug »."
        )
        one = _paths(self.view.get_serializer_class()())
        schema = {"type": "string", "pattern": rf"^{one}(,{one})*$", "maxLength": MAX_LENGTH}
        return OpenApiParameter(FIELDS, schema, description=words)

    def _named(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(
            name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
        )
        self.registry.register_on_missing(component)
        return component.ref

    def _say(self, words: str) -> str:
        return words.format(plural=self._plural, singular=self._singular)

    @property
    def _model(self) -> type[Model]:
        return self.view.model

    @property
    def _singular(self) -> str:
        return self._model._meta.verbose_name

    @property
    def _plural(self) -> str:
        return self._model._meta.verbose_name_plural


class PublishedAutoSchema(ReadingAutoSchema):
    """The operations of a `PublishedViewSet`: those, and writing."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Anybody reads; a token alone writes."""
        return [{"token": []}] if self.view.action in WRITTEN else super().get_auth()

    def get_request_serializer(self) -> Any:
        action = self.view.action
        if action not in WRITTEN or action == "destroy":
            return None
        return {JSON: self._body(action)}

    def get_response_serializers(self) -> Any:
        action = self.view.action
        if action not in WRITTEN:
            return super().get_response_serializers()
        words = "La fiche, telle qu’elle est enregistrée."
        shown = answers(self._record(), words, refused=REFUSED[action], status=WRITTEN[action])
        if action == "create":
            shown[207] = OpenApiResponse(self._results(), "Ce qu’il est advenu de chacune.")
        return shown

    def get_examples(self) -> list[OpenApiExample]:
        if self.view.action != "create":
            return super().get_examples()
        example = self.view.write_example
        return [
            OpenApiExample("Une fiche", example, request_only=True, media_type=JSON),
            OpenApiExample("Plusieurs fiches", [example], request_only=True, media_type=JSON),
        ]

    # --- What is written ---

    @property
    def _writable(self) -> Writable:
        return self.view.writable

    def _body(self, action: str) -> dict[str, Any]:
        name = f"{self._model.__name__}Writing"
        properties = {one: self._key_schema(key) for one, key in self._writable.keys.items()}
        required = [one for one, key in self._writable.keys.items() if key.required]
        if action == "partial_update":
            words = f"Ce qui change de : {self._singular}."
            return self._named(f"{name}Patch", _object(properties, words=words))
        words = f"Ce qui s’écrit de : {self._singular}."
        whole = self._named(name, _object(properties, required, words))
        if action == "update":
            return whole
        several = {"type": "array", "items": whole, "minItems": 1, "maxItems": 100}
        return {"oneOf": [whole, several]}

    def _record(self) -> dict[str, Any]:
        """The object alone, with what a token reads besides."""
        shown = super()._record()
        component = self.resolve_serializer(self.view.detail_serializer_class, "response")
        editing = _object(
            {one: self._key_schema(key) for one, key in self._writable.keys.items()},
            list(self._writable.keys),
            "La fiche telle qu’elle s’écrit : pour un jeton seulement.",
        )
        name = f"{self._model.__name__}Editing"
        found = {"rule": {"type": "string"}, "severity": {"type": "string"}}
        found |= {"message": {"type": "string"}}
        component.schema["properties"] |= {
            "editing": self._named(name, editing),
            "open_anomalies": {
                "type": "array",
                "items": self._named("OpenAnomaly", _object(found, list(found))),
                "description": "Ce que les règles ont trouvé, et qui attend la rédaction : pour "
                "un jeton seulement.",
            },
        }
        return shown

    def _results(self) -> dict[str, Any]:
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        text = {"type": "string"}
        result = {
            "index": {"type": "integer", "description": "Rang dans la liste, à partir de 0."},
            "status": {"type": "integer", "description": "201, ou le code du refus."},
            "id": {"type": "integer"},
            "slug": text,
            "url": text | {"format": "uri"},
            "etag": text,
            "problem": problem,
        }
        whole = {
            "created": {"type": "integer"},
            "refused": {"type": "integer"},
            "results": {"type": "array", "items": _object(result, ["index", "status"])},
        }
        return self._named("BatchResult", _object(whole, list(whole), "Résultat d’un envoi."))

    def _key_schema(self, key: Key) -> dict[str, Any]:
        if isinstance(key, Rows):
            words = {"description": f"{key.label.capitalize()} : la liste entière."}
            return _list(self._row_schema(key)) | words
        if not key.field.flatchoices:
            return _described(key, _value_schema(key))
        codes = self._named(_choices_name(key.field.model, key.field.name), _codes(key.field))
        return _described(key, codes if key.required else {"oneOf": [codes, {"type": "null"}]})

    def _row_schema(self, key: Rows) -> dict[str, Any]:
        columns = {one: self._key_schema(mine) for one, mine in key.keys.items()}
        if key.scalar:
            return next(iter(columns.values()))
        required = [one for one, mine in key.keys.items() if mine.required]
        return self._named(f"{key.model.__name__}Writing", _object(columns, required))

    def get_override_parameters(self) -> list[OpenApiParameter]:
        action = self.view.action
        parameters = super().get_override_parameters()
        if "{slug}" in self.path:
            words = "Identifiant de la fiche, comme dans l’adresse de sa page."
            parameters.append(
                OpenApiParameter("slug", str, OpenApiParameter.PATH, description=words)
            )
        if action == "list":
            words = "Avec un jeton : les fiches de ce statut, publiques ou non ; « all » : toutes."
            codes = {"type": "string", "enum": [*Status.values, "all"]}
            parameters.append(OpenApiParameter("status", codes, description=words))
        if action == "create":
            words = (
                "Nom donné à la requête : répétée dans les 24 heures, elle ne crée rien de plus."
            )
            schema = {"type": "string", "pattern": "^[!-~]+$", "maxLength": LONGEST_KEY}
            parameters.append(_header(HEADER, schema, words))
        if action in ("update", "partial_update", "destroy"):
            words = "« ETag » de la fiche telle que vous l’avez lue, avec ses guillemets."
            parameters.append(_header("If-Match", {"type": "string"}, words))
        return parameters


def _paths(serializer: Field) -> str:
    """The pattern of one path of `?fields=`."""
    below = {name: inner(field) for name, field in serializer.fields.items()}
    names = (
        rf"{name}(\.{_paths(field)})?" if hasattr(field, "fields") else name
        for name, field in below.items()
    )
    return f"({'|'.join(names)})"


def _header(name: str, schema: dict[str, Any], words: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=words)


def _object(
    properties: dict[str, Any], required: list[str] | None = None, words: str = ""
) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if words:
        schema["description"] = words
    return schema | {"additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items, "maxItems": MOST_ROWS}


def _value_schema(key: Key) -> dict[str, Any]:
    """What JSON `key` is read from; null empties it."""
    kinds = list(expected(key).kinds)
    if kinds == ["array"]:
        references = key.field.is_relation
        return _list({"type": "string", "pattern": SLUG if references else PRINTABLE})
    schema: dict[str, Any] = {"type": kinds[0] if key.required else [*kinds, "null"]}
    if isinstance(key, IntegerKey):
        return schema | _bounds(key.field)
    if kinds == ["string"]:
        schema |= _form(key)
    if key.field.max_length and not isinstance(key, ApproximateDateKey):
        schema["maxLength"] = key.field.max_length
    return schema


def _bounds(field: models.Field) -> dict[str, int]:
    """The narrowest of what the column and its validators hold."""
    least = [one.limit_value for one in field.validators if isinstance(one, MinValueValidator)]
    most = [one.limit_value for one in field.validators if isinstance(one, MaxValueValidator)]
    return {"minimum": max(least), "maximum": min(most)} if least and most else {}


def _form(key: Key) -> dict[str, Any]:
    """How a text is made, as far as a pattern can say."""
    if isinstance(key, DayKey):
        return {"format": "date"}
    if isinstance(key, MomentKey):
        return {"format": "date-time"}
    if isinstance(key.field, models.DecimalField):
        return {"pattern": DECIMAL}
    if isinstance(key.field, models.SlugField | models.ForeignKey):
        return {"pattern": SLUG}
    return {"minLength": 1, "pattern": NOT_BLANK} if key.required else {"pattern": PRINTABLE}


def _codes(field: models.Field) -> dict[str, Any]:
    return _codes_schema(field.flatchoices, may_be_empty=field.blank)


def _described(key: Key, schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with the words of the admin, and how the value is written."""
    words = [str(key.field.verbose_name).capitalize() + "."]
    if isinstance(key, ApproximateDateKey):
        words.append("En français, ou en EDTF : « automne 2025 », « 20-23 mai 2025 », « 2025-04 ».")
    elif isinstance(key, ReferenceKey) or key.field.many_to_many:
        words.append(f"Par « slug » ({key.field.related_model._meta.verbose_name_plural}).")
    elif isinstance(key, MomentKey):
        words.append("Instant ISO 8601 ; sans décalage, à l’heure de Paris.")
    elif isinstance(key.field, models.DecimalField):
        words.append("Un texte, avec les décimales que donne la source : « 20.40 ».")
    else:
        words.append(str(key.field.help_text))
    return schema | {"description": " ".join(word for word in words if word)}


def answers(
    serializer: Any, words: str, *, refused: tuple[int, ...], status: int = 200
) -> dict[Any, Any]:
    """What an operation answers: what `words` describe, or a problem of one of these statuses."""
    problems = {
        (code, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, KNOWN[code][0])
        for code in sorted(refused)
    }
    return {status: OpenApiResponse(serializer, words)} | problems


class EmptyFilters(DjangoFilterExtension):
    """A filter left empty filters nothing, as in the form of the page: the schema says so."""

    target_class = "publishing.api.filters.StrictFilterBackend"
    priority = DjangoFilterExtension.priority + 1

    def get_schema_operation_parameters(
        self, auto_schema: AutoSchema, *args: Any, **kwargs: Any
    ) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(auto_schema, *args, **kwargs)
        for parameter in parameters:
            # Generators of clients name a class by it, and two filters may have the same label.
            parameter["schema"].pop("title", None)
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
    if model:
        return _choices_name(model, field.field_name)
    return _camel(type(field.parent).__name__.removesuffix("Serializer"), field.field_name)


def _choices_name(model: type[Model], field_name: str) -> str:
    return _camel(model.__name__, field_name)


def _camel(owner: str, name: str) -> str:
    return owner + "".join(word.capitalize() for word in name.split("_"))


def _choices_schema(field: CodeField) -> dict[str, Any]:
    return _codes_schema(field.choices.items(), may_be_empty=_may_be_empty(field))


def _codes_schema(choices: Iterable[tuple[Any, str]], *, may_be_empty: bool) -> dict[str, Any]:
    choices = list(choices)
    codes = [code for code, _ in choices]
    if may_be_empty:
        codes.append("")
    return {
        "type": "integer" if all(isinstance(code, int) for code in codes) else "string",
        "enum": codes,
        "description": build_choice_description_list(choices),
    }


def _may_be_empty(field: CodeField) -> bool:
    model = _model(field)
    return bool(model) and "." not in field.source and model._meta.get_field(field.source).blank
