from django.urls import path

from market import feeds, views
from publishing.feeds import feed_paths

app_name = "market"

urlpatterns = [
    path("", views.MarketOverview.as_view(), name="overview"),
    path("indicateurs/", views.IndicatorListView.as_view(), name="indicator_list"),
    path("chiffres/", views.FigureListView.as_view(), name="figure_list"),
    *feed_paths(feeds.FigureFeed, "figure", prefix="chiffres/"),
    path("chiffres/<slug:slug>/", views.FigureDetailView.as_view(), name="figure_detail"),
    path("previsions/", views.ForecastListView.as_view(), name="forecast_list"),
    path("anomalies/", views.AnomalyListView.as_view(), name="anomaly_list"),
    path("anomalies/methode/", views.MethodView.as_view(), name="method"),
    path("anomalies/<int:pk>/", views.AnomalyDetailView.as_view(), name="anomaly_detail"),
    path("errata/", views.ErratumListView.as_view(), name="erratum_list"),
    *feed_paths(feeds.ErratumFeed, "erratum", prefix="errata/"),
    path("facteurs/", views.GrowthDriverListView.as_view(), name="growthdriver_list"),
    path(
        "facteurs/<slug:slug>/", views.GrowthDriverDetailView.as_view(), name="growthdriver_detail"
    ),
    path("<slug:slug>/", views.IndicatorDetailView.as_view(), name="indicator_detail"),
]
