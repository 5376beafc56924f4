"""Forecasts whose time has come."""

from __future__ import annotations

from collections.abc import Iterator

from market.facts import Panel, Statement
from market.models import Figure
from market.rules.evidence import PANELS
from market.rules.wording import among_drafts, finding
from publishing import clock
from publishing.anomalies import Finding
from publishing.models import Severity
from publishing.typography import NBSP, french_date


@PANELS.rule(
    "forecast-without-actual",
    title="Une prévision échue, sans constat",
    explanation="Une prévision dont la période est passée attend le chiffre constaté qui dira si "
    "elle s’est vérifiée.",
    severity=Severity.NOTICE,
)
@among_drafts
def forecast_without_actual(world: Panel) -> Iterator[Finding]:
    today = clock.today()
    for forecast in world.now:
        is_forecast = forecast.nature == Figure.Nature.FORECAST
        if not is_forecast or forecast.ends_on is None or forecast.ends_on >= today:
            continue
        if not any(_tells(one, forecast) for one in world.now):
            yield finding(
                accused=(forecast,),
                message=f"{forecast.display} prévu{NBSP}: la période est passée depuis le "
                f"{french_date(forecast.ends_on)}, et aucun chiffre constaté n’est publié.",
            )


def _tells(one: Statement, forecast: Statement) -> bool:
    """`one` says what became of the forecast."""
    return (
        one.nature != Figure.Nature.FORECAST
        and (one.measure.pk, one.segment, one.company)
        == (forecast.measure.pk, forecast.segment, forecast.company)
        and one.ends_on == forecast.ends_on
    )
