from django.urls import path

from analyses import feeds, views
from publishing.feeds import feed_paths
from publishing.views import export_paths

app_name = "analyses"

urlpatterns = [
    path("", views.AnalysisListView.as_view(), name="analysis_list"),
    *export_paths(views.AnalysisListView, "analysis"),
    path("recommandations/", views.RecommendationListView.as_view(), name="recommendation_list"),
    *export_paths(views.RecommendationListView, "recommendation", prefix="recommandations/"),
    path(
        "recommandations/<slug:slug>/",
        views.RecommendationDetailView.as_view(),
        name="recommendation_detail",
    ),
    *feed_paths(feeds.AnalysisFeed, "analysis"),
    path("<slug:slug>.md", views.AnalysisMarkdownView.as_view(), name="analysis_markdown"),
    path("<slug:slug>/", views.AnalysisDetailView.as_view(), name="analysis_detail"),
]
