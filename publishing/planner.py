"""What the database knows of how its rows are spread, which is what it plans its queries by."""

from __future__ import annotations

from django.db import connection

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
