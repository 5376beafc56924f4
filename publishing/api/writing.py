"""Writing a record through the API: the keys of the content files, read from JSON.

The admin, the content files and the API are three doors to one law: whatever comes in, the model is
given the same values, and `full_clean` and `check_publication` say the same sentences. All that is
wrong is told at once, each with a pointer to the value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from publishing.api.bodies import node_of, pointer
from publishing.api.problems import InvalidRecord, Refusal
from publishing.content.keys import (
    BooleanKey,
    ChoiceKey,
    IntegerKey,
    Key,
    NamesKey,
    ReferencesKey,
    key_for,
    suggestion,
)
from publishing.content.nodes import Unreadable
from publishing.content.rows import Rows
from publishing.content.types import RecordType, record_types
from publishing.models import FormerSlug, Publishable, Status
from publishing.publication import check_publication

SHARED_NAMES = {"publish_at": "published_at"}
# A body that says nothing of these leaves them: no record is unpublished by what was forgotten.
KEPT_BY_PUT = frozenset({"slug", "status", "published_at", "expire_at"})
REQUIRED = "Ce champ est obligatoire."
FOR_PUBLICATION = "required_for_publication"
_REQUIRED_CODES = ("blank", "null")
# Longer than any record of the watch: what goes beyond is a mistake.
MOST_ROWS = 500


@dataclass
class Reading:
    """What a body states: canonical values by name in the API, and what of it is refused."""

    values: dict[str, Any] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


class Writable:
    """How the records of a model are written through the API.

    `names` gives the names of the API where they differ from those of the content files; `fields`
    are those that the files leave out.
    """

    def __init__(
        self, model: type[Publishable], names: Mapping[str, str], fields: Sequence[str]
    ) -> None:
        self.model = model
        self._names = SHARED_NAMES | dict(names)
        self._fields = fields

    @cached_property
    def type(self) -> RecordType:
        return record_types()[self.model.api_name]

    @cached_property
    def keys(self) -> dict[str, Key]:
        """The keys by their name in the API."""
        own = {name: key_for(self.model, name) for name in self._fields}
        keys = self.type.keys | own
        return {self._names.get(name, name): key for name, key in keys.items()}

    @cached_property
    def empty(self) -> dict[str, Any]:
        """What each name is in a record that says nothing of it."""
        blank = self.model()
        return {name: key.current(blank, _slug_of) for name, key in self.keys.items()}

    def loaded(self, records: models.QuerySet) -> models.QuerySet:
        """`records` with what `document` reads."""
        selected: list[str] = []
        prefetched: list[str] = []
        for key in self.keys.values():
            one, many = key.paths()
            selected += one
            prefetched += many
        records = records.prefetch_related(*prefetched)
        return records.select_related(*selected) if selected else records

    def document(self, record: Publishable) -> dict[str, Any]:
        """The record as it is written: sent back by PUT, it changes nothing."""
        return {name: key.current(record, _slug_of) for name, key in self.keys.items()}

    def version(self, record: Publishable) -> str:
        """A digest of all that can be written in the record: it changes when any of it does."""
        stated = json.dumps([record.pk, self.document(record)], sort_keys=True)
        return hashlib.sha256(stated.encode()).hexdigest()[:32]

    # --- Reading a body ---

    def read(self, body: Any, *, whole: bool) -> Reading:
        """What `body` states; a `whole` record says all that it must, a change what it changes.

        Raises `InvalidRecord` for what is no object.
        """
        if not isinstance(body, dict):
            raise InvalidRecord([Refusal("", "invalid_type", "Un objet JSON est attendu.")])
        reading = Reading()
        reading.refusals += _unknown(body, self.keys, "")
        references = _References()
        for name, key in self.keys.items():
            if name in body:
                self._read_into(reading, name, key, body[name], references)
            elif whole and key.required:
                reading.refusals.append(Refusal(pointer(name), "required", REQUIRED))
        return reading

    def completed(self, reading: Reading) -> dict[str, Any]:
        """The values of a PUT: what it leaves out is emptied, but for what is kept."""
        said = reading.values.keys() | _names(reading.refusals) | KEPT_BY_PUT
        emptied = {name: value for name, value in self.empty.items() if name not in said}
        return emptied | reading.values

    def _read_into(
        self, reading: Reading, name: str, key: Key, value: Any, references: _References
    ) -> None:
        reader = _Reader(references)
        canonical = reader.read(key, value, pointer(name))
        reading.refusals += reader.refusals
        if not reader.refusals:
            reading.values[name] = canonical

    # --- Writing ---

    def changes(self, record: Publishable, values: dict[str, Any]) -> dict[str, Any]:
        """Those of `values` that `record` does not have already."""
        now = self.document(record)
        return {
            name: value
            for name, value in values.items()
            if not self.keys[name].same(value, now[name])
        }

    def write(
        self, record: Publishable, changes: dict[str, Any], refusals: list[Refusal]
    ) -> Publishable:
        """Saves `record` with its `changes`, and gives it as saved.

        Raises `InvalidRecord` with `refusals` and all that the model refuses; the database is then
        as it was, `record` is not.
        """
        with transaction.atomic():
            return _Write(self, record, changes, [*refusals]).run()

    def name_of_field(self, field_name: str) -> str:
        """The name in the API of a field of the model; empty when it has none."""
        for name, key in self.keys.items():
            if getattr(key, "property_name", "") == field_name:
                return name
            if not isinstance(key, Rows) and key.field.name == field_name:
                return name
        return ""


class _Write:
    """One record on its way to the database, inside a transaction of its own."""

    def __init__(
        self,
        writable: Writable,
        record: Publishable,
        changes: dict[str, Any],
        refusals: list[Refusal],
    ) -> None:
        self.writable = writable
        self.record = record
        self.refusals = refusals
        self.refused_names = _names(refusals)
        self.is_new = record.pk is None
        keys = writable.keys
        self.columns = {name: one for name, one in changes.items() if keys[name].column}
        self.parts = {name: one for name, one in changes.items() if not keys[name].column}

    def run(self) -> Publishable:
        for name, value in self.columns.items():
            self.writable.keys[name].write(self.record, value, find)
        meant = self.record.status
        if self._is_accepted(meant):
            self.record.save()
            refused = self._write_parts()
            saved = self._saved()
            if meant == Status.PUBLISHED and not refused:
                self._check_publication(saved)
        if self.refusals:
            raise refusal_of(self.refusals)
        return saved

    def _is_accepted(self, meant: str) -> bool:
        """Whether the columns may be saved, if only to know what the parts lack."""
        refused = self._refusals_of_columns()
        self.refusals += refused
        if not refused:
            return not self.refused_names
        if meant != Status.PUBLISHED or self.refused_names:
            return False
        # As a draft, and undone: whoever publishes is told of the parts in the same answer.
        self.record.status = Status.DRAFT
        return not self._refusals_of_columns()

    def _refusals_of_columns(self) -> list[Refusal]:
        keys = self.writable.keys
        unread = {
            keys[name].field.name for name in self.refused_names if _has_field(keys.get(name))
        }
        try:
            self.record.full_clean(exclude=unread)
        except ValidationError as refusal:
            found = list(self._told(refusal))
            return [one for one in found if not self._is_told(one)]
        return []

    def _is_told(self, refusal: Refusal) -> bool:
        return refusal.pointer[1:] in self.refused_names

    def _told(self, refusal: ValidationError) -> Iterator[Refusal]:
        for field_name, errors in refusal.error_dict.items():
            name = self.writable.name_of_field(field_name)
            place = pointer(name) if name else ""
            for error in errors:
                yield from _refusals(place, error, or_code=self._code(field_name, error))

    def _code(self, field_name: str, error: ValidationError) -> str:
        """`FOR_PUBLICATION` for what a draft could do without."""
        missing = self.record.missing_for_publication()
        if self.record.status == Status.PUBLISHED and missing.get(field_name) in error.messages:
            return FOR_PUBLICATION
        return "invalid"

    def _write_parts(self) -> list[Refusal]:
        refused: list[Refusal] = []
        for name, value in self.parts.items():
            key = self.writable.keys[name]
            if not isinstance(key, Rows):
                key.write(self.record, value, find)
                continue
            if not self.is_new:
                key.clear(self.record)
            for row in key.write_each(self.record, value, find):
                refused += _refusals_of_row(key, name, row.index, row.refusal)
        self.refusals += refused
        return refused

    def _saved(self) -> Publishable:
        """The record read again: the one at hand may remember the parts that were replaced."""
        records = type(self.record)._default_manager.all()
        return self.writable.loaded(records).get(pk=self.record.pk)

    def _check_publication(self, saved: Publishable) -> None:
        try:
            check_publication(saved)
        except ValidationError as refusal:
            self.refusals += [one._replace(code=FOR_PUBLICATION) for one in self._told(refusal)]
            return
        if saved.status != Status.PUBLISHED:
            for sentence in saved.missing_in_parts():
                self.refusals.append(Refusal("", FOR_PUBLICATION, sentence))


def refusal_of(refusals: list[Refusal]) -> InvalidRecord:
    """One refusal of all; it has a code of its own when a draft could be saved as it is."""
    if all(one.code == FOR_PUBLICATION for one in refusals):
        words = "La fiche n’est pas publiée : il lui manque ce que demande la publication."
        return InvalidRecord(refusals, words, "not_publishable")
    return InvalidRecord(refusals)


class _References:
    """Which records exist, asked once each."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], str], bool] = {}

    def exists(self, model: type[models.Model], slug: str) -> bool:
        asked = model, slug
        if asked not in self._known:
            self._known[asked] = _find(model, slug) is not None
        return self._known[asked]


