"""Sources, and the citations that tie every record to what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import get_language_info

from publishing.documents import SearchDocument, lines
from publishing.fields import ApproximateDateField, approximate_date_order
from publishing.models import (
    Publishable,
    PublishableQuerySet,
    Titled,
    Written,
    latest_order,
    public_order,
    published_models,
)
from publishing.typography import join
from sources.addresses import host_of, is_machine_answer, is_private_upload, is_same_site


class Reliability(models.TextChoices):
    """Reliability of a source: the letter of the customary six-level scale."""

    A = "A", "A – tout à fait fiable"
    B = "B", "B – habituellement fiable"
    C = "C", "C – assez fiable"
    D = "D", "D – habituellement peu fiable"
    E = "E", "E – peu fiable"
    F = "F", "F – fiabilité impossible à juger"


class Credibility(models.IntegerChoices):
    """Credibility of one piece of information: the number of the customary six-level scale."""

    CONFIRMED = 1, "1 – confirmée par d’autres sources"
    PROBABLE = 2, "2 – probablement vraie"
    POSSIBLE = 3, "3 – peut-être vraie"
    DOUBTFUL = 4, "4 – douteuse"
    IMPROBABLE = 5, "5 – improbable"
    UNKNOWN = 6, "6 – véracité impossible à juger"


@dataclass(frozen=True)
class Use:
    """One place where a source is used: the public record, and the words taken from it."""

    record: Publishable
    evidence: models.Model

    @property
    def locator(self) -> str:
        return getattr(self.evidence, "locator", "")

    @property
    def quote(self) -> str:
        return getattr(self.evidence, "quote", "")


def by_kind(uses: Iterable[Use]) -> list[tuple[str, list[Use]]]:
    """The uses of each kind of record, under its plural name, in the order they come in."""
    groups: dict[str, list[Use]] = {}
    for use in uses:
        groups.setdefault(use.record._meta.verbose_name_plural, []).append(use)
    return list(groups.items())


class SourceQuerySet(PublishableQuerySet):
    def by_publisher(self) -> SourceQuerySet:
        return self.order_by("publisher", "title", "pk")


class Source(Titled, Written, Publishable):
    class Kind(models.TextChoices):
        PRIMARY = "primary", "source primaire"
        SECONDARY = "secondary", "source secondaire"
        PRESS = "press", "presse"
        PRESS_RELEASE = "press_release", "communiqué de presse"
        INSTITUTION = "institution", "institution"
        AI_GENERATED = "ai_generated", "texte généré par IA"
        INTERNAL = "internal", "document interne"

    class LinkState(models.TextChoices):
        UNCHECKED = "unchecked", "non vérifié"
        REACHABLE = "reachable", "accessible"
        REDIRECTED = "redirected", "redirigé"
        BROKEN = "broken", "rompu"

    api_name = "sources"
    reserved_slugs = frozenset({"source-unique"})

    publisher = models.CharField("éditeur de la source", max_length=200, blank=True)
    author = models.CharField("auteur", max_length=200, blank=True)
    url = models.URLField("adresse", max_length=500, blank=True)
    language = models.CharField(
        "langue", max_length=12, default="fr", help_text="Code BCP 47 : fr, en, de…"
    )
    kind = models.CharField("nature", max_length=14, choices=Kind.choices, default=Kind.SECONDARY)
    date = ApproximateDateField("date de publication")
    accessed_on = models.DateField("consultée le", null=True, blank=True)
    reliability = models.CharField(
        "fiabilité", max_length=1, choices=Reliability.choices, default=Reliability.F
    )
    archive_url = models.URLField("copie archivée", max_length=500, blank=True)
    link_state = models.CharField(
        "état du lien", max_length=10, choices=LinkState.choices, default=LinkState.UNCHECKED
    )
    link_checked_at = models.DateTimeField("lien vérifié le", null=True, blank=True, editable=False)
    is_verifiable = models.BooleanField(
        "vérifiable",
        default=True,
        editable=False,
        help_text="Ni texte généré par IA, ni fichier privé ou temporaire.",
    )

    objects = SourceQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "source"
        verbose_name_plural = "sources"
        ordering = ["publisher", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("publisher", "title", "id"),
            latest_order(),
            public_order("title", "id", name="title"),
            public_order("date_sort", "id", name="date"),
        ]
        constraints = [*Publishable.Meta.constraints, approximate_date_order("date")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_verifiable = not (self.is_machine_written or is_private_upload(self.url))
        written = kwargs.get("update_fields")
        if written is not None and {"kind", "url"} & set(written):
            kwargs["update_fields"] = {*written, "is_verifiable"}
        super().save(*args, **kwargs)

    @property
    def is_machine_written(self) -> bool:
        """A text that a machine generated, whatever the kind that an editor chose."""
        return self.kind == self.Kind.AI_GENERATED or is_machine_answer(self.url)

    def is_on_known_site(self) -> bool:
        """True when a record of its publisher's name has its site there (a query for each kind)."""
        host = host_of(self.url)
        return any(
            is_same_site(host, host_of(owner.site))
            for model in site_owners()
            for owner in model.named(self.publisher)
        )

    @property
    def foreign_language(self) -> str:
        """The language tag (BCP 47) of a title that is not in French, for `lang`; else empty."""
        return "" if self.language.split("-")[0].lower() == "fr" else self.language

    @property
    def language_name(self) -> str:
        """« anglais »; the code itself where Django does not know it."""
        try:
            return get_language_info(self.language)["name_translated"].lower()
        except KeyError:
            return self.language

    @property
    def link(self) -> str:
        """Where a reader finds it: its address, or its archived copy when the link is broken."""
        if self.link_state == self.LinkState.BROKEN and self.archive_url:
            return self.archive_url
        return self.url

    def search_document(self) -> SearchDocument:
        return super().search_document().extended(keywords=lines(self.publisher, self.author))

    def check_withdrawal(self) -> None:
        unsourced = [use for use in self.uses() if isinstance(use.evidence, SourceRequired)]
        if not unsourced:
            return
        named = join(*(f"« {use.record.label} »" for use in unsourced[:3]))
        raise ValidationError(
            {
                "status": f"Des fiches publiées n’ont que cette source ({len(unsourced)}, dont "
                f"{named}) : donnez-leur d’abord une autre source, ou retirez-les."
            }
        )

    def uses(self) -> list[Use]:
        """« Où est-elle citée ? »: every public record that rests on this source.

        Runs one query for the citations, one for each kind of record that they tie, and one for
        each model that has a source of its own.
        """
        found = [
            Use(citation.record, citation)
            for citation in self.citations.prefetch_related("record").order_by("pk")
            if citation.record is not None and citation.record.is_public
        ]
        for rows in self.sourced_rows():
            found.extend(Use(row.sourced_record, row) for row in rows.published().for_cards())
        return found

    def corroboration(self) -> tuple[int, int]:
        """How many public statements rest on it, and how many another publisher makes as well.

        Counts the rows whose queryset tells it (`corroborated()`): two queries for each model.
        """
        rows = [one.published() for one in self.sourced_rows() if hasattr(one, "corroborated")]
        stated = sum(one.count() for one in rows)
        confirmed = sum(one.corroborated().count() for one in rows) if stated else 0
        return stated, confirmed

    def sourced_rows(self) -> list[QuerySet]:
        """The rows, public or not, of each model that rests on this source but by a citation.

        Such a model leads to this one by a foreign key, says on which record a row is shown
        (`sourced_record`), and its queryset knows `published()` and `for_cards()`.
        """
        return [
            getattr(self, relation.get_accessor_name()).all()
            for relation in Source._meta.related_objects
            if relation.related_model is not Citation
        ]


