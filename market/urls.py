from django.urls import path

from market import feeds, views
from publishing.feeds import feed_paths
from publishing.views import export_paths

app_name = "market"

urlpatterns = [
    path("", views.MarketOverview.as_view(), name="overview"),
    path("comparer/", views.ComparisonView.as_view(), name="comparison"),
    path("indicateurs/", views.IndicatorListView.as_view(), name="indicator_list"),
    *export_paths(views.IndicatorListView, "indicator", prefix="indicateurs/"),
    path("chiffres/", views.FigureListView.as_view(), name="figure_list"),
    *export_paths(views.FigureListView, "figure", prefix="chiffres/"),
    *feed_paths(feeds.FigureFeed, "figure", prefix="chiffres/"),
    path("chiffres/<slug:slug>/", views.FigureDetailView.as_view(), name="figure_detail"),
    path("previsions/", views.ForecastListView.as_view(), name="forecast_list"),
    *export_paths(views.ForecastListView, "forecast", prefix="previsions/"),
    path("anomalies/", views.AnomalyListView.as_view(), name="anomaly_list"),
    *export_paths(views.AnomalyListView, "anomaly", prefix="anomalies/"),
    path("anomalies/methode/", views.MethodView.as_view(), name="method"),
    path("anomalies/<int:pk>/", views.AnomalyDetailView.as_view(), name="anomaly_detail"),
    path("errata/", views.ErratumListView.as_view(), name="erratum_list"),
    *export_paths(views.ErratumListView, "erratum", prefix="errata/"),
    *feed_paths(feeds.ErratumFeed, "erratum", prefix="errata/"),
    path("facteurs/", views.GrowthDriverListView.as_view(), name="growthdriver_list"),
    *export_paths(views.GrowthDriverListView, "growthdriver", prefix="facteurs/"),
    path(
        "facteurs/<slug:slug>/", views.GrowthDriverDetailView.as_view(), name="growthdriver_detail"
    ),
    *(
        path(
            f"<slug:slug>.{extension}",
            views.IndicatorFileView.as_view(extension=extension),
            name=f"indicator_{extension}",
        )
        for extension in views.FILE_TYPES
    ),
    path(
        "<slug:slug>/integrer/",
        views.EmbeddedIndicatorView.as_view(),
        name="indicator_embedded",
    ),
    path("<slug:slug>/", views.IndicatorDetailView.as_view(), name="indicator_detail"),
]
