"""Every rule over every record; the register of anomalies follows."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from publishing import clock
from publishing.anomalies import CheckReport, all_rules, check_all
from publishing.models import Anomaly
from publishing.typography import count, plural

PROGRESS_EVERY = 1000
NEW_ERRORS = 1
INCOMPLETE = 2


class Command(BaseCommand):
    help = (
        "Compare les fiches entre elles et met à jour le registre des anomalies. Rend le code 2 "
        "quand une règle n’a pas pu être appliquée, 1 quand des erreurs sont apparues depuis la "
        "vérification complète précédente, 0 sinon."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help="text, ou json pour un programme",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="compare et dit tout, sans rien écrire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        self.examined = 0
        # Undone as a whole, a dry run is one transaction; a real check lets editors save meanwhile.
        with transaction.atomic() if options["dry_run"] else nullcontext():
            report = check_all(on_scope=self._progress)
            standing = list(Anomaly.objects.standing().in_order().for_cards())
            if options["dry_run"]:
                transaction.set_rollback(True)
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(report, standing), ensure_ascii=False, indent=2))
        elif self.verbosity:
            self._tell(report, standing)
        self._tell_failures(report)
        if not report.is_complete:
            sys.exit(INCOMPLETE)
        if report.new_errors:
            sys.exit(NEW_ERRORS)

    def _progress(self) -> None:
        self.examined += 1
        if self.verbosity and self.examined % PROGRESS_EVERY == 0:
            # Progress is for who watches: the report alone goes to the standard output.
            self.stderr.write(f"{count(self.examined, 'groupe de fiches', 'groupes de fiches')}…")

    def _tell(self, report: CheckReport, standing: list[Anomaly]) -> None:
        for anomaly in standing:
            mark = "nouvelle, " if anomaly.pk in report.new else ""
            state = f"{mark}{anomaly.get_severity_display()}, {anomaly.get_status_display()}"
            self.stdout.write(f"{anomaly.rule} ({state}) : {anomaly.message}")
            if anomaly.lead:
                self.stdout.write(f"    Piste : {anomaly.lead}")
        examined = sum(report.examined.values())
        closed = len(report.closed)
        self.stdout.write(
            f"{count(examined, 'groupe examiné', 'groupes examinés')}, "
            f"{count(len(standing), 'anomalie')} en cours, "
            f"{count(closed, 'close')} ; {count(report.new_errors, 'erreur')} "
            f"{plural(report.new_errors, 'nouvelle')}."
        )

    def _tell_failures(self, report: CheckReport) -> None:
        for code, times in report.failures.items():
            where = count(times, "groupe de fiches", "groupes de fiches")
            self.stderr.write(f"La règle « {code} » a échoué sur {where} : voir le journal.")
        for name in sorted(report.unread):
            self.stderr.write(f"Le sujet « {name} » n’a pas pu être lu : voir le journal.")


def _as_json(report: CheckReport, standing: list[Anomaly]) -> dict[str, Any]:
    titles = {code: rule.title for code, rule in all_rules().items()}
    return {
        "checked_at": clock.now().isoformat(),
        "examined": dict(report.examined),
        "new_errors": report.new_errors,
        "closed": len(report.closed),
        "failures": dict(report.failures),
        "unread": sorted(report.unread),
        "anomalies": [
            {
                "id": anomaly.pk,
                "rule": anomaly.rule,
                "title": titles.get(anomaly.rule, anomaly.rule),
                "severity": anomaly.severity,
                "status": anomaly.status,
                "is_new": anomaly.pk in report.new,
                "message": anomaly.message,
                "lead": anomaly.lead,
                "records": [
                    {
                        "type": row.record.api_name,
                        "slug": row.record.slug,
                        "label": row.record.label,
                        "role": row.role,
                    }
                    for row in anomaly.records.all()
                    if row.record is not None
                ],
            }
            for anomaly in standing
        ],
    }
