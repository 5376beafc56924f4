"""The picture of a record where it is shared: its kind, its title, its figure or its date.

1200 × 630 units, which are the pixels of its PNG (`publishing.drawings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from publishing.drawings import FONTS

WIDTH, HEIGHT, MARGIN = 1200, 630, 84
MEASURE = WIDTH - 2 * MARGIN
# Sizes of letters, each with the lines that it may take: the largest that holds the title.
TITLE = ((128, 1), (104, 2), (84, 3), (68, 4), (56, 5))
TITLE_BESIDE_A_VALUE = ((56, 2), (44, 3))
VALUE_LARGEST = 136
NOTE_SIZE, NOTE_LINES, NOTE_STEP = 34, 2, 44
TITLE_TOP = 170
VALUE_BASE, NOTE_BASE = 452, 574
LEADING = 1.12
MEASURED_SIZE = 100
ELLIPSIS = "…"
NOT_DRAWN = re.compile("[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Poster:
    """What is drawn: `value` large under the title, `note` small under all.

    `contested` is said above the note, in the colour that means nothing else.
    """

    kind: str
    title: str
    value: str = ""
    note: str = ""
    contested: str = ""


@dataclass(frozen=True)
class Line:
    y: int
    text: str


def drawing_of(poster: Poster) -> str:
    """An SVG document that stands alone."""
    value = _plain(poster.value)
    size, title = _fitted(_plain(poster.title), TITLE_BESIDE_A_VALUE if value else TITLE)
    note = _cut(_plain(poster.note), NOTE_SIZE, NOTE_LINES)
    above = NOTE_BASE - NOTE_STEP * len(note)
    context = {
        "kind": poster.kind,
        "width": WIDTH,
        "height": HEIGHT,
        "margin": MARGIN,
        "measure": MEASURE,
        "end": WIDTH - MARGIN,
        "title_size": size,
        "title": [
            Line(TITLE_TOP + round(size * (0.9 + LEADING * place)), text)
            for place, text in enumerate(title)
        ],
        "value": Line(VALUE_BASE, value) if value else None,
        "value_size": _value_size(value),
        "note_size": NOTE_SIZE,
        "note": [Line(above + NOTE_STEP * (n + 1), text) for n, text in enumerate(note)],
        "contested": Line(above, poster.contested) if poster.contested else None,
    }
    return render_to_string("publishing/poster.svg", context)


def _plain(text: str) -> str:
    """The text on one line, without what XML refuses."""
    return NOT_DRAWN.sub(" ", text).strip()


def _fitted(title: str, steps: tuple[tuple[int, int], ...]) -> tuple[int, list[str]]:
    """The largest size at which the title holds in its lines; cut short at the smallest."""
    for size, most in steps:
        if len(list(_lines(title, size))) <= most:
            break
    return size, _cut(title, size, most)


def _cut(text: str, size: int, most: int) -> list[str]:
    lines = list(_lines(text, size))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and _length(last + ELLIPSIS, size) > MEASURE:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,;:.") + ELLIPSIS]


def _lines(text: str, size: int) -> Iterator[str]:
    """The text in lines that hold. They break at plain spaces, not at those that typography makes
    unbreakable; a word longer than a line is cut.
    """
    line = ""
    for word in text.split(" "):
        tried = f"{line} {word}" if line else word
        if _length(tried, size) <= MEASURE:
            line = tried
            continue
        if line:
            yield line
        line = word
        while _length(line, size) > MEASURE:
            head = next(n for n in range(len(line), 0, -1) if _length(line[:n], size) <= MEASURE)
            yield line[:head]
            line = line[head:]
    if line:
        yield line


def _value_size(value: str) -> int:
    at_largest = _length(value, VALUE_LARGEST)
    return min(VALUE_LARGEST, int(VALUE_LARGEST * MEASURE / at_largest)) if value else 0


def _length(text: str, size: int) -> float:
    return _font().getlength(text) * size / MEASURED_SIZE


@cache
def _font() -> FreeTypeFont:
    font = FONTS / "bricolage-grotesque.ttf"
    return ImageFont.truetype(font, MEASURED_SIZE, layout_engine=ImageFont.Layout.BASIC)
