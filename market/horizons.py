"""When a forecast is to be judged: the horizon that its words give it.

« 2030 » is a horizon; « d’ici 2030 » is a deadline, judged on 2030; « d’ici quatre ans » is a
deadline too, judged on the year that is four after the one when it was said. That year is
computed, and said to be; nothing finer than a year is ever made of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.text import slugify

from publishing.dates import LAST_YEAR, NUMBERS, ApproximateDate, parse, with_article

OPEN_START = "../"

# Matched against the slug of the label: neither accents nor kinds of apostrophe matter.
_OPENING = (
    r"(?:(?:dici|dans|sous|en|sur|apres)-(?:a-)?"
    r"|(?:a-)?(?:l|un-)?horizon-(?:de-)?"
    r"|au-cours-(?=des))"
)
_COUNT = rf"(?P<count>{'|'.join(NUMBERS)}|une|[1-9][0-9]?)"
_IN_SOME_YEARS = re.compile(
    rf"{_OPENING}(?:[ld]es-)?{_COUNT}-(?:prochaines?-)?(?:ans?|annees?)(?:-(?:prochaines?|a-venir))?"
)
_NEXT_YEAR = re.compile(r"(?:des-|dici-)?l(?:an-prochain|annee-prochaine)")


@dataclass(frozen=True, slots=True)
class Horizon:
    """The period that a forecast is judged on.

    Anything measured within a deadline answers it; another horizon is answered by its own period.
    `reckoning` is how a computed one was found: « quatre ans après le 4 février 2025 ».
    """

    period: ApproximateDate
    is_deadline: bool = False
    reckoning: str = ""

    @property
    def end(self) -> date:
        """The last day of the period."""
        return self.period.end

    @property
    def year(self) -> int:
        return self.end.year

    @property
    def is_computed(self) -> bool:
        return bool(self.reckoning)


def horizon_of(period: ApproximateDate, vintage: ApproximateDate) -> Horizon | None:
    """The horizon of what was said of `period` in `vintage`; None when no year can be known."""
    if period.start and period.end:
        return Horizon(period)
    if period.end:
        return Horizon(parse(period.edtf.removeprefix(OPEN_START)), is_deadline=True)
    years, said_in = years_ahead(period.label), _year_of(vintage)
    if period.is_known or years is None or said_in is None or said_in + years > LAST_YEAR:
        return None
    return Horizon(
        parse(str(said_in + years)),
        is_deadline=True,
        reckoning=f"{_in_words(years)} après {with_article(vintage)}",
    )


def years_ahead(label: str) -> int | None:
    """4 for « D’ici quatre ans »; None for what counts no years, or not exactly."""
    words = slugify(label)
    if _NEXT_YEAR.fullmatch(words):
        return 1
    match = _IN_SOME_YEARS.fullmatch(words)
    if match is None:
        return None
    count = match["count"]
    if count.isdigit():
        return int(count)
    return 1 if count == "une" else NUMBERS.index(count) + 1


def _year_of(vintage: ApproximateDate) -> int | None:
    """The year when it was said, if it was said within one."""
    if vintage.start is None or vintage.end is None:
        return None
    return vintage.start.year if vintage.start.year == vintage.end.year else None


def _in_words(years: int) -> str:
    """« quatre ans »; in digits beyond vingt."""
    number = NUMBERS[years - 1] if years <= len(NUMBERS) else str(years)
    return f"{number} an{'s' if years > 1 else ''}"
