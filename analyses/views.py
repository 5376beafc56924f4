"""Public pages of the analyses and their recommendations."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from analyses import exports, schema_org
from analyses.filters import AnalysisFilterSet, RecommendationFilterSet
from analyses.models import Analysis, Note, Recommendation
from analyses.side_notes import with_side_notes
from publishing.addresses import absolute_url
from publishing.views import PublishedDetailView, PublishedListView

HTML, MARKDOWN = "text/html", "text/markdown"


class AnalysisListView(PublishedListView):
    model = Analysis
    filterset_class = AnalysisFilterSet
    columns = exports.ANALYSIS
    ordering_method = "latest_first"
    title = "Analyses"
    has_feeds = True
    intro = "Des lectures longues, dont chaque affirmation renvoie à sa source."


class AnalysisDetailView(PublishedDetailView):
    """A long read: a page, or Markdown for whoever would rather have it (`Accept`)."""

    model = Analysis
    described_by = schema_org.analysis

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notes = self.object.notes()
        beside = {note.number: side_note(note) for note in notes}
        return super().get_context_data(**kwargs) | {
            "notes": notes,
            "introduction": with_side_notes(self.object.body_html, beside),
            "parts": [
                (part, with_side_notes(part.body_html, beside))
                for part in self.object.sections.all()
            ],
            "address": absolute_url(self.object.get_absolute_url()),
            "markdown_url": markdown_path(self.object),
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        preferred = self.request.get_preferred_type([HTML, MARKDOWN])
        if preferred == MARKDOWN:
            response = markdown_file(context)
        else:
            response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["Accept"])
        return response


class AnalysisMarkdownView(AnalysisDetailView):
    http_method_names = ["get", "head"]

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return markdown_file(context)

    def address_of(self, record: Analysis) -> str:
        return markdown_path(record)


def side_note(note: Note) -> str:
    return render_to_string("analyses/_side_note.html", {"note": note}).strip()


def markdown_path(analysis: Analysis) -> str:
    return reverse("analyses:analysis_markdown", args=[analysis.slug])


def markdown_file(context: dict[str, Any]) -> HttpResponse:
    """The analysis as it was written, its notes and recommendations at its end."""
    return HttpResponse(
        render_to_string("analyses/analysis.md", context),
        content_type=f"{MARKDOWN}; charset=utf-8",
        headers={"Link": f'<{context["address"]}>; rel="canonical"'},
    )


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
