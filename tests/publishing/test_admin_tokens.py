"""The tokens of editors' programs in the admin: made, shown once, listed, revoked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from publishing import clock
from publishing.admin.tokens import ONLY_REVIEWERS_PUBLISH
from publishing.groups import ADMINISTRATOR, RECORD_ACTIONS, REVIEWER, WRITER
from publishing.tokens import ApiToken
from tests import factories as make
from tests.admin_form import add_url, change_url, errors_of, list_url, run_action, submit

pytestmark = pytest.mark.django_db

NEW = {"name": "Robot de veille", "scope": "write"}


def log_in(client, group):
    user = make.make_user(group)
    client.force_login(user)
    return user


@pytest.mark.parametrize("group", RECORD_ACTIONS)
def test_every_editor_makes_a_token_that_acts_for_them(client, group):
    user = log_in(client, group)
    response = submit(client, add_url(ApiToken), **NEW)
    token = ApiToken.objects.get()
    assert response.status_code == 200
    assert (token.user, token.name, token.scope) == (user, "Robot de veille", "write")


def test_the_secret_is_shown_once_and_kept_nowhere(client):
    log_in(client, WRITER)
    response = submit(client, add_url(ApiToken), **NEW)
    secret = response.context["record"].secret
    token = ApiToken.objects.get()
    assert secret.startswith("veille_")
    assert len(secret) == 50
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert token.secret == ""
    for url in (list_url(ApiToken), change_url(token)):
        page = client.get(url).content.decode()
        assert secret not in page
        assert secret[:13] in page
    assert secret not in str(list(ApiToken.objects.values()))


def test_two_tokens_have_nothing_in_common():
    first, second = make.make_token(), make.make_token()
    assert first.secret != second.secret
    assert first.digest != second.digest


def test_a_writer_makes_no_token_that_publishes(client):
    log_in(client, WRITER)
    response = submit(client, add_url(ApiToken), **NEW | {"scope": "publish"})
    assert errors_of(response) == {"scope": [ONLY_REVIEWERS_PUBLISH]}
    assert not ApiToken.objects.exists()


def test_a_reviewer_makes_a_token_that_publishes(client):
    log_in(client, REVIEWER)
    submit(client, add_url(ApiToken), **NEW | {"scope": "publish"})
    assert ApiToken.objects.get().scope == "publish"


def test_a_token_that_has_expired_already_is_refused(client):
    log_in(client, WRITER)
    past = {"expires_at_0": "01/01/2020", "expires_at_1": "12:00"}
    response = submit(client, add_url(ApiToken), **NEW, **past)
    assert errors_of(response) == {
        "expires_at": ["Cette date est passée\u00a0: le jeton n’ouvrirait rien."]
    }


@pytest.mark.parametrize("group", [WRITER, REVIEWER])
def test_an_editor_sees_their_own_tokens_only(client, group):
    own, other = make.make_token(log_in(client, group)), make.make_token()
    page = client.get(list_url(ApiToken)).content.decode()
    assert own.name in page
    assert other.name not in page
    assert client.get(change_url(other)).status_code == 302
    assert client.post(change_url(other)).status_code == 302
    other.refresh_from_db()
    assert other.revoked_at is None


def test_an_administrator_sees_and_revokes_the_tokens_of_all(client):
    token = make.make_token()
    log_in(client, ADMINISTRATOR)
    assert token.user.username in client.get(list_url(ApiToken)).content.decode()
    client.post(change_url(token))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_revoked_token_stays_in_the_list_and_cannot_be_revoked_again(client):
    token = make.make_token(log_in(client, WRITER), scope="read")
    assert "Révoquer ce jeton" in client.get(change_url(token)).content.decode()
    client.post(change_url(token))
    token.refresh_from_db()
    first = token.revoked_at
    page = client.get(change_url(token)).content.decode()
    assert "Révoquer ce jeton" not in page
    assert "révoqué" in page
    client.post(change_url(token))
    token.refresh_from_db()
    assert token.revoked_at == first
    assert token.name in client.get(list_url(ApiToken)).content.decode()


def test_several_tokens_are_revoked_at_once(client):
    user = log_in(client, WRITER)
    tokens = [make.make_token(user) for _ in range(2)]
    page = run_action(client, "revoke_selected", tokens).content.decode()
    assert "2\u00a0jetons révoqués." in page
    assert ApiToken.objects.in_force().count() == 0


def test_no_one_deletes_a_token(client):
    token = make.make_token()
    log_in(client, ADMINISTRATOR)
    assert "delete_selected" not in client.get(list_url(ApiToken)).content.decode()
    assert client.post(f"{change_url(token)[:-7]}delete/", {"post": "yes"}).status_code == 403
    client.force_login(make.make_user(is_superuser=True))
    assert client.post(f"{change_url(token)[:-7]}delete/", {"post": "yes"}).status_code == 403


def test_the_list_says_what_each_is_worth_and_when_it_last_served(client):
    user = log_in(client, WRITER)
    make.make_token(user, last_used_at=make.LONG_AGO)
    make.make_token(user, expires_at=clock.now() - timedelta(days=1))
    make.make_token(user, revoked_at=clock.now())
    page = client.get(list_url(ApiToken)).content.decode()
    for code, word in {
        "published": "en service",
        "expired": "expiré",
        "rejected": "révoqué",
    }.items():
        assert page.count(f'<span class="state state--{code}">{word}</span>') == 1
    served = client.get(list_url(ApiToken), {"etat": "valide"})
    assert len(served.context["cl"].result_list) == 1
    closed = client.get(list_url(ApiToken), {"etat": "clos"})
    assert len(closed.context["cl"].result_list) == 2


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_as_many_queries_for_one_row_as_for_fifty(
    client, rows, django_assert_num_queries
):
    log_in(client, ADMINISTRATOR)
    for _ in range(rows):
        make.make_token()
    client.get(list_url(ApiToken))
    # Session, user, rights of the user and of its groups, two counts, the rows.
    with django_assert_num_queries(7):
        client.get(list_url(ApiToken))


def test_the_public_has_no_tokens(client):
    assert client.get(add_url(ApiToken)).status_code == 302
    client.force_login(make.make_user())
    assert client.get(add_url(ApiToken)).status_code == 403
