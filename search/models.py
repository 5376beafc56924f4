"""What is indexed, and the words that mean the same."""

from __future__ import annotations

from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import models

from search.queries import Phrase, Synonyms
from search.words import terms

TWO_WAYS = 2


# The entries of one kind follow one another, so that a search reads the latest of each kind alone.
KIND_BITS, RECORD_BITS = 22, 40


def identifier(kind: str, object_id: int) -> int:
    """The identifier of the entry of a record: it tells the kind, then the record."""
    return (crc32(kind.encode()) >> (32 - KIND_BITS) << RECORD_BITS) + object_id


def object_of(entry: int) -> int:
    """The record of the entry that has this identifier."""
    return entry & (1 << RECORD_BITS) - 1


class Entry(models.Model):
    """What one record last gave to the index, public or not: only `search.index` reads it.

    Its words, in their normal form, are in the table `search_words`, which each database has its
    own way of making and whose `rowid` is the identifier of the entry.
    """

    id = models.BigIntegerField("identifiant", primary_key=True)
    kind = models.CharField("nature", max_length=40)
    object_id = models.PositiveBigIntegerField("fiche")
    title = models.TextField("intitulé")
    keywords = models.TextField("mots-clés", blank=True)
    text = models.TextField("texte", blank=True)
    ends_on = models.DateField("dernier jour", null=True, blank=True)

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
