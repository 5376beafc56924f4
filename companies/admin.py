"""Companies, their roles and their relations in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from companies.models import Company, CompanyRelation, CompanyRole
from publishing.admin import FOLLOW_UP_COLUMNS, PublishableAdmin, SearchedRelations
from publishing.forms import ApproximateDateModelForm, PublishableForm
from publishing.typography import join
from sources.admin import SHORT_TEXT, CitationInline, SingleSourceFilter


class CompanyForm(PublishableForm):
    """The roles of a company are boxes to tick, kept as rows of `CompanyRole`."""

    role_choices = forms.MultipleChoiceField(
        label="Rôles",
        required=False,
        choices=CompanyRole.Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("role_choices", self._saved_roles())

    def _save_m2m(self) -> None:
        super()._save_m2m()
        if "role_choices" not in self.cleaned_data:
            return
        saved, wanted = set(self._saved_roles()), self.cleaned_data["role_choices"]
        self.instance.roles.exclude(role__in=wanted).delete()
        CompanyRole.objects.bulk_create(
            CompanyRole(company=self.instance, role=role) for role in wanted if role not in saved
        )

    def _saved_roles(self) -> list[str]:
        return list(self.instance.roles.values_list("role", flat=True))


class CompanyRelationForm(ApproximateDateModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # The constraint of the model: inside the form of the company, Django leaves it out.
        target = cleaned.get("target")
        if target is not None and target.pk == self.instance.subject_id:
            self.add_error("target", "Une entreprise n’est pas en relation avec elle-même.")
        return cleaned


class CompanyRelationInline(SearchedRelations, admin.StackedInline):
    model = CompanyRelation
    form = CompanyRelationForm
    fk_name = "subject"
    fields = [("kind", "target"), "date", "note", "source", ("locator", "credibility"), "quote"]
    autocomplete_fields = ["target", "source"]
    formfield_overrides = SHORT_TEXT
    extra = 0


class CompanyList(ChangeList):
    """Loads the roles for the list alone: a form reads them again after it has written them."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet:
        return super().get_queryset(*args, **kwargs).prefetch_related("roles")


@admin.register(Company)
class CompanyAdmin(PublishableAdmin):
    form = CompanyForm
    content_fields = [
        "name",
        "also_known_as",
        "country",
        "website",
        "featured",
        "role_choices",
        "summary",
        "cloud_usage",
        "body",
        "topics",
    ]
    list_display = ["name", "state", "featured", "role_choices", "country", *FOLLOW_UP_COLUMNS]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        "featured",
        "roles__role",
    ]
    search_fields = ["name", "also_known_as", "slug"]
    autocomplete_fields = ["topics"]
    inlines = [CompanyRelationInline, CitationInline]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CompanyList

    @admin.display(description="rôles")
    def role_choices(self, company: Company) -> str:
        return join(*(role.get_role_display() for role in company.roles.all()))
