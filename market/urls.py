from django.urls import path

from market import views

app_name = "market"

urlpatterns = [
    path("", views.MarketOverview.as_view(), name="overview"),
    path("indicateurs/", views.IndicatorListView.as_view(), name="indicator_list"),
    path("chiffres/", views.FigureListView.as_view(), name="figure_list"),
    path("chiffres/<slug:slug>/", views.FigureDetailView.as_view(), name="figure_detail"),
    path("facteurs/", views.GrowthDriverListView.as_view(), name="growthdriver_list"),
    path(
        "facteurs/<slug:slug>/", views.GrowthDriverDetailView.as_view(), name="growthdriver_detail"
    ),
    path("<slug:slug>/", views.IndicatorDetailView.as_view(), name="indicator_detail"),
]
