"""Facets: how many records each choice of a filter would give, the other filters in force.

What is counted is what the reader lands on: the same FilterSet narrows the records, but for the
filter that is being counted. A list of choices that is known in advance is counted with its
neighbours in one query; one whose values come from the records takes a query of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet

from publishing.kept import is_long, kept

if TYPE_CHECKING:
    from publishing.filters import PublishedFilterSet

MAX_OFFERED = 200

Facets = "dict[str, list[Choice] | None]"


@dataclass(frozen=True)
class Choice:
    """A value of a filter, and how many records it gives."""

    value: str
    label: str
    count: int


def facets_of(filterset: PublishedFilterSet) -> Facets:
    """The choices of each facet of a valid FilterSet, by the name of the filter.

    None for a filter with more than `MAX_OFFERED` values, which are typed in.
    """
    return kept(filterset, "facets", lambda: _count(filterset), worth_it=_are_many)


def total_of(filterset: PublishedFilterSet) -> int:
    """How many records a valid FilterSet gives."""
    records = _bare(filterset.narrowed())
    return kept(filterset, "total", records.count, worth_it=is_long)


def _are_many(facets: Facets) -> bool:
    return any(
        choices and is_long(sum(choice.count for choice in choices)) for choices in facets.values()
    )


def _count(filterset: PublishedFilterSet) -> Facets:
    found: dict[str, list[Choice] | None] = {}
    together: list[str] = []
    for name, a_filter in filterset.filters.items():
        kind = getattr(a_filter, "facet", None)
        counted = filterset.counted(name) if kind else None
        if counted is not None:
            found[name] = [
                Choice(code, label, counted.get(code, 0)) for code, label in _codes(filterset, name)
            ]
        elif kind == "known":
            found[name] = _known(filterset, name)
        elif kind == "closed" and filterset.is_active(name):
            found |= _closed(filterset, [name], filterset.narrowed(without=name))
        elif kind == "closed":
            together.append(name)
    if together:
        # None of them narrows anything: they count the same records.
        found |= _closed(filterset, together, filterset.narrowed())
    return found


def _codes(filterset: PublishedFilterSet, name: str) -> list[tuple[str, str]]:
    return [(str(code), label) for code, label in filterset.form.fields[name].choices if code != ""]


def _closed(
    filterset: PublishedFilterSet, names: list[str], records: QuerySet
) -> dict[str, list[Choice]]:
    """One query for all of `names`, whose choices are few and known."""
    places = [
        (name, code, label, f"facet_{name}_{place}")
        for name in names
        for place, (code, label) in enumerate(_codes(filterset, name))
    ]
    totals = _bare(records).aggregate(
        **{
            alias: Count("pk", filter=_condition(filterset, name, code))
            for name, code, _, alias in places
        }
    )
    found: dict[str, list[Choice]] = {name: [] for name in names}
    for name, code, label, alias in places:
        found[name].append(Choice(code, label, totals[alias]))
    return found


def _condition(filterset: PublishedFilterSet, name: str, code: str) -> Q:
    a_filter, field = filterset.filters[name], filterset.form.fields[name]
    value = field.clean([code] if a_filter.several else code)
    if a_filter.method is None:
        return Q(**{a_filter.field_name: value})
    everything = filterset.queryset.model._default_manager.all()
    return Q(pk__in=a_filter.filter(everything, value).order_by().values("pk"))


def _known(filterset: PublishedFilterSet, name: str) -> list[Choice] | None:
    """The values that the records have, the most frequent first; one query."""
    a_filter = filterset.filters[name]
    value, label, only = a_filter.facet_columns()
    rows = (
        _bare(filterset.narrowed(without=name))
        .filter(only)
        .values(facet_value=F(value), facet_label=F(label))
        .annotate(facet_count=Count("pk"))
        .order_by("-facet_count", "facet_label", "facet_value")
    )
    found = [
        Choice(row["facet_value"], a_filter.facet_label(row["facet_label"]), row["facet_count"])
        for row in rows[: MAX_OFFERED + 1]
        if row["facet_value"]
    ]
    if len(found) > MAX_OFFERED:
        return None
    chosen = filterset.data.get(name)
    if filterset.is_active(name) and chosen not in [one.value for one in found]:
        found.append(Choice(chosen, filterset.shown(name), 0))
    return found


def _bare(records: QuerySet) -> QuerySet:
    """Without what only pages need."""
    return records.order_by().prefetch_related(None).select_related(None)
