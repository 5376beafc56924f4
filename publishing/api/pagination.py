"""Keyset pages: each page begins after the last row of the one before, however far it is.

A page costs the same anywhere in the list, and a record added or withdrawn while somebody walks
the pages neither repeats nor hides another. This is a module of its own because the settings
import it.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param

from publishing.api.problems import InvalidParameters

if TYPE_CHECKING:
    from publishing.api.listing import Listing, Page

PAGE_SIZE = 20
MAX_PAGE_SIZE = 200
MAX_CURSOR_LENGTH = 2000
MAX_INTEGER = 2**63 - 1
# In the schema, what a record may be instead of whole.
SPARSE = {
    "type": "object",
    "minProperties": 1,
    "description": "Avec « fields » : les seuls champs demandés.",
}
YES_OR_NO = {"1": True, "0": False}

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: beside the row that has these values in the columns of the order.

    `backwards`: the page is the one before that row. Without values, it is at the end of the list.
    `order` names the order, since a place in one is none in another.
    """

    values: list[Any] | None
    order: str
    backwards: bool = False

    def encode(self) -> str:
        place = [int(self.backwards), self.values, self.order]
        # Django's own encoder would cut the microseconds off, and lose the place.
        text = json.dumps(place, default=str, ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, model: type[Model], order: Order) -> Cursor:
        """Raises ValueError when `text` is no cursor of a list of `model` in that order."""
        if len(text) > MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            backwards, values, name = json.loads(urlsafe_b64decode(padded))
            if values is not None:
                values = _typed(model, order.columns, values)
        except (binascii.Error, RecursionError, TypeError, ValidationError) as error:
            raise ValueError("not a cursor") from error
        if backwards not in (0, 1) or name != order.name:
            raise ValueError("no such direction, or another order")
        return cls(values, name, bool(backwards))


class KeysetPagination(BasePagination):
    """`{"next", "previous", "results"}`, and `"count"` for `?count=1` (one more query).

    The header `Link` says the same of the pages beside.

    The view's `get_ordering()` names columns that are never null, and ends on `id`.
    """

    parameters = frozenset({"cursor", "page_size", "count"})
    # In the schema, what an answer may hold beside the records.
    beside: Mapping[str, Any] = MappingProxyType({})

    def keys(self, listing: Listing, request: Request, view: Any) -> list[int]:
        """The keys of the page of `listing` that `request` asks for. Raises `InvalidParameters`.

        Keys alone: what is known of a record already is not read again (`publishing.api.ready`).
        """
        self.order = Order(view.get_ordering())
        self.address = _without_cursor(request)
        size, counted, cursor = self._read(request, listing.model)
        page = listing.page(self.order, cursor, size)
        self.count = listing.count() if counted else None
        self.before, self.after = self._neighbours(cursor, page)
        return page.keys

    def get_paginated_response(self, data: list[Any]) -> Response:
        counted = {} if self.count is None else {"count": self.count}
        links = {"next": self._link(self.after), "previous": self._link(self.before)}
        return Response(
            counted | links | {"results": data}, headers={"Link": self._link_header(links)}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Nombre total de fiches, si « count=1 » est demandé.",
                },
                "next": link | {"description": "Adresse de la page suivante."},
                "previous": link | {"description": "Adresse de la page précédente."},
                "results": schema | {"items": {"anyOf": [schema["items"], SPARSE]}},
                **self.beside,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(
                "cursor",
                "Repère d’une page, tel que donné par « next » et « previous ».",
                {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR_LENGTH},
            ),
            _parameter(
                "page_size",
                "Nombre de fiches par page.",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            ),
            _parameter(
                "count",
                "« 1 » ajoute à la réponse le nombre total de fiches.",
                {"type": "string", "enum": list(YES_OR_NO), "default": "0"},
            ),
        ]

    def _read(self, request: Request, model: type[Model]) -> tuple[int, bool, Cursor | None]:
        errors: dict[str, tuple[str, str]] = {}
        query = request.query_params
        asked = query.get("page_size")
        size = PAGE_SIZE if asked is None else page_size(asked)
        if size is None:
            errors["page_size"] = (
                "invalid_page_size",
                f"Un nombre entier de 1 à {MAX_PAGE_SIZE} est attendu.",
            )
        counted = YES_OR_NO.get(query.get("count", "0"))
        if counted is None:
            errors["count"] = ("invalid_choice", "« 1 » ou « 0 » est attendu.")
        cursor = None
        if "cursor" in query:
            try:
                cursor = Cursor.decode(query["cursor"], model, self.order)
            except ValueError:
                errors["cursor"] = (
                    "invalid_cursor",
                    "Ce repère n’est pas l’un de ceux que donnent « next » et « previous ».",
                )
        if errors:
            raise InvalidParameters(errors)
        return size, counted, cursor

    def _neighbours(self, cursor: Cursor | None, page: Page) -> tuple[Cursor | None, Cursor | None]:
        """The cursors of the pages before and after `page`, None where the list ends.

        Where we come from there is a page, without asking.
        """
        backwards = cursor is not None and cursor.backwards
        if not page.keys:
            # The rows beyond the cursor are gone: what is left is at that end of the list.
            end = Cursor(None, self.order.name, backwards=not backwards)
            return (None, end) if backwards else (end if cursor else None, None)
        before = Cursor(page.first, self.order.name, backwards=True)
        after = Cursor(page.last, self.order.name)
        if backwards:
            return before if page.more else None, after if cursor.values else None
        return before if cursor and cursor.values else None, after if page.more else None

    def _link_header(self, links: dict[str, str | None]) -> str:
        """The same links, and that of the first page, as RFC 8288 writes them."""
        named = {
            "first": self._link(Cursor(None, self.order.name)),
            "prev": links["previous"],
            "next": links["next"],
        }
        return ", ".join(f'<{url}>; rel="{name}"' for name, url in named.items() if url)

    def _link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        if cursor == Cursor(None, self.order.name):
            return self.address
        return f"{self.address}{'&' if '?' in self.address else '?'}cursor={cursor.encode()}"


