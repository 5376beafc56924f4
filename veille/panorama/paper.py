"""A panorama as a PDF, set by Typst from `templates/panorama/document.typ`.

The template is code and never changes; the panorama goes to it as JSON data. No text of a record
is ever part of the markup, so that `#`, `$`, `@` or `[` in it are letters like the others.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, time
from functools import singledispatch
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.conf import settings
from django.core.cache import cache

from publishing import typography
from publishing.addresses import absolute_url, site_host
from publishing.drawings import DAY, FONTS
from publishing.typography import printable
from veille.panorama.blocks import (
    Agenda,
    Block,
    Breakdown,
    Entries,
    Entry,
    KeyFigures,
    LeftOut,
    NoteLine,
    Notes,
    Panorama,
    Passage,
    Prose,
    Reference,
    References,
    Replaced,
    Section,
    SourceLine,
    Statement,
)
from veille.panorama.rich_text import Node, Nodes, is_note_call, resolved

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "panorama" / "document.typ"
WITHDRAWN = "source retirée"

# One document at a time in a process: those who ask meanwhile find it made.
_press = Lock()
# A line breaks in a word this long, which no hyphenation knows, and in addresses.
_ENDLESS = re.compile(r"\S{30,}")
_MAY_BREAK = re.compile(r"(?<=[/.?&=_%#,;:-])(?=\w)|(?<=\w{18})(?=\w)")
_SPACES = re.compile(r"[ \t\n]+")
_ZERO_WIDTH_SPACE = "\u200b"

Data = dict[str, Any]


def digest_of(data: Data) -> str:
    """What tells one PDF from another: its data, and the template that sets it."""
    told = json.dumps(data, sort_keys=True)
    return hashlib.sha256(told.encode() + TEMPLATE.read_bytes()).hexdigest()


def pdf_of(data: Data, digest: str) -> bytes:
    """The PDF of `data`, made once for each `digest`.

    One PDF is kept for each year. It is found again by its content, not by a date of change, which
    a record that expires or is deleted would not move.
    """
    key = f"panorama-pdf-{data['year']}"
    with _press:
        kept = cache.get(key)
        if kept is not None and kept[0] == digest:
            return kept[1]
        made = _typeset(data)
        cache.set(key, (digest, made), DAY)
        return made


def _typeset(data: Data) -> bytes:
    moment = data["updated_at"] or 0
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(FONTS)],
        # The same letters on every machine.
        ignore_system_fonts=True,
        sys_inputs={"panorama": json.dumps(data)},
        timestamp=moment,
        format="pdf",
    )


# --- The data of the document ---


def data_of(panorama: Panorama) -> Data:
    """All that the template needs, as JSON."""
    day = panorama.updated_on
    return {
        "year": str(panorama.year),
        "title": panorama.title,
        "subtitle": panorama.subtitle,
        "lead": panorama.lead,
        "updated_on": typography.french_date(day) if day else "",
        "updated_at": int(datetime.combine(day, time(12), UTC).timestamp()) if day else 0,
        "address": absolute_url(panorama.path),
        "host": site_host(),
        "sections": [_section(section) for section in panorama.sections],
    }


def _section(section: Section) -> Data:
    return {
        "title": _plain(section.title),
        "anchor": section.anchor,
        # Typst numbers from one the ranks that HTML numbers from two under the title of the page.
        "level": section.level - 1,
        "address": absolute_url(section.path) if section.path else "",
        "blocks": [{"kind": type(block).__name__, **_block(block)} for block in section.blocks],
        "parts": [_section(part) for part in section.parts],
    }


@singledispatch
def _block(block: Block) -> Data:
    raise TypeError(f"{type(block).__name__} is not set on paper.")


@_block.register
def _(block: Passage) -> Data:
    return {"text": _plain(block.text), "small": block.small}


@_block.register
def _(block: Prose) -> Data:
    return {"nodes": _nodes(block.nodes)}


@_block.register
def _(block: Agenda) -> Data:
    return {
        "appointments": [
            {
                "entry": _entry(one.entry),
                "when": _plain(one.when),
                "exact": one.is_exact,
                "where": _plain(one.where),
            }
            for one in block.appointments
        ]
    }


@_block.register
def _(block: Entries) -> Data:
    return {"entries": [_entry(entry) for entry in block.entries], "ranked": block.ranked}


@_block.register
def _(block: KeyFigures) -> Data:
    return {"statements": [_statement(one) for one in block.statements]}


@_block.register
def _(block: Breakdown) -> Data:
    """`bars` are in the order of the chart, `length` a share of the longest; none, no chart."""
    by_key = {one.figure.pk: one for one in block.statements}
    bars = block.chart.bars if block.chart else []
    longest = max((bar.length for bar in bars), default=1)
    ordered = [by_key[bar.figure.pk] for bar in bars] or block.statements
    lengths = [bar.length / longest for bar in bars] or [None] * len(block.statements)
    return {
        "statements": [
            _statement(one) | {"length": length}
            for one, length in zip(ordered, lengths, strict=True)
        ]
    }


@_block.register
def _(block: Replaced) -> Data:
    return {"statements": [_statement(one) for one in block.statements]}


@_block.register
def _(block: Notes) -> Data:
    return {"lines": [_note(line) for line in block.lines]}


@_block.register
def _(block: References) -> Data:
    return {"lines": [_source(line) for line in block.lines]}


@_block.register
def _(block: LeftOut) -> Data:
    return {"text": _plain(block.text), "address": absolute_url(block.path)}


# --- Lines ---


def _entry(entry: Entry) -> Data:
    return {
        "title": _plain(entry.title),
        "address": absolute_url(entry.path),
        "level": entry.level - 1,
        "facts": [_plain(fact) for fact in entry.facts],
        "summary": _plain(entry.summary),
        "texts": [
            {"title": _plain(text.title), "nodes": _nodes(text.nodes)} for text in entry.texts
        ],
        "sources": [_reference(source) for source in entry.sources],
    }


def _statement(statement: Statement) -> Data:
    return {
        "value": _plain(statement.figure.display),
        "label": _plain(statement.figure.label),
        "part": _plain(statement.part),
        "origin": _plain(statement.origin),
        "marks": [
            {"text": _plain(mark.text), "contests": mark.contests} for mark in statement.marks
        ],
        "contested": statement.is_contested,
        "source": _reference(statement.source),
        "note": _nodes(statement.note),
        "address": absolute_url(statement.path),
    }


def _note(line: NoteLine) -> Data:
    return {
        "number": str(line.number),
        "anchor": line.anchor,
        "reference": _reference(line.reference),
        "locator": _plain(line.locator),
        "quote": _plain(line.quote),
        "calls": list(line.calls),
    }


def _source(line: SourceLine) -> Data:
    return {
        "reference": _reference(line.reference),
        "facts": [_plain(fact) for fact in line.facts],
        "address": line.address,
        "shown_address": _plain(line.address),
    }


def _reference(reference: Reference | None) -> Data:
    if reference is None:
        return {"label": WITHDRAWN, "address": ""}
    return {"label": _plain(reference.label), "address": absolute_url(reference.path)}


# --- Texts ---


def _nodes(nodes: Nodes) -> list[Any]:
    return [_node(node) for node in resolved(nodes, absolute_url("/"))]


def _node(node: Node, *, verbatim: bool = False) -> Any:
    """A text as a string; an element as its tag, what Typst needs of its attributes, its nodes."""
    if isinstance(node, str):
        return printable(node) if verbatim else _set(_SPACES.sub(" ", node))
    return {
        "tag": "call" if is_note_call(node) else node.tag,
        "href": node.attributes.get("href", ""),
        "id": node.attributes.get("id", ""),
        "alt": _plain(node.attributes.get("alt", "")),
        "start": int(node.attributes.get("start") or 1),
        "align": node.attributes.get("class", "").removeprefix("align-"),
        "nodes": [_node(one, verbatim=verbatim or node.tag == "pre") for one in node.children],
    }


def _plain(text: str) -> str:
    return _set(_SPACES.sub(" ", text.strip()))


def _set(text: str) -> str:
    """`text` as it can be set: printable, and with places to break its endless words."""
    return _ENDLESS.sub(lambda run: _MAY_BREAK.sub(_ZERO_WIDTH_SPACE, run[0]), printable(text))
