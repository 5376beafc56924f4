"""The records of a list as a file: CSV, JSON or NDJSON, through the filters of the list.

Each app says in one place (`exports.py`) which columns its records have. Rows leave as they are
read, so that a long list takes neither memory nor patience. Codes stand beside their labels, an
approximate date beside its bounds and its EDTF string; names are those of the API.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, AnyStr

from django.contrib.contenttypes.models import ContentType
from django.db.models import FileField, Model, Prefetch, QuerySet, prefetch_related_objects
from django.http import QueryDict

from publishing.addresses import absolute_url
from publishing.fields import MarkdownField, RenderedMarkdownField
from publishing.models import Publishable

# Read at a time: what is related comes with one query for so many records.
CHUNK = 400
# Sent at a time: a packet for each row would be slow. The first one is short, to leave at once.
FIRST_ROWS_SENT, ROWS_SENT = 10, 100
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet runs what begins so; a number alone is only a number.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


Load = Callable[[Sequence[Any]], None]
"""Reads for several records at once what a column tells of each."""


@dataclass(frozen=True)
class Column:
    """A column of an export: its name, and its value for a record already loaded.

    What `value` reads besides the columns of the record is told, so that it is read for many
    records at once, and only when this column is asked for: `joins` are foreign keys, as of
    `select_related`, and `load` reads what is elsewhere.
    """

    name: str
    value: Callable[[Any], Any]
    joins: tuple[str, ...] = ()
    load: Load | None = None


@dataclass(frozen=True)
class ExportFormat:
    """A format of the exports: `/entreprises/export.<extension>`; `query` chooses a variant."""

    extension: str
    label: str
    media_type: str
    query: str = ""


CSV_QUERY = "bom"
YES_OR_NO = {"1": True, "0": False}
DELIMITER = "delimiter"
# By what is asked for; a semicolon is what a spreadsheet in French expects.
DELIMITERS = {"comma": ",", "semicolon": ";", ",": ",", ";": ";"}
ONCE = "Une seule valeur est attendue."
# By parameter: what it sets of a dialect, the values that it takes, what is said of any other.
CSV_PARAMETERS: dict[str, tuple[str, Mapping[str, Any], str]] = {
    CSV_QUERY: ("mark", YES_OR_NO, "« 1 » ou « 0 » est attendu."),
    DELIMITER: ("delimiter", DELIMITERS, "« comma » (,) ou « semicolon » (;) est attendu."),
}
EXPORT_LINKS = (
    ExportFormat("csv", "CSV", "text/csv"),
    ExportFormat("csv", "CSV pour tableur", "text/csv", f"{CSV_QUERY}=1&{DELIMITER}=semicolon"),
    ExportFormat("json", "JSON", "application/json"),
)
MEDIA_TYPES = {one.extension: f"{one.media_type}; charset=utf-8" for one in EXPORT_LINKS}


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written; `mark`: with what Excel tells UTF-8 by."""

    mark: bool = False
    delimiter: str = ","

    @classmethod
    def asked(cls, query: QueryDict) -> Dialect:
        """That of the parameters `bom` and `delimiter`; raises `WrongDialect`."""
        values, refusals = {}, {}
        for name, (attribute, accepted, words) in CSV_PARAMETERS.items():
            given = query.getlist(name)
            if not given:
                continue
            if len(given) > 1:
                refusals[name] = ("repeated", ONCE)
            elif given[0] not in accepted:
                refusals[name] = ("invalid_choice", words)
            else:
                values[attribute] = accepted[given[0]]
        if refusals:
            raise WrongDialect(refusals)
        return cls(**values)


class WrongDialect(Exception):
    """Parameters that are refused: {parameter: (English code, French sentence)}."""

    def __init__(self, refusals: dict[str, tuple[str, str]]) -> None:
        told = [f"{name} : {words}\n" for name, (_, words) in refusals.items()]
        super().__init__("".join(told))
        self.refusals = refusals


# --- Columns ---


