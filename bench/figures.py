"""Markets by the hundred, whose figures hold together but for one share in a thousand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count, islice
from random import Random
from typing import Any

from django.db import transaction

from companies.models import Company
from market.models import Figure, Indicator, Perimeter, Segment
from publishing.dates import parse
from publishing.models import Status
from sources.models import Source

YEARS = range(2015, 2025)
SEGMENTS = 5
COMPANIES = 8
WRONG_EACH = 1_000
BATCH = 2_000
LAST_DAY = datetime(2025, 6, 30, 8, 0, tzinfo=UTC)


def public(since: datetime = LAST_DAY) -> dict[str, Any]:
    return {"status": Status.PUBLISHED, "publish_at": since}


def fill_figures(total: int) -> None:
    """Adds `total` public figures, the same ones at each run: wholes, parts, shares and growth."""
    with transaction.atomic():
        source = Source.objects.create(title="Cabinet", slug="cabinet", **public())
        segments = [
            Segment.objects.create(name=f"Segment {n}", slug=f"segment-{n}")
            for n in range(SEGMENTS)
        ]
        companies = [
            Company.objects.create(name=f"Entreprise {n}", slug=f"entreprise-{n}", **public())
            for n in range(COMPANIES)
        ]
        figures = islice(_figures(source, segments, companies), total)
        while batch := list(islice(figures, BATCH)):
            Figure.objects.bulk_create(batch)


def _figures(source: Source, segments: list[Segment], companies: list[Company]):
    numbers = count()
    for market in count():
        indicators = _indicators(market)
        dice = Random(market)
        whole = Decimal(dice.randrange(50, 900))
        for year in YEARS:
            growth = Decimal(dice.randrange(30, 250)) / 10
            whole = _rounded(whole * (1 + growth / 100))
            stated = [("growth_rate", growth, {})] if year > YEARS[0] else []
            stated += [("amount", whole, {})]
            for segment, weight in zip(segments, _weights(dice, SEGMENTS), strict=True):
                amount = _rounded(whole * weight)
                stated += [
                    ("amount", amount, {"segment": segment}),
                    ("share", _rounded(100 * amount / whole), {"segment": segment}),
                ]
            for company, weight in zip(companies, _weights(dice, COMPANIES), strict=True):
                stated.append(("share", _rounded(80 * weight), {"company": company}))
            for kind, value, part in stated:
                n = next(numbers)
                is_wrong = kind == "share" and n % WRONG_EACH == 0
                yield Figure(
                    slug=f"chiffre-{n}",
                    indicator=indicators[kind],
                    value=value + 7 if is_wrong else value,
                    decimals=1,
                    period=parse(str(year)),
                    vintage=parse(str(year + 1)),
                    source=source,
                    **part,
                    **public(),
                )


def _indicators(market: int) -> dict[str, Indicator]:
    perimeter = Perimeter.objects.create(name=f"Marché {market}", slug=f"marche-{market}")
    units = {"amount": ("USD", 9), "share": ("percent", 0), "growth_rate": ("percent", 0)}
    return {
        kind: Indicator.objects.create(
            name=f"Marché {market}, {kind}",
            slug=f"{kind.replace('_', '-')}-{market}",
            kind=kind,
            unit=unit,
            scale=scale,
            perimeter=perimeter,
            **public(),
        )
        for kind, (unit, scale) in units.items()
    }


def _weights(dice: Random, parts: int) -> list[Decimal]:
    drawn = [dice.randrange(5, 50) for _ in range(parts)]
    return [Decimal(one) / sum(drawn) for one in drawn]


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))
