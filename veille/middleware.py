"""Middleware of the whole site."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from veille.views import page_not_found


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
