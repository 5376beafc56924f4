"""What a body is refused for, each value by its pointer; and what is refused before it is read."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events.models import Event
from publishing.models import published_models
from tests import factories as make
from tests.api_program import NEW_EVENT, anonymous, errors, problem, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    return program()


# --- Values ---


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "", "required"),
        ("title", None, "required"),
        ("title", 12, "invalid_type"),
        ("title", ["x"], "invalid_type"),
        ("title", {"a": 1}, "invalid_type"),
        ("title", "x" * 251, "max_length"),
        ("title", "nul \0", "invalid"),
        ("title", "demi \ud800", "invalid"),
        ("date", "31 avril 2027", "unreadable_date"),
        ("date", 2027, "invalid_type"),
        ("kind", "foire", "invalid_choice"),
        ("kind", 1, "invalid_type"),
        ("kind", "", "invalid_choice"),
        ("kind", " ", "invalid_choice"),
        ("published_at", "1910-05-20T14:30:00Z", "invalid"),
        ("expire_at", "1969-12-31", "invalid"),
        ("country", "XX", "invalid_choice"),
        ("website", "pas une adresse", "invalid"),
        ("cfp_deadline", "2027-02-30", "invalid_date"),
        ("cfp_deadline", "demain", "invalid_date"),
        ("published_at", "2027-13-01T00:00", "invalid_datetime"),
        ("series", "inconnue", "unknown_reference"),
        ("organiser", 3, "invalid_type"),
        ("topics", "sujet", "invalid_type"),
        ("topics", [1], "invalid_type"),
        ("citations", {}, "invalid_type"),
        ("slug", "pas un slug", "invalid"),
        ("slug", "agenda", "invalid"),
        ("status", "publique", "invalid_choice"),
        ("titre", "x", "unknown_field"),
        ("id", 3, "unknown_field"),
        ("body_html", "<script>", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named_by_its_pointer(caller, field, value, code):
    response = caller.post("events/", NEW_EVENT | {field: value})
    assert errors(response) == [(f"#/{field}", code)]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"source": "inconnue"}], [("#/citations/0/source", "unknown_reference")]),
        ([{}], [("#/citations/0/source", "required")]),
        ([{"source": "s", "page": 3}], [("#/citations/0/page", "unknown_field")]),
        (["s"], [("#/citations/0", "invalid_type")]),
        ([{"source": "s", "number": 0}], [("#/citations/0/number", "min_value")]),
        ([{"source": "s", "number": "1"}], [("#/citations/0/number", "invalid_type")]),
        ([{"source": "s", "credibility": 9}], [("#/citations/0/credibility", "invalid_choice")]),
        (
            [{"source": "s", "number": 1}, {"source": "s", "number": 1}],
            [("#/citations/1", "invalid")],
        ),
        (
            [{"source": "s", "number": 0}, {"source": "s", "number": 1000, "locator": "x" * 121}],
            [
                ("#/citations/0/number", "min_value"),
                ("#/citations/1/locator", "max_length"),
                ("#/citations/1/number", "max_value"),
            ],
        ),
    ],
)
def test_a_wrong_row_is_named_by_its_pointer(caller, rows, expected):
    make.make_source(slug="s")
    response = caller.post("events/", NEW_EVENT | {"citations": rows})
    assert sorted(errors(response)) == expected
    assert not Event.objects.exists()


def test_all_that_is_wrong_is_told_at_once(caller):
    body = {
        "title": "x" * 251,
        "date": "31 avril 2027",
        "country": "XX",
        "citations": [{"source": "inconnue"}],
        "cfp_url": "nulle part",
        "ville": "Lyon",
    }
    assert sorted(errors(caller.post("events/", body))) == [
        ("#/cfp_url", "invalid"),
        ("#/citations/0/source", "unknown_reference"),
        ("#/country", "invalid_choice"),
        ("#/date", "unreadable_date"),
        ("#/title", "max_length"),
        ("#/ville", "unknown_field"),
    ]


def test_an_unknown_field_is_told_with_the_one_that_was_meant(caller):
    response = caller.post("events/", NEW_EVENT | {"sumary": "x"})
    [error] = response.json()["errors"]
    assert error["detail"] == (
        "Champ inconnu «\u00a0sumary\u00a0»\u00a0; vouliez-vous dire «\u00a0summary\u00a0»\u00a0?"
    )


def test_a_rule_between_fields_says_what_the_admin_says(caller):
    response = caller.post("events/", NEW_EVENT | {"cfp_deadline": "2028-01-01"})
    assert response.json()["errors"] == [
        {
            "pointer": "#/cfp_deadline",
            "code": "invalid",
            "detail": "L’appel à communications se clôt avant la fin de l’événement.",
        }
    ]


def test_a_slug_that_serves_already_is_refused(caller):
    make.make_event(slug="pris")
    assert errors(caller.post("events/", NEW_EVENT | {"slug": "pris"})) == [("#/slug", "unique")]


def test_a_company_is_not_its_own_subsidiary_however_far(caller):
    parent = make.make_company(slug="mere")
    child = make.make_company(slug="fille")
    make.make_relation(child, "subsidiary_of", parent)
    relation = {"kind": "subsidiary_of", "company": "fille"}
    response = caller.patch("companies/mere/", {"relations": [relation]})
    assert errors(response) == [("#/relations/0/company", "invalid")]


@pytest.mark.parametrize("body", ["[1]", '"texte"', "3", "null", "true"])
def test_a_body_that_is_no_record_is_refused(caller, body):
    event = make.make_event()
    assert errors(caller.patch(f"events/{event.slug}/", body)) == [("#", "invalid_type")]


def test_lists_have_an_end(caller):
    rows = [{"source": "s"}] * 501
    assert errors(caller.post("events/", NEW_EVENT | {"citations": rows})) == [
        ("#/citations", "too_many")
    ]


# --- Bodies ---


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"title": "a", "title": "b"}',
        '{"title": NaN}',
        b'{"title": "\xff"}',
        "[" * 100_000,
        '{"position": ' + "9" * 5000 + "}",
        "{'title': 'x'}",
    ],
    ids=["cut", "twice", "nan", "latin-1", "deep", "huge number", "quotes"],
)
def test_what_is_no_json_is_refused(caller, body):
    assert problem(caller.post("events/", body)) == (400, "malformed_json")


def test_what_is_deep_but_json_is_refused_too(caller):
    deep = '{"title": ' + "[" * 400 + "]" * 400 + "}"
    assert errors(caller.post("events/", deep)) == [("#/title", "invalid_type")]


def test_where_the_json_breaks_is_told(caller):
    response = caller.post("events/", '{"title": "x",\n  oups}')
    assert response.json()["detail"] == "Le corps n’est pas du JSON (ligne 2, colonne 3)."


def test_too_large_a_body_is_refused(caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert problem(caller.post("events/", {"title": "x" * 1000})) == (413, "body_too_large")
    assert caller.post("events/", NEW_EVENT).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_another_format_than_json_is_refused(caller, kind):
    response = caller.post("events/", "title=x", content_type=kind)
    assert problem(response) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("put", "events/", "GET, POST, HEAD, OPTIONS"),
        ("patch", "events/", "GET, POST, HEAD, OPTIONS"),
        ("delete", "events/", "GET, POST, HEAD, OPTIONS"),
        ("post", "events/un/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("post", "search/", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_refused(caller, method, path, allowed):
    response = caller.send(method, path, {})
    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == allowed
    assert response.json()["detail"] == f"Méthodes acceptées à cette adresse\u00a0: {allowed}."


def test_a_format_of_answer_that_is_not_spoken_is_refused(caller):
    assert problem(caller.get("events/", accept="text/html")) == (406, "not_acceptable")


def test_a_format_that_is_not_spoken_is_refused_before_the_token_is_read(caller):
    caller.headers = {"authorization": "Bearer veille_inconnu"}
    assert problem(caller.get("events/", accept="text/html")) == (406, "not_acceptable")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_what_is_nowhere_cannot_be_changed(caller, method):
    response = caller.send(method, "events/aucun/", {}, if_match='"x"')
    assert problem(response) == (404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/", "/api/v2/events/", "/api/v1/rien/", "/api/v1/rien"])
def test_an_unknown_address_is_a_problem_whatever_is_sent_there(caller, method, path):
    assert problem(caller.send(method, path, {})) == (404, "not_found")


def test_a_failure_is_a_problem_too(caller, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("panne")

    monkeypatch.setattr(Event, "full_clean", fail)
    caller.client.raise_request_exception = False
    assert problem(caller.post("events/", NEW_EVENT)) == (500, "server_error")


# --- Whatever is sent ---

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Anything(TestCase):
    """No body breaks the site: each is written, or refused by a problem."""

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_any_body_is_written_or_refused(self, data):
        model = data.draw(st.sampled_from(published_models()))
        caller = program()
        view = caller.client.get(reverse(f"api:{model.api_name}-list")).renderer_context["view"]
        fields = st.sampled_from(sorted(view.writable.keys))
        some = st.one_of(JSON, st.sampled_from(["s", "2027", "published", "draft", ["s"], "1.5"]))
        body = data.draw(st.dictionaries(fields, some, max_size=5))
        label = model.label_field if "label" not in vars(model) else ""
        if label in view.writable.keys:
            body.setdefault(label, "Intitulé")
        response = caller.post(f"{model.api_name}/", json.dumps(body))
        assert response.status_code in (201, 422), (body, response.content)
        if response.status_code == 422:
            assert errors(response)


def test_reading_needs_no_token():
    assert anonymous().get("events/").status_code == 200
