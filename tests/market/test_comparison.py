import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from market.charts import LONGEST_PERCENT, bars_of
from market.models import Figure, Indicator
from publishing.anomalies import checked_together
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db

PAGE = "/marche/comparer/"
UNTOLD = "Ces parts ne font pas un tout\u00a0: rien n’est empilé."


@pytest.fixture
def universe():
    return make.make_perimeter(name="Nuage public")


@pytest.fixture
def segments():
    return [make.make_segment(name=name) for name in ("IaaS", "PaaS", "SaaS")]


def measured(universe, name, kind="amount", unit="USD", scale=9, **fields) -> Indicator:
    return make.make_indicator(
        name=name, kind=kind, unit=unit, scale=scale, perimeter=universe, **fields
    )


def told(indicator, parts, values, dimension="segment", **fields) -> list[Figure]:
    source = fields.pop("source", None) or make.make_source()
    return [
        make.make_figure(
            indicator=indicator,
            value=Decimal(value),
            source=source,
            **{dimension: part} if part else {},
            **fields,
        )
        for part, value in zip(parts, values, strict=True)
    ]


@pytest.fixture
def spending(universe, segments):
    indicator = measured(universe, "Dépenses")
    told(indicator, [None, *segments], ["678.8", "182.2", "176.5", "244"])
    return indicator


@pytest.fixture
def shares(universe, segments):
    indicator = measured(universe, "Répartition", "share", "percent", 0, breakdown="complete")
    told(indicator, segments, ["26.6", "21.4", "18.9"])
    return indicator


def compared(client, *indicators, actors=(), status=200):
    query = urlencode(
        {"indicateur": [one.slug for one in indicators], "acteur": [one.slug for one in actors]},
        doseq=True,
    )
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == status
    return response


def text(response) -> str:
    return response.content.decode()


def test_amounts_and_shares_stand_side_by_side_each_on_its_scale(client, spending, shares):
    response = compared(client, spending, shares)
    groups = response.context["comparison"].groups
    assert [[bar.label for bar in group.chart.bars] for group in groups] == [
        ["SaaS", "IaaS", "PaaS"],
        ["IaaS", "PaaS", "SaaS"],
    ]
    assert [reason.facet for reason in response.context["comparison"].reasons] == [
        "Ce qui est mesuré",
        "L’unité",
    ]
    assert "Chacun à son échelle" in text(response)


def test_what_is_left_untold_is_said_and_nothing_is_stacked(client, spending, shares):
    content = text(compared(client, spending, shares))
    assert f"66,9\u00a0% expliqués, 33,1\u00a0% sans détail. {UNTOLD}" in content
    assert "602,7\u00a0Md$ détaillés sur 678,8\u00a0Md$, 76,1\u00a0Md$ sans détail." in content


def test_what_is_measured_alike_stands_on_one_scale_whatever_its_scale(client, universe, segments):
    public, private = measured(universe, "Public"), measured(universe, "Privé", scale=6)
    source = make.make_source()
    told(public, segments[:1], ["2"], source=source)
    told(private, segments[:1], ["500"], source=source)
    response = compared(client, public, private)
    [group] = response.context["comparison"].groups
    assert [(bar.label, bar.length) for bar in group.chart.bars] == [
        ("IaaS, Public", LONGEST_PERCENT),
        ("IaaS, Privé", LONGEST_PERCENT / 4),
    ]
    assert "Sur une même échelle" in text(response)


@pytest.mark.parametrize(
    ("indicator", "figure", "facet"),
    [
        ({"geography": "France"}, {}, "La géographie"),
        ({"perimeter": None}, {}, "Le périmètre"),
        ({"unit": "EUR"}, {}, "L’unité"),
        ({}, {"period": "2023"}, "La période"),
        ({}, {"nature": "forecast"}, "La nature du chiffre"),
        ({}, {"nature": "estimate"}, "La nature du chiffre"),
    ],
)
def test_why_two_indicators_do_not_share_a_scale(
    client, universe, segments, indicator, figure, facet
):
    one = measured(universe, "Un")
    other = make.make_indicator(**{"name": "Autre", "perimeter": universe} | indicator)
    told(one, segments, [1, 2, 3])
    told(other, segments, [1, 2, 3], **figure)
    response = compared(client, one, other)
    assert [reason.facet for reason in response.context["comparison"].reasons] == [facet]
    assert f"<dt>{facet}</dt>" in text(response)


