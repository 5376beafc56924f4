"""The texts of records as a tree, read once from their safe HTML, then written in other forms.

The HTML comes from `publishing.markdown`, sanitised: only its tags are expected here. A page, a
Markdown file and a typeset document made from one tree cannot differ in their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LAST_HEADING = 6
_FIRST_HEADING = 2
_VOID = frozenset({"br", "hr", "img"})
_BLOCKS = frozenset({"p", "ul", "ol", "pre", "blockquote", "table", "div", "hr"})
_BLOCKS |= {f"h{rank}" for rank in range(_FIRST_HEADING, LAST_HEADING + 1)}
_SPACES = re.compile(r"[ \t\n]+")


@dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: tuple[Node, ...] = ()


Node = str | Element
Nodes = tuple[Node, ...]


def read(html: str) -> Nodes:
    """The tree of a sanitised `html`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def placed(nodes: Nodes, *, level: int, prefix: str = "") -> Nodes:
    """`nodes` in a larger document: h2 becomes the heading of `level`, the rest follows.

    `prefix` is put before identifiers, and before the anchors that links of the text lead to, so
    that several texts share a page.
    """
    return tuple(node if isinstance(node, str) else _placed(node, level, prefix) for node in nodes)


def resolved(nodes: Nodes, base: str) -> Nodes:
    """`nodes` with absolute addresses, from the address `base`; anchors stay as they are."""
    return tuple(node if isinstance(node, str) else _resolved(node, base) for node in nodes)


def words(nodes: Iterable[Node]) -> str:
    return "".join(node if isinstance(node, str) else words(node.children) for node in nodes)


def to_html(nodes: Iterable[Node]) -> SafeString:
    return mark_safe("".join(_html(node) for node in nodes))


def is_note_call(node: Node) -> bool:
    return isinstance(node, Element) and node.attributes.get("class") == "note-call"


# --- Reading ---


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str], list[Node]]] = [("", {}, [])]

    @property
    def root(self) -> Nodes:
        return tuple(self._open[0][2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            self._add(Element(tag, attributes))
        else:
            self._open.append((tag, attributes, []))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1][0] == tag:
            _, attributes, children = self._open.pop()
            self._add(Element(tag, attributes, tuple(children)))

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, node: Node) -> None:
        self._open[-1][2].append(node)


# --- Placing ---


def _placed(node: Element, level: int, prefix: str) -> Element:
    attributes = dict(node.attributes)
    if "id" in attributes:
        attributes["id"] = prefix + attributes["id"]
    if attributes.get("href", "").startswith("#"):
        attributes["href"] = f"#{prefix}{attributes['href'][1:]}"
    return Element(
        _shifted(node.tag, level),
        attributes,
        placed(node.children, level=level, prefix=prefix),
    )


def _shifted(tag: str, level: int) -> str:
    if not re.fullmatch(r"h[2-6]", tag):
        return tag
    return f"h{min(int(tag[1]) - _FIRST_HEADING + level, LAST_HEADING)}"


def _resolved(node: Element, base: str) -> Element:
    attributes = dict(node.attributes)
    for name in ("href", "src"):
        if name in attributes and not attributes[name].startswith("#"):
            attributes[name] = urljoin(base, attributes[name])
    return replace(node, attributes=attributes, children=resolved(node.children, base))


# --- Writing HTML ---


def _html(node: Node) -> str:
    if isinstance(node, str):
        return escape(node)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    if node.tag in _VOID:
        return f"<{node.tag}{attributes}>"
    return f"<{node.tag}{attributes}>{to_html(node.children)}</{node.tag}>"


# --- Writing Markdown ---

