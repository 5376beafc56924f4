from django.urls import path

from news import feeds, views
from publishing.feeds import feed_paths
from publishing.views import export_paths

app_name = "news"

urlpatterns = [
    path("", views.NewsItemListView.as_view(), name="newsitem_list"),
    *export_paths(views.NewsItemListView, "newsitem"),
    *feed_paths(feeds.NewsItemFeed, "newsitem"),
    path("<slug:slug>/", views.NewsItemDetailView.as_view(), name="newsitem_detail"),
]
