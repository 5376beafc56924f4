"""The public register of anomalies, the page of one, and the page on the method."""

from __future__ import annotations

import re

import pytest

from publishing.anomalies import all_rules, subjects
from publishing.models import Anomaly, Severity, Status
from tests import factories as make
from tests.costs import KEPT_NUMBERS, VERSION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_rules")]

REGISTER = "/marche/anomalies/"
METHOD = "/marche/anomalies/methode/"
STATUS = Anomaly.Status


def get(client, address: str = REGISTER, **query: str) -> str:
    return client.get(address, query).content.decode()


def listed(client, **query: str) -> list[Anomaly]:
    response = client.get(REGISTER, query)
    assert response.status_code == 200
    return list(response.context["page_obj"])


def test_an_empty_register_says_so(client):
    assert "Aucune anomalie" in get(client)


def test_the_register_tells_who_contradicts_what_since_when_and_what_became_of_it(client):
    accused, compared, correct = (make.make_figure() for _ in range(3))
    anomaly = make.make_anomaly(
        accused=[accused],
        context=[compared],
        status=STATUS.CORRECTED,
        correction=correct,
        note="La source l’a reconnu.",
    )
    page = get(client)
    for record in (accused, compared, correct):
        assert f'href="{record.get_absolute_url()}"' in page
    for words in (
        anomaly.message,
        "La part ne correspond pas au montant",
        "Erreur",
        "Corrigée",
        "constatée le",
        "La source l’a reconnu.",
        "1\u00a0anomalie<",
    ):
        assert words in page


def test_what_waits_for_an_answer_comes_first_and_the_gravest_of_them(client):
    figure = make.make_figure()

    def one(status, severity):
        return make.make_anomaly(accused=[figure], status=status, severity=severity)

    explained = one(STATUS.EXPLAINED, Severity.ERROR)
    notice = one(STATUS.OPEN, Severity.NOTICE)
    error = one(STATUS.OPEN, Severity.ERROR)
    warning = one(STATUS.OPEN, Severity.WARNING)
    assert listed(client) == [error, warning, notice, explained]


@pytest.mark.parametrize(
    ("fields", "page", "in_register"),
    [
        ({"status": STATUS.OPEN}, 200, True),
        ({"status": STATUS.EXPLAINED}, 200, True),
        ({"status": STATUS.CORRECTED, "is_present": False}, 200, True),
        ({"status": STATUS.CLOSED, "is_present": False}, 200, False),
        ({"status": STATUS.DISMISSED}, 410, False),
    ],
)
def test_what_readers_see_of_each_state(client, fields, page, in_register):
    anomaly = make.make_anomaly(accused=[make.make_figure()], **fields)
    assert client.get(anomaly.get_absolute_url()).status_code == page
    assert (anomaly in listed(client)) is in_register
    on_the_map = anomaly.get_absolute_url() in get(client, "/sitemap-anomalies.xml")
    assert on_the_map is in_register


def test_a_closed_anomaly_keeps_its_page_but_not_values_that_have_changed(client):
    anomaly = make.make_anomaly(
        accused=[make.make_figure()],
        status=STATUS.CLOSED,
        is_present=False,
        message="7391 et non 12.",
        lead="7391 est faux.",
    )
    page = get(client, anomaly.get_absolute_url())
    assert "Cette anomalie est close" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "7391" not in page


def test_the_page_of_one_shows_the_arithmetic_the_lead_the_rule_and_the_records(client):
    accused, compared = make.make_figure(), make.make_figure()
    anomaly = make.make_anomaly(
        accused=[accused], context=[compared], lead="18,9\u00a0% est un taux de croissance."
    )
    page = get(client, anomaly.get_absolute_url())
    rule = all_rules()[anomaly.rule]
    for words in (anomaly.message, anomaly.lead, rule.title, rule.explanation, "jamais appliquée"):
        assert words in page
    assert page.index("En cause") < page.index(accused.label) < page.index("Comparé à")
    assert page.index("Comparé à") < page.index(compared.label)
    assert f'href="{METHOD}#{rule.code}"' in page


