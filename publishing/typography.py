"""French typography: the one formatter of pages, charts, feeds and e-mails.

Pure functions, from values to plain text (never HTML). Spaces that must not break are U+00A0 (the
fonts have no U+202F), the minus sign is U+2212, the apostrophe U+2019. A number is never separated
from its unit, nor from the word it counts.

Digits are grouped by three from four digits on: « 1 234 ». Years are not quantities: write them
with `str`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from zoneinfo import ZoneInfo

from publishing.dates import format_day

NBSP = "\u00a0"
MINUS = "\u2212"
PARIS = ZoneInfo("Europe/Paris")

_FIRST_PLURAL = 2
_KILO = 1000
# Beyond milliards French has « billion » (10^12), which readers take for the English one (10^9).
_LARGEST_SCALE = 9
_MONEY_PREFIXES = {0: "", 3: "k", 6: "M", 9: "Md"}
_SCALE_WORDS = {3: "millier", 6: "million", 9: "milliard"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure counts. `label` is for a form; the rest is how the unit is written.

    `symbol` follows the number (money takes the prefix of the scale before it); `noun` is the
    singular of what is counted; `takes_scale` tells whether milliards of it can be written.
    """

    label: str
    symbol: str = ""
    noun: str = ""
    is_money: bool = False
    takes_scale: bool = False


UNITS: dict[str, Unit] = {
    "USD": Unit("dollar américain ($)", symbol="$", is_money=True, takes_scale=True),
    "EUR": Unit("euro (€)", symbol="€", is_money=True, takes_scale=True),
    "GBP": Unit("livre sterling (£)", symbol="£", is_money=True, takes_scale=True),
    "percent": Unit("pour cent (%)", symbol="%"),
    "points": Unit("points de pourcentage", noun="point"),
    "factor": Unit("facteur (× 2)"),
    "people": Unit("personnes", noun="personne", takes_scale=True),
    "companies": Unit("entreprises", noun="entreprise", takes_scale=True),
    "units": Unit("nombre sans unité", takes_scale=True),
}
SCALES: dict[int, str] = {
    0: "unités",
    3: "milliers",
    6: "millions",
    9: "milliards",
    12: "milliers de milliards",
}
QUALIFIERS: dict[str, tuple[str, str]] = {
    "eq": ("égal à", ""),
    "gt": ("plus de", "plus de"),
    "ge": ("au moins", "au moins"),
    "lt": ("moins de", "moins de"),
    "le": ("au plus", "au plus"),
    "approx": ("environ", "environ"),
}
UNIT_CHOICES = [(code, unit.label) for code, unit in UNITS.items()]
SCALE_CHOICES = list(SCALES.items())
QUALIFIER_CHOICES = [(code, label) for code, (label, _) in QUALIFIERS.items()]

# Where a directory lists a name that begins with no letter from A to Z.
DIGITS = "0-9"
OTHER_INITIALS = "autres"


def number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """« 1 234,5 ». `decimals` is how many are written, half rounded away from zero.

    Without it a Decimal keeps the decimals it states (`Decimal("24.0")` is « 24,0 ») and a float
    those of its shortest form, none when it is whole. Zero has no sign, even by rounding.
    Raises ValueError when `value` is not finite.
    """
    return _write(_rounded(value, decimals))


def percent(value: Decimal | int | float, decimals: int | None = None) -> str:
    """« 20,4 % » for 20.4: `value` is in per cent, not a share of one."""
    return quantity(value, "percent", decimals=decimals)


def signed(value: Decimal | int | float, decimals: int | None = None, unit: str = "percent") -> str:
    """A change: « +20,4 % », « −3 % », « +2 points ». Zero has no sign."""
    rounded = _rounded(value, decimals)
    sign = "+" if rounded > 0 else ""
    return f"{sign}{quantity(rounded, unit)}"


def quantity(
    value: Decimal | int | float,
    unit: str,
    scale: int = 0,
    decimals: int | None = None,
    qualifier: str = "eq",
) -> str:
    """A figure as stated: « plus de 150 Md$ », « 2,5 millions de personnes », « × 2 ».

    `unit`, `scale` (a power of ten) and `qualifier` are keys of `UNITS`, `SCALES` and `QUALIFIERS`;
    `decimals` is as in `number`. A scale of 12 is written in thousands of milliards, with three
    decimals fewer: « 1 200 Md$ ». A percentage, points or a factor with a scale are multiplied out.
    Raises KeyError for a code that is not in these tables, ValueError when `value` is not finite.
    """
    if scale not in SCALES:
        raise KeyError(scale)
    words = QUALIFIERS[qualifier][1]
    written_scale = min(scale, _LARGEST_SCALE) if UNITS[unit].takes_scale else 0
    rounded = _shifted(_rounded(value, decimals), scale - written_scale)
    text = _with_unit(rounded, unit, written_scale)
    return f"{words} {text}" if words else text


def plural(count: Decimal | int | float, singular: str, plural: str | None = None) -> str:
    """The word that goes with `count`: singular below two (0, 1, 1,5), whatever the sign.

    Without `plural`, a word takes -s, or -x after -eau, and stays when it ends in s, x or z. Give
    the plural of anything else: « -al », several words.
    """
    if abs(count) < _FIRST_PLURAL:
        return singular
    if plural is not None:
        return plural
    if singular.endswith(("s", "x", "z")):
        return singular
    return f"{singular}x" if singular.endswith("eau") else f"{singular}s"


def count(n: int, singular: str, plural_form: str | None = None) -> str:
    """« 0 événement », « 1 événement », « 1 200 événements »; see `plural`."""
    return f"{number(n)}{NBSP}{plural(n, singular, plural_form)}"


