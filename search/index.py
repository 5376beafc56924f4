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
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from publishing import clock
from publishing.documents import SearchDocument, lines
from publishing.models import Publishable, published_models
from search.backends import Row, backend
from search.candidates import Found, newest
from search.extracts import Segment, extract, marked
from search.models import Entry, Synonym, identifier, object_of
from search.queries import MAX_LENGTH, Query, parse
from search.words import folded_words, terms

# Of each kind, how many answers are counted: beyond, there are « plus de » so many.
COUNTED = 250
# How many answers are weighed against one another.
RANKED = 250
SUGGESTED = 8
# Of each kind, the records begun by the same letters that are compared.
LOOKED_AT = 50


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

    Up to `COUNTED` records of each kind are counted; `more` names the kinds that have others.
    `len()` says how many of those asked for are put in order, and may be shown: all of them, or
    about `RANKED` when there are more.

    Runs a query to count, two more at most to rank, and for each slice one, and one for each kind
    in it.
    """

    def __init__(self, query: Query, kind: str = "") -> None:
        self.query = query
        self.kind = kind

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many answer, `COUNTED` at most, by kind in the API, whatever kind was asked for."""
        return {kind: min(len(found), COUNTED) for kind, found in self._newest.items()}

    @cached_property
    def more(self) -> frozenset[str]:
        """The kinds of which there are more than are counted."""
        return frozenset(kind for kind, found in self._newest.items() if len(found) > COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether more answer than `total` says."""
        return self.kind in self.more if self.kind else bool(self.more)

    @property
    def total(self) -> int:
        """How many answer, of the kind asked for; at least so many when it `has_more`."""
        if self.kind:
            return self.counts.get(self.kind, 0)
        return sum(self.counts.values())

    def __len__(self) -> int:
        return len(self._ranked)

    def __getitem__(self, page: slice) -> list[Result]:
        shown = self._ranked[page]
        entries = Entry.objects.in_bulk(shown)
        return self._results([entries[one] for one in shown if one in entries])

    @cached_property
    def _newest(self) -> Found:
        if self.query.is_empty:
            return {}
        found = newest(backend().answers(self.query), published_models(), COUNTED + 1)
        return {
            model.api_name: found[model.api_name]
            for model in published_models()
            if model.api_name in found
        }

    @cached_property
    def _ranked(self) -> list[int]:
        asked = {kind: entries for kind, entries in self._newest.items() if self.kind in ("", kind)}
        if not asked:
            return []
        if sum(map(len, asked.values())) <= RANKED:
            every = [entry for entries in asked.values() for entry in entries]
            return backend().ranked(self.query, every, clock.today())
        return self._first_of(asked)

    def _first_of(self, asked: Found) -> list[int]:
        """A word that so many hold tells little: those whose title it is in, then the latest."""
        share = RANKED // len(asked)
        models = [model for model in published_models() if model.api_name in asked]
        named = newest(backend().named(self.query), models, share)
        places = _places(asked, share) | _places(named, share)
        in_title = {entry for entries in named.values() for entry in entries}
        lengths, past = _facts(places)
        return sorted(
            lengths,
            key=lambda entry: (
                entry not in in_title,
                entry in past,
                lengths[entry] if entry in in_title else 0,
                places[entry],
                entry,
            ),
        )

    def _results(self, entries: Sequence[Entry]) -> list[Result]:
        records = public_records((entry.kind, entry.object_id) for entry in entries)
        terms_shown = self.query.highlighted
        return [
            Result(record, marked(record.label, terms_shown), extract(entry.text, terms_shown))
            for entry in entries
            if (record := records.get((entry.kind, entry.object_id)))
        ]


def _places(found: Found, share: int) -> dict[int, int]:
    """The first `share` of each kind, each with its place among them: they take turns."""
    return {
        entry: place for entries in found.values() for place, entry in enumerate(entries[:share])
    }


def _facts(entries: Iterable[int]) -> tuple[dict[int, int], set[int]]:
    """The length of the title of each entry, and those that are past. One query."""
    rows = Entry.objects.filter(pk__in=list(entries)).order_by()
    found = list(rows.values_list("pk", Length("title"), "ends_on"))
    today = clock.today()
    past = {entry for entry, _, ends_on in found if ends_on is not None and ends_on < today}
    return {entry: length for entry, length, _ in found}, past


def find(text: str, kind: str = "") -> Results:
    """What answers the words typed, their synonyms included. Never raises, whatever they are."""
    synonyms = Synonym.objects.by_phrase()
    return Results(parse(text[:MAX_LENGTH], synonyms), kind)


def suggest(text: str, size: int = SUGGESTED) -> list[Publishable]:
    """The public records whose title, or other name, holds the words being typed.

    What is to come before what is past; then the more of a title they are, the better.
    """
    begun = folded_words(parse(text[:MAX_LENGTH]).text)
    if not begun:
        return []
    found = newest(backend().begun(begun), published_models(), LOOKED_AT)
    keys = {entry: (kind, object_of(entry)) for kind, some in found.items() for entry in some}
    lengths, past = _facts(keys)
    best = sorted(lengths, key=lambda entry: (entry in past, lengths[entry], -entry))[:size]
    records = public_records(keys[entry] for entry in best)
    return [records[keys[entry]] for entry in best if keys[entry] in records]


def visible(kinds: Iterable[str] | None = None) -> Q:
    """The entries of records that are public now, of all kinds or of these."""
    shown = Q(pk__in=[])
    for model in published_models():
        if kinds is not None and model.api_name not in kinds:
            continue
        public = model._default_manager.published().filter(pk=OuterRef("object_id"))
        shown |= Q(kind=model.api_name) & Q(Exists(public))
    return shown


def public_records(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Publishable]:
    """The public records of these, by kind and identifier: one query for each kind."""
    wanted = defaultdict(list)
    for kind, pk in keys:
        wanted[kind].append(pk)
    found = {}
    for model in published_models():
        if model.api_name not in wanted:
            continue
        # Without their order, which SQLite would take for a reason to read them all.
        public = model._default_manager.published().for_links().order_by()
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
            unique_fields=["id"],
            update_fields=["title", "keywords", "text", "ends_on"],
        )
        backend().index([_row(identifier(*key), document) for key, document in documents.items()])


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


def _entry(kind: str, pk: int, document: SearchDocument) -> Entry:
    return Entry(
        pk=identifier(kind, pk),
        kind=kind,
        object_id=pk,
        title=document.title,
        keywords=document.keywords,
        text=document.text,
        ends_on=document.ends_on,
    )


def _row(entry: int, document: SearchDocument) -> Row:
    called = lines(document.title, document.keywords)
    return Row(
        entry=entry,
        title=terms(called),
        text=terms(document.text),
        heading=folded_words(called),
    )
