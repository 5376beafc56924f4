"""Fair use, and who may read the API from a page of their own."""

from __future__ import annotations

import pytest

from publishing.api import throttles
from tests import factories as make
from tests.api_program import NEW_EVENT, anonymous, problem, program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_moment(monkeypatch):
    """Ten seconds into a minute, where the clock stands still."""
    monkeypatch.setattr(throttles.time, "time", lambda: 1_200_000_010.5)


def test_each_answer_says_what_may_still_be_asked(settings):
    settings.API_RATE_ANONYMOUS = 3
    for left in (2, 1, 0):
        response = anonymous().get("events/")
        assert response.status_code == 200
        assert response["RateLimit-Policy"] == '"anonymous";q=3;w=60'
        assert response["RateLimit"] == f'"anonymous";r={left};t=50'


def test_too_many_requests_are_told_when_to_come_back(settings):
    settings.API_RATE_ANONYMOUS = 1
    anonymous().get("events/")
    response = anonymous().get("events/")
    assert problem(response) == (429, "throttled")
    assert response["Retry-After"] == "50"
    assert response["RateLimit"] == '"anonymous";r=0;t=50'


def test_the_next_minute_begins_anew(settings, monkeypatch):
    settings.API_RATE_ANONYMOUS = 1
    anonymous().get("events/")
    monkeypatch.setattr(throttles.time, "time", lambda: 1_200_000_060.0)
    assert anonymous().get("events/").status_code == 200


def test_a_token_has_a_rate_of_its_own(settings):
    settings.API_RATE_ANONYMOUS, settings.API_RATE_TOKEN = 1, 2
    first, second = program(), program()
    anonymous().get("events/")
    for caller in (first, second):
        assert caller.get("events/")["RateLimit"] == '"token";r=1;t=50'
        assert caller.post("events/", NEW_EVENT).status_code == 201
        assert problem(caller.get("events/")) == (429, "throttled")


def test_tokens_that_are_none_are_counted_as_anybody(settings):
    settings.API_RATE_ANONYMOUS = 2
    caller = anonymous()
    caller.headers = {"authorization": "Bearer veille_essai"}
    assert [caller.get("events/").status_code for _ in range(3)] == [401, 401, 429]


def test_callers_are_told_apart_by_their_address(settings):
    settings.API_RATE_ANONYMOUS = 1
    client = anonymous().client
    statuses = [
        client.get("/api/v1/events/", REMOTE_ADDR=address).status_code
        for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
    ]
    assert statuses == [200, 200, 429]


def test_an_address_that_a_caller_gives_itself_is_not_believed(settings):
    settings.API_RATE_ANONYMOUS = 1
    client = anonymous().client
    statuses = [
        client.get("/api/v1/events/", headers={"x-forwarded-for": address}).status_code
        for address in ("10.0.0.1", "10.0.0.2")
    ]
    assert statuses == [200, 429]


def test_no_rate_is_no_limit(settings):
    settings.API_RATE_ANONYMOUS = 0
    response = anonymous().get("events/")
    assert "RateLimit" not in response


@pytest.mark.parametrize("path", ["", "events/", "search/", "schema/", "rien/"])
def test_every_address_of_the_api_is_counted(path):
    assert "RateLimit" in anonymous().get(path)


def test_pages_are_not_counted(client):
    response = client.get("/evenements/")
    assert "RateLimit" not in response
    assert "Access-Control-Allow-Origin" not in response


# --- From a page elsewhere ---


@pytest.mark.parametrize("path", ["events/", "rien/", "schema/"])
def test_any_page_may_read(path):
    response = anonymous().get(path, origin="https://ailleurs.example")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


def test_what_has_not_changed_may_be_read_too():
    event = make.make_event()
    path = f"events/{event.slug}/"
    response = anonymous().get(path, if_none_match=anonymous().get(path)["ETag"])
    assert response.status_code == 304
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_browser_that_asks_first_is_told_that_pages_only_read(client, method):
    response = client.options(
        "/api/v1/events/",
        headers={"origin": "https://ailleurs.example", "access-control-request-method": method},
    )
    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "authorization" not in response["Access-Control-Allow-Headers"].lower()


def test_no_page_reads_the_answer_to_a_request_that_writes():
    response = program().post("events/", NEW_EVENT, origin="https://ailleurs.example")
    assert response.status_code == 201
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("caller", [anonymous, program])
def test_an_address_tells_what_it_takes(caller):
    response = caller().send("options", "events/", None)
    assert response.json() == {
        "methods": ["GET", "POST", "HEAD", "OPTIONS"],
        "renders": ["application/json"],
        "parses": ["application/json", "application/merge-patch+json"],
    }
