"""Topics (« thématiques ») and trends."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch
from django.utils.text import capfirst, slugify

from publishing.documents import SearchDocument
from publishing.fields import MarkdownField, RenderedMarkdownField
from publishing.markdown import plain_text
from publishing.models import (
    Illustrated,
    Publishable,
    PublishableQuerySet,
    Titled,
    Written,
    public_order,
)
from sources.models import Cited, Source, cited_prefetch


class TopicQuerySet(PublishableQuerySet):
    def in_order(self) -> TopicQuerySet:
        return self.order_by("position", "title", "pk")

    def for_detail(self) -> TopicQuerySet:
        return self.for_cards().prefetch_related(
            "sections",
            Prefetch(
                "readings",
                TopicReading.objects.filter(source__in=Source.objects.published()).select_related(
                    "source"
                ),
            ),
            cited_prefetch(),
        )


class Topic(Titled, Written, Cited, Illustrated, Publishable):
    api_name = "topics"

    position = models.PositiveSmallIntegerField("rang", default=0)

    objects = TopicQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "thématique"
        verbose_name_plural = "thématiques"
        ordering = ["position", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("position", "title", "id"),
            public_order("title", "id", name="title"),
        ]

    def search_document(self) -> SearchDocument:
        parts = [f"{part.title}\n{plain_text(part.body)}" for part in self.sections.all()]
        return super().search_document().extended(*parts)

    def record_groups(self, size: int = 12) -> list[TopicGroup]:
        """What the site says on this topic: public records, by model, `size` at most of each.

        Runs one query for each model of `Topical` records, and what its cards need.
        """
        groups = []
        for relation in Topic._meta.related_objects:
            model = relation.related_model
            if not issubclass(model, Topical):
                continue
            records = getattr(self, relation.get_accessor_name()).published().for_cards()[:size]
            if records:
                groups.append(TopicGroup(self, model, list(records)))
        return groups


@dataclass(frozen=True)
class TopicGroup:
    """The records of one model on one topic, as a section of its page."""

    topic: Topic
    model: type[Publishable]
    records: list[Publishable]

    @property
    def title(self) -> str:
        return capfirst(self.model._meta.verbose_name_plural)

    @property
    def slug(self) -> str:
        return self.model.api_name

    @property
    def more_url(self) -> str:
        return f"{self.model.list_url()}?topic={self.topic.slug}"


class TopicSection(models.Model):
    """A titled part of a topic: each topic has its own set (définition, avantages, synergie…)."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField("rang", default=0)
    title = models.CharField("titre", max_length=200)
    body = MarkdownField("texte")
    body_html = RenderedMarkdownField("texte (HTML)", source="body")

    class Meta:
        verbose_name = "partie"
        verbose_name_plural = "parties"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "title"],
                name="topic_section_title_unique",
                violation_error_message="Deux parties portent ce titre.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        return slugify(self.title) or "partie"

    def search_owners(self) -> list[models.QuerySet]:
        return [Topic.objects.filter(pk=self.topic_id)]


class TopicReadingQuerySet(models.QuerySet):
    def published(self) -> TopicReadingQuerySet:
        """The readings of public topics."""
        return self.filter(topic__in=Topic.objects.published())

    def for_cards(self) -> TopicReadingQuerySet:
        return self.select_related("topic")


class TopicReading(models.Model):
    """A source that a topic recommends to read."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="readings")
    source = models.ForeignKey(
        Source, verbose_name="source", on_delete=models.PROTECT, related_name="readings"
    )
    position = models.PositiveSmallIntegerField("rang", default=0)
    note = models.CharField("pourquoi la lire", max_length=250, blank=True)

    objects = TopicReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "lecture recommandée"
        verbose_name_plural = "lectures recommandées"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "source"],
                name="topic_reading_unique",
                violation_error_message="Cette lecture est déjà recommandée ici.",
            )
        ]

    def __str__(self) -> str:
        return str(self.source)

    @property
    def sourced_record(self) -> Topic:
        return self.topic


class Topical(models.Model):
    """A record that belongs to topics."""

    topics = models.ManyToManyField(
        Topic, verbose_name="thématiques", blank=True, related_name="%(class)s_set"
    )

    class Meta:
        abstract = True


class TrendQuerySet(PublishableQuerySet):
    def major(self) -> TrendQuerySet:
        return self.filter(level=Trend.Level.MAJOR)

    def emerging(self) -> TrendQuerySet:
        return self.filter(level=Trend.Level.EMERGING)

    def in_order(self) -> TrendQuerySet:
        """The latest year first; in a year, major before emerging, then by rank."""
        return self.order_by("-year", "-level", "position", "title", "pk")

    def for_cards(self) -> TrendQuerySet:
        return self.prefetch_related(topics_prefetch())

    def for_detail(self) -> TrendQuerySet:
        return self.for_cards().prefetch_related(cited_prefetch())


class Trend(Titled, Written, Topical, Cited, Illustrated, Publishable):
    class Level(models.TextChoices):
        MAJOR = "major", "majeure"
        EMERGING = "emerging", "émergente"

    api_name = "trends"

    year = models.PositiveSmallIntegerField(
        "année", validators=[MinValueValidator(1900), MaxValueValidator(2200)]
    )
    level = models.CharField("niveau", max_length=8, choices=Level.choices)
    position = models.PositiveSmallIntegerField("rang", default=0)

    objects = TrendQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "tendance"
        verbose_name_plural = "tendances"
        ordering = ["-year", "-level", "position", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("-year", "-level", "position", "title", "id"),
            public_order("title", "id", name="title"),
            public_order("year", "id", name="year"),
        ]


def topics_prefetch() -> Prefetch:
    """Prefetch of the public topics of a `Topical` record, for their labels and addresses.

    Each record has its own copy of them: what is long, or holds on to its memory, stays behind.
    """
    topics = Topic.objects.published().in_order().defer("body", "body_html", "image")
    return Prefetch("topics", topics)
