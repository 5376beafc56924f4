"""What the queries of both databases are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, FloatField, Lookup, Value, When

# How much the past counts, beside what is still to come.
PAST = 0.5


@dataclass(frozen=True)
class Row:
    """The normal form of one entry. `heading` is the title, folded but not stemmed."""

    entry: int
    title: Sequence[str]
    text: Sequence[str]
    heading: Sequence[str]


class IndexedWords(models.TextField):
    """Words that only the database's own search reads."""


@IndexedWords.register_lookup
class Answers(Lookup):
    """`words__whole__answers="…"`: a query in the language of the database."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} MATCH %s", [*left_params, self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*left_params, self.rhs]


def weighed(relevance: models.Func, today: date) -> models.expressions.Combinable:
    """`relevance`, less for what is past."""
    factor = Case(
        When(ends_on__lt=today, then=Value(PAST)),
        default=Value(1.0),
        output_field=FloatField(),
    )
    return models.ExpressionWrapper(relevance * factor, output_field=FloatField())


def column(name: str) -> F:
    return F(f"words__{name}")
