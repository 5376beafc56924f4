"""The first of two stages: which entries may be shown, without weighing any of them.

A word that most records hold is found as fast as a rare one, because no more than a few hundred
entries of each kind are read, the latest first, and what is public is asked of these alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from publishing import clock
from publishing.models import Publishable
from search.backends import Condition
from search.models import RECORD_BITS, identifier

Found = dict[str, list[int]]
"""Identifiers of entries, the latest first, by name of their kind in the API."""

NEWEST = (
    "SELECT rowid FROM (SELECT rowid FROM search_words WHERE {condition} "
    "AND rowid BETWEEN %s AND %s "
    "AND EXISTS (SELECT 1 FROM ({public}) AS shown WHERE shown.{pk} = search_words.rowid - %s) "
    "ORDER BY rowid DESC LIMIT %s) AS newest"
)


def newest(condition: Condition, models: Iterable[type[Publishable]], most: int) -> Found:
    """The latest entries of public records that meet `condition`, `most` of each kind at most.

    One query, whose cost follows `most` and hardly the number of records.
    """
    kinds = {identifier(model.api_name, 0): model for model in models}
    if not kinds:
        return {}
    statements, parameters = [], []
    for first, model in kinds.items():
        public, moments = _published(model, connection.vendor)
        statements.append(NEWEST.format(condition=condition.sql, public=public, pk=_pk(model)))
        last = first + (1 << RECORD_BITS) - 1
        parameters += [*condition.parameters, first, last, *_at_present(moments), first, most]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), parameters)
        rows = cursor.fetchall()
    found: Found = {}
    for (entry,) in rows:
        kind = kinds[entry >> RECORD_BITS << RECORD_BITS].api_name
        found.setdefault(kind, []).append(entry)
    # No order is promised between the parts of a union.
    return {kind: sorted(entries, reverse=True) for kind, entries in found.items()}


def _pk(model: type[Publishable]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)


class _Present(NamedTuple):
    """Stands for the present moment among the parameters of a statement."""


@lru_cache(maxsize=64)
def _published(model: type[Publishable], vendor: str) -> tuple[str, tuple[Any, ...]]:
    """`published()` as SQL and parameters, written once: that costs more than running it.

    The present is what changes: parameters that are a moment between just before and just after
    are `_Present`.
    """
    before = _adapted(clock.now())
    records = model._default_manager.published().order_by().values(model._meta.pk.name)
    sql, parameters = records.query.sql_with_params()
    after = _adapted(clock.now())
    marked = (
        _Present() if isinstance(one, type(before)) and before <= one <= after else one
        for one in parameters
    )
    return sql, tuple(marked)


def _at_present(parameters: tuple[Any, ...]) -> list[Any]:
    now = _adapted(clock.now())
    return [now if isinstance(one, _Present) else one for one in parameters]


def _adapted(moment: datetime) -> Any:
    """As this database is given moments."""
    return connection.ops.adapt_datetimefield_value(moment)
