"""Approximate dates: laws that hold for every date and every text."""

import math
import warnings
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publishing.dates import (
    MONTHS,
    SEASONS,
    UNKNOWN,
    ApproximateDate,
    Precision,
    UnreadableDate,
    format_french,
    parse,
)

# The grammar of edtf 5.0.2 warns when it is built with a recent pyparsing: no fault of ours.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import edtf

# The machine that runs the tests may be slow: time is not what these laws are about.
unhurried = settings(deadline=None)

days = st.dates(min_value=date(1000, 1, 1))
# The winter of 9999 ends in the year 10000.
years = st.integers(1000, 9998)

edtf_units = {
    Precision.DAY: days.map(date.isoformat),
    Precision.MONTH: st.builds("{}-{:02}".format, years, st.integers(1, 12)),
    Precision.SEASON: st.builds("{}-{}".format, years, st.integers(21, 24)),
    Precision.QUARTER: st.builds("{}-{}".format, years, st.integers(33, 36)),
    Precision.HALF: st.builds("{}-{}".format, years, st.integers(40, 41)),
    Precision.YEAR: years.map(str),
    Precision.DECADE: st.integers(100, 999).map("{}X".format),
}
interval_precisions = {
    Precision.DAY: Precision.RANGE,
    Precision.MONTH: Precision.MONTH_RANGE,
}


def edtf_strings(precision):
    """One unit, two in order, or one bound; with the mark of the approximate where it may be."""
    units = edtf_units[precision]
    marks = st.sampled_from([""] if precision is Precision.DAY else ["", "~"])
    pairs = st.tuples(units, units).map(sorted)
    return st.one_of(
        st.builds("{}{}".format, units, marks),
        st.builds("{0[0]}{1}/{0[1]}{1}".format, pairs, marks),
        units.map("../{}".format),
        units.map("{}/..".format),
    )


any_edtf = st.one_of(*map(edtf_strings, edtf_units))
# Words that dates are made of, in any order: nearer to dates than random text.
date_words = st.lists(
    st.sampled_from(
        [
            *MONTHS, *SEASONS, "nov.", "1er", "20", "31", "2025", "2024", "12/2025", "20/05/2025",
            "2025-04", "T3", "S1", "e", "trimestre", "mi", "fin", "vers", "d’ici", "depuis", "du",
            "au", "et", "à", "-", "–", "/", "..", "~", "X", ",", "années", "mardi", "dernier",
            "ans", "quatre", "déterminer",
        ]
    ),
    max_size=10,
)  # fmt: skip
any_text = st.one_of(
    st.text(max_size=90),
    date_words.map(" ".join),
    date_words.map("".join),
    st.text(alphabet="0123456789-/.~X ", max_size=24),
)


def without_label(value):
    return value.start, value.end, value.precision, value.edtf


@pytest.mark.parametrize("precision", edtf_units)
@unhurried
@given(data=st.data())
def test_each_precision_survives_its_french_label_and_its_edtf(precision, data):
    value = parse(data.draw(edtf_strings(precision)))

    assert value.precision in (precision, interval_precisions.get(precision))
    assert without_label(parse(format_french(value))) == without_label(value)
    assert parse(value.edtf) == value
    assert value.label == format_french(value)


def test_the_unknown_date_survives_its_french_label_and_its_edtf():
    assert without_label(parse(format_french(UNKNOWN))) == without_label(UNKNOWN)
    assert parse(UNKNOWN.edtf) == UNKNOWN


@unhurried
@given(any_edtf)
def test_a_canonical_label_may_be_typed_in_capitals_without_accents_and_with_fixed_spaces(text):
    value = parse(text)
    typed = value.label.upper().replace("É", "E").replace("Û", "U").replace(" ", "\u00a0")

    assert without_label(parse(typed)) == without_label(value)


@unhurried
@given(any_edtf)
def test_bounds_are_in_order_and_the_columns_are_wide_enough(text):
    value = parse(text)

    assert value.start is not None or value.end is not None
    assert value.start is None or value.end is None or value.start <= value.end
    assert len(value.label) <= 80
    assert len(value.edtf) <= 40
    assert len(value.precision) <= 12


@unhurried
@given(any_text)
@example("\x00")
@example("１２/２０２５")
@example("²/²⁰²⁵")
@example("٢٠ mai ٢٠٢٥")
@example("İ")
@example("ﷺ" * 80)
@example("9" * 80)
def test_any_text_is_a_date_or_is_refused(text):
    try:
        value = parse(text)
    except UnreadableDate:
        return
    assert isinstance(value, ApproximateDate)
    assert value.start is None or value.end is None or value.start <= value.end
    assert value.is_known is not (value.start is None and value.end is None)
    assert without_label(parse(value.edtf)) == without_label(value)
    assert without_label(parse(value.display)) == without_label(value)


@unhurried
@given(days, days)
def test_an_interval_of_days_says_both_days(one, other):
    first, last = sorted([one, other])

    value = ApproximateDate.from_days(first, last)

    assert (value.start, value.end) == (first, last)
    assert value.is_exact


# The library reads every unit, but seasons and the like neither in an interval nor before ~.
intervals_the_library_knows = [Precision.DAY, Precision.MONTH, Precision.YEAR]


@unhurried
@given(
    st.one_of(
        *edtf_units.values(),
        *(edtf_strings(precision) for precision in intervals_the_library_knows),
    )
)
def test_the_edtf_library_finds_the_same_bounds(text):
    value = parse(text)
    read = edtf.parse_edtf(value.edtf)

    assert day_of(read.lower_strict()) == value.start
    if not is_winter(value):
        assert day_of(read.upper_strict()) == value.end


def is_winter(value):
    """The library stops winter on 31 December: see the head of publishing.dates."""
    return value.precision is Precision.SEASON and value.start.month == 12


@unhurried
@given(years)
def test_winter_goes_on_until_the_end_of_february(year):
    value = parse(f"hiver {year}")

    assert value.start == date(year, 12, 1)
    assert value.end + timedelta(days=1) == date(year + 1, 3, 1)


def day_of(moment):
    """A day from what the library gives: infinite on the open side of an interval."""
    if isinstance(moment, float):
        assert math.isinf(moment)
        return None
    return date(*moment[:3])
