"""Asks every source whether its address still answers."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import F

from publishing.doubles import judged
from publishing.typography import count, plural
from sources.links import Answer, ask_all, record
from sources.models import Source

PROGRESS_EVERY = 20


class Command(BaseCommand):
    help = (
        "Demande à l’adresse de chaque source si elle répond, et note l’état du lien. Rend le "
        "code 1 quand des liens se sont rompus depuis la vérification précédente, 0 sinon."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="demande et dit tout, sans rien écrire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Those that were asked the longest ago come first, should the command be interrupted.
        order = (F("link_checked_at").asc(nulls_first=True), "pk")
        sources = judged(Source.objects.exclude(url="")).order_by(*order)
        answers = []
        for answer in ask_all(sources):
            answers.append(answer)
            if options["verbosity"] and len(answers) % PROGRESS_EVERY == 0:
                self.stderr.write(f"{count(len(answers), 'source')}…")
        just_broken = sum(answer.has_just_broken for answer in answers)
        if options["verbosity"]:
            self._tell(answers, just_broken)
        if not options["dry_run"]:
            record(answers)
        if just_broken:
            sys.exit(1)

    def _tell(self, answers: list[Answer], just_broken: int) -> None:
        for answer in sorted(answers, key=lambda answer: answer.source.pk):
            if answer.state != Source.LinkState.REACHABLE:
                self.stdout.write(f"{answer.source.url} : {answer.reason}")
        states = Counter(answer.state for answer in answers)
        known = Source.LinkState
        self.stdout.write(
            f"{count(len(answers), 'source')} : "
            f"{count(states[known.REACHABLE], 'accessible')}, "
            f"{count(states[known.REDIRECTED], 'redirigée')}, "
            f"{count(states[known.BROKEN], 'rompue')} "
            f"(dont {just_broken} {plural(just_broken, 'nouvelle')}), "
            f"{count(states[None], 'incertaine')}."
        )
