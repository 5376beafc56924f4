"""Companies, their roles in the cloud, and how they are related."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django_countries.fields import CountryField

from publishing.documents import SearchDocument
from publishing.fields import (
    ApproximateDateField,
    InitialField,
    MarkdownField,
    RenderedMarkdownField,
    SortKeyField,
    approximate_date_order,
)
from publishing.markdown import plain_text
from publishing.models import (
    Illustrated,
    Named,
    Publishable,
    PublishableQuerySet,
    Written,
    latest_order,
    public_order,
)
from sources.models import Cited, SiteOwner, Sourced, cited_prefetch
from topics.models import Topical, topics_prefetch


class CompanyQuerySet(PublishableQuerySet):
    def in_role(self, *roles: str) -> CompanyQuerySet:
        """Companies with at least one of `roles`."""
        return self.filter(pk__in=CompanyRole.objects.filter(role__in=roles).values("company"))

    def featured(self) -> CompanyQuerySet:
        return self.filter(featured=True)

    def in_order(self) -> CompanyQuerySet:
        """From A to Z, as a French directory does: « Éolas » under E."""
        return self.order_by("sort_key", "pk")

    def for_cards(self) -> CompanyQuerySet:
        return self.prefetch_related("roles", topics_prefetch())

    def for_detail(self) -> CompanyQuerySet:
        relations = CompanyRelation.objects.published().for_cards()
        return self.for_cards().prefetch_related(
            cited_prefetch(),
            Prefetch("relations", relations),
            Prefetch("inverse_relations", relations),
        )


class Company(Named, Written, Topical, Cited, SiteOwner, Illustrated, Publishable):
    api_name = "companies"

    also_known_as = models.CharField(
        "autres noms",
        max_length=250,
        blank=True,
        help_text="Marques, sigles, anciens noms, séparés par des virgules.",
    )
    sort_key = SortKeyField("clé de tri", max_length=200, source="name")
    initial = InitialField("initiale", max_length=6, source="name")
    country = CountryField("pays", blank=True)
    website = models.URLField("site", max_length=500, blank=True)
    featured = models.BooleanField(
        "au répertoire", default=False, help_text="Fait partie des entreprises suivies de près."
    )
    cloud_usage = MarkdownField("usage du cloud", blank=True, help_text="Markdown.")
    cloud_usage_html = RenderedMarkdownField("usage du cloud (HTML)", source="cloud_usage")

    objects = CompanyQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "entreprise"
        verbose_name_plural = "entreprises"
        ordering = ["name", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("name", "id"),
            latest_order(),
            models.Index(fields=["status", "sort_key", "id"], name="companies_company_a_to_z"),
        ]

    @classmethod
    def named(cls, name: str) -> models.QuerySet:
        return cls.objects.filter(Q(name__iexact=name) | Q(also_known_as__icontains=name))

    @property
    def names(self) -> list[str]:
        return [self.name, *self.other_names]

    @property
    def other_names(self) -> list[str]:
        return [name.strip() for name in self.also_known_as.split(",") if name.strip()]

    def search_document(self) -> SearchDocument:
        return (
            super()
            .search_document()
            .extended(plain_text(self.cloud_usage), keywords=self.also_known_as)
        )

    def public_only_with_it(self) -> list[PublishableQuerySet]:
        return [self.figures.all()]

    def search_owners(self) -> list[models.QuerySet]:
        """The figures that it measures are called by its name."""
        return [self.figures.all()]


class CompanyRole(models.Model):
    class Role(models.TextChoices):
        PROVIDER = "provider", "fournisseur de cloud"
        USER = "user", "utilisateur du cloud"
        AI_ACTOR = "ai_actor", "acteur de l’IA"
        INVESTOR = "investor", "investisseur"
        ANALYST = "analyst", "cabinet d’analyse"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField("rôle", max_length=8, choices=Role.choices, db_index=True)

    class Meta:
        verbose_name = "rôle"
        verbose_name_plural = "rôles"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "role"],
                name="company_role_unique",
                violation_error_message="Ce rôle est déjà indiqué.",
            )
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class CompanyRelationQuerySet(models.QuerySet):
    def published(self) -> CompanyRelationQuerySet:
        """Relations whose two companies are public."""
        public = Company.objects.published()
        return self.filter(subject__in=public, target__in=public)

    def for_cards(self) -> CompanyRelationQuerySet:
        return self.select_related("subject", "target", "source")


class CompanyRelation(Sourced):
    """« `subject` est filiale de `target` », from and until when, according to which source."""

    class Kind(models.TextChoices):
        SUBSIDIARY_OF = "subsidiary_of", "filiale de"
        INVESTOR_IN = "investor_in", "investisseur de"
        CUSTOMER_OF = "customer_of", "cliente de"
        PARTNER_OF = "partner_of", "partenaire de"

    INVERSE_LABELS = {
        Kind.SUBSIDIARY_OF: "maison mère de",
        Kind.INVESTOR_IN: "soutenue par",
        Kind.CUSTOMER_OF: "fournisseur de",
        Kind.PARTNER_OF: "partenaire de",
    }

    subject = models.ForeignKey(
        Company, verbose_name="entreprise", on_delete=models.CASCADE, related_name="relations"
    )
    kind = models.CharField("relation", max_length=13, choices=Kind.choices)
    target = models.ForeignKey(
        Company,
        verbose_name="avec",
        on_delete=models.PROTECT,
        related_name="inverse_relations",
    )
    date = ApproximateDateField("période")
    note = models.CharField("précision", max_length=250, blank=True)

    objects = CompanyRelationQuerySet.as_manager()

    class Meta:
        verbose_name = "relation"
        verbose_name_plural = "relations"
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(subject=F("target")),
                name="company_relation_not_to_itself",
                violation_error_message="Une entreprise n’est pas en relation avec elle-même.",
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "target"],
                name="company_relation_unique",
                violation_error_message="Cette relation est déjà enregistrée.",
            ),
            approximate_date_order("date"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()} {self.target}"

    def clean(self) -> None:
        super().clean()
        if self.kind != self.Kind.SUBSIDIARY_OF or None in (self.subject_id, self.target_id):
            return
        if self.subject_id != self.target_id:
            self._refuse_circle()

    @property
    def inverse_label(self) -> str:
        return self.INVERSE_LABELS[self.Kind(self.kind)]

    @property
    def sourced_record(self) -> Company:
        return self.subject

    def _refuse_circle(self) -> None:
        """Climbs from the parent: one query a level, each company visited once."""
        path = [self.target_id]
        level = {self.target_id}
        while level:
            if self.subject_id in level:
                raise ValidationError(
                    {
                        "target": f"Boucle : « {self.target} » dépend déjà de "
                        f"« {self.subject} », qui ne peut donc pas être sa filiale."
                    }
                )
            parents = CompanyRelation.objects.filter(
                kind=self.Kind.SUBSIDIARY_OF, subject__in=level
            ).exclude(pk=self.pk)
            level = set(parents.values_list("target", flat=True)) - set(path)
            path.extend(level)
