"""The tools: what an assistant may ask. All of them read, none writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from pydantic import BaseModel
from rest_framework.renderers import JSONRenderer

from assistants import records
from assistants.answers import (
    EventsAnswer,
    FiguresAnswer,
    Found,
    FoundCount,
    Kind,
    KindsAnswer,
    LatestAnswer,
    RecordAnswer,
    SearchAnswer,
    events_answer,
    fact,
    figures_answer,
)
from assistants.arguments import Argument, choice, filters, read, text, whole_number, yes_no
from events.filters import PERIODS
from events.models import Event
from market.models import Figure
from publishing.addresses import absolute_url
from publishing.api.filters import refusals
from publishing.api.problems import InvalidParameters
from search.extracts import as_text
from search.filters import SearchForm, kinds
from search.index import find
from search.spelling import other_spelling

MOST = 50
USUAL = 10
SLUG = re.compile(r"[-a-zA-Z0-9_]+")

LIMIT = whole_number("limit", "Combien en donner.", most=MOST, default=USUAL)
CURSOR = text("cursor", "« next_cursor » de la réponse précédente, pour avoir la suite.")
KIND_FILTER = choice("type", "Un seul type de fiche.", kinds())


@dataclass(frozen=True)
class Tool:
    """A question that may be asked: its arguments, and the answer that `run` makes of them."""

    name: str
    title: str
    description: str
    answer: type[BaseModel]
    arguments: tuple[Argument, ...]
    run: Callable[[dict[str, Any]], BaseModel]

    def call(self, given: Mapping[str, Any]) -> BaseModel:
        """Answers `given`. Raises `InvalidParameters`, whose fields are arguments, and `Absent`."""
        values = read(self.arguments, given)
        try:
            return self.run(values)
        except InvalidParameters as refused:
            raise self._renamed(refused) from refused

    def _renamed(self, refused: InvalidParameters) -> InvalidParameters:
        """The same, with the names of the arguments in place of those of the API."""
        names = {one.filter: one.name for one in self.arguments if one.filter}
        return InvalidParameters(
            [
                (names.get(one["field"], one["field"]), one["code"], one["detail"])
                for one in refused.errors
            ]
        )


QUERY = text(
    "query",
    'Les mots à trouver, tous ; « "…" » cherche une suite de mots, « -mot » écarte un mot.',
    filter="q",
    required=True,
)


def search(values: dict[str, Any]) -> SearchAnswer:
    asked = {"q": values["query"], "type": values.get("type", "")}
    form = SearchForm(QueryDict(urlencode(asked)), allowed=frozenset())
    if not form.is_valid():
        raise InvalidParameters(refusals(form))
    results = find(form.cleaned_data["q"], form.cleaned_data["type"])
    found = results[: values["limit"]]
    extracts = {(one.kind, one.record.pk): as_text(one.extract) for one in found}
    nothing = not results.query.is_empty and not results.total
    return SearchAnswer(
        count=results.total,
        has_more=results.has_more,
        counts=[
            FoundCount(type=kind, count=count, has_more=kind in results.more)
            for kind, count in results.counts.items()
        ],
        other_spelling=other_spelling(results) if nothing else "",
        results=[
            fact(told, Found, extract=extracts[told.kind, told.record.pk])
            for told in records.chosen(extracts)
        ],
    )


def get(values: dict[str, Any]) -> RecordAnswer:
    if not SLUG.fullmatch(values["slug"]):
        said = "Des lettres sans accent, des chiffres et des tirets sont attendus."
        raise InvalidParameters({"slug": ("invalid_slug", said)})
    told = records.whole(values["type"], values["slug"])
    # As JSON holds it: what is left of Python in it is written as the API writes it.
    record = json.loads(JSONRenderer().render(told.answer))
    return fact(told, RecordAnswer, record=_without_html(record))


def _without_html(value: Any) -> Any:
    """`value` without the HTML of the texts: an assistant reads their Markdown."""
    if isinstance(value, list):
        return [_without_html(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_html(one) for name, one in value.items() if not name.endswith("_html")}


EVENT_ARGUMENTS = (
    text("query", "Des mots du titre, du chapô, de la ville ou du lieu.", filter="q"),
    text(
        "on_or_after",
        "AAAA-MM-JJ : ce qui n’est pas fini avant ce jour. Une date approximative compte par ses "
        "bornes ; un événement sans date n’est alors pas donné.",
        filter="after",
    ),
    text(
        "on_or_before",
        "AAAA-MM-JJ : ce qui a commencé à ce jour, de la même façon.",
        filter="before",
    ),
    choice("period", "Par rapport à aujourd’hui.", PERIODS, filter="period"),
    text("country", "Code ISO 3166-1 à deux lettres majuscules, comme « FR ».", filter="country"),
    text("topic", "L’identifiant d’une thématique (type « topics »).", filter="topic"),
    choice("kind", "La nature de l’événement.", Event.Kind.choices, filter="kind"),
    LIMIT,
    CURSOR,
)


def list_events(values: dict[str, Any]) -> EventsAnswer:
    return events_answer(_page("events", EVENT_ARGUMENTS, values))


FIGURE_ARGUMENTS = (
    text("query", "Des mots du nom de l’indicateur, du segment ou de l’entreprise.", filter="q"),
    text("indicator", "L’identifiant d’un indicateur (type « indicators »).", filter="indicator"),
    text("company", "L’identifiant d’une entreprise (type « companies »).", filter="company"),
    choice("nature", "Constaté, estimé ou prévu.", Figure.Nature.choices, filter="nature"),
    yes_no(
        "live",
        "« true » : seulement les chiffres qu’aucun autre ne remplace ; « false » : les autres.",
        filter="live",
    ),
    LIMIT,
    CURSOR,
)


def list_figures(values: dict[str, Any]) -> FiguresAnswer:
    return figures_answer(_page("figures", FIGURE_ARGUMENTS, values))


def _page(kind: str, arguments: tuple[Argument, ...], values: dict[str, Any]) -> records.Page:
    return records.page_of(
        kind, filters(arguments, values), limit=values["limit"], cursor=values.get("cursor")
    )


def latest(values: dict[str, Any]) -> LatestAnswer:
    wanted = [values["type"]] if "type" in values else records.KINDS
    return LatestAnswer(records=[fact(told) for told in records.latest(wanted, values["limit"])])


def list_kinds(values: dict[str, Any]) -> KindsAnswer:
    names = dict(kinds())
    return KindsAnswer(
        kinds=[
            Kind(
                type=kind,
                name=names[kind],
                count=viewset.model._default_manager.published().count(),
                html_url=absolute_url(viewset.model.list_url()),
            )
            for kind, viewset in records.KINDS.items()
        ]
    )


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Chercher",
            "Cherche dans toutes les fiches publiées : événements, entreprises, chiffres, "
            "actualités, analyses, sources… Les plus pertinentes d’abord, avec un passage. "
            "Accents, casse, pluriels et synonymes ne comptent pas.",
            SearchAnswer,
            (QUERY, KIND_FILTER, LIMIT),
            search,
        ),
        Tool(
            "get",
            "Lire une fiche",
            "Donne une fiche entière, avec son texte, ses citations et ses anomalies ; d’une "
            "source, aussi ce qu’elle vaut et où elle est citée.",
            RecordAnswer,
            (
                choice("type", "Le type de la fiche.", kinds(), required=True),
                text(
                    "slug", "L’identifiant de la fiche, comme en donne « search ».", required=True
                ),
            ),
            get,
        ),
        Tool(
            "list_events",
            "Lister les événements",
            "Liste les événements, du plus ancien au plus récent. Leur date est telle "
            "qu’annoncée (« automne 2025 »), avec ses bornes : n’en déduisez aucun jour.",
            EventsAnswer,
            EVENT_ARGUMENTS,
            list_events,
        ),
        Tool(
            "list_figures",
            "Lister les chiffres",
            "Liste les chiffres du marché, par indicateur, la période la plus récente d’abord : "
            "valeur telle qu’annoncée, période, source et ce qu’elle vaut. Un chiffre contesté "
            "l’est avec le calcul : dites-le si vous le citez.",
            FiguresAnswer,
            FIGURE_ARGUMENTS,
            list_figures,
        ),
        Tool(
            "latest",
            "Ce qui vient de paraître",
            "Donne les dernières fiches parues, de tous types ou d’un seul.",
            LatestAnswer,
            (KIND_FILTER, LIMIT),
            latest,
        ),
        Tool(
            "list_kinds",
            "Les types de fiches",
            "Donne les types de fiches, leur nom en français et combien sont publiées.",
            KindsAnswer,
            (),
            list_kinds,
        ),
    )
}
