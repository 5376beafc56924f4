"""Contradictions between records: what a rule is, and the runner that keeps their register.

A **subject** (figures, sources, texts…) reads the records that can contradict one another, one
**scope** at a time: all that a rule needs to judge is in the evidence of one scope. A **rule** is a
function from evidence to **findings**: it reads, never writes, and says in French what it computed.
The runner turns findings into `Anomaly` rows: it opens them, tells when their values changed, and
closes them when their cause is gone. What editors decided stays, as long as the values do.

An app declares its subject and its rules in `rules`, imported when the app is ready. Saving or
deleting a record checks again the scopes that it was in and is in; `manage.py check_facts` checks
them all.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from publishing import clock
from publishing.models import (
    Anomaly,
    AnomalyRecord,
    AnomalyStep,
    Publishable,
    Severity,
    Window,
)

logger = logging.getLogger(__name__)

SCOPES_AT_ONCE = 500


class Reference(NamedTuple):
    """A record, without loading it."""

    model: type[Publishable]
    pk: int

    @classmethod
    def of(cls, record: Publishable) -> Reference:
        return cls(type(record), record.pk)

    @property
    def code(self) -> str:
        return f"{self.model._meta.label_lower}:{self.pk}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the records in question, and a French sentence with what it computed.

    `accused` are the records in doubt, `context` those that they were compared with; `values` is
    what was compared, as stated: the finding is another one once they change. `anchor` is what it
    is recognised by from one check to the next, when that is not the accused. `lead` proposes an
    explanation to the editor.
    """

    accused: tuple[Reference, ...]
    message: str
    values: tuple[str, ...]
    context: tuple[Reference, ...] = ()
    anchor: tuple[Reference, ...] = ()
    lead: str = ""


