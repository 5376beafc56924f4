from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = "Publication"

    def ready(self) -> None:
        from publishing import checks  # noqa: F401  app ready
        from publishing.anomalies import follow_windows  # app ready
        from publishing.groups import grant_group_permissions  # app ready
        from publishing.planner import look_again_after_migrations  # app ready
        from publishing.stored_images import follow_images  # app ready
        from publishing.triggers import follow_every_table  # app ready

        follow_windows()
        follow_images()
        follow_every_table(self)
        look_again_after_migrations(self)
        post_migrate.connect(
            grant_group_permissions, dispatch_uid="publishing.grant_group_permissions"
        )
