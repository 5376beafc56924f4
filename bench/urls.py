"""The whole site, and one view that does nothing: what the framework alone costs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from veille.urls import urlpatterns as site


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("sante/vide/", empty), *site]
handler404 = "veille.views.page_not_found"
