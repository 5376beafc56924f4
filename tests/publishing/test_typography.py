"""French typography: numbers, money, percentages, plurals, spaces, dates."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.typography import (
    QUALIFIER_CHOICES,
    SCALE_CHOICES,
    UNIT_CHOICES,
    count,
    file_size,
    french_date,
    french_datetime,
    french_typography,
    join,
    number,
    percent,
    plural,
    printable,
    quantity,
    signed,
)


def fixed(text):
    """The expected text, its no-break spaces written « _ » to be seen."""
    return text.replace("_", "\u00a0")


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0, None, "0"),
        (999, None, "999"),
        (1234, None, "1_234"),
        (600_000, None, "600_000"),
        (1_234_567, 1, "1_234_567,0"),
        (Decimal("678.8"), None, "678,8"),
        (Decimal("24.00"), None, "24,00"),
        (Decimal("678.800000"), 1, "678,8"),
        (Decimal("1E+3"), None, "1_000"),
        (Decimal("1234567890123456789012345678901234.5"), None,
            "1_234_567_890_123_456_789_012_345_678_901_234,5"),
        (1234.5, None, "1_234,5"),
        (3.0, None, "3"),
        (1e21, None, "1_000_000_000_000_000_000_000"),
        (0.1, 3, "0,100"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("0.05"), 1, "0,1"),
        (Decimal("999.96"), 1, "1_000,0"),
        (-3, None, "−3"),
        (Decimal("-1234.5"), None, "−1_234,5"),
        (Decimal("-0.04"), 1, "0,0"),
        (-0.0, None, "0"),
    ],
)  # fmt: skip
def test_a_number_is_written_in_french(value, decimals, written):
    assert number(value, decimals) == fixed(written)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        number(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_number_loses_no_digit(value):
    written = number(value)

    assert Decimal(written.replace("\u00a0", "").replace(",", ".").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (Decimal("20.4"), None, "20,4_%"),
        (22, None, "22_%"),
        (Decimal("26.600"), 1, "26,6_%"),
        (-3, None, "−3_%"),
    ],
)
def test_a_percentage_stands_apart_from_its_sign(value, decimals, written):
    assert percent(value, decimals) == fixed(written)


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "written"),
    [
        (Decimal("20.4"), None, "percent", "+20,4_%"),
        (-3, None, "percent", "−3_%"),
        (0, None, "percent", "0_%"),
        (Decimal("0.04"), 1, "percent", "0,0_%"),
        (2, None, "points", "+2_points"),
        (1234, None, "units", "+1_234"),
    ],
)
def test_a_change_always_shows_its_sign(value, decimals, unit, written):
    assert signed(value, decimals, unit) == fixed(written)


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        (("150", "USD", 9, 0, "gt"), "plus de 150_Md$"),
        (("678.8", "USD", 9, 1, "eq"), "678,8_Md$"),
        (("244.000000", "USD", 9, 0, "eq"), "244_Md$"),
        (("12", "EUR", 6, 0, "ge"), "au moins 12_M€"),
        (("3.5", "GBP", 3, 1, "lt"), "moins de 3,5_k£"),
        (("1500", "EUR", 0, 0, "le"), "au plus 1_500_€"),
        (("1.2", "USD", 12, 1, "eq"), "1_200_Md$"),
        (("1.2345", "USD", 12, 4, "approx"), "environ 1_234,5_Md$"),
        (("-3", "USD", 9, 0, "eq"), "−3_Md$"),
        (("73", "percent", 0, 0, "gt"), "plus de 73_%"),
        (("1.5", "points", 0, 1, "eq"), "1,5_point"),
        (("2", "points", 0, 0, "eq"), "2_points"),
        (("2", "factor", 0, 0, "eq"), "×_2"),
        (("2.5", "factor", 0, 1, "approx"), "environ ×_2,5"),
        (("600000", "people", 0, 0, "eq"), "600_000_personnes"),
        (("1", "people", 0, 0, "eq"), "1_personne"),
        (("600", "people", 3, 0, "eq"), "600_milliers de personnes"),
        (("1.5", "people", 6, 1, "eq"), "1,5_million de personnes"),
        (("2", "companies", 6, 0, "gt"), "plus de 2_millions d’entreprises"),
        (("1.2", "people", 12, 1, "eq"), "1_200_milliards de personnes"),
        (("42", "units", 0, 0, "eq"), "42"),
        (("3", "units", 9, 0, "eq"), "3_milliards"),
        (("2", "percent", 3, 0, "eq"), "2_000_%"),
    ],
)
def test_a_figure_is_written_as_its_source_states_it(stated, written):
    value, unit, scale, decimals, qualifier = stated

    assert quantity(Decimal(value), unit, scale, decimals, qualifier) == fixed(written)


@pytest.mark.parametrize("wrong", [("yen", 0, "eq"), ("USD", 2, "eq"), ("USD", 9, "about")])
def test_a_code_that_is_not_in_the_tables_is_refused(wrong):
    unit, scale, qualifier = wrong

    with pytest.raises(KeyError):
        quantity(1, unit, scale, 0, qualifier)


@given(
    st.decimals(-(10**9), 10**9, places=3),
    st.sampled_from(UNIT_CHOICES),
    st.sampled_from(SCALE_CHOICES),
    st.sampled_from(QUALIFIER_CHOICES),
)
def test_every_choice_offered_to_editors_can_be_written(value, unit, scale, qualifier):
    written = quantity(value, unit[0], scale[0], 3, qualifier[0])

    assert all(label for _, label in (unit, scale, qualifier))
    assert written == written.strip()
    assert "  " not in written


def test_the_choices_are_these_codes():
    assert [code for code, _ in UNIT_CHOICES] == [
        "USD", "EUR", "GBP", "percent", "points", "factor", "people", "companies", "units",
    ]  # fmt: skip
    assert [power for power, _ in SCALE_CHOICES] == [0, 3, 6, 9, 12]
    assert [code for code, _ in QUALIFIER_CHOICES] == ["eq", "gt", "ge", "lt", "le", "approx"]


@pytest.mark.parametrize(
    ("number_of", "words", "word"),
    [
        (0, ["événement"], "événement"),
        (1, ["événement"], "événement"),
        (1.5, ["événement"], "événement"),
        (Decimal("1.99"), ["événement"], "événement"),
        (-1, ["événement"], "événement"),
        (2, ["événement"], "événements"),
        (-2, ["événement"], "événements"),
        (2, ["réseau"], "réseaux"),
        (2, ["mois"], "mois"),
        (2, ["prix"], "prix"),
        (2, ["journal", "journaux"], "journaux"),
        (1, ["journal", "journaux"], "journal"),
        (3, ["chiffre contesté", "chiffres contestés"], "chiffres contestés"),
    ],
)
def test_the_plural_begins_at_two(number_of, words, word):
    assert plural(number_of, *words) == word


def test_what_is_counted_follows_its_number():
    assert count(0, "événement") == fixed("0_événement")
    assert count(1, "événement") == fixed("1_événement")
    assert count(1200, "événement") == fixed("1_200_événements")
    assert count(2, "journal", "journaux") == fixed("2_journaux")


def test_a_list_is_joined_as_it_is_spoken():
    assert join() == ""
    assert join("a") == "a"
    assert join("a", "b") == "a et b"
    assert join("a", "b", "c") == "a, b et c"


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0_octet"),
        (1, "1_octet"),
        (999, "999_octets"),
        (1000, "1_ko"),
        (1500, "1,5_ko"),
        (9_960, "10_ko"),
        (12_345, "12_ko"),
        (999_499, "999_ko"),
        (999_500, "1_Mo"),
        (5_000_000, "5_Mo"),
        (1_240_000_000, "1,2_Go"),
        (7 * 10**15, "7_000_To"),
    ],
)
def test_a_file_size_is_written_in_octets(size, written):
    assert file_size(size) == fixed(written)


def test_a_negative_file_size_is_refused():
    with pytest.raises(ValueError, match="-1"):
        file_size(-1)


def test_days_and_moments_are_written_in_french():
    assert french_date(date(2025, 5, 20)) == "20 mai 2025"
    assert french_date(date(2025, 3, 1)) == "1er mars 2025"
    assert french_datetime(datetime(2025, 3, 1, 14, 0)) == fixed("1er mars 2025 à_14_h")  # noqa: DTZ001  a naive moment


def test_a_moment_is_told_in_paris_time():
    assert french_datetime(datetime(2025, 7, 31, 22, 5, tzinfo=UTC)) == fixed(
        "1er août 2025 à_0_h_05"
    )


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("L'IA d'aujourd'hui", "L’IA d’aujourd’hui"),
        ("Google Cloud Next '25", "Google Cloud Next ’25"),
        ("l'« IA »", "l’«_IA_»"),
        ("«IA» et « cloud »", "«_IA_» et «_cloud_»"),
        ("«\u202fIA\u202f»", "«_IA_»"),
        ("Pourquoi ? Parce que !", "Pourquoi_? Parce que_!"),
        ("Un : deux ; trois", "Un_: deux_; trois"),
        ("Vraiment ?!", "Vraiment_?!"),
        ("« Pourquoi ? »", "«_Pourquoi_?_»"),
        ("20,4% puis 20 % et 5 Md$", "20,4_% puis 20_% et 5_Md$"),
        ("AWS re:Invent à 10:30", "AWS re:Invent à 10:30"),
        ("Voir https://exemple.fr/l'ia?q=20% ici", "Voir https://exemple.fr/l'ia?q=20% ici"),
        ("Tapez `a ? b : 'c'` ici", "Tapez `a ? b : 'c'` ici"),
        ("d'a@exemple.fr", "d'a@exemple.fr"),
        ("une phrase -- sans tiret", "une phrase -- sans tiret"),
        ("deux\nlignes", "deux\nlignes"),
        ("", ""),
    ],
)
def test_plain_text_takes_french_spaces_and_apostrophes(typed, written):
    assert french_typography(typed) == fixed(written)


@given(st.text(alphabet="ab1 '«»;:!?%$\u00a0\u202f`/.@\n"))
def test_french_typography_applied_twice_changes_nothing_more(text):
    once = french_typography(text)

    assert french_typography(once) == once


def test_control_characters_go_and_every_line_break_is_a_line_feed():
    assert printable("a\x00b\x0bc\x85d\ufffee\tf\r\ng\rh\ni") == "abcde\tf\ng\nh\ni"


@given(st.text())
def test_what_is_printable_stays_as_it_is(text):
    once = printable(text)
    assert printable(once) == once
    assert len(once) <= len(text)