class _Reader:
    """Reads one value of a body with its key; what is wrong is in `refusals`."""

    def __init__(self, references: _References) -> None:
        self.references = references
        self.refusals: list[Refusal] = []

    def read(self, key: Key, value: Any, place: str) -> Any:
        if isinstance(key, Rows):
            return self._read_rows(key, value, place)
        wanted = expected(key)
        if not wanted.accepts(value):
            self._refuse(place, "invalid_type", wanted.sentence)
            return None
        if _chooses_nothing(key, value):
            self._refuse(place, key.code, _accepted(key))
            return None
        try:
            canonical = key.read(node_of(value, place))
        except Unreadable as error:
            problem = error.problem
            self._refuse(str(problem.place), key.code, _sentence(problem.message))
            return None
        self._check_references(key, canonical, place)
        return canonical

    def _read_rows(self, key: Rows, value: Any, place: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self._refuse(place, "invalid_type", "Une liste est attendue.")
            return []
        if len(value) > MOST_ROWS:
            self._refuse(place, "too_many", f"{MOST_ROWS} lignes au plus.")
            return []
        return [self._read_row(key, row, place + pointer(n)) for n, row in enumerate(value)]

    def _read_row(self, key: Rows, row: Any, place: str) -> Any:
        if key.scalar:
            [only] = key.keys.values()
            return self.read(only, row, place)
        if not isinstance(row, dict):
            self._refuse(place, "invalid_type", "Un objet est attendu.")
            return None
        self.refusals += _unknown(row, key.keys, place)
        stated = {
            name: self.read(one, row[name], place + pointer(name))
            for name, one in key.keys.items()
            if name in row
        }
        return key.empty_row | stated

    def _check_references(self, key: Key, canonical: Any, place: str) -> None:
        several = isinstance(canonical, list)
        for index, (model, slug) in enumerate(key.references(canonical)):
            if not self.references.exists(model, slug):
                words = f"Aucune fiche « {slug} » ({model._meta.verbose_name_plural})."
                here = place + pointer(index) if several else place
                self._refuse(here, "unknown_reference", words)

    def _refuse(self, place: str, code: str, detail: str) -> None:
        self.refusals.append(Refusal(place, code, detail))


@dataclass(frozen=True)
class Expected:
    """What JSON a key is read from, besides null: `kinds` are the words of JSON Schema."""

    kinds: tuple[str, ...]
    sentence: str

    def accepts(self, value: Any) -> bool:
        return value is None or any(_KINDS[kind](value) for kind in self.kinds)


_KINDS = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
}
TEXT = Expected(("string",), "Un texte est attendu.")
WHOLE_NUMBER = Expected(("integer",), "Un nombre entier est attendu.")
YES_OR_NO = Expected(("boolean",), "true ou false est attendu.")
TEXTS = Expected(("array",), "Une liste de textes est attendue.")


