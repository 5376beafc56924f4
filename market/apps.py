from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "market"
    verbose_name = "Marché"

    def ready(self) -> None:
        from market import rules  # noqa: F401  app ready
