"""Facets: the number beside a choice is the number of records that choosing it gives."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from companies.models import Company
from events.models import Event
from publishing import facets, kept
from publishing.models import Publishable, Status, published_models
from tests import factories as make
from tests.test_what_the_public_sees import BUILDERS

pytestmark = pytest.mark.django_db

REGISTERS = ("/marche/previsions/", "/marche/errata/", "/marche/anomalies/")


def lists() -> list[str]:
    return [*(model.list_url() for model in published_models()), *REGISTERS]


def a_small_world() -> None:
    """A few records of each kind that differ by what can be filtered, some of them hidden."""
    topics = [make.make_topic(title="Réseau"), make.make_topic(title="Calcul")]
    hidden = make.make_topic(title="Caché", status=Status.DRAFT)
    sources = [
        make.make_source(kind="press", publisher="Journal", language="fr", reliability="B"),
        make.make_source(kind="institution", publisher="Agence", language="en"),
    ]
    for place, roles in enumerate((["provider"], ["provider", "user"], [], ["investor"])):
        make.make_company(
            roles=roles,
            country=("FR", "US", "", "FR")[place],
            featured=bool(place % 2),
            topics=[*topics[: place % 3], hidden],
        )
    make.make_company(roles=["user"], country="DE", status=Status.DRAFT)
    companies = list(Company.objects.published())
    series = make.make_series()
    for place, date in enumerate(("20-23 mai 2025", "automne 2031", "", "2024", "mars 2026")):
        make.make_event(
            date=date,
            country=("FR", "DE", "FR", "", "FR")[place],
            kind=("trade_show", "forum")[place % 2],
            series=series if place % 2 else None,
            organiser=companies[place % 3] if place else None,
            topics=topics[: place % 3],
            cfp_url="https://appel.example" if place == 1 else "",
        )
    events = list(Event.objects.published())
    for place, level in enumerate(("major", "emerging", "major")):
        make.make_trend(level=level, year=2025 + place % 2, topics=topics[: place % 3])
    indicators = [
        make.make_indicator(geography="Europe", topics=topics),
        make.make_indicator(kind="count", unit="people", topics=topics[:1]),
    ]
    older = make.make_figure(indicator=indicators[0], source=sources[0], period="2023")
    make.make_figure(
        indicator=indicators[0],
        source=sources[1],
        company=companies[0],
        supersedes=older,
        erratum="Une faute de frappe.",
        period="2023",
    )
    make.make_figure(
        indicator=indicators[1], source=sources[1], nature="forecast", period="2027", value=3
    )
    make.make_figure(indicator=indicators[0], source=sources[0], nature="forecast", period="2024")
    for place in range(3):
        make.make_driver(topics=topics[:place])
        make.make_news(
            source=sources[place % 2],
            companies=companies[:place],
            events=events[: place % 2],
            topics=topics[:place],
        )
        make.make_recommendation(analysis=make.make_analysis(topics=topics[:place]))


def facets_of(client, address: str):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.context["facets"], response.context["total"]


class EveryFacet(TestCase):
    """Every choice of every facet of every list, from any filters in force."""

    @classmethod
    def setUpTestData(cls) -> None:
        a_small_world()

    @given(data=st.data())
    @hypothesis_settings(max_examples=25)
    def test_a_choice_gives_as_many_records_as_it_says(self, data):
        path = data.draw(st.sampled_from(lists()), label="list")
        query: dict[str, str] = {}
        for _ in range(data.draw(st.integers(0, 2), label="filters in force")):
            found, _ = facets_of(self.client, f"{path}?{urlencode(query)}")
            choices = [(name, one) for name, some in found.items() for one in some]
            if not choices:
                break
            name, one = data.draw(st.sampled_from(choices), label="filter")
            query[name] = one.value
        found, _ = facets_of(self.client, f"{path}?{urlencode(query)}")
        for name, choices in found.items():
            for one in choices:
                landing = f"{path}?{urlencode(query | {name: one.value})}"
                assert facets_of(self.client, landing)[1] == one.count, landing

    def test_every_list_with_filters_has_facets(self):
        without = [path for path in lists() if not facets_of(self.client, path)[0]]
        assert without == ["/thematiques/", "/evenements/series/"]

    def test_a_chip_takes_its_filter_away_and_no_other(self):
        query = "role=provider&role=user&featured=true&sort=latest"
        page = self.client.get(f"/entreprises/?{query}")
        chips = page.context["filterset"].chips
        assert [(chip.label, dict_of(chip.query)) for chip in chips] == [
            ("Rôle\u00a0: fournisseur de cloud", {"role": ["user"], "featured": ["true"]}),
            ("Rôle\u00a0: utilisateur du cloud", {"role": ["provider"], "featured": ["true"]}),
            ("Au répertoire\u00a0: oui", {"role": ["provider", "user"]}),
        ]
        content = page.content.decode()
        assert "Retirer le filtre </span>Au répertoire\u00a0: oui" in content
        assert (
            '<a href="/entreprises/?sort=latest" data-hx-boost="true">Tout effacer</a>' in content
        )

    def test_what_is_chosen_stays_offered_when_it_gives_nothing(self):
        content = self.client.get("/entreprises/?country=DE").content.decode()
        assert '<option value="DE" selected>Allemagne (0)</option>' in content

    def test_choices_that_give_nothing_are_left_out(self):
        content = self.client.get("/entreprises/").content.decode()
        assert '<option value="FR">France (2)</option>' in content
        assert 'value="DE"' not in content
        assert "cabinet d’analyse" not in content

    def test_a_hidden_record_is_no_choice(self):
        found, _ = facets_of(self.client, "/entreprises/")
        assert [one.label for one in found["topic"]] == ["Réseau", "Calcul"]


def dict_of(query: str) -> dict[str, list[str]]:
    """Without the order, which stays."""
    asked = QueryDict(query)
    return {name: asked.getlist(name) for name in asked if name != "sort"}


def test_the_most_frequent_comes_first(client):
    for country in ("DE", "FR", "FR", "BE"):
        make.make_company(country=country)
    found, _ = facets_of(client, "/entreprises/")
    assert [(one.value, one.count) for one in found["country"]] == [("FR", 2), ("BE", 1), ("DE", 1)]


def test_the_numbers_of_a_long_list_are_kept_until_the_content_changes(client, monkeypatch):
    monkeypatch.setattr(kept, "MANY", 1)
    first = make.make_company(country="FR")
    make.make_company(country="FR")
    assert facets_of(client, "/entreprises/")[0]["country"][0].count == 2
    with monkeypatch.context() as patched:
        patched.setattr(facets, "_count", None)
        assert facets_of(client, "/entreprises/")[0]["country"][0].count == 2
    Company.objects.filter(pk=first.pk).update(country="DE")
    assert [one.count for one in facets_of(client, "/entreprises/")[0]["country"]] == [1, 1]


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_every_order_lists_the_same_records_and_is_kept_by_the_pages(client, model):
    records = a_few(model)
    content = client.get(model.list_url()).context["filterset"]
    assert len(content.sorts) > 1
    for code in content.sorts:
        page = client.get(model.list_url(), {"sort": code})
        assert {record.pk for record in page.context["page_obj"]} == records
        asked = dict(parse_qsl(page.context["query_without_page"]))
        assert asked == ({"sort": code} if code else {})


def test_an_order_sorts(client):
    late = make.make_company(name="Alpha", publish_at=make.LONG_AGO.replace(year=2026))
    early = make.make_company(name="Zêta")
    natural = client.get("/entreprises/").context["page_obj"]
    latest = client.get("/entreprises/?sort=latest").context["page_obj"]
    assert list(natural) == [late, early]
    assert list(latest) == [late, early]
    Company.objects.filter(pk=early.pk).update(publish_at=late.publish_at.replace(month=6))
    assert list(client.get("/entreprises/?sort=latest").context["page_obj"]) == [early, late]


def test_an_unknown_order_is_refused(client):
    response = client.get("/entreprises/?sort=couleur")
    assert response.status_code == 400
    assert "« couleur » n’est pas un ordre." in response.content.decode().replace("\u00a0", " ")


def a_few(model: type[Publishable]) -> set[int]:

    return {BUILDERS[model.__name__]().pk for _ in range(3)}