def expected(key: Key) -> Expected:
    """What JSON `key` is read from; decimals are texts, so that none of their digits is lost."""
    if isinstance(key, ChoiceKey):
        numbers = all(isinstance(code, int) for code, _ in key.field.flatchoices)
        return WHOLE_NUMBER if numbers else TEXT
    for kind, wanted in (
        (IntegerKey, WHOLE_NUMBER),
        (BooleanKey, YES_OR_NO),
        (NamesKey, TEXTS),
        (ReferencesKey, TEXTS),
    ):
        if isinstance(key, kind):
            return wanted
    return TEXT


def _chooses_nothing(key: Key, value: Any) -> bool:
    """In a file a code left empty is one that is not said; in JSON « "" » is said, and is none."""
    empty = isinstance(value, str) and not value.strip()
    return empty and isinstance(key, ChoiceKey) and not key.field.blank


def _accepted(key: ChoiceKey) -> str:
    codes = [str(code) for code, _ in key.field.flatchoices]
    return f"Un texte vide n’est pas un choix. Valeurs acceptées : {', '.join(codes)}."


def find(model: type[models.Model], slug: str) -> models.Model:
    """The record that a reference leads to, by its slug or a former one; it is known to exist."""
    found = _find(model, slug)
    if found is None:
        raise model.DoesNotExist(slug)
    return found


