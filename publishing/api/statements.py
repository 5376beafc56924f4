"""Queries written in SQL once, and asked again with other values.

To write the query of a list takes Django ten times what it takes a database to answer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, QuerySet


class Slot(Expression):
    """The value of `field` that a statement is given when it is asked, at `place` among others."""

    def __init__(self, field: Field, place: int) -> None:
        super().__init__(output_field=field)
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Slot]]:
        return "%s", [self]


class Statement:
    """The SQL of a queryset of `values_list()`, in which slots may stand for values.

    Whatever else the queryset compares with, the present moment included, is in it for good.
    """

    def __init__(self, queryset: QuerySet) -> None:
        self.using = queryset.db
        compiler = queryset.query.get_compiler(self.using)
        self.sql, self.parameters = _written(compiler)
        self.readers = compiler.get_converters([one for one, *_ in compiler.select or ()])

    def rows(self, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the database answers, as it answers it. One query."""
        if not self.sql:
            return []
        connection = connections[self.using]
        given = [_given(one, values, connection) for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            return cursor.fetchall()

    def read(self, row: Iterable[Any]) -> list[Any]:
        """The values of a row as models have them."""
        connection, values = connections[self.using], list(row)
        for column, (readers, expression) in self.readers.items():
            for reader in readers:
                values[column] = reader(values[column], expression, connection)
        return values


def _written(compiler: Any) -> tuple[str, Sequence[Any]]:
    """Without SQL when Django knows that there is nothing to find."""
    try:
        return compiler.as_sql()
    except EmptyResultSet:
        return "", ()


def _given(parameter: Any, values: Sequence[Any], connection: Any) -> Any:
    if not isinstance(parameter, Slot):
        return parameter
    return parameter.output_field.get_db_prep_value(values[parameter.place], connection)
