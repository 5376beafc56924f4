"""Three values of each key: in the files, in the database, and as last loaded. What to do?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from publishing.content.keys import NameOf
from publishing.content.types import StatedRecord


@dataclass(frozen=True)
class Difference:
    """A key that an editor changed in the admin, and that the load left alone."""

    label: str
    in_files: Any
    in_admin: Any


@dataclass
class Plan:
    """What to write in a record, what was kept, and what will then count as last loaded."""

    changes: dict[str, Any] = field(default_factory=dict)
    kept: list[Difference] = field(default_factory=list)
    loaded: dict[str, Any] = field(default_factory=dict)


def plan_creation(stated: StatedRecord) -> Plan:
    return Plan(changes=dict(stated.values), loaded=dict(stated.values))


def plan_update(
    stated: StatedRecord,
    record: models.Model,
    last: Mapping[str, Any] | None,
    *,
    name_of: NameOf,
    overwrite: bool,
) -> Plan:
    """Compares key by key; `last` is what the files gave to the record, None if never loaded.

    A key that the files have stopped stating goes back to its empty value; one that they never
    stated is the editors' alone. Runs no query on a record loaded with the paths of its keys.
    """
    plan = Plan()
    before = last or {}
    for name, key in stated.type.keys.items():
        in_files = name in stated.values
        if not in_files and name not in before:
            continue
        empty = stated.type.empty[name]
        wanted = stated.values[name] if in_files else empty
        current = key.current(record, name_of)
        agreed = key.same(wanted, current)
        untouched = last is not None and key.same(current, before.get(name, empty))
        if not agreed and not overwrite and not untouched:
            plan.kept.append(Difference(key.label, wanted, current))
            if name in before:
                plan.loaded[name] = before[name]
            continue
        if not agreed:
            plan.changes[name] = wanted
        if in_files:
            plan.loaded[name] = wanted
    return plan
