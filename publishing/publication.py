"""Publishing and archiving records: the rules that forms, actions and imports share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from publishing import clock
from publishing.models import Publishable, Status

# An action writes no more than this: what somebody else has changed since it read the record stays.
WRITTEN = ("status", "publish_at", "slug", "updated_at")

# What who cannot publish may choose.
WRITING_STATUSES = (Status.DRAFT, Status.IN_REVIEW)
SETTLED_STATUSES = (Status.PUBLISHED, Status.ARCHIVED)
ONLY_REVIEWERS_DECIDE = (
    "Publier, archiver ou refuser revient à un relecteur : enregistrez la fiche « en relecture » "
    "pour la lui soumettre."
)


@dataclass
class PublicationReport:
    """What became of each record of a batch; `refused` says why, record by record."""

    done: list[Publishable] = field(default_factory=list)
    refused: list[tuple[Publishable, list[str]]] = field(default_factory=list)


def check_publication(record: Publishable) -> None:
    """Raises `ValidationError` naming all that a saved, published record still lacks.

    Does nothing for a record that is not meant to be public. Runs queries (citations, sections).
    """
    if record.status != Status.PUBLISHED:
        return
    missing: dict[str, list[str]] = {
        field_name: [message] for field_name, message in record.missing_for_publication().items()
    }
    in_parts = record.missing_in_parts()
    if in_parts:
        missing[NON_FIELD_ERRORS] = in_parts
    if missing:
        raise ValidationError(missing)


def publish(record: Publishable) -> None:
    """Publishes a saved record, now or at its `publish_at`.

    Raises `ValidationError` with all that is missing; the record is then left as it was.
    """
    before = record.status, record.publish_at
    record.status = Status.PUBLISHED
    try:
        with transaction.atomic():
            record.full_clean()
            check_publication(record)
            _refuse_expired(record)
            record.save(update_fields=WRITTEN)
    except ValidationError:
        record.status, record.publish_at = before
        raise


def _refuse_expired(record: Publishable) -> None:
    if record.expire_at is not None and record.expire_at <= clock.now():
        raise ValidationError(
            {"expire_at": "La date de retrait est passée : effacez-la ou repoussez-la d’abord."}
        )


def archive(record: Publishable) -> None:
    """Withdraws a record: if it was public, its address answers 410 from now on.

    Raises `ValidationError` when public records would be left with nothing to rest on.
    """
    if record.is_public:
        record.check_withdrawal()
    record.status = Status.ARCHIVED
    record.save(update_fields=WRITTEN)


def publish_all(records: Iterable[Publishable]) -> PublicationReport:
    """Publishes each record that can be; the report holds the reasons for the others."""
    return _each(records, publish)


def archive_all(records: Iterable[Publishable]) -> PublicationReport:
    """Archives each record that can be; the report holds the reasons for the others."""
    return _each(records, archive)


def _each(
    records: Iterable[Publishable], operation: Callable[[Publishable], None]
) -> PublicationReport:
    report = PublicationReport()
    for record in records:
        try:
            operation(record)
        except ValidationError as refusal:
            report.refused.append((record, refusal.messages))
        else:
            report.done.append(record)
    return report