Find = Callable[[Any], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A named rule. `contests` tells whether readers see the accused as contested."""

    code: str
    title: str
    explanation: str
    severity: Severity
    contests: bool
    find: Find

    def identity(self, finding: Finding) -> str:
        """What the same finding is recognised by, whatever its values."""
        anchor = sorted(reference.code for reference in finding.anchor or finding.accused)
        return _digest(self.code, *anchor)


class Subject:
    """Base of what rules judge. A subclass names itself and reads its evidence."""

    name: ClassVar[str]
    label: ClassVar[str]
    # The models whose rows are evidence: saving one checks its scopes again.
    watched: ClassVar[tuple[type[models.Model], ...]] = ()

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    def scopes_of(self, row: models.Model) -> Iterable[str]:
        """The scopes that a row of a watched model, as given, belongs to. May run queries."""
        raise NotImplementedError

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Any]]:
        """The evidence of these scopes, or of all (None), one at a time; empty ones left out."""
        raise NotImplementedError

    def rule(
        self,
        code: str,
        *,
        title: str,
        explanation: str,
        severity: Severity = Severity.WARNING,
        contests: bool = False,
    ) -> Callable[[Find], Find]:
        """Decorator that makes a function a rule of this subject.

        `code` is stable, in kebab-case, unique among all subjects; `title` and `explanation` are
        French, for the register and for the page on the method. Raises ValueError for a code that
        is taken.
        """

        def declare(find: Find) -> Find:
            if code in all_rules():
                raise ValueError(f"Two rules are called {code!r}.")
            self.rules[code] = Rule(code, title, explanation, severity, contests, find)
            return find

        return declare

    def judge(self, evidence: Any) -> Iterator[tuple[Rule, Finding]]:
        for rule in self.rules.values():
            for finding in rule.find(evidence):
                yield rule, finding


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> Subject:
    """Makes `subject` part of every check, and follows the rows of the models that it watches."""
    _subjects[subject.name] = subject
    for model in subject.watched:
        follow = f"anomalies.{subject.name}.{model._meta.label}"
        for signal, receiver in (
            (pre_save, _before),
            (post_save, _after),
            (pre_delete, _before),
            (post_delete, _after),
        ):
            signal.connect(
                _bound(receiver, subject),
                sender=model,
                weak=False,
                dispatch_uid=f"{follow}.{id(signal)}",
            )
    return subject


def subjects() -> tuple[Subject, ...]:
    return tuple(_subjects.values())


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the subjects."""
    return {code: rule for subject in subjects() for code, rule in subject.rules.items()}


# --- Checking ---


@dataclass
class CheckReport:
    """What a check changed in the register; `examined` counts scopes by name of subject.

    `new_errors` counts the open errors that no earlier check of everything had reported.
    """

    examined: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opened: list[Anomaly] = field(default_factory=list)
    reopened: list[Anomaly] = field(default_factory=list)
    closed: list[Anomaly] = field(default_factory=list)

    new_errors: int = 0


def check_all(*, on_scope: Callable[[], None] = lambda: None) -> CheckReport:
    """Judges every scope of every subject. `on_scope` is called after each, to show progress.

    One transaction for each subject: the register is never seen half checked.
    """
    report = CheckReport()
    for subject in subjects():
        with transaction.atomic():
            seen: set[int] = set()
            judged = _counted(subject, report, on_scope)
            while batch := dict(islice(judged, SCOPES_AT_ONCE)):
                seen |= _record(subject, batch, report)
            gone = Anomaly.objects.filter(subject=subject.name, is_present=True)
            for anomaly in gone.exclude(pk__in=seen).iterator():
                _close(anomaly, report)
    unreported = Anomaly.objects.standing().filter(is_reported=False)
    report.new_errors = unreported.filter(
        status=Anomaly.Status.OPEN, severity=Severity.ERROR
    ).count()
    unreported.update(is_reported=True)
    return report


def check_scopes(subject: Subject, scopes: Collection[str]) -> CheckReport:
    """Judges these scopes of one subject, and brings their part of the register up to date."""
    report = CheckReport()
    with transaction.atomic():
        findings = dict.fromkeys(scopes, ())
        findings |= dict(_counted(subject, report, lambda: None, scopes))
        seen = _record(subject, findings, report)
        present = Anomaly.objects.filter(
            subject=subject.name, scope__in=list(scopes), is_present=True
        )
        for anomaly in present.exclude(pk__in=seen):
            _close(anomaly, report)
    return report


def findings_about(record: Publishable) -> list[tuple[Rule, Finding]]:
    """What the rules find now that names `record`; the register is left as it is."""
    reference = Reference.of(record)
    return [
        (rule, finding)
        for subject in subjects()
        if isinstance(record, subject.watched)
        for _, evidence in subject.read(set(subject.scopes_of(record)))
        for rule, finding in subject.judge(evidence)
        if reference in (*finding.accused, *finding.context)
    ]


Judged = tuple[tuple[Rule, Finding], ...]


def _counted(
    subject: Subject,
    report: CheckReport,
    on_scope: Callable[[], None],
    scopes: Collection[str] | None = None,
) -> Iterator[tuple[str, Judged]]:
    for scope, evidence in subject.read(scopes):
        yield scope, tuple(subject.judge(evidence))
        report.examined[subject.name] += 1
        on_scope()


# --- The register ---


def _record(subject: Subject, judged: dict[str, Judged], report: CheckReport) -> set[int]:
    """Writes what was found in these scopes; the keys of the anomalies that are there."""
    found = {
        rule.identity(finding): (scope, rule, finding)
        for scope, findings in judged.items()
        for rule, finding in findings
    }
    known = Anomaly.objects.filter(identity__in=list(found)).prefetch_related("records")
    by_identity = {anomaly.identity: anomaly for anomaly in known}
    windows = _windows(finding for _, _, finding in found.values())
    seen: set[int] = set()
    for identity, (scope, rule, finding) in found.items():
        anomaly = by_identity.get(identity) or Anomaly(identity=identity)
        _update(anomaly, subject, scope, rule, finding, report)
        _tie(anomaly, finding, windows)
        seen.add(anomaly.pk)
    return seen


def _update(
    anomaly: Anomaly,
    subject: Subject,
    scope: str,
    rule: Rule,
    finding: Finding,
    report: CheckReport,
) -> None:
    fingerprint = _digest(*finding.values)
    is_new, was_present = anomaly.pk is None, anomaly.is_present
    is_same = anomaly.fingerprint == fingerprint
    stated = {
        "subject": subject.name,
        "scope": scope,
        "rule": rule.code,
        "severity": rule.severity,
        "contests": rule.contests,
        "message": finding.message,
        "lead": finding.lead,
        "fingerprint": fingerprint,
        "is_present": True,
    }
    changed = {name for name, value in stated.items() if getattr(anomaly, name) != value}
    for name, value in stated.items():
        setattr(anomaly, name, value)
    if is_new:
        anomaly.save()
        AnomalyStep.objects.create(anomaly=anomaly, status=anomaly.status, message=anomaly.message)
        report.opened.append(anomaly)
    elif not is_same and anomaly.status != Anomaly.Status.OPEN:
        anomaly.is_reported = False
        anomaly.move_to(Anomaly.Status.OPEN, note="Les valeurs ont changé.")
        report.reopened.append(anomaly)
    elif not was_present and anomaly.status == Anomaly.Status.CLOSED:
        anomaly.move_to(anomaly.status_before_closing(), note="La cause est revenue.")
        if anomaly.status == Anomaly.Status.OPEN:
            report.reopened.append(anomaly)
    elif changed:
        anomaly.save()


def _close(anomaly: Anomaly, report: CheckReport) -> None:
    """The cause is gone: what is not decided closes by itself, or is seen to be corrected."""
    anomaly.is_present = False
    correction = anomaly.find_correction()
    if correction is not None and anomaly.status != Anomaly.Status.DISMISSED:
        anomaly.correction = correction
        anomaly.move_to(Anomaly.Status.CORRECTED, note=f"Corrigé par : {correction}")
    elif anomaly.status in (Anomaly.Status.OPEN, Anomaly.Status.EXPLAINED):
        anomaly.move_to(Anomaly.Status.CLOSED, note="La cause a disparu.")
    else:
        anomaly.save()
    report.closed.append(anomaly)


def _windows(findings: Iterable[Finding]) -> dict[Reference, Window]:
    """When each record that a finding names is public: one query for each model."""
    wanted: dict[type[Publishable], set[int]] = defaultdict(set)
    for finding in findings:
        for reference in (*finding.accused, *finding.context):
            wanted[reference.model].add(reference.pk)
    return {
        Reference(model, record.pk): record.publication_window
        for model, keys in wanted.items()
        for record in model._default_manager.for_links().filter(pk__in=keys)
    }


def _tie(anomaly: Anomaly, finding: Finding, windows: dict[Reference, Window]) -> None:
    """Makes the rows that lead from the anomaly to its records say what the finding says."""
    wanted = {}
    roles = (
        (AnomalyRecord.Role.ACCUSED, finding.accused),
        (AnomalyRecord.Role.CONTEXT, finding.context),
    )
    for role, references in roles:
        for reference in references:
            kind = ContentType.objects.get_for_model(reference.model)
            window = windows.get(reference, (None, None))
            wanted.setdefault((kind.pk, reference.pk), (len(wanted), role, *window))
    rows = {(row.content_type_id, row.object_id): row for row in anomaly.records.all()}
    stale = [row.pk for key, row in rows.items() if row.state != wanted.get(key)]
    if stale:
        AnomalyRecord.objects.filter(pk__in=stale).delete()
    AnomalyRecord.objects.bulk_create(
        AnomalyRecord(
            anomaly=anomaly,
            content_type_id=kind,
            object_id=pk,
            position=position,
            role=role,
            public_from=public_from,
            public_until=public_until,
        )
        for (kind, pk), (position, role, public_from, public_until) in wanted.items()
        if (kind, pk) not in rows or rows[kind, pk].pk in stale
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


# --- Following what is saved ---

Touched = dict[str, set[str]]

# The scopes to check when the block of `checked_together` ends; None outside of any.
_waiting: ContextVar[Touched | None] = ContextVar("anomalies_waiting", default=None)


@contextmanager
def checked_together() -> Iterator[None]:
    """Within the block, what is saved is not checked at each save, but once at the end.

    Blocks may nest: the outermost checks. Nothing is checked when an exception leaves it.
    """
    if _waiting.get() is not None:
        yield
        return
    token = _waiting.set(defaultdict(set))
    try:
        yield
        touched = _waiting.get()
    finally:
        _waiting.reset(token)
    _check(touched)


def _bound(receiver: Callable[..., None], subject: Subject) -> Callable[..., None]:
    def receive(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
        # A fixture loads records before what they rest on.
        if not raw:
            receiver(subject, instance)

    return receive


def _before(subject: Subject, row: models.Model) -> None:
    """Keeps, on the row, the scopes that its saved state is in: they are checked after."""
    stored = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    row._anomaly_scopes = getattr(row, "_anomaly_scopes", {})
    row._anomaly_scopes[subject.name] = set(subject.scopes_of(stored)) if stored else set()


def _after(subject: Subject, row: models.Model) -> None:
    before = getattr(row, "_anomaly_scopes", {}).pop(subject.name, set())
    # A deleted row still belongs where it was; a saved one may have moved.
    now = set(subject.scopes_of(row)) if row.pk else set()
    waiting = _waiting.get()
    if waiting is None:
        _check({subject.name: before | now})
    else:
        waiting[subject.name] |= before | now


def _check(touched: Touched) -> None:
    for name, scopes in touched.items():
        if not scopes:
            continue
        try:
            check_scopes(_subjects[name], scopes)
        except Exception:
            # What an editor typed is worth more than a rule that fails: `check_facts` will say it.
            logger.exception("Checking %s failed.", name)


# --- What editors decide ---


def explain(anomaly: Anomaly, *, note: str, by: Any) -> None:
    """Kept as stated, with a note that readers see."""
    _decide(anomaly, Anomaly.Status.EXPLAINED, note, by)


def dismiss(anomaly: Anomaly, *, reason: str, by: Any) -> None:
    """No contradiction after all: it does not come back unless the values change."""
    _decide(anomaly, Anomaly.Status.DISMISSED, reason, by)


def correct(anomaly: Anomaly, *, correction: Publishable, note: str = "", by: Any) -> None:
    """Settled by another figure or source, `correction`."""
    anomaly.correction = correction
    _decide(anomaly, Anomaly.Status.CORRECTED, note, by)


def reopen(anomaly: Anomaly, *, note: str = "", by: Any) -> None:
    """To be looked at again; one whose cause is gone closes at once."""
    anomaly.correction = None
    _decide(anomaly, Anomaly.Status.OPEN, note, by)
    if not anomaly.is_present:
        anomaly.move_to(Anomaly.Status.CLOSED, note="La cause a disparu.")


def _decide(anomaly: Anomaly, status: Anomaly.Status, note: str, by: Any) -> None:
    anomaly.note = note
    anomaly.decided_by, anomaly.decided_at = by, clock.now()
    anomaly.move_to(status, note=note, by=by)
