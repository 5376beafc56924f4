"""A whole list at once: `/api/v1/<type>/export.ndjson`, `.csv` or `.json`, read as it is sent.

Columns are those of the files that the pages give (`<app>/exports.py`), under the same names in
the three formats: a flat row suits a table as well as a program, and takes no related record to be
worked out. The objects of the API, with what they are linked to, are for its lists and pages.
What is related is read for the columns that are asked for, and for no other.

Records are read by keyset, so many at a time (see `publishing.api.pagination`): no cursor stays
open in the database while a slow reader reads, and a record added or withdrawn meanwhile neither
repeats nor hides another.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.urls import URLPattern, path
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from publishing import clock
from publishing.api.filters import StrictFilterBackend, asking, for_programs, refusals
from publishing.api.pagination import SPARSE, Order
from publishing.api.problems import InvalidParameters
from publishing.api.reading import ORDERING, ReadingViewSet
from publishing.api.schema import answers
from publishing.api.selection import FIELDS, MAX_LENGTH, names_asked
from publishing.exports import (
    CHUNK,
    CSV_PARAMETERS,
    CSV_QUERY,
    DELIMITER,
    FIRST_ROWS_SENT,
    MEDIA_TYPES,
    Column,
    Dialect,
    WrongDialect,
    as_csv,
    as_json,
    as_ndjson,
    joined,
    let_go,
    load_for,
    told_only,
)

Refused = tuple[str, str, str]
Understood = TypeVar("Understood")
REFUSED = (400, 401, 429)


def pages_by_key(records: QuerySet, ordering: tuple[str, ...]) -> Iterator[list[Model]]:
    """`records` a page at a time, in the order of columns that are never null, the last one unique.

    The first page is short, that the reader may begin; `CHUNK` are in the others.
    """
    order = Order(ordering)
    cursor, size, more = None, FIRST_ROWS_SENT, True
    while more:
        page, more = order.page(records, cursor, size)
        if not page:
            return
        cursor, size = order.cursor(page[-1]), CHUNK
        yield page
        # Else it would still be there while the next one is loaded.
        del page


def records_of(
    pages: Iterable[list[Model]], load: Callable[[list[Model]], None]
) -> Iterator[Model]:
    """Each record of `pages`, with what `load` reads for a page; one of them is in memory."""
    for page in pages:
        load(page)
        yield from let_go(page)
        # Likewise.
        del page


def columns_asked(request: Request, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Those of `columns` that `fields` names, in its order; all of them without it.

    Raises `InvalidParameters` naming the others.
    """
    names = list(dict.fromkeys(names_asked(request)))
    known = {column.name: column for column in columns}
    accepted = ", ".join(known)
    refusals = [
        (
            FIELDS,
            "invalid_choice",
            f"« {name} » n’est pas une colonne. Colonnes acceptées : {accepted}.",
        )
        for name in names
        if name not in known
    ]
    if refusals:
        raise InvalidParameters(refusals)
    return tuple(known[name] for name in names) or columns


def understood(
    read: Callable[[], Understood],
) -> tuple[Understood | None, list[Refused]]:
    """What `read` reads of a request; or nothing, and what it refuses."""
    try:
        return read(), []
    except InvalidParameters as refusal:
        return None, [(one["field"], one["code"], one["detail"]) for one in refusal.errors]


