"""A subject made for the tests: the figures of one indicator should all have the value of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from django.db.models import F

from market.models import Figure
from publishing import anomalies
from publishing.anomalies import Finding, Reference, Rule, Subject
from publishing.models import Severity, Status

SUBJECT = "essai"
RULE = "valeurs-differentes"


class Readings(Subject):
    name = SUBJECT
    label = "Essais"
    watched = (Figure,)

    def scopes_of(self, figure: Figure) -> list[str]:
        return [str(figure.indicator_id)]

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, list[Figure]]]:
        public = Figure.objects.published().filter(supersedes__isnull=False)
        figures = (
            Figure.objects.exclude(status__in=[Status.ARCHIVED, Status.REJECTED])
            .exclude(pk__in=public.values("supersedes"))
            .annotate(scope=F("indicator"))
            .for_links()
            .order_by("indicator", "pk")
        )
        if scopes is not None:
            figures = figures.filter(indicator__in=scopes)
        by_scope: dict[str, list[Figure]] = {}
        for figure in figures:
            by_scope.setdefault(str(figure.scope), []).append(figure)
        yield from by_scope.items()


def differing(figures: list[Figure]) -> Iterator[Finding]:
    first, *others = figures
    for figure in others:
        if figure.value != first.value:
            yield Finding(
                accused=(Reference.of(figure),),
                context=(Reference.of(first),),
                message=f"{figure.display}, et non {first.display}",
                values=(figure.display, first.display),
                lead="l’unité",
            )


def install(monkeypatch: pytest.MonkeyPatch, severity: Severity = Severity.ERROR) -> Subject:
    """Makes of the subject above the only one that is judged, until the end of the test."""
    monkeypatch.setattr(anomalies, "_subjects", {})
    subject = anomalies.register(Readings())
    subject.rules[RULE] = Rule(
        code=RULE,
        title="Deux valeurs pour une seule",
        explanation="Les chiffres d’un indicateur ont une seule valeur.",
        severity=severity,
        contests=True,
        find=differing,
    )
    return subject
