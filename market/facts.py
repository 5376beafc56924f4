"""Figures as rules read them: what each is known to be, and which can be compared.

A stated number is known within an interval. « 678,8 » is known to half of its last decimal;
« plus de 73 % » is a bound; « environ » is known to one part in twenty. Two numbers contradict one
another when no values within their intervals agree: the arithmetic here is exact, on `Decimal`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

from django.db.models import Exists, OuterRef, Q
from django.utils.text import slugify

from market.models import Figure, FigureComponent, Indicator
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
# How French calls what is measured on each part by itself, and what shares a whole out.
NAMES_OF_RATES = re.compile(r"\b(?:taux|adopt|utilis|equip|recour|penetr|marge|rentab)")
NAMES_OF_SHARES_WITHIN = re.compile(r"\bdans-(?:les?|la|leurs?|l|son|sa|ses)\b(?!-marche)")
NAMES_OF_BREAKDOWNS = re.compile(r"\b(?:repart|ventil|decompos|poids|parts?-d[eu]-marche)")
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
    def is_named_a_rate(self) -> bool:
        return _is_named(NAMES_OF_RATES, self.name) and not self.is_named_a_breakdown

    @property
    def is_named_a_share_within(self) -> bool:
        """« Part du cloud dans les revenus », of each company."""
        return _is_named(NAMES_OF_SHARES_WITHIN, self.name) and not self.is_named_a_breakdown

    @property
    def is_named_a_breakdown(self) -> bool:
        return _is_named(NAMES_OF_BREAKDOWNS, self.name)

    @property
    def multiplier(self) -> Decimal:
        return Decimal(1).scaleb(self.scale)


Period = tuple[date, date]
# The first and last day when something may have been said; unknown where null.
Said = tuple[date | None, date | None]


Cell = tuple[int, int | None, int | None, Period | None, frozenset[int]]


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
    said: Said
    segment: int | None
    segment_name: str
    company: int | None
    company_name: str
    source: int | None
    attributed_to: str
    speaker: str
    supersedes: int | None
    is_public: bool
    components: frozenset[int] = frozenset()
    is_subtotal: bool = False

    @property
    def reference(self) -> Reference:
        return Reference(Figure, self.pk)

    @property
    def cell(self) -> Cell:
        """What it says, and for when: two statements of one cell answer one question."""
        some = self.components if self.is_subtotal else frozenset()
        return self.measure.pk, self.segment, self.company, self.period, some

    @property
    def is_part(self) -> bool:
        """A segment or a company by itself: neither the whole nor the sum of some."""
        is_named = self.segment is not None or self.company is not None
        return is_named and not self.is_subtotal

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
        """Both come from one speaker: the same name behind them, or the same source."""
        if self.attributed_to and other.attributed_to:
            # One article may quote two analysts.
            return self.attributed_to == other.attributed_to
        return self.speaker == other.speaker or (
            self.source is not None and self.source == other.source
        )

    def stands_with(self, other: Statement) -> bool:
        """Both belong to one edition: one speaker, and one vintage as far as it is known."""
        same_vintage = self.vintage == other.vintage or "XXXX" in (self.vintage, other.vintage)
        return same_vintage and self.says_with(other)

    def is_said_after(self, other: Statement) -> bool:
        """For certain: what the other was computed from cannot be this."""
        said_from, others_until = self.said[0], other.said[1]
        return said_from is not None and others_until is not None and said_from > others_until


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
        return self.cells.get((measure.pk, segment, company, period, frozenset()), [])

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
            if one.measure == measure and one.period == period and one.is_part
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
        return [
            share
            for share in shares
            if share.adds_up and share.is_part and not self.tells_a_rate(share)
        ]

    def tells_a_rate(self, share: Statement) -> bool:
        """Whether it is measured on each part by itself: « 41 % of large firms, 20 % of all ».

        A rate is not a part of anything: it is told by its name, or by a whole that is not 100 %.
        """
        measure = share.measure
        if measure.base is not None or measure.breakdown:
            return False
        if measure.is_named_a_rate:
            return True
        wholes = self.at(measure, share.period, None, None)
        whole = self.in_edition(share, (one for one in wholes if not one.components))
        return whole is not None and not whole.interval.meets(Interval(HUNDRED, HUNDRED))

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

    def segments_of(self, measure: Measure) -> set[int]:
        """Every segment that it, its shares or its growth are told by, in the years at hand."""
        return self._segments[self._root(measure)]

    @cached_property
    def _segments(self) -> dict[int, set[int]]:
        found = defaultdict(set)
        for one in (*self.before, *self.now):
            if one.segment is not None:
                found[self._root(one.measure)].add(one.segment)
        return found

    def _root(self, measure: Measure) -> int:
        base = self.base_of(measure)
        return measure.pk if base is None else base.pk

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
    "vintage_start",
    "vintage_end",
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
        pk, _, value, decimals, qualifier, nature, start, end, sort, vintage, said_from,
        said_until, segment, segment_name, company, company_name, company_status, company_from,
        company_until, source, publisher, attributed_to, supersedes, status, publish_at, expire_at,
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
        said=(said_from, said_until),
        segment=segment,
        segment_name=segment_name or "",
        company=company,
        company_name=company_name or "",
        source=source,
        attributed_to=attributed_to or "",
        speaker=attributed_to or publisher or f"source {source}",
        supersedes=supersedes,
        is_public=is_public,
    )


Components = dict[int, dict[int, tuple[int | None, int | None]]]


def read_components(figures=None) -> Components:
    """Of these totals, or of all: their parts, each with its segment and company (one query)."""
    rows = FigureComponent.objects.order_by("pk")
    if figures is not None:
        rows = rows.filter(total__in=figures.order_by().values("pk"))
    found: Components = defaultdict(dict)
    for total_pk, part, *place in rows.values_list(
        "total", "part", "part__segment", "part__company"
    ):
        found[total_pk][part] = tuple(place)
    return found


def with_components(statements: list[Statement], components: Components) -> list[Statement]:
    """The same, with the components that they declare, and told whether these are only some.

    Companies are only some of those of a market; segments are when others are stated.
    """
    if components.keys().isdisjoint(one.pk for one in statements):
        return statements
    segments: dict[tuple, set[int]] = defaultdict(set)
    for one in statements:
        if one.segment is not None:
            segments[one.measure.pk, one.period].add(one.segment)
    return [
        _with_parts(one, components[one.pk], segments[one.measure.pk, one.period])
        if one.pk in components
        else one
        for one in statements
    ]


def _with_parts(
    one: Statement, parts: dict[int, tuple[int | None, int | None]], segments: set[int]
) -> Statement:
    summed = {segment for segment, _ in parts.values() if segment is not None}
    some_companies = one.company is None and any(
        company is not None for _, company in parts.values()
    )
    some_segments = one.segment is None and bool(summed) and not segments <= summed
    return replace(one, components=frozenset(parts), is_subtotal=some_companies or some_segments)


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


@lru_cache(maxsize=2048)
def _is_named(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.search(slugify(name)) is not None
