"""What a search finds, the same on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from publishing import clock
from publishing.models import Status
from search.extracts import as_text
from search.index import find, suggest
from search.models import Synonym
from tests import factories as make

pytestmark = pytest.mark.django_db


def labels(text, kind=""):
    return [result.record.label for result in find(text, kind)[0:50]]


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Les événements du cloud", "evenement"),
        ("Les evenements du cloud", "ÉVÉNEMENT"),
        ("La souveraineté des données", "donnée"),
        ("L’intelligence artificielle", "intelligence"),
        ("L'intelligence artificielle", "l’intelligence"),
        ("Un chef-d’œuvre", "oeuvre"),
        ("Le coeur du réseau", "cœur"),
        ("Des entreprises européennes", "européen"),
        ("Ils investissent en France", "investir"),
        ("Un marché de 678,8 Md$", "678,8"),
        ("AWS re:Invent", "re:invent"),
        ("Un point sur la 5G", "5g"),
    ],
)
def test_a_record_is_found_whatever_the_spelling(title, asked):
    make.make_trend(title=title)
    make.make_trend(title="Autre chose")
    assert labels(asked) == [title]


def test_all_the_words_are_wanted():
    make.make_trend(title="Cloud souverain")
    make.make_trend(title="Cloud public")
    assert labels("souverain cloud") == ["Cloud souverain"]


def test_words_may_be_apart_in_title_and_text():
    make.make_trend(title="Cloud", summary="Il devient souverain.")
    assert labels("cloud souverain") == ["Cloud"]


def test_a_phrase_is_found_in_its_order_only():
    make.make_trend(title="Cloud de confiance")
    make.make_trend(title="La confiance dans le cloud")
    assert labels("« cloud de confiance »") == ["Cloud de confiance"]
    assert labels('"cloud de confiance"') == ["Cloud de confiance"]
    assert labels('"confiance de cloud"') == []


def test_a_phrase_does_not_span_the_title_and_the_text():
    make.make_trend(title="Cloud", summary="souverain")
    assert labels('"cloud souverain"') == []


def test_an_excluded_word_leaves_records_out():
    make.make_trend(title="Cloud souverain")
    make.make_trend(title="Cloud public")
    assert labels("cloud -souverain") == ["Cloud public"]
    assert labels('cloud -"cloud public"') == ["Cloud souverain"]


def test_an_exclusion_alone_finds_nothing():
    make.make_trend(title="Cloud")
    assert find("-souverain").query.is_empty
    assert labels("-souverain") == []


def test_articles_do_not_count_beside_words_that_say_something():
    make.make_trend(title="Marché cloud")
    assert labels("le marché du cloud") == ["Marché cloud"]


def test_synonyms_find_one_another():
    Synonym.objects.all().delete()
    Synonym.objects.create(terms="IaaS, infrastructure as a service")
    make.make_trend(title="Le IaaS")
    make.make_trend(title="Infrastructure as a Service")
    make.make_trend(title="Une infrastructure, un service")
    both = {"Le IaaS", "Infrastructure as a Service"}
    assert set(labels("iaas")) == both
    assert both <= set(labels("infrastructure as a service"))
    assert labels('"iaas"') == ["Le IaaS"]
    assert labels("infrastructure -iaas") == ["Une infrastructure, un service"]


def test_the_title_counts_more_than_the_text():
    make.make_trend(title="Sobriété", summary="On parle du cloud.")
    make.make_trend(title="Le cloud en bref", summary="On parle de sobriété.")
    assert labels("sobriété") == ["Sobriété", "Le cloud en bref"]


def test_what_is_past_comes_after_what_is_to_come():
    make.make_event(title="Salon du cloud", date="20-23 mai 2025", slug="a-venir")
    make.make_event(title="Salon du cloud", date="20-23 mars 2025", slug="passe")
    with clock.frozen(date(2025, 4, 1)):
        assert [one.record.slug for one in find("salon")[0:5]] == ["a-venir", "passe"]
    with clock.frozen(date(2025, 3, 1)):
        assert {one.record.slug for one in find("salon")[0:5]} == {"a-venir", "passe"}


def test_each_kind_gives_its_own_words():
    make.make_company(name="Amazon Web Services", also_known_as="AWS, Amazon", cloud_usage="Tout.")
    make.make_event(title="Congrès", city="Cannes", venue="Palais", country="FR")
    make.make_source(title="Étude", publisher="Gartner", author="Dupont")
    make.make_topic(title="Stockage", sections=[("Définition", "Des **octets** rangés.")])
    make.make_analysis(title="Bilan", sections=[("Perspectives", "Une décennie[1].")])
    indicator = make.make_indicator(name="Dépenses mondiales")
    make.make_figure(indicator=indicator, quote="une hausse vertigineuse")
    Synonym.objects.all().delete()
    assert labels("aws") == ["Amazon Web Services"]
    assert labels("cannes") == ["Congrès"]
    assert labels("gartner") == ["Étude"]
    assert labels("octet") == ["Stockage"]
    assert labels("décennie") == ["Bilan"]
    assert as_text(find("décennie")[0:1][0].extract) == "Introduction. Perspectives · Une décennie."
    assert labels("vertigineux") == ["Dépenses mondiales, 2024"]


def test_counts_are_by_kind_and_one_kind_may_be_asked_for():
    make.make_trend(title="Cloud A")
    make.make_trend(title="Cloud B")
    make.make_company(name="Cloud C")
    assert find("cloud").counts == {"trends": 2, "companies": 1}
    assert find("cloud", "companies").total == 1
    assert labels("cloud", "companies") == ["Cloud C"]
    assert find("cloud", "companies").counts == {"trends": 2, "companies": 1}


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Status.DRAFT, "publish_at": None},
        {"status": Status.ARCHIVED},
        {"expire_at": make.LONG_AGO.replace(day=5)},
    ],
)
def test_only_public_records_are_found_and_counted(hidden):
    make.make_trend(title="Cloud public")
    make.make_trend(title="Cloud caché", **hidden)
    assert labels("cloud") == ["Cloud public"]
    assert find("cloud").counts == {"trends": 1}
    assert [record.label for record in suggest("clou")] == ["Cloud public"]


def test_suggestions_hold_the_words_begun():
    make.make_company(name="Amazon Web Services", also_known_as="AWS")
    make.make_event(title="Événement du nuage")
    make.make_trend(title="Nuages et données")
    assert [record.label for record in suggest("evene")] == ["Événement du nuage"]
    assert [record.label for record in suggest("aw")] == ["Amazon Web Services"]
    assert [record.label for record in suggest("nuage don")] == ["Nuages et données"]
    assert [record.label for record in suggest("l’événem")] == ["Événement du nuage"]
    assert suggest("") == suggest("…") == suggest("zzz") == []


class AnyText(TestCase):
    @hypothesis_settings(max_examples=150)
    @given(st.text(max_size=250))
    def test_no_text_whatever_breaks_a_search(self, text):
        assert find(text)[0:5] == []
        assert suggest(text) == []

    @hypothesis_settings(max_examples=150)
    @given(st.text(st.sampled_from("ab\"'«»-*():^{}|&!<>\\%_ \0é"), max_size=60))
    def test_no_sign_of_a_query_language_breaks_a_search(self, text):
        assert find(text)[0:5] == []
        assert suggest(text) == []


@pytest.mark.parametrize(
    "title", ["OR", "NOT NEAR AND", "a'b", "«»", "100 %", "𞤀𞤁", "数据云", "½ ™", "'; DROP TABLE x"]
)
def test_any_title_is_indexed_and_found_by_its_own_words(title):
    record = make.make_trend(title=title)
    found = [result.record for result in find(title)[0:5]]
    assert found == ([] if title == "«»" else [record])
