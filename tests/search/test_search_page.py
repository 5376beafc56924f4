"""The search page and its suggestions, as a reader uses them."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from search.models import Synonym
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


def page(client, **parameters):
    return client.get("/recherche/", parameters)


def test_without_a_question_the_page_says_how_to_ask(client):
    content = page(client).content.decode()
    assert "Accents, majuscules et pluriels ne comptent pas." in content
    assert 'name="q"' in content


def test_results_have_a_kind_a_link_and_a_marked_extract(client):
    make.make_trend(title="Cloud souverain", slug="souverain", summary="Le <b>cloud</b> & nous.")
    content = page(client, q="cloud").content.decode()
    assert '<a href="/tendances/souverain/"><mark>Cloud</mark> souverain</a>' in content
    assert "Le &lt;b&gt;<mark>cloud</mark>&lt;/b&gt; &amp; nous." in content
    assert "1\u00a0fiche pour «\u00a0cloud\u00a0»" in content
    assert "<span>Tendance</span>" in content


def test_what_was_typed_is_given_back_escaped(client):
    content = page(client, q='"><script>alert(1)</script>').content.decode()
    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


def test_one_kind_may_be_kept(client):
    make.make_trend(title="Cloud A")
    make.make_company(name="Cloud B")
    response = page(client, q="cloud", type="companies")
    content = response.content.decode()
    assert [one.record.label for one in response.context["page_obj"]] == ["Cloud B"]
    assert 'href="?q=cloud"' in content
    assert 'href="?q=cloud&amp;type=trends"' in content


def test_a_kind_without_results_leads_to_the_others(client):
    make.make_trend(title="Cloud A")
    content = page(client, q="cloud", type="companies").content.decode()
    assert "Aucune fiche ne répond à cette recherche." in content
    assert "chercher partout" in content


def test_results_are_paged(client):
    for number in range(21):
        make.make_trend(title=f"Cloud {number}")
    first, second = page(client, q="cloud"), page(client, q="cloud", page=2)
    assert len(first.context["page_obj"]) == 20
    assert len(second.context["page_obj"]) == 1
    assert 'href="?q=cloud&amp;page=2"' in first.content.decode()
    for number in ("3", "0", "abc", "9" * 40):
        assert page(client, q="cloud", page=number).status_code == 404


def test_a_misspelt_word_is_corrected_when_that_finds_something(client):
    make.make_trend(title="L’intelligence artificielle")
    content = page(client, q="inteligence artificielle").content.decode()
    assert "Vouliez-vous dire" in content
    assert '<a href="?q=intelligence%20artificielle">' in content
    assert "Vouliez-vous dire" not in page(client, q="zzzzzz").content.decode()


def test_no_word_of_a_hidden_record_is_ever_proposed(client):
    make.make_trend(title="Confidentiel", status="draft")
    assert "Vouliez-vous dire" not in page(client, q="confidenciel").content.decode()
    cache.clear()
    public = make.make_trend(title="Provisoire")
    assert "provisoire" in page(client, q="provizoire").content.decode()
    type(public).objects.filter(pk=public.pk).update(status="archived")
    # Its word is still in the vocabulary kept for ten minutes, and finds nothing any more.
    assert "Vouliez-vous dire" not in page(client, q="provizoire").content.decode()


def test_an_exclusion_alone_asks_for_a_word(client):
    assert "Indiquez au moins un mot à chercher." in page(client, q="-cloud").content.decode()


@pytest.mark.parametrize("address", ["/recherche/", "/recherche/suggestions"])
def test_a_question_that_is_too_long_is_refused_in_french(client, address):
    assert client.get(address, {"q": "a" * 200}).status_code == 200
    response = client.get(address, {"q": "a" * 201})
    assert response.status_code == 400
    said = response.content.decode().encode().decode("unicode_escape", "ignore")
    assert "tient en 200" in said


@pytest.mark.parametrize("parameters", [{"type": "x"}, {"couleur": "bleu"}, {"q": ["a", "b"]}])
def test_a_wrong_parameter_is_refused(client, parameters):
    response = page(client, **{"q": "cloud"} | parameters)
    assert response.status_code == 400
    assert "Recommencer la recherche" in response.content.decode()


@pytest.mark.parametrize(
    "junk", ["\x00", "' OR 1=1 --", '"' * 200, "«" * 200, "- " * 100, "a -b " * 40, "%", "*", "\\"]
)
@pytest.mark.parametrize("address", ["/recherche/", "/recherche/suggestions", "/api/v1/search/"])
def test_no_question_breaks_a_surface(client, address, junk):
    assert client.get(address, {"q": junk}).status_code == 200


def test_results_cost_the_same_with_1_and_with_20(client, django_assert_num_queries):
    # Synonyms, kinds, counts, page, and the records of the one kind.
    make.make_trend(title="Cloud 0")
    with django_assert_num_queries(VERSION + 5):
        page(client, q="cloud")
    for number in range(1, 30):
        make.make_trend(title=f"Cloud {number}")
    with django_assert_num_queries(VERSION + 5):
        assert len(page(client, q="cloud").context["page_obj"]) == 20


def test_suggestions_are_titles_with_their_address(client):
    make.make_trend(title="Cloud souverain", slug="souverain")
    response = client.get("/recherche/suggestions", {"q": "clou"})
    assert response.json() == {
        "suggestions": [
            {"label": "Cloud souverain", "type": "tendance", "url": "/tendances/souverain/"}
        ]
    }
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_suggestions_cost_a_few_queries(client, django_assert_num_queries):
    for number in range(20):
        make.make_trend(title=f"Cloud {number}")
    # Kinds, entries, records of the one kind.
    with django_assert_num_queries(VERSION + 3):
        assert len(client.get("/recherche/suggestions?q=clo").json()["suggestions"]) == 8


def test_every_page_has_the_field_in_its_masthead(client):
    for address in ("/", "/a-propos/", "/tendances/", "/nulle-part/"):
        content = client.get(address).content.decode()
        assert 'action="/recherche/"' in content
        assert content.count('id="recherche"') == 1
    assert page(client, q="cloud").content.decode().count('id="recherche"') == 1


def test_search_engines_do_not_list_results(client):
    assert '<meta name="robots" content="noindex">' in page(client, q="x").content.decode()


def test_editors_keep_the_synonyms(client):
    client.force_login(make.make_user("Rédacteur"))
    address = "/admin/search/synonym/add/"
    refused = client.post(address, {"terms": "IaaS, iaas"})
    assert "au moins deux termes différents" in refused.content.decode()
    assert client.post(address, {"terms": "edge, périphérie"}).status_code == 302
    assert Synonym.objects.filter(terms="edge, périphérie").exists()
    make.make_trend(title="Calcul en périphérie")
    assert "périphérie</mark>" in page(client, q="edge").content.decode()
