"""`tsvector` and GIN. Vectors and queries are written out, as the configuration `simple` would.

Its parser is left aside: it cuts numbers, hyphens and addresses in its own way, where the words
that come here are already in their normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import FloatField, Func, QuerySet, Value

from publishing import clock
from search.backends.expressions import Row, column, weighed
from search.models import Entry
from search.queries import Clause, Phrase, Query
from search.words import term

# Of the weights D, C, B and A, the text is D and the title A, ten times as heavy.
WEIGHTS = "{0.1, 0.1, 0.1, 1.0}"
# Beyond it, PostgreSQL keeps a word but no longer its place.
LAST_POSITION = 16_383


class Relevance(Func):
    function = "ts_rank"
    template = "%(function)s('" + WEIGHTS + "', %(expressions)s::tsquery)"
    output_field = FloatField()


def index(rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_words (rowid, search_words, heading) "
            "VALUES (%s, %s::tsvector, %s::tsvector) ON CONFLICT (rowid) DO UPDATE "
            "SET search_words = EXCLUDED.search_words, heading = EXCLUDED.heading",
            [(row.entry, _vector(row.title, row.text), _vector(row.heading, ())) for row in rows],
        )


def remove(entries: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_words WHERE rowid = ANY(%s)", [list(entries)])


def search(query: Query) -> QuerySet[Entry]:
    return _entries(_expression(query))


def suggest(begun: Sequence[str]) -> QuerySet[Entry]:
    *before, last = begun
    expression = " & ".join(f"'{term(word)}':A" for word in before)
    prefix = f"'{last}':*"
    if not before:
        found = Entry.objects.filter(words__heading__answers=prefix)
        return _scored(found, "heading", prefix)
    return _entries(expression).filter(words__heading__answers=prefix)


def _entries(expression: str) -> QuerySet[Entry]:
    entries = Entry.objects.filter(words__whole__answers=expression)
    return _scored(entries, "whole", expression)


def _scored(entries: QuerySet[Entry], name: str, expression: str) -> QuerySet[Entry]:
    relevance = Relevance(column(name), Value(expression))
    return entries.annotate(score=weighed(relevance, clock.today()))


def _expression(query: Query) -> str:
    parts = [_clause(clause) for clause in query.wanted]
    parts += [f"!{_clause(clause)}" for clause in query.excluded]
    return " & ".join(parts)


def _clause(clause: Clause) -> str:
    alternatives = (" & ".join(map(_phrase, phrases)) for phrases in clause.alternatives)
    return "(" + " | ".join(f"({one})" for one in alternatives) + ")"


def _phrase(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{one}'" for one in phrase) + ")"


def _vector(heavy: Sequence[str], light: Sequence[str]) -> str:
    """« 'cloud':1A 'march':5 »: words, places and weights. A phrase never spans the two."""
    gap = 2
    placed = [(word, place, "A") for place, word in enumerate(heavy, start=1)]
    placed += [(word, place, "") for place, word in enumerate(light, start=len(heavy) + gap)]
    return " ".join(
        f"'{word}':{min(place, LAST_POSITION)}{weight}" for word, place, weight in placed
    )
