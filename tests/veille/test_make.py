"""The Makefile, as a newcomer reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout


def test_make_alone_explains_every_target_in_one_sentence():
    declared = re.findall(r"^\.PHONY: (\w+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    explained = re.findall(r"^  make (\w+) +[A-Z].+\.$", make(), re.MULTILINE)
    assert explained == declared


def test_the_address_can_be_chosen():
    plan = make("--dry-run", "run", "HOST=127.0.0.9", "PORT=8123")
    assert "runserver 127.0.0.9:8123" in plan
    assert 'SITE_URL="${SITE_URL:-http://127.0.0.9:8123}"' in plan


def test_what_the_server_for_assistants_prepares_is_not_said_to_them():
    """The standard output of `make mcp` is the protocol's."""
    plan = make("--dry-run", "mcp").splitlines()
    *prepared, served = [line for line in plan if "manage.py" in line]
    assert served.strip() == "exec .venv/bin/python manage.py mcp"
    assert prepared
    assert all(line.endswith(">&2") for line in prepared)
    assert all(line.endswith(">&2") for line in plan if line.startswith("echo"))


def test_where_the_server_for_assistants_listens_can_be_chosen():
    assert "manage.py mcp --http 127.0.0.1:8123" in make("--dry-run", "mcp", "HTTP=127.0.0.1:8123")
