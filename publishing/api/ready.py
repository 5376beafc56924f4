"""What lists are made of, in memory while the content stays: objects, and the SQL that finds them.

Programs ask for the same records again and again, by these filters or in that order, and to make
the JSON of a record costs ten times what it takes to find it. Which records a list holds is asked
at each request; what it says of each, and how to ask, is made once for a version of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from publishing import clock
from publishing.api.renderers import as_bytes
from publishing.api.statements import Statement
from publishing.versions import Version

Thing = TypeVar("Thing")
Make = Callable[[Sequence[int]], Mapping[int, Any]]


class _Kept(NamedTuple):
    version: str
    things: dict[Hashable, Any]


class Memory(Generic[Thing]):
    """What a process made of one version of the content: `most` things, and those of a request."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.forget()

    def of(self, version: Version) -> dict[Hashable, Thing]:
        """Those of that version, which alone are kept; none when there would be too many."""
        kept = self._kept
        if kept.version != version.name or len(kept.things) > self.most:
            kept = self._kept = _Kept(version.name, {})
        return kept.things

    def forget(self) -> None:
        self._kept = _Kept("", {})


# Some megabytes for each process.
objects_kept: Memory[bytes] = Memory(5_000)
statements_kept: Memory[Statement] = Memory(500)


def ready_objects(version: Version, told: Hashable, keys: Sequence[int], make: Make) -> list[bytes]:
    """The JSON of the records that have these `keys`, in their order.

    `told` is what an object follows from besides the content and the day: its serializer, the host,
    the fields. `make` gives the objects of the keys that are not ready, if there are any, by key;
    those that it leaves out are left out.

    `version` is to be asked before the keys: what is made after it is as new, or newer.
    """
    objects, today = objects_kept.of(version), clock.today()
    names = {key: (told, today, key) for key in keys}
    missing = [key for key, name in names.items() if name not in objects]
    if missing:
        made = {names[key]: as_bytes(data) for key, data in make(missing).items()}
        objects.update(made)
    return [objects[names[key]] for key in keys if names[key] in objects]


def ready_statement(version: Version, name: Hashable, write: Callable[[], Statement]) -> Statement:
    """The statement of that `name`, written by `write` where it is not ready.

    It may compare with the moment when it was written and with the day: within a version, the clock
    changes nothing of what is public, and a statement is of one day.
    """
    statements, dated = statements_kept.of(version), (name, clock.today())
    statement = statements.get(dated)
    if statement is None:
        statement = statements[dated] = write()
    return statement


def forget() -> None:
    """Nothing is ready any more."""
    objects_kept.forget()
    statements_kept.forget()