def test_an_anomaly_of_a_rule_that_is_no_more_still_has_its_page(client):
    anomaly = make.make_anomaly(rule="regle-disparue", accused=[make.make_event()])
    assert "regle-disparue" in get(client, anomaly.get_absolute_url())


@pytest.mark.parametrize("number", ["999999", "0"])
def test_an_address_without_anomaly_is_not_found(client, number):
    assert client.get(f"{REGISTER}{number}/").status_code == 404


def test_the_register_filters_by_rule_severity_state_and_subject(client):
    figure = make.make_figure()
    kept = make.make_anomaly(
        rule="rank-inversion",
        accused=[figure],
        severity=Severity.WARNING,
        status=STATUS.EXPLAINED,
        subject="totals",
        message="Inversion de rang.",
    )
    make.make_anomaly(accused=[figure])
    for query in (
        {"rule": "rank-inversion"},
        {"severity": "warning"},
        {"status": "explained"},
        {"subject": "totals"},
        {"q": "inversion"},
    ):
        assert listed(client, **query) == [kept], query


@pytest.mark.parametrize(
    "query",
    [
        {"couleur": "bleu"},
        {"rule": "jamais-vue"},
        {"severity": "grave"},
        {"status": "dismissed"},
        {"status": "closed"},
        {"subject": "\x00"},
    ],
    ids=str,
)
def test_an_unknown_filter_is_refused_with_a_way_back(client, query):
    response = client.get(REGISTER, query)
    assert response.status_code == 400
    assert "Revenir à la liste complète" in response.content.decode()


def test_the_register_goes_by_pages_and_costs_the_same(client, django_assert_num_queries):
    figures = [make.make_figure() for _ in range(3)]
    make.make_anomaly(accused=figures[:1], context=figures[1:])
    # How many in each state; how many in all; the anomalies; their rows; the figures;
    # what each choice of the filters gives.
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 6):
        get(client)
    for _ in range(30):
        make.make_anomaly(accused=figures[:1], context=figures[1:])
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 6):
        get(client)
    assert len(listed(client)) == 24
    assert len(listed(client, page="2")) == 7


def test_an_anomaly_of_many_records_names_the_first_and_counts_them(client):
    figures = [make.make_figure() for _ in range(8)]
    make.make_anomaly(accused=figures)
    page = get(client)
    assert figures[5].get_absolute_url() in page
    assert figures[6].get_absolute_url() not in page
    assert "8\u00a0fiches" in page


def test_a_message_is_text_and_nothing_else(client):
    anomaly = make.make_anomaly(accused=[make.make_figure()], message="<b>1</b> & " + "9" * 900)
    for address in (REGISTER, anomaly.get_absolute_url()):
        assert "&lt;b&gt;1&lt;/b&gt; &amp; 999" in get(client, address)


def test_a_correction_that_is_not_public_is_not_led_to(client):
    correct = make.make_figure(slug="pas-encore", status=Status.DRAFT)
    anomaly = make.make_anomaly(
        accused=[make.make_figure()], status=STATUS.CORRECTED, correction=correct
    )
    assert "pas-encore" not in get(client) + get(client, anomaly.get_absolute_url())


def test_the_method_explains_every_rule_and_leads_to_its_anomalies(client):
    page = get(client, METHOD)
    for rule in all_rules().values():
        assert f'id="{rule.code}"' in page
        assert rule.title in page
        assert rule.explanation in page
        assert f'href="{REGISTER}?rule={rule.code}"' in page
    for subject in subjects():
        assert f'href="{REGISTER}?subject={subject.name}"' in page
    for words in ("Chiffre contesté", "Non sourcé", "Erratum", "Une piste"):
        assert words in page
    links = set(re.findall(rf'href="({REGISTER}\?[^"]*)"', page))
    assert {client.get(link).status_code for link in links} == {200}


def test_the_register_is_one_click_from_the_market_and_from_every_page(client):
    assert f'href="{REGISTER}"' in get(client, "/marche/").split("<footer")[0]
    assert f'href="{REGISTER}"' in get(client, "/").split('<footer class="footer"')[1]
