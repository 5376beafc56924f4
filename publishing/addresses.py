"""Addresses for what leaves the site: absolute, from SITE_URL, and identifiers that last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from publishing.models import Publishable


@dataclass(frozen=True)
class FeedFormat:
    """A format of the feeds: `/actualites/flux.<extension>`."""

    extension: str
    label: str
    media_type: str


@dataclass(frozen=True)
class FeedLink:
    """A link of a page to a feed; `title` tells it from the others of a reader's software."""

    label: str
    title: str
    media_type: str
    url: str


FEED_FORMATS = (
    FeedFormat("rss", "Flux RSS", "application/rss+xml"),
    FeedFormat("atom", "Atom", "application/atom+xml"),
    FeedFormat("json", "JSON", "application/feed+json"),
)


def absolute_url(path: str) -> str:
    """« https://veille.example.org/actualites/ » for « /actualites/ »."""
    return settings.SITE_URL + path


def site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


def permanent_id(record: Publishable) -> str:
    """A tag URI (RFC 4151) that neither a new title nor a new slug changes."""
    day = record.created_at.astimezone(UTC).date()
    return f"tag:{site_host()},{day}:{record.api_name}/{record.pk}"


def feed_path(name: str, extension: str, query: str = "", slug: str = "") -> str:
    """Path of the feed whose addresses bear `name` (« news:newsitem »), with its filters.

    `slug` is that of the record which it is about, where it is about one.
    """
    return with_query(reverse(f"{name}_feed_{extension}", args=[slug] if slug else []), query)


def feed_links(name: str, title: str, query: str = "", slug: str = "") -> list[FeedLink]:
    """The links to one feed in each format; `query` and `slug` as in `feed_path`."""
    return [
        FeedLink(
            one.label,
            f"{title} ({one.label.removeprefix('Flux ')})",
            one.media_type,
            feed_path(name, one.extension, query, slug),
        )
        for one in FEED_FORMATS
    ]


def with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
