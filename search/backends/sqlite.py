"""FTS5. The words come in their normal form, so that its tokenizer has only spaces to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from search.backends import PAST, Condition, Row
from search.queries import Clause, Phrase, Query
from search.words import term

MATCH = "search_words MATCH %s"
# A word weighs ten times more in the title than in the text; better is lower. The pluses keep the
# words as what is read first: their weight would be computed anew for each entry.
RANKED = (
    "SELECT search_words.rowid FROM search_words "
    "JOIN search_entry ON search_entry.id = +search_words.rowid "
    "WHERE search_words MATCH %s AND +search_words.rowid IN ({places}) "
    "ORDER BY bm25(search_words, 10.0, 1.0, 0.0) * CASE WHEN ends_on < %s THEN %s ELSE 1 END, "
    "search_words.rowid DESC"
)


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


def answers(query: Query) -> Condition:
    return Condition(MATCH, (_expression(query),))


def named(query: Query) -> Condition:
    return Condition(MATCH, (_expression(query, "title"),))


def begun(words: Sequence[str]) -> Condition:
    *before, last = words
    parts = [f'title : "{term(word)}"' for word in before]
    return Condition(MATCH, (" AND ".join([*parts, f'heading : "{last}" *']),))


def ranked(query: Query, entries: Sequence[int], today: date) -> list[int]:
    sql = RANKED.format(places=", ".join(["%s"] * len(entries)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_expression(query), *entries, today, PAST])
        return [entry for (entry,) in cursor.fetchall()]


def _expression(query: Query, columns: str = "title text") -> str:
    wanted = " AND ".join(map(_clause, query.wanted))
    expression = f"{{{columns}}} : ({wanted})"
    if not query.excluded:
        return expression
    excluded = " OR ".join(map(_clause, query.excluded))
    return f"({expression}) NOT ({{title text}} : ({excluded}))"


def _clause(clause: Clause) -> str:
    alternatives = (" AND ".join(map(_phrase, phrases)) for phrases in clause.alternatives)
    return "(" + " OR ".join(f"({one})" for one in alternatives) + ")"


def _phrase(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
