"""The normal form of words, the same for what is indexed and for what is asked.

Lower case, œ as oe, elided articles removed (« l’IA » is « ia »), accents removed before and after
the French stem: « événement », « Evenements » and « évènement » are one word. Both databases
store it as it is, so that they find the same records.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

# A letter may come with its accent apart (U+0065 U+0301).
_WORD = re.compile(
    r"(?:(?<!\w)(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’ʼ‘](?=\w))?"
    r"((?:[^\W_]|[\u0300-\u036f])+)",
    re.IGNORECASE,
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
# PostgreSQL refuses lexemes beyond 2 KB; nobody looks for a word of that length.
_LONGEST = 64

_stemmer = snowballstemmer.stemmer("french")
# The stemmer keeps the word at hand in itself, and a server has several threads.
_stemmer_lock = Lock()


@dataclass(frozen=True)
class Token:
    """A word of a text, its elided article left out, and where it stands."""

    word: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    for match in _WORD.finditer(text):
        yield Token(match[1], match.start(1), match.end(1))


def folded_words(text: str) -> list[str]:
    """The words of `text` without case nor accents, not stemmed: for what is being typed."""
    return [word for token in tokens(text) if (word := fold(token.word))]


def terms(text: str) -> list[str]:
    """The normal form of each word of `text`, in order."""
    return [found for token in tokens(text) if (found := term(token.word))]


@lru_cache(maxsize=100_000)
def term(word: str) -> str:
    """The normal form of one word; empty when nothing of it can be indexed."""
    folded = fold(word)
    if not folded.isascii() or not folded.isalpha():
        return folded
    with _stemmer_lock:
        stem = _stemmer.stemWord(folded)
    return fold(stem) or folded


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Letters and digits of `word`, lower case, without accents, 64 at most."""
    lower = unicodedata.normalize("NFKD", word).casefold().translate(_LIGATURES)
    spread = unicodedata.normalize("NFKD", lower)
    return "".join(char for char in spread if char.isalnum())[:_LONGEST]


# Left out of a search unless they are all there is, or stand in a phrase.
EMPTY_WORDS = frozenset(
    folded_words(
        "a and as au aux avec ce ces cet cette dans de des du en et il la le les leur leurs of ou "
        "par pas pour qu que qui sa se ses son sur the un une"
    )
)
