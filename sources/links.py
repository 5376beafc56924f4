"""Whether the address of a source still answers: asked of the web, politely.

Only public http(s) addresses are asked, redirections included: a source must not make the server
read its own network. A site is asked one page after the other, several sites at once.
"""

from __future__ import annotations

import socket
import ssl
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

from publishing import clock
from publishing.anomalies import checked_together
from sources.addresses import host_of, is_public_ip, same_page
from sources.models import Source

SITES_AT_ONCE = 4
TIMEOUT_SECONDS = 10
MOST_REDIRECTIONS = 5
REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
# What a page that is gone answers; other refusals (401, 403, 429, 5xx) say nothing of the page.
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Refused(Exception):
    """The address is not public, or not of the web: it is not asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking told: the state of the link, None when nothing sure; and why, in French."""

    source: Source
    state: Source.LinkState | None
    reason: str

    @property
    def has_just_broken(self) -> bool:
        broken = Source.LinkState.BROKEN
        return self.state == broken != self.source.link_state


def ask_all(sources: Iterable[Source]) -> Iterator[Answer]:
    """The answer of each source that has an address, as they come; writes nothing."""
    by_site: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_site[host_of(source.url)].append(source)
    with ThreadPoolExecutor(max_workers=SITES_AT_ONCE) as pool:
        asked = [pool.submit(_ask_site, site) for site in by_site.values()]
        for site in as_completed(asked):
            yield from site.result()


def record(answers: Iterable[Answer]) -> None:
    """Keeps the states and the moment of the check; what is not sure keeps its state."""
    with checked_together():
        for answer in answers:
            if answer.state is not None:
                source = answer.source
                source.link_state, source.link_checked_at = answer.state, clock.now()
                source.save(update_fields=["link_state", "link_checked_at"])


def _ask_site(sources: list[Source]) -> list[Answer]:
    return [ask(source) for source in sources]


def ask(source: Source) -> Answer:
    """Asks for one page: its head, or the page itself where heads are refused."""
    states = Source.LinkState
    try:
        status, address = _follow(source.url)
    except Refused as refusal:
        return Answer(source, None, str(refusal))
    except TimeoutError:
        return Answer(source, None, "pas de réponse à temps")
    except (OSError, HTTPException, ValueError) as error:
        return Answer(source, states.BROKEN, f"injoignable ({type(error).__name__})")
    if status in GONE:
        return Answer(source, states.BROKEN, f"réponse {status}")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return Answer(source, None, f"réponse {status}")
    if same_page(address) == same_page(source.url):
        return Answer(source, states.REACHABLE, "répond")
    return Answer(source, states.REDIRECTED, f"mène à {address}")


def _follow(address: str) -> tuple[int, str]:
    """The status of the last page, and its address."""
    for _ in range(MOST_REDIRECTIONS + 1):
        status, target = _request("HEAD", address)
        if status >= HTTPStatus.BAD_REQUEST:
            # Many servers only answer whole pages.
            status, target = _request("GET", address)
        if status not in REDIRECTIONS or not target:
            return status, address
        address = urljoin(address, target)
    raise HTTPException("too many redirections")


def _request(method: str, address: str) -> tuple[int, str]:
    """The status of an answer, and where it redirects; the body is not read."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("adresse qui n’est pas du web")
    kind = _SecureConnection if parts.scheme == "https" else _Connection
    connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        connection.request(method, _ascii(target), headers={"User-Agent": _user_agent()})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", "")
    finally:
        connection.close()


def _ascii(target: str) -> str:
    path = target if target.startswith("/") else f"/{target}"
    return quote(path, safe="/?&=%:;,@+~!$'()*#[]")


def _user_agent() -> str:
    return f"Veille (verification des liens; {settings.SITE_URL})"


def _connect(host: str, port: int, timeout: float) -> socket.socket:
    """A socket to the very address that was seen to be public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [address[:2] for *_, address in found]
    are_public = all(is_public_ip(ip) for ip, _ in addresses)
    if not are_public and not settings.LINK_CHECKS_REACH_PRIVATE_ADDRESSES:
        raise Refused("adresse privée")
    return socket.create_connection(addresses[0], timeout)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        self.sock = _connect(self.host, self.port, self.timeout)


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        plain = _connect(self.host, self.port, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
