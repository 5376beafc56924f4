"""What a record gives to full-text search: plain words, and no markup.

A record says it by `search_document()`. A model whose rows stand in the documents of records (a
section, the indicator that names its figures) says which by `search_owners()`: querysets of the
records to index again when one of its rows changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class SearchDocument:
    """The words by which a record is found, from the heaviest to the lightest.

    `title` is what it is called; `keywords` weigh as much and are not shown (other names, city);
    `text` is where extracts are taken from. `ends_on` is the last possible day of what is dated:
    once past, it ranks lower.
    """

    title: str
    keywords: str = ""
    text: str = ""
    ends_on: date | None = None

    def extended(
        self, *texts: str, keywords: str = "", ends_on: date | None = None
    ) -> SearchDocument:
        """The same document with `texts` and `keywords` after its own."""
        return replace(
            self,
            keywords=lines(self.keywords, keywords),
            text=lines(self.text, *texts),
            ends_on=ends_on or self.ends_on,
        )


def lines(*texts: str) -> str:
    """The texts that are not empty, one under the other."""
    return "\n".join(text.strip() for text in texts if text.strip())
