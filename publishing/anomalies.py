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
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
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
    ContentVersion,
    Publishable,
    RowState,
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

    `accused` are the records in doubt, at least one, `context` those that they were compared with;
    `values` is what was compared, as stated: the finding is another one once they change. `anchor`
    is what it is recognised by from one check to the next, when that is not the accused. `lead`
    proposes an explanation to the editor. Raises ValueError when nobody is accused.
    """

    accused: tuple[Reference, ...]
    message: str
    values: tuple[str, ...]
    context: tuple[Reference, ...] = ()
    anchor: tuple[Reference, ...] = ()
    lead: str = ""

    def __post_init__(self) -> None:
        if not self.accused:
            raise ValueError(f"This finding accuses no record: {self.message}")


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


class Subject(ABC):
    """Base of what rules judge. A subclass names itself and reads its evidence."""

    name: ClassVar[str]
    label: ClassVar[str]
    # The models whose rows are evidence: saving one checks its scopes again.
    watched: ClassVar[tuple[type[models.Model], ...]] = ()

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    @abstractmethod
    def scopes_of(self, row: models.Model) -> Iterable[str]:
        """The scopes that a row of a watched model, as given, belongs to. May run queries."""

    def bears_on(self, before: models.Model, after: models.Model) -> bool:
        """Whether what a save changed in a watched row may change what the rules find."""
        return True

    @abstractmethod
    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Any]]:
        """The evidence of these scopes, or of all (None), one at a time; empty ones left out."""

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

    def pieces(self, evidence: Any) -> Iterable[Any]:
        """What a rule is given, one at a time: the evidence of the scope, unless told otherwise."""
        return (evidence,)

    def judge(self, rule: Rule, evidence: Any) -> list[tuple[Rule, Finding]]:
        """What one rule finds; raises what the rule raises."""
        return [(rule, finding) for piece in self.pieces(evidence) for finding in rule.find(piece)]


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> Subject:
    """Makes `subject` part of every check, and follows the rows of the models that it watches."""
    _subjects[subject.name] = subject
    for model in subject.watched:
        for signal, receiver in (
            (pre_save, _before),
            (post_save, _saved),
            (pre_delete, _before),
            (post_delete, _deleted),
        ):
            signal.connect(receiver, model, dispatch_uid=f"anomalies.{model._meta.label}")
    return subject


def subjects() -> tuple[Subject, ...]:
    return tuple(_subjects.values())


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the subjects."""
    return {code: rule for subject in subjects() for code, rule in subject.rules.items()}


def rule_title(code: str) -> str:
    """The French title of a rule; the code of one that is no longer among them."""
    rule = all_rules().get(code)
    return rule.title if rule else code


# --- Checking ---


@dataclass
class CheckReport:
    """What a check changed in the register; `examined` counts scopes by name of subject.

    `new` holds the keys of the anomalies that no earlier check of everything had reported, and
    `new_errors` counts the open errors among them. `unsure` are the rules that failed, each with
    the scope, and `unread` the subjects whose evidence could not be read: what the register says
    of them is left as it was. `failures` counts the scopes in which each rule failed.
    """

    examined: Counter[str] = field(default_factory=Counter)
    opened: list[Anomaly] = field(default_factory=list)
    reopened: list[Anomaly] = field(default_factory=list)
    closed: list[Anomaly] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    new_errors: int = 0
    unsure: set[tuple[str, str]] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        return not self.failures and not self.unread


def check_all(*, on_scope: Callable[[], None] = lambda: None) -> CheckReport:
    """Judges every scope of every subject. `on_scope` is called after each, to show progress.

    The register is written batch by batch, so that editors can save meanwhile.
    """
    report = CheckReport()
    for subject in subjects():
        try:
            _check_subject(subject, report, on_scope)
        except Exception:
            logger.exception("Checking %s failed.", subject.name)
            report.unread.add(subject.name)
    unreported = Anomaly.objects.standing().filter(is_reported=False)
    report.new = set(unreported.values_list("pk", flat=True))
    report.new_errors = unreported.filter(
        status=Anomaly.Status.OPEN, severity=Severity.ERROR
    ).count()
    if report.is_complete:
        unreported.update(is_reported=True)
    return report


def check_scopes(subject: Subject, scopes: Collection[str]) -> CheckReport:
    """Judges these scopes of one subject, and brings their part of the register up to date."""
    report = CheckReport()
    with _alone():
        judged = dict.fromkeys(scopes, ()) | dict(_judged(subject, scopes, report))
        seen = _record(subject, judged, report)
        present = Anomaly.objects.filter(
            subject=subject.name, scope__in=list(scopes), is_present=True
        )
        _close_all(present.exclude(pk__in=seen), report)
    return report


