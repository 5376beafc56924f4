"""FTS5. The words come in their normal form, so that its tokenizer has only spaces to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import FloatField, Func, QuerySet, Value

from publishing import clock
from search.backends.expressions import Row, column, weighed
from search.models import Entry
from search.queries import Clause, Phrase, Query
from search.words import term

# How much a word weighs in the title, the text and the heading.
SEARCHED = (10.0, 1.0, 0.0)
SUGGESTED = (0.0, 0.0, 1.0)


class Relevance(Func):
    """FTS5's own measure: better is lower, hence the sign."""

    function = "bm25"
    template = "-%(function)s(%(expressions)s)"
    output_field = FloatField()


def index(rows: Iterable[Row]) -> None:
    rows = list(rows)
    remove([row.entry for row in rows])
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_words (rowid, title, text, heading) VALUES (%s, %s, %s, %s)",
            [
                (row.entry, " ".join(row.title), " ".join(row.text), " ".join(row.heading))
                for row in rows
            ],
        )


def remove(entries: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM search_words WHERE rowid = %s", [(entry,) for entry in entries]
        )


def search(query: Query) -> QuerySet[Entry]:
    return _entries(_expression(query), SEARCHED)


def suggest(begun: Sequence[str]) -> QuerySet[Entry]:
    *before, last = begun
    parts = [f'title : "{term(word)}"' for word in before]
    return _entries(" AND ".join([*parts, f'heading : "{last}" *']), SUGGESTED)


def _entries(expression: str, weights: Sequence[float]) -> QuerySet[Entry]:
    relevance = Relevance(column("whole"), *map(Value, weights))
    entries = Entry.objects.filter(words__whole__answers=expression)
    return entries.annotate(score=weighed(relevance, clock.today()))


def _expression(query: Query) -> str:
    wanted = " AND ".join(map(_clause, query.wanted))
    expression = f"{{title text}} : ({wanted})"
    if not query.excluded:
        return expression
    excluded = " OR ".join(map(_clause, query.excluded))
    return f"({expression}) NOT ({{title text}} : ({excluded}))"


def _clause(clause: Clause) -> str:
    alternatives = (" AND ".join(map(_phrase, phrases)) for phrases in clause.alternatives)
    return "(" + " OR ".join(f"({one})" for one in alternatives) + ")"


def _phrase(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
