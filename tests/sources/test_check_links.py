"""`check_links` against a server of this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import call_command

from publishing import clock
from publishing.models import Anomaly, Status
from sources.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db


class Site(BaseHTTPRequestHandler):
    """`/404` answers 404; `/vers/x` redirects to /x; `/sans-head` refuses HEAD; else 200."""

    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.asked.append((self.command, self.path))
        if self.path.startswith("/vers/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/vers"))
        elif self.path == "/ailleurs":
            self.send_response(302)
            self.send_header("Location", "ftp://example.org/")
        elif self.path == "/sans-head" and self.command == "HEAD":
            self.send_response(405)
        elif self.path.strip("/").isdecimal():
            self.send_response(int(self.path.strip("/")))
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def site(settings):
    settings.LINK_CHECKS_REACH_PRIVATE_ADDRESSES = True
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def check(*options: str) -> tuple[int, str]:
    """The exit code and what was said."""
    said = StringIO()
    try:
        call_command("check_links", *options, stdout=said, stderr=StringIO())
    except SystemExit as end:
        return end.code, said.getvalue()
    return 0, said.getvalue()


def state(url: str) -> str:
    source = make.make_source(url=url)
    check()
    return Source.objects.get(pk=source.pk).link_state


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/article", "reachable"),
        ("/sans-head", "reachable"),
        ("/vers/article", "redirected"),
        ("/404", "broken"),
        ("/410", "broken"),
        ("/vers/404", "broken"),
        ("/vers/vers/vers/vers/vers/vers/vers/article", "broken"),
        ("/403", "unchecked"),
        ("/503", "unchecked"),
        ("/ailleurs", "unchecked"),
        ("/étude?année=2025", "reachable"),
    ],
)
def test_the_answer_of_the_site_is_the_state_of_the_link(site, path, expected):
    assert state(site + path) == expected


def test_the_moment_of_the_check_is_kept_and_it_is_no_change_of_the_record(site):
    source = make.make_source(url=f"{site}/article")
    with clock.frozen(make.LONG_AGO):
        check()
    checked = Source.objects.get(pk=source.pk)
    assert checked.link_checked_at == make.LONG_AGO
    assert checked.updated_at == source.updated_at


def test_a_site_that_nobody_serves_is_broken(settings):
    settings.LINK_CHECKS_REACH_PRIVATE_ADDRESSES = True
    assert state("http://127.0.0.1:1/article") == "broken"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_address_of_this_network_is_not_asked(host):
    source = make.make_source(url=f"http://{host}:1/article")
    assert check()[0] == 0
    assert Source.objects.get(pk=source.pk).link_state == "unchecked"


def test_a_link_that_breaks_is_told_once(site):
    source = make.make_source(url=f"{site}/404")
    code, said = check()
    assert code == 1
    assert said == (
        f"{site}/404\u00a0: réponse 404\n"
        "1\u00a0source\u00a0: 0\u00a0accessible, 0\u00a0redirigée, 1\u00a0rompue "
        "(dont 1 nouvelle), 0\u00a0incertaine.\n"
    )
    assert Anomaly.objects.standing().filter(rule="broken-link").count() == 1
    assert check()[0] == 0
    source.refresh_from_db()
    source.url = f"{site}/article"
    source.save()
    assert check()[0] == 0
    assert Anomaly.objects.standing().filter(rule="broken-link").count() == 0


def test_a_dry_run_writes_nothing(site):
    source = make.make_source(url=f"{site}/404")
    assert check("--dry-run")[0] == 1
    unchanged = Source.objects.get(pk=source.pk)
    assert (unchanged.link_state, unchanged.link_checked_at) == ("unchecked", None)


def test_what_is_withdrawn_or_without_address_is_not_asked(site):
    make.make_source(url="")
    make.make_source(url=f"{site}/article", status=Status.ARCHIVED)
    assert check() == (
        0,
        "0\u00a0source\u00a0: 0\u00a0accessible, 0\u00a0redirigée, 0\u00a0rompue "
        "(dont 0 nouvelle), 0\u00a0incertaine.\n",
    )
    assert Site.asked == []


def test_the_page_is_asked_only_where_its_head_is_refused(site):
    make.make_source(url=f"{site}/article")
    make.make_source(url=f"{site}/sans-head")
    check()
    assert Site.asked == [("HEAD", "/article"), ("HEAD", "/sans-head"), ("GET", "/sans-head")]
