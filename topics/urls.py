from django.urls import path

from topics import views

app_name = "topics"

urlpatterns = [
    path("thematiques/", views.TopicListView.as_view(), name="topic_list"),
    path("thematiques/<slug:slug>/", views.TopicDetailView.as_view(), name="topic_detail"),
    path("tendances/", views.TrendListView.as_view(), name="trend_list"),
    path("tendances/<slug:slug>/", views.TrendDetailView.as_view(), name="trend_detail"),
]
