"""Sources and citations in the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.admin import GenericTabularInline
from django.contrib.contenttypes.forms import BaseGenericInlineFormSet
from django.db import models
from django.forms import Textarea
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from publishing.admin import (
    FOLLOW_UP_COLUMNS,
    AnomalyFilter,
    PublishableAdmin,
    SearchedRelations,
    YearFilter,
    state_badge,
)
from publishing.models import Publishable
from sources.models import CITATION_ORDER, Citation, Source
from sources.quality import quality_of
from sources.single import on_one_source

SHORT_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 2, "class": "vTextField"})}}


class CitationFormSet(BaseGenericInlineFormSet):
    """The citations of one record: each number once, in whatever order they are exchanged."""

    def clean(self) -> None:
        super().clean()
        seen: set[int] = set()
        for form in self.forms:
            typed = getattr(form, "cleaned_data", {})
            number = typed.get("number")
            if number is None or typed.get(DELETION_FIELD_NAME):
                continue
            if number in seen:
                form.add_error(
                    "number", f"Deux citations de cette fiche portent le numéro {number}."
                )
            seen.add(number)

    def save(self, commit: bool = True) -> list[Citation]:
        if commit:
            # Rows are written one by one: two numbers exchanged would collide half-way.
            moved = [
                form.instance.pk
                for form in self.initial_forms
                if "number" in form.changed_data or form in self.deleted_forms
            ]
            Citation.objects.filter(pk__in=moved).update(number=None)
        return super().save(commit)


class CitationInline(SearchedRelations, GenericTabularInline):
    model = Citation
    formset = CitationFormSet
    ordering = CITATION_ORDER
    fields = ["number", "source", "locator", "quote", "credibility"]
    autocomplete_fields = ["source"]
    formfield_overrides = SHORT_TEXT
    extra = 0


class SingleSourceFilter(admin.SimpleListFilter):
    """Public records that a single source bears out, as the page for readers counts them."""

    title = "appui"
    parameter_name = "appui"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("unique", "une seule source")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() == "unique":
            return queryset.filter(pk__in=on_one_source(queryset.model).values("pk"))
        return queryset


@admin.register(Source)
class SourceAdmin(PublishableAdmin):
    content_fields = [
        "title",
        "publisher",
        "author",
        "url",
        "archive_url",
        "link_state",
        "date",
        "accessed_on",
        "language",
        "kind",
        "reliability",
        "summary",
        "body",
    ]
    list_display = [
        "title",
        "open_anomalies",
        "state",
        "publisher",
        "kind",
        "reliability",
        "date",
        "link_state",
        *FOLLOW_UP_COLUMNS,
    ]
    list_filter = [
        *PublishableAdmin.list_filter,
        AnomalyFilter,
        YearFilter,
        "kind",
        "reliability",
        "link_state",
        "language",
    ]
    search_fields = ["title", "publisher", "author", "url", "slug"]
    readonly_fields = [
        *PublishableAdmin.readonly_fields,
        "quality",
        "link_checked_at",
        "where_cited",
    ]
    compared_columns = ["publisher", "url", "kind", "reliability", "date", "link_state", "state"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).with_open_anomalies()

    def get_fieldsets(
        self, request: HttpRequest, obj: Source | None = None
    ) -> list[tuple[str | None, dict[str, Any]]]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            worth = ("Ce qu’elle vaut", {"fields": ["quality", "link_checked_at"]})
            where = ("Où est-elle citée ?", {"fields": ["where_cited"]})
            fieldsets[-1:-1] = [worth, where]
        return fieldsets

    @admin.display(description="critères")
    def quality(self, source: Source) -> str:
        """The criteria, each with its verdict and its reason."""
        quality = quality_of(source)
        rows = format_html_join(
            "",
            "<li>{} : {}. {}</li>",
            (
                (criterion.label, criterion.verdict.label, criterion.sentence)
                for criterion in quality.criteria
            ),
        )
        return format_html("{}<ul>{}</ul>", quality.score, rows)

    @admin.display(description="fiches qui s’appuient sur elle")
    def where_cited(self, source: Source) -> str:
        """Every record that rests on the source, drafts included; one query for each kind."""
        rows = format_html_join("", "<li>{} : {} {}</li>", map(_use, _evidence(source)))
        return format_html('<ul class="uses">{}</ul>', rows) if rows else "nulle part"


def _evidence(source: Source) -> Iterator[tuple[models.Model, Publishable]]:
    """Each row that points at `source`, with the record that an editor would open to change it."""
    for citation in source.citations.prefetch_related("record").order_by("pk"):
        if citation.record is not None:
            yield citation, citation.record
    for rows in source.sourced_rows():
        for row in rows.for_cards().order_by("pk"):
            yield row, row.sourced_record


def _use(
    evidence_and_record: tuple[models.Model, Publishable],
) -> tuple[str, SafeString, SafeString]:
    row, record = evidence_and_record
    meta = record._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    kind = capfirst(row._meta.verbose_name)
    if isinstance(row, Citation) and row.number:
        kind = f"{kind} [{row.number}]"
    link = format_html('<a href="{}">{}</a>', url, record.label)
    return kind, link, state_badge(record)
