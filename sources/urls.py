from django.urls import path

from sources import views

app_name = "sources"

urlpatterns = [
    path("", views.SourceListView.as_view(), name="source_list"),
    path("source-unique/", views.SingleSourceView.as_view(), name="single_source"),
    path("<slug:slug>/", views.SourceDetailView.as_view(), name="source_detail"),
]
