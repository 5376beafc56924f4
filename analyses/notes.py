"""Numbered notes: the `[n]` marks of a Markdown text, and whether they agree with the notes.

A mark is a number from 1 to 999 in square brackets; `[1][2]`, `[1, 2]` and `[1,2]` are two. What
Markdown reads as a link, an image, a reference or code is no mark, and `\\[1]` is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from publishing.markdown import Allowed, make_parser, to_html, to_tokens

NO_BREAK_SPACE = "\u00a0"
WORD_JOINER = "\u2060"

_NUMBER = r"[1-9][0-9]{0,2}"
_MARK = re.compile(rf"\[({_NUMBER}(?:[ ]*,[ ]*{_NUMBER})*)\]")
_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")
_ALLOWED: Allowed = {
    "sup": {"class": "note-call"},
    "a": {"id": r"appel-[A-Za-z0-9_-]+-[1-9]\d*", "aria-label": rf"Note {_NUMBER}"},
}


def render_with_notes(text: str, *, anchor: str, heading_offset: int = 0) -> tuple[str, list[int]]:
    """The safe HTML of a Markdown `text`, and the numbers it calls, in order, with repetitions.

    The i-th call of the text, counted from 1, is a superscript link to `#note-<number>` whose
    identifier is `appel-<anchor>-<i>`; it never starts a line. `anchor` is a slug, unique in the
    page; headings carry it too: `<anchor>--<heading>`. Costs what `publishing.markdown.render`
    does: call it at save.

    Raises ValueError when `anchor` is not a slug.
    """
    if not _ANCHOR.fullmatch(anchor):
        raise ValueError(f"An anchor is a slug, not {anchor!r}.")
    tokens = to_tokens(_PARSER, text, heading_offset=heading_offset, id_prefix=f"{anchor}--")
    calls = list(_calls(tokens))
    for position, call in enumerate(calls, start=1):
        call.meta["id"] = _call_id(anchor, position)
    for token in tokens:
        if token.children:
            token.children = list(_bound_to_their_words(token.children))
    return to_html(_PARSER, tokens, allowed=_ALLOWED), [call.meta["number"] for call in calls]


def without_calls(text: str) -> str:
    """A plain `text` without its `[n]` marks: they are no words of it."""
    return _MARK.sub("", text)


def calls_of(number: int, sections: Iterable[tuple[str, Iterable[int]]]) -> list[str]:
    """The identifiers of the calls to note `number`, in order, for the links back from the note.

    `sections` gives, for each text of the page, its anchor and the numbers that
    `render_with_notes` returned.
    """
    return [
        _call_id(anchor, position)
        for anchor, numbers in sections
        for position, called in enumerate(numbers, start=1)
        if called == number
    ]


def unresolved(numbers: Iterable[int], known: Iterable[int]) -> list[int]:
    """The called numbers that no note bears, each once, in increasing order."""
    return sorted(set(numbers) - set(known))


def _call_id(anchor: str, position: int) -> str:
    return f"appel-{anchor}-{position}"


def _note_mark(state: StateInline, silent: bool) -> bool:
    # Silent passes look for the end of a link's words: a mark there must not hide the link.
    # Once in a link, a mark stays text: a link cannot hold a link.
    if silent or state.linkLevel > 0:
        return False
    mark = _MARK.match(state.src, state.pos, state.posMax)
    if mark is None:
        return False
    for number in mark[1].split(","):
        state.push("note_call", "sup", 0).meta = {"number": int(number)}
    state.pos = mark.end()
    return True


def _calls(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from (child for child in token.children or [] if child.type == "note_call")


def _bound_to_their_words(children: Iterable[Token]) -> Iterator[Token]:
    """Puts before each call what keeps it on the line of the word, or of the call, before it."""
    before: Token | None = None
    for token in children:
        if before is not None:
            yield from _bound(before) if token.type == "note_call" else [before]
            if token.type == before.type == "note_call":
                yield _text(NO_BREAK_SPACE)
        before = token
    if before is not None:
        yield before


def _bound(before: Token) -> Iterator[Token]:
    if before.type == "softbreak":
        yield _text(NO_BREAK_SPACE)
        return
    if before.type == "text":
        words = before.content.rstrip()
        spaced = words != before.content
        # Between « ! », « ? », « … » or a dash and a digit, a line may break.
        before.content = words + (NO_BREAK_SPACE if spaced else WORD_JOINER * _may_break(words))
    yield before


def _may_break(words: str) -> bool:
    return words.endswith(("!", "?", "…", "–", "—", "/"))


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _render_call(renderer, tokens, index, options, env) -> str:
    number, identifier = tokens[index].meta["number"], tokens[index].meta["id"]
    return (
        f'<sup class="note-call"><a href="#note-{number}" id="{identifier}"'
        f' aria-label="Note {number}">{number}</a></sup>'
    )


def _make_parser() -> MarkdownIt:
    parser = make_parser()
    parser.inline.ruler.after("link", "note_call", _note_mark)
    parser.add_render_rule("note_call", _render_call)
    return parser


_PARSER = _make_parser()
