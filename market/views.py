"""Public pages of the market: overview, indicators, figures, growth drivers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.views.generic import TemplateView

from market.charts import bar_chart
from market.filters import FigureFilterSet, GrowthDriverFilterSet, IndicatorFilterSet
from market.models import Figure, GrowthDriver, Indicator
from publishing.views import PublishedDetailView, PublishedListView

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
            | {"trail": trail, "replaced": {figure.pk for figure in trail} - live}
        )


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
