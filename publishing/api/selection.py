"""What of a record an answer holds: `?fields=slug,title,date.start`.

What is not asked for is not worked out, nor read in the database where nothing else needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Field, ListSerializer

from publishing.api.problems import InvalidParameters
from publishing.api.serializers import ApiAddressField, PageAddressField

FIELDS = "fields"
MAX_LENGTH = 1000
# Made from the `slug` alone.
ADDRESSES = (ApiAddressField, PageAddressField)

Tree = dict[str, Any]
"""Names of fields, each with those asked of it; nothing below: the whole of it."""


def asked_of(request: Request) -> Tree:
    """The fields that `request` asks for, none when it says nothing. Raises `InvalidParameters`."""
    return _tree(name.split(".") for name in names_asked(request))


def names_asked(request: Request) -> list[str]:
    """The names that `fields` gives, as it does; none without it. Raises `InvalidParameters`."""
    text = request.query_params.get(FIELDS)
    if text is None:
        return []
    if not text.strip() or len(text) > MAX_LENGTH:
        detail = (
            f"Des noms de champs, séparés par des virgules, en {MAX_LENGTH} caractères au plus."
        )
        raise InvalidParameters({FIELDS: ("invalid_fields", detail)})
    return [name.strip() for name in text.split(",")]


def _tree(paths: Iterator[list[str]]) -> Tree:
    below: dict[str, list[list[str]]] = {}
    whole = set()
    for first, *rest in paths:
        below.setdefault(first, [])
        if rest:
            below[first].append(rest)
        else:
            whole.add(first)
    return {name: {} if name in whole else _tree(iter(rest)) for name, rest in below.items()}


def also(tree: Tree, path: Sequence[str]) -> Tree:
    """`tree` with what is at `path` besides."""
    first, *rest = path
    if first not in tree:
        return tree | {first: also({}, rest) if rest else {}}
    below = tree[first]
    # Nothing below: the whole is there already.
    return tree | {first: also(below, rest) if below and rest else {}}


def keep(serializer: BaseSerializer, tree: Tree) -> None:
    """Leaves to `serializer` the fields of `tree`. Raises `InvalidParameters` naming the others."""
    unknown = list(_unknown(serializer, tree))
    if unknown:
        raise InvalidParameters([(FIELDS, "invalid_choice", detail) for detail in unknown])
    _prune(serializer, tree)


def lean(queryset: QuerySet, serializer: BaseSerializer) -> QuerySet:
    """`queryset` without what is related and serves no field of `serializer`.

    Where a field is worked out by the record itself, from nobody knows what, all of it stays.
    """
    needed: set[str] = set()
    for field in inner(serializer).fields.values():
        read = _relations_read(field, queryset)
        if read is None:
            return queryset
        needed |= read
    joined = [path for path in _joined(queryset) if path.split("__")[0] in needed]
    fetched = [lookup for lookup in _fetched(queryset) if _attribute(lookup) in needed]
    bare = queryset.select_related(None).prefetch_related(None)
    # Without a name, every foreign key would be joined.
    return (bare.select_related(*joined) if joined else bare).prefetch_related(*fetched)


def inner(field: Field) -> Field:
    """What describes one record, of a field that holds one or several."""
    return field.child if isinstance(field, ListSerializer) else field


def _unknown(field: Field, tree: Tree, path: str = "") -> Iterator[str]:
    """A sentence for each name that is none."""
    fields = getattr(inner(field), "fields", {})
    for name, below in tree.items():
        if name in fields:
            yield from _unknown(fields[name], below, f"{path}{name}.")
        elif fields:
            accepted = ", ".join(f"{path}{one}" for one in fields)
            yield f"« {path}{name} » n’est pas un champ. Champs acceptés : {accepted}."
        else:
            yield f"« {path}{name} » n’est pas un champ : « {path.rstrip('.')} » n’en a pas."


def _prune(field: Field, tree: Tree) -> None:
    fields = getattr(inner(field), "fields", {})
    for name in list(fields):
        if name not in tree:
            fields.pop(name)
        elif tree[name]:
            _prune(fields[name], tree[name])


def _relations_read(field: Field, queryset: QuerySet) -> set[str] | None:
    """The relation that `field` reads, if any; None when nothing tells."""
    if isinstance(field, ADDRESSES):
        return set()
    model, name = queryset.model, field.source.split(".")[0]
    columns = {column.name for column in model._meta.concrete_fields if not column.is_relation}
    if name in columns or name in getattr(model, "approximate_date_fields", ()):
        return set()
    loaded = {path.split("__")[0] for path in _joined(queryset)}
    loaded |= {_attribute(lookup) for lookup in _fetched(queryset)}
    return {name} if name in loaded else None


def _joined(queryset: QuerySet) -> list[str]:
    """What `queryset` selects with each record, as it was asked for: « supersedes__indicator »."""
    related = queryset.query.select_related
    return list(_paths(related)) if isinstance(related, dict) else []


def _paths(related: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, below in related.items():
        yield f"{above}{name}"
        yield from _paths(below, f"{above}{name}__")


def _fetched(queryset: QuerySet) -> tuple[str | Prefetch, ...]:
    """What `queryset` fetches after the records."""
    # Django says it nowhere else.
    return queryset._prefetch_related_lookups


def _attribute(lookup: str | Prefetch) -> str:
    """Where a record holds what `lookup` fetches."""
    path = lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup
    return path.split("__")[0]
