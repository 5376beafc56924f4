"""Which version of its content the site is at: what tells an unchanged page before it is made.

The database keeps the version (`publishing.triggers`), whatever the way of writing.

The clock changes what is public too: what was planned comes out, what expires goes. A version
holds from one such moment to the next.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from publishing import clock
from publishing.models import ContentVersion, published_models


class Version(NamedTuple):
    """What names the content as the public sees it now, and since when."""

    name: str
    since: datetime


class Span(NamedTuple):
    """From `since` (included) until `until` (excluded), the clock changes nothing of a version."""

    since: datetime
    until: datetime | None

    def covers(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


# What the process last knew, asked again when the content has changed or the moment has come.
_known: tuple[str, Span] | None = None


def current() -> Version:
    """The version in force. One query, and a second one after each change of the content."""
    global _known  # noqa: PLW0603  see above
    name, changed_at = ContentVersion.objects.values_list("name", "changed_at").get()
    now = clock.now()
    if _known is None or _known[0] != name or not _known[1].covers(now):
        _known = name, _span_around(now)
    since = _known[1].since
    return Version(f"{name}-{since.timestamp():.0f}", max(changed_at, since))


def _span_around(now: datetime) -> Span:
    first, *others = (model._default_manager.turning_points() for model in published_models())
    rows = list(first.union(*others, all=True))
    past = [moment for came, left, _, _ in rows for moment in (came, left) if moment]
    coming = [moment for _, _, comes, leaves in rows for moment in (comes, leaves) if moment]
    return Span(max(past, default=datetime.fromtimestamp(0, UTC)), min(coming, default=None))
