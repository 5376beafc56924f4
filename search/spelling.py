"""« Vouliez-vous dire … ? »: another spelling, proposed only where it finds something public."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.core.cache import cache
from django.db.models.functions import Substr

from search.index import Results, find, visible
from search.models import Entry
from search.words import EMPTY_WORDS, fold, term, tokens

CACHE_KEY = "search.vocabulary"
CACHE_SECONDS = 600
# The latest records, and the beginning of their texts, give the words that are proposed.
ENTRIES = 3_000
TEXT_READ = 400
# Beyond, a search that found nothing lacks no spelling: it asks for too much.
MOST_WORDS = 4
# A word so short has too many neighbours.
SHORTEST = 4
# From this length on, two slips are believed.
LONG = 8

Vocabulary = dict[str, tuple[str, int]]


def other_spelling(results: Results) -> str:
    """What was typed with its unknown words corrected; empty when that finds nothing either.

    For a search that found nothing. Runs a query for the vocabulary (kept ten minutes), and two
    to try the correction.
    """
    query = results.query
    if not 0 < len(query.words) <= MOST_WORDS:
        return ""
    known = _vocabulary()
    known_terms = {term(word) for word in known}
    corrected = query.text
    for token in reversed(query.words):
        if term(token.word) in known_terms or fold(token.word) in EMPTY_WORDS:
            continue
        better = _nearest(fold(token.word), known)
        if better:
            corrected = corrected[: token.start] + better + corrected[token.end :]
    if corrected == query.text or not find(corrected, results.kind).total:
        return ""
    return corrected


def _vocabulary() -> Vocabulary:
    """The words of public records, folded, each with its usual spelling and how often it comes."""
    held = cache.get(CACHE_KEY)
    if held is not None:
        return held
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    entries = Entry.objects.filter(visible()).order_by("-pk")
    rows = entries.values_list("title", "keywords", Substr("text", 1, TEXT_READ))[:ENTRIES]
    for row in rows:
        for token in tokens("\n".join(row)):
            spellings[fold(token.word)][token.word.lower()] += 1
    found = {
        folded: (spelt.most_common(1)[0][0], spelt.total())
        for folded, spelt in spellings.items()
        if len(folded) >= SHORTEST
    }
    cache.set(CACHE_KEY, found, CACHE_SECONDS)
    return found


def _nearest(word: str, known: Vocabulary) -> str:
    """The usual spelling of the word with the fewest slips, the commonest first; or nothing."""
    if len(word) < SHORTEST:
        return ""
    allowed = 2 if len(word) >= LONG else 1
    best: tuple[int, int, str] | None = None
    for other, (spelling, times) in known.items():
        if abs(len(other) - len(word)) > allowed or not set(word[:2]) & set(other[:2]):
            continue
        slips = _slips(word, other, allowed)
        if slips <= allowed and (best is None or (slips, -times, spelling) < best):
            best = slips, -times, spelling
    return best[2] if best else ""


def _slips(one: str, other: str, allowed: int) -> int:
    """Letters added, left out, changed or swapped with the next; more than `allowed` is a lot."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        current = [i]
        for j, facing in enumerate(other, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != facing))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing
            if swapped:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > allowed:
            return allowed + 1
        before, row = row, current
    return row[-1]
