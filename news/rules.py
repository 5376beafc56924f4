"""News that two records date differently."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from news.models import NewsItem
from publishing.anomalies import Finding, register
from publishing.doubles import Doubles, Pair, key_of
from publishing.models import Severity
from sources.addresses import is_home_page
from sources.publishers import words_of

# Words shorter than these join the others.
_MEANINGFUL = 4
# Two titles of one news share at least this part of the words of the shorter one.
_SAME_NEWS = 0.6


class NewsDoubles(Doubles):
    """News of one source, when it is a precise page."""

    name = "news-doubles"
    label = "Actualités en double"
    model = NewsItem
    watched = (NewsItem,)

    def keys(self, item: NewsItem) -> set[str]:
        return {key_of("source", item.source_id)} if item.source_id else set()

    def candidates(self, scopes: Collection[str]) -> QuerySet:
        return NewsItem.objects.filter(source__in=[scope.split(":")[1] for scope in scopes])


news_doubles = register(NewsDoubles())


@news_doubles.rule(
    "news-dated-twice",
    title="Une actualité, deux dates",
    explanation="Deux actualités d’une même page ont presque le même titre, mais leurs dates ne "
    "peuvent pas coïncider.",
    severity=Severity.ERROR,
)
def dated_twice(pair: Pair) -> Iterator[Finding]:
    one, other = pair.one, pair.other
    if not _tell_the_same(one, other) or not one.date.excludes(other.date):
        return
    if is_home_page(one.source.url):
        return
    message = (
        f"« {one.title} » et « {other.title} », d’une même source, sont datées de "
        f"{one.date.display} et de {other.date.display}."
    )
    yield pair.finding(message, one.date.edtf, other.date.edtf)


def _tell_the_same(one: NewsItem, other: NewsItem) -> bool:
    words, other_words = _meaningful(one.title), _meaningful(other.title)
    fewest = min(len(words), len(other_words))
    return bool(fewest) and len(words & other_words) >= _SAME_NEWS * fewest


def _meaningful(title: str) -> set[str]:
    return {word for word in words_of(title) if len(word) >= _MEANINGFUL}
