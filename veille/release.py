"""Which release of the site is running: pages change with what draws them, too."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings

# What an installed library draws changes with its version.
PINS = "requirements.txt"


class Release(NamedTuple):
    """A digest of the code, templates and static files, and when the latest was written here."""

    name: str
    since: datetime


@cache
def current() -> Release:
    """Reads some hundreds of files, once for each process; all processes find the same."""
    digest = hashlib.blake2b(digest_size=8)
    latest = 0.0
    for path in _files():
        digest.update(path.name.encode() + path.read_bytes())
        latest = max(latest, path.stat().st_mtime)
    return Release(digest.hexdigest(), datetime.fromtimestamp(latest, UTC))


def _files() -> list[Path]:
    home = settings.BASE_DIR
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == home]
    folders = [*own, home / "veille", home / "templates", home / "static"]
    found = {path for folder in folders for path in folder.rglob("*") if _counts(path)}
    return sorted({*found, home / PINS})


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"
