"""The journal of changes, caught up without waiting for a reader."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from publishing.journal import catch_up
from publishing.typography import count


class Command(BaseCommand):
    help = (
        "Met à jour le journal que donne « /api/v1/changes/ ». Il se met à jour de lui-même quand "
        "un programme le lit : lancée régulièrement, cette commande date les changements au plus "
        "près et épargne l’attente au premier lecteur."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="compte les changements, sans rien écrire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            told = catch_up()
            if options["dry_run"]:
                transaction.set_rollback(True)
        if not options["verbosity"]:
            return
        for what, number in told.lines.items():
            self.stdout.write(f"{number} × {what.label}")
        self.stdout.write(f"{count(told.lines.total(), 'changement')} au journal.")
