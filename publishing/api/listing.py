"""The list that a request asks for: which records are on a page of it is asked at each request.

How to ask is worked out once for a version of the content: the filters are read, the query is made
and written in SQL; then another page, or the same one, is that SQL with other values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from publishing.api.pagination import Cursor, Order
from publishing.api.ready import ready_statement
from publishing.api.statements import Slot, Statement
from publishing.versions import Version


class Page(NamedTuple):
    """The keys of a page in its order, and the values of that order in its first and last rows.

    `more`: there are others further on, in the direction that was asked for.
    """

    keys: list[int]
    first: list[Any]
    last: list[Any]
    more: bool


class Listing:
    """The records of `model` that `find` gives; it is called when they are needed.

    `name` tells this list from the others; None: what it holds is for who asks, and nothing of it
    is kept. `version` is to be asked before anything else is read.
    """

    def __init__(
        self,
        model: type[Model],
        find: Callable[[], QuerySet],
        version: Version,
        name: Hashable | None,
    ) -> None:
        self.model = model
        self.find = find
        self.version = version
        self.name = name

    @cached_property
    def records(self) -> QuerySet:
        return self.find()

    def count(self) -> int:
        """How many records there are (one query)."""
        return self.records.count()

    def page(self, order: Order, cursor: Cursor | None, size: int) -> Page:
        """At most `size` records in `order`, from `cursor` on. One query."""
        values = (cursor and cursor.values) or ()
        statement = self._statement(order, cursor, size)
        rows, more = order.cut(statement.rows(values), cursor, size)
        ends = [statement.read(row) for row in (rows[:1] + rows[-1:])] or [[], []]
        return Page([row[-1] for row in rows], ends[0], ends[-1], more)

    def _statement(self, order: Order, cursor: Cursor | None, size: int) -> Statement:
        if self.name is None:
            return self._written(order, cursor, size)
        begins = cursor and (cursor.backwards, cursor.values is None)
        return ready_statement(
            self.version,
            (self.name, order.name, begins, size),
            lambda: self._written(order, cursor, size),
        )

    def _written(self, order: Order, cursor: Cursor | None, size: int) -> Statement:
        return Statement(order.page_of(self._places(order), self._slots(order, cursor), size))

    def _places(self, order: Order) -> QuerySet:
        return self.records.values_list(*order.columns)

    def _slots(self, order: Order, cursor: Cursor | None) -> Cursor | None:
        """`cursor` with slots in the place of its values."""
        if cursor is None or cursor.values is None:
            return cursor
        slots: Sequence[Slot] = [
            Slot(self.model._meta.get_field(column), place)
            for place, column in enumerate(order.columns)
        ]
        return Cursor(slots, cursor.order, cursor.backwards)
