"""What the slugs of the files lead to: records of the files first, then of the database."""

from __future__ import annotations

from django.db import models

from publishing.content.files import Content
from publishing.content.keys import suggestion
from publishing.content.types import RecordType
from publishing.models import FormerSlug, Publishable


class Unavailable(Exception):
    """The record that a slug leads to was itself refused: nothing more to tell."""


class Deleted(Exception):
    """The record that a slug leads to was deleted in the admin."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"« {slug} » a été supprimé dans l’admin ; --overwrite le crée de nouveau."
        )
        self.slug = slug


class References:
    """Records by model and slug, filled as they are written; the database is asked once a slug."""

    def __init__(self, content: Content, types: dict[str, RecordType]) -> None:
        self._stated = {
            types[name].model: {stated.slug for stated in records}
            for name, records in content.records.items()
        }
        self._incomplete = {types[name].model for name in content.incomplete}
        self._records: dict[tuple[type[models.Model], str], models.Model | None] = {}
        self._deleted: set[tuple[type[models.Model], str]] = set()
        self._renamed: dict[tuple[type[models.Model], str], str] = {}

    def may_exist(self, model: type[models.Model], slug: str) -> bool:
        """Whether `slug` leads somewhere; doubtful cases (an unreadable file) count as yes."""
        return (
            slug in self._stated.get(model, ())
            or model in self._incomplete
            or self._from_database(model, slug) is not None
        )

    def find(self, model: type[models.Model], slug: str) -> models.Model:
        """The record; raises `Deleted`, or `Unavailable` for one that was refused."""
        if (model, slug) in self._deleted:
            raise Deleted(slug)
        record = self._records.get((model, slug))
        if record is None and slug not in self._stated.get(model, ()):
            record = self._from_database(model, slug)
        if record is None:
            raise Unavailable(slug)
        return record

    def name_of(self, record: models.Model) -> str:
        """The slug that the files use for `record`: a former one, if it was renamed since."""
        return self._renamed.get((type(record), record.slug), record.slug)

    def suggestion(self, model: type[models.Model], slug: str) -> str:
        return suggestion(slug, self._stated.get(model, ()))

    def add(self, model: type[models.Model], slug: str, record: models.Model) -> None:
        self._records[model, slug] = record

    def remove(self, model: type[models.Model], slug: str) -> None:
        self._records.pop((model, slug), None)

    def delete(self, model: type[models.Model], slug: str) -> None:
        self._deleted.add((model, slug))

    def rename(self, record: models.Model, slug: str) -> None:
        self._renamed[type(record), record.slug] = slug

    def _from_database(self, model: type[models.Model], slug: str) -> models.Model | None:
        key = model, slug
        if key not in self._records:
            record = model._default_manager.filter(slug=slug).first()
            if record is None and issubclass(model, Publishable):
                record = FormerSlug.objects.current(model, slug)
            self._records[key] = record
            if record is not None and record.slug != slug:
                self.rename(record, slug)
        return self._records[key]