class Evidence(models.Model):
    """Where in a source, in which words, and how credible."""

    locator = models.CharField(
        "repère", max_length=120, blank=True, help_text="Page, chapitre, tableau, horodatage…"
    )
    quote = models.TextField("passage cité", blank=True)
    credibility = models.PositiveSmallIntegerField(
        "crédibilité", choices=Credibility.choices, default=Credibility.UNKNOWN
    )

    class Meta:
        abstract = True


class Citation(Evidence):
    """Ties any record to a source; numbered where the text of the record calls it with `[n]`."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    source = models.ForeignKey(
        Source, verbose_name="source", on_delete=models.PROTECT, related_name="citations"
    )
    number = models.PositiveSmallIntegerField(
        "numéro",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(999)],
        help_text="Le n de l’appel [n] dans le texte ; vide pour une source sans appel.",
    )

    class Meta:
        verbose_name = "citation"
        verbose_name_plural = "citations"
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="citation_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "number"],
                name="citation_number_unique",
                violation_error_message="Deux citations de cette fiche portent le même numéro.",
            )
        ]

    def __str__(self) -> str:
        return f"[{self.number}] {self.source}" if self.number else str(self.source)


# Nulls last is said, because databases differ: the sources that no mark calls follow the others.
CITATION_ORDER = (F("number").asc(nulls_last=True), "pk")


def cited_prefetch() -> Prefetch:
    """Prefetch of the citations of a `Cited` record, in their order, each with its source."""
    citations = Citation.objects.select_related("source").order_by(*CITATION_ORDER)
    return Prefetch("citations", citations)


class Cited(models.Model):
    """A record that cites sources, beside its text or in it."""

    citations = GenericRelation(Citation, verbose_name="citations")

    class Meta:
        abstract = True

    @property
    def public_citations(self) -> list[Citation]:
        """The citations whose source is public (no query when they are prefetched)."""
        return [citation for citation in self.citations.all() if citation.source.is_public]


class Sourced(Evidence):
    """A row that states one fact and rests on one source; its queryset knows `published()`."""

    source = models.ForeignKey(
        Source,
        verbose_name="source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(app_label)s_%(class)s_set",
    )

    class Meta:
        abstract = True

    @property
    def sourced_record(self) -> models.Model:
        """The record whose page shows the fact."""
        return self


class SiteOwner(models.Model):
    """A record that has a site: sources may be published there, under one of its names."""

    site_field: ClassVar[str] = "website"

    class Meta:
        abstract = True

    @classmethod
    def named(cls, name: str) -> QuerySet:
        """Those that bear this name, in any case."""
        return cls._default_manager.filter(**{f"{cls.label_field}__iexact": name})

    @property
    def site(self) -> str:
        return getattr(self, self.site_field)

    @property
    def names(self) -> list[str]:
        return [self.label]


def site_owners() -> list[type[SiteOwner]]:
    """Every model of records that have a site."""
    return [model for model in published_models() if issubclass(model, SiteOwner)]


class SourceRequired(Sourced):
    """A record that is never published without a source: kept by the database as well."""

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(source__isnull=False),
                name="%(app_label)s_%(class)s_published_has_source",
                violation_error_message="Une fiche de ce type se publie avec une source.",
            )
        ]

    def missing_for_publication(self) -> dict[str, str]:
        missing = super().missing_for_publication()
        if self.source_id is None:
            missing["source"] = (
                f"Pas de publication sans source : indiquez celle de cette fiche "
                f"({self._meta.verbose_name})."
            )
        elif not self.source.is_public:
            missing["source"] = "La source indiquée n’est pas publiée : publiez-la d’abord."
        return missing
