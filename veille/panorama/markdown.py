"""A panorama as one Markdown file: CommonMark, with the tables and notes that GitHub reads.

Addresses are absolute, so that the file can be read anywhere. Its table of contents leads to the
headings by the anchors that readers of Markdown make from titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import singledispatch

from publishing import typography
from publishing.addresses import absolute_url
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
from veille.panorama.rich_text import (
    Nodes,
    link,
    note_call,
    plain_markdown,
    resolved,
    table,
    to_markdown,
)

WITHDRAWN = "source retirée"
SEMICOLON = "\u00a0; "
# The ranks of the headings that the table of contents names.
CONTENTS = (2, 3)

_FENCE = re.compile(r"\s*(`{3,})")
_HEADING = re.compile(r"#{1,6} .*")
_ADDRESS = re.compile(r"\]\(.*?\)(?=$|\s)")
_NO_PART_OF_ANCHORS = re.compile(r"[^\w\- ]")


def to_markdown_file(panorama: Panorama) -> str:
    body = "\n\n".join(_section(section) for section in panorama.sections)
    parts = (
        f"# {panorama.title}",
        plain_markdown(panorama.subtitle),
        plain_markdown(panorama.lead),
        "## Sommaire",
        "\n".join(_contents(panorama, body)),
        body,
        "***",
        f"*{_colophon(panorama)}*",
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _colophon(panorama: Panorama) -> str:
    page = absolute_url(panorama.path)
    if panorama.updated_on is None:
        return link("Veille", page)
    day = typography.french_date(panorama.updated_on)
    return f"{link('Veille', page)}. Dernière mise à jour : {day}"


# --- Contents ---


def _contents(panorama: Panorama, body: str) -> Iterator[str]:
    """One line for each section and part, in the order in which `body` has their headings."""
    headings = _headings(body, taken={panorama.title, "Sommaire"})
    for section in _in_order(panorama.sections):
        line = _heading(section.level, section.title)
        anchor = next(anchor for heading, anchor in headings if heading == line)
        indent = "  " * (section.level - CONTENTS[0])
        yield f"{indent}- {link(plain_markdown(section.title), f'#{anchor}')}"


def _in_order(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        if section.level in CONTENTS:
            yield section
            yield from _in_order(section.parts)


def _headings(body: str, taken: set[str]) -> Iterator[tuple[str, str]]:
    """Each line that is a heading, and its anchor: that of its words, numbered when taken."""
    times = {_slug(title): 1 for title in taken}
    fence = ""
    for line in body.split("\n"):
        if found := _FENCE.match(line):
            fence = "" if fence == found[1] else fence or found[1]
        elif not fence and _HEADING.fullmatch(line):
            slug = _slug(_ADDRESS.sub("]", line.lstrip("#")))
            count = times.get(slug, 0)
            times[slug] = count + 1
            yield line, f"{slug}-{count}" if count else slug


def _slug(title: str) -> str:
    return _NO_PART_OF_ANCHORS.sub("", title.strip().lower()).replace(" ", "-")


# --- Sections and blocks ---


def _section(section: Section) -> str:
    blocks = (_block(block) for block in section.blocks)
    parts = (_section(part) for part in section.parts)
    return "\n\n".join((_heading(section.level, section.title), *blocks, *parts))


@singledispatch
def _block(block: Block) -> str:
    raise TypeError(f"{type(block).__name__} is not written in Markdown.")


@_block.register
def _(block: Passage) -> str:
    return f"*{plain_markdown(block.text)}*" if block.small else plain_markdown(block.text)


@_block.register
def _(block: Prose) -> str:
    return _text(block.nodes, notes=block.notes)


@_block.register
def _(block: Agenda) -> str:
    rows = (
        [
            f"**{_link(one.entry.title, one.entry.path)}**",
            plain_markdown(one.when) if one.is_exact else f"*{plain_markdown(one.when)}*",
            plain_markdown(one.where),
            plain_markdown(_sentence(*one.entry.facts, one.entry.summary)),
            SEMICOLON.join(_reference(source) for source in one.entry.sources),
        ]
        for one in block.appointments
    )
    listed = table(["Événement", "Dates", "Lieu", "Description", "Sources"], rows)
    # A table cannot hold paragraphs: what there is to read stands under it.
    told = (_heading_and_texts(one.entry) for one in block.appointments if one.entry.texts)
    return "\n\n".join((listed, *told))


@_block.register
def _(block: Entries) -> str:
    return "\n\n".join(
        _entry(entry, rank if block.ranked else None)
        for rank, entry in enumerate(block.entries, start=1)
    )


@_block.register
def _(block: KeyFigures) -> str:
    return "\n".join(f"- {_figure(one)}" for one in block.statements)


@_block.register
def _(block: Breakdown) -> str:
    rows = (
        [
            plain_markdown(one.part),
            _value(one),
            plain_markdown(one.origin),
            _reference(one.source),
        ]
        for one in block.statements
    )
    listed = table(["Part", "Valeur", "Nature et période", "Source"], rows)
    notes = (_text(one.note) for one in block.statements if one.note)
    return "\n\n".join((listed, *notes))


@_block.register
def _(block: Replaced) -> str:
    return "\n".join(f"- ~~{_figure(one)}~~" for one in block.statements)


@_block.register
def _(block: Notes) -> str:
    return "\n\n".join(
        f"{note_call(block.key, line.number)}: {_note(line)}" for line in block.lines
    )


@_block.register
def _(block: References) -> str:
    return "\n".join(f"- {_source(line)}" for line in block.lines)


@_block.register
def _(block: LeftOut) -> str:
    return f"*{plain_markdown(block.text)}* {_link('Tout voir', block.path)}"


# --- Lines ---


def _heading(level: int, title: str) -> str:
    return f"{'#' * level} {plain_markdown(title)}"


def _entry(entry: Entry, rank: int | None = None) -> str:
    """The whole entry; `rank` is its number in an ordered list."""
    number = f"{rank}\\. " if rank else ""
    parts = [
        f"{'#' * entry.level} {number}{_link(entry.title, entry.path)}",
        f"*{plain_markdown(_facts(entry.facts))}*" if entry.facts else "",
        plain_markdown(entry.summary),
        *_texts(entry),
    ]
    if entry.sources:
        word = typography.plural(len(entry.sources), "Source")
        parts.append(f"{word}\u00a0: {SEMICOLON.join(_reference(one) for one in entry.sources)}")
    return "\n\n".join(part for part in parts if part)


def _heading_and_texts(entry: Entry) -> str:
    return "\n\n".join((_heading(entry.level, entry.title), *_texts(entry)))


def _texts(entry: Entry) -> Iterator[str]:
    for text in entry.texts:
        if text.title:
            yield _heading(entry.level + 1, text.title)
        yield _text(text.nodes)


def _figure(statement: Statement) -> str:
    source = f"Source\u00a0: {_reference(statement.source)}"
    words = (plain_markdown(statement.figure.label), plain_markdown(statement.origin), source)
    told = f"{_value(statement)} – {'. '.join(words)}."
    note = _text(statement.note).replace("\n", "\n  ")
    return f"{told}\n\n  {note}" if note else told


def _value(statement: Statement) -> str:
    value = f"**{_link(statement.figure.display, statement.path)}**"
    return " ".join((value, *(f"({plain_markdown(mark.text)})" for mark in statement.marks)))


def _note(line: NoteLine) -> str:
    # A link alone after « [^n]: » would be the definition of a link, for readers without notes.
    source = f"Source\u00a0: {_reference(line.reference)}"
    told = ", ".join(part for part in (source, _plain(line.locator)) if part)
    return f"{told}. «\u00a0{_plain(line.quote)}\u00a0»" if line.quote else told


def _source(line: SourceLine) -> str:
    facts = f". {plain_markdown(_facts(line.facts))}" if line.facts else ""
    address = f". {link(plain_markdown(line.address), line.address)}" if line.address else ""
    return f"{_reference(line.reference)}{facts}{address}"


def _reference(reference: Reference | None) -> str:
    return _link(reference.label, reference.path) if reference else WITHDRAWN


def _link(words: str, path: str) -> str:
    return link(plain_markdown(words), absolute_url(path))


def _text(nodes: Nodes, notes: str = "") -> str:
    return to_markdown(resolved(nodes, absolute_url("/")), notes=notes)


def _plain(text: str) -> str:
    return plain_markdown(text) if text else ""


def _facts(facts: Iterable[str]) -> str:
    return " · ".join(facts)


def _sentence(*parts: str) -> str:
    """« Congrès. Réunit décideurs et ingénieurs. »"""
    return " ".join(
        part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts if part
    )
