"""What a reader asks: words, « phrases », -exclusions; read without ever failing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from search.words import EMPTY_WORDS, Token, fold, term, terms, tokens

MAX_LENGTH = 200

# A minus excludes when it opens a word: « tout-en-un » excludes nothing.
_PIECE = re.compile(r'(?<!\S)(-?)(?:"([^"]+)"|«([^»]+)»|“([^”]+)”)|(?<!\S)-(?=\w)(\S+)|(\S+)')

# Terms that follow one another.
Phrase = tuple[str, ...]
# Phrases that must all be there.
Alternative = tuple[Phrase, ...]
# What means the same, by the terms of each way to say it.
Synonyms = Mapping[Phrase, frozenset[Phrase]]


@dataclass(frozen=True)
class Clause:
    """One thing asked for: any of `alternatives` answers it."""

    alternatives: tuple[Alternative, ...]

    @property
    def terms(self) -> set[str]:
        return {one for phrases in self.alternatives for phrase in phrases for one in phrase}


@dataclass(frozen=True)
class Query:
    """All of `wanted`, none of `excluded`; `words` are those a misspelling may hide in."""

    text: str
    wanted: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    words: tuple[Token, ...] = ()

    @property
    def is_empty(self) -> bool:
        """There is nothing to look for; an exclusion alone is no search."""
        return not self.wanted

    @property
    def highlighted(self) -> frozenset[str]:
        """The terms that an extract shows up, articles and the like left out when possible."""
        found = {one for clause in self.wanted for one in clause.terms}
        return frozenset(found - EMPTY_WORDS or found)


def parse(text: str, synonyms: Synonyms | None = None) -> Query:
    """Reads what was typed; of any text at all it makes a query, maybe an empty one."""
    text = tidy(text)
    wanted: list[Clause] = []
    excluded: list[Clause] = []
    run: list[Token] = []
    for match in _PIECE.finditer(text):
        minus, *phrases, out, loose = match.groups()
        if loose is not None:
            run += _placed(loose, match.start(6))
            continue
        phrase = tuple(terms(out or next(one for one in phrases if one)))
        if not phrase:
            continue
        if out or minus:
            excluded.append(_with_synonyms(phrase, synonyms or {}))
        else:
            wanted.append(Clause(((phrase,),)))
    wanted += _clauses(run, synonyms or {}, alone=not wanted)
    return Query(text, tuple(wanted), tuple(excluded), tuple(run))


def tidy(text: str) -> str:
    """One line, accents attached to their letter, nothing that a database would refuse."""
    composed = unicodedata.normalize("NFC", text)
    kept = ("\ufffd" if unicodedata.category(char) == "Cs" else char for char in composed)
    return " ".join("".join(kept).replace("\0", " ").split())


def _placed(piece: str, start: int) -> list[Token]:
    return [
        Token(token.word, token.start + start, token.end + start)
        for token in tokens(piece)
        if term(token.word)
    ]


def _clauses(run: list[Token], synonyms: Synonyms, *, alone: bool) -> list[Clause]:
    """A clause for each word, or for several that have a synonym together (the longest first).

    Words that say nothing are left out, unless these are `alone` and there is nothing else.
    """
    found = [term(token.word) for token in run]
    empty = {term(token.word) for token in run if fold(token.word) in EMPTY_WORDS}
    if alone and empty.issuperset(found):
        empty = set()
    clauses = []
    start = 0
    while start < len(found):
        said = _longest_known(found[start:], synonyms)
        others = sorted(synonyms.get(said, frozenset()) - {said})
        words = tuple((one,) for one in said if one not in empty)
        if words:
            clauses.append(Clause((words, *((other,) for other in others))))
        start += len(said)
    return clauses


def _longest_known(found: list[str], synonyms: Synonyms) -> Phrase:
    """The first words of `found` that have a synonym together; the first word otherwise."""
    longest = max(map(len, synonyms), default=1)
    for size in range(min(longest, len(found)), 1, -1):
        if tuple(found[:size]) in synonyms:
            return tuple(found[:size])
    return (found[0],)


def _with_synonyms(phrase: Phrase, synonyms: Synonyms) -> Clause:
    others = sorted(synonyms.get(phrase, frozenset()) - {phrase})
    return Clause(((phrase,), *((other,) for other in others)))
