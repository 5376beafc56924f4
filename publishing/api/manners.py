"""What every answer below `/api/` says in its headers: rates, and who may read it from a page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

API = "/api/"
READING = ("GET", "HEAD", "OPTIONS")
EXPOSED = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After"
PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(READING),
    "Access-Control-Allow-Headers": "Accept, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class ApiManners:
    """Middleware: CORS for reading, and the rates of draft-ietf-httpapi-ratelimit-headers.

    Any page may read what is public. None may send a token from the browser of its visitors:
    the header is not among those allowed, and writing is for programs of the desk.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API):
            return self.get_response(request)
        if _is_preflight(request):
            response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
        else:
            response = self.get_response(request)
        if request.method in READING:
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = EXPOSED
        allowance = getattr(request, "api_allowance", None)
        if allowance is not None:
            policy = f'"{allowance.name}"'
            response["RateLimit-Policy"] = f"{policy};q={allowance.quota};w=60"
            response["RateLimit"] = f"{policy};r={allowance.remaining};t={allowance.reset}"
        return response


def _is_preflight(request: HttpRequest) -> bool:
    asked = "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
    return request.method == "OPTIONS" and asked
