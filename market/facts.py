"""Figures as rules read them: what each is known to be, and which can be compared.

A stated number is known within an interval. « 678,8 » is known to half of its last decimal;
« plus de 73 % » is a bound; « environ » is known to one part in twenty. Two numbers contradict one
another when no values within their intervals agree: the arithmetic here is exact, on `Decimal`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils.text import slugify

from market.models import Figure, Indicator
from publishing import clock
from publishing.anomalies import Reference
from publishing.models import Status
from publishing.typography import quantity

INFINITY = Decimal("Infinity")
HALF = Decimal("0.5")
HUNDRED = Decimal(100)
# « Environ 24 Md$ » may be 23 or 25: one part in twenty.
ABOUT = Decimal("0.05")
# « 600 000 » counted one by one is a number of thousands, « 2 000 000 » of millions.
THOUSANDS = 3
ONE_DAY = timedelta(days=1)
SHORT_WORD = 3
JUDGED = (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED)
POINTS = "points"
QUANTITIES = (Indicator.Kind.AMOUNT, Indicator.Kind.COUNT)
DERIVED = (Indicator.Kind.SHARE, Indicator.Kind.GROWTH_RATE)


@dataclass(frozen=True, slots=True)
class Interval:
    """Every value that a number may have, both ends included; an end may be infinite."""

    low: Decimal
    high: Decimal

    @classmethod
    def stated(cls, value: Decimal, decimals: int, qualifier: str, scale: int = 0) -> Interval:
        """What is known of a number from the way it was published, in its own unit."""
        match qualifier:
            case "gt" | "ge":
                return cls(value, INFINITY)
            case "lt" | "le":
                return cls(-INFINITY, value)
        margin = HALF.scaleb(-decimals)
        if decimals == 0 and scale == 0:
            margin = HALF.scaleb(_final_zeros(value) // THOUSANDS * THOUSANDS)
        if qualifier == "approx":
            margin = max(margin, abs(value) * ABOUT)
        return cls(value - margin, value + margin)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [
            _times(one, two) for one in (self.low, self.high) for two in (other.low, other.high)
        ]
        return Interval(min(ends), max(ends))

    def times(self, factor: Decimal | int) -> Interval:
        """Scaled by a factor above zero."""
        return Interval(self.low * factor, self.high * factor)

    def within(self, low: Decimal | int, high: Decimal | int = INFINITY) -> Interval:
        """Without what the nature of the thing excludes; left as it is when nothing remains."""
        inside = Interval(max(self.low, Decimal(low)), min(self.high, Decimal(high)))
        return inside if inside.low <= inside.high else self

    def meets(self, other: Interval) -> bool:
        """Some value is in both."""
        return self.low <= other.high and other.low <= self.high

    def exceeds(self, other: Interval) -> bool:
        """Every value of this one is above every value of the other."""
        return self.low > other.high


def total(intervals: Iterable[Interval]) -> Interval:
    return sum(intervals, start=Interval(Decimal(0), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator, as much of it as makes figures comparable."""

    pk: int
    name: str
    kind: str
    unit: str
    scale: int
    perimeter: int | None
    geography: str
    periodicity: str
    base: int | None
    breakdown: str
    public: tuple[datetime | None, datetime | None] = (None, None)

    @property
    def multiplier(self) -> Decimal:
        return Decimal(1).scaleb(self.scale)


Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure. `interval` is in the unit of the measure, its scale multiplied out."""

    pk: int
    measure: Measure
    value: Decimal
    decimals: int
    qualifier: str
    nature: str
    interval: Interval
    period: Period | None
    ends_on: date | None
    year: int
    vintage: str
    segment: int | None
    segment_name: str
    company: int | None
    company_name: str
    source: int | None
    speaker: str
    supersedes: int | None
    is_public: bool

    @property
    def reference(self) -> Reference:
        return Reference(Figure, self.pk)

    @property
    def cell(self) -> tuple[int, int | None, int | None, Period | None]:
        """What it says, and for when: two statements of one cell answer one question."""
        return self.measure.pk, self.segment, self.company, self.period

    @property
    def is_whole(self) -> bool:
        return self.segment is None and self.company is None

    @property
    def adds_up(self) -> bool:
        """Its parts, or its peers, can be summed."""
        return self.measure.kind in QUANTITIES or (
            self.measure.kind == Indicator.Kind.SHARE and self.measure.unit == "percent"
        )

    @property
    def part_name(self) -> str:
        return " ".join(name for name in (self.company_name, self.segment_name) if name)

    @property
    def stated(self) -> Decimal:
        return self.value.quantize(Decimal(1).scaleb(-self.decimals))

    @property
    def display(self) -> str:
        """« plus de 150 Md$ »."""
        measure = self.measure
        return quantity(self.value, measure.unit, measure.scale, self.decimals, self.qualifier)

    @property
    def trace(self) -> str:
        """What is compared, as stated: changes when the figure says something else."""
        return f"{self.pk}={self.qualifier}{self.stated}{self.measure.unit}e{self.measure.scale}"

    def says_with(self, other: Statement) -> bool:
        """Both come from one speaker: the same source, or the same name behind it."""
        return self.speaker == other.speaker or (
            self.source is not None and self.source == other.source
        )

    def stands_with(self, other: Statement) -> bool:
        """Both belong to one edition: one speaker, and one vintage as far as it is known."""
        same_vintage = self.vintage == other.vintage or "XXXX" in (self.vintage, other.vintage)
        return same_vintage and self.says_with(other)


class Panel:
    """The figures of one universe for the periods that begin in one year, and the year before.

    A universe is a perimeter in a geography. `now` is judged; `before` is only compared with.
    Either is read as the public sees it, or with what is not public yet put in its place.
    """

    def __init__(
        self, measures: dict[int, Measure], now: list[Statement], before: list[Statement]
    ) -> None:
        self.measures = measures
        self.now = now
        self.before = before

    def worlds(self) -> Iterator[World]:
        """The public one; then, if there are drafts, the one that they would make."""
        public = World(self.measures, _public(self.now), _public(self.before))
        yield public
        if len(public.now) == len(self.now) and len(public.before) == len(self.before):
            return
        replaced = {one.supersedes for one in self.now + self.before}
        yield World(
            self.measures,
            [one for one in self.now if one.pk not in replaced],
            [one for one in self.before if one.pk not in replaced],
            drafts={one.pk for one in self.now + self.before if not one.is_public},
        )


@dataclass
class World:
    """Figures that are taken together. A finding in a world of drafts must name one of them."""

    measures: dict[int, Measure]
    now: list[Statement]
    before: list[Statement]
    drafts: set[int] = field(default_factory=set)

    @cached_property
    def cells(self) -> dict[tuple, list[Statement]]:
        found = defaultdict(list)
        for statement in (*self.before, *self.now):
            found[statement.cell].append(statement)
        return found

    def of_kind(self, *kinds: str) -> Iterator[Statement]:
        """Those of the year judged, with a known period."""
        return (one for one in self.now if one.period and one.measure.kind in kinds)

    def base_of(self, measure: Measure) -> Measure | None:
        """The amount or count whose shares or growth `measure` gives, where it is clear."""
        if measure.base is not None:
            return self.measures.get(measure.base)
        return self._inferred_bases.get(measure.pk)

    def at(
        self, measure: Measure, period: Period | None, segment: int | None, company: int | None
    ) -> list[Statement]:
        return self.cells.get((measure.pk, segment, company, period), [])

    def counterpart(self, statement: Statement, measure: Measure) -> Statement | None:
        """What the same edition states for the same cell of another measure."""
        return self.in_edition(
            statement,
            self.at(measure, statement.period, statement.segment, statement.company),
        )

    def parts_of(self, measure: Measure, period: Period | None) -> list[Statement]:
        """What is stated of its parts, along any dimension."""
        return [
            one
            for one in self.now
            if one.measure == measure and one.period == period and not one.is_whole
        ]

    def in_edition(self, statement: Statement, found: Iterable[Statement]) -> Statement | None:
        fitting = [
            one
            for one in found
            if one.stands_with(statement) and _same_time(one.nature, statement.nature)
        ]
        # The very edition before one of an unknown vintage; of several, the last recorded.
        return max(
            fitting, key=lambda one: (one.vintage == statement.vintage, one.pk), default=None
        )

    @cached_property
    def shares(self) -> list[Statement]:
        """The shares of parts, in per cent."""
        shares = self.of_kind(Indicator.Kind.SHARE)
        return [share for share in shares if share.adds_up and not share.is_whole]

    @cached_property
    def misfits(self) -> list[tuple[Statement, Statement, Statement]]:
        """Each share with its amount and the whole, where no values within the stated agree."""
        return [
            (share, amount, wholes[0])
            for share, amount, wholes in self._shares_of_known_wholes()
            if not any(share_fits(share, amount, whole) for whole in wholes)
        ]

    def _shares_of_known_wholes(self) -> Iterator[tuple[Statement, Statement, list[Statement]]]:
        for share in self.shares:
            base = self.base_of(share.measure)
            amount = base and self.counterpart(share, base)
            wholes = self._wholes(share, base) if amount else []
            if wholes:
                yield share, amount, wholes

    def _wholes(self, share: Statement, base: Measure) -> list[Statement]:
        """What the share may be a part of; none when one reading of it cannot be tested.

        The share of a company in a segment may be of the segment or of the company.
        """
        cells = {(None, None)}
        if share.segment is not None and share.company is not None:
            cells = {(share.segment, None), (None, share.company)}
        found = [
            self.in_edition(share, self.at(base, share.period, segment, company))
            for segment, company in sorted(cells, key=str)
        ]
        return [] if any(one is None or one.interval.low <= 0 for one in found) else found

    @cached_property
    def segments(self) -> set[int]:
        """Every segment that the universe is told by, this year or the year before."""
        return {one.segment for one in (*self.before, *self.now) if one.segment is not None}

    @cached_property
    def _inferred_bases(self) -> dict[int, Measure]:
        """Of the measures that do not say: the only one of their universe that can be theirs."""
        found = {
            measure.pk: self._candidates(measure)
            for measure in self.measures.values()
            if measure.kind in DERIVED and measure.base is None
        }
        return {pk: candidates[0] for pk, candidates in found.items() if len(candidates) == 1}

    def _candidates(self, measure: Measure) -> list[Measure]:
        """Those of its universe; of several, those told as often; of these, those in its name."""
        kinds = (Indicator.Kind.SHARE,) if measure.unit == POINTS else QUANTITIES
        candidates = [
            one
            for one in self.measures.values()
            if one.kind in kinds
            and (one.perimeter, one.geography) == (measure.perimeter, measure.geography)
        ]
        words = _words(measure.name)
        for is_likely in (
            lambda one: one.periodicity == measure.periodicity,
            lambda one: _words(one.name) <= words,
        ):
            if len(candidates) > 1:
                candidates = [one for one in candidates if is_likely(one)] or candidates
        return candidates


def share_fits(share: Statement, amount: Statement, whole: Statement) -> bool:
    """Some values within what is stated make this amount this share of this whole."""
    stated = share.interval.within(0, HUNDRED)
    return (stated * whole.interval).meets(amount.interval.times(HUNDRED))


def shifted(period: Period, *, years: int = 0, months: int = 0) -> Period | None:
    """The same period earlier or later, from the first of a month to the end of one.

    None for a period that does not begin and end with a month.
    """
    first, last = period
    following = last + ONE_DAY
    if first.day != 1 or following.day != 1:
        return None
    moved = 12 * years + months
    return _month_on(first, moved), _month_on(following, moved) - ONE_DAY


def months_in(period: Period) -> int:
    """How many months it counts, when it begins and ends with one."""
    following = period[1] + ONE_DAY
    return 12 * (following.year - period[0].year) + following.month - period[0].month


# --- Reading ---

MEASURE_COLUMNS = (
    "pk",
    "name",
    "kind",
    "unit",
    "scale",
    "perimeter_id",
    "geography",
    "periodicity",
    "base_id",
    "breakdown",
)
FIGURE_COLUMNS = (
    "pk",
    "indicator_id",
    "value",
    "decimals",
    "qualifier",
    "nature",
    "period_start",
    "period_end",
    "period_sort",
    "vintage_edtf",
    "segment_id",
    "segment__name",
    "company_id",
    "company__name",
    "company__status",
    "company__publish_at",
    "company__expire_at",
    "source_id",
    "source__publisher",
    "attributed_to__name",
    "supersedes_id",
    "status",
    "publish_at",
    "expire_at",
)


def read_measures(indicators: Iterable[Indicator]) -> dict[int, Measure]:
    return {
        indicator.pk: Measure(
            *(getattr(indicator, name) for name in MEASURE_COLUMNS),
            public=indicator.publication_window,
        )
        for indicator in indicators
    }


def judged_figures():
    """The figures that rules read: drafts and public ones that nothing public replaces."""
    replaced = Figure.objects.published().filter(supersedes=OuterRef("pk"))
    return Figure.objects.filter(
        Q(expire_at__isnull=True) | Q(expire_at__gt=clock.now()), status__in=JUDGED
    ).exclude(Exists(replaced))


def read_statements(figures, measures: dict[int, Measure]) -> Iterator[Statement]:
    """One query; rows are read as they are asked for."""
    now = clock.now()
    for row in figures.values_list(*FIGURE_COLUMNS).iterator(chunk_size=2000):
        measure = measures.get(row[1])
        if measure is not None:
            yield _statement(row, measure, now)


def _statement(row: tuple, measure: Measure, now: datetime) -> Statement:
    (
        pk, _, value, decimals, qualifier, nature, start, end, sort, vintage, segment,
        segment_name, company, company_name, company_status, company_from, company_until,
        source, publisher, attributed_to, supersedes, status, publish_at, expire_at,
    ) = row  # fmt: skip
    decimals = decimals or 0
    stated = Interval.stated(value, decimals, qualifier, measure.scale)
    company_window = (company_from, company_until)
    if company is None:
        company_window = measure.public
    elif company_status != Status.PUBLISHED:
        company_window = (None, None)
    windows = ((publish_at, expire_at), measure.public, company_window)
    is_public = status == Status.PUBLISHED and all(_contains(window, now) for window in windows)
    return Statement(
        pk=pk,
        measure=measure,
        value=value,
        decimals=decimals,
        qualifier=qualifier,
        nature=nature,
        interval=stated.times(measure.multiplier) if measure.scale else stated,
        period=(start, end) if start and end else None,
        ends_on=end,
        year=sort.year,
        vintage=vintage,
        segment=segment,
        segment_name=segment_name or "",
        company=company,
        company_name=company_name or "",
        source=source,
        speaker=attributed_to or publisher or f"source {source}",
        supersedes=supersedes,
        is_public=is_public,
    )


def _contains(window: tuple[datetime | None, datetime | None], now: datetime) -> bool:
    start, end = window
    return start is not None and start <= now and (end is None or end > now)


def _public(statements: Iterable[Statement]) -> list[Statement]:
    return [one for one in statements if one.is_public]


def _same_time(one: str, other: str) -> bool:
    """A forecast is compared with forecasts alone."""
    forecast = Figure.Nature.FORECAST
    return (one == forecast) == (other == forecast)


def _month_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _times(one: Decimal, two: Decimal) -> Decimal:
    # Nothing of something boundless is nothing.
    return Decimal(0) if not one or not two else one * two


def _final_zeros(value: Decimal) -> int:
    digits = f"{abs(value).quantize(Decimal(1)):f}"
    return len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0


def _words(name: str) -> frozenset[str]:
    """The words of a name that mean something, without accents, case nor plural."""
    return frozenset(
        word.rstrip("s") for word in slugify(name).split("-") if len(word) > SHORT_WORD
    )
