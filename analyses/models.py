"""Long analyses with numbered notes, and the recommendations that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import models
from django.db.models import Prefetch
from django.utils.text import slugify

from analyses.notes import calls_of, render_with_notes, unresolved, without_calls
from publishing.documents import SearchDocument
from publishing.fields import ApproximateDateField, MarkdownField, approximate_date_order
from publishing.markdown import plain_text
from publishing.models import (
    Illustrated,
    Publishable,
    PublishableQuerySet,
    Summarised,
    Titled,
    Written,
    latest_order,
    public_order,
)
from publishing.posters import Poster
from publishing.typography import NBSP
from sources.models import Citation, Cited, cited_prefetch
from topics.models import Topical, topics_prefetch


class NotedMarkdown(models.Model):
    """Markdown whose `[n]` marks call numbered notes; rendered at save with the list of calls."""

    body = MarkdownField("texte", blank=True, help_text="Markdown ; [n] appelle la note n.")
    body_html = models.TextField("texte (HTML)", blank=True, editable=False)
    note_calls = models.JSONField("appels de notes", default=list, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body_html, self.note_calls = render_with_notes(self.body, anchor=self.anchor)
        super().save(*args, **kwargs)


class AnalysisQuerySet(PublishableQuerySet):
    def latest_first(self) -> AnalysisQuerySet:
        return self.order_by("-date_sort", "-pk")

    def for_cards(self) -> AnalysisQuerySet:
        return self.prefetch_related(topics_prefetch())

    def for_detail(self) -> AnalysisQuerySet:
        return self.for_cards().prefetch_related(
            "sections",
            cited_prefetch(),
            Prefetch("recommendations", Recommendation.objects.published().in_order()),
        )


# What a French reader reads of a demanding text.
WORDS_A_MINUTE = 230


class Analysis(Titled, Summarised, NotedMarkdown, Topical, Cited, Illustrated, Publishable):
    """A long read: an introduction (`body`), chapters, numbered notes, recommendations."""

    api_name = "analyses"
    reserved_slugs = frozenset({"recommandations"})
    anchor: ClassVar[str] = "introduction"

    date = ApproximateDateField("date de publication")

    objects = AnalysisQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "analyse"
        verbose_name_plural = "analyses"
        ordering = ["-date_sort", "-pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("date_sort", "id"),
            latest_order(),
            public_order("title", "id", name="title"),
        ]
        constraints = [*Publishable.Meta.constraints, approximate_date_order("date")]

    @property
    def unnumbered_citations(self) -> list[Citation]:
        """The public sources that no mark of the text calls."""
        return [citation for citation in self.public_citations if citation.number is None]

    @property
    def reading_minutes(self) -> int:
        """Rounded up. Costs nothing more when sections are prefetched (`for_detail`)."""
        words = len(self.body.split()) + sum(len(part.body.split()) for part in self.sections.all())
        return max(1, -(-words // WORDS_A_MINUTE))

    def poster(self) -> Poster:
        return replace(super().poster(), note=f"{self.reading_minutes}{NBSP}min de lecture")

    def missing_in_parts(self) -> list[str]:
        missing = super().missing_in_parts()
        sections = list(self.sections.all())
        if not self.body.strip() and not sections:
            missing.append("Une analyse se publie avec un texte.")
        missing.extend(self._confusing_titles(sections))
        called = self.note_calls + [n for section in sections for n in section.note_calls]
        cited = self.citations.filter(number__isnull=False)
        missing.extend(
            f"L’appel [{number}] ne correspond à aucune citation numérotée {number}."
            for number in unresolved(called, cited.values_list("number", flat=True))
        )
        missing.extend(
            f"La source de la citation {citation.number} n’est pas publiée."
            for citation in cited.select_related("source")
            if not citation.source.is_public
        )
        return missing

    def search_document(self) -> SearchDocument:
        parts = [f"{part.title}\n{plain_text(part.body)}" for part in self.sections.all()]
        document = super().search_document().extended(*parts)
        return replace(document, text=without_calls(document.text))

    def notes(self) -> list[Note]:
        """The numbered notes in order, each with the places of the text that call it.

        Costs nothing more when sections and citations are prefetched (`for_detail`).
        """
        places = [(self.anchor, self.note_calls)]
        places += [(section.anchor, section.note_calls) for section in self.sections.all()]
        return [
            Note(citation.number, citation, calls_of(citation.number, places))
            for citation in self.citations.all()
            if citation.number is not None
        ]

    def _confusing_titles(self, sections: list[AnalysisSection]) -> Iterator[str]:
        """Links to a part, and back from a note to its calls, rest on the anchors of the parts."""
        taken = {self.anchor} if self.body.strip() else set()
        for section in sections:
            if section.anchor in taken:
                yield (
                    f"Le titre « {section.title} » donne la même ancre qu’une autre partie "
                    "(ou que l’introduction) : précisez-le."
                )
            taken.add(section.anchor)


@dataclass(frozen=True)
class Note:
    """A numbered note: its citation, and the identifiers of its calls, in order of reading."""

    number: int
    citation: Citation
    calls: list[str]


class AnalysisSection(NotedMarkdown):
    """A chapter, or a sub-section of the chapter before it."""

    class Level(models.IntegerChoices):
        CHAPTER = 1, "chapitre"
        SUBSECTION = 2, "sous-partie"

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField("rang", default=0)
    level = models.PositiveSmallIntegerField("niveau", choices=Level.choices, default=Level.CHAPTER)
    title = models.CharField("titre", max_length=250)

    class Meta:
        verbose_name = "partie"
        verbose_name_plural = "parties"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "title"],
                name="analysis_section_title_unique",
                violation_error_message="Deux parties portent ce titre.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        return slugify(self.title) or "partie"

    def search_owners(self) -> list[models.QuerySet]:
        return [Analysis.objects.filter(pk=self.analysis_id)]


class RecommendationQuerySet(PublishableQuerySet):
    def in_order(self) -> RecommendationQuerySet:
        return self.order_by("position", "title", "pk")

    def for_cards(self) -> RecommendationQuerySet:
        return self.select_related("analysis").prefetch_related(topics_prefetch())


class Recommendation(Titled, Written, Topical, Publishable):
    api_name = "recommendations"

    analysis = models.ForeignKey(
        Analysis,
        verbose_name="analyse",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
    )
    position = models.PositiveSmallIntegerField("rang", default=0)

    objects = RecommendationQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "recommandation"
        verbose_name_plural = "recommandations"
        ordering = ["position", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("position", "title", "id"),
            public_order("title", "id", name="title"),
        ]
