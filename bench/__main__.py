"""Measures the site against an empty view: `make bench`, or `python -m bench --help`.

The whole site answers, with its settings of production and its middleware, called as a server
calls it (WSGI, one process, no network), on a SQLite database made for the occasion. Machines
differ: the ratios of one run are what can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from statistics import median
from typing import Any, NamedTuple

ROUNDS = 5
HOST = "localhost"
# Where no version of the content is asked for: an empty view has none.
EMPTY = "/sante/vide/"
LIST_PAGE = "/actualites/"
API_LIST = "/api/v1/news/?page_size=20"
SEARCH_PAGE = "/recherche/?q="
SUGGESTIONS = "/recherche/suggestions?q="
FAR = 0.9
API_STRIDE = 200

EMPTY_VIEW = "empty view"


class Result(NamedTuple):
    """Requests a second, and the share this is of what the empty view does at that moment."""

    rate: float
    share: float


Results = dict[str, Result]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="veille-bench-") as folder:
        start_site(folder)
        results = {size: _measure_at(size, options.seconds) for size in sorted(options.sizes)}
    _report(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[2_000, 20_000],
        help="numbers of news to measure at",
    )
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="seconds of measure for each surface and size"
    )
    return parser.parse_args()


def start_site(folder: str) -> None:
    """Production settings on a database of our own; must come before any import of the site."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "veille.settings",
        "DATA_DIR": folder,
        "DEBUG": "false",
        "SECRET_KEY": "bench",
        "ALLOWED_HOSTS": HOST,
        "SSL_REDIRECT": "false",
        # It asks for more in a second than fair use is in an hour.
        "API_RATE_ANONYMOUS": "0",
    }
    import django  # app ready
    from django.conf import settings  # app ready
    from django.core.management import call_command  # app ready

    django.setup()
    settings.ROOT_URLCONF = "bench.urls"
    call_command("migrate", verbosity=0)
    # The pages ask the manifest for the names of their files; those of other apps are not asked.
    call_command(
        "collectstatic",
        interactive=False,
        verbosity=0,
        ignore_patterns=["admin", "drf_spectacular_sidecar", "rest_framework"],
    )


class Server:
    """Calls the site as a WSGI server does: one request after the other, each to its end."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application  # app ready

        self.application = get_wsgi_application()

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        path, _, query = url.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            **headers,
        }
        start: list[Any] = []
        response = self.application(environ, lambda *answer: start.extend(answer))
        try:
            body = b"".join(response)
        finally:
            response.close()
        return int(start[0].split(" ", 1)[0]), dict(start[1]), body

    def must(self, expected: int, url: str, **headers: str) -> tuple[dict[str, str], bytes]:
        status, answered, body = self.get(url, **headers)
        if status != expected:
            raise SystemExit(f"{url} answered {status} instead of {expected}.")
        return answered, body


def _measure_at(size: int, seconds: float) -> Results:
    """What each surface does with `size` public news: the median of several rounds."""
    from django.core.management import call_command  # app ready

    from bench.rows import COMMON_WORD, RARE_WORD, fill  # app ready

    fill(size)
    call_command("rebuild_search", verbosity=0)
    server = Server()
    etag = server.must(200, LIST_PAGE)[0]["ETag"]
    far = _far_page(server, size)
    surfaces: dict[str, Callable[[], object]] = {
        EMPTY_VIEW: lambda: server.must(200, EMPTY),
        "news list page": lambda: server.must(200, LIST_PAGE),
        "news list page, unchanged": lambda: server.must(304, LIST_PAGE, HTTP_IF_NONE_MATCH=etag),
        "API list of 20": lambda: server.must(200, API_LIST),
        f"API list of 20, at {FAR:.0%}": lambda: server.must(200, far),
        "search, rare word": lambda: server.must(200, f"{SEARCH_PAGE}{RARE_WORD}"),
        "search, common word": lambda: server.must(200, f"{SEARCH_PAGE}{COMMON_WORD}"),
        "suggestions": lambda: server.must(200, f"{SUGGESTIONS}{COMMON_WORD[:3]}"),
    }
    rounds = [_round(surfaces, seconds / ROUNDS) for _ in range(ROUNDS)]
    return {
        name: Result(
            *(median(values) for values in zip(*(one[name] for one in rounds), strict=True))
        )
        for name in surfaces
    }


def _round(surfaces: dict[str, Callable[[], object]], seconds: float) -> Results:
    """Each surface beside the empty view, so that a busy moment of the machine weighs on both."""
    results = {}
    for name, call in surfaces.items():
        empty = _rate(surfaces[EMPTY_VIEW], seconds)
        rate = _rate(call, seconds) if name != EMPTY_VIEW else empty
        results[name] = Result(rate, rate / empty)
    return results


def _far_page(server: Server, size: int) -> str:
    """Address of the page of 20 that begins after `FAR` of the news, reached as a client does."""
    url = f"/api/v1/news/?page_size={API_STRIDE}"
    for _ in range(int(size * FAR) // API_STRIDE):
        answer = json.loads(server.must(200, url)[1])
        if answer["next"] is None:
            break
        url = answer["next"].partition(HOST)[2]
    return url.replace(f"page_size={API_STRIDE}", "page_size=20")


def _rate(call: Callable[[], object], seconds: float) -> float:
    """Calls a second, over at least `seconds` and after one call that does not count."""
    call()
    done, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < seconds or not done:
        call()
        done += 1
    return done / elapsed


def _report(results: dict[int, Results]) -> None:
    smallest = min(results)
    print(f"{'':28}{'news':>9}{'req/s':>9}{'ms':>8}{'of empty':>10}{'growth':>9}")
    for name, first in results[smallest].items():
        for size, measured in results.items():
            rate, share = measured[name]
            print(
                f"{name:28}{size:9,}{rate:9.0f}{1000 / rate:8.2f}"
                f"{share:10.4f}{first.share / share:8.2f}×"
            )
    print("\nof empty: requests a second, as a share of what the empty view does at that moment.")
    print(f"growth: time compared with {smallest:,} news, counted in empty views.")


if __name__ == "__main__":
    main()
