from django.urls import path

from events import feeds, views
from publishing.feeds import feed_paths
from publishing.views import export_paths

app_name = "events"

urlpatterns = [
    path("", views.EventListView.as_view(), name="event_list"),
    *export_paths(views.EventListView, "event"),
    *feed_paths(feeds.EventFeed, "event"),
    path("agenda.ics", views.calendar_file, name="agenda"),
    path("appels/", views.CallListView.as_view(), name="call_list"),
    *export_paths(views.CallListView, "call", prefix="appels/"),
    path("calendrier/", views.MonthView.as_view(), name="calendar"),
    path("calendrier/<str:year>/", views.MonthView.as_view(), name="year"),
    path("calendrier/<str:year>/<str:month>/", views.MonthView.as_view(), name="month"),
    path("series/", views.EventSeriesListView.as_view(), name="eventseries_list"),
    *export_paths(views.EventSeriesListView, "eventseries", prefix="series/"),
    path("series/<slug:slug>/", views.EventSeriesDetailView.as_view(), name="eventseries_detail"),
    path("<slug:slug>/", views.EventDetailView.as_view(), name="event_detail"),
    path("<slug:slug>.ics", views.EventCalendarView.as_view(), name="event_calendar"),
]
