"""What each surface costs on one database, beside the empty view at the same moment."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from bench.site import HOST, Server, start_site

ROUNDS = 5
# Where no version of the content is asked for: an empty view has none.
EMPTY = "/sante/vide/"
EMPTY_VIEW = "empty view"
LISTS = (
    "/actualites/",
    "/evenements/",
    "/entreprises/",
    "/sources/",
    "/analyses/",
    "/marche/chiffres/",
)
API_LIST = "/api/v1/news/?page_size=20"
API_LISTS = {
    "API list of 20": API_LIST,
    "API list of 20, in another order": f"{API_LIST}&ordering=-updated_at",
    "API list of 20, filtered": f"{API_LIST}&updated_since=2020-01-01",
    "API list of 20, two fields": f"{API_LIST}&fields=slug,title",
    "API list of 20 events": "/api/v1/events/?page_size=20",
    "API list of 20 figures": "/api/v1/figures/?page_size=20",
}
CHANGED_LATELY = 10
FEED = "/actualites/flux.atom"
SEARCH = "/recherche/?q="
SUGGESTIONS = "/recherche/suggestions?q="
FAR = 0.9
API_STRIDE = 200


class Cost(NamedTuple):
    """Of one answer: milliseconds on the clock, and of this process; and those of an empty one."""

    elapsed: float
    busy: float
    empty: float


Surfaces = dict[str, Callable[[], object]]


def measure(size: int, seconds: float, only: str, kept: Path, url: str) -> dict[str, Cost]:
    """The median cost of each surface whose name holds `only`, with `size` records of each kind.

    See `prepare`.
    """
    prepare(size, kept, url)
    server = Server()
    surfaces = {
        name: call for name, call in _surfaces(server, size).items() if only.lower() in name.lower()
    }
    return {
        name: _cost(call, lambda: server.must(200, EMPTY), seconds)
        for name, call in surfaces.items()
    }


def prepare(size: int, kept: Path, url: str) -> None:
    """Sets the site up on a database with `size` records of each kind.

    The database is made in the folder `kept` (or on the server of `url`) and found there next
    time. To be called in a process of its own.
    """
    name = f"{size}-{_fingerprint()}"
    start_site(str(kept / name), _database(url, name.replace("-", "_")) if url else "")
    from django.db import connection  # app ready

    from bench.rows import fill  # app ready

    fill(size)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _surfaces(server: Server, size: int) -> Surfaces:
    from django.core.cache import cache  # app ready

    from bench.rows import COMMON_WORD, PHRASE, RARE_WORD  # app ready
    from publishing.api import ready  # app ready

    def page(url: str, *, cold: bool = False) -> Callable[[], object]:
        def call() -> None:
            if cold:
                cache.clear()
                ready.forget()
            server.must(200, url)

        return call

    etag = server.must(200, LISTS[0])[0]["ETag"]
    surfaces = {EMPTY_VIEW: page(EMPTY)}
    for url in LISTS:
        surfaces[f"list {url}"] = page(url)
        surfaces[f"list {url}, cold"] = page(url, cold=True)
    surfaces[f"list {LISTS[0]}, unchanged"] = lambda: server.must(
        304, LISTS[0], HTTP_IF_NONE_MATCH=etag
    )
    since = f"updated_since={quote(_lately(server))}"
    lately = {
        "API list of 20, changed lately": f"{API_LIST}&{since}",
        "API list of 20, latest changes": f"{API_LIST}&{since}&ordering=-updated_at",
    }
    for name, url in (API_LISTS | lately).items():
        surfaces[name] = page(url)
        surfaces[f"{name}, cold"] = page(url, cold=True)
    api_etag = server.must(200, API_LIST)[0]["ETag"]
    surfaces["API list of 20, unchanged"] = lambda: server.must(
        304, API_LIST, HTTP_IF_NONE_MATCH=api_etag
    )
    surfaces |= {
        f"API list of 20, at {FAR:.0%}": page(_far_page(server, size)),
        "feed of the news": page(FEED),
    }
    asked = {
        "rare word": RARE_WORD,
        "common word": COMMON_WORD,
        "two common words": f"{COMMON_WORD} marché",
        "phrase": f'"{PHRASE}"',
        "rare and excluded": f"{COMMON_WORD} -{RARE_WORD}",
    }
    for label, words in asked.items():
        surfaces[f"search, {label}"] = page(f"{SEARCH}{quote(words)}")
    for begun in (COMMON_WORD[:1], COMMON_WORD[:3], RARE_WORD[:5]):
        surfaces[f"suggestions, « {begun} »"] = page(f"{SUGGESTIONS}{begun}")
    return surfaces


def _cost(call: Callable[[], object], empty: Callable[[], object], seconds: float) -> Cost:
    """Over several rounds, each beside the empty view: a busy moment weighs on both."""
    call()
    rounds = []
    for _ in range(ROUNDS):
        beside = _round(empty, seconds / ROUNDS / 4)[0]
        rounds.append(Cost(*_round(call, seconds / ROUNDS), beside))
    return Cost(*map(median, zip(*rounds, strict=True)))


def _round(call: Callable[[], object], seconds: float) -> tuple[float, float]:
    """The median call of about `seconds`: on the clock, and of this process."""
    elapsed, busy = [], []
    end = time.perf_counter() + seconds
    while not elapsed or time.perf_counter() < end:
        begin, begin_busy = time.perf_counter(), time.process_time()
        call()
        elapsed.append(1000 * (time.perf_counter() - begin))
        busy.append(1000 * (time.process_time() - begin_busy))
    return median(elapsed), median(busy)


def _far_page(server: Server, size: int) -> str:
    """Address of the page of 20 that begins after `FAR` of the news, reached as a client does."""
    url = f"/api/v1/news/?page_size={API_STRIDE}"
    for _ in range(int(size * FAR) // API_STRIDE):
        answer = json.loads(server.must(200, url)[1])
        if answer["next"] is None:
            break
        url = answer["next"].partition(HOST)[2]
    return url.replace(f"page_size={API_STRIDE}", "page_size=20")


def _lately(server: Server) -> str:
    """The instant since which `CHANGED_LATELY` of the news have changed."""
    url = f"/api/v1/news/?ordering=-updated_at&page_size={CHANGED_LATELY}"
    return json.loads(server.must(200, url)[1])["results"][-1]["updated_at"]


def _fingerprint() -> str:
    """Changes with what is put in the database: a database of another one is of no use."""
    root = Path(__file__).parent.parent
    read = [
        root / "bench/rows.py",
        root / "bench/figures.py",
        root / "search/words.py",
        *sorted((root / "search/migrations").glob("*.py")),
    ]
    return hashlib.sha256(b"".join(one.read_bytes() for one in read)).hexdigest()[:8]


def _database(url: str, name: str) -> str:
    """The address of a database of ours on the server of `url`, made if it is not there."""
    import psycopg  # slow import

    name = f"veille_bench_{name}"
    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