def findings_about(record: Publishable) -> list[tuple[Rule, Finding]]:
    """What the rules find now that names `record`; the register is left as it is."""
    reference = Reference.of(record)
    return [
        (rule, finding)
        for subject in subjects()
        if isinstance(record, subject.watched)
        for _, found in _judged(subject, _scopes_of(subject, record), CheckReport())
        for rule, finding in found
        if reference in (*finding.accused, *finding.context)
    ]


def is_watched(model: type[models.Model]) -> bool:
    """Whether saving a row of `model` can make or settle an anomaly."""
    return any(issubclass(model, subject.watched) for subject in subjects())


def _check_subject(subject: Subject, report: CheckReport, on_scope: Callable[[], None]) -> None:
    # What a save opens while this goes on is not in it, and so is not closed.
    before = Anomaly.objects.filter(subject=subject.name, is_present=True)
    gone = set(before.values_list("pk", flat=True))
    judged = _judged(subject, None, report, on_scope)
    while batch := dict(islice(judged, SCOPES_AT_ONCE)):
        with _alone():
            gone -= _record(subject, batch, report)
    left = iter(gone)
    while keys := list(islice(left, SCOPES_AT_ONCE)):
        with _alone():
            _close_all(before.filter(pk__in=keys), report)


Judged = tuple[tuple[Rule, Finding], ...]


def _judged(
    subject: Subject,
    scopes: Collection[str] | None,
    report: CheckReport,
    on_scope: Callable[[], None] = lambda: None,
) -> Iterator[tuple[str, Judged]]:
    """Each scope with what its rules found. One that fails is told in the report, and in the log
    the first time only.
    """
    for scope, evidence in subject.read(scopes):
        found: list[tuple[Rule, Finding]] = []
        for rule in subject.rules.values():
            try:
                found += subject.judge(rule, evidence)
            except Exception:
                if rule.code not in report.failures:
                    logger.exception("The rule %s failed on %s.", rule.code, scope)
                report.failures[rule.code] += 1
                report.unsure.add((rule.code, scope))
        yield scope, tuple(found)
        report.examined[subject.name] += 1
        on_scope()


