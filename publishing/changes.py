"""The journal of what became public, changed or was withdrawn: its tables.

`publishing.journal` writes it, `/api/v1/changes/` reads it (docs/decisions/0014).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

KIND_LENGTH = 40
# As long as the slug of a record.
SLUG_LENGTH = 120


class Change(models.Model):
    """One line of the journal. Lines are added and never touched again; keys follow their order.

    `kind` is the name of the records in the API; `slug`, that of the record as the line was
    written; `former_slug`, the one that was announced before, where it is another.
    """

    class What(models.TextChoices):
        CREATED = "created", "publiée pour la première fois"
        UPDATED = "updated", "modifiée"
        PUBLISHED = "published", "publiée de nouveau, après un retrait"
        WITHDRAWN = "withdrawn", "retirée"

    is_content: ClassVar[bool] = False

    kind = models.CharField(max_length=KIND_LENGTH)
    object_id = models.PositiveBigIntegerField()
    what = models.CharField(max_length=9, choices=What.choices)
    slug = models.CharField(max_length=SLUG_LENGTH)
    former_slug = models.CharField(max_length=SLUG_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name = "changement annoncé"
        verbose_name_plural = "changements annoncés"
        indexes = [models.Index(fields=["kind", "id"], name="change_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug} {self.what}"


class Announced(models.Model):
    """What the journal last said of a record: whether it is public, where, and in which state."""

    is_content: ClassVar[bool] = False

    kind = models.CharField(max_length=KIND_LENGTH)
    object_id = models.PositiveBigIntegerField()
    is_public = models.BooleanField()
    slug = models.CharField(max_length=SLUG_LENGTH)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()
        verbose_name = "état annoncé"
        verbose_name_plural = "états annoncés"
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="announced_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class Compared(models.Model):
    """In which state of what it follows from a kind of record was last compared, to the end."""

    is_content: ClassVar[bool] = False

    kind = models.CharField(max_length=KIND_LENGTH, primary_key=True)
    state = models.CharField(max_length=80)

    class Meta:
        default_permissions = ()
        verbose_name = "type de fiche comparé"
        verbose_name_plural = "types de fiche comparés"

    def __str__(self) -> str:
        return self.kind


class JournalManager(models.Manager):
    def hold(self) -> Journal:
        """The state of the journal, which nobody else writes until the end of the transaction.

        So lines are committed in the order of their keys: whoever has read one has been able to
        read those before it.
        """
        self.get_or_create(pk=1)
        return self.select_for_update().get(pk=1)


class Journal(models.Model):
    """The one row that names the version of the content up to which the journal tells all."""

    is_content: ClassVar[bool] = False

    version = models.CharField(max_length=80, blank=True)

    objects = JournalManager()

    class Meta:
        default_permissions = ()
        verbose_name = "état du journal"
        verbose_name_plural = "états du journal"

    def __str__(self) -> str:
        return self.version
