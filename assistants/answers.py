"""What the tools answer: the words of the API, and of them what an assistant needs.

Each model reads the object that the API gives, and is the JSON Schema of the answer. Each fact has
the address of its page, its date as stated and its sources.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from assistants.records import Page, Told
from publishing.addresses import absolute_url
from publishing.models import Publishable
from search.api import HAS_MORE
from sources.models import Source


class Date(BaseModel):
    """Une date connue aussi bien que l’a dit sa source, et pas mieux."""

    label: str = Field(description="La date telle qu’annoncée : c’est elle qu’il faut citer.")
    start: str | None = Field(description="Premier jour possible, inclus ; null : inconnu.")
    end: str | None = Field(description="Dernier jour possible, inclus ; null : inconnu.")
    precision: str = Field(description="« day », « range », « month », « season », « unknown »…")
    edtf: str = Field(description="EDTF (ISO 8601-2) ; « XXXX » : inconnue.")


class Link(BaseModel):
    """Une autre fiche."""

    slug: str = Field(description="Son identifiant.")
    name: str = Field(description="Son nom.")
    html_url: str = Field(description="L’adresse de sa page.")


class FigureLink(BaseModel):
    """Un autre chiffre."""

    slug: str = Field(description="Son identifiant.")
    label: str = Field(description="Ce qu’il mesure, où et quand.")
    display: str = Field(description="Sa valeur, en français.")
    html_url: str = Field(description="L’adresse de sa page.")


class SourceTold(BaseModel):
    """Une source, et ce qu’elle vaut ; « get » en donne les huit critères."""

    slug: str = Field(description="Son identifiant, de type « sources ».")
    title: str = Field(description="Son titre.")
    publisher: str = Field(description="Qui la publie.")
    original_url: str = Field(description="Où la lire ; vide : nulle part.")
    html_url: str = Field(description="L’adresse de sa fiche.")
    date: str = Field(description="Quand elle a été publiée, telle qu’annoncée.")
    kind: str = Field(description="Sa nature : « source primaire », « presse »…")
    reliability: str = Field(description="Sa fiabilité selon la rédaction, de A à F.")
    is_verifiable: bool = Field(description="Ni texte généré par IA, ni fichier privé.")
    link_state: str = Field(description="L’état du lien, quand il a été vérifié.")


class AnomalyTold(BaseModel):
    """Une contradiction trouvée par une règle générale."""

    title: str = Field(description="La règle.")
    severity: str = Field(description="Sa gravité.")
    status: str = Field(description="« open », « explained », « corrected »…")
    contests: bool = Field(description="Elle rend le chiffre contesté.")
    message: str = Field(description="Pourquoi : le calcul.")
    note: str = Field(description="Ce qu’en dit la rédaction ; vide : rien encore.")
    html_url: str = Field(description="L’adresse de sa page.")


class Fact(BaseModel):
    """Ce que toute fiche dit d’elle-même."""

    type: str = Field(description="Le type de la fiche.")
    slug: str = Field(description="Son identifiant : avec « type », ce que demande « get ».")
    title: str = Field(description="Son intitulé.")
    html_url: str = Field(description="L’adresse de sa page, à donner à qui lit.")
    date: Date | None = Field(description="Quand, ou pour quelle période ; null : sans date.")
    contested: bool = Field(description="Contestée par une anomalie : à dire avec elle.")
    cautions: list[str] = Field(description="Ce qu’il faut savoir avant de s’y fier.")
    anomalies: list[AnomalyTold] = Field(description="Les anomalies qui la mettent en cause.")
    sources: list[SourceTold] = Field(description="Les sources sur lesquelles elle repose.")


class Brief(Fact):
    """Une fiche, en bref."""

    summary: str = Field(description="Son chapô ; vide : aucun.")


class Found(Fact):
    """Une fiche trouvée."""

    extract: str = Field(description="Un passage où sont les mots cherchés.")


class KindCount(BaseModel):
    """Combien de fiches d’un type."""

    type: str = Field(description="Le type, tel que le prennent les outils.")
    count: int = Field(description="Le nombre de fiches.")


class FoundCount(KindCount):
    """Combien de fiches trouvées d’un type."""

    has_more: bool = Field(description=HAS_MORE)


class SearchAnswer(BaseModel):
    """Ce que trouve une recherche."""

    count: int = Field(description="Le nombre de fiches trouvées, du type demandé.")
    has_more: bool = Field(description=HAS_MORE)
    counts: list[FoundCount] = Field(description="Le nombre de fiches trouvées, par type.")
    other_spelling: str = Field(description="Si rien n’est trouvé, ce qui trouve ; vide sinon.")
    results: list[Found] = Field(description="Les plus pertinentes d’abord.")


class EventTold(Brief):
    """Un événement."""

    timing: str = Field(description="« à venir », « en cours », « passé » ; vide : sans date.")
    place: str = Field(description="Le lieu en une ligne, jamais vide.")
    country: str = Field(description="Code ISO 3166-1 ; vide : inconnu.")
    kind: str = Field(description="Sa nature.")
    event_status: str = Field(description="« announced », « confirmed », « cancelled »…")
    organiser: Link | None = Field(description="Qui l’organise ; null : inconnu.")
    website: str = Field(description="Son site ; vide : inconnu.")


class EventsAnswer(BaseModel):
    """Des événements, du plus ancien au plus récent."""

    count: int = Field(description="Le nombre d’événements en tout.")
    next_cursor: str | None = Field(description="À donner pour la suite ; null : c’est tout.")
    events: list[EventTold]


class FigureTold(Fact):
    """Un chiffre, tel que publié ; sa date est la période qu’il mesure."""

    indicator: Link | None = Field(description="Ce qu’il mesure.")
    company: Link | None = Field(description="L’entreprise mesurée ; null : aucune en particulier.")
    display: str = Field(description="La valeur telle qu’annoncée : c’est elle qu’il faut citer.")
    value: str = Field(description="La valeur, avec les décimales que lui a données sa source.")
    qualifier: str = Field(description="« eq » : cette valeur ; « gt » : plus de…")
    unit: str = Field(description="L’unité.")
    scale: int = Field(description="Puissance de dix par laquelle multiplier la valeur.")
    nature: str = Field(description="« actual », « estimate » ou « forecast ».")
    vintage: Date = Field(description="Quand il a été publié.")
    attributed_to: Link | None = Field(description="Qui l’a dit, si ce n’est la source.")
    quote: str = Field(description="Le passage cité de la source ; vide : aucun.")
    locator: str = Field(description="Où dans la source ; vide : non précisé.")
    is_live: bool = Field(description="Aucun chiffre publié ne le remplace.")
    is_unsupported: bool = Field(description="Aucune source vérifiable ne le dit : « non sourcé ».")
    superseded_by: list[FigureLink] = Field(description="Les chiffres qui le remplacent.")
    corrected_by: list[FigureLink] = Field(description="Ceux qui le corrigent par un erratum.")


class FiguresAnswer(BaseModel):
    """Des chiffres, par indicateur, la période la plus récente d’abord."""

    count: int = Field(description="Le nombre de chiffres en tout.")
    next_cursor: str | None = Field(description="À donner pour la suite ; null : c’est tout.")
    figures: list[FigureTold]


class LatestAnswer(BaseModel):
    """Ce qui vient de paraître."""

    records: list[Brief] = Field(description="Les dernières parues d’abord.")


class Kind(KindCount):
    """Un type de fiche."""

    name: str = Field(description="Son nom en français, au pluriel.")
    html_url: str = Field(description="L’adresse de la liste.")


class KindsAnswer(BaseModel):
    """Les types de fiches."""

    kinds: list[Kind]


class RecordAnswer(Fact):
    """Une fiche entière."""

    record: dict[str, Any] = Field(
        description="La fiche telle que la donne l’API, textes en Markdown."
    )


def fact(told: Told, shape: type[Fact] = Brief, **more: Any) -> Fact:
    """`told` as `shape`, which is given what only the caller knows as `more`."""
    answer, record = told.answer, told.record
    anomalies = answer.get("anomalies", [])
    common = {
        "type": told.kind,
        "title": record.label,
        "summary": answer.get("summary", ""),
        "date": answer.get("date") or answer.get("period"),
        "contested": any(one["contests"] for one in anomalies),
        "cautions": record.cautions,
        "anomalies": anomalies,
        "sources": [source_told(source) for source in told.sources],
    }
    return shape.model_validate(answer | common | more)


def source_told(source: Source) -> SourceTold:
    return SourceTold(
        slug=source.slug,
        title=source.title,
        publisher=source.publisher,
        original_url=source.link,
        html_url=page_address(source),
        date=source.date.display,
        kind=source.get_kind_display(),
        reliability=source.get_reliability_display(),
        is_verifiable=source.is_verifiable,
        link_state=source.get_link_state_display(),
    )


def page_address(record: Publishable) -> str:
    return absolute_url(record.get_absolute_url())


def events_answer(page: Page) -> EventsAnswer:
    events = [fact(told, EventTold) for told in page.told]
    return EventsAnswer(count=page.count, next_cursor=page.next_cursor, events=events)


def figures_answer(page: Page) -> FiguresAnswer:
    figures = [fact(told, FigureTold) for told in page.told]
    return FiguresAnswer(count=page.count, next_cursor=page.next_cursor, figures=figures)
