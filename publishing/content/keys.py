"""The keys of a record in the content files: each knows how to read, compare and set one field.

A value is kept in one canonical form (text, number, boolean, list, mapping: what JSON holds), the
same whether it comes from a file, from the database or from what was last loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any

from django.db import models
from django.utils import timezone

from publishing.content.nodes import Node, Unreadable
from publishing.dates import UnreadableDate, parse

_MANY_CHOICES = 20
_TRUE = {"true", "yes", "oui"}
_FALSE = {"false", "no", "non"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Find = Callable[[type[models.Model], str], models.Model]
"""Finds the record of a model by the slug that the files use."""

NameOf = Callable[[models.Model], str]
"""The slug that the files use for a record."""


class Key:
    """A text, and the base of the others.

    `name` is the key in the files, `field` the field of the model. A `late` key is set once all
    the records of its type are saved, because it may lead to any of them; `column` tells whether
    it is kept in the table of the record itself.

    `code` says in English, to programs, what is wrong with a value that cannot be read.
    """

    code = "invalid"
    late = False
    column = True

    def __init__(self, name: str, field: models.Field) -> None:
        self.name = name
        self.field = field

    @property
    def label(self) -> str:
        return str(self.field.verbose_name)

    @property
    def required(self) -> bool:
        return not self.field.blank and not self.field.has_default()

    def read(self, node: Node) -> Any:
        """The canonical value of `node`; raises `Unreadable`."""
        return node.text()

    def current(self, record: models.Model, name_of: NameOf) -> Any:
        """The canonical value that `record` has now."""
        value = self.field.get_prep_value(self.field.value_from_object(record))
        # A form posts CRLF ends of line and strips the ends: that is no change of an editor.
        return str(value or "").replace("\r\n", "\n").strip()

    def write(self, record: models.Model, value: Any, find: Find) -> None:
        setattr(record, self.field.name, value)

    def clear(self, record: models.Model) -> None:
        """Empties a late key in the database, so that what is replaced hinders nothing new."""

    def same(self, one: Any, other: Any) -> bool:
        return one == other

    def references(self, value: Any) -> Iterable[tuple[type[models.Model], str]]:
        """The records that `value` leads to, as (model, slug)."""
        return ()

    def paths(self) -> tuple[list[str], list[str]]:
        """What to select and to prefetch so that `current` runs no query."""
        return [], []


class ChoiceKey(Key):
    code = "invalid_choice"

    def read(self, node: Node) -> Any:
        text = node.text()
        if not text:
            return self.field.get_default() or ""
        accepted = {str(value): value for value, _ in self.field.flatchoices}
        if text not in accepted:
            raise Unreadable(node.place, f"« {text} » : {self._expected(text, list(accepted))}")
        return accepted[text]

    def current(self, record: models.Model, name_of: NameOf) -> Any:
        value = self.field.get_prep_value(self.field.value_from_object(record))
        return "" if value is None else value

    def _expected(self, text: str, accepted: list[str]) -> str:
        if len(accepted) <= _MANY_CHOICES:
            return f"valeurs acceptées : {', '.join(accepted)}."
        by_label = {str(label).casefold(): str(value) for value, label in self.field.flatchoices}
        code = by_label.get(text.casefold())
        return "code inconnu" + (f" ; vouliez-vous dire « {code} » ?" if code else ".")


class IntegerKey(Key):
    code = "invalid_integer"

    def read(self, node: Node) -> int | None:
        text = node.text()
        if not text:
            return self.field.get_default()
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            raise Unreadable(node.place, f"« {text} » n’est pas un nombre entier.")
        return int(text)

    def current(self, record: models.Model, name_of: NameOf) -> int | None:
        return self.field.value_from_object(record)


class BooleanKey(Key):
    def read(self, node: Node) -> bool:
        text = node.text().lower()
        if text not in _TRUE | _FALSE:
            raise Unreadable(node.place, f"« {node.text()} » : true ou false est attendu.")
        return text in _TRUE

    def current(self, record: models.Model, name_of: NameOf) -> bool:
        return self.field.value_from_object(record)


class DayKey(Key):
    """An exact day, in ISO form."""

    code = "invalid_date"

    def read(self, node: Node) -> str | None:
        text = node.text()
        return _day(node, text).isoformat() if text else None

    def current(self, record: models.Model, name_of: NameOf) -> str | None:
        day = self.field.value_from_object(record)
        return day and day.isoformat()

    def write(self, record: models.Model, value: str | None, find: Find) -> None:
        setattr(record, self.field.name, value and date.fromisoformat(value))


class MomentKey(Key):
    """An exact moment; without an offset it is local, without an hour it is midnight."""

    code = "invalid_datetime"

    def read(self, node: Node) -> str | None:
        text = node.text()
        if not text:
            return None
        if _DAY.fullmatch(text):
            moment = datetime.combine(_day(node, text), time())
        else:
            moment = _moment(node, text)
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return self._canonical(moment, node)

    def current(self, record: models.Model, name_of: NameOf) -> str | None:
        moment = self.field.value_from_object(record)
        return moment and moment.astimezone(UTC).isoformat(timespec="seconds")

    def write(self, record: models.Model, value: str | None, find: Find) -> None:
        setattr(record, self.field.name, value and datetime.fromisoformat(value))

    @staticmethod
    def _canonical(moment: datetime, node: Node) -> str:
        try:
            return moment.astimezone(UTC).isoformat(timespec="seconds")
        except OverflowError:
            raise Unreadable(node.place, "cette date sort du calendrier.") from None


class ApproximateDateKey(Key):
    """A date as an editor types it; `name` is the property that `ApproximateDateField` adds."""

    code = "unreadable_date"
    required = False

    def __init__(self, name: str, property_name: str, model: type[models.Model]) -> None:
        super().__init__(name, model._meta.get_field(f"{property_name}_label"))
        self.property_name = property_name

    def read(self, node: Node) -> str:
        try:
            return parse(node.text()).label
        except UnreadableDate as error:
            raise Unreadable(node.place, error.message) from None

    def current(self, record: models.Model, name_of: NameOf) -> str:
        value = getattr(record, self.property_name)
        return value.label or (str(value) if value.is_known else "")

    def write(self, record: models.Model, value: str, find: Find) -> None:
        setattr(record, self.property_name, parse(value))


class ReferenceKey(Key):
    """The slug of one other record."""

    def __init__(self, name: str, field: models.ForeignKey) -> None:
        super().__init__(name, field)
        self.late = field.related_model is field.model

    def read(self, node: Node) -> str | None:
        return node.text() or None

    def current(self, record: models.Model, name_of: NameOf) -> str | None:
        if getattr(record, self.field.attname) is None:
            return None
        return name_of(getattr(record, self.field.name))

    def write(self, record: models.Model, value: str | None, find: Find) -> None:
        setattr(record, self.field.name, find(self.field.related_model, value) if value else None)

    def clear(self, record: models.Model) -> None:
        if self.late and self.field.null:
            setattr(record, self.field.name, None)
            record.save(update_fields=[self.field.name])

    def references(self, value: str | None) -> Iterable[tuple[type[models.Model], str]]:
        return [(self.field.related_model, value)] if value else []

    def paths(self) -> tuple[list[str], list[str]]:
        return [self.field.name], []


class ReferencesKey(Key):
    """The slugs of several other records, in any order."""

    late = True
    column = False
    required = False

    def read(self, node: Node) -> list[str]:
        return list(dict.fromkeys(item.text() for item in node.items()))

    def current(self, record: models.Model, name_of: NameOf) -> list[str]:
        if record.pk is None:
            return []
        return sorted(name_of(target) for target in getattr(record, self.field.name).all())

    def write(self, record: models.Model, value: list[str], find: Find) -> None:
        targets = [find(self.field.related_model, slug) for slug in value]
        getattr(record, self.field.name).set(targets)

    def same(self, one: list[str], other: list[str]) -> bool:
        return sorted(one) == sorted(other)

    def references(self, value: list[str]) -> Iterable[tuple[type[models.Model], str]]:
        return [(self.field.related_model, slug) for slug in value]

    def paths(self) -> tuple[list[str], list[str]]:
        return [], [self.field.name]


class NamesKey(Key):
    """A list of names, kept in one column and separated by commas."""

    def read(self, node: Node) -> list[str]:
        names = [item.text() for item in node.items()]
        for name in names:
            if "," in name:
                raise Unreadable(node.place, f"« {name} » : un nom de la liste a une virgule.")
        return names

    def current(self, record: models.Model, name_of: NameOf) -> list[str]:
        joined = self.field.value_from_object(record)
        return [name.strip() for name in joined.split(",") if name.strip()]

    def write(self, record: models.Model, value: list[str], find: Find) -> None:
        setattr(record, self.field.name, ", ".join(value))


def key_for(model: type[models.Model], field_name: str, name: str | None = None) -> Key:
    """The key that suits a field of `model` (or one of its approximate dates), by its type."""
    name = name or field_name
    if field_name in getattr(model, "approximate_date_fields", ()):
        return ApproximateDateKey(name, field_name, model)
    field = model._meta.get_field(field_name)
    if field.many_to_many:
        return ReferencesKey(name, field)
    if field.is_relation:
        return ReferenceKey(name, field)
    if field.flatchoices:
        return ChoiceKey(name, field)
    for kind, key in _KEYS:
        if isinstance(field, kind):
            return key(name, field)
    return Key(name, field)


# DateTimeField is a DateField for Django: it comes first.
_KEYS: tuple[tuple[type[models.Field], type[Key]], ...] = (
    (models.DateTimeField, MomentKey),
    (models.DateField, DayKey),
    (models.BooleanField, BooleanKey),
    (models.IntegerField, IntegerKey),
)


def suggestion(word: str, known: Iterable[str]) -> str:
    """« ; vouliez-vous dire « title » ? », or a mere full stop when no known word is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else "."


def _day(node: Node, text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            node.place, f"« {text} » n’est pas un jour, sous la forme 2025-02-04."
        ) from None


def _moment(node: Node, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            node.place, f"« {text} » n’est pas un instant, sous la forme 2025-02-04T09:00:00+01:00."
        ) from None
