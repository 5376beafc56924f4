"""The one clock of the project: nothing else asks the machine what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

from django.utils import timezone

# Module-level rather than a context variable: a test server answers from another thread, and it
# must live in the same moment as the test.
_override: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _override or timezone.now()


def today() -> date:
    """The present day in the time zone of the settings (Europe/Paris), not in UTC."""
    return timezone.localdate(now(), timezone.get_default_timezone())


@contextmanager
def frozen(moment: datetime | date) -> Iterator[datetime]:
    """Within the block, `now()` is `moment` and `today()` its day. For tests; blocks may nest.

    A bare date stands for noon of that day in the time zone of the settings.
    Raises ValueError when `moment` is a datetime without a time zone.
    """
    global _override  # noqa: PLW0603  see _override
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), timezone.get_default_timezone())
    if moment.tzinfo is None:
        raise ValueError("frozen() needs a moment with a time zone.")
    previous, _override = _override, moment.astimezone(UTC)
    try:
        yield _override
    finally:
        _override = previous
