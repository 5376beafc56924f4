"""Rebuilds the search index from the records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Subquery

from publishing.models import Publishable, published_models
from publishing.planner import look_again
from publishing.typography import count
from search.index import differs, index_records, remove_entries
from search.models import Entry

BATCH = 500


class Command(BaseCommand):
    help = (
        "Reconstruit l’index de recherche à partir des fiches. Peut être relancée sans risque, "
        "site ouvert : chaque lot de fiches est remplacé d’un coup."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="dit ce qui changerait, sans rien écrire"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="ne fait rien si l’index a déjà une entrée"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.dry_run = options["dry_run"]
        self.verbosity = options["verbosity"]
        if options["if_empty"] and Entry.objects.exists():
            self._tell("L’index de recherche est déjà rempli.")
            return
        changed = sum(self._rebuild(model) for model in published_models())
        removed = self._remove_leftovers()
        if not self.dry_run:
            look_again()
        done = "À faire" if self.dry_run else "Fait"
        self._tell(
            f"{done} : {count(changed, 'entrée')} à mettre à jour, "
            f"{count(removed, 'entrée')} sans fiche à retirer."
        )

    def _rebuild(self, model: type[Publishable]) -> int:
        """Indexes every record of `model`; returns how many were not yet as they should be."""
        pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        changed = 0
        for first in range(0, len(pks), BATCH):
            batch = pks[first : first + BATCH]
            changed += self._rebuild_batch(model, batch)
            if len(pks) > BATCH:
                self._tell(f"  {model.api_name} : {first + len(batch)} sur {len(pks)}")
        self._tell(f"{model.api_name} : {count(len(pks), 'fiche')}, dont {changed} à mettre à jour")
        return changed

    def _rebuild_batch(self, model: type[Publishable], pks: list[int]) -> int:
        records = list(model._default_manager.for_links().filter(pk__in=pks))
        held = Entry.objects.filter(kind=model.api_name, object_id__in=pks)
        entries = {entry.object_id: entry for entry in held}
        changed = sum(
            differs(entries.get(record.pk), record.search_document()) for record in records
        )
        if not self.dry_run:
            index_records(records)
        return changed

    def _remove_leftovers(self) -> int:
        """Entries whose record is no more, or whose kind of record is not known any more."""
        leftovers = Entry.objects.exclude(kind__in=[model.api_name for model in published_models()])
        removed = self._remove(leftovers)
        for model in published_models():
            alive = model._default_manager.order_by().values("pk")
            gone = Entry.objects.filter(kind=model.api_name).exclude(object_id__in=Subquery(alive))
            removed += self._remove(gone)
        return removed

    def _remove(self, entries: Any) -> int:
        return entries.count() if self.dry_run else remove_entries(entries)

    def _tell(self, line: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(line)
