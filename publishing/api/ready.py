"""The objects of lists as they were last made, in memory while the content stays.

Programs ask for the same records again and again, by these filters or in that order, and to make
the JSON of a record costs ten times what it takes to find it. Which records a list holds is worked
out at each request; what it says of each is made once for a version of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from publishing import clock
from publishing.api.renderers import as_bytes
from publishing.versions import Version

# Some megabytes for each process.
MOST = 5_000

Make = Callable[[Sequence[int]], Mapping[int, Any]]


class _Kept(NamedTuple):
    version: str
    objects: dict[Hashable, bytes]


_kept = _Kept("", {})


def ready_objects(version: Version, told: Hashable, keys: Sequence[int], make: Make) -> list[bytes]:
    """The JSON of the records that have these `keys`, in their order.

    `told` is what an object follows from besides the content and the day: its serializer, the host,
    the fields. `make` gives the objects of the keys that are not ready, if there are any, by key;
    those that it leaves out are left out.

    `version` is to be asked before the keys: what is made after it is as new, or newer.
    """
    objects, today = _objects_of(version), clock.today()
    names = {key: (told, today, key) for key in keys}
    missing = [key for key, name in names.items() if name not in objects]
    if missing:
        made = {names[key]: as_bytes(data) for key, data in make(missing).items()}
        objects.update(made)
    return [objects[names[key]] for key in keys if names[key] in objects]


def forget() -> None:
    """Nothing is ready any more."""
    global _kept  # noqa: PLW0603  the memory of the process
    _kept = _Kept("", {})


def _objects_of(version: Version) -> dict[Hashable, bytes]:
    """Those of that version, which alone are kept; none when there would be too many."""
    global _kept  # noqa: PLW0603  the memory of the process
    kept = _kept
    if kept.version != version.name or len(kept.objects) > MOST:
        kept = _kept = _Kept(version.name, {})
    return kept.objects
