"""The whole site on one screen."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path

from publishing.feeds import feed_paths
from publishing.views import PosterView
from veille import api, views
from veille.design import DesignView
from veille.feeds import CompanyFeed, EverythingFeed, TopicFeed
from veille.sitemaps import sitemaps

site_map = {"sitemaps": sitemaps()}

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    # Addresses are tried in this order, and programs ask for many.
    path("api/v1/", include((api.urlpatterns, "api"))),
    *feed_paths(EverythingFeed, "everything"),
    *feed_paths(TopicFeed, "topic", "thematiques/<slug:slug>/"),
    *feed_paths(CompanyFeed, "company", "entreprises/<slug:slug>/"),
    path("a-propos/", views.AboutView.as_view(), name="about"),
    path("design/", DesignView.as_view(), name="design"),
    path("accessibilite/", views.AccessibilityView.as_view(), name="accessibility"),
    path("evenements/", include("events.urls")),
    path("entreprises/", include("companies.urls")),
    path("actualites/", include("news.urls")),
    path("marche/", include("market.urls")),
    path("", include("topics.urls")),
    path("analyses/", include("analyses.urls")),
    path("sources/", include("sources.urls")),
    path("panorama/", include("veille.panorama.urls")),
    path("partage/<slug:kind>/<slug:slug>.png", PosterView.as_view(), name="poster"),
    path("recherche/", include("search.urls")),
    path("sante/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path("llms.txt", views.llms, name="llms"),
    path("sitemap.xml", sitemap_views.index, site_map, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        sitemap_views.sitemap,
        site_map,
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("admin/", admin.site.urls),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

handler400 = "veille.views.bad_request"
handler403 = "veille.views.permission_denied"
handler404 = "veille.views.page_not_found"
handler500 = "veille.views.server_error"
