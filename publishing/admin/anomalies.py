"""The register of anomalies: what the rules found, and what editors decide of it.

A finding is nobody's to edit or to delete: an editor explains it, corrects it, dismisses it or
reopens it, and the register keeps who did, when and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from publishing import anomalies, clock
from publishing.admin.pages import OwnPageAdmin
from publishing.admin.records import SearchedSelect
from publishing.models import Anomaly, AnomalyRecord, Publishable

EVERY_STATE = "toutes"
AGES = {"semaine": ("une semaine", 7), "mois": ("un mois", 30), "trimestre": ("trois mois", 91)}
NOTHING = "–"
SETTLED_MEANWHILE = "Cette anomalie a changé d’état entre-temps : relisez-la avant de décider."


# --- The list ---


class DecisionFilter(admin.SimpleListFilter):
    """What waits for an editor, unless another state is asked for."""

    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        decided = [status for status in Anomaly.Status if status != Anomaly.Status.OPEN]
        return [*((status.value, status.label) for status in decided), (EVERY_STATE, "toutes")]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        unasked, *asked = super().choices(changelist)
        yield unasked | {"display": "à traiter"}
        yield from asked

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case None:
                return queryset.open()
            case value if value == EVERY_STATE:
                return queryset
        return queryset.filter(status=self.value())


class RuleFilter(admin.SimpleListFilter):
    title = "règle"
    parameter_name = "regle"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(code, rule.title) for code, rule in anomalies.all_rules().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() is None else queryset.filter(rule=self.value())


class SubjectFilter(admin.SimpleListFilter):
    title = "sujet"
    parameter_name = "sujet"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(subject.name, subject.label) for subject in anomalies.subjects()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() is None else queryset.filter(subject=self.value())


class AgeFilter(admin.SimpleListFilter):
    title = "ancienneté"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(name, f"plus d’{words}") for name, (words, _) in AGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() is None:
            return queryset
        if self.value() not in AGES:
            return queryset.none()
        _, days = AGES[self.value()]
        return queryset.filter(first_seen_at__lte=clock.now() - timedelta(days=days))


# --- What may be decided ---


class Decision(forms.Form):
    """One way to settle an anomaly: what the editor is asked, and what it does.

    `decide` is the function of `publishing.anomalies` that does it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    done: ClassVar[str]
    decide: ClassVar[Callable[..., None]]
    note_label: ClassVar[str] = "Note"
    needs_note: ClassVar[bool] = True

    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}))

    def __init__(
        self, anomaly: Anomaly, admin_site: admin.AdminSite, data: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, prefix=self.name, **kwargs)
        self.anomaly = anomaly
        self.admin_site = admin_site
        self.fields["note"].label = self.note_label
        self.fields["note"].required = self.needs_note

    def apply(self, by: Any) -> None:
        type(self).decide(self.anomaly, by=by, **self.words())

    def words(self) -> dict[str, Any]:
        """What was typed, as `decide` names it."""
        return {"note": self.cleaned_data["note"]}


class Explain(Decision):
    name = "expliquer"
    title = "Expliquer"
    purpose = "Le chiffre reste tel que publié, et les lecteurs lisent pourquoi."
    done = "L’anomalie est expliquée."
    decide = anomalies.explain
    note_label = "Note pour les lecteurs"


class Correct(Decision):
    name = "corriger"
    title = "Corriger"
    purpose = (
        "Une autre fiche donne la valeur juste. Un chiffre qui en remplace un autre avec un "
        "erratum corrige l’anomalie de lui-même, à sa publication."
    )
    done = "L’anomalie est corrigée."
    decide = anomalies.correct
    needs_note = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relation = _relation_to(_accused_model(self.anomaly))
        if relation is None:
            self.fields.clear()
            return
        self.fields["correction"] = forms.ModelChoiceField(
            relation.related_model._default_manager.for_links(),
            label="Fiche qui corrige",
            widget=SearchedSelect(relation, self.admin_site),
        )
        self.order_fields(["correction", "note"])

    def clean_correction(self) -> Publishable:
        correction = self.cleaned_data["correction"]
        if correction in _records(self.anomaly, AnomalyRecord.Role.ACCUSED):
            raise forms.ValidationError("Cette fiche est celle que l’anomalie met en cause.")
        return correction

    def words(self) -> dict[str, Any]:
        return super().words() | {"correction": self.cleaned_data["correction"]}


class Dismiss(Decision):
    name = "ecarter"
    title = "Écarter"
    purpose = "Il n’y a pas de contradiction. Elle ne revient que si les valeurs changent."
    done = "L’anomalie est écartée."
    decide = anomalies.dismiss
    note_label = "Raison"

    def words(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["note"]}


class Reopen(Decision):
    name = "rouvrir"
    title = "Rouvrir"
    purpose = "La décision ne tient plus ; si la cause a disparu, l’anomalie se clôt aussitôt."
    done = "L’anomalie est rouverte."
    decide = anomalies.reopen
    note_label = "Raison"
    needs_note = False


def decisions_on(anomaly: Anomaly) -> tuple[type[Decision], ...]:
    """What an editor may decide now: nothing of an anomaly that closed by itself."""
    match anomaly.status:
        case Anomaly.Status.OPEN:
            return Explain, Correct, Dismiss
        case Anomaly.Status.CLOSED:
            return ()
    return (Reopen,)


