"""Fair use: so many requests a minute for each caller, counted in the cache.

A fixed window costs two operations of the cache, whatever the rate. Nothing personal is kept: the
address of an anonymous caller is only in the name of a counter, as a keyed digest, for a minute.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60


@dataclass(frozen=True)
class Allowance:
    """What a caller may still ask, for the headers of the answer (see `publishing.api.manners`)."""

    name: str
    quota: int
    remaining: int
    reset: int


class Rate(BaseThrottle, ABC):
    """Base: a quota a minute for each caller that `identity` names; a quota of 0 has no limit."""

    name: str
    setting: str

    @abstractmethod
    def identity(self, request: Request) -> str | None:
        """What tells this caller from the others; None: the rate is not theirs."""

    def allow_request(self, request: Request, view: Any = None) -> bool:
        quota = getattr(settings, self.setting)
        identity = self.identity(request) if quota else None
        if identity is None:
            return True
        now = int(time.time())
        window, elapsed = divmod(now, WINDOW)
        self._reset = WINDOW - elapsed
        used = self._count(f"api-rate:{self.name}:{window}:{identity}")
        remaining = max(quota - used, 0)
        # On the request of Django: the headers are written outside the view.
        request._request.api_allowance = Allowance(self.name, quota, remaining, self._reset)
        return used <= quota

    def wait(self) -> int:
        return self._reset

    def check(self, request: Request) -> None:
        """Counts a request that goes no further; raises `Throttled`."""
        if not self.allow_request(request):
            raise Throttled(self.wait())

    def _count(self, key: str) -> int:
        if cache.add(key, 1, WINDOW * 2):
            return 1
        try:
            return cache.incr(key)
        except ValueError:
            # Gone between the two: its minute is over.
            return 1


class AnonymousRate(Rate):
    name = "anonymous"
    setting = "API_RATE_ANONYMOUS"

    def identity(self, request: Request) -> str | None:
        # `_auth` rather than `auth`: a refused token is counted while it is being read.
        if getattr(request, "_auth", None) is not None:
            return None
        address = self.get_ident(request) or ""
        return salted_hmac("publishing.api.throttles", address).hexdigest()[:32]


class TokenRate(Rate):
    name = "token"
    setting = "API_RATE_TOKEN"

    def identity(self, request: Request) -> str | None:
        token = getattr(request, "_auth", None)
        return None if token is None else str(token.pk)
