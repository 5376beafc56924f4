"""What contradicts what is asked of sources: each by itself, two for one page, those cited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from publishing.anomalies import Finding, Reference, Subject, register
from publishing.doubles import Doubles, Pair, judged, key_of
from publishing.models import Publishable, Severity, published_models
from publishing.typography import french_date
from sources.addresses import host_of, is_home_page, is_private_upload, same_page
from sources.models import CITATION_ORDER, Citation, Cited, SiteOwner, Source, site_owners
from sources.publishers import may_publish_at

# What rests on a source is shown beside what is wrong with it: so many records are enough.
RECORDS_SHOWN = 20

SOURCED_ROWS = tuple(
    relation.related_model
    for relation in Source._meta.related_objects
    if relation.related_model is not Citation
)


class Sources(Subject):
    """Each source, with whether something rests on it (`is_used`)."""

    name = "sources"
    label = "Sources"
    watched = (Source, Citation, *SOURCED_ROWS, *site_owners())

    def scopes_of(self, row: models.Model) -> set[str]:
        if isinstance(row, Source):
            return {_scope(row.pk)}
        if isinstance(row, SiteOwner):
            return {_scope(pk) for pk in _sources_on_the_site_of(row)}
        return {_scope(row.source_id)} if row.source_id else set()

    def bears_on(self, before: models.Model, after: models.Model) -> bool:
        return isinstance(after, Source) or _told_of_sources(before) != _told_of_sources(after)

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Source]]:
        sources = judged(Source.objects.all()).annotate(is_used=_is_used()).order_by("pk")
        if scopes is not None:
            sources = sources.filter(pk__in=[scope.partition(":")[2] for scope in scopes])
        return ((_scope(source.pk), source) for source in sources.iterator(chunk_size=2000))


def rests_on(source: Source) -> list[Publishable]:
    """The first records that rest on `source`: public ones if it is public, else all.

    Runs a query for the citations, one for each kind of record that they tie, and one for each
    model that has a source of its own.
    """
    found: dict[Reference, Publishable] = {}
    for record in _records_on(source):
        if record.is_public or not source.is_public:
            found.setdefault(Reference.of(record), record)
    return list(found.values())[:RECORDS_SHOWN]


def _records_on(source: Source) -> Iterator[Publishable]:
    # A text that calls the source by a number rests on it more than a list that names it.
    citations = source.citations.prefetch_related("record").order_by(*CITATION_ORDER)
    for citation in citations[:RECORDS_SHOWN]:
        if citation.record is not None:
            yield citation.record
    for rows in source.sourced_rows():
        seen = rows.published() if source.is_public else rows
        yield from (row.sourced_record for row in seen.for_cards().order_by("pk")[:RECORDS_SHOWN])


def _scope(pk: int) -> str:
    return f"source:{pk}"


def _told_of_sources(row: models.Model) -> list[Any]:
    """What a row says of its source, of its own site, and of who sees it."""
    cited = ("source_id", "content_type_id", "object_id", "number")
    names = (*cited, "names", "site", "status", "publish_at", "expire_at")
    return [getattr(row, name, None) for name in names]


def _is_used() -> Q:
    return Q(Exists(Citation.objects.filter(source=OuterRef("pk")))) | Q(
        *(Exists(model._default_manager.filter(source=OuterRef("pk"))) for model in SOURCED_ROWS),
        _connector=Q.OR,
    )


def _sources_on_the_site_of(owner: SiteOwner) -> set[int]:
    """The sources that may be right because `owner` has this site."""
    named = Q(*(("publisher__iexact", name) for name in owner.names), _connector=Q.OR)
    touched = set(Source.objects.filter(named).values_list("pk", flat=True))
    if isinstance(owner, Cited):
        cited = owner.citations.values_list("source", "source__url")
        touched |= {pk for pk, url in cited if is_home_page(url)}
    return touched


sources = register(Sources())


def _finding(source: Source, message: str, *values: str) -> Finding:
    """The source is accused, beside what rests on it; `values` are what was judged."""
    context = tuple(Reference.of(record) for record in rests_on(source))
    return Finding((Reference.of(source),), message, values, context)


@sources.rule(
    "home-page-as-source",
    title="Page d’accueil donnée pour source",
    explanation="L’adresse de la source est celle de la page d’accueil d’un site : un lecteur n’y "
    "retrouve pas ce qui est affirmé. Le site d’une entreprise ou d’un événement, cité par sa "
    "seule fiche, est sa propre preuve.",
)
def home_page(source: Source) -> Iterator[Finding]:
    if source.kind == Source.Kind.INTERNAL or not is_home_page(source.url):
        return
    if source.is_used and _is_cited_as_itself(source):
        return
    message = (
        f"{source.url} est une page d’accueil : on n’y retrouve pas ce que « {source.title} » "
        "est dite affirmer."
    )
    yield _finding(source, message, source.url)


def _is_cited_as_itself(source: Source) -> bool:
    host = host_of(source.url)
    return all(
        isinstance(record, SiteOwner) and host_of(record.site) == host
        for record in rests_on(source)
    )


@sources.rule(
    "publisher-not-host",
    title="Éditeur sans rapport avec l’adresse",
    explanation="Rien dans le nom du site ne rappelle l’éditeur indiqué : ni ses mots, ni ses "
    "initiales, ni une abréviation, ni le site d’une entreprise de ce nom. Les plateformes "
    "partagées ne sont pas jugées. La page reprend peut-être ce qu’un autre a publié.",
)
def publisher_not_host(source: Source) -> Iterator[Finding]:
    if may_publish_at(source.publisher, source.url) or source.is_on_known_site():
        return
    message = (
        f"« {source.title} » est attribuée à {source.publisher}, mais son adresse est celle d’une "
        f"page de {host_of(source.url)}."
    )
    yield _finding(source, message, source.publisher, source.url)


@sources.rule(
    "machine-written-evidence",
    title="Texte généré par IA donné pour preuve",
    explanation="Un texte qu’une machine a généré n’a rien constaté : il redit, bien ou mal, ce "
    "que d’autres ont écrit. Il faut remonter à eux.",
)
def machine_written(source: Source) -> Iterator[Finding]:
    if source.is_used and source.is_machine_written:
        message = f"« {source.title} » est un texte généré par IA, et des fiches s’appuient dessus."
        yield _finding(source, message, source.kind, source.url)


@sources.rule(
    "private-upload-evidence",
    title="Fichier privé ou temporaire donné pour preuve",
    explanation="L’adresse est celle d’un fichier confié à un service, d’un lien qui expire ou "
    "d’une machine privée : personne d’autre ne peut le lire, et il peut disparaître.",
)
def private_upload(source: Source) -> Iterator[Finding]:
    if source.is_used and is_private_upload(source.url):
        message = (
            f"« {source.title} » est un fichier privé ou temporaire ({host_of(source.url)}) : "
            "un lecteur ne peut pas le vérifier."
        )
        yield _finding(source, message, source.url)


@sources.rule(
    "unused-source",
    title="Source citée nulle part",
    explanation="La source est dans la liste, mais aucune fiche ne s’appuie dessus.",
    severity=Severity.NOTICE,
)
def unused(source: Source) -> Iterator[Finding]:
    if not source.is_used:
        message = f"Aucune fiche ne s’appuie sur « {source.title} »."
        yield Finding((Reference.of(source),), message, ("unused",))


@sources.rule(
    "broken-link",
    title="Lien rompu",
    explanation="L’adresse ne répond plus, et aucune copie archivée n’est indiquée.",
)
def broken_link(source: Source) -> Iterator[Finding]:
    if source.link_state == Source.LinkState.BROKEN and not source.archive_url:
        message = f"{source.url} ne répond plus, et « {source.title} » n’a pas de copie archivée."
        yield _finding(source, message, source.url)


@sources.rule(
    "read-before-publication",
    title="Consultée avant d’être publiée",
    explanation="La date de consultation précède celle de publication : l’une est fausse.",
    severity=Severity.ERROR,
)
def read_before_publication(source: Source) -> Iterator[Finding]:
    published, read = source.date.start, source.accessed_on
    if published and read and read < published:
        message = (
            f"« {source.title} » aurait été consultée le {french_date(read)}, avant sa "
            f"publication ({source.date.display})."
        )
        yield _finding(source, message, str(read), source.date.edtf)


class SourceDoubles(Doubles):
    """Sources of one page."""

    name = "source-doubles"
    label = "Sources en double"
    model = Source
    watched = (Source,)

    def keys(self, source: Source) -> set[str]:
        # Two articles given by the home page of one newspaper are two articles.
        page = "" if is_home_page(source.url) else same_page(source.url)
        return {key_of("page", host_of(source.url), page)} if page else set()

    def candidates(self, scopes: Collection[str]) -> QuerySet:
        hosts = {scope.split(":")[1] for scope in scopes}
        on_hosts = Q(*(("url__icontains", host) for host in hosts), _connector=Q.OR)
        return Source.objects.filter(on_hosts)


source_doubles = register(SourceDoubles())


@source_doubles.rule(
    "same-source-twice",
    title="Deux sources pour une page",
    explanation="Deux sources ont la même adresse, au protocole, à l’ancre et aux paramètres de "
    "suivi près : ce qui repose sur elles paraît mieux appuyé qu’il ne l’est.",
)
def same_source_twice(pair: Pair) -> Iterator[Finding]:
    message = f"« {pair.one.title} » et « {pair.other.title} » ont la même adresse, {pair.one.url}."
    yield pair.finding(message, pair.one.url, pair.other.url)


@dataclass(frozen=True, slots=True)
class HiddenSources:
    """A public record, and the sources that it cites and that the public does not see."""

    record: Publishable
    sources: tuple[Source, ...]


class Citations(Subject):
    """What public records cite."""

    name = "citations"
    label = "Citations"
    watched = (Source, Citation, *(one for one in published_models() if issubclass(one, Cited)))

    def scopes_of(self, row: models.Model) -> set[str]:
        if isinstance(row, Source):
            cited = row.citations.values_list("content_type", "object_id")
            return {_record_scope(kind, pk) for kind, pk in cited}
        if isinstance(row, Citation):
            return {_record_scope(row.content_type_id, row.object_id)}
        return {_record_scope(ContentType.objects.get_for_model(row).pk, row.pk)}

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, HiddenSources]]:
        citations = Citation.objects.exclude(source__in=Source.objects.published())
        if scopes is not None:
            wanted: dict[str, list[str]] = defaultdict(list)
            for scope in scopes:
                kind, _, pk = scope.partition(":")
                wanted[kind].append(pk)
            citations = citations.filter(
                Q(
                    *(Q(content_type=kind, object_id__in=keys) for kind, keys in wanted.items()),
                    _connector=Q.OR,
                )
            )
        found: dict[str, list[Citation]] = defaultdict(list)
        loaded = citations.select_related("source").prefetch_related("record").order_by("pk")
        for citation in loaded:
            if citation.record is not None and citation.record.is_public:
                found[_record_scope(citation.content_type_id, citation.object_id)].append(citation)
        for scope, rows in found.items():
            yield scope, HiddenSources(rows[0].record, tuple({row.source for row in rows}))


def _record_scope(kind: int, pk: int) -> str:
    return f"{kind}:{pk}"


citations = register(Citations())


@citations.rule(
    "cited-not-listed",
    title="Source citée, mais pas publiée",
    explanation="Une fiche publiée cite une source que les lecteurs ne voient pas : brouillon, "
    "planifiée, expirée ou retirée.",
)
def cited_not_listed(cited: HiddenSources) -> Iterator[Finding]:
    for source in sorted(cited.sources, key=lambda source: source.pk):
        message = f"« {cited.record.label} » cite « {source.title} », qui n’est pas publiée."
        yield Finding(
            accused=(Reference.of(source),),
            message=message,
            values=(source.status,),
            context=(Reference.of(cited.record),),
            anchor=(Reference.of(source), Reference.of(cited.record)),
        )
