"""A correction leaves an erratum: the old value stays visible, struck through, with the new one."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from market.models import Figure
from publishing.models import Status
from tests import factories as make
from tests.costs import KEPT_NUMBERS, VERSION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_rules")]

ERRATA = "/marche/errata/"
WORDS = "Nous avions lu 244 pour 224 <dans> le tableau."
CORRECTED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STRUCK = (
    '<del><span class="visually-hidden">valeur corrigée depuis\u00a0: </span>244\u00a0Md$</del>'
)


@pytest.fixture
def old() -> Figure:
    return make.make_figure(value=Decimal(244), segment=make.make_segment(name="SaaS"))


def corrected(old: Figure, **fields) -> Figure:
    told = {"value": Decimal(224), "erratum": WORDS, "publish_at": CORRECTED_AT}
    shared = {"indicator": old.indicator, "segment": old.segment, "supersedes": old}
    return make.make_figure(**shared | told | fields)


def get(client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_of_the_old_figure_tells_the_whole_erratum(client, old):
    new = corrected(old, source=make.make_source(title="Le rapport rectifié"))
    page = get(client, old.get_absolute_url())
    assert STRUCK in page
    for words in (
        f'href="{new.get_absolute_url()}"',
        "224\u00a0Md$",
        "Nous avions lu 244 pour 224 &lt;dans&gt; le tableau.",
        "Le rapport rectifié",
        "1er mars 2026",
    ):
        assert words in page


def test_the_page_of_the_new_figure_says_what_it_corrects(client, old):
    page = get(client, corrected(old).get_absolute_url())
    assert f'href="{old.get_absolute_url()}"' in page
    assert "<del>244\u00a0Md$</del>" in page
    assert "Nous avions lu" in page


def test_the_old_value_is_struck_wherever_it_is_still_shown(client, old):
    corrected(old)
    for address in ("/marche/chiffres/", old.indicator.get_absolute_url()):
        assert STRUCK in get(client, address), address


def test_a_new_vintage_is_no_erratum(client, old):
    corrected(old, erratum="")
    page = get(client, "/marche/chiffres/")
    assert "<del>" not in page
    assert "Erratum" not in page


def test_an_erratum_that_is_not_public_corrects_nothing(client, old):
    corrected(old, status=Status.DRAFT, publish_at=None)
    pages = (old.get_absolute_url(), "/marche/chiffres/", ERRATA, f"{ERRATA}flux.rss")
    for address in pages:
        page = get(client, address)
        assert "224\u00a0Md$" not in page
        assert "<del>" not in page


def test_the_page_of_errata_lists_the_latest_first_and_says_when_there_is_none(client, old):
    assert "Aucun erratum n’est publié" in get(client, ERRATA)
    first = corrected(old)
    other = make.make_figure()
    second = make.make_figure(
        indicator=other.indicator,
        supersedes=other,
        erratum="Faux.",
        publish_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    response = client.get(ERRATA)
    assert list(response.context["page_obj"]) == [second, first]
    assert "2\u00a0errata" in response.content.decode()
    assert client.get(ERRATA, {"couleur": "bleu"}).status_code == 400


def test_the_page_of_errata_costs_the_same_with_one_and_with_ten(
    client, old, django_assert_num_queries
):
    corrected(old)
    # The count and the page; components, totals, successors, corrections, anomalies; the choices
    # of indicator and source.
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 9):
        get(client, ERRATA)
    for _ in range(9):
        corrected(make.make_figure())
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 9):
        get(client, ERRATA)


def test_a_chart_takes_the_corrected_value_and_says_so(client, old):
    new = corrected(old)
    make.make_figure(
        indicator=old.indicator, segment=make.make_segment(name="IaaS"), value=Decimal(182)
    )
    page = get(client, old.indicator.get_absolute_url())
    assert "SaaS\u00a0: 224\u00a0Md$ (erratum) ; IaaS\u00a0: 182\u00a0Md$." in page
    assert "le graphique prend la valeur corrigée" in page
    assert f'href="{new.get_absolute_url()}"' in page


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
@pytest.mark.parametrize("base", ["/", "/marche/chiffres/"])
def test_feeds_tell_the_old_entry_again_and_say_what_the_new_one_corrects(
    client, old, base, extension
):
    new = corrected(old, publish_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    Figure.objects.update(updated_at=make.LONG_AGO)
    content = get(client, f"{base}flux.{extension}")
    assert f"{old} (corrigé par un erratum)" in content
    assert f"{new} (erratum)" in content
    # Twice as the change of an entry, and as the publication of the new one.
    assert content.count("2026-11-20T12:00:00+00:00") >= 2
    assert "Nous avions lu 244 pour 224" in content


def test_the_errata_have_a_feed_of_their_own(client, old):
    new = corrected(old)
    items = client.get(f"{ERRATA}flux.json").json()["items"]
    assert [item["title"] for item in items] == [f"{new} (erratum)"]
    assert f"{ERRATA}flux.rss" in get(client, ERRATA)


def test_the_api_tells_an_erratum_from_both_sides(client, old):
    new = corrected(old)
    answers = {
        figure.pk: client.get(f"/api/v1/figures/{figure.slug}/").json() for figure in (old, new)
    }
    assert answers[new.pk]["erratum"] == WORDS
    assert answers[new.pk]["supersedes"]["id"] == old.pk
    assert [one["id"] for one in answers[old.pk]["corrected_by"]] == [new.pk]
    assert (answers[old.pk]["erratum"], answers[new.pk]["corrected_by"]) == ("", [])
