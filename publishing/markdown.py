"""Markdown to safe HTML: CommonMark, tables and strikethrough, with French typography.

Rendering costs about 80 ms for 60 KB: it happens once, at save, never at each read.

Safety rests on two independent walls. The parser writes no raw HTML and only the links and images
allowed here; then nh3 keeps only the tags, attributes and values listed in `_ALLOWED`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from publishing.typography import french_typography

LINK_SCHEMES = frozenset({"http", "https", "mailto"})
EXTERNAL_REL = "noopener nofollow"

# No segment starts with a dot, so that no path climbs out of the media folder.
_MEDIA_PATH = r"/media(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+"
# Neither a name nor a password before the host: https://gartner.com@example.org misleads.
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+(?::\d{1,5})?)?")
# No word is that long; the time of the typography grows as the square of such a run.
_ENDLESS_RUN = re.compile(r"(\S{500,})")
# The identifiers of the notes of a page and of their calls: no heading may take one.
_RESERVED_ID = re.compile(r"(?:note|appel)-")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "'": " ", "’": " "})
_LAST_HEADING = 6
_BREAKS = frozenset({"softbreak", "hardbreak"})

Allowed = Mapping[str, Mapping[str, str]]

_ANY = r"(?s:.*)"
_CELL = {"class": r"align-(?:center|right)"}
_HEADING = {"id": r"[\w-]+"}
_ALLOWED: Allowed = {
    "p": {},
    "br": {},
    "hr": {},
    "em": {},
    "strong": {},
    "s": {},
    "code": {},
    "blockquote": {},
    "ul": {},
    "li": {},
    "table": {},
    "thead": {},
    "tbody": {},
    "tr": {},
    "ol": {"start": r"\d{1,9}"},
    "pre": {"tabindex": "0"},
    "div": {"class": "table-scroll", "tabindex": "0"},
    "th": {"scope": "col", **_CELL},
    "td": _CELL,
    "h2": _HEADING,
    "h3": _HEADING,
    "h4": _HEADING,
    "h5": _HEADING,
    "h6": _HEADING,
    "a": {"href": _ANY, "title": _ANY, "rel": EXTERNAL_REL},
    "img": {"src": _MEDIA_PATH, "alt": _ANY, "title": _ANY, "loading": "lazy"},
}


def make_parser() -> MarkdownIt:
    """A new parser of the house, to which an app may add inline rules of its own."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    parser.add_render_rule("fence", _code_block)
    parser.add_render_rule("code_block", _code_block)
    return parser


def render(text: str, *, heading_offset: int = 0, id_prefix: str = "") -> str:
    """The safe HTML of a Markdown `text`; call it at save (80 ms for 60 KB).

    The first rank of headings becomes h2, or h3 with `heading_offset=1`, and so on; ranks that
    the author skipped are closed up. Each heading has an identifier without accents, unique in
    the text, to which `id_prefix` is put in front when several texts share a page.

    Links to other hosts are marked `noopener nofollow`. An image that is not under /media/ is
    replaced by its alternative text, so that a page never asks another host for anything. Tables
    stand in a `div.table-scroll`, and cells are aligned by the classes `align-center` and
    `align-right`.

    Raises ValueError when `heading_offset` is negative.
    """
    tokens = to_tokens(_PARSER, text, heading_offset=heading_offset, id_prefix=id_prefix)
    return to_html(_PARSER, tokens)


def for_elsewhere(html: str, page: str) -> str:
    """`html` of the site as it can be read elsewhere (feeds): links absolute, from the address
    `page`, and nothing that only means something beside our style sheet.

    Sanitised anew: 3 ms for 60 KB.
    """
    return nh3.clean(
        html,
        tags={*_ALLOWED, "sup"},
        attributes={"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}},
        url_schemes=set(LINK_SCHEMES),
        url_relative=("rewrite_with_base", page),
        link_rel=EXTERNAL_REL,
    ).replace("&nbsp;", "\u00a0")


def plain_text(text: str) -> str:
    """The words of a Markdown `text`, one line a paragraph, heading, item or cell; 80 ms for 60 KB.

    For descriptions and search. It is not HTML: escape it where it is shown.
    """
    tokens = _PARSER.parse(text)
    for inline in _inlines(tokens):
        _apply_typography(inline.children or [])
    lines = (_block_words(token) for token in tokens)
    return "\n".join(line for line in lines if line)


def to_tokens(
    parser: MarkdownIt, text: str, *, heading_offset: int = 0, id_prefix: str = ""
) -> list[Token]:
    """What `parser` reads in `text`, under the rules given at `render`, ready for `to_html`."""
    if heading_offset < 0:
        raise ValueError("heading_offset is negative: a text would hold an h1.")
    tokens = parser.parse(text)
    _place_headings(tokens, heading_offset, id_prefix)
    _mark_table_cells(tokens)
    for inline in _inlines(tokens):
        inline.children = list(_checked_images(_checked_links(inline.children or [])))
        _apply_typography(inline.children)
    return tokens


def to_html(parser: MarkdownIt, tokens: Sequence[Token], *, allowed: Allowed | None = None) -> str:
    """The sanitised HTML of `tokens`.

    `allowed` lists what the added rules of `parser` emit beyond the rest: for each tag, its
    attributes, and for each attribute a regular expression that its whole value must match.
    """
    rules = _merged(_ALLOWED, allowed or {})

    def keep(tag: str, attribute: str, value: str) -> str | None:
        return value if re.fullmatch(rules[tag][attribute], value) else None

    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=set(rules),
        attributes={tag: set(attributes) for tag, attributes in rules.items()},
        attribute_filter=keep,
        url_schemes=set(LINK_SCHEMES),
        link_rel=None,
    )
    # The same no-break space as everywhere else, and valid in XML too.
    return html.replace("&nbsp;", "\u00a0")


