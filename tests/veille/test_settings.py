"""What the environment decides, seen from a process that starts with it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "Zq7-long-enough-for-the-checks-of-django-and-then-some-more",
    "ALLOWED_HOSTS": "veille.example.org, www.veille.example.org",
    "SITE_URL": "https://veille.example.org",
}


@pytest.fixture
def start(tmp_path):
    """Runs Python code, or a management command, in an environment that holds `variables` only."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path / "data"),
            "DJANGO_SETTINGS_MODULE": "veille.settings",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment | variables,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def setting(start):
    """The value of a setting, as JSON gives it, in an environment that holds `variables` only."""

    def read(name: str, **variables: str):
        code = (
            "import json; from django.conf import settings; "
            f"print(json.dumps(settings.{name}, default=str))"
        )
        answer = start("-W", "error", "-c", code, **variables)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return read


@pytest.fixture
def refusal(start):
    """The last line of a process that refuses to start."""

    def read(**variables: str) -> str:
        answer = start("-c", "from django.conf import settings; settings.DEBUG", **variables)
        assert answer.returncode != 0, "It started."
        return answer.stderr.strip().splitlines()[-1].partition("ImproperlyConfigured: ")[2]

    return read


# Development


def test_nothing_has_to_be_set_for_development(start):
    answer = start("-W", "error", "manage.py", "check", "--fail-level", "WARNING")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_development_key_is_made_once_and_is_private(setting, tmp_path):
    first = setting("SECRET_KEY")
    file = tmp_path / "data" / "secret_key"
    assert len(first) >= 50
    assert setting("SECRET_KEY") == first == file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_data_folder_holds_the_database_and_the_files(setting, tmp_path):
    data = tmp_path / "elsewhere" / "deep"
    variables = {"DATA_DIR": str(data)}
    assert setting("DATABASES", **variables)["default"]["NAME"] == str(data / "veille.sqlite3")
    assert setting("MEDIA_ROOT", **variables) == str(data / "media")
    assert setting("STATIC_ROOT", **variables) == str(data / "static")


def test_sqlite_is_opened_for_several_readers_and_a_waiting_writer(start):
    code = (
        "import django; django.setup(); from django.db import connection; "
        "cursor = connection.cursor(); "
        "names = ('journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'); "
        "print(*[cursor.execute(f'PRAGMA {name}').fetchone()[0] for name in names])"
    )
    answer = start("-c", code)
    assert answer.stdout.split() == ["wal", "1", "1", "20000"], answer.stderr


# Production


def test_production_refuses_to_start_without_a_key(refusal):
    variables = PRODUCTION | {"SECRET_KEY": ""}
    assert refusal(**variables).startswith("SECRET_KEY is not set.")


def test_production_refuses_to_start_without_hosts(refusal):
    variables = PRODUCTION | {"ALLOWED_HOSTS": " , "}
    assert refusal(**variables).startswith("ALLOWED_HOSTS is not set.")


def test_a_server_is_in_production_unless_told_otherwise(start):
    code = "import veille.wsgi; from django.conf import settings; print(settings.DEBUG)"
    variables = {name: value for name, value in PRODUCTION.items() if name != "DEBUG"}
    assert start("-c", code, **variables).stdout == "False\n"
    assert start("-c", code, DEBUG="true").stdout == "True\n"
    assert "SECRET_KEY is not set." in start("-c", code).stderr


def test_production_passes_the_deployment_checks(start):
    answer = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr


def test_an_address_without_encryption_is_reported_before_deployment(start):
    variables = PRODUCTION | {"SITE_URL": "http://veille.example.org"}
    answer = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **variables)
    assert answer.returncode == 1
    assert "(veille.W001)" in answer.stderr


