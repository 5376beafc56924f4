"""YAML and Markdown of the content files, read into nodes that remember their file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_DEPTH = 12

# The C parser, where PyYAML was built with it: a file of 5 MB is then read in a second.
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What the parser says in English, and what the writer of a file must know.
_SYNTAX = (
    ("mapping values are not allowed", "« : » inattendu ; mettez le texte entre guillemets."),
    ("expected ':'", "il manque « : » après le nom de la clé."),
    ("unexpected end of stream", "un guillemet ouvert n’est jamais refermé."),
    (r"cannot start any token|\\t|tab char", "tabulation ou caractère réservé (@, `, %) en tête."),
    ("',' or '[]}]'", "un crochet ou une accolade n’est pas refermé."),
    ("expected (key|<block end>|'-')", "l’alignement ou un tiret ne convient pas."),
    ("expected alphabetic", "« & » et « * » en tête d’un texte demandent des guillemets."),
    ("unknown escape", "« \\ » inconnu entre guillemets doubles ; prenez des guillemets simples."),
)


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}, ligne {self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of the content, in French, and where it is."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place} : {self.message}"


class Unreadable(ValueError):
    """What a file says cannot be understood; carries the `Problem`."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(place, message)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file: a text (never guessed to be anything else), a list, a mapping or nothing.

    `text_line` is the line of the first line of a text, where it is not that of its key.
    """

    value: str | list[Node] | dict[str, Node] | None
    place: Place
    text_line: int = 0

    def text(self) -> str:
        """The text; raises `Unreadable` for a list or a mapping."""
        if isinstance(self.value, list | dict):
            raise Unreadable(self.place, "un texte est attendu ici, pas une liste.")
        return (self.value or "").strip()

    def items(self) -> list[Node]:
        """The elements of a list; none for an empty value; raises `Unreadable` otherwise."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise Unreadable(self.place, "une liste est attendue ici : [a, b] ou des tirets.")
        return self.value

    def mapping(self) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            raise Unreadable(self.place, "des lignes « clé : valeur » sont attendues ici.")
        return self.value

    def place_of(self, text: str) -> Place:
        """Where `text` stands inside this node (a whole value first), or the node itself."""
        texts = [node for node in self._walk() if isinstance(node.value, str)]
        for node in texts:
            if node.value == text:
                return node.place
        for node in texts:
            if text in node.value:
                return node._line_of(text)
        return self.place

    def holds(self, text: str) -> bool:
        return any(isinstance(node.value, str) and text in node.value for node in self._walk())

    def _walk(self) -> Iterator[Node]:
        yield self
        if isinstance(self.value, list | dict):
            children = self.value if isinstance(self.value, list) else self.value.values()
            for child in children:
                yield from child._walk()

    def _line_of(self, text: str) -> Place:
        if not self.text_line:
            return self.place
        before = self.value[: self.value.index(text)].count("\n")
        return Place(self.place.path, self.text_line + before)


def decode(data: bytes, path: str) -> str:
    """The text of a file, with `\\n` ends of line; raises `Unreadable` if it is no UTF-8 text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            Place(path, line), "ce n’est pas de l’UTF-8 ; enregistrez le fichier en UTF-8."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Unreadable(
            Place(path, line), f"caractère de contrôle interdit (U+{ord(found[0]):04X})."
        )
    return text


def read_yaml(text: str, path: str, first_line: int = 1) -> Node:
    """The one document of a YAML text; `first_line` is the line of the file where it starts.

    Raises `Unreadable` for bad syntax, and for what content has no use for: anchors, aliases,
    tags, several documents, keys stated twice, deep nesting.
    """
    builder = _Builder(path, first_line)
    try:
        return builder.document(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(
            builder.place(mark), "YAML illisible : " + _explain(error.problem or "")
        ) from None
    except yaml.YAMLError:
        raise Unreadable(Place(path, first_line), "YAML illisible.") from None


def read_markdown(text: str, path: str) -> Node:
    """Front matter between `---` lines, then Markdown: one mapping, the Markdown as its `body`."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise Unreadable(Place(path, 1), "la première ligne doit être « --- ».")
    try:
        end = next(n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == "---")
    except StopIteration:
        raise Unreadable(
            Place(path, 1), "l’en-tête ouvert par « --- » n’est pas refermé par « --- »."
        ) from None
    node = read_yaml("\n".join(lines[1:end]), path, first_line=2)
    mapping = dict(node.mapping()) if node.value is not None else {}
    if "body" in mapping:
        raise Unreadable(mapping["body"].place, "« body » est le texte qui suit l’en-tête.")
    body = "\n".join(lines[end + 1 :])
    if body.strip():
        mapping["body"] = Node(body, Place(path, end + 2), text_line=end + 2)
    return Node(mapping, Place(path, 1))


def _explain(problem: str) -> str:
    for pattern, explanation in _SYNTAX:
        if re.search(pattern, problem):
            return explanation
    return "vérifiez l’alignement, les guillemets et les deux-points."


class _Builder:
    """Builds nodes from the events of the parser: no tag is ever resolved, nothing constructed."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line

    def place(self, mark: yaml.Mark | None) -> Place:
        return Place(self.path, self.first_line + (mark.line if mark else 0))

    def document(self, events: Iterator[yaml.Event]) -> Node:
        node = Node(None, Place(self.path, self.first_line))
        documents = 0
        for event in events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            documents += 1
            if documents > 1:
                raise Unreadable(
                    self.place(event.start_mark), "un seul document par fichier : retirez « --- »."
                )
            node = self.node(next(events), events, 0)
        return node

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        place = self.place(event.start_mark)
        self._refuse_what_content_has_no_use_for(event, place, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._list(events, depth), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(events, depth), place)
        if not event.style and event.value in _NULLS:
            return Node(None, place)
        return Node(event.value, place, text_line=place.line + 1 if event.style == "|" else 0)

    def _list(self, events: Iterator[yaml.Event], depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.node(event, events, depth + 1))
        return items

    def _mapping(self, events: Iterator[yaml.Event], depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            name = key.text()
            if name in found:
                raise Unreadable(key.place, f"la clé « {name} » est donnée deux fois.")
            value = self.node(next(events), events, depth + 1)
            # A value is told by the line of its key: where the reader of a message looks.
            found[name] = Node(value.value, key.place, value.text_line)
        return found

    @staticmethod
    def _refuse_what_content_has_no_use_for(event: yaml.Event, place: Place, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise Unreadable(place, "les ancres (&) et alias (*) de YAML ne sont pas acceptés.")
        if event.tag is not None:
            raise Unreadable(place, "les étiquettes de YAML (!…) ne sont pas acceptées.")
        if depth > MAX_DEPTH:
            raise Unreadable(place, f"plus de {MAX_DEPTH} niveaux imbriqués.")
