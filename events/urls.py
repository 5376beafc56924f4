from django.urls import path

from events import feeds, views
from publishing.feeds import feed_paths

app_name = "events"

urlpatterns = [
    path("", views.EventListView.as_view(), name="event_list"),
    *feed_paths(feeds.EventFeed, "event"),
    path("agenda.ics", views.agenda, name="agenda"),
    path("series/", views.EventSeriesListView.as_view(), name="eventseries_list"),
    path("series/<slug:slug>/", views.EventSeriesDetailView.as_view(), name="eventseries_detail"),
    path("<slug:slug>/", views.EventDetailView.as_view(), name="event_detail"),
    path("<slug:slug>.ics", views.EventCalendarView.as_view(), name="event_calendar"),
]
