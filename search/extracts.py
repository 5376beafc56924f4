"""The words found, shown where they stand: segments of plain text, some of them marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from search.words import Token, term, tokens

LENGTH = 220
# How far into a text the words are looked for.
READ = 60_000


class Segment(NamedTuple):
    text: str
    is_found: bool


def marked(text: str, wanted: frozenset[str]) -> list[Segment]:
    """The whole of `text`, cut at the words whose normal form is wanted."""
    return _cut(text, _found(text, wanted))


def extract(text: str, wanted: frozenset[str]) -> list[Segment]:
    """About 220 characters of `text`, where most of the words wanted stand; else its beginning."""
    text = _one_line(text[:READ])
    found = _found(text, wanted)
    start = _best_start(found)
    start, end = _whole_words(text, start, start + LENGTH)
    inside = [token for token in found if start <= token.start and token.end <= end]
    shifted = [Token(token.word, token.start - start, token.end - start) for token in inside]
    segments = _cut(text[start:end], shifted)
    before = [Segment("… ", False)] if start else []
    after = [Segment(" …", False)] if end < len(text) else []
    return [*before, *segments, *after]


def as_html(segments: Iterable[Segment]) -> SafeString:
    """The segments as HTML: all is escaped, what was found stands in `<mark>`."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", one.text) if one.is_found else one.text,)
            for one in segments
        ),
    )


def as_text(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _one_line(text: str) -> str:
    """The paragraphs and headings of `text` one after the other, told apart."""
    flat = (" ".join(line.split()) for line in text.splitlines())
    parts = [line for line in flat if line]
    ended = (
        part if part.endswith((".", "!", "?", ":", ";", "…")) else f"{part} ·" for part in parts
    )
    return " ".join(ended).removesuffix(" ·")


def _found(text: str, wanted: frozenset[str]) -> list[Token]:
    return [token for token in tokens(text) if term(token.word) in wanted]


def _best_start(found: list[Token]) -> int:
    """Where to begin so that the most different words are seen, a few words before the first."""
    lead_in = LENGTH // 4
    best, most = 0, 0
    for number, token in enumerate(found):
        seen = set()
        for other in found[number:]:
            if other.end > token.start + LENGTH - lead_in:
                break
            seen.add(term(other.word))
        if len(seen) > most:
            best, most = max(0, token.start - lead_in), len(seen)
    return best


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The same bounds, moved so that no word is cut; a word longer than the extract is."""
    if start:
        space = text.find(" ", start, start + LENGTH // 4)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", start + 1, end)
        end = space if space > start else end
    return start, min(end, len(text))


def _cut(text: str, found: Iterable[Token]) -> list[Segment]:
    segments = []
    place = 0
    for token in found:
        if token.start > place:
            segments.append(Segment(text[place : token.start], False))
        segments.append(Segment(text[token.start : token.end], True))
        place = token.end
    if place < len(text):
        segments.append(Segment(text[place:], False))
    return segments
