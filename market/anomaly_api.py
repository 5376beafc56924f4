"""The public register of anomalies in the API: what its pages tell, and no more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from market import exports
from market.filters import TOLD_STATES, AnomalyFilterSet
from publishing.anomalies import all_rules, rule_title
from publishing.api.addresses import anomaly_path
from publishing.api.problems import Withdrawn
from publishing.api.reading import ReadingViewSet
from publishing.api.schema import REFUSED, ReadingAutoSchema
from publishing.api.serializers import (
    ApiAddressField,
    CodeField,
    PageAddressField,
    TypedLinkSerializer,
)
from publishing.models import Anomaly, AnomalyStep, Severity

NUMBER = "number"
# A closed one is in no list, and keeps its address.
SHOWN_STATES = (*TOLD_STATES, Anomaly.Status.CLOSED)
STATES = [(state.value, state.label) for state in SHOWN_STATES]


@extend_schema_field(OpenApiTypes.URI)
class AnomalyAddressField(ApiAddressField):
    def to_representation(self, anomaly: Anomaly) -> str:
        return self.absolute(anomaly_path(anomaly))


class RegisteredAnomalySerializer(serializers.Serializer):
    """Anomalie du registre public."""

    id = serializers.IntegerField(help_text="Numéro de l’anomalie.")
    url = AnomalyAddressField(help_text="Adresse dans l’API.")
    html_url = PageAddressField(help_text="Adresse de la page.")
    rule = serializers.CharField(help_text="Code stable de la règle.")
    title = serializers.SerializerMethodField(help_text="La règle, en français.")
    explanation = serializers.SerializerMethodField(
        help_text="Ce que dit la règle ; vide : elle n’est plus appliquée."
    )
    subject = serializers.CharField(help_text="Code de ce que juge la règle : « figures »…")
    severity = CodeField(choices=Severity.choices)
    status = CodeField(choices=STATES)
    contests = serializers.BooleanField(help_text="Elle fait dire le chiffre « contesté ».")
    message = serializers.CharField(
        source="public_message",
        help_text="Le calcul, avec ses valeurs, en français ; vide : l’anomalie est close, et ces "
        "valeurs ont changé.",
    )
    lead = serializers.CharField(
        source="public_lead",
        help_text="Ce qui l’expliquerait, proposé par le calcul et à vérifier ; vide : rien.",
    )
    accused = TypedLinkSerializer(many=True, help_text="Les fiches mises en cause.")
    compared = TypedLinkSerializer(many=True, help_text="Celles auxquelles elles sont comparées.")
    note = serializers.CharField(
        source="public_note", help_text="Ce qu’en dit la rédaction ; vide : rien encore."
    )
    decided_at = serializers.SerializerMethodField(
        help_text="Quand la rédaction l’a dit ; null : rien encore."
    )
    correction = TypedLinkSerializer(
        source="public_correction", allow_null=True, help_text="La fiche qui la corrige."
    )
    first_seen_at = serializers.DateTimeField(help_text="Quand elle a été constatée.")
    updated_at = serializers.DateTimeField()

    @extend_schema_field(OpenApiTypes.STR)
    def get_title(self, anomaly: Anomaly) -> str:
        return rule_title(anomaly.rule)

    @extend_schema_field(OpenApiTypes.STR)
    def get_explanation(self, anomaly: Anomaly) -> str:
        rule = all_rules().get(anomaly.rule)
        return rule.explanation if rule else ""

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_decided_at(self, anomaly: Anomaly) -> Any:
        told = anomaly.public_note and anomaly.decided_at
        return serializers.DateTimeField().to_representation(told) if told else None


class StepSerializer(serializers.Serializer):
    """Moment où une anomalie a changé d’état."""

    at = serializers.DateTimeField()
    status = CodeField(choices=Anomaly.Status.choices)

    class Meta:
        model = AnomalyStep


class RegisteredAnomalyDetailSerializer(RegisteredAnomalySerializer):
    """Anomalie, avec son histoire."""

    history = StepSerializer(
        source="steps", many=True, help_text="Ses états, du premier au dernier."
    )


class AnomalyAutoSchema(ReadingAutoSchema):
    """The operations of the register."""

    answered = "L’anomalie."
    descriptions = {
        "list": "Ce qui se contredit dans ce qui est publié, trouvé par des règles générales : les "
        "anomalies ouvertes, expliquées ou corrigées, page par page, la dernière constatée "
        "d’abord. Une anomalie qui touche une fiche non publiée n’y est pas. Un paramètre "
        "inconnu ou une valeur refusée répondent 400.",
        "retrieve": "Une anomalie, par son numéro. Close, elle garde son adresse sans les valeurs, "
        "qui ont changé ; écartée par la rédaction, elle répond 410.",
    }
    refused = REFUSED | {"list": tuple(code for code in REFUSED["list"] if code != 403)}  # noqa: PLR2004

    def get_override_parameters(self) -> list[OpenApiParameter]:
        parameters = super().get_override_parameters()
        if self.view.action != "retrieve":
            return parameters
        words = "Numéro de l’anomalie, comme dans l’adresse de sa page."
        number = OpenApiParameter(NUMBER, int, OpenApiParameter.PATH, description=words)
        return [number, *parameters]


class AnomalyViewSet(ReadingViewSet):
    """What the public register lists, and each anomaly that has a page, by its number."""

    model = Anomaly
    filterset_class = AnomalyFilterSet
    serializer_class = RegisteredAnomalySerializer
    detail_serializer_class = RegisteredAnomalyDetailSerializer
    ordering = ("-first_seen_at", "-id")
    orders = {"first_seen_at": "first_seen_at"}
    shared_orders = {"updated_at": "updated_at"}
    columns = exports.ANOMALY
    lookup_url_kwarg = NUMBER
    schema = AnomalyAutoSchema()

    def get_queryset(self) -> QuerySet:
        if self.action == "list":
            return Anomaly.objects.published()
        return self._lean(Anomaly.objects.tellable().for_cards().prefetch_related("steps"))

    def get_object(self) -> Anomaly:
        """Raises `Http404`, or `Withdrawn` for one that was dismissed."""
        anomaly = self.get_queryset().filter(pk=self.kwargs[NUMBER]).first()
        if anomaly is None:
            raise Http404
        if anomaly.status == Anomaly.Status.DISMISSED:
            raise Withdrawn("Cette anomalie a été examinée, puis écartée.")
        return anomaly
