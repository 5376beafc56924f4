"""Full-text search in the API."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.api_answers import SITE, get, refused

pytestmark = pytest.mark.django_db


def test_a_search_answers_with_counts_and_extracts(client):
    trend = make.make_trend(title="Cloud", slug="cloud", summary="Le cloud & l’IA.")
    assert get(client, "search/", q="ia cloud") == {
        "count": 1,
        "has_more": False,
        "counts": [{"type": "trends", "count": 1, "has_more": False}],
        "other_spelling": "",
        "next": None,
        "previous": None,
        "results": [
            {
                "type": "trends",
                "id": trend.pk,
                "slug": "cloud",
                "url": f"{SITE}/api/v1/trends/cloud/",
                "html_url": f"{SITE}/tendances/cloud/",
                "title": "Cloud",
                "extract": "Le cloud & l’IA.",
                "extract_html": "Le <mark>cloud</mark> &amp; l’<mark>IA</mark>.",
            }
        ],
    }


def test_nothing_asked_is_nothing_found(client):
    empty = {"count": 0, "has_more": False, "counts": [], "other_spelling": ""}
    empty |= {"next": None, "previous": None}
    assert get(client, "search/") == empty | {"results": []}
    assert get(client, "search/", q="-cloud") == empty | {"results": []}


def test_one_type_may_be_asked_for(client):
    make.make_trend(title="Cloud A")
    make.make_company(name="Cloud B")
    answer = get(client, "search/", q="cloud", type="companies")
    assert answer["count"] == 1
    assert [(one["type"], one["count"]) for one in answer["counts"]] == [
        ("trends", 1),
        ("companies", 1),
    ]
    assert [row["title"] for row in answer["results"]] == ["Cloud B"]


def test_pages_follow_one_another(client):
    for number in range(3):
        make.make_trend(title=f"Cloud {number}")
    first = get(client, "search/", q="cloud", page_size=2)
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert second["next"] is None
    assert client.get(second["previous"]).json() == first
    titles = {row["title"] for row in first["results"] + second["results"]}
    assert titles == {"Cloud 0", "Cloud 1", "Cloud 2"}


def test_beyond_what_is_counted_there_is_more(client, monkeypatch):
    monkeypatch.setattr("search.index.COUNTED", 2)
    monkeypatch.setattr("search.index.RANKED", 2)
    make.make_company(name="Cloud")
    for number in range(5):
        make.make_trend(title=f"Cloud {number}")
    answer = get(client, "search/", q="cloud", page_size=2)
    assert (answer["count"], answer["has_more"]) == (3, True)
    assert answer["counts"] == [
        {"type": "trends", "count": 2, "has_more": True},
        {"type": "companies", "count": 1, "has_more": False},
    ]
    assert {row["title"] for row in answer["results"]} == {"Cloud", "Cloud 4"}
    assert answer["next"] is None


def test_another_spelling_is_proposed(client):
    make.make_trend(title="Souveraineté")
    assert get(client, "search/", q="souveréneté")["other_spelling"] == "souveraineté"


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"q": "a" * 201}, ("q", "max_length")),
        ({"type": "x"}, ("type", "invalid_choice")),
        ({"couleur": "bleu"}, ("couleur", "unknown_parameter")),
        ({"page": "0"}, ("page", "invalid_page")),
        ({"page": "2"}, ("page", "no_such_page")),
        ({"page": "9" * 30}, ("page", "invalid_page")),
        ({"page_size": "101"}, ("page_size", "invalid_page_size")),
        ({"page_size": "²"}, ("page_size", "invalid_page_size")),
        ({"format": "xml"}, ("format", "invalid_choice")),
    ],
)
def test_a_wrong_parameter_is_a_problem_that_says_which(client, parameters, refusal):
    make.make_trend(title="Cloud")
    assert refused(client, "search/", **{"q": "cloud"} | parameters) == [refusal]
