"""Deployment checks of our own, run by `manage.py check --deploy`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def check_data_folder(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """veille.E001: a folder the site writes into is closed to it."""
    return [
        checks.Error(
            f"The site cannot write to {folder}.",
            hint="Give the folder to the user who runs the site: "
            "uploaded pictures (and SQLite, when it is the database) live there.",
            id="veille.E001",
        )
        for folder in (settings.DATA_DIR, Path(settings.MEDIA_ROOT))
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK)
    ]


@checks.register(checks.Tags.security, deploy=True)
def check_site_url(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """veille.W001: absolute links would lead readers to an address without encryption."""
    if urlsplit(settings.SITE_URL).scheme == "https":
        return []
    return [
        checks.Warning(
            f"SITE_URL is {settings.SITE_URL}, which is not an https address.",
            hint="Set SITE_URL to the public address of the site, as https://veille.example.org.",
            id="veille.W001",
        )
    ]
