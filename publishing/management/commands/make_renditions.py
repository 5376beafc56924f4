"""The sizes and formats of the images, made again where they are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from publishing import renditions
from publishing.models import Illustrated
from publishing.stored_images import illustrated_models
from publishing.typography import count, plural


class Command(BaseCommand):
    help = (
        "Fabrique les tailles et formats (AVIF, WebP) des images qui n’en ont pas. Un fichier "
        "absent ou illisible est signalé, et le code rendu est alors 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="même de celles qui en ont")
        parser.add_argument("--dry-run", action="store_true", help="dit lesquelles, n’écrit rien")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [
            record
            for model in illustrated_models()
            for record in model._base_manager.exclude(image="").order_by("pk")
            if options["all"] or not self._is_complete(record)
        ]
        failed = 0
        for number, record in enumerate(wanted, start=1):
            if options["verbosity"]:
                self.stdout.write(f"{number}/{len(wanted)} {record.image.name}")
            if not options["dry_run"] and not self._make(record):
                failed += 1
        if options["verbosity"]:
            made = len(wanted) - failed
            told = "à faire" if options["dry_run"] else plural(made, "faite", "faites")
            self.stdout.write(f"{count(made, 'image')} {told}.")
        if failed:
            raise SystemExit(1)

    def _is_complete(self, record: Illustrated) -> bool:
        paths = renditions.paths_of(record.image.name, record.image_widths)
        return bool(paths) and all(record.image.storage.exists(path) for path in paths)

    def _make(self, record: Illustrated) -> bool:
        """Without a save, which would date the record: readers see the same image."""
        image = record.image
        try:
            with image.storage.open(image.name) as content:
                widths = renditions.make(image.storage, image.name, content)
        except OSError as error:
            self.stderr.write(f"{image.name} : {error.strerror or error}")
            return False
        type(record)._base_manager.filter(pk=record.pk).update(image_widths=widths)
        return True
