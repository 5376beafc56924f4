"""Shares, amounts and wholes of one edition: does what is stated hold together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from companies.models import CompanyRelation
from market.facts import HUNDRED, Interval, Statement, World, total
from market.models import Indicator
from market.rules.evidence import PANELS
from market.rules.leads import lead_for_share, lead_for_sum
from market.rules.wording import among_drafts, bare, finding, listed, money, ratio_in_percent
from publishing.anomalies import Finding
from publishing.models import Severity
from publishing.typography import NBSP, percent

SHARE = Indicator.Kind.SHARE
WHOLE = Interval(HUNDRED, HUNDRED)
FEWEST_PARTS = 2


@dataclass(frozen=True)
class Partition:
    """Parts of one whole, stated by one edition for one period, along one dimension.

    `whole` is what the edition states of the whole itself, if it does.
    """

    dimension: str
    parts: tuple[Statement, ...]
    whole: Statement | None

    @property
    def sum(self) -> Interval:
        return total(part.interval for part in self.parts)

    @property
    def names(self) -> frozenset[int]:
        return frozenset(getattr(part, self.dimension) for part in self.parts)


@PANELS.rule(
    "share-of-total",
    title="La part ne correspond pas au montant",
    explanation="Une part, appliquée au total de la même édition, doit redonner le montant publié "
    "pour le même segment ou la même entreprise, à la précision des chiffres près.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def share_of_total(world: World) -> Iterator[Finding]:
    for share, amount, whole in world.misfits:
        computed = ratio_in_percent(amount, whole, share.decimals)
        message = (
            f"{share.part_name}{NBSP}: {bare(amount)} / {bare(whole)} = {computed}, "
            f"et non {share.display}."
        )
        yield finding(
            accused=(share, amount),
            context=(whole,),
            message=message,
            lead=lead_for_share(world, share, amount, whole),
        )


@PANELS.rule(
    "parts-exceed-the-whole",
    title="Les parties dépassent le tout",
    explanation="Les montants des segments ou des entreprises d’un marché, ou leurs parts, ne "
    "peuvent pas faire plus que le marché entier.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def parts_exceed_the_whole(world: World) -> Iterator[Finding]:
    for stated in partitions(world, world.now):
        whole = _whole_interval(stated)
        if whole is None or not stated.sum.exceeds(whole) or not _is_exclusive(world, stated):
            continue
        partition = _counted_once(stated)
        if partition.sum.exceeds(whole):
            yield _gap_finding(
                world,
                partition,
                message=f"{_addition(partition)}, soit plus que {_whole_in_words(partition)}.",
                lead=lead_for_sum(partition.parts, whole),
            )


@PANELS.rule(
    "parts-fall-short",
    title="Les parties ne font pas le tout",
    explanation="Quand les segments publiés font le tout, leurs montants doivent faire le total et "
    "leurs parts 100 %. Une répartition que l’on sait partielle n’est pas concernée.",
    severity=Severity.WARNING,
    contests=True,
)
@among_drafts
def parts_fall_short(world: World) -> Iterator[Finding]:
    everything = list(partitions(world, world.now))
    for partition in everything:
        whole = _whole_interval(partition)
        if whole is None or not whole.exceeds(partition.sum):
            continue
        if _is_complete(world, partition, everything):
            yield _gap_finding(
                world,
                partition,
                message=f"{_addition(partition)}{NBSP}: il manque {_missing(partition)} pour faire "
                f"{_whole_in_words(partition)}.",
                lead=f"Une partie manque peut-être, de {_missing(partition)}.",
            )


@PANELS.rule(
    "rank-inversion",
    title="Le rang des parts contredit celui des montants",
    explanation="Dans une même édition, un segment dont le montant est plus grand ne peut pas "
    "avoir une part plus petite.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def rank_inversion(world: World) -> Iterator[Finding]:
    for pairs in _pairs(world):
        inverted = [
            (one, other)
            for one in pairs
            for other in pairs
            if one[1].interval.exceeds(other[1].interval)
            and other[0].interval.exceeds(one[0].interval)
        ]
        if inverted:
            # The widest gap between what the amounts and the shares say.
            one, other = max(inverted, key=lambda two: _gap(*two))
            yield finding(
                accused=one,
                context=[each for pair in pairs if pair != one for each in pair],
                anchor=min(pairs, key=lambda pair: pair[0].pk),
                message=_inversion(one, other, pairs),
            )


Pair = tuple[Statement, Statement]


def partitions(world: World, statements: list[Statement]) -> Iterator[Partition]:
    """Parts by segment, then by company; of a whole, or of one of its segments or companies."""
    parts = [one for one in statements if one.period and one.is_part and one.adds_up]
    for dimension, other in (("segment", "company"), ("company", "segment")):
        groups: dict[tuple, list[Statement]] = defaultdict(list)
        for part in parts:
            if getattr(part, dimension) is not None:
                groups[part.measure.pk, part.period, getattr(part, other)].append(part)
        for parts in groups.values():
            for edition in _editions(parts):
                whole = _whole_of(world, edition[0], dimension)
                yield Partition(dimension, tuple(edition), whole)


def _whole_of(world: World, part: Statement, dimension: str) -> Statement | None:
    segment = None if dimension == "segment" else part.segment
    company = None if dimension == "company" else part.company
    return world.in_edition(part, world.at(part.measure, part.period, segment, company))


def _editions(parts: list[Statement]) -> Iterator[list[Statement]]:
    """The parts by speaker, vintage and nature; the last recorded where one says a thing twice."""
    editions: dict[tuple, dict[tuple, Statement]] = defaultdict(dict)
    for part in sorted(parts, key=lambda one: one.pk):
        key = (part.speaker, part.vintage, part.nature)
        editions[key][part.segment, part.company] = part
    return (list(cells.values()) for cells in editions.values())


def _gap_finding(world: World, partition: Partition, *, message: str, lead: str) -> Finding:
    """The parts are in doubt; so is the whole, unless some share says which parts do not fit."""
    whole = [partition.whole] if partition.whole else []
    suspects = {statement.pk for misfit in world.misfits for statement in misfit[:2]}
    is_cleared = suspects & {part.pk for part in partition.parts}
    return finding(
        accused=[*partition.parts, *([] if is_cleared else whole)],
        context=whole if is_cleared else (),
        anchor=whole or [min(partition.parts, key=lambda one: one.pk)],
        message=message,
        lead=lead,
    )


def _is_exclusive(world: World, partition: Partition) -> bool:
    """Whether the parts exclude one another: « 38 % des TPE, 53 % des PME » are no parts at all.

    Amounts do. Shares do where something says so: the indicator, or its name; amounts that they
    are the shares of; the same parts, that make the whole at another time. Shares by company are
    those of a market, unless they are those of something in each company.
    """
    first = partition.parts[0]
    measure = first.measure
    if measure.kind != SHARE:
        return True
    if world.tells_a_rate(first):
        return False
    if partition.dimension == "company":
        return not measure.is_named_a_share_within
    if first.company is not None:
        # The share that a company has of each segment.
        return False
    base = world.base_of(measure)
    has_amounts = base and any(world.counterpart(part, base) for part in partition.parts)
    is_said = measure.breakdown or measure.is_named_a_breakdown
    return bool(is_said or has_amounts or _is_whole_elsewhere(world, partition))


def _is_whole_elsewhere(world: World, partition: Partition) -> bool:
    """The same parts make the whole in another period, or in another edition."""
    first = partition.parts[0]
    for other in partitions(world, [*world.before, *world.now]):
        theirs = other.parts[0]
        is_alike = (theirs.measure, other.names, other.dimension, theirs.company) == (
            first.measure,
            partition.names,
            partition.dimension,
            first.company,
        )
        whole = _whole_interval(other) if is_alike and len(other.parts) >= FEWEST_PARTS else None
        if whole is not None and other.parts != partition.parts and other.sum.meets(whole):
            return True
    return False


def _counted_once(partition: Partition) -> Partition:
    """Without the companies whose group is there too."""
    if partition.dimension != "company":
        return partition
    relations = CompanyRelation.objects.filter(
        kind=CompanyRelation.Kind.SUBSIDIARY_OF,
        subject__in=partition.names,
        target__in=partition.names,
    )
    counted = set(relations.values_list("subject", flat=True))
    parts = (part for part in partition.parts if part.company not in counted)
    return replace(partition, parts=tuple(parts))


def _whole_interval(partition: Partition) -> Interval | None:
    if partition.whole is not None:
        return partition.whole.interval
    return WHOLE if partition.parts[0].measure.kind == SHARE else None


def _is_complete(world: World, partition: Partition, everything: list[Partition]) -> bool:
    """Whether the parts are meant to make the whole: said of the indicator, or to be seen.

    Seen when every segment told in these years is there, and either they make the whole at
    another time, or the shares and the amounts do not agree on how much is missing, or what is
    missing is less than the smallest part.
    """
    first = partition.parts[0]
    measure = first.measure
    if partition.dimension != "segment" or not world.segments_of(measure) <= partition.names:
        return False
    if measure.kind == SHARE and (first.company is not None or world.tells_a_rate(first)):
        return False
    base = world.base_of(measure)
    said = measure.breakdown or (base.breakdown if base else "")
    if said or len(partition.parts) < FEWEST_PARTS:
        return said == Indicator.Breakdown.COMPLETE
    counterpart = _counterpart(world, partition, everything)
    if counterpart is not None:
        return not _covered(partition).meets(_covered(counterpart))
    if _is_whole_elsewhere(world, partition):
        return True
    if measure.kind == SHARE and not measure.is_named_a_breakdown:
        return False
    missing = (_whole_interval(partition) - partition.sum).high
    return missing < min(part.interval.low for part in partition.parts)


def _counterpart(
    world: World, partition: Partition, everything: list[Partition]
) -> Partition | None:
    """The shares of these amounts, or the amounts of these shares, in the same edition."""
    first = partition.parts[0]
    for other in everything:
        theirs = other.parts[0]
        if other.dimension != partition.dimension or other.names != partition.names:
            continue
        bases = world.base_of(theirs.measure), world.base_of(first.measure)
        if (first.measure in bases[:1] or theirs.measure in bases[1:]) and (
            theirs.period == first.period and theirs.stands_with(first)
        ):
            return other if _whole_interval(other) is not None else None
    return None


def _covered(partition: Partition) -> Interval:
    """How much of the whole the parts make, from 0 to 1."""
    whole = _whole_interval(partition)
    inverse = Interval(1 / whole.high, 1 / whole.low) if whole.low > 0 else whole
    return partition.sum * inverse


def _pairs(world: World) -> Iterator[list[Pair]]:
    """The shares of each edition with their amounts, where there are two or more."""
    groups: dict[tuple, list[Pair]] = defaultdict(list)
    for share in world.shares:
        base = world.base_of(share.measure)
        amount = base and world.counterpart(share, base)
        # The share of a company in a segment may be of the one or of the other.
        is_clear = share.segment is None or share.company is None
        if amount is not None and is_clear:
            dimension = share.segment is None
            key = (share.measure.pk, share.period, share.speaker, share.vintage, dimension)
            groups[key].append((share, amount))
    return (pairs for pairs in groups.values() if len(pairs) >= FEWEST_PARTS)


def _gap(one: Pair, other: Pair) -> Decimal:
    return (one[1].value - other[1].value) * (other[0].value - one[0].value)


# --- In words ---


def _addition(partition: Partition) -> str:
    """« 182,2 + 176,5 + 244 = 602,7 Md$ », or one part by its name."""
    if len(partition.parts) == 1:
        only = partition.parts[0]
        return f"{only.part_name}{NBSP}: {only.display}"
    return f"{listed(partition.parts)} = {money(partition.parts)}"


def _whole_in_words(partition: Partition) -> str:
    return partition.whole.display if partition.whole else percent(100)


def _missing(partition: Partition) -> str:
    whole = partition.whole.stated if partition.whole else HUNDRED
    known = sum(part.stated for part in partition.parts)
    return money(partition.parts, value=whole - known)


def _inversion(one: Pair, other: Pair, pairs: list[Pair]) -> str:
    share, amount = one
    largest = all(amount.value >= pair[1].value for pair in pairs)
    smallest = all(share.value <= pair[0].value for pair in pairs)
    if largest and smallest:
        return (
            f"{share.part_name}{NBSP}: le plus grand montant ({amount.display}), "
            f"et la plus petite part ({share.display})."
        )
    return (
        f"{share.part_name}{NBSP}: un montant plus grand que {other[0].part_name} "
        f"({amount.display} contre {other[1].display}), et une part plus petite "
        f"({share.display} contre {other[0].display})."
    )
