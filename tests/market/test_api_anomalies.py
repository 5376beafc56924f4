"""The public register of anomalies in the API: what its pages tell, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publishing import clock
from publishing.anomalies import all_rules
from publishing.models import Anomaly, Severity, Status
from tests import factories as make
from tests.api_answers import SITE, get, link, moment, refused
from tests.costs import KEYS, VERSION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_rules")]

STATUS = Anomaly.Status


def told(record):
    return link(record, type=record.api_name, title=record.label)


def numbers(client, **query) -> list[int]:
    return [row["id"] for row in get(client, "anomalies/", **query)["results"]]


def one(**fields) -> Anomaly:
    return make.make_anomaly(**{"accused": [make.make_figure()]} | fields)


def corrected(accused, compared, correction) -> Anomaly:
    """One that tells all that an anomaly may tell."""
    return make.make_anomaly(
        accused=[accused],
        context=[compared],
        lead="18,9 % est un taux.",
        status=STATUS.CORRECTED,
        correction=correction,
        note="La source l’a reconnu.",
        decided_at=clock.now(),
        decided_by=make.make_user(username="dupont"),
    )


def test_an_anomaly_is_told_whole(client):
    accused, compared, correct = make.make_figure(), make.make_event(), make.make_figure()
    anomaly = corrected(accused, compared, correct)
    rule = all_rules()[anomaly.rule]
    expected = {
        "id": anomaly.pk,
        "url": f"{SITE}/api/v1/anomalies/{anomaly.pk}/",
        "html_url": SITE + anomaly.get_absolute_url(),
        "rule": "share-of-total",
        "title": "La part ne correspond pas au montant",
        "explanation": rule.explanation,
        "subject": "figures",
        "severity": "error",
        "status": "corrected",
        "contests": True,
        "message": anomaly.message,
        "lead": "18,9 % est un taux.",
        "accused": [told(accused)],
        "compared": [told(compared)],
        "note": "La source l’a reconnu.",
        "decided_at": moment(anomaly.decided_at),
        "correction": told(correct),
        "first_seen_at": moment(anomaly.first_seen_at),
        "updated_at": moment(anomaly.updated_at),
    }
    assert get(client, "anomalies/")["results"] == [expected]
    step = anomaly.steps.get()
    history = [{"at": moment(step.at), "status": "corrected"}]
    assert get(client, f"anomalies/{anomaly.pk}/") == expected | {"history": history}


def test_what_is_noted_for_the_desk_is_not_told(client):
    anomaly = one(note="À voir avec Dupont.", decided_at=clock.now())
    anomaly.move_to(STATUS.OPEN, note="Relancé.", by=make.make_user(username="dupont"))
    answer = get(client, f"anomalies/{anomaly.pk}/")
    assert (answer["note"], answer["decided_at"], answer["correction"]) == ("", None, None)
    assert "dupont" not in str(answer).lower()
    assert "Relancé" not in str(answer)


def test_a_correction_that_is_not_public_is_not_told(client):
    correct = make.make_figure(status=Status.DRAFT)
    anomaly = one(status=STATUS.CORRECTED, correction=correct)
    assert get(client, f"anomalies/{anomaly.pk}/")["correction"] is None


def test_an_anomaly_of_a_rule_that_is_no_more_is_told_by_its_code(client):
    anomaly = one(rule="regle-disparue")
    answer = get(client, f"anomalies/{anomaly.pk}/")
    assert (answer["title"], answer["explanation"]) == ("regle-disparue", "")


@pytest.mark.parametrize(
    ("fields", "status", "in_list"),
    [
        ({"status": STATUS.OPEN}, 200, True),
        ({"status": STATUS.EXPLAINED}, 200, True),
        ({"status": STATUS.CORRECTED, "is_present": False}, 200, True),
        ({"status": STATUS.CLOSED, "is_present": False}, 200, False),
        ({"status": STATUS.DISMISSED}, 410, False),
    ],
)
def test_what_is_told_of_each_state(client, fields, status, in_list):
    anomaly = one(**fields)
    response = client.get(f"/api/v1/anomalies/{anomaly.pk}/")
    assert response.status_code == status
    assert (anomaly.pk in numbers(client)) is in_list
    if status == 410:
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "gone"
        assert anomaly.message not in response.content.decode()


def test_a_closed_anomaly_no_longer_tells_values_that_have_changed(client):
    anomaly = one(
        status=STATUS.CLOSED, is_present=False, message="7391 et non 12.", lead="7391.", note="7391"
    )
    answer = get(client, f"anomalies/{anomaly.pk}/")
    assert (answer["message"], answer["lead"], answer["note"]) == ("", "", "")


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
@pytest.mark.parametrize("role", ["accused", "context"])
def test_an_anomaly_that_speaks_of_a_hidden_record_is_nowhere(client, how, role):
    hidden = make.make_figure()
    others = {"accused": [make.make_figure()], "context": []}
    anomaly = make.make_anomaly(**others | {role: [hidden]})
    for name, value in how.items():
        setattr(hidden, name, value)
    hidden.save()
    assert numbers(client) == []
    assert client.get(f"/api/v1/anomalies/{anomaly.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "9" * 5000, "abc", "-1"])
def test_an_address_without_anomaly_is_not_found(client, number):
    response = client.get(f"/api/v1/anomalies/{number}/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_final_slash_that_is_forgotten_is_added(client):
    anomaly = one()
    response = client.get(f"/api/v1/anomalies/{anomaly.pk}")
    assert response.status_code == 301
    assert response["Location"] == f"{SITE}/api/v1/anomalies/{anomaly.pk}/"


def test_the_filters_are_those_of_the_page(client):
    kept = one(
        rule="rank-inversion",
        severity=Severity.WARNING,
        status=STATUS.EXPLAINED,
        subject="totals",
        message="Inversion de rang.",
    )
    one()
    for query in (
        {"rule": "rank-inversion"},
        {"severity": "warning"},
        {"status": "explained"},
        {"subject": "totals"},
        {"q": "inversion"},
    ):
        assert numbers(client, **query) == [kept.pk], query
    later = clock.now() + timedelta(days=2)
    Anomaly.objects.filter(pk=kept.pk).update(updated_at=later)
    assert numbers(client, updated_since=f"{later:%Y-%m-%d}") == [kept.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("couleur", "bleu"),
        ("rule", "jamais-vue"),
        ("severity", "grave"),
        ("status", "dismissed"),
        ("status", "closed"),
        ("status", "all"),
        ("subject", "\x00"),
        ("ordering", "severity"),
        ("ordering", "created_at"),
        ("fields", "decided_by"),
        ("fields", "history"),
        ("cursor", "x"),
        ("page_size", "1000"),
    ],
)
def test_what_is_not_understood_is_refused(client, name, value):
    assert [field for field, _ in refused(client, "anomalies/", **{name: value})] == [name]


def test_one_alone_refuses_what_it_does_not_know(client):
    anomaly = one()
    assert refused(client, f"anomalies/{anomaly.pk}/", status="open") == [
        ("status", "unknown_parameter")
    ]


def test_the_latest_found_comes_first_and_orders_are_chosen(client):
    first, second = one(), one()
    Anomaly.objects.filter(pk=first.pk).update(updated_at=clock.now() + timedelta(days=1))
    assert numbers(client) == [second.pk, first.pk]
    assert numbers(client, ordering="first_seen_at") == [first.pk, second.pk]
    assert numbers(client, ordering="-updated_at") == [first.pk, second.pk]


@pytest.mark.parametrize("ordering", ["", "first_seen_at", "-updated_at"])
def test_pages_follow_one_another_and_count(client, ordering):
    figure = make.make_figure()
    found = [make.make_anomaly(accused=[figure]).pk for _ in range(5)]
    query = {"page_size": 2, "count": 1} | ({"ordering": ordering} if ordering else {})
    page, seen = get(client, "anomalies/", **query), []
    while True:
        assert page["count"] == 5
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert sorted(seen) == found


def test_the_fields_that_are_asked_for_are_answered(client):
    accused = make.make_figure()
    anomaly = make.make_anomaly(accused=[accused])
    fields = "id,rule,accused.slug"
    expected = {"id": anomaly.pk, "rule": anomaly.rule, "accused": [{"slug": accused.slug}]}
    assert get(client, "anomalies/", fields=fields)["results"] == [expected]
    assert get(client, f"anomalies/{anomaly.pk}/", fields=fields) == expected
    assert set(get(client, f"anomalies/{anomaly.pk}/", fields="history")) == {"history"}


def test_many_cost_no_more_than_one(client, django_assert_num_queries):
    figures = [make.make_figure() for _ in range(3)]
    source, event = make.make_source(), make.make_event()

    def add():
        return make.make_anomaly(
            accused=[figures[0], source],
            context=[event, *figures[1:]],
            status=STATUS.CORRECTED,
            correction=figures[1],
        )

    anomaly = add()
    get(client, "anomalies/", fields="id")
    # The anomalies; their rows; the figures, the sources and the events of these; the corrections.
    with django_assert_num_queries(VERSION - 2 + KEYS + 6):
        get(client, "anomalies/")
    # One alone, and its history.
    with django_assert_num_queries(VERSION - 2 + 7):
        get(client, f"anomalies/{anomaly.pk}/")
    for _ in range(30):
        add()
    with django_assert_num_queries(VERSION + KEYS + 6):
        assert len(numbers(client, page_size=200)) == 31
    # What is not asked for is not read.
    with django_assert_num_queries(VERSION - 2 + KEYS + 1):
        get(client, "anomalies/", page_size=200, fields="id,rule,url,html_url")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(client, method):
    anomaly = one()
    for path in ("anomalies/", f"anomalies/{anomaly.pk}/"):
        response = getattr(client, method)(f"/api/v1/{path}")
        assert response.status_code == 405
        assert response["Content-Type"] == "application/problem+json"
        assert client.head(f"/api/v1/{path}").status_code == 200
        assert client.options(f"/api/v1/{path}").json()["methods"] == ["GET", "HEAD", "OPTIONS"]


def test_an_unchanged_register_is_not_made_again(client):
    anomaly = one()
    for path in ("anomalies/", f"anomalies/{anomaly.pk}/"):
        etag = client.get(f"/api/v1/{path}")["ETag"]
        again = client.get(f"/api/v1/{path}", headers={"if-none-match": etag})
        assert again.status_code == 304
    anomaly.move_to(STATUS.EXPLAINED)
    again = client.get("/api/v1/anomalies/", headers={"if-none-match": etag})
    assert again.status_code == 200
