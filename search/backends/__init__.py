"""Full-text search as each database does it: the same functions each, which find the same records.

- `index(rows)` writes the words of entries, in place of those they had;
- `remove(entries)` forgets them, by identifier;
- `answers(query)` is the condition that the words of an entry meet when it answers a query, and
  `named(query)` when its title alone does;
- `begun(words)` is that of a heading which holds the words typed, the last of them begun;
- `ranked(query, entries, today)` puts the entries that answer in order, the best first.

The order of two results may differ a little from one database to the other: each weighs words by
its own formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# How much the past counts, beside what is still to come.
PAST = 0.5


@dataclass(frozen=True)
class Row:
    """The normal form of one entry. `heading` is the title, folded but not stemmed."""

    entry: int
    title: Sequence[str]
    text: Sequence[str]
    heading: Sequence[str]


class Condition(NamedTuple):
    """SQL on `search_words`, and its parameters."""

    sql: str
    parameters: tuple[str, ...]


def backend() -> ModuleType:
    """The module for the database in use. Raises `ImproperlyConfigured` for an unknown one."""
    if connection.vendor == "sqlite":
        from search.backends import sqlite  # app ready

        return sqlite
    if connection.vendor == "postgresql":
        from search.backends import postgres  # app ready

        return postgres
    raise ImproperlyConfigured(f"Search knows SQLite and PostgreSQL, not {connection.vendor}.")
