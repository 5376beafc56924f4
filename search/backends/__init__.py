"""Full-text search as each database does it: four functions each, which give the same answers.

- `index(rows)` writes the words of entries, in place of those they had;
- `remove(entries)` forgets them, by identifier;
- `search(query)` gives the entries that answer a query, with their `score`, the best highest;
- `suggest(begun)` gives those whose heading holds the words typed, the last of them begun.

The order of two results may differ a little from one database to the other: each weighs words by
its own formula.
"""

from __future__ import annotations

from types import ModuleType

from django.core.exceptions import ImproperlyConfigured
from django.db import connection


def backend() -> ModuleType:
    """The module for the database in use. Raises `ImproperlyConfigured` for an unknown one."""
    if connection.vendor == "sqlite":
        from search.backends import sqlite  # app ready

        return sqlite
    if connection.vendor == "postgresql":
        from search.backends import postgres  # app ready

        return postgres
    raise ImproperlyConfigured(f"Search knows SQLite and PostgreSQL, not {connection.vendor}.")