def test_production_encrypts_and_a_proxy_may_do_it_instead(setting):
    behind_proxy = PRODUCTION | {"SSL_REDIRECT": "false", "SECURE_PROXY": "true"}
    assert setting("SECURE_SSL_REDIRECT", **PRODUCTION) is True
    assert setting("SECURE_SSL_REDIRECT", **behind_proxy) is False
    assert setting("SECURE_PROXY_SSL_HEADER", **PRODUCTION) is None
    assert setting("SECURE_PROXY_SSL_HEADER", **behind_proxy) == [
        "HTTP_X_FORWARDED_PROTO",
        "https",
    ]
    assert setting("SECURE_HSTS_SECONDS", **PRODUCTION) == 31_536_000
    assert setting("SECURE_HSTS_SECONDS", **PRODUCTION, HSTS_SECONDS="60") == 60


def test_hosts_are_separated_by_commas(setting):
    hosts = ["veille.example.org", "www.veille.example.org"]
    assert setting("ALLOWED_HOSTS", **PRODUCTION) == hosts


# Values


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("1", True), ("On", True), ("yes", True), ("0", False), ("Off", False), ("no", False)],
)
def test_a_yes_and_a_no_are_understood(setting, value, meaning):
    assert setting("SECURE_SSL_REDIRECT", SSL_REDIRECT=value) is meaning


def test_an_empty_variable_counts_as_unset(setting):
    assert setting("DEBUG", DEBUG="") is True


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"DEBUG": "flase"}, "DEBUG is 'flase'; it must be true or false."),
        (
            {"HSTS_SECONDS": "a year"},
            "HSTS_SECONDS is 'a year'; it must be a whole number, 0 or more.",
        ),
        (
            {"SITE_URL": "veille.example.org"},
            "SITE_URL is 'veille.example.org'; it must begin with http:// or https://.",
        ),
        (
            {"DATA_LICENSE": "etalab-2.0"},
            "DATA_LICENSE is 'etalab-2.0'; it must begin with http:// or https://.",
        ),
        (
            {"CONTACT_EMAIL": "nobody"},
            "CONTACT_EMAIL is 'nobody'; it must be an address, as a@example.org.",
        ),
        (
            {"DATABASE_URL": "mysql://root:secret@localhost/veille"},
            "DATABASE_URL must begin with sqlite:/// or postgres://, as "
            "postgres://user:password@host:5432/veille; it begins with 'mysql'.",
        ),
        (
            {"REDIS_URL": "localhost:6379"},
            "REDIS_URL must begin with redis://, rediss:// or unix://.",
        ),
    ],
)
def test_a_wrong_value_is_refused_by_name(refusal, variables, message):
    assert refusal(**variables) == message


def test_a_data_folder_that_cannot_be_made_is_refused_by_name(refusal, tmp_path):
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "data"
    assert refusal(DATA_DIR=str(place)).startswith(f"DATA_DIR is {place}, which cannot be made:")


def test_the_database_and_the_cache_are_chosen_by_their_address(setting):
    variables = {
        "DATABASE_URL": "postgres://veille:pass@db.example.org:5433/watch",
        "REDIS_URL": "redis://cache.example.org:6379/2",
    }
    database = setting("DATABASES", **variables)["default"]
    assert {name: database[name] for name in ("ENGINE", "HOST", "PORT", "NAME", "USER")} == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example.org",
        "PORT": 5433,
        "NAME": "watch",
        "USER": "veille",
    }
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert database["OPTIONS"] == {"options": "-c jit=off"}
    variables["DATABASE_URL"] += "?sslmode=require&options=-c%20jit=on"
    asked = setting("DATABASES", **variables)["default"]["OPTIONS"]
    assert asked == {"sslmode": "require", "options": "-c jit=on"}
    assert setting("CACHES", **variables)["default"]["LOCATION"] == variables["REDIS_URL"]


# What every answer carries


def test_pages_allow_nothing_from_elsewhere(client, db):
    answer = client.get("/a-propos/")
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in answer["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'self'",
    }


def test_an_unchanged_page_is_not_sent_again(client, db):
    first = client.get("/a-propos/")
    second = client.get("/a-propos/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")
    assert "Content-Length" not in second
