"""Approximate dates: what editors type, case by case. The general laws are in the next file."""

from datetime import date

import pytest

from publishing.dates import (
    UNKNOWN,
    ApproximateDate,
    Precision,
    UnreadableDate,
    format_day,
    format_french,
    parse,
    with_article,
)

READ = {
    # text: (first day, last day, precision, EDTF, canonical label)
    "20 mai 2025": ("2025-05-20", "2025-05-20", "day", "2025-05-20", "20 mai 2025"),
    "1er mars 2025": ("2025-03-01", "2025-03-01", "day", "2025-03-01", "1er mars 2025"),
    "20-23 mai 2025": (
        "2025-05-20", "2025-05-23", "range", "2025-05-20/2025-05-23", "20-23 mai 2025"),
    "30 mai - 2 juin 2025": (
        "2025-05-30", "2025-06-02", "range", "2025-05-30/2025-06-02", "30 mai – 2 juin 2025"),
    "du 30 décembre 2025 au 2 janvier 2026": (
        "2025-12-30", "2026-01-02", "range", "2025-12-30/2026-01-02",
        "30 décembre 2025 – 2 janvier 2026"),
    "Avril 2025": ("2025-04-01", "2025-04-30", "month", "2025-04", "avril 2025"),
    "février 2024": ("2024-02-01", "2024-02-29", "month", "2024-02", "février 2024"),
    "Fin nov./déc. 2025": (
        "2025-11-01", "2025-12-31", "month_range", "2025-11/2025-12", "novembre-décembre 2025"),
    "de novembre 2025 à janvier 2026": (
        "2025-11-01", "2026-01-31", "month_range", "2025-11/2026-01",
        "novembre 2025 – janvier 2026"),
    "Printemps 2025": ("2025-03-01", "2025-05-31", "season", "2025-21", "printemps 2025"),
    "été 2025": ("2025-06-01", "2025-08-31", "season", "2025-22", "été 2025"),
    "Automne 2025": ("2025-09-01", "2025-11-30", "season", "2025-23", "automne 2025"),
    "hiver 2025": ("2025-12-01", "2026-02-28", "season", "2025-24", "hiver 2025-2026"),
    "hiver 2027-2028": ("2027-12-01", "2028-02-29", "season", "2027-24", "hiver 2027-2028"),
    "printemps-été 2025": (
        "2025-03-01", "2025-08-31", "season", "2025-21/2025-22", "printemps-été 2025"),
    "T3 2024": ("2024-07-01", "2024-09-30", "quarter", "2024-35", "3e trimestre 2024"),
    "T4 2024 - T1 2025": (
        "2024-10-01", "2025-03-31", "quarter", "2024-36/2025-33",
        "4e trimestre 2024 – 1er trimestre 2025"),
    "S1 2025": ("2025-01-01", "2025-06-30", "half", "2025-40", "1er semestre 2025"),
    "second semestre 2025": ("2025-07-01", "2025-12-31", "half", "2025-41", "2e semestre 2025"),
    "2025": ("2025-01-01", "2025-12-31", "year", "2025", "2025"),
    "vers 2025": ("2025-01-01", "2025-12-31", "year", "2025~", "vers 2025"),
    "vers avril 2025": ("2025-04-01", "2025-04-30", "month", "2025-04~", "vers avril 2025"),
    "vers l’été 2025": ("2025-06-01", "2025-08-31", "season", "2025-22~", "vers l’été 2025"),
    "années 2024-2025": ("2024-01-01", "2025-12-31", "year", "2024/2025", "2024-2025"),
    "années 2020": ("2020-01-01", "2029-12-31", "decade", "202X", "années 2020"),
    "D’ici 2030": (None, "2030-12-31", "year", "../2030", "d’ici 2030"),
    "d’ici à l’automne 2025": (None, "2025-11-30", "season", "../2025-23",
        "d’ici à l’automne 2025"),
    "avant mars 2026": (None, "2026-03-31", "month_range", "../2026-03", "d’ici mars 2026"),
    "jusqu’au 20 mai 2025": (None, "2025-05-20", "range", "../2025-05-20", "d’ici au 20 mai 2025"),
    "depuis 2020": ("2020-01-01", None, "year", "2020/..", "depuis 2020"),
    "à partir du 20 mai 2025": (
        "2025-05-20", None, "range", "2025-05-20/..", "depuis le 20 mai 2025"),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_date_is_read_with_its_bounds_and_keeps_its_words(text):
    first, last, precision, edtf, _ = READ[text]

    assert parse(text) == ApproximateDate(
        label=text,
        start=first and date.fromisoformat(first),
        end=last and date.fromisoformat(last),
        precision=Precision(precision),
        edtf=edtf,
    )


@pytest.mark.parametrize("text", READ)
def test_a_date_is_written_in_one_way(text):
    assert format_french(parse(text)) == READ[text][-1]


SAME = {
    "20 mai 2025": [
        "le 20 mai 2025", "20 MAI 2025", "  20 mai 2025 ", "20\u00a0mai\u202f2025",
        "20\tmai\n2025", "mardi 20 mai 2025", "Mar. 20 mai 2025", "le mardi 20 mai 2025",
        "20/05/2025", "20.05.2025", "20-05-2025", "20/5/2025", "2025-05-20", "2025/05/20",
        "20 mai 2025.", "20-20 mai 2025",
    ],
    "1er mars 2025": [
        "1 mars 2025", "1ᵉʳ mars 2025", "01/03/2025", "01 mars 2025", "1ER MARS 2025",
        "samedi 1er mars 2025",
    ],
    "2 mars 2025": ["02/03/2025", "2/3/2025"],
    "20-23 mai 2025": [
        "20–23 mai 2025", "20—23 mai 2025", "20 - 23 mai 2025", "du 20 au 23 mai 2025",
        "20 au 23 mai 2025", "20 mai - 23 mai 2025", "20 mai 2025 - 23 mai 2025",
        "20/05/2025 - 23/05/2025", "20/05 - 23/05/2025", "20/05-23/05/2025",
        "2025-05-20/2025-05-23", "2025-05-20 - 2025-05-23", "20, 21, 22 et 23 mai 2025",
        "du mardi 20 au vendredi 23 mai 2025", "du 20 mai jusqu’au 23 mai 2025",
    ],
    "20-21 mai 2025": ["20 et 21 mai 2025", "20/21 mai 2025", "les 20 et 21 mai 2025"],
    "30 avril - 1er mai 2025": ["30 avril et 1er mai 2025", "30/04-01/05/2025"],
    "avril 2025": [
        "avr. 2025", "avr 2025", "04/2025", "4/2025", "2025-04", "en avril 2025", "AVRIL 2025",
        "courant avril 2025", "début avril 2025", "mi-avril 2025", "mi avril 2025",
        "fin avril 2025", "à la fin du mois d’avril 2025", "première quinzaine d’avril 2025",
        "au cours du mois d’avril 2025",
    ],
    "août 2025": ["aout 2025", "AOUT 2025", "ao\u0075\u0302t 2025", "mois d'août 2025"],
    "février 2025": ["fév. 2025", "févr. 2025", "fevrier 2025", "FÉV 2025"],
    "novembre-décembre 2025": [
        "nov.-déc. 2025", "nov./dec. 2025", "novembre et décembre 2025", "11/2025 - 12/2025",
        "de fin novembre à début décembre 2025", "entre novembre et décembre 2025",
        "novembre ou décembre 2025", "2025-11/2025-12",
    ],
    "août-septembre 2025": ["d’août à septembre 2025", "mi-août – mi-septembre 2025"],
    "nov. 2025 – janv. 2026": ["novembre 2025-janvier 2026", "2025-11/2026-01"],
    "automne 2025": ["à l’automne 2025", "l'automne 2025", "fin de l’automne 2025", "2025-23"],
    "printemps 2025": ["au printemps 2025", "début du printemps 2025"],
    "été 2025": ["ete 2025", "au cours de l’été 2025"],
    "hiver 2025": ["hiver 2025/2026", "hiver 2025-26", "l’hiver 2025 – 2026", "2025-24"],
    "printemps-automne 2025": ["du printemps à l’automne 2025"],
    "T3 2024": [
        "3e trimestre 2024", "3ème trimestre 2024", "troisième trimestre 2024", "Q3 2024",
        "t3-2024", "T3/2024", "2024-T3", "2024 Q3", "2024-35", "au 3e trimestre de 2024",
        "fin du T3 2024",
    ],
    "T4 2024": ["dernier trimestre 2024"],
    "S1 2025": ["1er semestre 2025", "premier semestre 2025", "H1 2025", "2025-S1", "2025-40"],
    "S2 2025": ["second semestre 2025", "2e semestre 2025", "dernier semestre 2025", "2025-41"],
    "2025": [
        "en 2025", "courant 2025", "début 2025", "mi-2025", "fin 2025", "année 2025",
        "fin de l’année 2025", "l’an 2025", "2025/2025",
    ],
    "2024-2025": ["2024/2025", "2024 – 2025", "de 2024 à 2025", "fin 2024 - début 2025"],
    "années 2020": ["les années 2020", "début des années 2020", "décennie 2020", "202X"],
    "vers 2025": ["2025~", "vers mi-2025", "autour de 2025", "environ 2025"],
    "d’ici 2030": [
        "d'ici fin 2030", "d’ici à 2030", "avant 2030", "avant la fin de l’année 2030",
        "jusqu’en 2030", "d’ici la fin 2030", "../2030", "au plus tard en 2030",
        "à l’horizon 2030", "horizon 2030",
    ],
    "depuis 2020": ["à partir de 2020", "dès 2020", "après 2020", "à compter de 2020", "2020/.."],
}  # fmt: skip


@pytest.mark.parametrize(("text", "variant"), [(k, v) for k, vs in SAME.items() for v in vs])
def test_the_same_date_may_be_typed_in_many_ways(text, variant):
    assert bounds(parse(variant)) == bounds(parse(text))


def bounds(value):
    return value.start, value.end, value.precision, value.edtf


@pytest.mark.parametrize(
    "text",
    [
        "À déterminer", "A DETERMINER", "à définir", "à préciser", "à confirmer", "À venir",
        "date à confirmer", "Dates à venir", "prochainement", "date inconnue", "inconnue",
        "non communiqué", "non communiquée", "non communiqué(e)", "pas encore annoncée",
        "Dernier trimestre", "au dernier trimestre", "d'ici quatre ans", "D’ici quatre ans",
        "dans 18 mois", "d’ici deux à trois ans", "il y a deux ans", "l’an prochain",
        "le mois dernier", "cette année", "fin d’année", "d’ici la fin de l’année",
        "ces dernières années", "au cours des trois prochaines années", "à moyen terme",
        "à l’horizon de trois ans", "à un horizon de 5 ans",
    ],
)  # fmt: skip
def test_words_without_a_year_are_kept_as_an_unknown_date(text):
    assert parse(text) == ApproximateDate(text, None, None, Precision.UNKNOWN, "XXXX")


@pytest.mark.parametrize("text", ["", " ", "\u00a0\n", "\u200b", "XXXX", "xxxx", "?", "-", "TBD"])
def test_a_blank_or_a_placeholder_is_the_unknown_date(text):
    assert parse(text) == UNKNOWN


EXAMPLES = (
    "Écrivez par exemple « 20 mai 2025 », « 20-23 mai 2025 », « avril 2025 », "
    "« automne 2025 », « T3 2024 », « 2025 », « d’ici 2030 » ou « À déterminer »."
)
MISSING_YEAR = "Il manque l’année : écrivez-la en quatre chiffres, comme dans « mai 2025 »."
SEPARATE_DAYS = (
    "Des jours séparés ou au choix ne forment pas une date : écrivez une plage "
    "(« 20-23 mai 2025 ») ou le mois (« mai 2025 »)."
)
VAGUE_DAY = (
    "Un jour ne peut pas être approximatif : écrivez le mois (« vers mai 2025 ») "
    "ou une plage de jours (« 20-23 mai 2025 »)."
)
MIXED = (
    "Les deux bornes doivent avoir la même précision : deux jours "
    "(« 20-23 mai 2025 »), deux mois (« avril-mai 2025 ») ou deux années (« 2024-2025 »)."
)


def year_refused(year):
    return (
        f"L’année {year} n’est pas admise : "
        "écrivez une année de quatre chiffres, entre 1000 et 9999."
    )


REFUSED = {
    "bientôt peut-être": f"« bientôt peut-être » ne se lit pas comme une date. {EXAMPLES}",
    "20 mai 2025 à 9 h": f"« 20 mai 2025 à 9 h » ne se lit pas comme une date. {EXAMPLES}",
    "fin 20 mai 2025": f"« fin 20 mai 2025 » ne se lit pas comme une date. {EXAMPLES}",
    "../..": f"« ../.. » ne se lit pas comme une date. {EXAMPLES}",
    "31 avril 2025": "Le 31 avril 2025 n’existe pas.",
    "29/02/2025": "Le 29 février 2025 n’existe pas.",
    "2025-02-30": "Le 30 février 2025 n’existe pas.",
    "0 mai 2025": "Le 0 mai 2025 n’existe pas.",
    "20-45 mai 2025": "Le 45 mai 2025 n’existe pas.",
    "05/20/2025": "Le mois 20 n’existe pas : les mois vont de 1 à 12.",
    "2025-13": "Le mois 13 n’existe pas : les mois vont de 1 à 12.",
    "T5 2024": "Il n’y a pas de 5e trimestre : une année en compte 4.",
    "3e semestre 2024": "Il n’y a pas de 3e semestre : une année en compte 2.",
    "T0 2024": "Il n’y a pas de 0e trimestre : une année en compte 4.",
    "lundi 20 mai 2025": "Le 20 mai 2025 est un mardi, pas un lundi.",
    "lundi 20 et mercredi 21 mai 2025": "Le 20 mai 2025 est un mardi, pas un lundi.",
    "23-20 mai 2025": "La fin (20 mai 2025) précède le début (23 mai 2025).",
    "décembre - janvier 2026": "La fin (janvier 2026) précède le début (décembre 2026).",
    "2025-2024": "La fin (2024) précède le début (2025).",
    "2025-05-23/2025-05-20": "La fin (20 mai 2025) précède le début (23 mai 2025).",
    "20 et 23 mai 2025": SEPARATE_DAYS,
    "30 avril et 2 mai 2025": SEPARATE_DAYS,
    "20 mai ou 21 mai 2025": SEPARATE_DAYS,
    "vers le 20 mai 2025": VAGUE_DAY,
    "2025-05-20~": VAGUE_DAY,
    "2 mai - juin 2025": MIXED,
    "2024/2025-03": MIXED,
    "hiver 2025-2027": MIXED,
    "20 mai": MISSING_YEAR,
    "20-23 mai": MISSING_YEAR,
    "20/05": MISSING_YEAR,
    "automne": MISSING_YEAR,
    "premier semestre": MISSING_YEAR,
    "20 mai 25": year_refused("25"),
    "999": year_refused("999"),
    "mai 12025": year_refused("12025"),
    "0999-05": year_refused("0999"),
    "hiver 9999": year_refused("10000"),
    "20 mai 2025 " + "x" * 69: (
        "La date est trop longue (81 caractères) : elle doit tenir en 80 caractères."
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_each_mistake_has_its_own_sentence(text):
    with pytest.raises(UnreadableDate) as refusal:
        parse(text)

    assert refusal.value.message == REFUSED[text]
    assert str(refusal.value) == refusal.value.message


def test_eighty_characters_are_accepted_and_spaces_around_do_not_count():
    text = "30 septembre 2026".ljust(61) + "au 1er octobre 2026"

    assert len(text) == 80
    assert parse(f"  {text}  ").edtf == "2026-09-30/2026-10-01"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-05-20", "20 mai 2025"),
        ("2025-11/2025-12", "novembre-décembre 2025"),
        ("202X", "années 2020"),
        ("XXXX", "Date à déterminer"),
        ("", "Date à déterminer"),
        ("Fin nov./déc. 2025", "Fin nov./déc. 2025"),
        ("À déterminer", "À déterminer"),
    ],
)
def test_people_are_always_shown_french(text, shown):
    assert parse(text).display == shown
    assert str(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "is_known", "is_exact"),
    [
        ("20 mai 2025", True, True),
        ("20-23 mai 2025", True, True),
        ("mai 2025", True, False),
        ("d’ici au 20 mai 2025", True, False),
        ("depuis 2020", True, False),
        ("À déterminer", False, False),
    ],
)
def test_only_days_that_are_all_known_may_be_shown_as_days(text, is_known, is_exact):
    value = parse(text)

    assert (value.is_known, value.is_exact) == (is_known, is_exact)


