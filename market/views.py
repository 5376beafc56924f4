"""Public pages of the market: overview, indicators, figures, growth drivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from csp.decorators import csp_replace
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import DetailView, TemplateView

from companies.models import Company
from market import dataset, downloads, exports, schema_org
from market.charts import ForecastChart, bar_chart, forecast_chart
from market.comparison import MOST_INDICATORS, compare, proposals
from market.digest import digest
from market.filters import (
    TOLD_STATES,
    AnomalyFilterSet,
    ComparisonForm,
    ErratumFilterSet,
    FigureFilterSet,
    ForecastFilterSet,
    GrowthDriverFilterSet,
    IndicatorFilterSet,
)
from market.forecasts import Outcome, Record, by_horizon, judge, records
from market.lines import LineChart, line_charts
from market.models import Figure, FigureQuerySet, GrowthDriver, Indicator, whole_figures
from publishing.addresses import absolute_url
from publishing.anomalies import all_rules, subjects
from publishing.drawings import png_of
from publishing.filters import Sort
from publishing.models import Anomaly
from publishing.views import Placed, PublishedDetailView, PublishedListView

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
    "csv-metadata.json": "application/csvm+json; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}
AS_DATA = {
    "json": downloads.json_of,
    "csv-metadata.json": dataset.metadata_of,
    "txt": dataset.readme_of,
    "zip": dataset.archive_of,
}
MOST_RECORDS = 50
# What is understood at a glance; the lists have the rest.
MOST_PANELS = 12
MOST_DRIVERS = 20
OVERVIEW = ("Marché", reverse_lazy("market:overview"))
REGISTER = ("Anomalies", reverse_lazy("market:anomaly_list"))
# A total may be compared in hundreds of anomalies that accuse other figures.
MOST_OTHERS = 10


class MarketOverview(TemplateView):
    """The first public indicators at a glance, each as its chart or as its latest figure."""

    template_name = "market/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicators = Indicator.objects.published().in_order().with_live_figures()
        found = list(indicators[: MOST_PANELS + 1])
        panels = [panel_of(indicator) for indicator in found[:MOST_PANELS]]
        return super().get_context_data(**kwargs) | {
            "digest": digest(panels),
            "panels": panels,
            "has_more": len(found) > MOST_PANELS,
            "drivers": GrowthDriver.objects.published().in_order().for_cards()[:MOST_DRIVERS],
        }


def panel_of(indicator: Indicator) -> dict[str, Any]:
    """The figure that sums up an indicator, and the chart of its parts, when it has them.

    `indicator.live_figures` is loaded by `with_live_figures()`.
    """
    figures = indicator.live_figures
    parts = _latest([figure for figure in figures if figure.segment or figure.company])
    wholes = whole_figures(figures)
    lines = line_charts(figures, identifier=f"evolution-{indicator.slug}")
    drawn = {figure.pk for line in lines for figure in line.figures}
    return {
        "indicator": indicator,
        "headline": wholes[0] if wholes else None,
        "others": [figure for figure in wholes[1:] if figure.pk not in drawn],
        "chart": bar_chart(
            parts, identifier=f"graphique-{indicator.slug}", title=f"{indicator.name} : détail"
        ),
        "parts": parts,
        "lines": lines,
    }


def _latest(parts: list[Figure]) -> list[Figure]:
    """Those of the latest period, told apart from what is not dated: bars are of one time.

    What was measured goes before what is foreseen.
    """
    observed = [figure for figure in parts if figure.nature != Figure.Nature.FORECAST] or parts
    dated = [figure for figure in observed if figure.period.start and figure.period.end]
    last = max((_ends(figure) for figure in dated), default=None)
    return [figure for figure in dated if _ends(figure) == last] or observed


def _ends(figure: Figure) -> tuple[date, date]:
    return figure.period.end, figure.period.start


def current_panel(indicator: Indicator) -> dict[str, Any]:
    """`panel_of` one indicator, whose live figures are loaded here (a query, and their cards')."""
    indicator.live_figures = list(indicator.figures.live().for_cards().in_order())
    return panel_of(indicator)


class ComparisonView(Placed, TemplateView):
    """`?indicateur=` and `?acteur=`, as often as asked, side by side; else what could be compared.

    A wrong parameter answers 400 with the form, its errors and what was chosen.
    """

    template_name = "market/comparison.html"
    parents = (OVERVIEW,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ComparisonForm(self.request.GET)
        context = super().get_context_data(**kwargs) | {"form": form}
        if not form.is_valid():
            return context
        chosen, actors = form.cleaned_data["indicateur"], form.cleaned_data["acteur"]
        if not chosen and not actors:
            every = Indicator.objects.published().in_order().with_live_figures()
            proposed = proposals(every)
            first = next((one.indicators for one in proposed if one.indicators), [])
            shown = {"comparison": compare(first)} if first else {}
            return context | {"proposals": proposed} | shown
        companies = list(Company.objects.published().filter(slug__in=actors).order_by("name", "pk"))
        indicators = Indicator.objects.published().in_order().with_live_figures()
        if chosen:
            indicators = indicators.filter(slug__in=chosen)
        else:
            told = Figure.objects.live().filter(company__in=companies).order_by()
            indicators = indicators.filter(pk__in=told.values("indicator"))
        indicators = list(indicators[:MOST_INDICATORS])
        return context | {"comparison": compare(indicators, companies, tells_all=not chosen)}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return super().render_to_response(
            context, status=400 if context["form"].errors else 200, **kwargs
        )


class IndicatorListView(PublishedListView):
    model = Indicator
    filterset_class = IndicatorFilterSet
    columns = exports.INDICATOR
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Indicateurs"
    intro = "Ce qui est mesuré, dans quelle unité, où et sur quel périmètre."


class IndicatorDetailView(PublishedDetailView):
    model = Indicator
    parents = (OVERVIEW,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = self.trail = list(self.object.figures.published().for_cards().trail())
        panel = current_panel(self.object)
        forecasts = self._forecasts()
        live = {figure.pk for figure in self.object.live_figures}
        return (
            super().get_context_data(**kwargs)
            | panel
            | forecasts
            | {
                "lines": self._lines(forecasts["forecast_chart"]),
                "trail": trail,
                "replaced": {figure.pk for figure in trail} - live,
                "citation": downloads.citation_of(self.object),
                "bibtex": downloads.bibtex_of(self.object),
                "embedding": absolute_url(embedded_path(self.object)),
            }
        )

    def describe(self, record: Indicator) -> schema_org.Data:
        return schema_org.indicator(record, self.trail)

    def _lines(self, forecasts: ForecastChart | None) -> list[LineChart]:
        """What it said over time, but what the chart of its forecasts already tells."""
        lines = line_charts(self.trail, identifier=f"evolution-{self.object.slug}")
        told = {point.figure.pk for point in forecasts.observed} if forecasts else set()
        return [one for one in lines if not told >= {figure.pk for figure in one.figures}]

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


class IndicatorFileView(PublishedDetailView):
    """An indicator to take away: one of `FILE_TYPES` in place of its final slash.

    As data (`.csv`, `.json`), as a picture (`.svg`, `.png`), or as data with what it is and how it
    is cited (`.csv-metadata.json`, `.txt`, all of it in `.zip`).
    """

    model = Indicator
    http_method_names = ["get", "head"]
    extension = ""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = HttpResponse(
            self._content(),
            content_type=FILE_TYPES[self.extension],
            headers={
                "Content-Disposition": f'inline; filename="{self.object.slug}.{self.extension}"',
                "Access-Control-Allow-Origin": "*",
                "X-Robots-Tag": "noindex",
            },
        )
        if self.extension == "csv":
            metadata = reverse("market:indicator_csv-metadata.json", args=[self.object.slug])
            response.headers["Link"] = (
                f'<{metadata}>; rel="describedby"; type="application/csvm+json"'
            )
        return response

    def address_of(self, record: Indicator) -> str:
        return reverse(f"market:indicator_{self.extension}", args=[record.slug])

    def _content(self) -> str | bytes:
        if self.extension == "csv":
            return downloads.csv_of(self._figures())
        if self.extension in AS_DATA:
            return AS_DATA[self.extension](self.object, self._figures())
        panel = current_panel(self.object)
        drawing = downloads.drawing_of(self.object, panel["chart"], panel["headline"])
        return drawing if self.extension == "svg" else png_of(drawing)

    def _figures(self) -> FigureQuerySet:
        return self.object.figures.published().for_cards().trail()


@method_decorator(xframe_options_exempt, name="dispatch")
@method_decorator(csp_replace({"frame-ancestors": ["*"]}), name="dispatch")
class EmbeddedIndicatorView(PublishedDetailView):
    """The chart of an indicator, or its figure, alone: the one page that others may frame."""

    model = Indicator
    template_name = "market/indicator_embedded.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = downloads.address_of(self.object)
        return (
            super().get_context_data(**kwargs) | current_panel(self.object) | {"address": address}
        )

    def address_of(self, record: Indicator) -> str:
        return embedded_path(record)


def embedded_path(indicator: Indicator) -> str:
    return reverse("market:indicator_embedded", args=[indicator.slug])


class FigureListView(PublishedListView):
    model = Figure
    filterset_class = FigureFilterSet
    columns = exports.FIGURE
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Chiffres"
    has_feeds = True
    intro = "Chaque chiffre avec sa période, sa nature et sa source ; tous les millésimes."


class FigureDetailView(PublishedDetailView):
    """A figure, with what contradicts it in full, and what an erratum made of it."""

    model = Figure
    described_by = schema_org.figure
    parents = (OVERVIEW,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figure = self.object
        anomalies = Anomaly.objects.published().about(figure).unsettled_first().for_cards()
        contesting = [anomaly.pk for anomaly in figure.contestations]
        later = [one for one in figure.superseded_by.all() if one not in figure.corrections]
        return super().get_context_data(**kwargs) | {
            "outcomes": self._outcomes(),
            "contestations": anomalies.filter(pk__in=contesting),
            "other_anomalies": anomalies.exclude(pk__in=contesting)[:MOST_OTHERS],
            "corrections": _corrections_around(figure),
            "later_vintages": later,
        }

    def _outcomes(self) -> list[Outcome]:
        """What became of it, if it is a forecast that no erratum corrects."""
        if self.object.nature != Figure.Nature.FORECAST:
            return []
        return judge(Figure.objects.forecasts().filter(pk=self.object.pk).for_verdicts())


def _corrections_around(figure: Figure) -> list[Figure]:
    """The figures that correct this one, then itself when it corrects another."""
    for correction in figure.corrections:
        # Already loaded with what is shown of it.
        correction.supersedes = figure
    return [*figure.corrections, *([figure] if figure.corrected else [])]


class ForecastListView(PublishedListView):
    """Every public forecast by forecaster, and the record of each of them.

    All are judged at each request: a verdict changes with the day and with what is public.
    """

    model = Figure
    filterset_class = ForecastFilterSet
    columns = exports.FORECAST
    template_name = "market/forecast_list.html"
    export_name = "market:forecast"
    parents = (OVERVIEW,)
    title = "Prévisions et constats"
    intro = "Ce qui a été annoncé, par qui, et ce qu’il en est advenu."

    def get_base_queryset(self) -> QuerySet:
        return Figure.objects.forecasts().for_verdicts().by_forecaster()

    def exported(self, records: Iterable[Figure]) -> Iterator[Figure]:
        for figure in records:
            figure.outcome = self.filterset.outcomes[figure.pk]
            yield figure

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


class ErratumListView(PublishedListView):
    """The figures that correct others, the latest first."""

    model = Figure
    template_name = "market/erratum_list.html"
    filterset_class = ErratumFilterSet
    columns = exports.ERRATUM
    parents = (OVERVIEW,)
    title = "Errata"
    intro = (
        "Ce que nous avons corrigé, quand et pourquoi. L’ancienne valeur reste visible, telle "
        "qu’elle avait été publiée."
    )
    counted = "erratum,errata"
    empty_words = "Aucun erratum n’est publié à ce jour."
    has_feeds = True
    feed_name = "market:erratum"
    export_name = "market:erratum"

    def get_base_queryset(self) -> QuerySet:
        return Figure.objects.errata().for_detail()


class AnomalyListView(PublishedListView):
    """The public register of what contradicts itself, with what became of it."""

    model = Anomaly
    template_name = "market/anomaly_list.html"
    export_name = "market:anomaly"
    filterset_class = AnomalyFilterSet
    columns = exports.ANOMALY
    ordering_method = "unsettled_first"
    natural_order = "Ce qui attend une réponse d’abord"
    sorts = (Sort("latest", "Trouvées récemment", ("-first_seen_at", "-pk")),)
    parents = (OVERVIEW,)
    list_class = "anomalies"
    title = "Anomalies"
    intro = (
        "Ce qui se contredit dans ce que nous publions, trouvé par des règles générales : qui "
        "contredit quoi, par quel calcul, depuis quand, et ce qu’il en est."
    )
    counted = "anomalie"
    empty_words = "Aucune anomalie ouverte, expliquée ou corrigée à ce jour."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"states": _states()}


def _states() -> list[tuple[str, str, int]]:
    """How many public anomalies are in each state: its code, its label, their number."""
    totals = dict(
        Anomaly.objects.published().values_list("status").annotate(Count("pk")).order_by()
    )
    return [(state, state.label, totals.get(state, 0)) for state in TOLD_STATES]


class AnomalyDetailView(Placed, DetailView):
    """One anomaly: its records side by side, the arithmetic, what became of it.

    Once closed it keeps its page, without what it said of values that have changed since;
    dismissed, it answers 410. One that speaks of a hidden record is not found.
    """

    model = Anomaly
    template_name = "market/anomaly_detail.html"
    context_object_name = "anomaly"
    parents = (OVERVIEW, REGISTER)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.status == Anomaly.Status.DISMISSED:
            context = {"kind": "anomalie", "list_url": REGISTER[1]}
            return render(request, "errors/410.html", context, status=410)
        return self.render_to_response(self.get_context_data())

    def get_object(self, queryset: QuerySet | None = None) -> Anomaly:
        tellable = Anomaly.objects.tellable().for_detail().prefetch_related("steps")
        anomaly = tellable.filter(pk=self.kwargs["pk"]).first()
        if anomaly is None:
            raise Http404("Aucune anomalie publique à cette adresse.")
        return anomaly

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rule": all_rules().get(self.object.rule)}


class MethodView(Placed, TemplateView):
    """How contradictions are found, and what the words of the site mean."""

    template_name = "market/method.html"
    parents = (OVERVIEW, REGISTER)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "subjects": [subject for subject in subjects() if subject.rules]
        }


class GrowthDriverListView(PublishedListView):
    model = GrowthDriver
    filterset_class = GrowthDriverFilterSet
    columns = exports.GROWTH_DRIVER
    ordering_method = "in_order"
    parents = (OVERVIEW,)
    title = "Facteurs de croissance"
    intro = "Ce qui porte le marché."


class GrowthDriverDetailView(PublishedDetailView):
    model = GrowthDriver
    described_by = schema_org.growth_driver
    parents = (OVERVIEW,)
