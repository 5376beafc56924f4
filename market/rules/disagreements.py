"""Two figures that answer one question, and give two answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from market.facts import Statement, World
from market.models import Figure
from market.rules.evidence import PANELS
from market.rules.wording import among_drafts, finding
from publishing.anomalies import Finding
from publishing.models import Severity
from publishing.typography import NBSP, join


@PANELS.rule(
    "said-twice",
    title="Une source se contredit",
    explanation="Une même publication ne donne pas deux valeurs de la même chose pour la même "
    "période. Un nouveau millésime, lui, remplace l’ancien.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def said_twice(world: World) -> Iterator[Finding]:
    for one, other in _disagreements(world):
        if one.stands_with(other):
            yield _pair(one, other, "dans une même publication")


@PANELS.rule(
    "sources-disagree",
    title="Deux sources ne disent pas la même chose",
    explanation="Pour un même indicateur, un même périmètre et une même période, deux organismes "
    "publient des valeurs que leur précision ne suffit pas à concilier.",
    severity=Severity.WARNING,
    contests=True,
)
@among_drafts
def sources_disagree(world: World) -> Iterator[Finding]:
    for one, other in _disagreements(world):
        # Forecasters differ by nature; a source that says otherwise later has revised.
        if not one.says_with(other) and one.nature != Figure.Nature.FORECAST:
            yield _pair(one, other, f"selon {one.speaker} et {other.speaker}")


def _disagreements(world: World) -> Iterator[tuple[Statement, Statement]]:
    judged = {one.cell for one in world.now if one.period}
    for cell in judged:
        for one, other in combinations(world.cells[cell], 2):
            linked = one.supersedes == other.pk or other.supersedes == one.pk
            if one.nature == other.nature and not linked and not one.interval.meets(other.interval):
                yield one, other


def _pair(one: Statement, other: Statement, where: str) -> Finding:
    low, high = sorted((one, other), key=lambda each: each.value)
    values = join(low.display, high.display)
    return finding(
        accused=(one, other), message=f"Deux valeurs pour une même chose, {where}{NBSP}: {values}."
    )
