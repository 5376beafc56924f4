"""Keys that hold a list whose elements are rows of their own: citations, relations, sections…"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from publishing.content.keys import Find, Key, NameOf, key_for, suggestion
from publishing.content.nodes import Node, Unreadable


class RowRefused(Exception):
    """A row that its model refuses: of which list, which one (from 0), which key of it, why.

    `refusal` is all that the model says, by field; `messages` is the same, in sentences.
    """

    def __init__(self, name: str, index: int, key: str, refusal: ValidationError) -> None:
        super().__init__(name, index, key, refusal.messages)
        self.name = name
        self.index = index
        self.key = key
        self.refusal = refusal
        self.messages = refusal.messages


class Rows(Key):
    """A list of mappings, each a row of a model that belongs to the record.

    `name` is the key, `accessor` the reverse relation when it is called otherwise, `owner` the
    field of a row that leads to the record. `columns` are the fields of a row, as
    names, or as a mapping of keys to field names where they differ. With `scalar`, the rows have
    one column and the list holds its values. With `ordered`, the order of the list matters and
    is kept in `position`. The list is compared, and replaced, as a whole.
    """

    late = True
    column = False
    required = False

    def __init__(
        self,
        name: str,
        owner: str,
        columns: Sequence[str] | Mapping[str, str],
        *,
        accessor: str = "",
        scalar: bool = False,
        ordered: bool = False,
    ) -> None:
        self.name = name
        self.accessor = accessor or name
        self.owner = owner
        self.scalar = scalar
        self.ordered = ordered
        self._columns = (
            columns if isinstance(columns, Mapping) else {name: name for name in columns}
        )

    def bind(self, model: type[models.Model]) -> None:
        """Learns the model of the rows from that of the record that they belong to."""
        self.model = model._meta.get_field(self.accessor).related_model
        self.keys = {key: key_for(self.model, field, key) for key, field in self._columns.items()}
        blank = self.model()
        self.empty_row = {name: key.current(blank, str) for name, key in self.keys.items()}

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def read(self, node: Node) -> list[Any]:
        if self.scalar:
            [key] = self.keys.values()
            return [key.read(item) for item in node.items()]
        return [self._read_row(item) for item in node.items()]

    def current(self, record: models.Model, name_of: NameOf) -> list[Any]:
        if record.pk is None:
            return []
        rows = [
            {name: key.current(row, name_of) for name, key in self.keys.items()}
            for row in getattr(record, self.accessor).all()
        ]
        return [next(iter(row.values())) for row in rows] if self.scalar else rows

    def write(self, record: models.Model, value: list[Any], find: Find) -> None:
        """Adds the rows; raises `RowRefused` for the first that its model refuses."""
        for refused in self.write_each(record, value, find):
            raise refused

    def write_each(
        self, record: models.Model, value: list[Any], find: Find
    ) -> Iterator[RowRefused]:
        """Adds the rows that their model accepts, and gives a refusal for each of the others."""
        for index, row in enumerate(map(self._as_mapping, value)):
            instance = self.model(**{self.owner: record})
            for name, key in self.keys.items():
                key.write(instance, row[name], find)
            if self.ordered:
                instance.position = index + 1
            try:
                instance.full_clean()
            except ValidationError as refusal:
                yield self._refused(index, refusal)
            else:
                instance.save()

    def clear(self, record: models.Model) -> None:
        getattr(record, self.accessor).all().delete()

    def same(self, one: list[Any], other: list[Any]) -> bool:
        if self.ordered:
            return one == other
        return _sorted(one) == _sorted(other)

    def references(self, value: list[Any]) -> Iterable[tuple[type[models.Model], str]]:
        for row in map(self._as_mapping, value):
            for name, key in self.keys.items():
                yield from key.references(row[name])

    def paths(self) -> tuple[list[str], list[str]]:
        related = [path for key in self.keys.values() for path in key.paths()[0]]
        return [], [self.accessor, *(f"{self.accessor}__{path}" for path in related)]

    def _read_row(self, node: Node) -> dict[str, Any]:
        stated = node.mapping()
        for name, value in stated.items():
            if name not in self.keys:
                raise Unreadable(
                    value.place, f"clé inconnue « {name} »{suggestion(name, self.keys)}"
                )
        for name, key in self.keys.items():
            if key.required and name not in stated:
                raise Unreadable(node.place, f"il manque la clé « {name} ».")
        return self.empty_row | {
            name: self.keys[name].read(value) for name, value in stated.items()
        }

    def _as_mapping(self, row: Any) -> dict[str, Any]:
        return {next(iter(self.keys)): row} if self.scalar else row

    def _refused(self, index: int, refusal: ValidationError) -> RowRefused:
        field = next(iter(refusal.error_dict))
        return RowRefused(self.name, index, self.key_of(field), refusal)

    def key_of(self, field: str) -> str:
        """The key of a row that is kept in `field`; empty when none is."""
        return next((name for name, mine in self._columns.items() if mine == field), "")


class Sections(Rows):
    """The titled parts of a record, opened by the headings of its `body` (see `split_sections`).

    `levels` gives the level of a section by the number of `#` of its heading.
    """

    def __init__(self, owner: str, levels: Mapping[int, int], columns: Sequence[str]) -> None:
        super().__init__("sections", owner, columns, ordered=True)
        self.levels = dict(levels)

    def _read_row(self, node: Node) -> dict[str, Any]:
        stated = node.mapping()
        return {name: key.read(stated[name]) for name, key in self.keys.items()}


def _sorted(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