def test_dates_sort_on_their_start_else_their_end_and_the_unknown_comes_last():
    texts = ["À déterminer", "mai 2025", "d’ici 2024", "depuis 2020", "20 mai 2025"]

    assert sorted(texts, key=lambda text: parse(text).sort_key) == [
        "depuis 2020", "d’ici 2024", "mai 2025", "20 mai 2025", "À déterminer",
    ]  # fmt: skip
    assert UNKNOWN.sort_key == date(9999, 12, 31)


def test_a_date_is_over_after_its_last_day_and_never_when_that_day_is_unknown():
    assert not parse("mai 2025").ends_before(date(2025, 5, 31))
    assert parse("mai 2025").ends_before(date(2025, 6, 1))
    assert not parse("depuis 2020").ends_before(date(2099, 1, 1))
    assert not UNKNOWN.ends_before(date(2099, 1, 1))


def test_days_known_to_a_program_become_dates():
    assert ApproximateDate.from_day(date(2025, 5, 20)) == parse("20 mai 2025")
    assert ApproximateDate.from_days(date(2025, 5, 20), date(2025, 5, 23)) == parse(
        "20-23 mai 2025"
    )
    with pytest.raises(UnreadableDate, match="précède"):
        ApproximateDate.from_days(date(2025, 5, 23), date(2025, 5, 20))
    with pytest.raises(UnreadableDate, match="999"):
        ApproximateDate.from_day(date(999, 5, 23))


def test_the_first_of_a_month_is_an_ordinal():
    assert format_day(date(2025, 8, 1)) == "1er août 2025"
    assert format_day(date(2025, 8, 11)) == "11 août 2025"


@pytest.mark.parametrize(
    ("text", "within_a_sentence"),
    [
        ("4 février 2025", "le 4 février 2025"), ("Février 2025", "février 2025"),
        ("2025", "2025"), ("T3 2024", "le 3e trimestre 2024"), ("Automne 2025", "l’automne 2025"),
        ("vers 2025", "vers 2025"), ("2024-2025", "2024-2025"), ("", "Date à déterminer"),
    ],
)  # fmt: skip
def test_a_date_has_an_article_within_a_sentence(text, within_a_sentence):
    assert with_article(parse(text)) == within_a_sentence


def test_an_edtf_string_that_is_not_ours_is_not_formatted():
    with pytest.raises(UnreadableDate, match="EDTF"):
        format_french(ApproximateDate("", date(2025, 1, 1), None, Precision.YEAR, "2025?"))
