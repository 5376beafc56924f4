"""What a load did, and how it is told in French."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from publishing.content.comparison import Difference
from publishing.content.nodes import Problem
from publishing.typography import plural

_WIDTH = 60

CREATED = "created"
CHANGED = "changed"
UNCHANGED = "unchanged"
KEPT = "kept"
_OUTCOMES = {
    CREATED: ("créée", "créées"),
    CHANGED: ("modifiée", "modifiées"),
    UNCHANGED: ("inchangée", "inchangées"),
    KEPT: ("conservée", "conservées"),
}


@dataclass
class Report:
    """Counts of records by type and outcome, what differs, and the errors, all told at once.

    A record counts once: as kept when editors' changes are all that differs. `skipped` counts
    those not written because one that they lead to was refused.
    """

    dry_run: bool = False
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0

    @property
    def total(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())

    @property
    def has_written(self) -> bool:
        return not self.dry_run and bool(self.total[CREATED] + self.total[CHANGED])

    def count(self, type_name: str, outcome: str) -> None:
        self.counts.setdefault(type_name, Counter())[outcome] += 1

    def differs(self, record: str, differences: list[Difference]) -> None:
        told = " ; ".join(map(_told, differences))
        self.differences.append(f"{record} : modifié dans l’admin : {told}")

    def deleted(self, record: str) -> None:
        self.differences.append(f"{record} : supprimé dans l’admin")

    def lines(self) -> Iterator[str]:
        """The report of a load that succeeded (or would have, for a dry run)."""
        for type_name, counter in self.counts.items():
            yield f"{self.labels[type_name]} ({type_name}), {_counted(counter)}"
        yield from self.differences
        if self.differences:
            yield "Ce qui a été fait dans l’admin est gardé, sauf avec --overwrite."
        yield from (f"{record} : plus dans les fichiers" for record in self.gone)
        yield f"Total, {_counted(self.total)}."
        if self.dry_run:
            yield "Essai : rien n’a été écrit."

    def error_lines(self) -> Iterator[str]:
        """Every error once, by file and line."""
        unique = sorted(set(self.problems), key=lambda p: (p.place.path, p.place.line, p.message))
        yield from map(str, unique)
        yield f"{len(unique)} {plural(len(unique), 'erreur')} : rien n’a été chargé."


def _counted(counter: Counter[str]) -> str:
    number = sum(counter.values())
    told = ", ".join(
        f"{counter[outcome]} {plural(counter[outcome], *words)}"
        for outcome, words in _OUTCOMES.items()
    )
    return f"{number} {plural(number, 'fiche')} : {told}"


def _told(difference: Difference) -> str:
    in_files, in_admin = _excerpts(_shown(difference.in_files), _shown(difference.in_admin))
    return f"{difference.label} (« {in_files} » dans le fichier, « {in_admin} » dans l’admin)"


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "vide"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part not in (None, "", []))
    return " ".join(str(value).split())


def _excerpts(one: str, other: str) -> tuple[str, str]:
    """Both texts, cut around the first difference when they are long."""
    pairs = enumerate(zip(one, other, strict=False))
    shared = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, shared - _WIDTH // 3) if max(len(one), len(other)) > _WIDTH else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    before = "…" if start else ""
    after = "…" if len(text) > start + _WIDTH else ""
    return before + text[start : start + _WIDTH] + after
