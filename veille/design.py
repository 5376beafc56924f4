"""The living page of the design: tokens as the style sheet has them, components as they are drawn.

For the staff, and for all in development. Components are drawn by their own templates from the
records of the site: what a record can look like is seen on those that there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from companies.models import Company
from events.filters import EventFilterSet
from events.models import Event
from market.charts import forecast_chart
from market.forecasts import by_horizon, judge
from market.key_figures import key_figure
from market.models import Figure, Indicator
from market.views import panel_of
from publishing.addresses import feed_links
from publishing.models import Anomaly, published_models
from sources.models import Source
from sources.quality import quality_of
from topics.models import Topic

TEMPLATES = Path(settings.BASE_DIR) / "templates"
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
COLOUR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
SIZE = re.compile(r"--((?:step|space)--?\d): ([^;]+);")
USAGE = re.compile(r"\{# (.*?) #\}", re.S)
PAPER = "paper"
# In the head of a page: nothing to see.
UNSEEN = ("feed_discovery", "share")
Context = dict[str, Any]


class Colour(NamedTuple):
    """A token of colour in both themes, and its contrast with the paper (WCAG 2.2, 1 to 21)."""

    name: str
    light: str
    dark: str
    contrast_by_day: float
    contrast_by_night: float


class Size(NamedTuple):
    name: str
    value: str


@dataclass(frozen=True)
class Component:
    """A template of `templates/components`: what it takes in, and what it looks like."""

    name: str
    usage: str
    drawn: SafeString | str


class DesignView(TemplateView):
    template_name = "pages/design.html"

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEBUG or request.user.is_staff):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> Context:
        sheet = TOKENS.read_text(encoding="utf-8")
        return super().get_context_data(**kwargs) | {
            "colours": colours_of(sheet),
            "sizes": [Size(*found) for found in SIZE.findall(sheet)],
            "components": components(),
            "cards": [card for model in published_models() for card in _first(model)],
        }


def colours_of(sheet: str) -> list[Colour]:
    found = COLOUR.findall(sheet)
    papers = {name: (light, dark) for name, light, dark in found}[PAPER]
    return [
        Colour(name, light, dark, contrast(light, papers[0]), contrast(dark, papers[1]))
        for name, light, dark in found
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, `#rrggbb`, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return round((high + 0.05) / (low + 0.05), 1)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def components() -> list[Component]:
    """Every component, drawn with `SAMPLES`; empty where the site has nothing to show in it."""
    found = []
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        usage = USAGE.search(path.read_text(encoding="utf-8"))
        drawn = [
            render_to_string(f"components/{path.name}", context)
            for context in (SAMPLES[path.stem]() if path.stem in SAMPLES else [])
        ]
        found.append(
            Component(path.stem, usage[1] if usage else "", SafeString("\n".join(drawn).strip()))
        )
    return found


# --- What each component is shown with ---


def _first(model: Any) -> list[Any]:
    return list(model.objects.published().for_cards().order_by("pk")[:1])


def _figures() -> list[Figure]:
    """A figure in each state that readers can meet."""
    cards = list(Figure.objects.published().for_cards().order_by("pk")[:100])
    states: list[Callable[[Figure], Any]] = [
        lambda one: not one.cautions and not one.is_unsupported,
        lambda one: one.contestations,
        lambda one: one.is_unsupported,
        lambda one: one.correction,
        lambda one: one.corrected,
    ]
    found = [next(filter(state, cards), None) for state in states]
    return list(dict.fromkeys(one for one in found if one))


def _panels() -> list[Context]:
    indicators = Indicator.objects.published().in_order().with_live_figures()
    return [panel_of(indicator) for indicator in indicators]


def _charts() -> list[Context]:
    return [{"chart": panel["chart"]} for panel in _panels() if panel["chart"]][:1]


def _lines() -> list[Context]:
    return [{"chart": line} for panel in _panels() for line in panel["lines"]][:1]


def _keys() -> list[Context]:
    return [{"key": key_figure(panel)} for panel in _panels() if panel["headline"]][:2]


def _outcomes() -> list[Any]:
    return by_horizon(judge(Figure.objects.forecasts().for_verdicts()))


def _forecast_charts() -> list[Context]:
    forecasts = list(Figure.objects.forecasts().for_cards())
    charts = (
        forecast_chart(
            [one for one in forecasts if one.indicator_id == indicator.pk],
            indicator.live_figures,
            identifier=f"previsions-{indicator.slug}",
            title=f"{indicator.name} : prévisions et constats",
        )
        for indicator in Indicator.objects.published().in_order().with_live_figures()
    )
    return [{"chart": chart} for chart in charts if chart][:1]


def _anomalies() -> list[Anomaly]:
    return list(Anomaly.objects.published().in_order().for_cards()[:1])


def _sources() -> list[Source]:
    return list(Source.objects.published().for_detail().order_by("pk")[:1])


def _filtersets() -> list[EventFilterSet]:
    """Nothing asked, something asked, something wrong."""
    events = Event.objects.published().for_cards()
    return [
        EventFilterSet(QueryDict(query), queryset=events, sorts=())
        for query in ("country=FR", "country=ZZ")
    ]


def _pages() -> list[Context]:
    page = Paginator(range(100), 10).page(4)
    return [{"page_obj": page, "page_range": page.paginator.get_elided_page_range(4)}]


def _illustrated() -> list[Context]:
    records = Company.objects.published().exclude(image="").order_by("pk")
    return [{"record": record} for record in records[:1]]


def _each(name: str, records: Callable[[], list[Any]]) -> Callable[[], list[Context]]:
    return lambda: [{name: record} for record in records()]


SAMPLES: dict[str, Callable[[], list[Context]]] = {
    "anomaly_outcome": _each("anomaly", _anomalies),
    "anomaly_records": lambda: [
        {"label": "En cause", "records": anomaly.accused} for anomaly in _anomalies()
    ],
    "anomaly_state": _each("anomaly", _anomalies),
    "bar_chart": _charts,
    "breadcrumb": lambda: [{"parents": [("Marché", "/marche/")], "current": "Page"}],
    "chips": lambda: [{"chips": one.chips, "path": "."} for one in _filtersets()[:1]],
    "citations": lambda: [
        {"citations": record.public_citations}
        for record in Company.objects.published().for_detail().order_by("pk")
        if record.public_citations
    ][:1],
    "contested": _each("figure", _figures),
    "contested_mark": lambda: [{}],
    "empty": lambda: [{}, {"filtered": True, "reset_url": "."}],
    "erratum": lambda: [{"figure": one} for one in Figure.objects.errata().for_detail()[:1]],
    "erratum_line": _each("figure", _figures),
    "feed_links": lambda: [{"feeds": feed_links("everything", "Tout")}],
    "figure": lambda: [
        *({"figure": one, "lead": True} for one in _figures()[:1]),
        *({"figure": one, "heading": "h3"} for one in _figures()),
    ],
    "figure_table": lambda: [{"figures": _figures(), "caption": "Un chiffre dans chaque état"}],
    "filter_errors": lambda: [{"filterset": one, "reset_url": "."} for one in _filtersets()[1:]],
    "filters": lambda: [{"filterset": one, "reset_url": "."} for one in _filtersets()[:1]],
    "forecast_chart": _forecast_charts,
    "forecast_table": lambda: [
        {"outcomes": _outcomes()[:5], "caption": "Des prévisions", "titled": True}
    ],
    "key_figure": _keys,
    "line_chart": _lines,
    "mark": lambda: [{}],
    "pagination": _pages,
    "picture": _illustrated,
    "quality": lambda: [{"source": one, "quality": quality_of(one)} for one in _sources()],
    "search_form": lambda: [{"large": True}],
    "section": lambda: [
        {"title": "Titre", "slug": "modele", "records": _first(Event) + _first(Company)}
    ],
    "source": _each("source", _sources),
    "stated_value": _each("figure", _figures),
    "topics": lambda: [{"topics": _first(Topic)}],
    "trace": lambda: [{"record": record} for record in _first(Company)],
    "unsupported": _each("figure", _figures),
}
