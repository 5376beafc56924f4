"""Approximate dates: what a French editor types, its bounds, its EDTF string, its French label.

The interchange form is EDTF (ISO 8601-2:2019): `2025-05-20`, `2025-04`, `2025-23` (autumn),
`2024-35` (third quarter), `2025-40` (first half), `202X`, `2025~` (about 2025), intervals
`2025-11/2025-12`, open intervals `../2030` and `2020/..`, and `XXXX` when nothing is known.

Choices made here:

- **Bounds are never narrower than what was said.** « fin avril 2025 », « mi-2025 » have the bounds
  and the EDTF string of the whole month or year: EDTF has no word for "end of" (`~` would say that
  it may be another month, which the editor did not say). The nuance lives in the verbatim label
  only, and the canonical label is the month or the year.
- **« vers »** is `~`. The bounds are those of the unit named; a day cannot be « vers ».
- **Seasons** are meteorological. « hiver 2025 » is the winter that begins in 2025: 1 December 2025
  to the end of February 2026, as « hiver 2025-2026 », which is its canonical label. (The `edtf`
  library stops it on 31 December: a winter of one month would make January events past.)
- **« avant 2030 » and « d’ici 2030 »** both end on 31 December 2030, so as not to be narrower.
- **Two bounds have the same precision**, and the year of the second one serves the first when that
  one has none. No year is ever guessed: « décembre - janvier 2026 » is refused.
- An interval of days has the precision `range`, of months `month_range`; an interval of seasons,
  quarters, halves, years or decades keeps the precision of its bounds; so do open intervals.
- Labels use plain spaces, as editors type them, so that both kinds of label look alike.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

MAX_LENGTH = 80
FIRST_YEAR, LAST_YEAR = 1000, 9999
WITHOUT_DATE = "Date à déterminer"

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SEASONS = ("printemps", "été", "automne", "hiver")
# From one to twenty.
NUMBERS = (
    "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip

# EDTF writes seasons, quarters and halves where it writes months: this is the number of the first.
FIRST_SEASON, FIRST_QUARTER, FIRST_HALF = 21, 33, 40
WINTER = 4
LAST = -1


class Precision(StrEnum):
    """How much of a date is known: from one day to nothing."""

    DAY = "day"
    RANGE = "range"
    MONTH = "month"
    MONTH_RANGE = "month_range"
    SEASON = "season"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    DECADE = "decade"
    UNKNOWN = "unknown"


class UnreadableDate(ValueError):
    """A text that is no date. `message` is a French sentence, to be shown to the editor."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ApproximateDate:
    """A date known as well as its author said it, and no better.

    `label` is the text as typed, trimmed; `start` and `end` are inclusive days, None when that
    bound is unknown; `edtf` follows ISO 8601-2 and is enough to rebuild all but the label.
    """

    label: str
    start: date | None
    end: date | None
    precision: Precision
    edtf: str

    def __str__(self) -> str:
        return self.display

    @classmethod
    def from_day(cls, day: date) -> ApproximateDate:
        """Raises UnreadableDate before the year 1000."""
        return cls.from_days(day, day)

    @classmethod
    def from_days(cls, first: date, last: date) -> ApproximateDate:
        """Days `first` to `last`, both included, or one day when they are the same.

        Raises UnreadableDate when `last` is before `first`, or before the year 1000.
        """
        bounds = (_day(day.day, day.month, day.year) for day in (first, last))
        return _labelled("", _interval(*bounds))

    @property
    def is_known(self) -> bool:
        """At least one bound is known."""
        return self.precision is not Precision.UNKNOWN

    @property
    def is_exact(self) -> bool:
        """A day, or days from a first to a last: the only dates that may be shown as days."""
        return (
            self.precision in (Precision.DAY, Precision.RANGE)
            and self.start is not None
            and self.end is not None
        )

    @property
    def sort_key(self) -> date:
        """Start, else end, else 31 December 9999: the unknown comes last."""
        return self.start or self.end or date.max

    @property
    def display(self) -> str:
        """What people read, always French: the label as typed, else the canonical one."""
        return self.label or format_french(self)

    def ends_before(self, day: date) -> bool:
        """Certainly over on `day`; never true when the end is unknown."""
        return self.end is not None and self.end < day

    def excludes(self, other: ApproximateDate) -> bool:
        """No day can belong to both; never true of what is unknown."""
        return any(
            after.start is not None and before.ends_before(after.start)
            for before, after in ((self, other), (other, self))
        )


