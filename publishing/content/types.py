"""The types of records that content files may hold: declared by each app, read here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.module_loading import autodiscover_modules
from django.utils.text import slugify

from publishing.content.keys import Key, key_for, suggestion
from publishing.content.nodes import Node, Place, Problem, Unreadable
from publishing.content.rows import Sections
from publishing.content.sections import split_sections
from publishing.models import SLUG_LENGTH

# What any record may have: a type takes those that its model has.
SHARED_FIELDS = (
    "title",
    "name",
    "summary",
    "body",
    "provenance",
    "status",
    "publish_at",
    "expire_at",
    "verified_on",
    "review_due",
    "topics",
)

_types: dict[str, RecordType] = {}


@dataclass(eq=False)
class StatedRecord:
    """One record as the files state it: canonical values by key, and where each stands.

    It is not `readable` when some of it was refused: it holds the rest, and is never written.
    """

    type: RecordType
    slug: str
    place: Place
    readable: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def place_of(self, key: str = "", text: str = "") -> Place:
        """The place of `key`, or of `text` in the record; that of the record when unknown."""
        if key in self.nodes:
            node = self.nodes[key]
            return node.place_of(text) if text else node.place
        for node in self.nodes.values():
            if text and node.holds(text):
                return node.place_of(text)
        return self.place


class RecordType:
    """How a model is written in content files.

    `fields` are those of the model beyond the shared ones, by name; `keys` those that a field's
    type is not enough to read (lists of rows, names unlike their field). `name` is that of the
    API, which a model of published records already has.
    """

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[str] = (),
        keys: Sequence[Key] = (),
        *,
        name: str = "",
    ) -> None:
        self.model = model
        self.name = name or model.api_name
        self._fields = fields
        self._special = {key.name: key for key in keys}

    @cached_property
    def keys(self) -> dict[str, Key]:
        """The keys by name, `slug` first."""
        names = ["slug", *(n for n in SHARED_FIELDS if _has_field(self.model, n)), *self._fields]
        keys = {name: key_for(self.model, name) for name in names}
        for key in self._special.values():
            if hasattr(key, "bind"):
                key.bind(self.model)
        return keys | self._special

    @property
    def verbose_name_plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def empty(self) -> dict[str, Any]:
        """What each key is in a record that says nothing of it."""
        blank = self.model()
        return {name: key.current(blank, str) for name, key in self.keys.items()}

    def read(
        self, node: Node, defaults: dict[str, Node]
    ) -> tuple[StatedRecord | None, list[Problem]]:
        """Reads one record; it is None when it cannot even be named. All errors are told."""
        try:
            stated = node.mapping()
            slug = _slug(stated.get("slug"), node)
        except Unreadable as error:
            return None, [error.problem]
        record = StatedRecord(self, slug, stated["slug"].place)
        problems = list(self._unknown_keys(stated))
        nodes = {key: value for key, value in defaults.items() if key in self.keys} | stated
        problems += self._cut(nodes)
        for name, key in self.keys.items():
            problems += self._read_key(record, key, nodes.get(name))
        record.readable = not problems
        return record, problems

    def _read_key(self, record: StatedRecord, key: Key, node: Node | None) -> Iterator[Problem]:
        if node is None:
            if key.required:
                yield Problem(record.place, f"il manque la clé « {key.name} ».")
            return
        try:
            record.values[key.name] = key.read(node)
        except Unreadable as error:
            yield error.problem
        record.nodes[key.name] = node

    def _cut(self, nodes: dict[str, Node]) -> Iterator[Problem]:
        """Cuts the body at its headings, in place, where the type has sections."""
        if self._sections is None or "body" not in nodes:
            return
        try:
            nodes["body"], nodes["sections"] = split_sections(nodes["body"], self._sections.levels)
        except Unreadable as error:
            yield error.problem

    @property
    def _sections(self) -> Sections | None:
        found = [key for key in self.keys.values() if isinstance(key, Sections)]
        return found[0] if found else None

    def _unknown_keys(self, stated: dict[str, Node]) -> Iterator[Problem]:
        known = [name for name, key in self.keys.items() if not isinstance(key, Sections)]
        for name, value in stated.items():
            if name not in known:
                yield Problem(value.place, f"clé inconnue « {name} »{suggestion(name, known)}")


def register(record_type: RecordType) -> None:
    """Adds a type; called by the `content` module of an app. Types load in this order."""
    _types[record_type.name] = record_type


def record_types() -> dict[str, RecordType]:
    """Every type by name, in the order in which they load: what is referred to comes first."""
    autodiscover_modules("content")
    return dict(_types)


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _slug(node: Node | None, record: Node) -> str:
    if node is None:
        raise Unreadable(record.place, "il manque la clé « slug », l’identifiant de la fiche.")
    slug = node.text()
    if not slug:
        raise Unreadable(node.place, "la clé « slug » est vide.")
    if slug != slugify(slug) or len(slug) > SLUG_LENGTH:
        raise Unreadable(
            node.place,
            f"« {slug} » n’est pas un identifiant : minuscules sans accent, chiffres et tirets, "
            f"{SLUG_LENGTH} caractères au plus.",
        )
    return slug
