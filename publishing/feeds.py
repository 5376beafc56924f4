"""Feeds of public records: one base, in RSS 2.0, Atom 1.0 and JSON Feed 1.1.

A feed tells publications, the latest first: the date of an item is that of its publication on the
site. The date of what it speaks of, which may be approximate, stands in its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import select_template
from django.urls import URLPattern, path
from django.utils.feedgenerator import (
    Atom1Feed,
    Rss201rev2Feed,
    SyndicationFeed,
    rfc3339_date,
)
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.text import capfirst
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from publishing.addresses import FEED_FORMATS, absolute_url, permanent_id, with_query
from publishing.filters import PublishedFilterSet
from publishing.markdown import for_elsewhere
from publishing.models import Publishable
from publishing.typography import join, printable

MAX_ITEMS = 50
PLAIN_TEXT = "text/plain; charset=utf-8"
# An empty feed has no date of its own, and the present would make a new answer each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


# --- The three formats ---


class SteadyFeed(SyndicationFeed):
    """The same items always give the same bytes."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else NEVER


class RssFeed(SteadyFeed, Rss201rev2Feed):
    """RSS 2.0, with the whole text (`content:encoded`) and the last change (`atom:updated`)."""

    def rss_attributes(self) -> dict[str, str]:
        content = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
        return super().rss_attributes() | content

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content_html"])
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        if item["source_link"]:
            handler.addQuickElement("atom:link", "", {"rel": "via", "href": item["source_link"]})


class AtomFeed(SteadyFeed, Atom1Feed):
    """Atom 1.0 (RFC 4287), with the whole text."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content_html"], {"type": "html"})
        if item["source_link"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["source_link"]})


class JsonFeed(SteadyFeed):
    """JSON Feed 1.1 (jsonfeed.org)."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "items": [self._item(item) for item in self.items],
        }
        outfile.write(json.dumps(document, ensure_ascii=False))

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        always = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content_html"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
        }
        sometimes = {
            "summary": item["summary"],
            "external_url": item["source_link"],
            "tags": list(item["categories"]),
        }
        return always | {name: value for name, value in sometimes.items() if value}


GENERATORS: dict[str, type[SyndicationFeed]] = {
    "rss": RssFeed,
    "atom": AtomFeed,
    "json": JsonFeed,
}


# --- What a feed holds ---


class Refused(Exception):
    """The parameters of the request are refused; `text` says why, in French."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Selection:
    """What one request asks for: `criteria` in French, and the same as a `query` string."""

    path: str
    records: Iterable[Publishable]
    criteria: str = ""
    query: str = ""


class PublishedFeed(Feed):
    """The latest publications of one model, through the FilterSet of its list.

    A subclass gives the model, its FilterSet and a title. A wrong filter answers 400 in plain
    text. Answers are conditional: an ETag of the content, and the last change as Last-Modified.
    """

    model: ClassVar[type[Publishable]]
    filterset_class: ClassVar[type[PublishedFilterSet]]
    feed_title: ClassVar[str]

    language = "fr"
    author_name = "Veille"
    item_guid_is_permalink = False

    def __init__(self, extension: str) -> None:
        self.extension = extension
        self.feed_type = GENERATORS[extension]

    def __call__(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            selection = self.get_object(request, **kwargs)
        except Refused as refused:
            return HttpResponseBadRequest(refused.text, content_type=PLAIN_TEXT)
        feed = self.get_feed(selection, request)
        response = HttpResponse(content_type=feed.content_type)
        if feed.items:
            response.headers["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
        feed.write(response, "utf-8")
        return response

    def get_object(self, request: HttpRequest) -> Selection:
        """Raises `Refused` when a parameter is not understood."""
        records = self.get_base_queryset()
        filterset = self.filterset_class(request.GET, records, allowed_parameters=())
        if not filterset.is_valid():
            raise Refused(filterset.refusal)
        return Selection(
            path=request.path,
            records=filterset.qs.order_by("-publish_at", "-pk").for_detail()[:MAX_ITEMS],
            criteria=", ".join(label for _, label in filterset.active),
            query=filterset.query,
        )

    def get_base_queryset(self) -> QuerySet:
        """The public records that it may hold."""
        return self.model._default_manager.published()

    # --- The feed ---

    def title(self, selection: Selection) -> str:
        criteria = f" ({selection.criteria})" if selection.criteria else ""
        return printable(f"Veille – {self.feed_title}{criteria}")

    def description(self, selection: Selection) -> str:
        return f"Les dernières publications de Veille : {self.feed_title.lower()}."

    def link(self, selection: Selection) -> str:
        return absolute_url(with_query(self.list_path(), selection.query))

    def feed_url(self, selection: Selection) -> str:
        return absolute_url(with_query(selection.path, selection.query))

    def feed_guid(self, selection: Selection) -> str:
        return self.feed_url(selection)

    def author_link(self) -> str:
        return absolute_url("/")

    def list_path(self) -> str:
        return self.model.list_url()

    def items(self, selection: Selection) -> Iterable[Publishable]:
        return selection.records

    # --- Its items ---

    def item_title(self, record: Publishable) -> str:
        cautions = f" ({', '.join(record.cautions)})" if record.cautions else ""
        return printable(f"{record}{cautions}")

    def item_description(self, record: Publishable) -> str:
        # In RSS and Atom a description is HTML.
        return escape(self.item_summary(record))

    def item_link(self, record: Publishable) -> str:
        return absolute_url(record.get_absolute_url())

    def item_guid(self, record: Publishable) -> str:
        return permanent_id(record)

    def item_pubdate(self, record: Publishable) -> datetime:
        return record.publish_at

    def item_updateddate(self, record: Publishable) -> datetime:
        return record.changed_at

    def item_categories(self, record: Publishable) -> list[str]:
        topics = [topic.title for topic in record.topics.all()] if hasattr(record, "topics") else []
        return [printable(name) for name in (capfirst(record._meta.verbose_name), *topics)]

    def item_extra_kwargs(self, record: Publishable) -> dict[str, Any]:
        return {
            "summary": self.item_summary(record),
            "content_html": self.item_content(record),
            "source_link": self.item_source_link(record),
        }

    def item_summary(self, record: Publishable) -> str:
        """A few words of plain text."""
        return printable(getattr(record, "summary", ""))

    def item_content(self, record: Publishable) -> str:
        """The whole text, as HTML that can be read elsewhere.

        From `<app>/_<model>_feed.html`, or the template of every record.
        """
        meta = record._meta
        template = select_template(
            [f"{meta.app_label}/_{meta.model_name}_feed.html", "feeds/_record_feed.html"]
        )
        page = self.item_link(record)
        return printable(for_elsewhere(template.render({"record": record}), page)).strip()

    def item_source_link(self, record: Publishable) -> str:
        """Where the fact was first told; empty when it is told nowhere else."""
        return ""


def refuse_parameters(names: Iterable[str]) -> None:
    """For a feed that has no filter: raises `Refused` when there is one all the same."""
    if unknown := [f"« {name} »" for name in sorted(names)]:
        raise Refused(f"Ce flux n’a pas de filtre ; paramètres reçus : {join(*unknown)}.\n")


def feed_paths(feed: type[PublishedFeed], name: str, prefix: str = "") -> list[URLPattern]:
    """The addresses of a feed: `<prefix>flux.rss`, `.atom`, `.json`; see `addresses.feed_path`."""
    return [
        path(
            f"{prefix}flux.{one.extension}",
            require_safe(feed(one.extension)),
            name=f"{name}_feed_{one.extension}",
        )
        for one in FEED_FORMATS
    ]
