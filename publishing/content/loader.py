"""Loading a folder of content into the database: all or nothing, as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, models, transaction

from publishing.anomalies import checked_together
from publishing.content.comparison import Plan, plan_creation, plan_update
from publishing.content.files import Content, read_folder
from publishing.content.keys import Key
from publishing.content.nodes import Place, Problem
from publishing.content.references import Deleted, References, Unavailable
from publishing.content.report import CHANGED, CREATED, KEPT, UNCHANGED, Report
from publishing.content.rows import RowRefused
from publishing.content.types import RecordType, StatedRecord, record_types
from publishing.models import FormerSlug, LoadedRecord, Publishable
from publishing.publication import check_publication


def load_folder(folder: Path, *, dry_run: bool = False, overwrite: bool = False) -> Report:
    """Loads every record that the files of `folder` state, in one transaction.

    Nothing is written when anything is wrong (`Report.problems`), nor on a dry run. What an
    editor changed is kept and reported, unless `overwrite`. A second load of the same files
    writes nothing: it costs a handful of queries by type, whatever the number of records.
    """
    types = record_types()
    content = read_folder(folder, types)
    report = Report(dry_run=dry_run, problems=list(content.problems))
    references = References(content, types)
    with transaction.atomic():
        with checked_together():
            for record_type in types.values():
                _TypeLoad(record_type, content, references, report, overwrite).run()
        if report.skipped and not report.problems:
            raise RuntimeError("Types of content load in the wrong order: a record was skipped.")
        if report.problems or dry_run:
            transaction.set_rollback(True)
    return report


def is_empty() -> bool:
    """Whether the database holds no record at all of any type."""
    return not any(kind.model._default_manager.exists() for kind in record_types().values())


@dataclass
class _Work:
    """A record to write: as stated, in the database (or new), and what to do with it."""

    stated: StatedRecord
    record: models.Model
    plan: Plan
    memory: LoadedRecord | None = None
    is_new: bool = False
    failed: bool = False


class _TypeLoad:
    """The load of the records of one type, inside the transaction of the whole."""

    def __init__(
        self,
        record_type: RecordType,
        content: Content,
        references: References,
        report: Report,
        overwrite: bool,
    ) -> None:
        self.type = record_type
        self.stated = content.records[record_type.name]
        self.references = references
        self.report = report
        self.overwrite = overwrite
        self.content_type = ContentType.objects.get_for_model(record_type.model)
        memories = LoadedRecord.objects.filter(content_type=self.content_type)
        self.memories = {memory.object_id: memory for memory in memories}
        self.remembered = {memory.values.get("slug"): memory for memory in memories}

    def run(self) -> None:
        if not self.stated and not self.memories:
            return
        self.report.labels[self.type.name] = self.type.verbose_name_plural
        existing = self._existing()
        for stated in self.stated:
            self._refuse_unknown_references(stated)
        works = [work for stated in self.stated if (work := self._work(stated, existing))]
        for step in (
            self._write_columns,
            self._clear_late_keys,
            self._write_late_keys,
            self._check_and_remember,
        ):
            for work in works:
                if not work.failed:
                    self._take(step, work)
        self._tell_what_is_gone(existing)

    def _existing(self) -> dict[str, models.Model]:
        """The records that the files name, by the slug they use, which may be a former one."""
        slugs = [stated.slug for stated in self.stated]
        found = self._queryset().in_bulk(slugs, field_name="slug")
        renamed = self._renamed([slug for slug in slugs if slug not in found])
        records = self._queryset().in_bulk(renamed.values())
        for slug, pk in renamed.items():
            if pk in records:
                self._add_renamed(slug, records[pk], found)
        return found

    def _renamed(self, missing: list[str]) -> dict[str, int]:
        """The keys of records that once had one of these slugs, as loaded or in the admin."""
        renamed = {}
        if missing and issubclass(self.type.model, Publishable):
            former = FormerSlug.objects.filter(content_type=self.content_type, slug__in=missing)
            renamed = dict(former.values_list("slug", "object_id"))
        remembered = (slug for slug in missing if slug in self.remembered)
        return {slug: self.remembered[slug].object_id for slug in remembered} | renamed

    def _add_renamed(self, slug: str, record: models.Model, found: dict[str, models.Model]) -> None:
        if record.slug in found:
            [stated] = [stated for stated in self.stated if stated.slug == slug]
            self._refuse(
                stated.place,
                f"« {slug} » a été renommé « {record.slug} » dans l’admin, et les fichiers "
                "emploient les deux.",
            )
            return
        found[slug] = record
        self.references.rename(record, slug)

    def _queryset(self) -> models.QuerySet:
        selected: list[str] = []
        prefetched: list[str] = []
        for key in self.type.keys.values():
            one, many = key.paths()
            selected += one
            prefetched += many
        queryset = self.type.model._default_manager.prefetch_related(*prefetched)
        return queryset.select_related(*selected) if selected else queryset

    def _refuse_unknown_references(self, stated: StatedRecord) -> None:
        for name, value in stated.values.items():
            for model, slug in self.type.keys[name].references(value):
                if not self.references.may_exist(model, slug):
                    self._refuse(
                        stated.place_of(name, slug),
                        f"{name} : « {slug} » n’existe ni dans les fichiers ni dans la base"
                        f"{self.references.suggestion(model, slug)}",
                    )
                    stated.readable = False

    def _work(self, stated: StatedRecord, existing: dict[str, models.Model]) -> _Work | None:
        """What to do with a record; None when there is nothing to do, or nothing can be done."""
        record = existing.get(stated.slug)
        if not stated.readable:
            return None
        if record is None:
            return self._creation(stated)
        memory = self.memories.get(record.pk)
        last = memory.values if memory else None
        plan = plan_update(
            stated, record, last, name_of=self.references.name_of, overwrite=self.overwrite
        )
        self.references.add(self.type.model, stated.slug, record)
        self._count(stated, plan)
        if plan.changes or plan.loaded != last:
            return _Work(stated, record, plan, memory)
        return None

    def _creation(self, stated: StatedRecord) -> _Work | None:
        memory = self.remembered.get(stated.slug)
        if memory and not self.overwrite:
            self.references.delete(self.type.model, stated.slug)
            self.report.deleted(f"{self.type.name}/{stated.slug}")
            self.report.count(self.type.name, KEPT)
            return None
        if memory:
            memory.delete()
        self.report.count(self.type.name, CREATED)
        return _Work(stated, self.type.model(), plan_creation(stated), is_new=True)

    def _count(self, stated: StatedRecord, plan: Plan) -> None:
        if plan.kept:
            self.report.differs(f"{self.type.name}/{stated.slug}", plan.kept)
        if plan.changes:
            self.report.count(self.type.name, CHANGED)
        else:
            self.report.count(self.type.name, KEPT if plan.kept else UNCHANGED)

    def _write_columns(self, work: _Work) -> None:
        if not work.plan.changes:
            return
        for name, value in work.plan.changes.items():
            key = self.type.keys[name]
            if not key.late:
                key.write(work.record, value, self.references.find)
        work.record.full_clean()
        work.record.save()
        self.references.add(self.type.model, work.stated.slug, work.record)

    def _clear_late_keys(self, work: _Work) -> None:
        if not work.is_new:
            for key, _ in self._late_changes(work):
                key.clear(work.record)

    def _write_late_keys(self, work: _Work) -> None:
        written = [key for key, _ in self._late_changes(work)]
        for key, value in self._late_changes(work):
            key.write(work.record, value, self.references.find)
        if any(key.column for key in written):
            work.record.full_clean()
            work.record.save()

    def _late_changes(self, work: _Work) -> Iterator[tuple[Key, Any]]:
        for name, value in work.plan.changes.items():
            if self.type.keys[name].late:
                yield self.type.keys[name], value

    def _check_and_remember(self, work: _Work) -> None:
        if work.plan.changes and isinstance(work.record, Publishable):
            # Read again: the record at hand may remember the parts that were replaced.
            check_publication(self.type.model._default_manager.get(pk=work.record.pk))
        memory = work.memory or LoadedRecord(
            content_type=self.content_type, object_id=work.record.pk
        )
        memory.values = work.plan.loaded
        memory.save()

    def _take(self, step: Callable[[_Work], None], work: _Work) -> None:
        """Takes one step; a refusal of the models or of the database is told as of the files."""
        try:
            with transaction.atomic():
                step(work)
        except ValidationError as refusal:
            self._fail(work, self._problems(work.stated, refusal))
        except RowRefused as refusal:
            self._fail(work, self._problems_of_row(work.stated, refusal))
        except Deleted as refusal:
            self._fail(work, [Problem(_place_of_reference(work, refusal.slug), str(refusal))])
        except Unavailable:
            self.report.skipped += 1
            self._fail(work, [])
        except (IntegrityError, DataError) as refusal:
            problem = Problem(work.stated.place, f"la base refuse cette fiche ({refusal}).")
            self._fail(work, [problem])

    def _fail(self, work: _Work, problems: Iterable[Problem]) -> None:
        work.failed = True
        self.references.remove(self.type.model, work.stated.slug)
        self.report.problems.extend(problems)

    def _refuse(self, place: Place, message: str) -> None:
        self.report.problems.append(Problem(place, message))

    def _problems_of_row(self, stated: StatedRecord, refusal: RowRefused) -> Iterator[Problem]:
        row = stated.nodes[refusal.name].items()[refusal.index]
        parts = row.value if isinstance(row.value, dict) else {}
        place = parts[refusal.key].place if refusal.key in parts else row.place
        key = f"{refusal.name}.{refusal.key}" if refusal.key else refusal.name
        for message in refusal.messages:
            yield Problem(place, f"{key} : {message}")

    def _problems(self, stated: StatedRecord, refusal: ValidationError) -> Iterator[Problem]:
        for field_name, messages in refusal.message_dict.items():
            for message in messages:
                if field_name == NON_FIELD_ERRORS:
                    yield Problem(stated.place_of(text=_mark(message)), message)
                else:
                    yield Problem(stated.place_of(field_name), f"{field_name} : {message}")

    def _tell_what_is_gone(self, existing: dict[str, models.Model]) -> None:
        """Records loaded once and no longer stated: they are left as they are, and told."""
        known = {record.pk for record in existing.values()}
        gone = [pk for pk in self.memories if pk not in known]
        if not gone:
            return
        slugs = self.type.model._default_manager.filter(pk__in=gone).values_list("slug", flat=True)
        self.report.gone.extend(f"{self.type.name}/{slug}" for slug in sorted(slugs))


def _place_of_reference(work: _Work, slug: str) -> Place:
    for name, value in work.plan.changes.items():
        if slug in (known for _, known in work.stated.type.keys[name].references(value)):
            return work.stated.place_of(name, slug)
    return work.stated.place


def _mark(message: str) -> str:
    """The « [3] » that a message speaks of, so that it is told with the line that holds it."""
    start, end = message.find("["), message.find("]")
    return message[start : end + 1] if 0 <= start < end else ""
