"""Addresses of the panoramas."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from veille.panorama import views


class YearConverter(IntConverter):
    """Four digits: every year has one address, and dates can hold it."""

    regex = "[1-9][0-9]{3}"


register_converter(YearConverter, "year")

urlpatterns = [
    path("", views.panorama_list, name="panorama_list"),
    path("<year:year>/", views.panorama_page, name="panorama"),
    path("<year:year>.md", views.panorama_markdown, name="panorama_markdown"),
    path("<year:year>.pdf", views.panorama_pdf, name="panorama_pdf"),
]
