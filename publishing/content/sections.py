"""Markdown cut at its headings into the titled parts of a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from publishing.content.nodes import Node, Place, Unreadable

_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")


class _Heading(NamedTuple):
    line: int
    level: int
    title: str


def split_sections(body: Node, levels: Mapping[int, int]) -> tuple[Node, Node]:
    """Cuts Markdown at its headings: the text before the first, then the sections.

    `levels` gives the level of a section by number of `#`; other headings stay in the text. Each
    section is a mapping of `title`, `level` and `body`. A `#` inside a code block opens nothing.
    Raises `Unreadable` for an empty heading, or a sub-section before any chapter.
    """
    if isinstance(body.value, list | dict):
        raise Unreadable(body.place, "un texte est attendu ici, pas une liste.")
    lines = (body.value or "").split("\n")
    headings = list(_headings(lines, levels))
    ends = [heading.line for heading in headings[1:]] + [len(lines)]
    sections: list[Node] = []
    for heading, end in zip(headings, ends, strict=False):
        place = _place(body, heading.line)
        _refuse_misplaced(heading, place, first=not sections)
        parts = {
            "title": Node(heading.title, place),
            "level": Node(str(heading.level), place),
            "body": _part(body, lines, heading.line + 1, end),
        }
        sections.append(Node(parts, place))
    before = _part(body, lines, 0, headings[0].line if headings else len(lines))
    return before, Node(sections, body.place)


def _headings(lines: list[str], levels: Mapping[int, int]) -> Iterator[_Heading]:
    fence = ""
    for number, line in enumerate(lines):
        if found := _FENCE.match(line):
            if not fence:
                fence = found[1]
            elif fence == found[1]:
                fence = ""
        elif not fence and (heading := _HEADING.match(line)) and len(heading[1]) in levels:
            yield _Heading(number, levels[len(heading[1])], (heading[2] or "").strip())


def _refuse_misplaced(heading: _Heading, place: Place, *, first: bool) -> None:
    if not heading.title:
        raise Unreadable(place, "ce titre est vide.")
    if first and heading.level > 1:
        raise Unreadable(
            place, f"« {heading.title} » est une sous-partie avant tout chapitre (##)."
        )


def _part(body: Node, lines: list[str], start: int, end: int) -> Node:
    text_line = body.text_line + start if body.text_line else 0
    return Node("\n".join(lines[start:end]), _place(body, start), text_line)


def _place(body: Node, line: int) -> Place:
    """The place of a line of `body`; that of its key when its lines are not those of the file."""
    return Place(body.place.path, body.text_line + line) if body.text_line else body.place
