"""Public pages of the companies."""

from __future__ import annotations

from typing import Any

from django import forms

from companies import exports, schema_org
from companies.filters import CompanyFilterSet
from companies.models import Company
from publishing.addresses import feed_links
from publishing.facets import Choice
from publishing.typography import OTHER_INITIALS
from publishing.views import PublishedDetailView, PublishedListView


class CompanyListView(PublishedListView):
    model = Company
    filterset_class = CompanyFilterSet
    columns = exports.COMPANY
    ordering_method = "in_order"
    natural_order = "De A à Z"
    template_name = "companies/company_list.html"
    title = "Entreprises"
    intro = "Fournisseurs, utilisateurs, acteurs de l’IA, investisseurs et cabinets d’analyse."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"letters": self._letters(context["facets"].get("letter", []))}

    def _letters(self, choices: list[Choice]) -> list[dict[str, Any]]:
        """The index: « Toutes », then each letter with its number and its address."""
        if not choices:
            return []
        form = self.filterset.form
        # The index chooses the letter: the form only carries it along.
        form.fields["letter"].widget = forms.HiddenInput()
        chosen = form.cleaned_data["letter"]
        whole = Choice("", "Toutes", sum(one.count for one in choices))
        return [
            {
                "label": one.label,
                "count": one.count,
                "current": one.value == chosen,
                "query": self.filterset.query_choosing("letter", one.value),
            }
            for one in (whole, *choices)
            if one.count or one.value != OTHER_INITIALS or one.value == chosen
        ]


class CompanyDetailView(PublishedDetailView):
    model = Company
    described_by = schema_org.company

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = self.object
        links = feed_links("company", f"Entreprise : {company}", slug=company.slug)
        return super().get_context_data(**kwargs) | {"feeds": links}