# --- The register ---


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else writes the register.

    Two saves at once would each miss what the other is writing, or open one anomaly twice.
    """
    with transaction.atomic():
        ContentVersion.objects.hold()
        yield


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
        anomaly = by_identity.get(identity)
        rows = () if anomaly is None else anomaly.records.all()
        anomaly = anomaly or Anomaly(identity=identity)
        _update(anomaly, _stated(subject, scope, rule, finding), report)
        _tie(anomaly, rows, finding, windows)
        seen.add(anomaly.pk)
    return seen


def _stated(subject: Subject, scope: str, rule: Rule, finding: Finding) -> dict[str, Any]:
    """The columns of an anomaly that say what was found."""
    return {
        "subject": subject.name,
        "scope": scope,
        "rule": rule.code,
        "severity": rule.severity,
        "contests": rule.contests,
        "message": finding.message,
        "lead": finding.lead,
        "fingerprint": _digest(*finding.values),
        "is_present": True,
    }


def _update(anomaly: Anomaly, stated: dict[str, Any], report: CheckReport) -> None:
    """Makes the anomaly say what was found; a decision holds as long as the values do."""
    before = anomaly.status
    changed = {name for name, value in stated.items() if getattr(anomaly, name) != value}
    for name, value in stated.items():
        setattr(anomaly, name, value)
    if anomaly.pk is None:
        anomaly.move_to(Anomaly.Status.OPEN)
        report.opened.append(anomaly)
    elif "fingerprint" in changed:
        if before != Anomaly.Status.OPEN:
            anomaly.forget_decision()
            report.reopened.append(anomaly)
        anomaly.move_to(Anomaly.Status.OPEN, note="Les valeurs ont changé.")
    elif "is_present" in changed and before != Anomaly.Status.DISMISSED:
        _bring_back(anomaly, report)
    elif changed:
        anomaly.save()


def _bring_back(anomaly: Anomaly, report: CheckReport) -> None:
    """The cause is there again: so is what had been decided, but for a correction withdrawn."""
    status = anomaly.status_before_closing()
    if status in (Anomaly.Status.OPEN, Anomaly.Status.CORRECTED):
        status = Anomaly.Status.OPEN
        anomaly.forget_decision()
        report.reopened.append(anomaly)
    anomaly.move_to(status, note="La cause est revenue.")


def _close_all(anomalies: models.QuerySet[Anomaly], report: CheckReport) -> None:
    for anomaly in anomalies:
        if (anomaly.rule, anomaly.scope) not in report.unsure:
            _close(anomaly)
            report.closed.append(anomaly)


def _close(anomaly: Anomaly) -> None:
    """The cause is gone: what was not settled closes by itself, or is seen to be corrected."""
    anomaly.is_present = False
    if anomaly.status not in (Anomaly.Status.OPEN, Anomaly.Status.EXPLAINED):
        anomaly.save()
        return
    correction = anomaly.find_correction()
    if correction is None:
        anomaly.move_to(Anomaly.Status.CLOSED, note="La cause a disparu.")
        return
    anomaly.correction = correction
    anomaly.decided_at = clock.now()
    anomaly.move_to(Anomaly.Status.CORRECTED, note=f"Corrigé par : {correction}")


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


def _tie(
    anomaly: Anomaly,
    rows: Iterable[AnomalyRecord],
    finding: Finding,
    windows: dict[Reference, Window],
) -> None:
    """Makes the rows that lead from the anomaly to its records say what the finding says."""
    wanted: dict[tuple[int, int], RowState] = {}
    roles = (
        (AnomalyRecord.Role.ACCUSED, finding.accused),
        (AnomalyRecord.Role.CONTEXT, finding.context),
    )
    for role, references in roles:
        for reference in references:
            kind = ContentType.objects.get_for_model(reference.model)
            window = windows.get(reference, (None, None))
            wanted.setdefault((kind.pk, reference.pk), RowState(len(wanted), role, *window))
    kept = {row.key for row in rows if row.state == wanted.get(row.key)}
    stale = [row.pk for row in rows if row.key not in kept]
    if stale:
        AnomalyRecord.objects.filter(pk__in=stale).delete()
    missing = [
        AnomalyRecord(anomaly=anomaly, content_type_id=kind, object_id=pk, **state._asdict())
        for (kind, pk), state in wanted.items()
        if (kind, pk) not in kept
    ]
    AnomalyRecord.objects.bulk_create(missing)


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


def _before(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Keeps on the row what is saved of it, and the scopes that this is in: checked after."""
    # A fixture loads records before what they rest on.
    if raw:
        return
    stored = type(instance)._base_manager.filter(pk=instance.pk).first() if instance.pk else None
    scopes = {
        subject.name: _scopes_of(subject, stored) if stored else set()
        for subject in _watching(instance)
    }
    instance._anomalies_before = stored, scopes


def _saved(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    stored, scopes = instance.__dict__.pop("_anomalies_before", (None, {}))
    touched = {
        subject.name: scopes.get(subject.name, set()) | _scopes_of(subject, instance)
        for subject in _watching(instance)
        if stored is None or subject.bears_on(stored, instance)
    }
    _touch(touched)


def _deleted(instance: models.Model, **kwargs: Any) -> None:
    _, scopes = instance.__dict__.pop("_anomalies_before", (None, {}))
    _touch(scopes)


def _watching(row: models.Model) -> list[Subject]:
    return [subject for subject in subjects() if isinstance(row, subject.watched)]


def _touch(touched: Touched) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _check(touched)
        return
    for name, scopes in touched.items():
        waiting[name] |= scopes


def _scopes_of(subject: Subject, row: models.Model) -> set[str]:
    try:
        return set(subject.scopes_of(row))
    except Exception:
        # As in `_check`.
        logger.exception("%s could not tell the scopes of %r.", subject.name, row)
        return set()


def _check(touched: Touched) -> None:
    for name, scopes in touched.items():
        if not scopes:
            continue
        try:
            check_scopes(_subjects[name], scopes)
        except Exception:
            # What an editor typed is worth more than a rule that fails: `check_facts` will say it.
            logger.exception("Checking %s failed.", name)


def follow_windows() -> None:
    """Keeps `public_from` and `public_until` of the rows that name a record, at each save."""
    post_save.connect(_refresh_windows, dispatch_uid="publishing.anomalies.windows")


def _refresh_windows(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Says anew when a record is public, and those that are public only with it."""
    if raw or not isinstance(instance, Publishable):
        return
    itself = type(instance)._default_manager.filter(pk=instance.pk)
    for records in (itself, *instance.public_only_with_it()):
        for record in records.for_links().filter(anomaly_records__isnull=False).distinct():
            start, end = record.publication_window
            record.anomaly_records.update(public_from=start, public_until=end)


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
