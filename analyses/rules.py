"""Numbered notes: what the text calls, and what the citations of an analysis say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import models

from analyses.models import Analysis, AnalysisSection
from analyses.notes import unresolved
from publishing.anomalies import Finding, Reference, Subject, register
from publishing.doubles import judged
from publishing.models import Severity
from publishing.typography import join, plural
from sources.models import Citation, Source


@dataclass(frozen=True, slots=True)
class NotedAnalysis:
    """An analysis, the numbers that its text calls, and its citations."""

    analysis: Analysis
    called: frozenset[int]
    citations: tuple[Citation, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that its citations bear."""
        return frozenset(row.number for row in self.citations if row.number is not None)

    def finding(self, message: str, numbers: Collection[int]) -> Finding:
        return Finding(
            (Reference.of(self.analysis),), message, tuple(str(number) for number in numbers)
        )


class Notes(Subject):
    name = "notes"
    label = "Appels de notes"
    watched = (Analysis, AnalysisSection, Citation, Source)

    def scopes_of(self, row: models.Model) -> set[str]:
        match row:
            case Analysis():
                return {str(row.pk)}
            case AnalysisSection():
                return {str(row.analysis_id)}
            case Citation():
                is_ours = row.content_type.model_class() is Analysis
                return {str(row.object_id)} if is_ours else set()
            case Source():
                citing = Analysis.objects.filter(citations__source=row)
                return {str(pk) for pk in citing.values_list("pk", flat=True)}
        raise TypeError(f"{type(row).__name__} is not watched.")

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, NotedAnalysis]]:
        analyses = judged(Analysis.objects.all())
        if scopes is not None:
            analyses = analyses.filter(pk__in=scopes)
        loaded = analyses.prefetch_related("sections", "citations__source").order_by("pk")
        for analysis in loaded.iterator(chunk_size=500):
            texts = (analysis, *analysis.sections.all())
            called = frozenset(number for text in texts for number in text.note_calls)
            yield str(analysis.pk), NotedAnalysis(analysis, called, tuple(analysis.citations.all()))


notes = register(Notes())


@notes.rule(
    "note-without-citation",
    title="Appel de note sans citation",
    explanation="Le texte appelle un numéro que ne porte aucune citation : le lecteur ne sait pas "
    "sur quoi repose ce qu’il lit.",
    severity=Severity.ERROR,
)
def without_citation(noted: NotedAnalysis) -> Iterator[Finding]:
    missing = unresolved(noted.called, noted.numbers)
    if missing:
        message = (
            f"« {noted.analysis.title} » appelle {_listed(missing)}, sans citation de "
            f"{plural(len(missing), 'ce numéro', 'ces numéros')}."
        )
        yield noted.finding(message, missing)


@notes.rule(
    "note-never-called",
    title="Citation numérotée, mais jamais appelée",
    explanation="Une citation porte un numéro qu’aucun appel du texte ne reprend : ou l’appel "
    "manque, ou la citation n’a pas besoin de numéro.",
)
def never_called(noted: NotedAnalysis) -> Iterator[Finding]:
    uncalled = sorted(noted.numbers - noted.called)
    if uncalled:
        message = f"Le texte de « {noted.analysis.title} » n’appelle jamais {_listed(uncalled)}."
        yield noted.finding(message, uncalled)


@notes.rule(
    "skipped-note-number",
    title="Numéro de note sauté",
    explanation="Les notes se suivent à partir de 1 : un numéro que personne ne porte ni n’appelle "
    "est le signe d’une source perdue.",
)
def skipped(noted: NotedAnalysis) -> Iterator[Finding]:
    known = noted.numbers | noted.called
    missing = sorted(set(range(1, max(known, default=0))) - known)
    if missing:
        message = f"Dans les notes de « {noted.analysis.title} », il manque {_listed(missing)}."
        yield noted.finding(message, missing)


@notes.rule(
    "source-after-analysis",
    title="Source plus récente que l’analyse",
    explanation="L’analyse cite une source qui, au plus tôt, a paru après elle : l’une des deux "
    "dates est fausse, ou l’analyse a été revue sans le dire.",
)
def source_after_analysis(noted: NotedAnalysis) -> Iterator[Finding]:
    written = noted.analysis.date
    for source in {row.source for row in noted.citations}:
        if written.end and source.date.start and written.end < source.date.start:
            message = (
                f"« {noted.analysis.title} » ({written.display}) cite « {source.title} », parue "
                f"après elle ({source.date.display})."
            )
            yield Finding(
                accused=(Reference.of(source), Reference.of(noted.analysis)),
                message=message,
                values=(written.edtf, source.date.edtf),
            )


def _listed(numbers: Collection[int]) -> str:
    return join(*(f"[{number}]" for number in numbers))
