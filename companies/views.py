"""Public pages of the companies."""

from __future__ import annotations

from companies.filters import CompanyFilterSet
from companies.models import Company
from publishing.views import PublishedDetailView, PublishedListView


class CompanyListView(PublishedListView):
    model = Company
    filterset_class = CompanyFilterSet
    ordering_method = "in_order"
    title = "Entreprises"
    intro = "Fournisseurs, utilisateurs, acteurs de l’IA, investisseurs et cabinets d’analyse."


class CompanyDetailView(PublishedDetailView):
    model = Company
