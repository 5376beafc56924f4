from django.urls import path

from companies import views
from publishing.views import export_paths

app_name = "companies"

urlpatterns = [
    path("", views.CompanyListView.as_view(), name="company_list"),
    *export_paths(views.CompanyListView, "company"),
    path("<slug:slug>/", views.CompanyDetailView.as_view(), name="company_detail"),
]
