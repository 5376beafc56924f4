from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class VeilleAdminConfig(AdminConfig):
    """Django's admin under our own site; brings the deployment checks along."""

    default_site = "veille.admin.VeilleAdminSite"

    def ready(self) -> None:
        super().ready()
        from veille import checks  # noqa: F401  app ready


class VeilleStaticFilesConfig(StaticFilesConfig):
    """Collects what the site shows: of the two API documentation pages we serve one, Swagger UI."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "drf_spectacular_sidecar/redoc/*"]
