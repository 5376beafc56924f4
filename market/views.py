"""Public pages of the market: overview, indicators, figures, growth drivers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.views.generic import TemplateView

from market.charts import bar_chart, forecast_chart
from market.filters import (
    FigureFilterSet,
    ForecastFilterSet,
    GrowthDriverFilterSet,
    IndicatorFilterSet,
)
from market.forecasts import Outcome, Record, by_horizon, judge, records
from market.models import Figure, GrowthDriver, Indicator
from publishing.views import PublishedDetailView, PublishedListView

MOST_RECORDS = 50
OVERVIEW = ("Marché", reverse_lazy("market:overview"))


class MarketOverview(TemplateView):
    """Every public indicator at a glance, each as its chart or as its latest figure."""

    template_name = "market/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicators = Indicator.objects.published().in_order().with_live_figures()
        return super().get_context_data(**kwargs) | {
            "panels": [panel_of(indicator) for indicator in indicators],
            "drivers": GrowthDriver.objects.published().in_order().for_cards(),
        }


def panel_of(indicator: Indicator) -> dict[str, Any]:
    """The figure that sums up an indicator, and the chart of its parts, when it has them.

    `indicator.live_figures` is loaded by `with_live_figures()`.
    """
    figures = indicator.live_figures
    parts = [figure for figure in figures if figure.segment or figure.company]
    wholes = [figure for figure in figures if figure not in parts]
    # What has been measured speaks before what is only foreseen (a stable sort).
    wholes.sort(key=lambda figure: figure.nature == Figure.Nature.FORECAST)
    return {
        "indicator": indicator,
        "headline": wholes[0] if wholes else None,
        "others": wholes[1:],
        "chart": bar_chart(
            parts, identifier=f"graphique-{indicator.slug}", title=f"{indicator.name} : détail"
        ),
        "parts": parts,
    }


class IndicatorListView(PublishedListView):
    model = Indicator
    filterset_class = IndicatorFilterSet
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Indicateurs"
    intro = "Ce qui est mesuré, dans quelle unité, où et sur quel périmètre."


class IndicatorDetailView(PublishedDetailView):
    model = Indicator
    parents = (OVERVIEW,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = list(self.object.figures.published().for_cards().trail())
        self.object.live_figures = list(self.object.figures.live().for_cards().in_order())
        live = {figure.pk for figure in self.object.live_figures}
        return (
            super().get_context_data(**kwargs)
            | panel_of(self.object)
            | self._forecasts()
            | {"trail": trail, "replaced": {figure.pk for figure in trail} - live}
        )

    def _forecasts(self) -> dict[str, Any]:
        """Every public forecast of the indicator with its outcome, and their chart."""
        outcomes = by_horizon(judge(self.object.figures.forecasts().for_verdicts()))
        chart = forecast_chart(
            [outcome.forecast for outcome in outcomes],
            self.object.live_figures,
            identifier=f"previsions-{self.object.slug}",
            title=f"{self.object.name} : prévisions et constats",
        )
        return {"outcomes": outcomes, "forecast_chart": chart}


class FigureListView(PublishedListView):
    model = Figure
    filterset_class = FigureFilterSet
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Chiffres"
    has_feeds = True
    intro = "Chaque chiffre avec sa période, sa nature et sa source ; tous les millésimes."


class FigureDetailView(PublishedDetailView):
    model = Figure
    parents = (OVERVIEW,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"outcomes": self._outcomes()}

    def _outcomes(self) -> list[Outcome]:
        """What became of it, if it is a forecast that no erratum corrects."""
        if self.object.nature != Figure.Nature.FORECAST:
            return []
        return judge(Figure.objects.forecasts().filter(pk=self.object.pk).for_verdicts())


class ForecastListView(PublishedListView):
    """Every public forecast by forecaster, and the record of each of them.

    All are judged at each request: a verdict changes with the day and with what is public.
    """

    model = Figure
    filterset_class = ForecastFilterSet
    template_name = "market/forecast_list.html"
    parents = (OVERVIEW,)
    title = "Prévisions et constats"
    intro = "Ce qui a été annoncé, par qui, et ce qu’il en est advenu."

    def get_base_queryset(self) -> QuerySet:
        return Figure.objects.forecasts().for_verdicts().by_forecaster()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        outcomes = self.filterset.outcomes if self.filterset.is_valid() else {}
        on_page = [outcomes[figure.pk] for figure in context["page_obj"]]
        return context | {
            "records": self._records(outcomes.values())[:MOST_RECORDS],
            "groups": [
                (record.forecaster, by_horizon(record.outcomes)) for record in records(on_page)
            ],
        }

    def _records(self, outcomes: Iterable[Outcome]) -> list[Record]:
        """Of the forecaster that is asked for, else of all, who said most first."""
        asked = self.filterset.form.cleaned_data.get("forecaster")
        found = [one for one in records(outcomes) if asked in ("", None, one.forecaster.key)]
        return sorted(found, key=lambda record: -len(record.outcomes))


class GrowthDriverListView(PublishedListView):
    model = GrowthDriver
    filterset_class = GrowthDriverFilterSet
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Facteurs de croissance"
    intro = "Ce qui porte le marché."


class GrowthDriverDetailView(PublishedDetailView):
    model = GrowthDriver
    parents = (OVERVIEW,)
