"""« Chiffre contesté » beside the figure, wherever it is shown, one click away from why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from market.models import Figure
from publishing import clock
from publishing.models import Anomaly, Severity, Status
from tests import factories as make
from tests.costs import KEPT_NUMBERS, VERSION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_rules")]

WORDS = "Chiffre contesté"
STATUS = Anomaly.Status
FORMATS = ("rss", "atom", "json")


@pytest.fixture
def figure() -> Figure:
    """A figure of an indicator of its own: the rules of the site have nothing to say of it."""
    return make.make_figure(attributed_to=make.make_company(), value=Decimal(12))


def pages_that_show(figure: Figure) -> dict[str, str]:
    return {
        "its page": figure.get_absolute_url(),
        "the list": "/marche/chiffres/",
        "its indicator": figure.indicator.get_absolute_url(),
        "the market": "/marche/",
        "who states it": figure.attributed_to.get_absolute_url(),
        "the home page": "/",
    }


def get(client, address: str) -> str:
    return client.get(address).content.decode()


def test_every_page_that_shows_a_contested_figure_says_so_and_leads_to_why(client, figure):
    pages = pages_that_show(figure)
    assert [name for name, address in pages.items() if WORDS in get(client, address)] == []
    anomaly = make.make_anomaly(accused=[figure])
    for name, address in pages.items():
        page = get(client, address)
        assert WORDS in page, name
        assert f'href="{anomaly.get_absolute_url()}"' in page, name


def test_what_a_contested_figure_was_compared_with_is_not_contested(client, figure):
    make.make_anomaly(accused=[make.make_figure()], context=[figure])
    page = get(client, figure.get_absolute_url())
    assert WORDS not in page.split("Autres anomalies")[0]
    assert "Autres anomalies où il apparaît" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contests": False}, []),
        ({"status": STATUS.DISMISSED}, []),
        ({"status": STATUS.CLOSED, "is_present": False}, []),
        ({"status": STATUS.CORRECTED, "is_present": False}, []),
        ({"status": STATUS.OPEN}, ["chiffre contesté"]),
        ({"status": STATUS.CORRECTED}, ["chiffre contesté"]),
        ({"status": STATUS.EXPLAINED}, ["chiffre contesté, expliqué"]),
    ],
)
def test_which_anomalies_contest(figure, fields, words):
    make.make_anomaly(accused=[figure], **fields)
    assert figure.cautions == words
    (loaded,) = Figure.objects.for_cards().filter(pk=figure.pk)
    assert loaded.cautions == words


def test_a_figure_contested_twice_leads_to_its_own_page_where_both_are(client, figure):
    anomalies = [
        make.make_anomaly(accused=[figure], severity=severity)
        for severity in (Severity.WARNING, Severity.ERROR)
    ]
    assert f'{figure.get_absolute_url()}#contestations"' in get(client, "/marche/chiffres/")
    page = get(client, figure.get_absolute_url())
    places = [page.index(anomaly.message) for anomaly in reversed(anomalies)]
    assert places == sorted(places)


def test_the_page_of_a_figure_tells_the_whole_explanation(client, figure):
    other = make.make_figure(value=Decimal(99))
    anomaly = make.make_anomaly(
        accused=[figure],
        context=[other],
        status=STATUS.EXPLAINED,
        note="La source compte aussi <les> filiales.",
        decided_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )
    page = get(client, figure.get_absolute_url())
    assert anomaly.message in page
    assert f'href="{other.get_absolute_url()}"' in page
    assert "La source compte aussi &lt;les&gt; filiales." in page
    assert "1er mars 2026" in page


def test_a_note_of_the_desk_is_not_for_readers(client, figure):
    make.make_anomaly(accused=[figure], note="À revoir avec Paul.")
    assert "Paul" not in get(client, figure.get_absolute_url())


def test_a_chart_says_it_in_words_and_leads_to_why(client):
    indicator = make.make_indicator()
    figures = [
        make.make_figure(
            indicator=indicator, segment=make.make_segment(name=name), value=Decimal(value)
        )
        for name, value in (("IaaS", 20), ("PaaS", 10))
    ]
    anomaly = make.make_anomaly(accused=figures[:1])
    page = get(client, indicator.get_absolute_url())
    assert "IaaS\u00a0: 20\u00a0Md$ (chiffre contesté) ; PaaS\u00a0: 10\u00a0Md$." in page
    assert page.count("chart__bar--contested") == 1
    assert f'Contesté, et pourquoi\u00a0: <a href="{anomaly.get_absolute_url()}">IaaS</a>' in page


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("base", ["/", "/marche/chiffres/"])
def test_feeds_say_it_in_words(client, figure, base, extension):
    anomaly = make.make_anomaly(accused=[figure], message="1 + 1 = 2, et non 3.")
    content = get(client, f"{base}flux.{extension}")
    assert "(chiffre contesté)" in content
    assert "1 + 1 = 2, et non 3." in content
    assert anomaly.get_absolute_url() in content


def test_an_item_of_a_feed_is_changed_by_what_contests_it(client, figure):
    opened = make.make_anomaly(accused=[figure])
    later = clock.now() + timedelta(days=2)
    Anomaly.objects.filter(pk=opened.pk).update(first_seen_at=later)
    content = get(client, "/marche/chiffres/flux.atom")
    assert f"<updated>{later:%Y-%m-%dT%H}" in content


def test_the_api_tells_what_puts_a_record_in_doubt(client, figure):
    source, event = make.make_source(), make.make_event()
    for record in (figure, source, event):
        anomaly = make.make_anomaly(accused=[record], context=[make.make_figure()])
        expected = {
            "rule": "share-of-total",
            "title": "La part ne correspond pas au montant",
            "severity": "error",
            "status": "open",
            "contests": True,
            "message": anomaly.message,
            "note": "",
            "url": f"http://testserver/api/v1/anomalies/{anomaly.pk}/",
            "html_url": f"http://testserver{anomaly.get_absolute_url()}",
        }
        for address in (f"{record.api_name}/", f"{record.api_name}/{record.slug}/"):
            answer = client.get(f"/api/v1/{address}").json()
            found = answer if "id" in answer else answer["results"]
            rows = [found] if isinstance(found, dict) else found
            shown = next(row for row in rows if row["id"] == record.pk)
            assert shown["anomalies"] == [expected]


@pytest.mark.parametrize(
    "how",
    [
        {"status": Status.DRAFT},
        {"status": Status.ARCHIVED},
        {"publish_at": clock.now() + timedelta(days=3)},
        {"expire_at": make.LONG_AGO + timedelta(days=1)},
    ],
    ids=["draft", "archived", "scheduled", "expired"],
)
def test_an_anomaly_that_speaks_of_a_hidden_record_contests_nothing(client, figure, how):
    other = make.make_figure()
    for name, value in how.items():
        setattr(other, name, value)
    other.save()
    anomaly = make.make_anomaly(accused=[figure], context=[other])
    for address in pages_that_show(figure).values():
        page = get(client, address)
        assert WORDS not in page
        assert anomaly.message not in page
    assert client.get(f"/api/v1/figures/{figure.slug}/").json()["anomalies"] == []


def test_a_hundred_contested_figures_cost_what_one_does(client, django_assert_max_num_queries):
    indicator = make.make_indicator()
    source = make.make_source()
    for _ in range(20):
        figure = make.make_figure(
            indicator=indicator, source=source, company=make.make_company(), value=Decimal(5)
        )
        make.make_anomaly(accused=[figure])
    # As for figures that nothing contests: see test_every_list_page.
    with django_assert_max_num_queries(VERSION + KEPT_NUMBERS + 10):
        assert get(client, "/marche/chiffres/").count(WORDS) == 20
