"""Every resource of the API, asked for everything by everybody: what is done, or refused and why.

`tests/publishing/test_api_rights.py` tells each rule on events; here every resource is held to it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from publishing import clock
from publishing.groups import ADMINISTRATOR, REVIEWER, WRITER
from publishing.models import Status, published_models
from tests.api_program import Program, anonymous, problem, program
from tests.factories import make_token
from tests.test_what_the_public_sees import BUILDERS
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

DONE, NOBODY, SCOPE, ROLE, HIDDEN = "done", 401, "insufficient_scope", "reviewers_decide", 404
CALLERS = {
    "anonymous": anonymous,
    "revoked": lambda: program("publish", REVIEWER, revoked_at=clock.now()),
    "expired": lambda: program("publish", REVIEWER, expires_at=clock.now() - timedelta(days=1)),
    "read, writer": lambda: program("read", WRITER),
    "read, administrator": lambda: program("read", ADMINISTRATOR),
    "write, writer": lambda: program("write", WRITER),
    "write, reviewer": lambda: program("write", REVIEWER),
    "publish, writer": lambda: program("publish", WRITER),
    "publish, reviewer": lambda: program("publish", REVIEWER),
    "publish, administrator": lambda: program("publish", ADMINISTRATOR),
}
NEVER = dict.fromkeys(("revoked", "expired"), NOBODY)
READING = dict.fromkeys(CALLERS, DONE) | NEVER
SEEING_DRAFTS = READING | {"anonymous": HIDDEN}
WRITING = READING | {
    "anonymous": NOBODY,
    "read, writer": SCOPE,
    "read, administrator": SCOPE,
}
DECIDING = WRITING | {
    "write, writer": SCOPE,
    "write, reviewer": SCOPE,
    "publish, writer": ROLE,
}
NOTE = {"provenance": "Essai des droits"}
# What is asked: the method, of which record, with which body; and what it gives to whom.
ASKED = {
    "read the list": ("get", None, None, READING),
    "read what is public": ("get", Status.PUBLISHED, None, READING),
    "read a draft": ("get", Status.DRAFT, None, SEEING_DRAFTS),
    "change a draft": ("patch", Status.DRAFT, NOTE, WRITING),
    "publish": ("patch", Status.DRAFT, {"status": "published"}, DECIDING),
    "change what is public": ("patch", Status.PUBLISHED, NOTE, DECIDING),
    "archive": ("delete", Status.PUBLISHED, None, DECIDING),
}
MODELS = published_models()


@pytest.fixture
def records(silent_rules):
    """A public record of each kind and a draft, by kind and status."""
    return {
        (model, status): BUILDERS[model.__name__](status=status)
        for model in MODELS
        for status in (Status.PUBLISHED, Status.DRAFT)
    }


def ask(caller: Program, method: str, path: str, body: dict | None):
    if method == "get":
        return caller.get(path)
    if method == "delete":
        return caller.delete(path)
    return caller.patch(path, body)


def result(response) -> str | int:
    if response.status_code < 300:
        return DONE
    status, code = problem(response)
    return code if status == 403 else status


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", CALLERS)
def test_every_resource_gives_each_caller_what_it_may(records, name, asked):
    method, status, body, expected = ASKED[asked]
    caller = CALLERS[name]()
    for model in MODELS:
        record = records.get((model, status))
        path = f"{model.api_name}/{record.slug}/" if record else f"{model.api_name}/"
        before = model.objects.values().get(pk=record.pk) if record else None
        found = result(ask(caller, method, path, body))
        # A record that lacks what publication demands is refused for that: who asks may publish.
        incomplete = asked == "publish" and expected[name] == DONE and found == 422
        assert found == expected[name] or incomplete, (model.api_name, found)
        if record and (method == "get" or found != DONE):
            assert model.objects.values().get(pk=record.pk) == before, model.api_name


@pytest.mark.parametrize("name", CALLERS)
def test_every_resource_lets_each_caller_create_what_it_may(records, name):
    caller = CALLERS[name]()
    for viewset in VIEWSETS:
        resource = viewset.model.api_name
        if not issubclass(viewset.model, tuple(MODELS)):
            continue
        number = viewset.model.objects.count()
        response = caller.post(f"{resource}/", {"slug": "un nom qui n’en est pas un"})
        # Wrong on purpose: whoever may create is told what is wrong, the others are not read.
        expected = 422 if WRITING[name] == DONE else WRITING[name]
        assert result(response) == expected, resource
        batch = caller.post(f"{resource}/", [{}])
        assert batch.status_code == 207 if expected == 422 else result(batch) == expected, resource
        assert viewset.model.objects.count() == number, resource


@pytest.mark.parametrize("name", CALLERS)
def test_every_whole_list_is_for_everybody(records, name):
    caller = CALLERS[name]()
    for model in MODELS:
        response = caller.get(f"{model.api_name}/export.csv")
        assert result(response) == READING[name], model.api_name


def test_a_token_never_does_more_than_its_owner_whoever_gave_it(records):
    token = make_token(scope="publish")
    token.user.is_active = False
    token.user.save()
    for model in MODELS:
        response = Program(token).get(f"{model.api_name}/")
        assert result(response) == NOBODY, model.api_name
