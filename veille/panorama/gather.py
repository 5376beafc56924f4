"""Assembles the panorama of a year, in the order of the editors' own document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from analyses.models import Analysis
from companies.models import Company, CompanyRole
from events.models import Event
from market.charts import bar_chart
from market.models import Figure, Indicator
from publishing import typography
from publishing.models import Publishable
from topics.models import Topic, Trend
from veille.panorama import years
from veille.panorama.blocks import (
    Agenda,
    Block,
    Breakdown,
    Entries,
    KeyFigures,
    LeftOut,
    Notes,
    Panorama,
    Passage,
    Prose,
    References,
    Replaced,
    Section,
)
from veille.panorama.lines import (
    appointment_of,
    company_entry,
    entry_of,
    key_of,
    note_line,
    reading_line,
    source_line,
    sources_of,
    statement_of,
)
from veille.panorama.rich_text import placed, read

# A document is read from one end to the other. Past this many records of a kind, the lists of the
# site serve better: it says how many it leaves to them. It bounds the cost of typesetting too.
MAX_RECORDS = 100
MAX_ANALYSES = 15
MAX_SOURCES = 600

# The ranks of headings; the first is the title of the document.
SECTION, PART, CHAPTER, SUBSECTION = 2, 3, 4, 5

SIGNIFICANCES = (
    (Event.Significance.MAJOR, "Événements majeurs"),
    (Event.Significance.NOTABLE, "Autres événements notables"),
    ("", "Autres événements"),
)
LEVELS = (
    (Trend.Level.MAJOR, "Tendances majeures"),
    (Trend.Level.EMERGING, "Tendances émergentes"),
)
ROLES = (
    (CompanyRole.Role.PROVIDER, "Fournisseurs de cloud"),
    (CompanyRole.Role.USER, "Entreprises utilisatrices du cloud"),
    (CompanyRole.Role.AI_ACTOR, "Acteurs de l’intelligence artificielle"),
    (CompanyRole.Role.INVESTOR, "Investisseurs"),
    (CompanyRole.Role.ANALYST, "Cabinets d’analyse"),
    ("", "Autres entreprises"),
)

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Shelf:
    """The first records of a kind, and how many of them the year has in all."""

    model: type[Publishable]
    records: list
    total: int

    @classmethod
    def of(cls, rows: QuerySet, limit: int | None = None) -> Shelf:
        """Runs `rows` with its prefetches, and a query more to count them past `limit`.

        Without `limit`, it is `MAX_RECORDS`.
        """
        limit = limit or MAX_RECORDS
        records = list(rows[: limit + 1])
        total = len(records) if len(records) <= limit else rows.count()
        return cls(rows.model, records[:limit], total)

    @property
    def count(self) -> str:
        """« 11 événements »."""
        meta = self.model._meta
        return typography.count(self.total, meta.verbose_name, meta.verbose_name_plural)

    @property
    def left_out(self) -> Blocks:
        if self.total == len(self.records):
            return ()
        shown = typography.number(len(self.records))
        text = (
            f"Ce document s’arrête à {shown} fiches ; l’année en compte davantage : {self.count}."
        )
        return (LeftOut(text, self.model.list_url()),)


@dataclass
class Threads:
    """What the records of the year lead to: topics, companies, sources."""

    topics: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    def follow(self, shelf: Shelf) -> None:
        """Runs no query: the records are loaded for their page."""
        for record in shelf.records:
            self.topics.update(topic.pk for topic in _topics_of(record))
            self.companies.update(company.pk for company in _companies_of(record))
            self.sources.update(source.pk for source in sources_of(record))


def panorama_of(year: int) -> Panorama:
    """The whole watch of `year`. The number of queries does not grow with that of the records."""
    events = Shelf.of(years.events_of(year).for_detail())
    trends = Shelf.of(years.trends_of(year).for_detail())
    figures = Shelf.of(years.figures_of(year).for_cards().prefetch_related(_topics_of_indicators()))
    drivers = Shelf.of(years.drivers_of(year).for_detail())
    news = Shelf.of(years.news_of(year).for_detail())
    analyses = Shelf.of(years.analyses_of(year).for_detail(), MAX_ANALYSES)
    recommendations = Shelf.of(years.recommendations_of(year).for_detail())

    threads = Threads()
    for shelf in (events, trends, figures, drivers, news, analyses, recommendations):
        threads.follow(shelf)
    companies = Shelf.of(years.companies_of(year, threads.companies).for_detail())
    threads.follow(companies)
    topics = Shelf.of(years.topics_of(year, threads.topics).for_detail())
    threads.follow(topics)
    sources = Shelf.of(years.sources_of(year, threads.sources), MAX_SOURCES)

    in_order = (
        _events(events),
        _trends(trends),
        _market(figures, drivers),
        _topics(topics),
        _news(news),
        _companies(companies),
        _analyses(analyses),
        _recommendations(recommendations),
        _sources(sources),
    )
    shelves = (
        *(events, trends, figures, drivers, topics, news),
        *(companies, analyses, recommendations, sources),
    )
    changes = [_last_change(record) for shelf in shelves for record in shelf.records]
    return Panorama(
        year=year,
        sections=tuple(section for section in in_order if not section.is_empty),
        counts=tuple(shelf.count for shelf in shelves if shelf.total),
        updated_on=max(changes, default=None),
    )


# --- What records lead to ---


def _topics_of_indicators() -> Prefetch:
    return Prefetch("indicator__topics", Topic.objects.published().in_order())


def _topics_of(record: Publishable) -> Iterable[Topic]:
    topical = record.indicator if isinstance(record, Figure) else record
    return topical.topics.all() if hasattr(topical, "topics") else ()


def _companies_of(record: Publishable) -> list[Company]:
    linked = list(record.companies.all()) if hasattr(record, "companies") else []
    named = (getattr(record, name, None) for name in ("organiser", "company", "attributed_to"))
    return linked + [company for company in named if company is not None]


def _last_change(record: Publishable) -> date:
    return record.modified_on or timezone.localdate(record.publish_at)


# --- The sections ---


def _events(shelf: Shelf) -> Section:
    def told(significance: str) -> Blocks:
        events = [event for event in shelf.records if event.significance == significance]
        return _block(Agenda, [appointment_of(event, CHAPTER) for event in events])

    parts = _parts(
        *(
            (title, f"evenements-{significance or 'autres'}", told(significance))
            for significance, title in SIGNIFICANCES
        )
    )
    return _section("Salons et conférences", "evenements", shelf, parts=parts)


def _trends(shelf: Shelf) -> Section:
    def told(level: str) -> Blocks:
        trends = [trend for trend in shelf.records if trend.level == level]
        return _block(Entries, [entry_of(trend, CHAPTER) for trend in trends], ranked=True)

    parts = _parts(*((title, f"tendances-{level}", told(level)) for level, title in LEVELS))
    return _section("Tendances", "tendances", shelf, parts=parts)


def _market(figures: Shelf, drivers: Shelf) -> Section:
    """Key figures, then the parts of each indicator, then what drives the market."""
    keys = [figure.pk for figure in figures.records]
    live = set(Figure.objects.live().filter(pk__in=keys).values_list("pk", flat=True))
    standing = [figure for figure in figures.records if figure.pk in live]
    replaced = [figure for figure in figures.records if figure.pk not in live]
    divided = [figure for figure in standing if figure.segment or figure.company]
    wholes = [figure for figure in standing if figure not in divided]
    causes = _block(Entries, [entry_of(d, CHAPTER) for d in drivers.records], ranked=True)
    key_figures = [figure for _, rows in _by_indicator(wholes) for figure in rows]
    parts = (
        *_parts(("Chiffres clés", "marche-chiffres-cles", _statements(KeyFigures, key_figures))),
        *(_breakdown(indicator, rows) for indicator, rows in _by_indicator(divided)),
        *_parts(
            ("Chiffres remplacés", "marche-remplaces", _statements(Replaced, replaced)),
            ("Facteurs de croissance", "marche-facteurs", (*drivers.left_out, *causes)),
        ),
    )
    return _section("Croissance et prévisions du marché", "marche", figures, parts=parts)


def _topics(shelf: Shelf) -> Section:
    parts = [_topic(topic) for topic in shelf.records]
    return _section("Focus technologiques", "thematiques", shelf, parts=parts)


def _news(shelf: Shelf) -> Section:
    entries = [entry_of(item, PART, item.date.display) for item in shelf.records]
    return _section("Actualités", "actualites", shelf, _block(Entries, entries))


def _companies(shelf: Shelf) -> Section:
    """By role: a company that has several is told once, under the first of them."""
    ranks = [role for role, _ in ROLES]
    first_role = {
        company.pk: min((one.role for one in company.roles.all()), key=ranks.index, default="")
        for company in shelf.records
    }

    def told(role: str) -> Blocks:
        companies = [company for company in shelf.records if first_role[company.pk] == role]
        return _block(Entries, [company_entry(company, CHAPTER) for company in companies])

    parts = _parts(
        *((title, f"entreprises-{role or 'autres'}", told(role)) for role, title in ROLES)
    )
    return _section("Entreprises", "entreprises", shelf, parts=parts)


def _analyses(shelf: Shelf) -> Section:
    parts = [
        _analysis(analysis, notes=f"analyse-{rank}")
        for rank, analysis in enumerate(shelf.records, start=1)
    ]
    return _section("Analyses", "analyses", shelf, parts=parts)


def _recommendations(shelf: Shelf) -> Section:
    entries = [entry_of(record, PART) for record in shelf.records]
    blocks = _block(Entries, entries, ranked=True)
    return _section("Recommandations stratégiques", "recommandations", shelf, blocks)


def _sources(shelf: Shelf) -> Section:
    blocks = _block(References, [source_line(source) for source in shelf.records])
    return _section("Sources et références", "sources", shelf, blocks)


# --- The parts ---


def _breakdown(indicator: Indicator, figures: list[Figure]) -> Section:
    anchor = key_of(indicator)
    title = f"{indicator.name} : détail"
    chart = bar_chart(figures, identifier=f"{anchor}--graphique", title=title)
    statements = tuple(statement_of(figure) for figure in figures)
    path = indicator.get_absolute_url()
    return Section(indicator.name, anchor, PART, (Breakdown(statements, chart),), path=path)


def _topic(topic: Topic) -> Section:
    anchor = key_of(topic)
    parts = [
        Section(
            part.title,
            f"{anchor}--{part.anchor}",
            CHAPTER,
            _prose(part.body_html, SUBSECTION, f"{anchor}--{part.anchor}--"),
        )
        for part in topic.sections.all()
    ]
    readings = _block(References, [reading_line(reading) for reading in topic.readings.all()])
    parts.append(Section("Lectures recommandées", f"{anchor}--page-lectures", CHAPTER, readings))
    return Section(
        topic.title,
        anchor,
        PART,
        (*_passage(topic.summary), *_prose(topic.body_html, CHAPTER, f"{anchor}--page--")),
        tuple(part for part in parts if not part.is_empty),
        topic.get_absolute_url(),
    )


def _analysis(analysis: Analysis, notes: str) -> Section:
    """Chapters and sub-sections follow one another as they were written, each at its rank.

    `notes` is the key of its notes, for forms where those of all the analyses stand together.
    """
    anchor = key_of(analysis)
    chapters = [
        Section(
            part.title,
            f"{anchor}--{part.anchor}",
            CHAPTER + part.level - 1,
            _prose(part.body_html, CHAPTER + part.level, f"{anchor}--", notes=notes),
        )
        for part in analysis.sections.all()
    ]
    lines = [note_line(analysis, note) for note in analysis.notes()]
    others = [source_line(citation.source) for citation in analysis.unnumbered_citations]
    after = [
        Section("Notes", f"{anchor}--page-notes", CHAPTER, _block(Notes, lines, key=notes)),
        Section(
            "Autres sources", f"{anchor}--page-autres-sources", CHAPTER, _block(References, others)
        ),
    ]
    return Section(
        analysis.title,
        anchor,
        PART,
        (
            *_passage(analysis.date.display, small=True),
            *_passage(analysis.summary),
            *_prose(analysis.body_html, CHAPTER, f"{anchor}--", notes=notes),
        ),
        (*chapters, *(part for part in after if not part.is_empty)),
        analysis.get_absolute_url(),
    )


def _by_indicator(figures: list[Figure]) -> list[tuple[Indicator, list[Figure]]]:
    """The figures of each indicator, in the order of the indicators."""

    def rank(figure: Figure) -> tuple[int, str, int]:
        return figure.indicator.position, figure.indicator.name, figure.indicator_id

    groups = groupby(sorted(figures, key=rank), key=rank)
    return [(rows[0].indicator, rows) for rows in (list(group) for _, group in groups)]


def _section(
    title: str, anchor: str, shelf: Shelf, blocks: Blocks = (), parts: Iterable[Section] = ()
) -> Section:
    """A section of the first rank; it opens on what it leaves out."""
    return Section(
        title,
        anchor,
        SECTION,
        (*shelf.left_out, *blocks),
        tuple(parts),
        shelf.model.list_url(),
    )


def _parts(*parts: tuple[str, str, Blocks]) -> tuple[Section, ...]:
    """The parts that hold something, from their titles, anchors and blocks."""
    return tuple(Section(*given[:2], PART, given[2]) for given in parts if given[2])


def _block(kind: Callable[..., Block], lines: list, **options: object) -> Blocks:
    """The block of these lines, or none without lines."""
    return (kind(tuple(lines), **options),) if lines else ()


def _statements(kind: Callable[..., Block], figures: list[Figure]) -> Blocks:
    return _block(kind, [statement_of(figure) for figure in figures])


def _passage(text: str, *, small: bool = False) -> Blocks:
    return (Passage(text, small),) if text else ()


def _prose(html: str, level: int, prefix: str, notes: str = "") -> Blocks:
    """The text, its first headings at `level`; `notes` is the key of the notes that it calls."""
    nodes = placed(read(html), level=level, prefix=prefix)
    return (Prose(nodes, notes),) if nodes else ()