class AddressDecides(BaseContentNegotiation):
    """The format is that of the address, whatever `Accept` says; a refusal is JSON."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class BulkSchema(AutoSchema):
    """The operation of a `BulkView`: the filters of the list, and its own parameters."""

    def get_operation_id(self) -> str:
        return f"{self._name.replace('-', '_')}_export_{self.view.extension}"

    def get_tags(self) -> list[str]:
        return [self._plural]

    def get_summary(self) -> str:
        return f"Exporter en {self.view.format_name} : {self._plural}"

    def get_description(self) -> str:
        return (
            f"Tout ce que compte la liste ({self._plural}) avec ses filtres, d’un coup et au fil "
            f"de sa lecture. {self.view.description} Un paramètre inconnu ou une valeur refusée "
            "répondent 400."
        )

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{}, {"token": []}]

    def get_override_parameters(self) -> list[OpenApiParameter]:
        own = {ORDERING: self._ordering, FIELDS: self._fields}
        shared = [describe() for name, describe in own.items() if name in self.view.own_parameters]
        return [*shared, *self.view.parameters]

    def get_response_serializers(self) -> Any:
        found = answers(self._content(), f"Le fichier {self.view.format_name}.", refused=REFUSED)
        return {(200, self.view.bare_media_type): found.pop(200)} | found

    def get_filter_backends(self) -> list[Any]:
        return list(self.view.filter_backends)

    def _is_list_view(self, serializer: Any = None) -> bool:
        # What is described is the file: no array is to be put around it.
        return False

    def _ordering(self) -> OpenApiParameter:
        codes = {"type": "string", "enum": list(self.view.viewset.accepted_orders())}
        words = "L’ordre du fichier, comme celui de la liste ; « - » l’inverse."
        return OpenApiParameter(ORDERING, codes, description=words)

    def _fields(self) -> OpenApiParameter:
        one = f"({'|'.join(column.name for column in self.view.viewset.columns)})"
        schema = {"type": "string", "pattern": rf"^{one}(,{one})*$", "maxLength": MAX_LENGTH}
        words = "Les seules colonnes à répondre, dans cet ordre, séparées par des virgules."
        return OpenApiParameter(FIELDS, schema, description=words)

    def _content(self) -> Any:
        row = self.view.row_schema()
        if row is None:
            return {"type": "string"}
        name = f"{self.view.viewset.model.__name__}Row"
        component = ResolvedComponent(
            name=name, type=ResolvedComponent.SCHEMA, object=name, schema=row
        )
        self.registry.register_on_missing(component)
        return self.view.content_schema(component.ref)

    @property
    def _name(self) -> str:
        return self.view.viewset.model.api_name

    @property
    def _plural(self) -> str:
        return str(self.view.viewset.model._meta.verbose_name_plural)


class BulkView(GenericAPIView, ABC):
    """Base: what the list of `viewset` tells everybody, with its filters and orders, as a file.

    The manager of its model knows `published()`. A subclass says how records are written. Answers
    400 for what it does not understand, as the list does. Whoever asks, a record that is not
    public is not there.
    """

    viewset: type[ReadingViewSet] | None = None
    extension: ClassVar[str]
    format_name: ClassVar[str]
    media_type: ClassVar[str]
    description: ClassVar[str]
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()
    # What it is asked besides its filters and the parameters of the format.
    own_parameters = frozenset({ORDERING})

    http_method_names = ["get", "head", "options"]
    content_negotiation_class = AddressDecides
    filter_backends = (StrictFilterBackend,)
    pagination_class = None
    schema = BulkSchema()

    @property
    def filterset_class(self) -> Any:
        return for_programs(self.viewset.filterset_class)

    @property
    def bare_media_type(self) -> str:
        return self.media_type.partition(";")[0]

    def get_queryset(self) -> QuerySet:
        return self.viewset.model._default_manager.published()

    def get(self, request: Request) -> StreamingHttpResponse:
        """The file. Nothing of it is read before it is asked for, and nothing at all for HEAD."""
        own = self.own_parameters | {one.name for one in self.parameters}
        filterset_class = asking(self.filterset_class, frozenset(request.query_params) - own)
        filterset = filterset_class(
            request.query_params, self.get_queryset(), allowed_parameters=own
        )
        wrong = [] if filterset.is_valid() else refusals(filterset.form)
        wrong += self.read_parameters(request)
        if wrong:
            raise InvalidParameters(wrong)
        content = self.written(self.narrowed(filterset.qs)) if request.method == "GET" else ()
        name = f"veille-{self.viewset.model.api_name}-{clock.today()}.{self.extension}"
        return StreamingHttpResponse(
            content,
            content_type=self.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Robots-Tag": "noindex",
            },
        )

    def read_parameters(self, request: Request) -> list[Refused]:
        """Keeps what is no filter; what is refused of it: name, code, sentence."""
        self.ordering, refusals = understood(self.viewset(request=request).get_ordering)
        return refusals

    def narrowed(self, records: QuerySet) -> QuerySet:
        """Those of `records` that the format can tell, with what it tells of them."""
        return told_only(records.for_cards())

    def load(self, page: list[Model]) -> None:
        """Loads what else the format tells of these records."""

    def written(self, records: QuerySet) -> Iterable[str | bytes]:
        """The file, a part at a time."""
        # Looked up once, or it would be a query in the midst of the rows.
        ContentType.objects.get_for_model(records.model)
        return self.rows(records_of(pages_by_key(records, self.ordering), self.load))

    @abstractmethod
    def rows(self, records: Iterator[Any]) -> Iterable[str | bytes]:
        """`records` in the words of the format."""

    def row_schema(self) -> dict[str, Any] | None:
        """What an object of the file is; None: it holds none."""
        return None

    def content_schema(self, row: dict[str, Any]) -> dict[str, Any]:
        """What the file is, made of such objects."""
        return row


class RowsView(BulkView):
    """Base: a row for each record, of the columns of `viewset.columns` that are asked for."""

    own_parameters = frozenset({ORDERING, FIELDS})

    def read_parameters(self, request: Request) -> list[Refused]:
        self.columns, refusals = understood(lambda: columns_asked(request, self.viewset.columns))
        return super().read_parameters(request) + refusals

    def narrowed(self, records: QuerySet) -> QuerySet:
        return joined(records, self.columns)

    def load(self, page: list[Model]) -> None:
        load_for(page, self.columns)


class ObjectsView(RowsView):
    """Base: objects whose keys are the columns."""

    def row_schema(self) -> dict[str, Any]:
        names = [column.name for column in self.viewset.columns]
        return {
            "type": "object",
            "properties": {name: {} for name in names},
            "required": names,
            "description": "Une ligne : les mêmes colonnes qu’en CSV.",
        }

    def content_schema(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"anyOf": [row, SPARSE]}


class NdjsonView(ObjectsView):
    extension = "ndjson"
    format_name = "NDJSON"
    media_type = "application/x-ndjson; charset=utf-8"
    description = (
        "Un objet JSON par ligne, à lire au fil de l’eau ; les clés sont les colonnes du CSV, les "
        "nombres décimaux des textes, les dates au format ISO 8601."
    )

    def rows(self, records: Iterator[Any]) -> Iterable[str]:
        return as_ndjson(records, self.columns)


class JsonView(ObjectsView):
    extension = "json"
    format_name = "JSON"
    media_type = MEDIA_TYPES["json"]
    description = (
        "Un tableau d’objets, un par ligne ; les clés sont les colonnes du CSV, les nombres "
        "décimaux des textes, les dates au format ISO 8601."
    )

    def rows(self, records: Iterator[Any]) -> Iterable[str]:
        return as_json(records, self.columns)

    def content_schema(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": super().content_schema(row)}


class CsvView(RowsView):
    extension = "csv"
    format_name = "CSV"
    media_type = MEDIA_TYPES["csv"]
    description = (
        "RFC 4180, en UTF-8, les noms des colonnes en tête. À côté de chaque code, son libellé "
        "français ; à côté d’une date approximative, ses bornes et sa forme EDTF. Une cellule "
        "qu’un tableur prendrait pour une formule commence par une apostrophe."
    )
    parameters = (
        OpenApiParameter(
            CSV_QUERY,
            {"type": "string", "enum": ["0", "1"], "default": "0"},
            description="« 1 » : une marque d’ordre des octets en tête, à quoi Excel reconnaît "
            "l’UTF-8.",
        ),
        OpenApiParameter(
            DELIMITER,
            {
                "type": "string",
                "enum": list(CSV_PARAMETERS[DELIMITER][1]),
                "default": "comma",
            },
            description="Ce qui sépare les cellules : « comma » (virgule) ou « semicolon » "
            "(point-virgule, qu’attend un tableur en français).",
        ),
    )

    def read_parameters(self, request: Request) -> list[Refused]:
        refusals = super().read_parameters(request)
        try:
            self.dialect = Dialect.asked(request.query_params)
        except WrongDialect as wrong:
            refusals += [(name, code, words) for name, (code, words) in wrong.refusals.items()]
        return refusals

    def rows(self, records: Iterator[Any]) -> Iterable[str]:
        return as_csv(records, self.columns, self.dialect)


FORMATS = (NdjsonView, CsvView, JsonView)


def bulk_paths(
    viewset: type[ReadingViewSet], views: Iterable[type[BulkView]] = FORMATS
) -> list[URLPattern]:
    """The addresses of the records of `viewset` as files, below its own: `export.<extension>`."""
    name = viewset.model.api_name
    return [
        path(
            f"export.{view.extension}",
            view.as_view(viewset=viewset),
            name=f"{name}-export-{view.extension}",
        )
        for view in views
    ]