def _merged(base: Allowed, more: Allowed) -> Allowed:
    return {tag: {**base.get(tag, {}), **more.get(tag, {})} for tag in {**base, **more}}


def _inlines(tokens: Iterable[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.type == "inline")


def _place_headings(tokens: list[Token], offset: int, id_prefix: str) -> None:
    ranks: list[int] = []
    taken: set[str] = set()
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        rank = int(opening.tag[1:])
        while ranks and ranks[-1] >= rank:
            ranks.pop()
        ranks.append(rank)
        opening.tag = closing.tag = f"h{min(1 + len(ranks) + offset, _LAST_HEADING)}"
        words = _words(inline.children or [])
        opening.attrSet("id", _free_id(id_prefix + _heading_slug(words), taken))


def _heading_slug(words: str) -> str:
    return slugify(words.translate(_LIGATURES)) or "partie"


def _free_id(base: str, taken: set[str]) -> str:
    if _RESERVED_ID.match(base):
        base = f"titre-{base}"
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    taken.add(candidate)
    return candidate


def _mark_table_cells(tokens: Iterable[Token]) -> None:
    for token in tokens:
        if token.type not in {"th_open", "td_open"}:
            continue
        # The parser aligns with a style attribute, which the security policy refuses.
        alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if alignment in {"center", "right"}:
            token.attrSet("class", f"align-{alignment}")
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _checked_links(children: Iterable[Token]) -> Iterator[Token]:
    """Leaves out the link, not its words, when its address is refused."""
    kept: list[bool] = []
    for token in children:
        if token.type == "link_open":
            address = str(token.attrGet("href"))
            kept.append(_is_accepted(address))
            if not kept[-1]:
                continue
            if urlsplit(address).netloc:
                token.attrSet("rel", EXTERNAL_REL)
        elif token.type == "link_close" and not kept.pop():
            continue
        yield token


def _is_accepted(href: str) -> bool:
    try:
        address = urlsplit(href)
        has_real_port = address.port != 0
    except ValueError:  # Among others, a port beyond 65535.
        return False
    if address.scheme in {"http", "https"} and not address.netloc:
        return False
    has_known_scheme = address.scheme in LINK_SCHEMES | {""}
    return has_known_scheme and has_real_port and bool(_HOST.fullmatch(address.netloc))


def _checked_images(children: Iterable[Token]) -> Iterator[Token]:
    for token in children:
        if token.type != "image":
            yield token
        elif re.fullmatch(_MEDIA_PATH, str(token.attrGet("src"))):
            token.attrSet("loading", "lazy")
            yield token
        else:
            yield Token("text", "", 0, content=_words(token.children or []))


def _apply_typography(children: Sequence[Token]) -> None:
    shown = [token for token in children if token.nesting == 0 and _is_shown(token)]
    for before, token, after in zip([None, *shown], shown, [*shown[1:], None], strict=False):
        if token.type == "text":
            token.content = _typeset(token.content, before, after)
        _apply_typography(token.children or [])


def _is_shown(token: Token) -> bool:
    return token.type != "text" or token.content != ""


def _typeset(text: str, before: Token | None, after: Token | None) -> str:
    # In « l'*IA* : » the apostrophe and the colon are judged by the words beyond the marks.
    left = _left_context(before)
    right = "x" if text.endswith("'") and _starts_a_word(after) else ""
    pieces = _ENDLESS_RUN.split(left + text + right)
    pieces[::2] = [french_typography(piece) for piece in pieces[::2]]
    typeset = "".join(pieces)
    return typeset[len(left) : len(typeset) - len(right)]


def _left_context(token: Token | None) -> str:
    """One character that stands for what precedes, and that typography leaves as it is."""
    if token is None or token.type in _BREAKS:
        return ""
    last = token.content[-1] if token.type == "text" else "x"
    if last.isspace() or last == "«":
        return ""
    return "0" if last.isdecimal() else "x"


def _starts_a_word(token: Token | None) -> bool:
    if token is None or token.type in _BREAKS:
        return False
    return token.type != "text" or token.content[0].isalnum()


def _block_words(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return token.content.strip()
    return _words(token.children or []).strip()


def _words(children: Iterable[Token]) -> str:
    return "".join(_word(token) for token in children)


def _word(token: Token) -> str:
    if token.type in {"text", "code_inline"}:
        return token.content
    if token.type in _BREAKS:
        return " "
    return _words(token.children or [])


def _open_table(renderer, tokens, index, options, env) -> str:
    # A table wider than the screen scrolls in its own box, which the keyboard can reach.
    return '<div class="table-scroll" tabindex="0"><table>\n'


def _close_table(renderer, tokens, index, options, env) -> str:
    return "</table></div>\n"


def _code_block(renderer, tokens, index, options, env) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


_PARSER = make_parser()
