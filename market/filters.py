"""Filters of the indicators, figures and growth drivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from companies.models import Company
from market.comparison import MOST_COMPANIES, MOST_INDICATORS
from market.forecasts import Outcome, Verdict, forecasters, judge
from market.models import Figure, Indicator, Perimeter, Segment
from publishing.anomalies import all_rules, subjects
from publishing.filters import (
    ChoiceFilter,
    KnownValueFilter,
    PublishedFilterSet,
    SlugFilter,
    StrictForm,
    YesNoFilter,
    after_filter,
    before_filter,
)
from publishing.models import Anomaly, Severity
from publishing.typography import UNIT_CHOICES
from sources.models import Source
from topics.models import Topic

# The states of an anomaly that readers are told of.
TOLD_STATES = (Anomaly.Status.OPEN, Anomaly.Status.EXPLAINED, Anomaly.Status.CORRECTED)


class IndicatorFilterSet(PublishedFilterSet):
    search_fields = ("name", "summary")

    kind = ChoiceFilter(choices=Indicator.Kind.choices, label="Nature")
    unit = ChoiceFilter(choices=UNIT_CHOICES, label="Unité")
    perimeter = SlugFilter(Perimeter, field_name="perimeter")
    geography = KnownValueFilter(Indicator, field_name="geography", label="Géographie")
    periodicity = ChoiceFilter(choices=Indicator.Periodicity.choices, label="Périodicité")
    topic = SlugFilter(Topic, field_name="topics")


class FigureFilterSet(PublishedFilterSet):
    search_fields = ("indicator__name", "segment__name", "company__name")

    indicator = SlugFilter(Indicator, field_name="indicator")
    perimeter = SlugFilter(Perimeter, field_name="indicator__perimeter")
    segment = SlugFilter(Segment, field_name="segment")
    company = SlugFilter(
        Company, field_name="company", help_text="L’entreprise que le chiffre mesure."
    )
    nature = ChoiceFilter(choices=Figure.Nature.choices, label="Constaté, estimé ou prévu")
    kind = ChoiceFilter(
        field_name="indicator__kind", choices=Indicator.Kind.choices, label="Nature de la mesure"
    )
    after = after_filter("period")
    before = before_filter("period")
    live = YesNoFilter(
        method="only_live",
        label="Dernier millésime",
        help_text="« oui » : les chiffres qu’aucun autre ne remplace ; « non » : les autres.",
    )
    source = SlugFilter(Source, field_name="source")

    def only_live(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        if value:
            return queryset.live()
        return queryset.exclude(pk__in=Figure.objects.live().values("pk"))


class ForecastFilterSet(PublishedFilterSet):
    """Filters of the forecasts by what judging them tells."""

    search_fields = FigureFilterSet.search_fields

    verdict = ChoiceFilter(choices=Verdict.choices, label="Verdict", method="with_verdict")
    forecaster = ChoiceFilter(choices=forecasters, label="Selon", method="said_by")

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """Every forecast judged, whatever the filters, by the pk of its figure."""
        return {one.forecast.pk: one for one in judge(self.queryset)}

    def counted(self, name: str) -> Mapping[str, int] | None:
        if name not in ("verdict", "forecaster"):
            return None
        kept = set(self.narrowed(without=name).values_list("pk", flat=True))
        return Counter(
            str(one.verdict if name == "verdict" else one.forecaster.key)
            for pk, one in self.outcomes.items()
            if pk in kept
        )

    def with_verdict(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return self._keep(queryset, lambda outcome: outcome.verdict == value)

    def said_by(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return self._keep(queryset, lambda outcome: outcome.forecaster.key == value)

    def _keep(self, queryset: QuerySet, fits: Callable[[Outcome], bool]) -> QuerySet:
        return queryset.filter(pk__in=[pk for pk, one in self.outcomes.items() if fits(one)])


class GrowthDriverFilterSet(PublishedFilterSet):
    topic = SlugFilter(Topic, field_name="topics")


class ErratumFilterSet(PublishedFilterSet):
    search_fields = ("indicator__name", "segment__name", "company__name", "erratum")

    indicator = SlugFilter(Indicator, field_name="indicator")
    source = SlugFilter(Source, field_name="source")


class AnomalyFilterSet(PublishedFilterSet):
    search_fields = ("message",)

    # Rules and subjects are known once every app is ready.
    rule = ChoiceFilter(
        choices=lambda: [(rule.code, rule.title) for rule in all_rules().values()], label="Règle"
    )
    severity = ChoiceFilter(choices=Severity.choices, label="Gravité")
    status = ChoiceFilter(
        choices=[(state.value, state.label) for state in TOLD_STATES], label="État"
    )
    subject = ChoiceFilter(
        choices=lambda: [(subject.name, subject.label) for subject in subjects()], label="Sujet"
    )


class SlugsField(forms.MultipleChoiceField):
    """Several public records, by their slugs; `most` is how many a page has room for."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.most = most

    def validate(self, value: list[str]) -> None:
        known = [slug for slug, _ in self.choices]
        for slug in value:
            if slug not in known:
                raise ValidationError(
                    "« %(value)s » n’est pas un choix : ce qui peut l’être est plus bas.",
                    code="invalid_choice",
                    params={"value": slug},
                )
        if len(set(value)) > self.most:
            raise ValidationError(
                f"{self.most} au plus se comparent sur une page.", code="too_many"
            )


class ComparisonForm(StrictForm):
    """`indicateur` and `acteur`, each as many times as things are compared (two queries)."""

    allowed_parameters = frozenset()

    indicateur = SlugsField(label="Indicateurs", most=MOST_INDICATORS)
    acteur = SlugsField(label="Acteurs", most=MOST_COMPANIES)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        measured = Company.objects.published().filter(
            pk__in=Figure.objects.live().order_by().values("company")
        )
        for name, records in (
            ("indicateur", Indicator.objects.published().in_order()),
            ("acteur", measured.order_by("name", "pk")),
        ):
            self.fields[name].choices = list(records.values_list("slug", "name"))