def test_the_latest_period_that_all_have_is_compared(client, universe, segments):
    one, other = measured(universe, "Un"), measured(universe, "Autre")
    for period in ("2023", "2024"):
        told(one, segments, [1, 2, 3], period=period)
    told(other, segments, [1, 2, 3], period="2023")
    response = compared(client, one, other)
    assert response.context["comparison"].reasons == []
    assert "3\u00a0chiffres d’une autre période" in text(response)


def test_two_undated_indicators_are_not_known_to_be_of_one_time(client, universe, segments):
    one, other = measured(universe, "Un"), measured(universe, "Autre")
    told(one, segments, [1, 2, 3], period="")
    told(other, segments, [1, 2, 3], period="")
    assert "rien ne dit que c’est la même" in text(compared(client, one, other))


def test_actors_are_compared_on_all_that_is_published_and_what_is_missing_is_said(client, universe):
    shares = measured(universe, "Parts de marché", "share", "percent", 0)
    trained = measured(universe, "Personnes formées", "count", "people", 0)
    actors = [make.make_company(name=name) for name in ("Alpha", "Bêta", "Gamma")]
    parts = told(shares, actors, [32, 23, 12], dimension="company")
    make.make_figure(
        indicator=shares,
        value=Decimal(73),
        qualifier="gt",
        source=parts[0].source,
        components=parts,
    )
    told(trained, actors[:1], [600000], dimension="company")
    content = text(compared(client, actors=actors))
    assert "67\u00a0% expliqués, 33\u00a0% sans détail." in content
    assert "Personnes formées\u00a0»\u00a0: rien de publié pour Bêta et Gamma." in content
    assert "Croissance de ces acteurs\u00a0: aucun chiffre publié." in content
    # The stated total of some is no part: it never has a bar.
    [chart] = [group.chart for group in compared(client, shares).context["comparison"].groups]
    assert [bar.label for bar in chart.bars] == ["Alpha", "Bêta", "Gamma"]
    assert "plus de 73\u00a0%" in text(compared(client, shares))


def test_rates_of_growth_are_not_added_and_may_be_negative(client, universe, segments):
    growth = measured(universe, "Croissance", "growth_rate", "percent", 0)
    told(growth, segments, [30, -10, 0])
    response = compared(client, growth)
    [group] = response.context["comparison"].groups
    assert [(bar.label, bar.start, bar.length) for bar in group.chart.bars] == [
        ("IaaS", 15.5, 46.5),
        ("SaaS", 15.5, 0.0),
        ("PaaS", 0.0, 15.5),
    ]
    assert "Des taux ne s’additionnent pas" in text(response)


def test_rates_measured_on_each_part_are_not_added(client, universe, segments):
    adoption = measured(universe, "Taux d’adoption", "share", "percent", 0)
    told(adoption, segments, [41, 20, 60])
    assert "ils ne s’additionnent pas" in text(compared(client, adoption))


@pytest.mark.parametrize(
    ("values", "fields", "words"),
    [
        ([50, 30, 20], {}, "100\u00a0% expliqués\u00a0: les parts font le tout"),
        ([60, 50, 20], {}, "Les parts font 130\u00a0%, plus que le tout"),
        ([30, 20, 10], {"qualifier": "gt"}, "Au moins 60\u00a0% expliqués, au plus 40\u00a0% sans"),
        ([60, 50, 20], {"qualifier": "lt"}, "ce qui manque au tout n’est pas connu"),
        ([30, 20, 10], {"qualifier": "lt"}, "Au plus 60\u00a0% expliqués, au moins 40\u00a0% sans"),
    ],
)
def test_how_much_of_the_whole_shares_explain(client, universe, segments, values, fields, words):
    indicator = measured(universe, "Répartition", "share", "percent", 0, breakdown="complete")
    told(indicator, segments, values, **fields)
    content = text(compared(client, indicator))
    assert words in content


