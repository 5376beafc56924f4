from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Recherche"

    def ready(self) -> None:
        from search.upkeep import follow_every_record  # app ready

        follow_every_record()
