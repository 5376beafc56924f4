"""How the API is tried: who asks, with what, and what is told beforehand."""

from __future__ import annotations

import json
import tomllib

import pytest

from audit import fuzzing, tokens
from publishing.tokens import ApiToken


@pytest.mark.django_db
def test_a_token_of_each_scope_is_made_and_its_secret_printed(capsys, monkeypatch):
    monkeypatch.setattr(tokens.django, "setup", lambda: None)
    tokens.main()
    secrets = json.loads(capsys.readouterr().out)
    assert list(secrets) == ApiToken.Scope.values
    for scope, secret in secrets.items():
        token = ApiToken.objects.of_secret(secret)
        assert (token.scope, token.user.is_superuser) == (scope, True)


def test_who_shows_no_token_sends_no_header():
    command = fuzzing.command_of("http://127.0.0.1:1", None, 5, None)
    assert command[-4:] == [
        "http://127.0.0.1:1/api/v1/schema/",
        "--max-examples",
        "5",
        "--continue-on-failure",
    ]


def test_a_token_and_a_seed_are_handed_on():
    command = fuzzing.command_of("http://127.0.0.1:1", "veille_x", 5, 7)
    assert command[-4:] == ["--header", "Authorization: Bearer veille_x", "--seed", "7"]


def test_a_caller_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        fuzzing.main(["editor"])
    assert "no such caller: editor" in capsys.readouterr().err


def test_no_check_is_turned_off():
    told = tomllib.loads(fuzzing.CONFIGURATION.read_text(encoding="utf-8"))
    assert all(set(check) == {"expected-statuses"} for check in told["checks"].values())


@pytest.mark.parametrize("failing", [set(), {"write"}])
def test_one_caller_that_fails_makes_the_command_fail(monkeypatch, capsys, failing):
    monkeypatch.setattr(fuzzing, "_try_as", lambda caller, options: caller not in failing)
    assert fuzzing.main([]) == len(failing)
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == list(fuzzing.CALLERS)
    assert [line.split()[0] for line in told if "failures" in line] == sorted(failing)
