"""The index: kept at each save, asked by page, suggestions and API. What it gives is public.

The index holds drafts as well. Whatever is read of it goes through `published()` in the same
query, counts included: what is withdrawn is no longer found from that moment on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from publishing.documents import SearchDocument, lines
from publishing.models import Publishable, published_models
from search.backends import backend
from search.backends.expressions import Row
from search.extracts import Segment, extract, marked
from search.models import Entry, EntryQuerySet, Synonym
from search.queries import MAX_LENGTH, Query, parse
from search.words import folded_words, terms

SUGGESTED = 8


@dataclass(frozen=True)
class Result:
    """A public record that answers, with its title and an extract as segments to show."""

    record: Publishable
    title: list[Segment]
    extract: list[Segment]

    @property
    def kind(self) -> str:
        return self.record.api_name

    @property
    def kind_label(self) -> str:
        return str(self.record._meta.verbose_name)


class Results:
    """The public records that answer `query`, the best first; sliced as a list is.

    Runs two queries for `counts`, and for each slice one more, and one for each kind in it.
    """

    def __init__(self, query: Query, kind: str = "") -> None:
        self.query = query
        self.kind = kind

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many answer, by name of their kind in the API, whatever kind was asked for."""
        if self.query.is_empty:
            return {}
        # By identifier: with a kind to look at, SQLite would walk all the entries of that kind,
        # and ask the words of each.
        matching = Entry.objects.filter(pk__in=self._entries.order_by().values("pk"))
        found = _public(matching).order_by().values("kind")
        totals = dict(found.annotate(total=Count("pk")).values_list("kind", "total"))
        return {
            model.api_name: totals[model.api_name]
            for model in published_models()
            if model.api_name in totals
        }

    def count(self) -> int:
        if self.kind:
            return self.counts.get(self.kind, 0)
        return sum(self.counts.values())

    def __getitem__(self, page: slice) -> list[Result]:
        if not self.count():
            return []
        shown = visible([self.kind] if self.kind else self.counts)
        entries = self._entries.of(self.kind).filter(shown).order_by("-score", "-pk")
        return self._results(list(entries[page]))

    @property
    def _entries(self) -> EntryQuerySet:
        return backend().search(self.query)

    def _results(self, entries: Sequence[Entry]) -> list[Result]:
        records = public_records(entries)
        terms_shown = self.query.highlighted
        return [
            Result(record, marked(record.label, terms_shown), extract(entry.text, terms_shown))
            for entry in entries
            if (record := records.get((entry.kind, entry.object_id)))
        ]


def find(text: str, kind: str = "") -> Results:
    """What answers the words typed, their synonyms included. Never raises, whatever they are."""
    synonyms = Synonym.objects.by_phrase()
    return Results(parse(text[:MAX_LENGTH], synonyms), kind)


def suggest(text: str, size: int = SUGGESTED) -> list[Publishable]:
    """The public records whose title, or other name, holds the words being typed."""
    begun = folded_words(parse(text[:MAX_LENGTH]).text)
    if not begun:
        return []
    entries = list(_public(backend().suggest(begun)).order_by("-score", "-pk")[:size])
    records = public_records(entries)
    keys = ((entry.kind, entry.object_id) for entry in entries)
    return [records[key] for key in keys if key in records]


def visible(kinds: Iterable[str] | None = None) -> Q:
    """The entries of records that are public now, of all kinds or of these."""
    shown = Q(pk__in=[])
    for model in published_models():
        if kinds is not None and model.api_name not in kinds:
            continue
        public = model._default_manager.published().filter(pk=OuterRef("object_id"))
        shown |= Q(kind=model.api_name) & Q(Exists(public))
    return shown


def public_records(entries: Iterable[Entry]) -> dict[tuple[str, int], Publishable]:
    """The public record of each entry, by kind and identifier: one query for each kind."""
    wanted = defaultdict(list)
    for entry in entries:
        wanted[entry.kind].append(entry.object_id)
    found = {}
    for model in published_models():
        if model.api_name not in wanted:
            continue
        public = model._default_manager.published().for_links()
        for record in public.filter(pk__in=wanted[model.api_name]):
            found[model.api_name, record.pk] = record
    return found


def index_records(records: Iterable[Publishable]) -> None:
    """Writes what each saved record gives to the index, in place of what it gave before."""
    documents = {(record.api_name, record.pk): record.search_document() for record in records}
    if not documents:
        return
    with transaction.atomic():
        Entry.objects.bulk_create(
            [_entry(*key, document) for key, document in documents.items()],
            update_conflicts=True,
            unique_fields=["kind", "object_id"],
            update_fields=["title", "keywords", "text", "ends_on"],
        )
        entries = _identifiers(documents)
        backend().index([_row(entries[key], document) for key, document in documents.items()])


def remove_entries(entries: QuerySet[Entry]) -> int:
    """Forgets these entries, and returns how many there were."""
    identifiers = list(entries.values_list("pk", flat=True))
    with transaction.atomic():
        backend().remove(identifiers)
        Entry.objects.filter(pk__in=identifiers).delete()
    return len(identifiers)


def remove_record(record: Publishable) -> None:
    remove_entries(Entry.objects.filter(kind=record.api_name, object_id=record.pk))


def differs(entry: Entry | None, document: SearchDocument) -> bool:
    """Whether the index does not hold this document as it is."""
    if entry is None:
        return True
    held = SearchDocument(entry.title, entry.keywords, entry.text, entry.ends_on)
    return held != document


def _public(entries: EntryQuerySet) -> EntryQuerySet:
    """Those of public records. Asks first which kinds there are: most words are in few of them."""
    kinds = entries.order_by().values_list("kind", flat=True).distinct()
    return entries.filter(visible(list(kinds)))


def _entry(kind: str, pk: int, document: SearchDocument) -> Entry:
    return Entry(
        kind=kind,
        object_id=pk,
        title=document.title,
        keywords=document.keywords,
        text=document.text,
        ends_on=document.ends_on,
    )


def _identifiers(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    wanted = defaultdict(list)
    for kind, pk in keys:
        wanted[kind].append(pk)
    return {
        (kind, object_id): entry
        for kind, pks in wanted.items()
        for object_id, entry in Entry.objects.filter(kind=kind, object_id__in=pks).values_list(
            "object_id", "pk"
        )
    }


def _row(entry: int, document: SearchDocument) -> Row:
    called = lines(document.title, document.keywords)
    return Row(
        entry=entry,
        title=terms(called),
        text=terms(document.text),
        heading=folded_words(called),
    )