def plain(name: str, source: str = "", *, joins: tuple[str, ...] = ()) -> tuple[Column]:
    """The value as it is: `source` is an attribute of the record, `name` by default."""
    return (Column(name, lambda record: getattr(record, source or name), joins),)


def made(
    name: str,
    value: Callable[[Any], Any],
    *,
    joins: tuple[str, ...] = (),
    load: Load | None = None,
) -> tuple[Column]:
    """A value worked out from the record."""
    return (Column(name, value, joins, load),)


def coded(name: str) -> tuple[Column, Column]:
    """A code, and its French label."""
    return (
        Column(name, lambda record: getattr(record, name)),
        Column(f"{name}_label", lambda record: getattr(record, f"get_{name}_display")()),
    )


def country(name: str = "country") -> tuple[Column, Column]:
    """An ISO 3166-1 code, and the French name of the country."""
    return (
        Column(name, lambda record: getattr(record, name).code or ""),
        Column(f"{name}_label", lambda record: str(getattr(record, name).name)),
    )


def dated(name: str) -> tuple[Column, ...]:
    """An approximate date: as stated, its bounds (inclusive), its precision, its EDTF string."""

    def part(attribute: str) -> Callable[[Any], Any]:
        return lambda record: getattr(getattr(record, name), attribute)

    return (
        Column(f"{name}_label", part("display")),
        Column(f"{name}_start", part("start")),
        Column(f"{name}_end", part("end")),
        Column(f"{name}_precision", part("precision")),
        Column(f"{name}_edtf", part("edtf")),
    )


def linked(name: str) -> tuple[Column, Column]:
    """A related record, by its slug and its label; nothing while the public does not see it."""

    def shown(record: Any) -> Any:
        other = getattr(record, name)
        return other if other is not None and getattr(other, "is_public", True) else None

    return (
        Column(name, lambda record: getattr(shown(record), "slug", ""), (name,)),
        Column(f"{name}_label", lambda record: str(shown(record) or ""), (name,)),
    )


def many(name: str, prefetch: Callable[[], Prefetch]) -> tuple[Column, Column]:
    """Related records, by their slugs and their labels; those that are not public are left out.

    `prefetch` makes what loads them.
    """

    def shown(record: Any) -> list[Publishable]:
        return [other for other in getattr(record, name).all() if other.is_public]

    load = fetched(prefetch)
    return (
        Column(name, lambda record: [other.slug for other in shown(record)], load=load),
        Column(f"{name}_label", lambda record: [other.label for other in shown(record)], load=load),
    )


def several(
    name: str, values: Callable[[Any], Iterable[tuple[str, str]]], *, load: Load | None = None
) -> tuple[Column, Column]:
    """Several codes with their French labels, as `values` gives them."""
    return (
        Column(name, lambda record: [code for code, _ in values(record)], load=load),
        Column(f"{name}_label", lambda record: [label for _, label in values(record)], load=load),
    )


def fetched(prefetch: Callable[[], Prefetch]) -> Load:
    """Loads what `prefetch` says, made each time: what is public depends on the moment."""
    return lambda records: prefetch_related_objects(records, prefetch())


def columns_of(
    *groups: Iterable[Column], named: str, named_by: tuple[str, ...] = ()
) -> tuple[Column, ...]:
    """The columns of a kind of record: those of every record around its own.

    `named` is how the API calls its label: « title », « name » or « label »; `named_by` are the
    foreign keys that it is made of.
    """
    return (
        Column("id", lambda record: record.pk),
        Column("slug", lambda record: record.slug),
        Column(named, lambda record: record.label, named_by),
        *(column for group in groups for column in group),
        Column("verified_on", lambda record: record.verified_on),
        Column("published_at", lambda record: record.publish_at),
        Column("updated_at", lambda record: record.updated_at),
        Column("html_url", lambda record: absolute_url(record.get_absolute_url())),
    )


# --- Rows ---


