"""Which version of its content the site is at: what tells an unchanged page before it is made.

The database keeps the version (`publishing.triggers`), whatever the way of writing.

The clock changes what is public too: what was planned comes out, what expires goes. A version
holds from one such moment to the next.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection
from django.http import HttpRequest

from publishing import clock
from publishing.models import ContentVersion, published_models

# Written out: it is asked at each page, and Django takes longer to say it than the database to
# answer.
NAME = "SELECT name FROM publishing_contentversion"


class Version(NamedTuple):
    """What names the content as the public sees it, from `turned_at` until `turns_at` (excluded).

    Between these two moments the clock changes nothing of what was written at `written_at`.
    """

    name: str
    written_at: datetime
    turned_at: datetime
    turns_at: datetime | None

    @property
    def since(self) -> datetime:
        return max(self.written_at, self.turned_at)

    def covers(self, now: datetime) -> bool:
        return self.turned_at <= now and (self.turns_at is None or now < self.turns_at)


# What the process last knew, by what the database calls it.
_known: dict[str, Version] = {}


def current() -> Version:
    """The version in force. One query, and two more when it, or the moment, has changed."""
    global _known  # noqa: PLW0603  see above
    with connection.cursor() as cursor:
        cursor.execute(NAME)
        (written,) = cursor.fetchone()
    now = clock.now()
    version = _known.get(written)
    if version is None or not version.covers(now):
        version = _read(written, now)
        _known = {written: version}
    return version


def seen_by(request: HttpRequest) -> Version:
    """The version in force when the first who needed it asked for `request`: one query for all."""
    if not hasattr(request, "content_version"):
        request.content_version = current()
    return request.content_version


def _read(written: str, now: datetime) -> Version:
    first, *others = (model._default_manager.turning_points() for model in published_models())
    rows = list(first.union(*others, all=True))
    past = [moment for came, left, _, _ in rows for moment in (came, left) if moment]
    coming = [moment for _, _, comes, leaves in rows for moment in (comes, leaves) if moment]
    turned_at = max(past, default=datetime.fromtimestamp(0, UTC))
    row = ContentVersion.objects.filter(name=written).first()
    return Version(
        name=f"{written}-{turned_at.timestamp():.0f}",
        written_at=row.changed_at if row else now,
        turned_at=turned_at,
        turns_at=min(coming, default=None),
    )
