"""Public pages of the analyses and their recommendations."""

from __future__ import annotations

from typing import Any

from analyses import exports, schema_org
from analyses.filters import AnalysisFilterSet, RecommendationFilterSet
from analyses.models import Analysis, Recommendation
from publishing.views import PublishedDetailView, PublishedListView


class AnalysisListView(PublishedListView):
    model = Analysis
    filterset_class = AnalysisFilterSet
    columns = exports.ANALYSIS
    ordering_method = "latest_first"
    title = "Analyses"
    has_feeds = True
    intro = "Des lectures longues, dont chaque affirmation renvoie à sa source."


class AnalysisDetailView(PublishedDetailView):
    model = Analysis
    described_by = schema_org.analysis

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"notes": self.object.notes()}


class RecommendationListView(PublishedListView):
    model = Recommendation
    filterset_class = RecommendationFilterSet
    columns = exports.RECOMMENDATION
    ordering_method = "in_order"
    parent_models = (Analysis,)
    title = "Recommandations"
    intro = "Ce que les analyses conseillent de faire, dans l’ordre."


class RecommendationDetailView(PublishedDetailView):
    model = Recommendation
    described_by = schema_org.recommendation
    parent_models = (Analysis, Recommendation)