def test_a_contested_figure_is_marked_and_a_corrected_one_replaced(client, spending, segments):
    old = spending.figures.get(segment=segments[0])
    new = make.make_figure(
        indicator=spending,
        segment=segments[0],
        value=Decimal("190"),
        supersedes=old,
        erratum="Une faute de frappe.",
    )
    make.make_anomaly(accused=[spending.figures.get(segment=segments[1])])
    content = text(compared(client, spending))
    assert "Chiffre contesté" in content
    assert f'<a href="{new.get_absolute_url()}"' in content
    assert "le graphique prend la valeur corrigée" in content


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("indicateur=inconnu", "inconnu\u00a0» n’est pas un choix\u00a0:"),
        ("acteur=inconnu", "inconnu\u00a0» n’est pas un choix\u00a0:"),
        ("indicators=depenses", "Paramètre inconnu"),
    ],
)
def test_a_wrong_choice_is_refused_and_the_right_one_is_kept(client, spending, query, words):
    response = client.get(f"{PAGE}?indicateur={spending.slug}&{query}")
    assert response.status_code == 400
    content = text(response)
    assert words in content
    [box] = re.findall(rf'<input[^>]*value="{spending.slug}"[^>]*>', content)
    assert " checked" in box


def test_more_indicators_than_fit_are_refused(client):
    indicators = [make.make_figure().indicator for _ in range(7)]
    assert "6 au plus se comparent" in text(compared(client, *indicators, status=400))


def test_without_a_choice_the_first_comparison_worth_a_look_is_shown(client, spending, shares):
    content = text(client.get(PAGE))
    query = f"indicateur={spending.slug}&amp;indicateur={shares.slug}"
    assert f'<a href="{PAGE}?{query}">' in content
    assert UNTOLD in content


def test_an_empty_market_says_so(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "Aucune fiche n’est encore publiée ici." in text(response)


def test_a_draft_is_neither_offered_nor_compared(client, spending):
    draft = make.make_indicator(name="Confidentiel", status=Status.DRAFT)
    make.make_figure(indicator=spending, value=Decimal("999"), status=Status.DRAFT)
    assert "Confidentiel" not in text(client.get(PAGE))
    assert "999" not in text(compared(client, spending))
    compared(client, draft, status=400)


def test_the_pages_of_indicators_and_companies_lead_to_it(client, universe):
    company = make.make_company()
    [figure] = told(measured(universe, "Parts"), [company], [1], dimension="company")
    assert f"{PAGE}?indicateur={figure.indicator.slug}" in text(
        client.get(figure.indicator.get_absolute_url())
    )
    assert f"{PAGE}?acteur={company.slug}" in text(client.get(company.get_absolute_url()))
    assert PAGE in text(client.get(reverse("market:overview")))
    assert PAGE not in text(client.get(make.make_company().get_absolute_url()))


def test_a_comparison_costs_the_same_with_three_figures_and_with_thirty(
    client, spending, shares, django_assert_num_queries
):
    # What the form offers, twice; the indicators, their topics, their live figures with what
    # corrects them and their anomalies; how rules read these, and what they add up.
    with django_assert_num_queries(VERSION + 9):
        compared(client, spending, shares)
    with checked_together():
        for indicator in (spending, shares):
            told(indicator, [make.make_segment() for _ in range(30)], range(30))
    with django_assert_num_queries(VERSION + 9):
        compared(client, spending, shares)


def test_a_very_long_name_is_cut_in_the_chart_and_whole_in_its_link():
    indicator = make.make_indicator()
    parts = [make.make_segment(name=f"{n} {'très ' * 20}long") for n in (1, 2)]
    figures = told(indicator, parts, [1, 2])
    chart = bars_of([(one.segment.name, one) for one in figures], identifier="x", title="X")
    assert all(len(bar.short_label) <= 40 < len(bar.label) for bar in chart.bars)


def test_the_proposals_cost_the_same_with_two_indicators_and_with_ten(
    client, spending, shares, django_assert_num_queries
):
    # As for a comparison: the first of them is shown.
    with django_assert_num_queries(VERSION + 9):
        client.get(PAGE)
    for _ in range(8):
        make.make_figure(company=make.make_company())
    with django_assert_num_queries(VERSION + 9):
        client.get(PAGE)
