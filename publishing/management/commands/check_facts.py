"""Every rule over every record; the register of anomalies follows."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from publishing import clock
from publishing.anomalies import CheckReport, all_rules, check_all
from publishing.models import Anomaly
from publishing.typography import count, plural

PROGRESS_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Compare les fiches entre elles et met à jour le registre des anomalies. Rend le code 1 "
        "quand des erreurs sont apparues depuis la vérification complète précédente, 0 sinon."
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
        with transaction.atomic():
            known = set(Anomaly.objects.filter(is_reported=True).values_list("pk", flat=True))
            report = check_all(on_scope=self._progress)
            standing = list(Anomaly.objects.standing().in_order().for_cards())
            transaction.set_rollback(options["dry_run"])
        if options["format"] == "json":
            document = _as_json(report, standing, known)
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        elif self.verbosity:
            self._tell(report, standing, known)
        if report.new_errors:
            sys.exit(1)

    def _progress(self) -> None:
        self.examined += 1
        if self.verbosity and self.examined % PROGRESS_EVERY == 0:
            # Progress is for who watches: the report alone goes to the standard output.
            self.stderr.write(f"{count(self.examined, 'groupe de fiches', 'groupes de fiches')}…")

    def _tell(self, report: CheckReport, standing: list[Anomaly], known: set[int]) -> None:
        for anomaly in standing:
            mark = "" if anomaly.pk in known else "nouvelle, "
            state = f"{mark}{anomaly.get_severity_display()}, {anomaly.get_status_display()}"
            self.stdout.write(f"{anomaly.rule} ({state}) : {anomaly.message}")
            if anomaly.lead:
                self.stdout.write(f"    Piste : {anomaly.lead}")
        examined = sum(report.examined.values())
        closed = len(report.closed)
        self.stdout.write(
            f"{count(examined, 'groupe examiné', 'groupes examinés')}, "
            f"{count(len(standing), 'anomalie')} en cours, "
            f"{count(closed, 'close')} ; {count(report.new_errors, 'erreur')} "
            f"{plural(report.new_errors, 'nouvelle')}."
        )


def _as_json(report: CheckReport, standing: list[Anomaly], known: set[int]) -> dict[str, Any]:
    titles = {code: rule.title for code, rule in all_rules().items()}
    return {
        "checked_at": clock.now().isoformat(),
        "examined": dict(report.examined),
        "new_errors": report.new_errors,
        "closed": len(report.closed),
        "anomalies": [
            {
                "id": anomaly.pk,
                "rule": anomaly.rule,
                "title": titles.get(anomaly.rule, anomaly.rule),
                "severity": anomaly.severity,
                "status": anomaly.status,
                "is_new": anomaly.pk not in known,
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