UNKNOWN = ApproximateDate("", None, None, Precision.UNKNOWN, "XXXX")


def parse(text: str) -> ApproximateDate:
    """Read what a French editor typed, or an EDTF string.

    Case, accents, kind of space, of dash or of apostrophe do not matter; `02/03/2025` is 2 March.
    An empty text, and EDTF's `XXXX`, give `UNKNOWN`. The label of an EDTF string is the French one.
    Raises UnreadableDate, and nothing else, with a French sentence that says what is wrong.
    """
    label = _ODD_SPACES.sub(" ", text).strip()
    if len(label) > MAX_LENGTH:
        raise UnreadableDate(
            f"La date est trop longue ({len(label)} caractères) : "
            f"elle doit tenir en {MAX_LENGTH} caractères."
        )
    plain = _plain(label)
    if _PLACEHOLDER.fullmatch(plain):
        return UNKNOWN
    if value := _read_edtf(plain):
        return _labelled("", value)
    if _WITHOUT_YEAR.fullmatch(plain):
        return replace(UNKNOWN, label=label)
    value = _read_french(plain)
    if value is None:
        raise UnreadableDate(
            f"« {label} » ne se lit pas comme une date. Écrivez par exemple « 20 mai 2025 », "
            "« 20-23 mai 2025 », « avril 2025 », « automne 2025 », « T3 2024 », « 2025 », "
            "« d’ici 2030 » ou « À déterminer »."
        )
    return _labelled(label, value)


def format_french(value: ApproximateDate) -> str:
    """The canonical French label, built from `value.edtf`: « 20-23 mai 2025 », « d’ici 2030 ».

    `parse` reads it back to the same value but for the label.
    Raises UnreadableDate when `value.edtf` is not one of the strings that this module writes.
    """
    if not value.is_known:
        return WITHOUT_DATE
    period = _read_edtf(_plain(value.edtf))
    if period is None:
        raise UnreadableDate(f"« {value.edtf} » n’est pas une date EDTF connue.")
    return period.french


def with_article(value: ApproximateDate) -> str:
    """The canonical label as it stands within a sentence: « le 4 février 2025 », « mai 2025 ».

    A period between two bounds has no article. Raises UnreadableDate as `format_french` does.
    """
    period = _read_edtf(_plain(value.edtf)) if value.is_known else None
    if period is None or period.is_approximate or period.first != period.last:
        return format_french(value)
    return f"{_article(period.first)}{period.french}"


def format_day(day: date) -> str:
    """« 20 mai 2025 », « 1er mars 2025 »."""
    return f"{_ordinal_day(day.day)} {MONTHS[day.month - 1]} {day.year}"


