from django.urls import path

from publishing.views import export_paths
from sources import views

app_name = "sources"

urlpatterns = [
    path("", views.SourceListView.as_view(), name="source_list"),
    *export_paths(views.SourceListView, "source"),
    path("source-unique/", views.SingleSourceView.as_view(), name="single_source"),
    path("<slug:slug>/", views.SourceDetailView.as_view(), name="source_detail"),
]
