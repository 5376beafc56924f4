"""What a source is worth: each criterion says its verdict and why."""

import pytest
from django.urls import reverse

from publishing import clock
from sources.quality import quality_of
from tests import factories as make

pytestmark = pytest.mark.django_db

GOOD = {
    "publisher": "Insee",
    "url": "https://www.insee.fr/fr/statistiques/123",
    "kind": "institution",
    "date": "janvier 2025",
    "link_state": "reachable",
}


def verdicts(source) -> dict[str, str]:
    with clock.frozen(make.LONG_AGO):
        return {one.code: one.verdict.value for one in quality_of(source).criteria}


def verdict(criterion: str, **fields) -> str:
    return verdicts(make.make_source(**GOOD | fields))[criterion]


def test_a_good_source_meets_every_criterion_that_can_be_judged():
    source = make.make_source(**GOOD)
    assert verdicts(source) == {
        "reachable": "ok",
        "precise": "ok",
        "publisher": "ok",
        "first_hand": "ok",
        "human": "ok",
        "lasting": "ok",
        "recent": "ok",
        "corroborated": "unknown",
    }


def test_the_score_counts_what_is_met_and_nothing_else():
    with clock.frozen(make.LONG_AGO):
        quality = quality_of(make.make_source(**GOOD))
        assert (quality.met, quality.total, quality.score) == (7, 8, "7\u00a0critères sur 8")


@pytest.mark.parametrize(
    ("criterion", "fields", "expected"),
    [
        ("reachable", {"link_state": "unchecked"}, "unknown"),
        ("reachable", {"link_state": "redirected"}, "reserve"),
        ("reachable", {"link_state": "broken"}, "weak"),
        ("reachable", {"url": ""}, "weak"),
        ("precise", {"url": "https://www.insee.fr/"}, "weak"),
        ("precise", {"url": ""}, "unknown"),
        ("publisher", {"publisher": "Gartner"}, "weak"),
        ("publisher", {"publisher": ""}, "unknown"),
        ("publisher", {"url": "https://www.linkedin.com/posts/1"}, "reserve"),
        ("first_hand", {"kind": "press"}, "reserve"),
        ("first_hand", {"kind": "ai_generated"}, "weak"),
        ("human", {"kind": "ai_generated"}, "weak"),
        ("human", {"url": "https://we.tl/t-abc"}, "unknown"),
        ("lasting", {"url": "https://we.tl/t-abc"}, "weak"),
        ("lasting", {"kind": "internal", "url": ""}, "weak"),
        ("recent", {"date": "2022"}, "reserve"),
        ("recent", {"date": "2015"}, "weak"),
        ("recent", {"date": ""}, "unknown"),
    ],
)
def test_a_criterion_is_judged_on_what_the_source_says(criterion, fields, expected):
    assert verdict(criterion, **fields) == expected


def test_figures_that_another_publisher_states_confirm_the_source():
    source = make.make_source(**GOOD)
    figure = make.make_figure(source=source)
    assert verdicts(source)["corroborated"] == "weak"
    make.make_figure(indicator=figure.indicator, source=make.make_source(publisher="Gartner"))
    assert verdicts(source)["corroborated"] == "ok"
    make.make_figure(source=source)
    assert verdicts(source)["corroborated"] == "reserve"
    sentence = quality_of(source).criteria[-1].sentence
    assert sentence == "1\u00a0chiffre sur 2 est dit aussi par un autre éditeur."


def test_the_page_of_a_source_shows_its_criteria(client):
    source = make.make_source(**GOOD)
    content = client.get(source.get_absolute_url()).content.decode()
    assert "Ce que vaut cette source" in content
    assert "L’adresse est celle d’une page précise." in content


def test_the_api_gives_the_criteria(client):
    source = make.make_source(**GOOD | {"kind": "ai_generated"})
    answer = client.get(reverse("api:sources-detail", args=[source.slug])).json()
    assert answer["is_verifiable"] is False
    assert answer["quality"]["total"] == 8
    assert answer["quality"]["criteria"][4] == {
        "code": "human",
        "label": "Écrite par des personnes",
        "verdict": "weak",
        "sentence": "Le texte a été généré par une IA.",
    }


def test_an_editor_sees_the_criteria(admin_client):
    source = make.make_source(**GOOD)
    page = admin_client.get(reverse("admin:sources_source_change", args=[source.pk]))
    assert "Publiée par son éditeur\u00a0: oui." in page.content.decode()


def test_the_number_of_queries_does_not_grow_with_what_rests_on_it(django_assert_num_queries):
    source = make.make_source(**GOOD)
    for _ in range(5):
        make.make_figure(source=source)
    # How many public figures rest on it, and how many another publisher states.
    with django_assert_num_queries(2):
        quality_of(source)