# --- What is read: a unit of the calendar, or a period between two of them ---


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit of the calendar: a day, a month, a season… a decade.

    `part` is the month, or the rank of the season, quarter or half in its year.
    """

    precision: Precision
    year: int
    part: int = 0
    day: int = 0

    @property
    def first(self) -> date:
        return date(self.year, self._first_month, self.day or 1)

    @property
    def last(self) -> date:
        if self.precision is Precision.DAY:
            return self.first
        last_month = self._first_month + _MONTHS_IN[self.precision] - 1
        year, month = self.year + (last_month - 1) // 12, (last_month - 1) % 12 + 1
        return date(year, month, monthrange(year, month)[1])

    @property
    def edtf(self) -> str:
        match self.precision:
            case Precision.DAY:
                return self.first.isoformat()
            case Precision.YEAR:
                return f"{self.year}"
            case Precision.DECADE:
                return f"{self.year // 10}X"
        return f"{self.year}-{self.part + _EDTF_OFFSET[self.precision]:02}"

    @property
    def french(self) -> str:
        match self.precision:
            case Precision.DAY:
                return format_day(self.first)
            case Precision.YEAR:
                return f"{self.year}"
            case Precision.DECADE:
                return f"années {self.year}"
        return f"{self.french_part} {self._french_year}"

    @property
    def french_part(self) -> str:
        """The label without its year: « avril », « automne », « 3e trimestre »."""
        match self.precision:
            case Precision.MONTH:
                return MONTHS[self.part - 1]
            case Precision.SEASON:
                return SEASONS[self.part - 1]
            case Precision.QUARTER:
                return f"{_ordinal(self.part)} trimestre"
        return f"{_ordinal(self.part)} semestre"

    @property
    def is_winter(self) -> bool:
        return self.precision is Precision.SEASON and self.part == WINTER

    @property
    def _french_year(self) -> str:
        return f"{self.year}-{self.year + 1}" if self.is_winter else f"{self.year}"

    @property
    def _first_month(self) -> int:
        match self.precision:
            case Precision.DAY | Precision.MONTH:
                return self.part
            case Precision.SEASON:
                return self.part * 3
            case Precision.QUARTER:
                return self.part * 3 - 2
            case Precision.HALF:
                return self.part * 6 - 5
        return 1


_MONTHS_IN = {
    Precision.MONTH: 1,
    Precision.SEASON: 3,
    Precision.QUARTER: 3,
    Precision.HALF: 6,
    Precision.YEAR: 12,
    Precision.DECADE: 120,
}
_EDTF_OFFSET = {
    Precision.MONTH: 0,
    Precision.SEASON: FIRST_SEASON - 1,
    Precision.QUARTER: FIRST_QUARTER - 1,
    Precision.HALF: FIRST_HALF - 1,
}
_INTERVAL_PRECISION = {
    Precision.DAY: Precision.RANGE,
    Precision.MONTH: Precision.MONTH_RANGE,
}


@dataclass(frozen=True, slots=True)
class _Period:
    """From a unit to another of the same precision; None on the side that is open."""

    first: _Unit | None
    last: _Unit | None
    is_approximate: bool = False

    @property
    def precision(self) -> Precision:
        unit = self.first or self.last
        if self.first == self.last:
            return unit.precision
        return _INTERVAL_PRECISION.get(unit.precision, unit.precision)

    @property
    def edtf(self) -> str:
        mark = "~" if self.is_approximate else ""
        first, last = (f"{unit.edtf}{mark}" if unit else ".." for unit in (self.first, self.last))
        return first if first == last else f"{first}/{last}"

    @property
    def french(self) -> str:
        if self.first is None:
            return f"d’ici {_article(self.last, after_to=True)}{self.last.french}"
        if self.last is None:
            return f"depuis {_article(self.first)}{self.first.french}"
        if self.is_approximate:
            return f"vers {_article(self.first)}{self._french_bounds}"
        return self._french_bounds

    @property
    def _french_bounds(self) -> str:
        first, last = self.first, self.last
        if first == last:
            return first.french
        match first.precision:
            case Precision.DAY if (first.year, first.part) == (last.year, last.part):
                return f"{_ordinal_day(first.day)}-{last.french}"
            case Precision.DAY if first.year == last.year:
                return f"{_ordinal_day(first.day)} {MONTHS[first.part - 1]} – {last.french}"
            case Precision.MONTH | Precision.SEASON if first.year == last.year:
                if not last.is_winter:
                    return f"{first.french_part}-{last.french}"
            case Precision.YEAR:
                return f"{first.french}-{last.french}"
        return f"{first.french} – {last.french}"


def _article(unit: _Unit, *, after_to: bool = False) -> str:
    """The article before the French name of `unit`; contracted with « à » where `after_to`."""
    match unit.precision:
        case Precision.MONTH | Precision.YEAR:
            return ""
        case Precision.DECADE:
            return "aux " if after_to else "les "
        case Precision.SEASON if SEASONS[unit.part - 1][0] in "éah":
            return "à l’" if after_to else "l’"
    return "au " if after_to else "le "


def _ordinal(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _ordinal_day(day: int) -> str:
    return "1er" if day == 1 else f"{day}"


def _labelled(label: str, period: _Period) -> ApproximateDate:
    return ApproximateDate(
        label=label or period.french,
        start=period.first and period.first.first,
        end=period.last and period.last.last,
        precision=period.precision,
        edtf=period.edtf,
    )


# --- Units that exist, and the sentences for those that do not ---


def _year(digits: str | int) -> int:
    year = int(digits)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableDate(
            f"L’année {digits} n’est pas admise : écrivez une année de quatre chiffres, "
            f"entre {FIRST_YEAR} et {LAST_YEAR}."
        )
    return year


def _day(day: int, month: int, year: str | int) -> _Unit:
    _existing_month(month)
    year = _year(year)
    if not 1 <= day <= monthrange(year, month)[1]:
        raise UnreadableDate(f"Le {_ordinal_day(day)} {MONTHS[month - 1]} {year} n’existe pas.")
    return _Unit(Precision.DAY, year, month, day)


def _month(month: int, year: str | int) -> _Unit:
    return _Unit(Precision.MONTH, _year(year), _existing_month(month))


def _season(season: int, year: str | int) -> _Unit:
    year = _year(year)
    if season == WINTER:
        _year(year + 1)
    return _Unit(Precision.SEASON, year, season)


def _quarter(rank: int, year: str | int) -> _Unit:
    return _part(Precision.QUARTER, rank, year)


def _half(rank: int, year: str | int) -> _Unit:
    return _part(Precision.HALF, rank, year)


def _existing_month(month: int) -> int:
    if not 1 <= month <= len(MONTHS):
        raise UnreadableDate(f"Le mois {month} n’existe pas : les mois vont de 1 à 12.")
    return month


def _part(precision: Precision, rank: int, year: str | int) -> _Unit:
    """A quarter or a half, of that rank in its year; `LAST` is the rank of the last one."""
    count, name = (4, "trimestre") if precision is Precision.QUARTER else (2, "semestre")
    if rank == LAST:
        rank = count
    if not 1 <= rank <= count:
        raise UnreadableDate(
            f"Il n’y a pas de {_ordinal(rank)} {name} : une année en compte {count}."
        )
    return _Unit(precision, _year(year), rank)


def _interval(first: _Unit, last: _Unit) -> _Period:
    if first.precision is not last.precision:
        raise UnreadableDate(
            "Les deux bornes doivent avoir la même précision : deux jours "
            "(« 20-23 mai 2025 »), deux mois (« avril-mai 2025 ») ou deux années (« 2024-2025 »)."
        )
    if last.first < first.first:
        raise UnreadableDate(f"La fin ({last.french}) précède le début ({first.french}).")
    return _Period(first, last)


def _approximate(period: _Period) -> _Period:
    if period.last.precision is Precision.DAY:
        raise UnreadableDate(
            "Un jour ne peut pas être approximatif : écrivez le mois (« vers mai 2025 ») "
            "ou une plage de jours (« 20-23 mai 2025 »)."
        )
    return replace(period, is_approximate=True)


# --- EDTF ---

_EDTF_UNIT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)|([0-9]{3})x(~?)")


_EDTF_PARTS = ((FIRST_SEASON, 4, _season), (FIRST_QUARTER, 4, _quarter), (FIRST_HALF, 2, _half))


def _read_edtf(plain: str) -> _Period | None:
    """The period that an EDTF string states, or None when the text is not EDTF."""
    texts = plain.split("/", 1)
    if set(texts) == {".."}:
        return None
    matches = [None if text == ".." else _EDTF_UNIT.fullmatch(text) for text in texts]
    if any(match is None and text != ".." for match, text in zip(matches, texts, strict=True)):
        return None
    marks = {(match[4] or match[6] or "") for match in matches if match}
    units = [match and _edtf_unit(match) for match in matches]
    if None in units:
        return _Period(*units) if marks == {""} else None
    if len(marks) > 1:
        return None
    period = _interval(units[0], units[-1])
    return _approximate(period) if marks == {"~"} else period


def _edtf_unit(match: re.Match) -> _Unit:
    year, part, day, _, decade, _ = match.groups()
    if decade:
        return _Unit(Precision.DECADE, _year(f"{decade}0"))
    if part is None:
        return _Unit(Precision.YEAR, _year(year))
    number = int(part)
    if day:
        return _day(int(day), number, year)
    for first, count, build in _EDTF_PARTS:
        if first <= number < first + count:
            return build(number - first + 1, year)
    return _month(number, year)


# --- French. Patterns are matched against plain text: see _plain ---

_ODD_SPACES = re.compile(r"[^\S \u00a0\u202f]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ′´`"), "'")
_SILENT_CATEGORIES = {"Mn", "Cf"}  # accents once decomposed, invisible characters


def _plain(text: str) -> str:
    """Lower case, no accent, ASCII dashes and apostrophes, single spaces, no abbreviation point."""
    # Apostrophes first: decomposition turns an acute accent alone into a space.
    text = text.translate(_APOSTROPHES).casefold()
    text = unicodedata.normalize("NFKD", text).translate(_DASHES)
    text = "".join(char for char in text if unicodedata.category(char) not in _SILENT_CATEGORIES)
    text = re.sub(r"(?<=[a-z])\.", " ", text)
    text = re.sub(r"' +", "'", " ".join(text.split()))
    return re.sub(r"(?<=[0-9])\.$", "", text.rstrip(" ,;"))


_MONTH_FORMS = (
    "janvier|janv|jan", "fevrier|fevr|fev", "mars", "avril|avr", "mai", "juin", "juillet|juil",
    "aout", "septembre|sept|sep", "octobre|oct", "novembre|nov", "decembre|dec",
)  # fmt: skip
_MONTH_NUMBERS = {
    form: number for number, forms in enumerate(_MONTH_FORMS, 1) for form in forms.split("|")
}
_SEASON_NUMBERS = {"printemps": 1, "ete": 2, "automne": 3, "hiver": WINTER}
_WEEKDAY_NUMBERS = {name[:3]: number for number, name in enumerate(WEEKDAYS)}
_ORDINALS = {
    "premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": LAST,
}  # fmt: skip

_MONTH_NAME = "|".join(_MONTH_FORMS)
_ANY_WEEKDAY = "|".join(f"{name}|{name[:3]}" for name in WEEKDAYS)
_RANK = rf"(?P<rank>(?:[0-9](?:er|e|eme|nd|d)?|{'|'.join(_ORDINALS)})) "
_THEN_YEAR = r"(?:[ /-](?P<year>[0-9]+))?"

# « au cours de l’ », « à la », « d’ »: words that change nothing to the bounds.
_TO_OF = r"(?:de |du |des |d')"
_PREPOSITION = (
    rf"(?:en |a |au |aux |dans |durant |pendant |pour |entre |au cours {_TO_OF}|{_TO_OF})?"
)
_ARTICLE = r"(?:le |la |les |l')?"
# The nuance is kept by the label alone: see the head of the module.
_FORTNIGHT = r"(?:premiere|1re|1ere|seconde|deuxieme|2e|2de|2eme|2nde) quinzaine"
_NUANCE = rf"(?:(?:tout )?(?:debut|mi|milieu|fin|courant|{_FORTNIGHT})[ -]{_TO_OF}?{_ARTICLE})?"
_INTRO = rf"{_PREPOSITION}{_ARTICLE}{_NUANCE}"
_DAY_INTRO = rf"(?:le |les |du |des |au |a |entre le )?(?:(?P<weekday>{_ANY_WEEKDAY}),? )?(?:le )?"

_DAY = re.compile(
    rf"{_DAY_INTRO}(?P<day>[0-9]{{1,2}})(?: ?er)?(?:[ -](?P<month>{_MONTH_NAME}){_THEN_YEAR})?"
)
_NUMERIC_DAY = re.compile(
    rf"{_DAY_INTRO}(?P<day>[0-9]{{1,2}})(?P<point>[/.-])(?P<month>[0-9]{{1,2}})"
    r"(?:(?P=point)(?P<year>[0-9]+))?"
)
_ISO_DAY = re.compile(
    rf"{_DAY_INTRO}(?P<year>[0-9]{{4}})(?P<point>[/.-])(?P<month>[0-9]{{1,2}})"
    r"(?P=point)(?P<day>[0-9]{1,2})"
)
_NAMED_MONTH = re.compile(rf"{_INTRO}(?:mois (?:de |d'))?(?P<month>{_MONTH_NAME}){_THEN_YEAR}")
_NUMERIC_MONTH = re.compile(rf"{_INTRO}(?P<month>[0-9]{{1,2}})[/.-](?P<year>[0-9]{{4}})")
_ISO_MONTH = re.compile(rf"{_INTRO}(?P<year>[0-9]{{4}})[/.-](?P<month>[0-9]{{1,2}})")
_SEASON = re.compile(
    rf"{_INTRO}(?P<season>{'|'.join(_SEASON_NUMBERS)})"
    rf"{_THEN_YEAR}(?:(?<=[0-9]{{4}}) ?[/-] ?(?P<next_year>[0-9]{{2}}|[0-9]{{4}}))?"
)
_QUARTER = re.compile(
    rf"{_INTRO}(?:[tq] ?(?P<number>[0-9])|{_RANK}(?:trimestre|trim))(?: de)?{_THEN_YEAR}"
)
_HALF = re.compile(
    rf"{_INTRO}(?:[sh] ?(?P<number>[0-9])|{_RANK}(?:semestre|sem))(?: de)?{_THEN_YEAR}"
)
_YEAR_FIRST = re.compile(rf"{_INTRO}(?P<year>[0-9]{{4}})[ -]?(?P<letter>[tqsh]) ?(?P<number>[0-9])")
_YEAR = re.compile(rf"{_INTRO}(?:annee |an )?(?P<year>[0-9]{{3,}})")
_DECADE = re.compile(rf"{_INTRO}(?:annees|decennie) (?P<year>[0-9]{{3}}0)")

_YEARS_BEFORE_INTERVAL = re.compile(
    r"^(?:les |des )?annees (?=[0-9]{4} ?(?:[/-]| a | et ) ?[0-9]{4}$)"
)
_SEPARATOR = re.compile(r" ?(?P<sign>[/-]) ?| (?P<word>a|au|aux|et|ou|jusqu'(?:a|au|en|aux)) ")
_DAY_LIST = re.compile(
    rf"{_DAY_INTRO}(?P<days>[0-9]{{1,2}}(?:er)?(?:, ?[0-9]{{1,2}})*),? et (?:le )?(?P<last>.+)"
)
_ABOUT = re.compile(r"(?:vers|environ|autour|aux alentours|circa|ca) (?P<rest>.+)")
_HORIZON = r"(?:a )?(?:l'|un )?horizon (?:de )?"
_UNTIL = re.compile(rf"(?:d'ici |avant |jusqu'|au plus tard |{_HORIZON})(?P<rest>.+)")
# Without its accent « dès » is « des », which also opens « des années 2020 », « des 20 et 21 mai ».
_SINCE = re.compile(
    r"(?:depuis |a (?:partir|compter) (?=d)|apres |des (?!annees |[0-9]{1,2}(?![0-9])))(?P<rest>.+)"
)

_PLACEHOLDER = re.compile(r"|[?.-]+|xxxx|tb[acd]|n ?/? ?[acd]")

_THE_DATE = r"(?:(?:la |les )?(?:dates?|periode) )?(?:reste(?:nt)? )?(?:encore )?"
_SPAN = (
    r"(?:jours?|semaines?|quinzaines?|mois|trimestres?|semestres?|ans?|annees?|decennies?|"
    r"exercices?|printemps|etes?|automnes?|hivers?|rentree)"
)
_RELATIVE = r"(?:dernier|prochain|passe|precedent|suivant)e?s?"
_COUNT = rf"(?:une|{'|'.join(NUMBERS)}|trente|quelques|plusieurs|[0-9]{{1,3}})"
_SMALL_WORDS = rf"(?:d'ici )?{_PREPOSITION}{_ARTICLE}{_NUANCE}(?:ce |cet |cette |ces )?"
_WITHOUT_YEAR = re.compile(
    "|".join(
        (
            rf"{_THE_DATE}a (?:determiner|definir|preciser|confirmer|annoncer|venir|fixer|"
            r"communiquer|planifier|completer)",
            rf"{_THE_DATE}(?:non|pas(?: encore)?) (?:communique|connu|determine|defini|precise|"
            r"annonce|fixe|confirme|disponible|renseigne|publie)(?:e|\(e\))?s?",
            rf"{_THE_DATE}(?:inconnu|indetermine|indefini|incertain)e?s?",
            r"prochainement|bientot|ulterieurement|sous peu|d'ici peu|recemment|actuellement|"
            r"sans date|a (?:court|moyen|long) terme|en cours|a ce jour",
            rf"{_SMALL_WORDS}(?:{_COUNT} )?{_RELATIVE} (?:{_COUNT} )?{_SPAN}",
            rf"{_SMALL_WORDS}(?:{_COUNT} )?{_SPAN} (?:{_RELATIVE}|en cours|a venir)",
            rf"(?:d'ici )?{_PREPOSITION}{_ARTICLE}{_NUANCE}(?:ce|cet|cette|ces) {_SPAN}",
            rf"(?:d'ici )?{_PREPOSITION}{_ARTICLE}(?:debut|milieu|mi|fin)[ -]"
            rf"{_TO_OF}{_ARTICLE}annee",
            rf"(?:(?:d'ici|dans|sous|il y a|depuis|pendant|sur|en|apres) (?:a )?|{_HORIZON})"
            r"(?:(?:moins|plus) (?:de |d')|environ )?"
            rf"{_COUNT}(?: ?(?:a|ou|-) ?{_COUNT})? {_SPAN}",
        )
    )
)


def _read_french(plain: str) -> _Period | None:
    if match := _UNTIL.fullmatch(plain):
        unit = _read_unit(match["rest"])
        return unit and _Period(None, unit)
    if match := _SINCE.fullmatch(plain):
        unit = _read_unit(match["rest"])
        return unit and _Period(unit, None)
    if match := _ABOUT.fullmatch(plain):
        period = _read_bounds(match["rest"])
        return period and _approximate(period)
    return _read_bounds(plain)


def _read_bounds(plain: str) -> _Period | None:
    """One unit, or two units and what links them."""
    plain = _YEARS_BEFORE_INTERVAL.sub("", plain)
    if unit := _read_unit(plain):
        return _Period(unit, unit)
    if match := _DAY_LIST.fullmatch(plain):
        return _read_day_list(match)
    for separator in _SEPARATOR.finditer(plain):
        last = _read_unit(plain[separator.end() :])
        first = last and _read_unit(plain[: separator.start()], completed_by=last)
        if first:
            _refuse_separate_days(first, last, separator["word"])
            return _interval(first, last)
    return None


def _read_day_list(match: re.Match) -> _Period | None:
    """« 20 et 21 mai 2025 », « 20, 21 et 22 mai 2025 »: days that follow one another."""
    last = _read_unit(match["last"])
    if last is None or last.precision is not Precision.DAY:
        return None
    numbers = [int(number) for number in re.findall(r"[0-9]+", match["days"])]
    days = [_day(number, last.part, last.year) for number in numbers]
    _refuse_wrong_weekday(match["weekday"], days[0])
    for day, next_day in pairwise([*days, last]):
        _refuse_separate_days(day, next_day, "et")
    return _interval(days[0], last)


def _refuse_separate_days(first: _Unit, last: _Unit, link: str | None) -> None:
    if last.precision is not Precision.DAY or link not in ("et", "ou"):
        return
    if link == "ou" or last.first - first.first > timedelta(days=1):
        raise UnreadableDate(
            "Des jours séparés ou au choix ne forment pas une date : écrivez une plage "
            "(« 20-23 mai 2025 ») ou le mois (« mai 2025 »)."
        )


def _read_unit(plain: str, *, completed_by: _Unit | None = None) -> _Unit | None:
    """The unit that the whole text names, or None.

    Where the month or the year is not said, it is that of `completed_by`.
    """
    for pattern, build in _READERS:
        if match := pattern.fullmatch(plain):
            return build(match, completed_by)
    return None


def _year_of(match: re.Match, completed_by: _Unit | None) -> str | int:
    if match["year"]:
        return match["year"]
    if completed_by:
        return completed_by.year
    raise UnreadableDate(
        "Il manque l’année : écrivez-la en quatre chiffres, comme dans « mai 2025 »."
    )


def _month_number(text: str) -> int:
    return _MONTH_NUMBERS.get(text) or int(text)


def _build_day(match: re.Match, completed_by: _Unit | None) -> _Unit | None:
    if match["month"]:
        month = _month_number(match["month"])
    elif completed_by and completed_by.precision is Precision.DAY:
        month = completed_by.part
    else:
        return None
    day = _day(int(match["day"]), month, _year_of(match, completed_by))
    _refuse_wrong_weekday(match["weekday"], day)
    return day


def _refuse_wrong_weekday(said: str | None, day: _Unit) -> None:
    if said is None:
        return
    said_number, true_number = _WEEKDAY_NUMBERS[said[:3]], day.first.weekday()
    if said_number != true_number:
        raise UnreadableDate(
            f"Le {day.french} est un {WEEKDAYS[true_number]}, pas un {WEEKDAYS[said_number]}."
        )


def _build_month(match: re.Match, completed_by: _Unit | None) -> _Unit:
    return _month(_month_number(match["month"]), _year_of(match, completed_by))


def _build_season(match: re.Match, completed_by: _Unit | None) -> _Unit | None:
    season = _season(_SEASON_NUMBERS[match["season"]], _year_of(match, completed_by))
    if match["next_year"] is None:
        return season
    follows = str(season.year + 1).endswith(match["next_year"])
    return season if season.is_winter and follows else None


def _build_quarter(match: re.Match, completed_by: _Unit | None) -> _Unit:
    return _quarter(_rank(match), _year_of(match, completed_by))


def _build_half(match: re.Match, completed_by: _Unit | None) -> _Unit:
    return _half(_rank(match), _year_of(match, completed_by))


def _rank(match: re.Match) -> int:
    word = match["number"] or match["rank"]
    return _ORDINALS[word] if word in _ORDINALS else int(word[0])


def _build_year_first(match: re.Match, _completed_by: _Unit | None) -> _Unit:
    build = _quarter if match["letter"] in "tq" else _half
    return build(int(match["number"]), match["year"])


def _build_year(match: re.Match, _completed_by: _Unit | None) -> _Unit:
    return _Unit(Precision.YEAR, _year(match["year"]))


def _build_decade(match: re.Match, _completed_by: _Unit | None) -> _Unit:
    return _Unit(Precision.DECADE, _year(match["year"]))


_READERS = (
    (_ISO_DAY, _build_day),
    (_NUMERIC_DAY, _build_day),
    (_DAY, _build_day),
    (_ISO_MONTH, _build_month),
    (_NUMERIC_MONTH, _build_month),
    (_NAMED_MONTH, _build_month),
    (_SEASON, _build_season),
    (_QUARTER, _build_quarter),
    (_HALF, _build_half),
    (_YEAR_FIRST, _build_year_first),
    (_YEAR, _build_year),
    (_DECADE, _build_decade),
)
