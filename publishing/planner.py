"""What the database knows of how its rows are spread, which is what it plans its queries by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate

# Of each index: enough to plan by, and a tenth of a second whatever the number of rows.
ROWS_LOOKED_AT = 1_000


def look_again() -> None:
    """After many writes: SQLite takes stock of its rows. PostgreSQL does so by itself.

    Without it SQLite reads every public record to find a few of them by their keys.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")


def look_again_after_migrations(config: AppConfig) -> None:
    """Has SQLite take stock once migrations have run, where it had; for `config` to call once.

    It believes the index that it knows nothing of to be the most selective of all: lists would
    leave the index of their order for the one that a migration has just made, and sort.
    """
    post_migrate.connect(_look_again, config, dispatch_uid="publishing.planner.look_again")


def _look_again(plan: Sequence[Any] = (), **kwargs: Any) -> None:
    if plan and _has_looked():
        look_again()


def _has_looked() -> bool:
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        return cursor.fetchone() is not None