@admin.register(Anomaly)
class AnomalyAdmin(OwnPageAdmin):
    """Whoever writes sees the register; whoever publishes decides."""

    list_display = ["finding", "gravity", "state", "rule_title", "first_seen_at"]
    list_filter = [
        DecisionFilter,
        "severity",
        RuleFilter,
        SubjectFilter,
        "contests",
        AgeFilter,
    ]
    search_fields = ["message", "lead", "note", "rule"]
    list_per_page = 50
    actions = None

    # --- The list ---

    def get_ordering(self, request: HttpRequest) -> Sequence[Any]:
        return Anomaly.objects.in_order().query.order_by

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Anomalies"} | (extra_context or {}))

    @admin.display(description="constat", ordering="message")
    def finding(self, anomaly: Anomaly) -> str:
        return anomaly.message

    @admin.display(description="gravité")
    def gravity(self, anomaly: Anomaly) -> SafeString:
        return gravity_badge(anomaly)

    @admin.display(description="état", ordering="status")
    def state(self, anomaly: Anomaly) -> SafeString:
        return _badge(f"anomaly-{anomaly.status}", anomaly.get_status_display())

    @admin.display(description="règle", ordering="rule")
    def rule_title(self, anomaly: Anomaly) -> str:
        return _rule_title(anomaly)

    # --- Rights ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Anomaly | None = None) -> bool:
        return False

    # --- The page of one ---

    def show(self, request: HttpRequest, anomaly: Anomaly, may_act: bool) -> HttpResponse:
        return self._page(request, anomaly, self._forms(anomaly) if may_act else [])

    def act(self, request: HttpRequest, anomaly: Anomaly) -> HttpResponse:
        decisions = self._forms(anomaly, request.POST)
        decided = self._decide(request, anomaly, decisions)
        return decided or self._page(request, anomaly, decisions)

    def _forms(self, anomaly: Anomaly, typed: Any = None) -> list[Decision]:
        """A form for each possible decision; the chosen one is bound to what was typed."""
        return [
            decision(anomaly, self.admin_site, typed if typed and decision.name in typed else None)
            for decision in decisions_on(anomaly)
        ]

    def _decide(
        self, request: HttpRequest, anomaly: Anomaly, decisions: list[Decision]
    ) -> HttpResponse | None:
        """Applies the decision that was posted; None when its form has errors to show."""
        here = HttpResponseRedirect(request.path)
        chosen = next((form for form in decisions if form.is_bound), None)
        if chosen is None:
            self.message_user(request, SETTLED_MEANWHILE, messages.WARNING)
            return here
        if not chosen.is_valid():
            return None
        with transaction.atomic():
            chosen.apply(by=request.user)
            self.log_change(request, anomaly, chosen.title)
        self.message_user(request, chosen.done, messages.SUCCESS)
        return here

    def _page(
        self, request: HttpRequest, anomaly: Anomaly, decisions: list[Decision]
    ) -> HttpResponse:
        rule = anomalies.all_rules().get(anomaly.rule)
        return self.page(
            request,
            "admin/publishing/anomaly/detail.html",
            _rule_title(anomaly),
            anomaly,
            gravity=gravity_badge(anomaly),
            state=self.state(anomaly),
            explanation=rule.explanation if rule else "",
            tables=self._tables(request, anomaly),
            steps=anomaly.steps.select_related("by"),
            decisions=decisions,
            media=sum((form.media for form in decisions), self.media),
        )

    def _tables(self, request: HttpRequest, anomaly: Anomaly) -> list[dict[str, Any]]:
        """The records side by side, a table for each kind: what is compared, in columns."""
        rows = anomaly.records.select_related("content_type").order_by("content_type", "position")
        by_kind = groupby(rows, key=lambda row: row.content_type.model_class())
        return [self._table(request, kind, list(same_kind)) for kind, same_kind in by_kind]

    def _table(
        self, request: HttpRequest, kind: type[Publishable], rows: list[AnomalyRecord]
    ) -> dict[str, Any]:
        model_admin = self.admin_site.get_model_admin(kind)
        named = model_admin.get_queryset(request).in_bulk([row.object_id for row in rows])
        columns = model_admin.compared_columns
        return {
            "kind": kind._meta.verbose_name_plural,
            "headers": [label_for_field(name, kind, model_admin) for name in columns],
            "rows": [
                {
                    "role": row.get_role_display(),
                    "label": record.label,
                    "url": _change_url(record),
                    "facts": [_fact(name, record, model_admin) for name in columns],
                    "correction_url": model_admin.correction_url(record)
                    if row.role == AnomalyRecord.Role.ACCUSED
                    else "",
                }
                for row in rows
                if (record := named.get(row.object_id)) is not None
            ],
        }


def gravity_badge(anomaly: Anomaly) -> SafeString:
    return _badge(f"severity-{anomaly.severity}", anomaly.get_severity_display())


def _badge(code: str, label: str) -> SafeString:
    return format_html('<span class="state state--{}">{}</span>', code, label)


def _rule_title(anomaly: Anomaly) -> str:
    rule = anomalies.all_rules().get(anomaly.rule)
    return rule.title if rule else anomaly.rule


def _change_url(record: Publishable) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


def _fact(name: str, record: Publishable, model_admin: admin.ModelAdmin) -> str:
    field, _, value = lookup_field(name, record, model_admin)
    if field is None or field.is_relation:
        return display_for_value(value, NOTHING) if value not in (None, "") else NOTHING
    return display_for_field(value, field, NOTHING)


def _records(anomaly: Anomaly, role: AnomalyRecord.Role) -> list[Publishable]:
    return [row.record for row in anomaly.records.filter(role=role).prefetch_related("record")]


def _accused_model(anomaly: Anomaly) -> type[Publishable] | None:
    accused = anomaly.records.filter(role=AnomalyRecord.Role.ACCUSED).first()
    return accused and accused.content_type.model_class()


def _relation_to(model: type[Publishable] | None) -> models.Field | None:
    """A relation that leads to this kind of record: its suggestions are asked through it."""
    relations = model._meta.related_objects if model else ()
    return next((relation.field for relation in relations), None)
