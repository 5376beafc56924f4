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
