"""`tsvector` and GIN. Vectors and queries are written out, as the configuration `simple` would.

Its parser is left aside: it cuts numbers, hyphens and addresses in its own way, where the words
that come here are already in their normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from search.backends import PAST, Condition, Row
from search.queries import Clause, Phrase, Query
from search.words import term

WHOLE = "search_words.search_words @@ %s::tsquery"
HEADING = "search_words.heading @@ %s::tsquery"
# Of the weights D, C, B and A, the text is D and the title A, ten times as heavy.
RANKED = (
    "SELECT rowid FROM search_words JOIN search_entry ON id = rowid WHERE rowid = ANY(%s) "
    "ORDER BY ts_rank('{0.1, 0.1, 0.1, 1.0}', search_words, %s::tsquery) "
    "* CASE WHEN ends_on < %s THEN %s ELSE 1 END DESC, rowid DESC"
)
# Beyond it, PostgreSQL keeps a word but no longer its place.
LAST_POSITION = 16_383


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


def answers(query: Query) -> Condition:
    return Condition(WHOLE, (_expression(query),))


def named(query: Query) -> Condition:
    return Condition(WHOLE, (_expression(query, "A"),))


def begun(words: Sequence[str]) -> Condition:
    *before, last = words
    prefix = f"'{last}':*"
    if not before:
        return Condition(HEADING, (prefix,))
    whole = " & ".join(f"'{term(word)}':A" for word in before)
    return Condition(f"{HEADING} AND {WHOLE}", (prefix, whole))


def ranked(query: Query, entries: Sequence[int], today: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(RANKED, [list(entries), _expression(query), today, PAST])
        return [entry for (entry,) in cursor.fetchall()]


def _expression(query: Query, weight: str = "") -> str:
    """`weight` is that of the words wanted, any of them when it is empty."""
    parts = [_clause(clause, weight) for clause in query.wanted]
    parts += [f"!{_clause(clause)}" for clause in query.excluded]
    return " & ".join(parts)


def _clause(clause: Clause, weight: str = "") -> str:
    alternatives = (
        " & ".join(_phrase(phrase, weight) for phrase in phrases) for phrases in clause.alternatives
    )
    return "(" + " | ".join(f"({one})" for one in alternatives) + ")"


def _phrase(phrase: Phrase, weight: str) -> str:
    label = f":{weight}" if weight else ""
    return "(" + " <-> ".join(f"'{one}'{label}" for one in phrase) + ")"


def _vector(heavy: Sequence[str], light: Sequence[str]) -> str:
    """« 'cloud':1A 'march':5 »: words, places and weights. A phrase never spans the two."""
    gap = 2
    placed = [(word, place, "A") for place, word in enumerate(heavy, start=1)]
    placed += [(word, place, "") for place, word in enumerate(light, start=len(heavy) + gap)]
    return " ".join(
        f"'{word}':{min(place, LAST_POSITION)}{weight}" for word, place, weight in placed
    )
