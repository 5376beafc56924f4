"""Template tags that draw a record: its card, its approximate date, its table of sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from publishing import anomalies, schema_org
from publishing.dates import ApproximateDate, Precision
from publishing.models import Publishable

register = template.Library()

# What the HTML standard accepts in <time datetime>: a day, a month or a year, nothing in between.
_MACHINE_FORMATS = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m"}


@register.simple_tag
def card(record: Publishable, level: int = 2) -> SafeString:
    """The card of any record, from `<app>/_<model>_card.html`; `level` is that of its heading."""
    meta = record._meta
    return render_to_string(
        f"{meta.app_label}/_{meta.model_name}_card.html",
        {"record": record, "heading": f"h{level}"},
    )


@register.simple_tag
def approximate_date(value: ApproximateDate) -> SafeString:
    """A date as stated: in italics unless exact, with a machine form where one is true."""
    css_class = "date" if value.is_exact else "date date--approximate"
    machine = _machine_form(value)
    if machine:
        return format_html(
            '<time class="{}" datetime="{}">{}</time>', css_class, machine, value.display
        )
    return format_html('<span class="{}">{}</span>', css_class, value.display)


@register.simple_tag
def period(value: ApproximateDate) -> SafeString:
    """What a figure is measured over: « 2024 » is the whole year, and nothing approximate.

    A source that states no period is said to state none: there is no date to wait for.
    """
    css_class = "date" if value.is_known else "date date--approximate"
    return format_html('<span class="{}">{}</span>', css_class, value.label or "non précisée")


@register.simple_tag
def breadcrumb_data(parents: Iterable[tuple[str, Any]], current: str) -> SafeString:
    """The breadcrumb of a page as JSON-LD, the content of a script."""
    return schema_org.script(schema_org.breadcrumb(parents or (), current))


@register.filter
def rule_title(code: str) -> str:
    """« La part ne correspond pas au montant », for the code of a rule."""
    return anomalies.rule_title(code)


def _machine_form(value: ApproximateDate) -> str:
    if value.start is None or value.end is None:
        return ""
    if value.precision is Precision.YEAR and value.start.year == value.end.year:
        return f"{value.start:%Y}"
    machine_format = _MACHINE_FORMATS.get(value.precision)
    return value.start.strftime(machine_format) if machine_format else ""
