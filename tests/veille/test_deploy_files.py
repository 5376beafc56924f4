"""The files of `deploy/`, as the site reads them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"


def variables() -> dict[str, str]:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_environment_names_settings_that_exist():
    settings = (ROOT / "veille" / "settings.py").read_text()
    assert [name for name in variables() if f'"{name}"' not in settings] == []


def test_the_environment_once_filled_passes_the_deployment_checks(tmp_path):
    filled = variables() | {
        "SECRET_KEY": "Zq7-long-enough-for-the-checks-of-django-and-then-some-more",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DATA_DIR": str(tmp_path),
    }
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"]} | filled,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("timer", sorted(DEPLOY.glob("*.timer")), ids=lambda path: path.stem)
def test_each_timer_runs_a_command_of_the_site(timer):
    service = timer.with_suffix(".service").read_text()
    (command,) = re.findall(r"^ExecStart=.* manage\.py (\w+)$", service, re.MULTILINE)
    assert command in get_commands()
