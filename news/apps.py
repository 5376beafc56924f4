from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = "Actualités"

    def ready(self) -> None:
        from news import rules  # noqa: F401  app ready