class Order:
    """An order of several columns, as (« -date_sort », « id »), that rows can be placed in."""

    def __init__(self, ordering: tuple[str, ...]) -> None:
        self.ordering = ordering
        self.columns = [name.removeprefix("-") for name in ordering]
        self.name = ",".join(ordering)

    def cursor(self, record: Model) -> Cursor:
        """The place after `record`."""
        return Cursor([getattr(record, column) for column in self.columns], self.name)

    def page(
        self, queryset: QuerySet, cursor: Cursor | None, size: int
    ) -> tuple[list[Model], bool]:
        """At most `size` rows, in this order, and whether there are more in that direction."""
        return self.cut(list(self.page_of(queryset, cursor, size)), cursor, size)

    def page_of(self, queryset: QuerySet, cursor: Cursor | None, size: int) -> QuerySet:
        """The rows from `cursor` on in its direction, one more than `size`: see `cut`."""
        backwards = cursor is not None and cursor.backwards
        rows = queryset.order_by(*(_reversed(self.ordering) if backwards else self.ordering))
        if cursor is not None and cursor.values is not None:
            rows = rows.filter(self._beyond(cursor))
        return rows[: size + 1]

    def cut(self, found: list[Row], cursor: Cursor | None, size: int) -> tuple[list[Row], bool]:
        """The page that `page_of` found, in this order, and whether there are more beyond."""
        page = found[:size]
        backwards = cursor is not None and cursor.backwards
        return (page[::-1] if backwards else page), len(found) > size

    def _beyond(self, cursor: Cursor) -> Q:
        """(a > x) OR (a = x AND b > y) OR …, with `<` for the columns that go down."""
        beyond, equal = Q(), Q()
        for name, column, value in zip(self.ordering, self.columns, cursor.values, strict=True):
            downwards = name.startswith("-") != cursor.backwards
            beyond |= equal & Q(**{f"{column}__{'lt' if downwards else 'gt'}": value})
            equal &= Q(**{column: value})
        first, value = self.columns[0], cursor.values[0]
        downwards = self.ordering[0].startswith("-") != cursor.backwards
        # Implied by the rest, but a single bound is what lets the database enter its index.
        return Q(**{f"{first}__{'lte' if downwards else 'gte'}": value}) & beyond


def _without_cursor(request: Request) -> str:
    """The address of the first page. As it is, where that is the one asked for: most ask for it."""
    address = request.build_absolute_uri()
    is_further = "cursor" in request.query_params
    return remove_query_param(address, "cursor") if is_further else address


def _reversed(ordering: tuple[str, ...]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in ordering]


def _typed(model: type[Model], columns: list[str], values: Any) -> list[Any]:
    """`values` as the columns hold them. Raises ValueError, TypeError or ValidationError."""
    if not isinstance(values, list) or len(values) != len(columns):
        raise ValueError("another order")
    typed = []
    for column, value in zip(columns, values, strict=True):
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError("neither a number nor a text")
        _refuse_what_no_column_holds(value)
        typed.append(model._meta.get_field(column).to_python(value))
    return typed


def _refuse_what_no_column_holds(value: int | str) -> None:
    """Databases answer such values with an error of their own, which would pass for ours."""
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("beyond the largest integer of a database")
        return
    if "\0" in value or value.encode(errors="replace").decode() != value:
        raise ValueError("characters that are none")


def page_size(text: str) -> int | None:
    """The number of rows that `text` asks for; None when it is no such number."""
    # Bounded before it is read: a number of ten thousand digits takes its time.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE_SIZE))):
        return None
    size = int(text)
    return size if 1 <= size <= MAX_PAGE_SIZE else None


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
