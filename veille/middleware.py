"""Middleware of the whole site."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags

from publishing import clock, versions
from veille import release
from veille.views import page_not_found

# These answer to whom is asking, or for the machine at this very moment.
NOT_PAGES = ("/admin/", "/design/", "/sante/", settings.MEDIA_URL, settings.STATIC_URL)
ALWAYS_ASK = "no-cache"


class Validators(NamedTuple):
    """What tells a page unchanged (RFC 9110): `etag`, quoted; `modified`, in epoch seconds."""

    etag: str
    modified: int

    @classmethod
    def of(cls, request: HttpRequest) -> Validators:
        """Those of the page that `request` would be answered now. One query, seldom two.

        A page is made of the content, the day, the release and the request: one of them changes
        whenever the page does. That a page stays the same when another record changes is not seen.
        """
        version, running, today = versions.seen_by(request), release.current(), clock.today()
        midnight = datetime.combine(today, time(), timezone.get_default_timezone())
        parts = (
            version.name,
            running.name,
            today.isoformat(),
            settings.SITE_URL,
            settings.CONTACT_EMAIL,
            settings.DATA_LICENSE,
            request.META.get("HTTP_HOST", ""),
            request.scheme,
            request.get_full_path(),
            request.headers.get("Accept", ""),
            # Nobody is told that what a token was answered is still so.
            str("Authorization" in request.headers),
        )
        digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
        latest = max(version.since, running.since, midnight)
        return cls(f'"{digest}"', int(latest.timestamp()))

    def are_in(self, request: HttpRequest) -> bool:
        """Whether the reader has that very page. « * » is for those who know if there is one."""
        tags = parse_etags(request.headers.get("If-None-Match", ""))
        # A proxy that compresses makes the tag weak.
        return self.etag in [tag.removeprefix("W/") for tag in tags]


class UnchangedPages:
    """Answers 304 before an unchanged page is made, and gives each page its ETag and its date.

    So it does for the answers of the API. Whether a token may read an answer, unchanged or not, is
    for the views to say: they find the validators on the request.

    What has validators of its own (feeds, calendars, documents) keeps them: theirs follow what is
    in them, and stay when another record changes. In development nothing is kept: templates
    change while the process runs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.DEBUG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_of_the_content(request):
            return self.get_response(request)
        # Before the page is read: should the content change meanwhile, the next visit sees it.
        request.validators = validators = Validators.of(request)
        if "Authorization" not in request.headers and validators.are_in(request):
            return _with(validators, HttpResponseNotModified())
        response = self.get_response(request)
        own = response.has_header("ETag") or response.has_header("Last-Modified")
        if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) and not own:
            _with(validators, response)
        return response


def _is_of_the_content(request: HttpRequest) -> bool:
    """Whether the answer follows from the content alone, drafts included."""
    return request.method in ("GET", "HEAD") and not request.path_info.startswith(NOT_PAGES)


def _with(validators: Validators, response: HttpResponse) -> HttpResponse:
    response.headers["ETag"] = validators.etag
    response.headers["Last-Modified"] = http_date(validators.modified)
    response.headers.setdefault("Cache-Control", ALWAYS_ASK)
    patch_vary_headers(response, ["Accept", "Authorization"])
    return response


class OwnNotFoundPage:
    """In development too, an address that leads nowhere answers with the site's own page.

    Django would show its list of URL patterns there, in English: a developer reads them in
    `veille/urls.py`, and sees here what a reader sees. Failures keep Django's technical page, and
    a view that answers with a page of its own (`is_own_page`) keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        own = getattr(response, "is_own_page", False)
        if response.status_code == HTTPStatus.NOT_FOUND and html and not own:
            return page_not_found(request, Exception())
        return response