_MARKS = {"strong": "**", "em": "*", "s": "~~"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|#&])")
# What would open a list, a quotation, a title or a rule at the start of a line.
_OPENING = re.compile(r"^(\s*)([-+=]|\d{1,9}(?=[.)]))")


def to_markdown(nodes: Nodes, *, notes: str = "") -> str:
    """`nodes` in CommonMark with tables; call [n] of a note becomes `[^<notes>-n]`."""
    return _MarkdownWriter(notes).blocks(nodes)


def plain_markdown(text: str) -> str:
    """A plain `text` in one paragraph of Markdown, which reads it as it stands."""
    return _safe_start(_escaped(_SPACES.sub(" ", text).strip(" ")))


class _MarkdownWriter:
    def __init__(self, notes: str) -> None:
        self.notes = notes

    def blocks(self, nodes: Iterable[Node]) -> str:
        """The blocks, a blank line between them; loose inline nodes make a paragraph."""
        written = (self._block(group) for group in _grouped(nodes))
        return "\n\n".join(block for block in written if block.strip())

    def _block(self, group: list[Node]) -> str:
        node = group[0]
        if not _is_block(node):
            return _safe_start(self.inline(group).strip())
        if re.fullmatch(r"h[2-6]", node.tag):
            return f"{'#' * int(node.tag[1])} {self.inline(node.children).strip()}"
        write = {
            "p": lambda: _safe_start(self.inline(node.children).strip()),
            "ul": lambda: self._list(node),
            "ol": lambda: self._list(node),
            "blockquote": lambda: _prefixed(self.blocks(node.children), "> ", "> "),
            "pre": lambda: _fenced(words(node.children)),
            "table": lambda: self._table(node),
            "hr": lambda: "***",
        }.get(node.tag)
        return write() if write else self.blocks(node.children)

    def _list(self, node: Element) -> str:
        items = [child for child in node.children if isinstance(child, Element)]
        start = int(node.attributes.get("start") or 1)
        marks = ["- "] * len(items)
        if node.tag == "ol":
            marks = [f"{start + index}. " for index in range(len(items))]
        return "\n".join(
            _prefixed(self.blocks(item.children), mark, " " * len(mark))
            for mark, item in zip(marks, items, strict=True)
        )

    def _table(self, node: Element) -> str:
        rows = [[self.inline(cell.children).strip() for cell in row] for row in _rows(node)]
        head, *body = rows or [[]]
        return table(head, body)

    def inline(self, nodes: Iterable[Node]) -> str:
        return "".join(self._inline(node) for node in nodes)

    def _inline(self, node: Node) -> str:
        if isinstance(node, str):
            return _escaped(_SPACES.sub(" ", node))
        if is_note_call(node):
            return note_call(self.notes, words(node.children))
        attributes, inside = node.attributes, self.inline(node.children)
        match node.tag:
            case "strong" | "em" | "s":
                mark = _MARKS[node.tag]
                return f"{mark}{inside}{mark}"
            case "br":
                return "\\\n"
            case "code":
                return _code(words(node.children))
            case "a":
                return link(inside, attributes.get("href", ""))
            case "img":
                return f"!{link(_escaped(attributes.get('alt', '')), attributes.get('src', ''))}"
        return inside


def note_call(key: str, number: int | str) -> str:
    """The call of a note, and, before a colon, what the note itself begins with."""
    return f"[^{key}-{number}]"


def link(inside: str, address: str) -> str:
    """A link of Markdown around words already escaped; the words alone without an address."""
    if not address:
        return inside
    safe = re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", address)
    return f"[{inside}](<{safe}>)" if re.search(r"[()]", safe) else f"[{inside}]({safe})"


def table(head: list[str], body: Iterable[list[str]]) -> str:
    """A table of Markdown; cells are written already."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _grouped(nodes: Iterable[Node]) -> Iterator[list[Node]]:
    """Each block alone, and the runs of inline nodes between blocks together."""
    loose: list[Node] = []
    for node in nodes:
        if not _is_block(node):
            loose.append(node)
            continue
        if loose:
            yield loose
            loose = []
        yield [node]
    if loose:
        yield loose


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in _BLOCKS


def _rows(table_node: Element) -> Iterator[list[Element]]:
    for part in table_node.children:
        if isinstance(part, Element):
            for row in part.children:
                if isinstance(row, Element):
                    yield [cell for cell in row.children if isinstance(cell, Element)]


def _safe_start(paragraph: str) -> str:
    return "\n".join(_OPENING.sub(_escaped_opening, line) for line in paragraph.split("\n"))


def _escaped_opening(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"


def _prefixed(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        f"{others if index else first}{line}".rstrip() for index, line in enumerate(lines)
    )


def _code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text.rstrip(chr(10))}\n{fence}"