def sort_key(name: str) -> str:
    """`name` as a directory sorts it: no accent, no case, no sign before the first letter."""
    spelt_out = name.casefold().replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    letters = unicodedata.normalize("NFKD", spelt_out)
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    start = next((place for place, one in enumerate(plain) if one.isalnum()), 0)
    return plain[start:]


def initial(name: str) -> str:
    """« e » for « Éolas », « 0-9 » for « 3DS », « autres » for what begins with neither."""
    first = sort_key(name)[:1]
    if not first.isascii() or not first.isalnum():
        return OTHER_INITIALS
    return DIGITS if first.isdigit() else first


def join(*items: str) -> str:
    """« a, b et c »; empty without items."""
    *others, last = items or ("",)
    return f"{', '.join(others)} et {last}" if others else last


def file_size(size: int) -> str:
    """A size given in bytes: « 512 octets », « 1,5 Mo ». 1 ko is 1,000 octets (SI).

    One decimal below ten, none above. Raises ValueError when `size` is negative.
    """
    if size < 0:
        raise ValueError(f"A file cannot have {size} bytes.")
    if size < _KILO:
        return count(size, "octet")
    scaled = Decimal(size)
    for unit in ("ko", "Mo", "Go", "To"):
        scaled /= _KILO
        shown = _rounded(scaled, 0 if scaled >= Decimal("9.95") else 1)
        if shown < _KILO or unit == "To":
            break
    return f"{number(shown.normalize())}{NBSP}{unit}"


def french_date(day: date) -> str:
    """« 20 mai 2025 », « 1er mars 2025 »."""
    return format_day(day)


def french_datetime(moment: datetime) -> str:
    """« 20 mai 2025 à 9 h 05 », « 1er mars 2025 à 14 h ».

    An aware moment is told in Paris time; a naive one is told as it is.
    """
    if moment.tzinfo is not None:
        moment = moment.astimezone(PARIS)
    minutes = f"{NBSP}{moment.minute:02}" if moment.minute else ""
    return f"{format_day(moment)} à{NBSP}{moment.hour}{NBSP}h{minutes}"


# An address, or code between backticks: left as it is.
_UNTOUCHED = re.compile(r"((?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+|\S+@\S+\.\S+|`[^`]*`)", re.I)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REPAIRS = (
    (re.compile("\u202f"), NBSP),
    (re.compile(r"(?<=\w)'(?=[\w«“\"])"), "’"),
    # The year of an edition: Next ’25.
    (re.compile(r"(?<!\w)'(?=[0-9]{2}\b)"), "’"),
    (re.compile(rf"«[ {NBSP}]*"), f"«{NBSP}"),
    (re.compile(rf"[ {NBSP}]*»"), f"{NBSP}»"),
    (re.compile(rf"(?<=[^\s«])[ {NBSP}]+(?=[;:!?]+(?:[\s»)\]”]|$))"), NBSP),
    (re.compile(rf"(?<=[0-9])[ {NBSP}]*(?=%(?!\w))"), NBSP),
    (re.compile(rf"(?<=[0-9])[ {NBSP}]+(?=(?:k|M|Md)?[$€£](?!\w))"), NBSP),
)


def french_typography(text: str) -> str:
    """Plain text with French spaces and apostrophes. Applying it twice changes nothing more.

    Apostrophes within words, and before the year of an edition, become U+2019; the inside of « »,
    and the space typed before ; : ! ? or between a number and % or money, become U+00A0. A space
    that was not typed is added inside « » and before % only: « re:Invent » stays. Addresses and
    code between backticks are left alone. Not for HTML nor Markdown.
    """
    parts = _UNTOUCHED.split(text)
    for index in range(0, len(parts), 2):
        for pattern, replacement in _REPAIRS:
            parts[index] = pattern.sub(replacement, parts[index])
    return "".join(parts)


def printable(text: str) -> str:
    """`text` without what XML and iCalendar refuse: control characters, noncharacters.

    Tabs and line breaks stay, every break as one line feed.
    """
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# --- How quantities are written ---


def _rounded(value: Decimal | int | float, decimals: int | None) -> Decimal:
    """`value` with exactly `decimals` decimals, or those it states."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value} is not a finite number.")
    if decimals is None:
        is_whole_float = isinstance(value, float) and value.is_integer()
        decimals = 0 if is_whole_float else max(0, -exact.as_tuple().exponent)
    with localcontext() as context:
        # Room for every digit: quantize refuses to lose one.
        context.prec = max(1, exact.adjusted() + 1) + decimals + 1
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _write(value: Decimal) -> str:
    sign = MINUS if value < 0 else ""
    return sign + f"{value.copy_abs():,f}".replace(",", NBSP).replace(".", ",")


def _shifted(value: Decimal, power: int) -> Decimal:
    """`value` × 10^`power`, with as many decimals fewer."""
    sign, digits, exponent = value.as_tuple()
    return _rounded(Decimal((sign, digits, exponent + power)), None)


def _with_unit(value: Decimal, code: str, scale: int) -> str:
    unit, written = UNITS[code], _write(value)
    if code == "factor":
        return f"×{NBSP}{written}"
    if unit.symbol:
        prefix = _MONEY_PREFIXES[scale] if unit.is_money else ""
        return f"{written}{NBSP}{prefix}{unit.symbol}"
    if not scale:
        return f"{written}{NBSP}{plural(value, unit.noun)}" if unit.noun else written
    scaled = f"{written}{NBSP}{plural(value, _SCALE_WORDS[scale])}"
    if not unit.noun:
        return scaled
    of = "d’" if unit.noun[0] in "aeiouéh" else "de "
    return f"{scaled} {of}{plural(2, unit.noun)}"
