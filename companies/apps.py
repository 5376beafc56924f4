from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = "Entreprises"

    def ready(self) -> None:
        from companies import rules  # noqa: F401  app ready
