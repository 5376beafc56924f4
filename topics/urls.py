from django.urls import path

from publishing.views import export_paths
from topics import views

app_name = "topics"

urlpatterns = [
    path("thematiques/", views.TopicListView.as_view(), name="topic_list"),
    *export_paths(views.TopicListView, "topic", prefix="thematiques/"),
    path("thematiques/<slug:slug>/", views.TopicDetailView.as_view(), name="topic_detail"),
    path("tendances/", views.TrendListView.as_view(), name="trend_list"),
    *export_paths(views.TrendListView, "trend", prefix="tendances/"),
    path("tendances/<slug:slug>/", views.TrendDetailView.as_view(), name="trend_detail"),
]