def _find(model: type[models.Model], slug: str) -> models.Model | None:
    found = model._default_manager.filter(slug=slug).first()
    if found is None and issubclass(model, Publishable):
        found = FormerSlug.objects.current(model, slug)
    return found


def _names(refusals: list[Refusal]) -> set[str]:
    """The fields that hold what is refused."""
    return {one.pointer.split("/")[1] for one in refusals if one.pointer}


def _slug_of(record: models.Model) -> str:
    return record.slug


def _unknown(stated: dict[str, Any], keys: Mapping[str, Key], place: str) -> Iterator[Refusal]:
    for name in stated:
        if name not in keys:
            words = f"Champ inconnu « {name[:80]} »{suggestion(name[:80], keys)}"
            yield Refusal(place + pointer(name), "unknown_field", words)


def _has_field(key: Key | None) -> bool:
    return key is not None and key.column


def _refusals(place: str, error: ValidationError, *, or_code: str = "invalid") -> Iterator[Refusal]:
    if error.code in _REQUIRED_CODES:
        yield Refusal(place, "required", REQUIRED)
        return
    for message in error.messages:
        yield Refusal(place, error.code or or_code, message)


def _refusals_of_row(
    key: Rows, name: str, index: int, refusal: ValidationError
) -> Iterator[Refusal]:
    for field_name, errors in refusal.error_dict.items():
        column = "" if key.scalar or field_name == NON_FIELD_ERRORS else key.key_of(field_name)
        place = pointer(name, index, column) if column else pointer(name, index)
        for error in errors:
            yield from _refusals(place, error)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]
