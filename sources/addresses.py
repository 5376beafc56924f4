"""What the web address of a source tells by itself, without asking for it.

Pure functions over the text of an address; an empty or unreadable one tells nothing.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

# Paths of a home page: a language, then an index, or neither.
_LANGUAGE = re.compile(r"[a-z]{2}([-_][a-z]{2})?", re.IGNORECASE)
_INDEX = re.compile(r"(index|default|home|accueil)(\.[a-z]{3,5})?", re.IGNORECASE)

# Parameters that tell where a reader came from, and change nothing to what is read.
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_cid|mc_eid|xtor|at_.*", re.IGNORECASE)

# Parameters of a link that only its holder may follow, or that stops working.
_SIGNED = frozenset({"x-amz-signature", "x-goog-signature", "x-amz-expires", "x-goog-expires"})
_SIGNED_TOGETHER = (
    frozenset({"signature", "expires"}),
    frozenset({"sig", "se"}),  # shared access of Azure
    frozenset({"token", "expires"}),
)
# Hosts whose files are lent for a while, or left by anybody.
_UPLOAD_HOSTS = (
    "0x0.st",
    "cdn.discordapp.com",
    "dpaste.com",
    "file.io",
    "filebin.net",
    "files.oaiusercontent.com",
    "files.slack.com",
    "fromsmash.com",
    "gofile.io",
    "hastebin.com",
    "mail.google.com",
    "media.discordapp.net",
    "pastebin.com",
    "swisstransfer.com",
    "tmpfiles.org",
    "transfer.sh",
    "we.tl",
    "wetransfer.com",
)
_UPLOAD_WORDS = re.compile(r"(^|[./_-])(file-?uploads?|direct-files|user-?uploads?)([./_-]|$)")
_PASTED_FILE = re.compile(r"/paste(-?\d+)?\.(txt|md|log)$")
_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp")

# What a machine answered to somebody, shared by a link.
_ANSWERS = (
    ("chatgpt.com", "/share"),
    ("chat.openai.com", "/share"),
    ("claude.ai", "/share"),
    ("copilot.microsoft.com", "/shares"),
    ("g.co", "/gemini/share"),
    ("gemini.google.com", "/share"),
    ("grok.com", "/share"),
    ("perplexity.ai", "/search"),
    ("poe.com", "/s"),
    ("pplx.ai", "/share"),
)


def host_of(url: str) -> str:
    """The host, in lower case, without « www. » ; empty when there is none."""
    return _host(_split(url))


def is_same_site(one: str, other: str) -> bool:
    """True for one host, or one that is under the other: « about.fb.com » and « fb.com »."""
    if not one or not other:
        return False
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def is_home_page(url: str) -> bool:
    """True for the front page of a site: no path but a language or an index, and no query."""
    parts = _split(url)
    if not _host(parts) or parts.query or parts.fragment.startswith(("/", "!")):
        return False
    steps = [step for step in unquote(parts.path).split("/") if step]
    if steps and _LANGUAGE.fullmatch(steps[0]):
        steps = steps[1:]
    return not steps or (len(steps) == 1 and _INDEX.fullmatch(steps[0]) is not None)


def is_private_upload(url: str) -> bool:
    """True for a file that was lent to somebody, or that only some can reach."""
    parts = _split(url)
    host = _host(parts)
    if not host:
        return False
    path = unquote(parts.path).lower()
    return (
        is_private_host(host)
        or _is_under(host, _UPLOAD_HOSTS)
        or _is_signed(parts.query)
        or bool(_UPLOAD_WORDS.search(host) or _UPLOAD_WORDS.search(path))
        or bool(_PASTED_FILE.search(path))
    )


def is_machine_answer(url: str) -> bool:
    """True for a shared conversation with a text generator."""
    parts = _split(url)
    host = _host(parts)
    return any(
        _is_under(host, (site,)) and f"{parts.path}/".startswith(f"{path}/")
        for site, path in _ANSWERS
    )


def is_private_host(host: str) -> bool:
    """True for a host that the public Internet does not know."""
    try:
        return not is_public_ip(host.strip("[]"))
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[-1] in _PRIVATE_NAMES


def is_public_ip(text: str) -> bool:
    """True for an address of the public Internet. Raises ValueError for what is no IP address."""
    address = ipaddress.ip_address(text)
    # « ::ffff:127.0.0.1 » is this very machine.
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast


def same_page(url: str) -> str:
    """What two addresses of one page have in common: a key, empty without a host.

    Scheme, « www. », a final slash, the anchor, the order of parameters and those that only track
    the reader make no other page.
    """
    parts = _split(url)
    host = _host(parts)
    if not host:
        return ""
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name)
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{host}{unquote(parts.path).rstrip('/')}{query}"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError:
        return urlsplit("")


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def _is_under(host: str, sites: tuple[str, ...]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in sites)


def _is_signed(query: str) -> bool:
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return bool(names & _SIGNED) or any(together <= names for together in _SIGNED_TOGETHER)
