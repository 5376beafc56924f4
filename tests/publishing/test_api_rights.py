"""Who may write what through the API: nobody, each scope of token, each group of editors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Event
from publishing import clock
from publishing.groups import ADMINISTRATOR, RECORD_ACTIONS, REVIEWER, WRITER
from publishing.models import Status, published_models
from publishing.publication import ONLY_REVIEWERS_DECIDE
from publishing.tokens import ApiToken
from tests import factories as make
from tests.api_program import NEW_EVENT, anonymous, problem, program

pytestmark = pytest.mark.django_db

SCOPES = ApiToken.Scope.values
DECIDERS = (REVIEWER, ADMINISTRATOR)
CALLERS = [(scope, group) for scope in SCOPES for group in RECORD_ACTIONS]
# What each caller asks, on a draft and on a published record: (name, method, body).
WRITING = {
    "create": ("post", "events/", NEW_EVENT),
    "change a draft": ("patch", "events/brouillon/", {"city": "Lyon"}),
    "replace a draft": ("put", "events/brouillon/", NEW_EVENT),
}
DECIDING = {
    "create what is published": ("post", "events/", NEW_EVENT | {"status": "published"}),
    "publish": ("patch", "events/brouillon/", {"status": "published"}),
    "refuse": ("patch", "events/brouillon/", {"status": "rejected"}),
    "change what is published": ("patch", "events/publie/", {"city": "Lyon"}),
    "replace what is published": ("put", "events/publie/", NEW_EVENT),
    "send back to draft": ("patch", "events/publie/", {"status": "draft"}),
    "change what is archived": ("patch", "events/archive/", {"city": "Lyon"}),
    "archive": ("delete", "events/publie/", None),
    "archive a draft": ("delete", "events/brouillon/", None),
}


@pytest.fixture(autouse=True)
def _events():
    make.make_event(slug="brouillon", status=Status.DRAFT)
    make.make_event(slug="publie")
    make.make_event(slug="archive", status=Status.ARCHIVED)


def ask(caller, method, path, body):
    if method == "post":
        return caller.post(path, body)
    if method == "delete":
        return caller.delete(path)
    return getattr(caller, method)(path, body)


def state() -> list[dict]:
    return list(Event.objects.order_by("pk").values())


@pytest.mark.parametrize("asked", [*WRITING, *DECIDING])
def test_nobody_writes_without_a_token(asked):
    before = state()
    response = ask(anonymous(), *(WRITING | DECIDING)[asked])
    assert problem(response) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="Veille"'
    assert state() == before


@pytest.mark.parametrize("asked", WRITING)
@pytest.mark.parametrize(("scope", "group"), CALLERS)
def test_whoever_writes_in_the_admin_writes_with_a_token_that_may(scope, group, asked):
    before = state()
    response = ask(program(scope, group), *WRITING[asked])
    if scope == "read":
        assert problem(response) == (403, "insufficient_scope")
        assert response["WWW-Authenticate"] == (
            'Bearer realm="Veille", error="insufficient_scope", scope="write"'
        )
        assert state() == before
    else:
        assert response.status_code in (200, 201)
        assert state() != before


@pytest.mark.parametrize("asked", DECIDING)
@pytest.mark.parametrize(("scope", "group"), CALLERS)
def test_whoever_decides_in_the_admin_decides_with_a_token_that_may(scope, group, asked):
    before = state()
    response = ask(program(scope, group), *DECIDING[asked])
    if scope == "publish" and group in DECIDERS:
        assert response.status_code in (200, 201), response.content
        assert state() != before
        return
    assert problem(response) == (
        (403, "reviewers_decide") if scope == "publish" else (403, "insufficient_scope")
    )
    assert state() == before


def test_a_writer_is_told_what_to_do_in_the_words_of_the_admin():
    response = program("publish", WRITER).patch("events/brouillon/", {"status": "published"})
    assert response.json()["detail"] == ONLY_REVIEWERS_DECIDE


def test_a_writer_sends_a_draft_to_review():
    response = program("write", WRITER).patch("events/brouillon/", {"status": "in_review"})
    assert response.json()["editing"]["status"] == "in_review"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_person_without_a_group_writes_nothing(method):
    caller = program("publish")
    caller.token.user.groups.clear()
    path = "events/" if method == "post" else "events/publie/"
    response = caller.send(method, path, NEW_EVENT, if_match='"x"')
    assert problem(response)[0] == 403


def test_a_person_without_a_group_sees_no_draft():
    caller = program("read")
    caller.token.user.groups.clear()
    assert problem(caller.get("events/brouillon/")) == (404, "not_found")
    assert problem(caller.get("events/?status=draft")) == (403, "permission_denied")
    assert "editing" not in caller.get("events/publie/").json()


# --- Drafts ---


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.REJECTED])
def test_a_draft_is_visible_to_tokens_only(model, status):
    record = make_any(model, status)
    path = f"{model.api_name}/{record.slug}/"
    listed = f"{model.api_name}/?status={status}"
    assert problem(anonymous().get(path)) == (404, "not_found")
    assert problem(anonymous().get(listed)) == (401, "not_authenticated")
    assert anonymous().get(f"{model.api_name}/").json()["results"] == []
    caller = program("read", WRITER)
    assert caller.get(path).json()["editing"]["status"] == status
    assert [row["slug"] for row in caller.get(listed).json()["results"]] == [record.slug]
    assert caller.get(f"{model.api_name}/").json()["results"] == []


def make_any(model, status):
    from tests.test_what_the_public_sees import BUILDERS  # slow import

    Event.objects.all().delete()
    record = BUILDERS[model.__name__]()
    # What it rests on is of other kinds, but for what a kind holds of its own.
    model.objects.exclude(pk=record.pk).delete()
    model.objects.filter(pk=record.pk).update(status=status, publish_at=None)
    return record


def test_a_token_lists_every_status_or_one():
    caller = program("read")
    slugs = [row["slug"] for row in caller.get("events/?status=all").json()["results"]]
    assert sorted(slugs) == ["archive", "brouillon", "publie"]
    slugs = [row["slug"] for row in caller.get("events/?status=archived").json()["results"]]
    assert slugs == ["archive"]
    assert problem(caller.get("events/?status=perdu")) == (400, "invalid_parameters")


def test_without_asking_for_it_a_token_lists_what_everybody_does():
    assert program("read").get("events/").json() == anonymous().get("events/").json()


def test_a_token_reads_what_was_withdrawn():
    withdrawn = make.make_event(status=Status.ARCHIVED, publish_at=make.LONG_AGO)
    path = f"events/{withdrawn.slug}/"
    assert problem(anonymous().get(path)) == (410, "gone")
    assert program("read").get(path).json()["editing"]["status"] == "archived"


def test_the_answer_to_a_token_is_lent_by_no_cache():
    response = program("read").get("events/publie/")
    assert response["Cache-Control"] == "private, no-cache"
    assert "Authorization" in response["Vary"]
    public = anonymous().get("events/publie/")
    assert public["Cache-Control"] == "no-cache"
    assert "Authorization" in public["Vary"]
    assert "editing" not in public.json()


def test_nothing_personal_is_in_any_answer():
    user = make.make_user(
        REVIEWER, username="jeanne.secret", email="jeanne@secret.example", last_name="Secret"
    )
    caller = program("publish")
    caller.token.user = user
    caller.token.save()
    answers = [
        caller.post("events/", NEW_EVENT),
        caller.get("events/salon-du-cloud/"),
        caller.get("events/?status=all"),
        caller.patch("events/salon-du-cloud/", {"title": ""}),
    ]
    for answer in answers:
        assert "secret" not in answer.content.decode().lower()
        assert caller.token.name not in answer.content.decode()


# --- Tokens that open nothing ---


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer veille_inconnu", "invalid_token"),
        ("Bearer", "invalid_authorization"),
        ("Bearer a b", "invalid_authorization"),
        ("Basic amVhbm5lOnNlY3JldA==", "invalid_authorization"),
        ("veille_inconnu", "invalid_authorization"),
        ("Bearer é", "invalid_token"),
    ],
)
def test_what_is_no_token_is_refused(method, header, code):
    caller = anonymous()
    caller.headers = {"authorization": header.encode().decode("latin-1")}
    response = caller.send(method, "events/", None) if method != "get" else caller.get("events/")
    assert problem(response) == (401, code)
    assert response["WWW-Authenticate"] == 'Bearer realm="Veille", error="invalid_token"'


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"revoked_at": clock.now()}, "token_revoked"),
        ({"expires_at": clock.now() - timedelta(seconds=1)}, "token_expired"),
    ],
)
def test_a_token_that_was_closed_opens_nothing(fields, code):
    caller = program(**fields)
    assert problem(caller.get("events/")) == (401, code)
    assert problem(caller.post("events/", NEW_EVENT)) == (401, code)


def test_a_token_opens_until_it_expires():
    caller = program(expires_at=clock.now() + timedelta(hours=1))
    assert caller.get("events/").status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert problem(caller.get("events/")) == (401, "token_expired")


@pytest.mark.parametrize("left", ["is_active", "is_staff"])
def test_the_tokens_of_a_person_who_left_open_nothing(left):
    caller = program()
    setattr(caller.token.user, left, False)
    caller.token.user.save()
    assert problem(caller.get("events/publie/")) == (401, "owner_inactive")


def test_a_token_never_does_more_than_the_person_it_acts_for():
    caller = program("publish", REVIEWER)
    assert caller.patch("events/publie/", {"city": "Lyon"}).status_code == 200
    caller.token.user.groups.clear()
    response = caller.patch("events/publie/", {"city": "Paris"}, if_match='"x"')
    assert problem(response) == (403, "permission_denied")


def test_the_last_use_of_a_token_is_known_to_the_minute():
    caller = program("read")
    first = clock.now()
    with clock.frozen(first):
        caller.get("events/publie/")
    caller.token.refresh_from_db()
    assert caller.token.last_used_at == first
    with clock.frozen(first + timedelta(seconds=30)):
        caller.get("events/publie/")
    caller.token.refresh_from_db()
    assert caller.token.last_used_at == first
    with clock.frozen(first + timedelta(seconds=90)):
        caller.get("events/publie/")
    caller.token.refresh_from_db()
    assert caller.token.last_used_at == first + timedelta(seconds=90)
