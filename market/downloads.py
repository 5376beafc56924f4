"""An indicator to take away: its figures as data, its chart as a picture, how it is cited."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from market.charts import BarChart
from market.exports import FIGURE
from market.models import Figure, Indicator
from publishing import clock
from publishing.addresses import absolute_url
from publishing.exports import as_csv, as_objects
from publishing.typography import NBSP, french_date, join

# In units of the drawing, which are the pixels of its picture.
WIDTH, MARGIN = 1200, 56
TITLE_LINE, TITLE_CHARACTERS = 48, 46
NOTE_LINE, NOTE_CHARACTERS = 28, 105
BAR_STEP, BAR_HEIGHT, LABEL_RISE = 104, 48, 14
VALUE_SIZE = 150
MOST_BARS = 30
# What the value of the longest bar takes beside it.
LONGEST_BAR = 760


@dataclass(frozen=True)
class DrawnBar:
    """A bar of the drawing; lengths and heights in its units."""

    label: str
    caution: str
    value: str
    y: int
    x: float
    length: float
    is_contested: bool

    @property
    def label_y(self) -> int:
        return self.y - LABEL_RISE

    @property
    def value_y(self) -> int:
        return self.y + BAR_HEIGHT // 2 + 11

    @property
    def value_x(self) -> float:
        return self.x + self.length + 18


@dataclass(frozen=True)
class Line:
    """A line of text of the drawing."""

    y: int
    text: str


def csv_of(figures: Sequence[Figure]) -> str:
    """Every figure of an indicator, all vintages; columns as in the exports of the lists."""
    return "".join(as_csv(figures, FIGURE))


def json_of(indicator: Indicator, figures: Sequence[Figure]) -> str:
    """What the indicator is, how it is cited, and its figures."""
    told = {
        "name": indicator.name,
        "summary": indicator.summary,
        "kind": indicator.kind,
        "unit": indicator.unit,
        "scale": indicator.scale,
        "geography": indicator.geography,
        "perimeter": indicator.perimeter.name if indicator.perimeter else "",
        "html_url": address_of(indicator),
        "citation": citation_of(indicator),
        "figures": list(as_objects(figures, FIGURE)),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


# --- How it is cited ---


def address_of(indicator: Indicator) -> str:
    return absolute_url(indicator.get_absolute_url())


def citation_of(indicator: Indicator) -> str:
    """« « Dépenses ». Veille, 4 février 2025. Consulté le 23 novembre 2026. https://… »"""
    changed = french_date(timezone.localdate(indicator.changed_at))
    return (
        f"«{NBSP}{indicator.name}{NBSP}». Veille, {changed}. "
        f"Consulté le {french_date(clock.today())}. {address_of(indicator)}"
    )


def bibtex_of(indicator: Indicator) -> str:
    """The same for BibTeX, which reads braces and backslashes as its own."""
    changed = timezone.localdate(indicator.changed_at)
    name = re.sub(r"[{}\\]", "", indicator.name)
    return "\n".join(
        [
            f"@misc{{veille-{indicator.slug},",
            f"  title = {{{{{name}}}}},",
            "  author = {{Veille}},",
            f"  year = {{{changed.year}}},",
            f"  url = {{{address_of(indicator)}}},",
            f"  urldate = {{{clock.today().isoformat()}}}",
            "}",
        ]
    )


# --- How it is drawn ---


def drawing_of(indicator: Indicator, chart: BarChart | None, headline: Figure | None) -> str:
    """An SVG document that stands alone: the chart, or else the headline figure, and its origin."""
    y = MARGIN
    title, y = _lines(
        chart.title if chart else indicator.name, y + 34, TITLE_CHARACTERS, TITLE_LINE
    )
    subtitle, y = _lines(_what_is_measured(indicator), y, NOTE_CHARACTERS, NOTE_LINE)
    bars, left_out, y = _bars(chart, y + 56)
    value = Line(y + VALUE_SIZE, headline.display) if headline and not bars else None
    if value:
        y = value.y + 64
    shown = chart.figures[:MOST_BARS] if chart else [headline] if headline else []
    notes, y = _lines(_origin(shown, left_out), y + 8, NOTE_CHARACTERS, NOTE_LINE)
    context = {
        "width": WIDTH,
        "height": y + MARGIN,
        "margin": MARGIN,
        "title": title,
        "subtitle": subtitle,
        "bars": bars,
        "bar_height": BAR_HEIGHT,
        "value": value,
        "value_label": headline.label if value else "",
        "notes": notes,
        "address": Line(y + 10, address_of(indicator)),
        "name": indicator.name,
        "description": chart.description if chart else headline.label if headline else "",
    }
    return render_to_string("market/drawing.svg", context)


def _bars(chart: BarChart | None, top: int) -> tuple[list[DrawnBar], int, int]:
    """The bars, how many there was no room for, and where what follows begins."""
    if chart is None:
        return [], 0, top
    unit = LONGEST_BAR / max(bar.value_x for bar in chart.bars)
    drawn = [
        DrawnBar(
            label=textwrap.shorten(bar.label, 60, placeholder="…"),
            caution=", ".join(bar.figure.cautions),
            value=bar.value,
            y=top + index * BAR_STEP,
            x=round(MARGIN + bar.start * unit, 1),
            length=round(bar.length * unit, 1),
            is_contested=bool(bar.figure.contestations),
        )
        for index, bar in enumerate(chart.bars[:MOST_BARS])
    ]
    return drawn, len(chart.bars) - len(drawn), top + len(drawn) * BAR_STEP - 24


def _what_is_measured(indicator: Indicator) -> str:
    perimeter = f" · {indicator.perimeter.name}" if indicator.perimeter else ""
    return f"{indicator.get_kind_display().capitalize()} · {indicator.geography}{perimeter}"


def _origin(figures: Sequence[Figure], left_out: int) -> str:
    """Period, nature and sources of what is drawn, each said once."""
    periods = dict.fromkeys(one.period.display for one in figures if one.period.is_known)
    natures = dict.fromkeys(one.get_nature_display() for one in figures)
    sources = dict.fromkeys(
        one.source.label for one in figures if one.source and one.source.is_public
    )
    parts = [
        *([join(*periods)] if periods else []),
        *([join(*natures)] if natures else []),
        *([f"Source{NBSP}: {join(*sources)}"] if sources else []),
        *([f"{left_out} autres dans les données"] if left_out else []),
    ]
    return " · ".join(parts)


def _lines(text: str, y: int, characters: int, height: int) -> tuple[list[Line], int]:
    """The text in lines from `y` down, and where what follows begins."""
    wrapped = textwrap.wrap(text.replace(NBSP, "\x00"), characters) if text else []
    lines = [
        Line(y + place * height, one.replace("\x00", NBSP)) for place, one in enumerate(wrapped)
    ]
    return lines, y + len(lines) * height
