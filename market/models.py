"""Market figures with an identity: perimeters, segments, indicators, figures, growth drivers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from companies.models import Company
from market.corroboration import agreeing, independent
from market.horizons import Horizon, horizon_of
from publishing.documents import SearchDocument
from publishing.fields import (
    ApproximateDateField,
    MarkdownField,
    RenderedMarkdownField,
    approximate_date_order,
)
from publishing.markdown import plain_text
from publishing.models import (
    Anomaly,
    Named,
    Publishable,
    PublishableQuerySet,
    Titled,
    Window,
    Written,
    accusations_prefetch,
    latest_order,
    public_order,
)
from publishing.posters import Poster
from publishing.typography import QUALIFIER_CHOICES, SCALE_CHOICES, UNIT_CHOICES, quantity
from sources.models import Cited, SourceRequired, cited_prefetch
from topics.models import Topical, topics_prefetch

DECIMAL_PLACES = 6


class Vocabulary(Named):
    """A word that indicators and figures share, so that they can be compared."""

    slug = models.SlugField("identifiant", max_length=120, unique=True)
    description = models.TextField("définition", blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Perimeter(Vocabulary):
    """What an indicator counts in and leaves out: figures of two perimeters do not add up."""

    class Meta:
        verbose_name = "périmètre"
        verbose_name_plural = "périmètres"
        ordering = ["name", "pk"]


class Segment(Vocabulary):
    """A part of a market (IaaS, PaaS, SaaS)."""

    full_name = models.CharField("nom complet", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "segment"
        verbose_name_plural = "segments"
        ordering = ["position", "name", "pk"]

    def search_owners(self) -> list[models.QuerySet]:
        """Figures are called by the name of their segment."""
        return [self.figures.all()]


class IndicatorQuerySet(PublishableQuerySet):
    def in_order(self) -> IndicatorQuerySet:
        return self.order_by("position", "name", "pk")

    def for_cards(self) -> IndicatorQuerySet:
        return self.select_related("perimeter").prefetch_related(topics_prefetch())

    def for_detail(self) -> IndicatorQuerySet:
        return self.for_cards().prefetch_related(cited_prefetch())

    def with_live_figures(self) -> IndicatorQuerySet:
        """Adds `live_figures`, the last word on each, loaded for cards (one query)."""
        live = Figure.objects.live().for_cards().in_order()
        return self.for_cards().prefetch_related(Prefetch("figures", live, to_attr="live_figures"))


class Indicator(Named, Written, Topical, Cited, Publishable):
    """What is measured: the same question, asked again each year."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", "montant"
        SHARE = "share", "part"
        GROWTH_RATE = "growth_rate", "taux de croissance"
        COUNT = "count", "effectif"

    class Periodicity(models.TextChoices):
        ANNUAL = "annual", "annuel"
        QUARTERLY = "quarterly", "trimestriel"
        MONTHLY = "monthly", "mensuel"
        ONE_OFF = "one_off", "ponctuel"

    class Breakdown(models.TextChoices):
        COMPLETE = "complete", "complète : les segments font le tout"
        PARTIAL = "partial", "partielle : d’autres segments existent"

    api_name = "indicators"
    reserved_slugs = frozenset(
        {"anomalies", "chiffres", "comparer", "errata", "facteurs", "indicateurs", "previsions"}
    )

    kind = models.CharField("nature", max_length=11, choices=Kind.choices)
    unit = models.CharField("unité", max_length=10, choices=UNIT_CHOICES)
    scale = models.PositiveSmallIntegerField("échelle", choices=SCALE_CHOICES, default=0)
    geography = models.CharField("géographie", max_length=80, default="Monde")
    perimeter = models.ForeignKey(
        Perimeter,
        verbose_name="périmètre",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
    )
    periodicity = models.CharField(
        "périodicité", max_length=9, choices=Periodicity.choices, default=Periodicity.ANNUAL
    )
    position = models.PositiveSmallIntegerField("rang", default=0)
    base = models.ForeignKey(
        "self",
        verbose_name="se rapporte à",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        help_text="L’indicateur dont celui-ci donne les parts ou la croissance. Laissé vide, c’est "
        "le seul montant ou effectif du même périmètre, s’il n’y en a qu’un.",
    )
    breakdown = models.CharField(
        "répartition",
        max_length=8,
        choices=Breakdown.choices,
        blank=True,
        help_text="Les segments publiés font-ils le tout ? Laissé vide, on l’ignore.",
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"
        ordering = ["position", "name", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("position", "name", "id"),
            public_order("name", "id", name="name"),
        ]

    def poster(self) -> Poster:
        """With the figure that sums it up, looked for here (a query, and those of cards)."""
        wholes = whole_figures(self.figures.live().for_cards().in_order())
        if not wholes:
            return super().poster()
        return replace(wholes[0].poster(), kind=self.kind_label(), title=self.label)

    @property
    def unit_label(self) -> str:
        """« milliards, dollars » as an editor reads it: the scale, then the unit."""
        unit = self.get_unit_display()
        return f"{self.get_scale_display()}, {unit}" if self.scale else unit

    def public_only_with_it(self) -> list[PublishableQuerySet]:
        return [self.figures.all()]

    def search_owners(self) -> list[models.QuerySet]:
        """Figures are called by the name of their indicator."""
        return [self.figures.all()]


# What the label of a figure is made of.
NAMED_BY = ("indicator", "segment", "company")


class FigureQuerySet(PublishableQuerySet):
    def published(self) -> FigureQuerySet:
        """Public figures on what is public: without its indicator or company, one says nothing."""
        # The second condition follows from the first, and keeps PostgreSQL from listing all the
        # public companies to look for one among them.
        its_own = {"pk": OuterRef("company"), "pk__lte": OuterRef("company")}
        company = Company.objects.published().filter(**its_own).order_by()
        indicator = Indicator.objects.published().filter(pk=OuterRef("indicator")).order_by()
        return (
            super().published().filter(Q(company__isnull=True) | Exists(company), Exists(indicator))
        )

    def live(self) -> FigureQuerySet:
        """Public figures that no public figure replaces: the last word on each."""
        public = self.model.objects.published()
        replaced = public.filter(supersedes__isnull=False).values("supersedes")
        return self.published().exclude(pk__in=replaced)

    def forecasts(self) -> FigureQuerySet:
        """Public forecasts, every vintage of each, but what an erratum says was never forecast."""
        public = self.model.objects.published()
        corrected = public.filter(supersedes__isnull=False).exclude(erratum="").values("supersedes")
        return self.published().filter(nature=Figure.Nature.FORECAST).exclude(pk__in=corrected)

    def observed(self) -> FigureQuerySet:
        """The last word on what was measured, or is estimated to have been."""
        return self.live().exclude(nature=Figure.Nature.FORECAST)

    def trail(self) -> FigureQuerySet:
        """All vintages: by what is measured and for when, then from the oldest vintage on."""
        # Where nulls go is said, because databases differ: the whole comes before its parts.
        return self.order_by(
            "indicator",
            "period_sort",
            F("segment__position").asc(nulls_first=True),
            F("segment__name").asc(nulls_first=True),
            F("company__name").asc(nulls_first=True),
            "vintage_sort",
            "pk",
        )

    def in_order(self) -> FigureQuerySet:
        """The latest period first; in a period by segment, the largest value and vintage first."""
        return self.order_by(
            "-period_sort",
            F("segment__position").asc(nulls_first=True),
            "-value",
            "-vintage_sort",
            "pk",
        )

    def by_forecaster(self) -> FigureQuerySet:
        """Who said it, then the latest said first."""
        return self.order_by(
            Coalesce("attributed_to__name", "source__publisher"), "-vintage_sort", "pk"
        )

    def errata(self) -> FigureQuerySet:
        """Public figures that correct a public one, the latest first."""
        # Few figures are corrections. SQLite would list all that is public to look for one in it,
        # and read every figure in the order of its index: it has neither list nor index to follow.
        public = self.model.objects.published().filter(pk=OuterRef("supersedes")).order_by()
        corrections = self.published().exclude(erratum="").filter(Exists(public))
        return corrections.order_by(Coalesce("publish_at", "created_at").desc(), "-pk")

    def for_cards(self) -> FigureQuerySet:
        corrections = self.model.objects.errata().select_related(*NAMED_BY, "source")
        return (
            self.select_related(
                *NAMED_BY,
                "indicator__perimeter",
                "attributed_to",
                "source",
                *(f"supersedes__{name}" for name in NAMED_BY),
            )
            .prefetch_related(
                Prefetch("superseded_by", corrections, to_attr="corrections"),
                accusations_prefetch(),
            )
            .with_support()
        )

    def with_support(self) -> FigureQuerySet:
        """Adds `lacks_support`: its source cannot be verified, and no other states the same."""
        alone = ~Exists(agreeing(self.model.objects.live()))
        return self.annotate(
            lacks_support=Case(When(source__is_verifiable=False, then=alone), default=Value(False))
        )

    def corroborated(self) -> FigureQuerySet:
        """Those that another publisher states as well, in a source that can be verified."""
        return self.filter(Exists(independent(self.model.objects.live())))

    def for_links(self) -> FigureQuerySet:
        return self.select_related(*NAMED_BY)

    def for_verdicts(self) -> FigureQuerySet:
        """Loads what judges and shows a forecast, without the long texts: there may be many."""
        texts = ("body", "body_html")
        related = ("indicator", "company", "attributed_to")
        return self.for_cards().defer(
            "note", "note_html", *(f"{name}__{text}" for name in related for text in texts)
        )

    def for_detail(self) -> FigureQuerySet:
        cards = Figure.objects.published().for_cards()
        return self.for_cards().select_related("supersedes__source")._with_linked(cards)

    def with_links(self) -> FigureQuerySet:
        """As for cards, and the figures that each totals, is counted in or is replaced by."""
        return self.for_cards()._with_linked(Figure.objects.published().for_links())

    def _with_linked(self, figures: FigureQuerySet) -> FigureQuerySet:
        names = ("components", "totals", "superseded_by")
        return self.prefetch_related(*(Prefetch(name, figures) for name in names))


class Figure(SourceRequired, Publishable):
    """One statement of one indicator: a value, for a period, published in a vintage.

    Two publications of the same thing are two figures on a trail, never an overwrite.
    """

    class Nature(models.TextChoices):
        ACTUAL = "actual", "constaté"
        ESTIMATE = "estimate", "estimé"
        FORECAST = "forecast", "prévu"

    api_name = "figures"

    indicator = models.ForeignKey(
        Indicator, verbose_name="indicateur", on_delete=models.PROTECT, related_name="figures"
    )
    value = models.DecimalField(
        "valeur",
        max_digits=20,
        decimal_places=DECIMAL_PLACES,
        help_text="Telle que publiée, dans l’unité et l’échelle de l’indicateur.",
    )
    decimals = models.PositiveSmallIntegerField("décimales publiées", null=True, editable=False)
    qualifier = models.CharField(
        "qualificatif", max_length=6, choices=QUALIFIER_CHOICES, default="eq"
    )
    nature = models.CharField("nature", max_length=8, choices=Nature.choices, default=Nature.ACTUAL)
    period = ApproximateDateField("période")
    vintage = ApproximateDateField("millésime")
    segment = models.ForeignKey(
        Segment,
        verbose_name="segment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
    )
    company = models.ForeignKey(
        Company,
        verbose_name="entreprise",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        help_text="L’entreprise que le chiffre mesure.",
    )
    attributed_to = models.ForeignKey(
        Company,
        verbose_name="selon",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stated_figures",
        help_text="L’organisme à qui le chiffre est attribué.",
    )
    components = models.ManyToManyField(
        "self",
        verbose_name="chiffres totalisés",
        through="FigureComponent",
        through_fields=("total", "part"),
        symmetrical=False,
        blank=True,
        related_name="totals",
    )
    supersedes = models.ForeignKey(
        "self",
        verbose_name="remplace",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
    )
    erratum = models.TextField(
        "erratum",
        blank=True,
        help_text="Si ce chiffre corrige une erreur de celui qu’il remplace : ce qui était faux, "
        "et pourquoi, en une ou deux phrases pour les lecteurs. Laissé vide, c’est un nouveau "
        "millésime.",
    )
    note = MarkdownField("note", blank=True, help_text="Markdown.")
    note_html = RenderedMarkdownField("note (HTML)", source="note")

    objects = FigureQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "chiffre"
        verbose_name_plural = "chiffres"
        ordering = ["-period_sort", "indicator", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("indicator", "-period_sort", "id"),
            latest_order(),
            public_order("period_sort", "id", name="period"),
            public_order("vintage_sort", "id", name="said"),
            # Few figures replace another: those are found without looking at the others.
            models.Index(
                fields=["supersedes"],
                condition=Q(supersedes__isnull=False),
                name="market_figure_successors",
            ),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            *SourceRequired.Meta.constraints,
            approximate_date_order("period"),
            approximate_date_order("vintage"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("pk")),
                name="market_figure_not_its_own_successor",
                violation_error_message="Un chiffre ne se remplace pas lui-même.",
            ),
            models.CheckConstraint(
                condition=Q(erratum="") | Q(supersedes__isnull=False),
                name="market_figure_erratum_corrects",
                violation_error_message="Un erratum dit quel chiffre il corrige : remplissez "
                "« remplace ».",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} : {self.display}"

    def clean(self) -> None:
        super().clean()
        if self.supersedes_id and self.indicator_id:
            self._refuse_foreign_or_circular_trail()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.decimals is None:
            self.decimals = stated_decimals(self.value)
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """« Dépenses mondiales dans le cloud, IaaS, 2024 »."""
        # A form may ask before its indicator is chosen.
        parts = [self.indicator.name] if self.indicator_id else []
        if self.segment:
            parts.append(self.segment.name)
        if self.company:
            parts.append(self.company.name)
        if self.period.is_known:
            parts.append(self.period.display[:1].lower() + self.period.display[1:])
        return ", ".join(parts)

    @property
    def is_public(self) -> bool:
        return (
            super().is_public
            and self.indicator.is_public
            and (self.company is None or self.company.is_public)
        )

    @property
    def publication_window(self) -> Window:
        """That of the figure within those of its indicator and its company."""
        records = [self.indicator, *([self.company] if self.company else [])]
        windows = [super().publication_window, *(record.publication_window for record in records)]
        if any(start is None for start, _ in windows):
            return None, None
        ends = [end for _, end in windows if end is not None]
        return max(start for start, _ in windows), min(ends, default=None)

    @cached_property
    def corrections(self) -> list[Figure]:
        """The public figures that correct this one, the latest first (one query, unless loaded)."""
        return list(self.superseded_by.errata().for_links())

    @property
    def correction(self) -> Figure | None:
        """The public figure that replaces this one with an erratum."""
        return self.corrections[0] if self.corrections else None

    @property
    def corrected(self) -> Figure | None:
        """The public figure that this one replaces with an erratum."""
        return self.supersedes if self.erratum and self.supersedes.is_public else None

    @property
    def changed_at(self) -> datetime:
        """A correction, or an anomaly that contests it, is a change in the eyes of readers."""
        own = super().changed_at
        corrections = (correction.publish_at for correction in self.corrections)
        contestations = (anomaly.first_seen_at for anomaly in self.contestations)
        return max((own, *corrections, *contestations))

    @property
    def cautions(self) -> list[str]:
        cautions = []
        if self.correction:
            cautions.append("corrigé par un erratum")
        if self.corrected:
            cautions.append("erratum")
        if self.contestations:
            cautions.append(self.contested_words)
        return cautions

    @property
    def contested_words(self) -> str:
        """What is said beside a contested figure: also whether the editors explained it."""
        states = {anomaly.status for anomaly in self.contestations}
        if states <= {Anomaly.Status.EXPLAINED}:
            return "chiffre contesté, expliqué"
        return "chiffre contesté"

    @property
    def contestation_url(self) -> str:
        """Where it is told why it is contested: the anomaly, or its own page for several."""
        anomalies = self.contestations
        if len(anomalies) == 1:
            return anomalies[0].get_absolute_url()
        return f"{self.get_absolute_url()}#contestations"

    @property
    def is_unsupported(self) -> bool:
        """« Non sourcé »: it rests on a machine's text, or on a private file, alone.

        No query when it is loaded for cards, nor when its source can be verified.
        """
        if self.source is None or self.source.is_verifiable:
            return False
        if not hasattr(self, "lacks_support"):
            found = Figure.objects.filter(pk=self.pk).with_support()
            self.lacks_support = found.values_list("lacks_support", flat=True).get()
        return self.lacks_support

    @property
    def display(self) -> str:
        """« plus de 150 Md$ »: value, qualifier, unit and scale as stated."""
        return quantity(
            self.value, self.indicator.unit, self.indicator.scale, self.decimals, self.qualifier
        )

    def poster(self) -> Poster:
        source = self.source if self.source and self.source.is_public else None
        facts = [
            self.period.display if self.period.is_known else "",
            self.get_nature_display(),
            source.publisher or source.label if source else "",
            "non sourcé" if self.is_unsupported else "",
            "corrigé par un erratum" if self.correction else "",
        ]
        return replace(
            super().poster(),
            value=self.display,
            note=" · ".join(fact for fact in facts if fact),
            contested=self.contested_words if self.contestations else "",
        )

    @property
    def summary(self) -> str:
        """« Chiffre constaté, millésime 4 février 2025. »: what its label does not tell."""
        vintage = f", millésime {self.vintage.display}" if self.vintage.is_known else ""
        return f"Chiffre {self.get_nature_display()}{vintage}."

    @property
    def horizon(self) -> Horizon | None:
        """When a forecast is judged, as far as its period and its vintage tell; else None."""
        if self.nature != self.Nature.FORECAST:
            return None
        return horizon_of(self.period, self.vintage)

    @property
    def stated_value(self) -> Decimal:
        """The value with the decimals that its publisher gave, and no other."""
        return self.value.quantize(Decimal(1).scaleb(-(self.decimals or 0)))

    def search_document(self) -> SearchDocument:
        segment = self.segment.full_name if self.segment else ""
        return (
            super()
            .search_document()
            .extended(self.display, self.quote, plain_text(self.note), keywords=segment)
        )

    def missing_for_publication(self) -> dict[str, str]:
        missing = super().missing_for_publication()
        if self.indicator_id and not self.indicator.is_public:
            missing["indicator"] = "L’indicateur n’est pas publié : publiez-le d’abord."
        if self.company_id and not self.company.is_public:
            missing["company"] = "L’entreprise n’est pas publiée : publiez-la d’abord."
        return missing

    def _refuse_foreign_or_circular_trail(self) -> None:
        earlier = self.supersedes
        if earlier.indicator_id != self.indicator_id:
            raise ValidationError(
                {"supersedes": "Un chiffre remplace un chiffre du même indicateur."}
            )
        while earlier is not None:
            if earlier.pk == self.pk:
                raise ValidationError(
                    {"supersedes": "Boucle : ce chiffre est déjà remplacé par celui-ci."}
                )
            earlier = earlier.supersedes


class FigureComponent(models.Model):
    """`part` is one of the figures that `total` declares to add up."""

    total = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="component_rows")
    part = models.ForeignKey(
        Figure, verbose_name="chiffre", on_delete=models.PROTECT, related_name="total_rows"
    )

    class Meta:
        verbose_name = "chiffre totalisé"
        verbose_name_plural = "chiffres totalisés"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["total", "part"],
                name="figure_component_unique",
                violation_error_message="Ce chiffre est déjà compté.",
            ),
            models.CheckConstraint(
                condition=~Q(total=F("part")),
                name="figure_component_not_itself",
                violation_error_message="Un chiffre ne se compte pas lui-même.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.part)

    def clean(self) -> None:
        super().clean()
        if self.total_id is None or self.part_id is None:
            return
        level = {self.part_id}
        seen: set[int] = set()
        while level:
            if self.total_id in level:
                raise ValidationError({"part": f"Boucle : « {self.part} » compte déjà ce total."})
            seen |= level
            parts = FigureComponent.objects.filter(total__in=level)
            level = set(parts.values_list("part", flat=True)) - seen


class GrowthDriverQuerySet(PublishableQuerySet):
    def in_order(self) -> GrowthDriverQuerySet:
        return self.order_by("position", "title", "pk")

    def for_cards(self) -> GrowthDriverQuerySet:
        return self.prefetch_related(topics_prefetch())

    def for_detail(self) -> GrowthDriverQuerySet:
        return self.for_cards().prefetch_related(cited_prefetch())


class GrowthDriver(Titled, Written, Topical, Cited, Publishable):
    api_name = "growth-drivers"

    position = models.PositiveSmallIntegerField("rang", default=0)

    objects = GrowthDriverQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "facteur de croissance"
        verbose_name_plural = "facteurs de croissance"
        ordering = ["position", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("position", "title", "id"),
            public_order("title", "id", name="title"),
        ]


def whole_figures(figures: Iterable[Figure]) -> list[Figure]:
    """Those of no segment and no company: what has been measured, then what is only foreseen."""
    wholes = [figure for figure in figures if not (figure.segment or figure.company)]
    return sorted(wholes, key=lambda figure: figure.nature == Figure.Nature.FORECAST)


def stated_decimals(value: Decimal) -> int:
    """How many decimals `value` was stated with: 2 for Decimal("20.40"), 0 for Decimal("244")."""
    return max(0, -Decimal(value).as_tuple().exponent)
