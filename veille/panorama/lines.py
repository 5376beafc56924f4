"""One record as the panorama tells it: an entry, an appointment, a statement, a note, a source.

Everything is read from records loaded for their page (`for_detail`): nothing here runs a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.text import capfirst

from analyses.models import Analysis, Note
from companies.models import Company
from events.models import Event
from market.charts import part_name
from market.models import Figure
from publishing.models import Publishable
from sources.models import Source
from topics.models import Topic, TopicReading
from veille.panorama.blocks import (
    Appointment,
    Entry,
    Mark,
    NoteLine,
    Reference,
    SourceLine,
    Statement,
    Text,
)
from veille.panorama.rich_text import LAST_HEADING, placed, read


def key_of(record: Publishable) -> str:
    """What the anchors of a record begin with: no other record, of any kind, has the same."""
    return f"{record.api_name}-{record.slug}"


def entry_of(record: Publishable, level: int, *facts: str, texts: Iterable[Text] = ()) -> Entry:
    """The record under a heading of rank `level`; facts that are empty are left out."""
    body = Text(placed(read(record.body_html), level=level + 1, prefix=f"{key_of(record)}--"))
    return Entry(
        title=record.label,
        path=record.get_absolute_url(),
        level=level,
        facts=tuple(fact for fact in facts if fact),
        summary=record.summary,
        texts=tuple(text for text in (body, *texts) if text.nodes),
        sources=tuple(reference_to(source) for source in sources_of(record)),
    )


def appointment_of(event: Event, level: int) -> Appointment:
    state = capfirst(event.get_event_status_display()) if event.is_unsettled else ""
    return Appointment(
        entry=entry_of(event, level, capfirst(event.get_kind_display()), state),
        when=event.date.display,
        is_exact=event.date.is_exact,
        where=event.place,
    )


def company_entry(company: Company, level: int) -> Entry:
    roles = [capfirst(role.get_role_display()) for role in company.roles.all()]
    country = company.country.name if company.country else ""
    usage = read(company.cloud_usage_html)
    usage = placed(usage, level=level + 2, prefix=f"{key_of(company)}--usage--")
    return entry_of(company, level, *roles, country, texts=[Text(usage, "Usage du cloud")])


def statement_of(figure: Figure) -> Statement:
    origin = [capfirst(figure.get_nature_display())]
    if figure.period.label:
        origin.append(figure.period.label)
    if figure.attributed_to and figure.attributed_to.is_public:
        origin.append(f"selon {figure.attributed_to.name}")
    return Statement(
        figure=figure,
        part=part_name(figure),
        origin=" · ".join(origin),
        marks=tuple(_marks(figure)),
        source=next((reference_to(source) for source in sources_of(figure)), None),
        note=placed(read(figure.note_html), level=LAST_HEADING, prefix=f"{key_of(figure)}--"),
    )


def _marks(figure: Figure) -> Iterator[Mark]:
    if figure.is_unsupported:
        yield Mark("non sourcé")
    for caution in figure.cautions:
        yield Mark(caution, contests=caution == figure.contested_words)


def note_line(analysis: Analysis, note: Note) -> NoteLine:
    """The note as the public sees it: nothing is told of a source that is not public."""
    prefix, citation = f"{key_of(analysis)}--", note.citation
    public = citation.source.is_public
    return NoteLine(
        number=note.number,
        anchor=f"{prefix}note-{note.number}",
        reference=reference_to(citation.source) if public else None,
        locator=citation.locator if public else "",
        quote=citation.quote if public else "",
        calls=tuple(prefix + call for call in note.calls),
    )


def reading_line(reading: TopicReading) -> SourceLine:
    facts = (reading.note,) if reading.note else ()
    return SourceLine(reference_to(reading.source), facts, reading.source.link)


def source_line(source: Source) -> SourceLine:
    facts = [capfirst(source.get_kind_display())]
    if source.author:
        facts.append(source.author)
    if source.date.is_known:
        facts.append(source.date.display)
    facts.append(f"fiabilité {source.reliability}")
    if not source.is_verifiable:
        facts.append("invérifiable")
    return SourceLine(reference_to(source), tuple(facts), source.link)


def reference_to(source: Source) -> Reference:
    """The source by its title, and by its publisher unless the title names it already."""
    names_its_publisher = source.publisher and source.publisher in source.title
    publisher = "" if names_its_publisher else source.publisher
    label = ", ".join(part for part in (source.title, publisher) if part)
    return Reference(label, source.get_absolute_url())


def sources_of(record: Publishable) -> list[Source]:
    """The public sources that a record rests on or sends to, each once."""
    found = [citation.source for citation in getattr(record, "public_citations", ())]
    stated_by = getattr(record, "source", None)
    if stated_by is not None and stated_by.is_public:
        found.insert(0, stated_by)
    if isinstance(record, Topic):
        found.extend(reading.source for reading in record.readings.all())
    return list({source.pk: source for source in found}.values())
