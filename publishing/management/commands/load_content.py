"""Loads the content files into the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from publishing.content.loader import is_empty, load_folder
from publishing.planner import look_again

DEFAULT_FOLDER = "content"


class Command(BaseCommand):
    help = (
        "Charge les fichiers de contenu (YAML et Markdown) dans la base, tout ou rien. Peut être "
        "relancée sans risque : ce qui a été modifié dans l’admin est gardé et signalé."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            metavar="DOSSIER",
            help=f"dossier des fichiers ; par défaut {DEFAULT_FOLDER}/, à la racine du projet",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="fait tout sauf écrire, et le dit"
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="remplace par le contenu des fichiers ce qui a été modifié dans l’admin",
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="ne fait rien si la base a déjà une fiche"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not is_empty():
            self._tell(options, "La base contient déjà des fiches : rien à charger.")
            return
        report = load_folder(
            options["path"] or Path(settings.BASE_DIR) / DEFAULT_FOLDER,
            dry_run=options["dry_run"],
            overwrite=options["overwrite"],
        )
        if report.problems:
            for line in report.error_lines():
                self.stderr.write(line)
            sys.exit(1)
        if report.has_written:
            look_again()
        for line in report.lines():
            self._tell(options, line)

    def _tell(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"] > 0:
            self.stdout.write(line)
