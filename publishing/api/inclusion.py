"""Related records beside those that name them: `?include=organiser,topics`.

The answer gains `included`, {type: {slug: record}}: each record once, as its own list tells it,
whatever the number of those that name it. What may be included is what the answer names by a short
link, so that a reader always finds in it the slug of what is beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Field, ListSerializer

from publishing.api.problems import InvalidParameters
from publishing.api.serializers import LinkSerializer, TypedLinkSerializer
from publishing.models import Publishable, published_models
from publishing.typography import number

if TYPE_CHECKING:
    from publishing.api.viewsets import PublishedViewSet

INCLUDE = "include"
INCLUDED = "included"
# A page of 200 that names five others each.
MOST_INCLUDED = 1000

# How the records of each model are shown; `PublishedViewSet` fills it.
VIEWSETS: dict[type[Publishable], type[PublishedViewSet]] = {}


@dataclass(frozen=True)
class Relation:
    """What is named at `path` in an answer: records of `model`; None: of the type that each says.

    `path` holds the names of fields, from the top of an object down to the link.
    """

    path: tuple[str, ...]
    model: type[Publishable] | None

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def needed(self) -> list[tuple[str, ...]]:
        """The fields by which a link tells which record it names."""
        told = ("slug",) if self.model else ("slug", "type")
        return [(*self.path, name) for name in told]

    @property
    def models(self) -> list[type[Publishable]]:
        return [self.model] if self.model else published_models()


@lru_cache(maxsize=64)
def relations_of(serializer_class: type[BaseSerializer]) -> dict[str, Relation]:
    """What `?include=` accepts for objects of this serializer, by name."""
    model = getattr(getattr(serializer_class, "Meta", None), "model", None)
    return {one.name: one for one in _relations(serializer_class(), model, ())}


def asked_relations(
    request: Request, serializer_class: type[BaseSerializer]
) -> tuple[Relation, ...]:
    """The relations that `request` asks to include. Raises `InvalidParameters`.

    Where there is nothing to include the parameter is unknown, which others say.
    """
    values = request.query_params.getlist(INCLUDE)
    known = relations_of(serializer_class)
    if not values or not known:
        return ()
    accepted = ", ".join(known)
    if len(values) > 1:
        detail = "Une seule valeur est attendue : des noms séparés par des virgules."
        raise InvalidParameters({INCLUDE: ("repeated", detail)})
    names = list(dict.fromkeys(name.strip() for name in values[0].split(",")))
    refused = [name for name in names if name not in known]
    if refused:
        raise InvalidParameters(
            [
                (
                    INCLUDE,
                    "invalid_choice",
                    f"« {name} » n’est pas à inclure. Relations acceptées : {accepted}.",
                )
                for name in refused
            ]
        )
    return tuple(known[name] for name in names)


def included(
    relations: Iterable[Relation], data: Any, context: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The public records that `data`, one object or several, names at `relations`.

    {type: {slug: record}}, every type that was asked for being there. Queries: those of a list, for
    each type that is named. Raises `InvalidParameters` beyond `MOST_INCLUDED`.
    """
    slugs: dict[type[Publishable], dict[str, None]] = {}
    for relation in relations:
        if relation.model:
            slugs.setdefault(relation.model, {})
        for link in _links(data, relation.path):
            slugs.setdefault(_model_of(link, relation), {})[link["slug"]] = None
    if sum(len(some) for some in slugs.values()) > MOST_INCLUDED:
        detail = (
            f"Plus de {number(MOST_INCLUDED)} fiches seraient à inclure : demandez "
            "moins de fiches par page, ou moins de relations."
        )
        raise InvalidParameters({INCLUDE: ("too_many", detail)})
    return {model.api_name: _shown(model, list(some), context) for model, some in slugs.items()}


def _shown(
    model: type[Publishable], slugs: list[str], context: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    if not slugs:
        return {}
    viewset = VIEWSETS[model]()
    records = viewset.load_list(model._default_manager.published().filter(slug__in=slugs))
    found = viewset.serializer_class(records, many=True, context=context).data
    shown = {record["slug"]: record for record in found}
    # In the order in which they are named.
    return {slug: shown[slug] for slug in slugs if slug in shown}


def _links(data: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The short links of `data` at `path`; what is not public is null, or left out."""
    if isinstance(data, list):
        for one in data:
            yield from _links(one, path)
    elif data is not None:
        if path:
            yield from _links(data[path[0]], path[1:])
        else:
            yield data


def _model_of(link: dict[str, Any], relation: Relation) -> type[Publishable]:
    return relation.model or next(one for one in VIEWSETS if one.api_name == link["type"])


# --- What a serializer names ---


def _relations(
    serializer: BaseSerializer, model: type[Model] | None, path: tuple[str, ...]
) -> Iterator[Relation]:
    for name, field in serializer.fields.items():
        inner = field.child if isinstance(field, ListSerializer) else field
        below = _own_model(inner) or _related(model, field)
        if isinstance(inner, TypedLinkSerializer):
            yield Relation((*path, name), None)
        elif isinstance(inner, LinkSerializer):
            yield Relation((*path, name), below)
        elif hasattr(inner, "fields"):
            yield from _relations(inner, below, (*path, name))


def _own_model(serializer: Field) -> type[Model] | None:
    return getattr(getattr(serializer, "Meta", None), "model", None)


def _related(model: type[Model] | None, field: Field) -> type[Model] | None:
    """What `field` of a serializer leads to, from a row of `model`."""
    if model is None or field.source == "*":
        return model
    try:
        return model._meta.get_field(field.source).related_model
    except FieldDoesNotExist:
        return None
