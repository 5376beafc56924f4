"""What costs more than the page that shows it, kept in the cache while the content stays.

The numbers and the order of a long list: its first reader waits for them, the others do not.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from django.core.cache import cache

if TYPE_CHECKING:
    from publishing.filters import PublishedFilterSet

# Beyond so many records, a list is long.
MANY = 5_000
KEPT_SECONDS = 24 * 3600

T = TypeVar("T")


def is_long(total: int) -> bool:
    """Whether a list of so many records costs more than its page."""
    return total > MANY


def kept(
    filterset: PublishedFilterSet,
    name: str,
    work: Callable[[], T],
    *,
    worth_it: Callable[[T], bool] = bool,
) -> T:
    """What `work` gives for a list: from the cache where it was `worth_it`, worked out otherwise.

    `name` tells what it is, among all that is kept of the list. Never wrong: a list whose content,
    filters or day differ is another one (`PublishedFilterSet.edition`).
    """
    key = sha256(f"{name}|{filterset.edition}".encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        found = work()
        if worth_it(found):
            cache.set(key, found, KEPT_SECONDS)
    return found
