"""What is indexed, and the words that mean the same."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from search.backends.expressions import IndexedWords
from search.queries import Phrase, Synonyms
from search.words import terms

TWO_WAYS = 2


class EntryQuerySet(models.QuerySet):
    def of(self, kind: str) -> EntryQuerySet:
        """The entries of one kind of records, by its name in the API; all when it is empty."""
        return self.filter(kind=kind) if kind else self


class Entry(models.Model):
    """What one record last gave to the index, public or not: only `search.index` reads it."""

    kind = models.CharField("nature", max_length=40)
    object_id = models.PositiveBigIntegerField("fiche")
    title = models.TextField("intitulé")
    keywords = models.TextField("mots-clés", blank=True)
    text = models.TextField("texte", blank=True)
    ends_on = models.DateField("dernier jour", null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée de l’index"
        verbose_name_plural = "entrées de l’index"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_unique")
        ]

    def __str__(self) -> str:
        return self.title


class Words(models.Model):
    """The normal form of an entry, in a table that each database has its own way of making.

    On SQLite an FTS5 table, whose hidden column of the same name stands for the whole row; on
    PostgreSQL a table of two `tsvector`. Migration 0002 makes either.
    """

    entry = models.OneToOneField(
        Entry,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="words",
    )
    whole = IndexedWords(db_column="search_words")
    heading = IndexedWords()

    class Meta:
        managed = False
        db_table = "search_words"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.entry_id)


class SynonymQuerySet(models.QuerySet):
    def by_phrase(self) -> Synonyms:
        """All the ways to say what each phrase says, its own included. One query."""
        found: dict[Phrase, frozenset[Phrase]] = {}
        for synonym in self:
            ways = frozenset(synonym.phrases())
            for phrase in ways:
                found[phrase] = found.get(phrase, frozenset()) | ways
        return found


class Synonym(models.Model):
    """Words that mean the same: who looks for one finds the others."""

    kept_by_editors = True

    terms = models.CharField(
        "termes",
        max_length=300,
        unique=True,
        help_text="Ce qui veut dire la même chose, séparé par des virgules : « IaaS, "
        "infrastructure as a service ».",
    )

    objects = SynonymQuerySet.as_manager()

    class Meta:
        verbose_name = "synonymes"
        verbose_name_plural = "synonymes"
        ordering = ["terms"]

    def __str__(self) -> str:
        return self.terms

    def clean(self) -> None:
        super().clean()
        if len(set(self.phrases())) < TWO_WAYS:
            raise ValidationError(
                {"terms": "Indiquez au moins deux termes différents, séparés par une virgule."}
            )

    def phrases(self) -> list[Phrase]:
        """Each term in its normal form."""
        return [phrase for one in self.terms.split(",") if (phrase := tuple(terms(one)))]
