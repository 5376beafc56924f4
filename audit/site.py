"""The site that is measured: settings of production, the initial content, a database of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PREPARATION = (
    ["migrate"],
    ["load_content"],
    ["rebuild_search"],
    ["collectstatic", "--noinput"],
)
SECONDS_TO_ANSWER = 60
# Pages that no site map names, each of a type of its own.
BESIDE = (
    "/recherche/?q=cloud",
    "/recherche/?q=zzzzzz",
    "/evenements/?country=FR",
    "/evenements/?country=ZZ",
    "/entreprises/?letter=a",
    "/evenements/calendrier/2025/05/",
    "/une-page-qui-n-existe-pas/",
)
# The section of the site map that holds what is no record.
PAGES = "/sitemap-pages.xml"
NOT_INDEXED = '<meta name="robots" content="noindex'
LOCATION = re.compile(r"<loc>https?://[^/]+(.*?)</loc>")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the site, served by gunicorn on its own data in `folder`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = environment_of(folder) | {"SITE_URL": address}
    for command in PREPARATION:
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "veille.wsgi", "--bind", f"127.0.0.1:{port}"]
    # However long an address is, what answers is the site, not what serves it.
    options = ["--threads", "8", "--log-level", "error", "--limit-request-line", "0"]
    server = subprocess.Popen([*gunicorn, *options], cwd=ROOT, env=environment)
    try:
        _wait_for(f"{address}/sante/")
        yield address
    finally:
        server.terminate()
        server.wait()


def environment_of(folder: Path) -> dict[str, str]:
    """The settings of the site whose data are in `folder`, for a process of its own."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "DJANGO_SETTINGS_MODULE": "audit.settings",
        "DATA_DIR": str(folder),
        "DEBUG": "false",
        "SECRET_KEY": "audit",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SSL_REDIRECT": "false",
        "API_RATE_ANONYMOUS": "0",
        "API_RATE_TOKEN": "0",
    }


def pages_of(address: str) -> list[str]:
    """One page of each type: every page of the site map that is no record, the first record of
    each kind, and what stands beside the map.
    """
    found: dict[str, None] = {}
    for section in LOCATION.findall(read(f"{address}/sitemap.xml")):
        pages = LOCATION.findall(read(address + section))
        found |= dict.fromkeys(pages if section == PAGES else pages[:1])
    return [*found, *BESIDE]


def read(url: str) -> str:
    with urlopen(url) as response:
        return response.read().decode()


def source_of(url: str) -> str:
    """The page, be it an answer to an error."""
    try:
        return read(url)
    except HTTPError as error:
        return error.read().decode()


def status_of(url: str) -> int:
    try:
        with urlopen(url) as response:
            return response.status
    except HTTPError as error:
        return error.code


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_for(url: str) -> None:
    end = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < end:
        try:
            if status_of(url) == HTTPStatus.OK:
                return
        except URLError:
            time.sleep(0.3)
    raise SystemExit(f"No answer from {url}.")
