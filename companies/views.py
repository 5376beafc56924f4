"""Public pages of the companies."""

from __future__ import annotations

from typing import Any

from companies import exports, schema_org
from companies.filters import CompanyFilterSet
from companies.models import Company
from publishing.addresses import feed_links
from publishing.views import PublishedDetailView, PublishedListView


class CompanyListView(PublishedListView):
    model = Company
    filterset_class = CompanyFilterSet
    columns = exports.COMPANY
    ordering_method = "in_order"
    title = "Entreprises"
    intro = "Fournisseurs, utilisateurs, acteurs de l’IA, investisseurs et cabinets d’analyse."


class CompanyDetailView(PublishedDetailView):
    model = Company
    described_by = schema_org.company

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = self.object
        links = feed_links("company", f"Entreprise : {company}", slug=company.slug)
        return super().get_context_data(**kwargs) | {"feeds": links}
