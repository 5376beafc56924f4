"""What every FilterSet does, for the API and for the page alike."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from events.filters import EventFilterSet
from events.models import Event
from publishing.models import Status
from tests.api_answers import refused, slugs
from tests.factories import (
    make_company,
    make_event,
    make_figure,
    make_source,
    make_topic,
    make_trend,
)

pytestmark = pytest.mark.django_db


def test_all_the_words_are_looked_for(client):
    both = make_event(title="Salon du cloud", summary="À Paris")
    make_event(title="Salon du livre")
    assert slugs(client, "events/", q="cloud paris") == [both.slug]


@pytest.mark.parametrize("words", ["économie", "ÉCONOMIE", "Économie", "éCONOMIE"])
def test_words_with_accents_are_found_whatever_their_case(client, words):
    upper = make_event(title="Économie du cloud", date="mai 2024")
    lower = make_event(title="Le cloud et l’économie", date="juin 2024")
    assert slugs(client, "events/", q=words) == [upper.slug, lower.slug]


def test_a_word_is_taken_as_it_is(client):
    make_event(title="Croissance de 20 points")
    exact = make_event(title="Croissance de 20 %")
    assert slugs(client, "events/", q="20 %") == [exact.slug]


def test_too_many_words_are_refused(client):
    assert refused(client, "events/", q="a" * 201) == [("q", "max_length")]


def test_characters_that_are_none_are_refused(client):
    assert refused(client, "events/", q="a\0b") == [("q", "null_characters_not_allowed")]


@pytest.mark.parametrize("slug", ["aucune", "a\0b", "é", "a b", "x" * 500])
def test_a_related_record_that_is_not_there_is_refused(client, slug):
    assert refused(client, "events/", topic=slug) == [("topic", "invalid_choice")]


def test_a_related_record_that_is_not_public_is_refused_as_one_that_is_not_there(client):
    topic = make_topic(status=Status.DRAFT)
    response = client.get(f"/api/v1/events/?topic={topic.slug}")
    assert response.json()["errors"] == [
        {
            "field": "topic",
            "code": "invalid_choice",
            "detail": f"Aucune fiche publiée n’a l’identifiant «\u00a0{topic.slug}\u00a0».",
        }
    ]


def test_a_value_given_twice_is_refused(client):
    assert refused(client, "events/", kind=["forum", "webinar"]) == [("kind", "repeated")]


def test_an_empty_value_filters_nothing(client):
    event = make_event()
    assert slugs(client, "events/", kind="", topic="", after="", q="", open_call="") == [event.slug]


def test_an_empty_value_among_several_is_no_choice(client):
    provider = make_company(roles=["provider"])
    user = make_company(roles=["user"])
    assert set(slugs(client, "companies/", role="")) == {provider.slug, user.slug}
    assert slugs(client, "companies/", role=["", "user"]) == [user.slug]


def test_what_links_from_elsewhere_bring_along_is_let_through(client):
    event = make_event()
    assert slugs(client, "events/", utm_source="lettre") == [event.slug]


def test_the_page_of_the_site_is_no_parameter_of_the_api(client):
    assert refused(client, "events/", page="1") == [("page", "unknown_parameter")]


@pytest.mark.parametrize("year", ["1899", "2201", "l’an 2000", "2025.5", "9" * 400])
def test_a_wrong_year_is_refused(client, year):
    make_trend()
    assert [field for field, _ in refused(client, "trends/", year=year)] == ["year"]


@pytest.mark.parametrize("value", ["1", "oui", "True"])
def test_a_wrong_truth_is_refused(client, value):
    assert refused(client, "companies/", featured=value) == [("featured", "invalid_choice")]


@pytest.mark.parametrize("code", ["ZZ", "fr", "FRA", "France"])
def test_a_wrong_country_is_refused(client, code):
    assert refused(client, "companies/", country=code) == [("country", "invalid_choice")]


def test_one_wrong_value_among_several_is_refused(client):
    refusal = refused(client, "companies/", role=["provider", "roi"])
    assert refusal == [("role", "invalid_choice")]


def test_a_free_value_that_no_public_record_has_is_refused(client):
    make_source(publisher="Secret", status=Status.DRAFT)
    make_source(publisher="Le Monde")
    response = client.get("/api/v1/sources/?publisher=Secret")
    assert response.json()["errors"][0]["detail"] == (
        "«\u00a0Secret\u00a0» n’est pas un choix. Valeurs acceptées\u00a0: Le Monde."
    )


def test_a_long_list_of_accepted_values_is_cut(client):
    for number in range(30):
        make_source(publisher=f"Éditeur {number:02}")
    detail = client.get("/api/v1/sources/?publisher=x").json()["errors"][0]["detail"]
    assert detail.endswith("Éditeur 19, ….")


@pytest.mark.parametrize("bound", ["after", "before"])
@pytest.mark.parametrize(
    "text", ["hier", "20/05/2025", "2025-02-30", "2025-05", "2025-05-20T00:00"]
)
def test_a_day_that_is_none_is_refused(client, bound, text):
    assert refused(client, "events/", **{bound: text}) == [(bound, "invalid")]


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ("2025-04-30", None, ["avril"]),
        ("2025-05-01", None, []),
        (None, "2025-04-01", ["avril"]),
        (None, "2025-03-31", []),
        ("2025-04-10", "2025-04-10", ["avril"]),
    ],
)
def test_an_approximate_date_is_kept_as_long_as_it_may_fall_within(client, after, before, expected):
    make_event(slug="avril", date="avril 2025")
    make_event(slug="inconnue", date="À déterminer")
    asked = {"after": after, "before": before}
    assert slugs(client, "events/", **{k: v for k, v in asked.items() if v}) == expected


def test_an_open_date_has_no_bound_on_its_open_side(client):
    make_figure(slug="d-ici-2030", period="d’ici 2030")
    make_figure(slug="depuis-2020", period="depuis 2020")
    assert set(slugs(client, "figures/", before="1990-01-01")) == {"d-ici-2030"}
    assert set(slugs(client, "figures/", after="2100-01-01")) == {"depuis-2020"}


def test_the_form_of_the_page_offers_public_records_only():
    make_topic(title="Publique")
    make_topic(title="Secrète", status=Status.DRAFT)
    field = page_filters("").form.fields["topic"]
    assert [label for _, label in field.choices] == ["Toutes les valeurs", "Publique"]


def test_the_page_says_which_filters_are_in_force():
    topic = make_topic(title="Cloud public")
    filters = page_filters(
        f"q=cloud&country=FR&kind=forum&after=2025-05-20&topic={topic.slug}&open_call=true&page=2"
    )
    assert filters.active == [
        ("q", "Mots\u00a0: cloud"),
        ("after", "À partir du\u00a0: 20/05/2025"),
        ("country", "Pays\u00a0: France"),
        ("kind", "Nature\u00a0: forum"),
        ("topic", "Thématique\u00a0: Cloud public"),
        ("open_call", "Appel à communications ouvert\u00a0: oui"),
    ]


def test_the_page_refuses_what_the_api_refuses():
    filters = page_filters("pays=FR")
    assert not filters.is_valid()
    assert filters.active == []
    errors = filters.form.errors.as_data()["__all__"]
    assert [error.code for error in errors] == ["unknown_parameter"]


def page_filters(query: str) -> EventFilterSet:
    return EventFilterSet(QueryDict(query), queryset=Event.objects.published())


def test_records_with_any_of_several_values_are_kept_once(client):
    both = make_company(name="A", roles=["provider", "user"])
    user = make_company(name="B", roles=["user"])
    make_company(name="C", roles=["analyst"])
    assert slugs(client, "companies/", role=["provider", "user"]) == [both.slug, user.slug]
