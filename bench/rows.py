"""News by the thousand, alike enough to real ones to be listed, filtered and paged."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from django.db import transaction

from news.models import NewsItem
from publishing.dates import parse
from publishing.models import Status
from sources.models import Source
from topics.models import Topic

SOURCES = 50
TOPICS = 12
TOPICS_EACH = 2
BATCH = 2_000
DAYS = 3_650
LAST_DAY = datetime(2025, 6, 30, 8, 0, tzinfo=UTC)
TEXT = (
    "le marché du cloud souverain progresse une région de calcul ouvre les modèles "
    "d’intelligence artificielle gagnent en précision et leurs coûts baissent de moitié"
)
WORDS = TEXT.split()
# What a search looks for: a word of one news in a thousand, and one of most of them.
RARE_WORD = "quantique"
RARE_EACH = 1_000
COMMON_WORD = "cloud"


def fill(total: int) -> None:
    """Adds public news until there are `total`, in one transaction; the same ones at each run."""
    with transaction.atomic():
        sources, topics = _sources(), _topics()
        for first in range(NewsItem.objects.count(), total, BATCH):
            _add(range(first, min(first + BATCH, total)), sources, topics)


def _sources() -> list[Source]:
    return [
        Source.objects.get_or_create(
            slug=f"source-{n}",
            defaults={"title": f"Source {n}", "url": f"https://example.org/{n}"} | public(),
        )[0]
        for n in range(SOURCES)
    ]


def _topics() -> list[Topic]:
    return [
        Topic.objects.get_or_create(
            slug=f"thematique-{n}", defaults={"title": f"Thématique {n}"} | public()
        )[0]
        for n in range(TOPICS)
    ]


def _add(numbers: range, sources: list[Source], topics: list[Topic]) -> None:
    items = NewsItem.objects.bulk_create(_item(n, sources) for n in numbers)
    tag = NewsItem.topics.through
    tag.objects.bulk_create(
        tag(newsitem=item, topic=topic)
        for item in items
        for topic in random.Random(item.slug).sample(topics, TOPICS_EACH)
    )


def _item(n: int, sources: list[Source]) -> NewsItem:
    dice = random.Random(n)
    day = LAST_DAY - timedelta(days=dice.randrange(DAYS))
    rare = f" {RARE_WORD}" if n % RARE_EACH == 0 else ""
    return NewsItem(
        title=" ".join(dice.choices(WORDS, k=8)).capitalize(),
        slug=f"actualite-{n}",
        summary=" ".join(dice.choices(WORDS, k=40)).capitalize() + f"{rare}.",
        date=parse(day.date().isoformat()),
        source=dice.choice(sources),
        **public(day),
    )


def public(since: datetime = LAST_DAY) -> dict[str, object]:
    return {"status": Status.PUBLISHED, "publish_at": since}
