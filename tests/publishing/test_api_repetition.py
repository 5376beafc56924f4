"""What may happen twice or at once: versions, repeated requests, batches."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from events.models import Event
from publishing import clock
from publishing.models import Status
from publishing.tokens import KeptAnswer
from sources.models import Citation
from tests import factories as make
from tests.api_answers import SITE
from tests.api_program import NEW_EVENT, errors, problem, program

pytestmark = pytest.mark.django_db

CHANGES = [
    pytest.param("put", NEW_EVENT, id="put"),
    pytest.param("patch", {"city": "Lyon"}, id="patch"),
    pytest.param("delete", None, id="delete"),
]


@pytest.fixture
def caller():
    return program()


def etag(caller, event) -> str:
    return caller.get(f"events/{event.slug}/")["ETag"]


# --- Versions ---


@pytest.mark.parametrize(("method", "body"), CHANGES)
def test_a_change_says_which_version_was_read(caller, method, body):
    event = make.make_event(city="Paris")
    path = f"events/{event.slug}/"
    assert problem(caller.send(method, path, body)) == (428, "precondition_required")
    assert problem(caller.send(method, path, body, if_match="*")) == (428, "precondition_required")
    before = Event.objects.values().get()
    assert problem(caller.send(method, path, body, if_match='"autre"')) == (
        412,
        "precondition_failed",
    )
    assert Event.objects.values().get() == before
    assert caller.send(method, path, body, if_match=etag(caller, event)).status_code == 200


@pytest.mark.parametrize(("method", "body"), CHANGES)
def test_what_another_wrote_meanwhile_is_not_lost(caller, method, body):
    event = make.make_event()
    path = f"events/{event.slug}/"
    read = etag(caller, event)
    program().patch(path, {"title": "Écrit par un autre"})
    assert problem(caller.send(method, path, body, if_match=read)) == (412, "precondition_failed")
    event.refresh_from_db()
    assert (event.title, event.status) == ("Écrit par un autre", "published")


def test_a_part_that_changes_is_another_version(caller):
    event, source = make.make_event(), make.make_source()
    path = f"events/{event.slug}/"
    read = etag(caller, event)
    make.cite(event, source, number=1)
    assert problem(caller.send("patch", path, {"city": "Lyon"}, if_match=read))[0] == 412
    read = etag(caller, event)
    Citation.objects.update(quote="d’autres mots")
    assert problem(caller.send("patch", path, {"city": "Lyon"}, if_match=read))[0] == 412


def test_what_others_say_of_a_record_is_no_other_version(caller):
    series = make.make_series()
    event = make.make_event(series=series, status=Status.DRAFT)
    read = etag(caller, event)
    series.name = "Autre nom"
    series.save()
    assert etag(caller, event) != read
    response = caller.send("patch", f"events/{event.slug}/", {"city": "Lyon"}, if_match=read)
    assert response.status_code == 200


def test_the_answer_to_a_change_gives_the_version_for_the_next(caller):
    path = caller.post("events/", NEW_EVENT)
    read = path["ETag"]
    for city in ("Lyon", "Lille"):
        response = caller.send("patch", path["Location"], {"city": city}, if_match=read)
        assert (response.status_code, response.json()["city"]) == (200, city)
        assert response["ETag"] != read
        read = response["ETag"]


def test_one_version_among_several_is_enough_but_not_a_weak_one(caller):
    event = make.make_event()
    path, read = f"events/{event.slug}/", etag(caller, event)
    weak = caller.send("patch", path, {"city": "Lyon"}, if_match=f"W/{read}")
    assert problem(weak) == (412, "precondition_failed")
    several = caller.send("patch", path, {"city": "Lyon"}, if_match=f'"autre", {read}')
    assert several.status_code == 200


def test_what_was_not_changed_is_not_sent_again(caller):
    event = make.make_event()
    path = f"events/{event.slug}/"
    assert caller.get(path, if_none_match=etag(caller, event)).status_code == 304


# --- Repeated creations ---


def test_a_repeated_creation_makes_one_record(caller):
    first = caller.post("events/", NEW_EVENT, idempotency_key="envoi-1")
    second = caller.post("events/", NEW_EVENT, idempotency_key="envoi-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert [second[name] for name in ("Location", "ETag")] == [
        first[name] for name in ("Location", "ETag")
    ]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Event.objects.count() == 1


def test_without_a_key_each_request_makes_its_record(caller):
    for _ in range(2):
        assert caller.post("events/", NEW_EVENT).status_code == 201
    assert sorted(Event.objects.values_list("slug", flat=True)) == [
        "salon-du-cloud",
        "salon-du-cloud-2",
    ]


def test_a_key_serves_one_request_only(caller):
    caller.post("events/", NEW_EVENT, idempotency_key="envoi-1")
    for path, body in (("events/", {"title": "Autre"}), ("event-series/", NEW_EVENT)):
        response = caller.post(path, body, idempotency_key="envoi-1")
        assert problem(response) == (422, "idempotency_key_reused")
    assert Event.objects.count() == 1


def test_each_token_has_its_own_keys(caller):
    for one in (caller, program()):
        one.post("events/", NEW_EVENT, idempotency_key="envoi-1")
    assert Event.objects.count() == 2


def test_a_refused_creation_may_be_corrected_under_the_same_key(caller):
    refused = caller.post("events/", {"title": ""}, idempotency_key="envoi-1")
    assert errors(refused) == [("#/title", "required")]
    assert caller.post("events/", NEW_EVENT, idempotency_key="envoi-1").status_code == 201


def test_a_key_is_forgotten_after_a_day(caller):
    caller.post("events/", NEW_EVENT, idempotency_key="envoi-1")
    with clock.frozen(clock.now() + timedelta(hours=25)):
        caller.post("events/", NEW_EVENT, idempotency_key="envoi-1")
        assert Event.objects.count() == 2
        assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(caller, key):
    response = caller.post("events/", NEW_EVENT, idempotency_key=key)
    assert problem(response) == (400, "invalid_idempotency_key")


def test_a_batch_is_repeated_as_one_request(caller):
    batch = [NEW_EVENT, {"title": ""}]
    first = caller.post("events/", batch, idempotency_key="lot")
    assert caller.post("events/", batch, idempotency_key="lot").json() == first.json()
    assert Event.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_record(caller):
    answers = []
    ready = threading.Barrier(2)

    def ask():
        ready.wait()
        answers.append(caller.post("events/", NEW_EVENT, idempotency_key="envoi-1"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [201, 201]
    assert sum("Idempotency-Replayed" in one for one in answers) == 1
    assert Event.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_told_to_read_again(caller):
    event = make.make_event()
    read = etag(caller, event)
    answers = []
    ready = threading.Barrier(2)

    def ask(city):
        ready.wait()
        path = f"events/{event.slug}/"
        answers.append(caller.send("patch", path, {"city": city}, if_match=read))
        connection.close()

    threads = [threading.Thread(target=ask, args=[city]) for city in ("Lyon", "Lille")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.status_code for one in answers) == [200, 412]
    [won] = [one.json()["city"] for one in answers if one.status_code == 200]
    event.refresh_from_db()
    assert event.city == won


# --- Batches ---


def test_each_record_of_a_batch_has_its_own_result(caller):
    batch = [
        NEW_EVENT,
        {"title": "Autre", "country": "XX"},
        {"title": "Troisième", "slug": "salon-du-cloud"},
        "rien",
        NEW_EVENT,
    ]
    response = caller.post("events/", batch)
    assert response.status_code == 207
    answer = response.json()
    assert (answer["created"], answer["refused"]) == (2, 3)
    assert [(one["index"], one["status"]) for one in answer["results"]] == [
        (0, 201),
        (1, 422),
        (2, 422),
        (3, 422),
        (4, 201),
    ]
    first, country, slug, nothing, last = answer["results"]
    assert first["url"] == f"{SITE}/api/v1/events/salon-du-cloud/"
    assert caller.get(first["url"])["ETag"] == first["etag"]
    assert last["slug"] == "salon-du-cloud-2"
    assert [one["problem"]["errors"][0]["pointer"] for one in (country, slug, nothing)] == [
        "#/country",
        "#/slug",
        "#",
    ]
    assert Event.objects.count() == 2


def test_the_rights_are_asked_for_each_record_of_a_batch():
    response = program("write").post("events/", [NEW_EVENT, NEW_EVENT | {"status": "published"}])
    results = response.json()["results"]
    assert [one["status"] for one in results] == [201, 403]
    assert results[1]["problem"]["code"] == "insufficient_scope"
    assert Event.objects.count() == 1


@pytest.mark.parametrize("number", [0, 101])
def test_a_batch_holds_from_one_to_a_hundred_records(caller, number):
    assert errors(caller.post("events/", [NEW_EVENT] * number)) == [("#", "wrong_number")]
    assert not Event.objects.exists()


def test_a_hundred_records_are_created_at_once(caller):
    batch = [{"title": f"Salon {n}"} for n in range(100)]
    assert caller.post("events/", batch).json()["created"] == 100