def joined(records: QuerySet, columns: Iterable[Column]) -> QuerySet:
    """`records` with the foreign keys that `columns` read, and without what none tells."""
    joins = dict.fromkeys(join for column in columns for join in column.joins)
    # Without a name, every foreign key would be joined.
    return told_only(records.select_related(*joins) if joins else records)


def load_for(records: Sequence[Any], columns: Iterable[Column]) -> None:
    """Loads what else `columns` read of each of `records`, already `joined`."""
    for load in dict.fromkeys(column.load for column in columns):
        if load is not None:
            load(records)


def told_only(records: QuerySet) -> QuerySet:
    """`records` without what no column tells: texts in Markdown, their HTML, and images.

    Neither theirs nor those of what is selected beside them. Texts are long, and an image holds
    its record, which holds it: memory that would wait for the garbage collector.
    """
    related = records.query.select_related
    return records.defer(*_untold(records.model, related if isinstance(related, dict) else {}))


def _untold(model: type[Model], related: dict[str, Any]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if isinstance(field, MarkdownField | RenderedMarkdownField | FileField):
            yield field.name
    for name, further in related.items():
        other = model._meta.get_field(name).related_model
        yield from (f"{name}__{untold}" for untold in _untold(other, further))


def records_in_turn(records: QuerySet) -> Iterator[Model]:
    """Each record of `records` with what was loaded beside it, `CHUNK` in memory at a time."""
    # Looked up once, or it would be a query in the midst of the rows.
    ContentType.objects.get_for_model(records.model)
    return told_only(records).iterator(chunk_size=CHUNK)


def let_go(records: Iterable[Any]) -> Iterator[Any]:
    """Each of `records`; what was loaded beside it is let go of when the next one is asked for.

    A prefetched queryset holds its record, which holds it: until the garbage collector comes, the
    memory of thousands of them would not be given back.
    """
    for record in records:
        yield record
        getattr(record, "_prefetched_objects_cache", {}).clear()


def as_csv(
    records: Iterable[Any], columns: Iterable[Column], dialect: Dialect = Dialect()
) -> Iterator[str]:
    """RFC 4180, one line a record after that of the names, which leaves before any is read.

    No cell is a formula: one that would be read so begins with an apostrophe.
    """
    columns = tuple(columns)
    line = csv.writer(_Echo(), delimiter=dialect.delimiter).writerow
    mark = BYTE_ORDER_MARK if dialect.mark else ""
    yield mark + line([column.name for column in columns])
    rows = (line([_cell(column.value(record)) for column in columns]) for record in records)
    yield from in_packets(rows)


def as_json(records: Iterable[Any], columns: Iterable[Column]) -> Iterator[str]:
    """An array of objects, one a line; decimals are texts, which lose nothing.

    It is begun before any record is read.
    """

    def lines() -> Iterator[str]:
        before = "\n"
        for row in as_objects(records, columns):
            yield before + json.dumps(row, ensure_ascii=False)
            before = ",\n"
        yield "]\n" if before == "\n" else "\n]\n"

    yield "["
    yield from in_packets(lines())


def as_ndjson(records: Iterable[Any], columns: Iterable[Column]) -> Iterator[str]:
    """The objects of `as_json`, each on a line of its own that is a document (ndjson.org)."""
    rows = as_objects(records, columns)
    yield from in_packets(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_objects(records: Iterable[Any], columns: Iterable[Column]) -> Iterator[dict[str, Any]]:
    """Each record as JSON has it: its values by the names of the columns."""
    columns = tuple(columns)
    for record in records:
        yield {column.name: _json_value(column.value(record)) for column in columns}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def in_packets(rows: Iterator[AnyStr]) -> Iterator[AnyStr]:
    """The same text, so many rows at a time: the first few of them leave at once."""
    size = FIRST_ROWS_SENT
    while packet := list(islice(rows, size)):
        yield packet[0][:0].join(packet)
        size = ROWS_SENT


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return harmless(" | ".join(str(one) for one in value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


def harmless(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula; a negative number stays one."""
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
