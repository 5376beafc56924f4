"""Which years have a panorama, and what belongs to one.

- A trend says its year.
- An event belongs to each year that its dates may touch; one without any date, to the year that
  its edition names.
- An analysis belongs to the year it is dated from. So does a news item, and to the next one as well
  when the watch published it then: in January, a watch tells what December held.
- A figure belongs to the year of its vintage, when it was stated, and to the one in which the
  period that it measures ends.
- A recommendation belongs to the years of its analysis.
- Topics, companies and sources belong to the years of the records that rest on them; a source, to
  the year in which the watch took it in as well, whether or not a record rests on it yet.
- What bears no date (topics, companies of the directory, growth drivers, recommendations without
  analysis) stands from the year in which it came out on the site.

A year has a panorama when a trend, an event, a news item, an analysis or a figure is dated from it.
A forecast makes none of the year that it foretells, nor a decade of its ten years.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import ExtractYear
from django.utils import timezone

from analyses.models import Analysis, Recommendation
from companies.models import Company
from events.models import Event
from market.models import Figure, GrowthDriver
from news.models import NewsItem
from publishing.dates import Precision
from sources.models import Source
from topics.models import Topic, Trend


def years() -> list[int]:
    """The years that have a panorama, the latest first (one query)."""
    figures = Figure.objects.published()
    dated = [
        (Event.objects.published().exclude(date_precision=Precision.DECADE), "date"),
        (NewsItem.objects.published(), "date"),
        (Analysis.objects.published(), "date"),
        (figures, "vintage"),
    ]
    columns = [(rows, f"{name}_{bound}") for rows, name in dated for bound in ("start", "end")]
    columns.append((figures.exclude(nature=Figure.Nature.FORECAST), "period_end"))
    found = Trend.objects.published().order_by().values_list("year")
    rows = found.union(
        *(rows.order_by().values_list(ExtractYear(column)) for rows, column in columns)
    )
    return sorted({year for (year,) in rows if year is not None}, reverse=True)


def trends_of(year: int) -> QuerySet:
    return Trend.objects.published().filter(year=year).in_order()


def events_of(year: int) -> QuerySet:
    """The major ones first, then the notable ones, then the others; by date in each."""
    of_its_edition = Q(date_start__isnull=True, date_end__isnull=True, edition=str(year))
    weights = Case(
        When(significance=Event.Significance.MAJOR, then=0),
        When(significance=Event.Significance.NOTABLE, then=1),
        default=2,
    )
    events = Event.objects.published().filter(_touching("date", year) | of_its_edition)
    return events.order_by(weights, "date_sort", "title", "pk")


def figures_of(year: int) -> QuerySet:
    of_the_year = _touching("vintage", year) | _ending("period", year)
    return Figure.objects.published().filter(of_the_year).in_order()


def drivers_of(year: int) -> QuerySet:
    return GrowthDriver.objects.published().filter(_out_by(year)).in_order()


def news_of(year: int) -> QuerySet:
    of_the_year = _touching("date", year) | (_out_in(year) & _touching("date", year - 1))
    return NewsItem.objects.published().filter(of_the_year).latest_first()


def analyses_of(year: int) -> QuerySet:
    """In the order in which they were written, as one reads them."""
    of_the_year = Analysis.objects.published().filter(_touching("date", year))
    return of_the_year.order_by("date_sort", "pk")


def recommendations_of(year: int) -> QuerySet:
    alone = ~Q(analysis__in=Analysis.objects.published()) & _out_by(year)
    of_the_year = Q(analysis__in=analyses_of(year).order_by()) | alone
    return Recommendation.objects.published().filter(of_the_year).in_order()


def topics_of(year: int, used: Iterable[int]) -> QuerySet:
    """`used`: the keys of the topics of the records of the year."""
    return Topic.objects.published().filter(Q(pk__in=used) | _out_by(year)).in_order()


def companies_of(year: int, used: Iterable[int]) -> QuerySet:
    """`used`: the keys of the companies that the records of the year are about."""
    followed = Q(featured=True) & _out_by(year)
    return Company.objects.published().filter(Q(pk__in=used) | followed).in_order()


def sources_of(year: int, used: Iterable[int]) -> QuerySet:
    """`used`: the keys of the sources that the records of the year rest on."""
    return Source.objects.published().filter(Q(pk__in=used) | _out_in(year)).by_publisher()


def _touching(name: str, year: int) -> Q:
    """The approximate date `name` may fall in `year`; one with an open end adds no year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    start, end = f"{name}_start", f"{name}_end"
    return (
        Q(**{f"{start}__lte": last, f"{end}__gte": first})
        | Q(**{f"{end}__isnull": True, f"{start}__range": (first, last)})
        | Q(**{f"{start}__isnull": True, f"{end}__range": (first, last)})
    )


def _ending(name: str, year: int) -> Q:
    return Q(**{f"{name}_end__range": (date(year, 1, 1), date(year, 12, 31))})


def _out_in(year: int) -> Q:
    return _out_by(year) & ~_out_by(year - 1)


def _out_by(year: int) -> Q:
    """Came out on the site in `year` or before, in the time of Paris."""
    midnight = datetime.combine(date(year + 1, 1, 1), time.min)
    return Q(publish_at__lt=timezone.make_aware(midnight))
