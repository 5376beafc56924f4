"""What a panorama is made of: sections, which hold blocks and other sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.urls import reverse
from django.utils.safestring import SafeString

from market.charts import BarChart
from market.models import Figure
from publishing import typography
from veille.panorama.rich_text import Nodes, to_html

# --- Lines: what the blocks list ---


@dataclass(frozen=True)
class Reference:
    """A public source, as it is named where something rests on it; `path` is its page."""

    label: str
    path: str


@dataclass(frozen=True)
class Text:
    """Rich text, with a title of its own where it has one."""

    nodes: Nodes
    title: str = ""

    @property
    def html(self) -> SafeString:
        return to_html(self.nodes)


@dataclass(frozen=True)
class Entry:
    """A record in a list: its facts, its words, its sources; its heading is of rank `level`."""

    title: str
    path: str
    level: int
    facts: tuple[str, ...] = ()
    summary: str = ""
    texts: tuple[Text, ...] = ()
    sources: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Appointment:
    """An event and its dates as stated; only exact ones may look exact."""

    entry: Entry
    when: str
    is_exact: bool
    where: str


@dataclass(frozen=True)
class Mark:
    """What weakens a figure, said beside its value; a contestation has a colour of its own."""

    text: str
    contests: bool = False


@dataclass(frozen=True)
class Statement:
    """A figure, with all that must be read beside its value.

    `part` tells it from the other parts of its indicator.
    """

    figure: Figure
    part: str
    origin: str
    marks: tuple[Mark, ...]
    source: Reference | None
    note: Nodes

    @property
    def path(self) -> str:
        return self.figure.get_absolute_url()

    @property
    def is_contested(self) -> bool:
        return any(mark.contests for mark in self.marks)

    @property
    def note_html(self) -> SafeString:
        return to_html(self.note)


@dataclass(frozen=True)
class NoteLine:
    """A numbered note at `anchor`; `calls` are the anchors of the places that call it."""

    number: int
    anchor: str
    reference: Reference | None
    locator: str
    quote: str
    calls: tuple[str, ...]


@dataclass(frozen=True)
class SourceLine:
    """A source in the list of references; `address` is where it was published, if anywhere."""

    reference: Reference
    facts: tuple[str, ...]
    address: str


# --- Blocks: each kind is written once by each form ---


class Block:
    """`template` draws it on the page; `markdown` and `paper` register how they write each kind."""

    template: ClassVar[str]


@dataclass(frozen=True)
class Passage(Block):
    """A plain paragraph that opens a text, or, `small`, the facts under a title."""

    template = "panorama/_passage.html"

    text: str
    small: bool = False


@dataclass(frozen=True)
class Prose(Block):
    """Rich text; `notes` is the key of the notes that it calls, if it calls any."""

    template = "panorama/_prose.html"

    nodes: Nodes
    notes: str = ""

    @property
    def html(self) -> SafeString:
        return to_html(self.nodes)


@dataclass(frozen=True)
class Agenda(Block):
    template = "panorama/_agenda.html"

    appointments: tuple[Appointment, ...]


@dataclass(frozen=True)
class Entries(Block):
    template = "panorama/_entries.html"

    entries: tuple[Entry, ...]
    ranked: bool = False


@dataclass(frozen=True)
class KeyFigures(Block):
    template = "panorama/_key_figures.html"

    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Breakdown(Block):
    """The parts of one indicator: drawn where they can be compared, listed in any case."""

    template = "panorama/_breakdown.html"

    statements: tuple[Statement, ...]
    chart: BarChart | None

    @property
    def figures(self) -> list[Figure]:
        return [statement.figure for statement in self.statements]


@dataclass(frozen=True)
class Replaced(Block):
    """Figures that a later one replaces: they stay as published, and are said to be replaced."""

    template = "panorama/_replaced.html"

    statements: tuple[Statement, ...]

    @property
    def figures(self) -> list[Figure]:
        return [statement.figure for statement in self.statements]

    @property
    def keys(self) -> set[int]:
        return {figure.pk for figure in self.figures}


@dataclass(frozen=True)
class Notes(Block):
    """The notes of one text, which calls them under the name `key`."""

    template = "panorama/_notes.html"

    lines: tuple[NoteLine, ...]
    key: str


@dataclass(frozen=True)
class References(Block):
    template = "panorama/_references.html"

    lines: tuple[SourceLine, ...]


@dataclass(frozen=True)
class LeftOut(Block):
    """How much of a kind the document leaves to the site, at `path`."""

    template = "panorama/_left_out.html"

    text: str
    path: str


# --- The document ---


@dataclass(frozen=True)
class Section:
    """A titled part, its heading of rank `level`; `path` is the page of its record, if any."""

    title: str
    anchor: str
    level: int
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()
    path: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self.parts


@dataclass(frozen=True)
class Panorama:
    """`counts` sums it up: « 11 événements », « 2 analyses »…"""

    year: int
    sections: tuple[Section, ...]
    counts: tuple[str, ...]
    updated_on: date | None

    @property
    def title(self) -> str:
        return f"Panorama {self.year}"

    @property
    def subtitle(self) -> str:
        return f"Le cloud et l’intelligence artificielle en {self.year}"

    @property
    def lead(self) -> str:
        what = typography.join(*self.counts)
        return f"{what} : ce que la veille a retenu de l’année, daté et rattaché à ses sources."

    @property
    def path(self) -> str:
        return reverse("panorama", args=[self.year])
