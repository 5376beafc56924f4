"""When a forecast is to be judged, from the words that it was told in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.horizons import horizon_of, years_ahead
from publishing.dates import NUMBERS, ApproximateDate, Precision, parse


@pytest.mark.parametrize(
    ("label", "years"),
    [
        ("D’ici quatre ans", 4), ("d'ici 4 ans", 4), ("dans 5 ans", 5), ("d’ici à un an", 1),
        ("à l’horizon de trois ans", 3), ("à un horizon de 10 ans", 10), ("sous deux ans", 2),
        ("d’ici une année", 1), ("l’an prochain", 1), ("l’année prochaine", 1),
        ("en vingt ans", 20), ("dans dix-huit ans", 18),
        ("au cours des trois prochaines années", 3),
        ("dans les cinq ans à venir", 5), ("dans 25 ans", 25),
    ],
)  # fmt: skip
def test_years_are_counted_in_words_and_in_digits(label, years):
    assert years_ahead(label) == years


@pytest.mark.parametrize(
    "label",
    [
        "", "Dernier trimestre", "il y a quatre ans", "depuis quatre ans", "d’ici deux à trois ans",
        "dans 4 ou 5 ans", "dans environ cinq ans", "dans plus de cinq ans", "dans 18 mois",
        "d’ici quelques années", "à moyen terme", "dans 0 an", "dans quatre", "d’ici 2030",
    ],
)  # fmt: skip
def test_what_counts_no_years_or_not_exactly_has_no_horizon(label):
    assert years_ahead(label) is None


@pytest.mark.parametrize(
    ("period", "judged_on", "is_deadline"),
    [("2030", "2030", False), ("T3 2026", "T3 2026", False), ("D’ici 2030", "2030", True),
     ("avant mars 2026", "mars 2026", True)],
)  # fmt: skip
def test_a_known_period_is_its_own_horizon(period, judged_on, is_deadline):
    horizon = horizon_of(parse(period), parse("4 février 2025"))
    assert horizon.period.edtf == parse(judged_on).edtf
    assert (horizon.is_deadline, horizon.is_computed) == (is_deadline, False)


@pytest.mark.parametrize(
    ("vintage", "reckoning"),
    [
        ("4 février 2025", "quatre ans après le 4 février 2025"),
        ("Février 2025", "quatre ans après février 2025"),
        ("2025", "quatre ans après 2025"),
        ("T1 2025", "quatre ans après le 1er trimestre 2025"),
    ],
)
def test_a_relative_horizon_is_a_year_counted_from_the_vintage_and_said_to_be(vintage, reckoning):
    horizon = horizon_of(parse("D’ici quatre ans"), parse(vintage))
    assert horizon.period == parse("2029")
    assert (horizon.end, horizon.year) == (date(2029, 12, 31), 2029)
    assert horizon.reckoning == reckoning
    assert (horizon.is_deadline, horizon.is_computed) == (True, True)


@pytest.mark.parametrize(
    ("period", "vintage"),
    [
        ("", "2025"),
        ("D’ici quatre ans", ""),
        ("D’ici quatre ans", "depuis 2020"),
        ("D’ici quatre ans", "hiver 2025"),
        ("depuis 2020", "2025"),
        ("Dernier trimestre", "2025"),
        ("dans 99 ans", "9950"),
    ],
)
def test_a_horizon_that_cannot_be_known_is_not_invented(period, vintage):
    assert horizon_of(parse(period), parse(vintage)) is None


OPENINGS = st.sampled_from(["d’ici ", "D'ici à ", "dans ", "à l’horizon de ", "sous ", "en "])
years = st.integers(1, 99)


@given(
    OPENINGS, years, st.booleans(), st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))
)
def test_any_count_of_years_gives_that_year_and_never_a_day(opening, count, in_words, day):
    said = NUMBERS[count - 1] if in_words and count <= len(NUMBERS) else str(count)
    horizon = horizon_of(parse(f"{opening}{said} ans"), ApproximateDate.from_day(day))
    assert horizon.year == day.year + count
    assert horizon.period.precision is Precision.YEAR


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text):
    assert years_ahead(text) in {None, *range(1, 100)}
