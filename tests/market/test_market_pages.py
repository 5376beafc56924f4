import re
from decimal import Decimal

import pytest
from django.urls import reverse

from market.charts import LONGEST_PERCENT, bar_chart
from market.models import Figure
from market.views import MOST_PANELS
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


@pytest.fixture
def spending():
    """An indicator with its whole and three segments, as a market is usually told."""
    indicator = make.make_indicator(name="Dépenses")
    source = make.make_source()
    whole = make.make_figure(indicator=indicator, value=Decimal("602.7"), source=source)
    parts = [
        make.make_figure(
            indicator=indicator,
            segment=make.make_segment(name=name),
            value=Decimal(value),
            source=source,
        )
        for name, value in (("IaaS", "182.2"), ("PaaS", "176.5"), ("SaaS", "244"))
    ]
    return indicator, whole, parts


def overview(client) -> str:
    return client.get(reverse("market:overview")).content.decode()


def test_the_overview_of_an_empty_market_says_so(client):
    assert "Aucune fiche n’est encore publiée ici." in overview(client)


def test_the_overview_shows_each_figure_with_its_source(client, spending):
    _, whole, parts = spending
    content = overview(client)
    for figure in [whole, *parts]:
        assert figure.display in content
        assert f'href="{figure.source.get_absolute_url()}"' in content


def test_the_overview_shows_the_first_indicators_and_leads_to_the_others(client, spending):
    for place in range(MOST_PANELS - 1):
        make.make_indicator(name=f"Mesure {place:02}", position=place + 1)
    assert "premiers indicateurs" not in overview(client)
    make.make_indicator(name="Celle de trop", position=1000)
    content = overview(client)
    assert f"Ce sont les {MOST_PANELS} premiers indicateurs." in content
    assert "Mesure 10" in content
    assert "Celle de trop" not in content


def test_the_overview_costs_the_same_with_one_indicator_and_with_ten(
    client, spending, django_assert_num_queries
):
    # The indicators, their topics, their live figures with what corrects them and their
    # anomalies; how rules read these figures and what they add up, to say what parts leave
    # untold; the growth drivers.
    with django_assert_num_queries(VERSION + 8):
        overview(client)
    for _ in range(9):
        make.make_figure()
    with django_assert_num_queries(VERSION + 8):
        overview(client)


def test_a_chart_has_a_bar_for_each_part_and_the_same_data_in_a_table(client, spending):
    indicator, _, parts = spending
    content = client.get(indicator.get_absolute_url()).content.decode()
    assert content.count('class="chart__bar"') == 3
    assert (
        "SaaS\u00a0: 244\u00a0Md$ ; IaaS\u00a0: 182,2\u00a0Md$ ; PaaS\u00a0: 176,5\u00a0Md$."
        in (content.replace("\u00a0;", " ;"))
    )
    for figure in parts:
        assert content.count(figure.display) >= 3


def test_lengths_are_proportional_to_values(spending):
    _, _, parts = spending
    chart = bar_chart(parts, identifier="x", title="X")
    assert [bar.label for bar in chart.bars] == ["SaaS", "IaaS", "PaaS"]
    assert chart.bars[0].length == LONGEST_PERCENT
    assert chart.bars[1].length == pytest.approx(LONGEST_PERCENT * 182.2 / 244, abs=0.01)


def test_what_cannot_be_compared_has_no_chart(spending):
    _, whole, _ = spending
    assert bar_chart([whole], identifier="x", title="X") is None
    assert bar_chart([], identifier="x", title="X") is None
    assert bar_chart([whole, make.make_figure()], identifier="x", title="X") is None
    negative = make.make_figure(indicator=whole.indicator, value=Decimal(-3))
    assert bar_chart([whole, negative], identifier="x", title="X") is None


def test_a_new_vintage_is_shown_and_the_old_one_stays_struck_in_the_trail(client):
    old = make.make_figure(value=Decimal("678.8"), vintage="février 2025")
    new = make.make_figure(
        indicator=old.indicator, value=Decimal("690.1"), vintage="mai 2025", supersedes=old
    )
    content = client.get(old.indicator.get_absolute_url()).content.decode()
    assert f'<tr id="{old.slug}" class="replaced">' in content
    assert f'<tr id="{new.slug}">' in content
    assert old.display not in overview(client)
    assert list(Figure.objects.live()) == [new]
    assert list(Figure.objects.trail()) == [old, new]


def test_a_draft_vintage_replaces_nothing(client):
    old = make.make_figure()
    make.make_figure(indicator=old.indicator, supersedes=old, status=Status.DRAFT)
    assert list(Figure.objects.live()) == [old]


@pytest.mark.parametrize(
    ("value", "fields", "shown"),
    [
        ("678.8", {}, "678,8\u00a0Md$"),
        ("244", {}, "244\u00a0Md$"),
        ("244.0", {}, "244,0\u00a0Md$"),
        ("150", {"qualifier": "gt"}, "plus de 150\u00a0Md$"),
    ],
)
def test_a_figure_keeps_the_decimals_and_the_qualifier_it_was_stated_with(value, fields, shown):
    figure = make.make_figure(value=Decimal(value), **fields)
    assert Figure.objects.get(pk=figure.pk).display == shown


def test_a_figure_page_leads_to_what_it_totals_and_back(client):
    part = make.make_figure()
    total = make.make_figure(indicator=part.indicator, components=[part])
    assert (
        f'href="{part.get_absolute_url()}"' in client.get(total.get_absolute_url()).content.decode()
    )
    assert (
        f'href="{total.get_absolute_url()}"' in client.get(part.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        ("2024", '<span class="date">2024</span>'),
        ("Dernier trimestre", '<span class="date date--approximate">Dernier trimestre</span>'),
        ("", '<span class="date date--approximate">non précisée</span>'),
    ],
)
def test_a_period_is_shown_as_stated_or_said_not_to_be(client, period, shown):
    figure = make.make_figure(period=period)
    assert shown in client.get(figure.get_absolute_url()).content.decode()


def told_in_a_minute(client) -> str:
    words = overview(client).split('id="minute"')[1].split("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", words).replace("\u00a0", " "))


def test_the_overview_begins_with_the_amount_and_its_growth(client, spending):
    indicator, _, _ = spending
    growth = make.make_indicator(kind="growth_rate", unit="percent", scale=0, base=indicator)
    make.make_figure(indicator=growth, value=Decimal("20.4"), nature="estimate")
    make.make_figure(indicator=growth, value=Decimal("9.9"), period="2022")
    words = told_in_a_minute(client)
    assert "Dépenses : 602,7 Md$ (constaté, 2024), croissance de 20,4 %." in words
    assert "En tête : SaaS 244 Md$, IaaS 182,2 Md$, PaaS 176,5 Md$." in words
    assert "602,7 Md$ détaillés : le compte de l’ensemble, 602,7 Md$, y est." in words


def test_a_growth_of_another_time_is_not_said_beside_the_amount(client, spending):
    growth = make.make_indicator(kind="growth_rate", unit="percent", scale=0, base=spending[0])
    make.make_figure(indicator=growth, value=Decimal("9.9"), period="2022")
    assert "9,9" not in told_in_a_minute(client)


def test_the_overview_tells_shares_doubts_and_forecasts(client, spending):
    shares = make.make_indicator(name="Parts", kind="share", unit="percent", scale=0)
    source = make.make_source()
    parts = [
        make.make_figure(
            indicator=shares, company=make.make_company(name=name), value=value, source=source
        )
        for name, value in (("Alpha", 32), ("Bêta", 23))
    ]
    make.make_figure(indicator=spending[0], nature="forecast", period="2020", value=500)
    make.make_figure(indicator=spending[0], nature="forecast", period="2090", value=900)
    make.make_anomaly(accused=parts[:1])
    words = told_in_a_minute(client)
    assert "Parts : Alpha 32 % (contesté), Bêta 23 %. 55 % expliqués, 45 % sans détail." in words
    assert "À lire avec prudence : 1 chiffre contesté, 0 non sourcé, sur 8." in words
    assert "Prévisions : 2 prévisions, dont 1 échue." in words


def test_without_a_measured_amount_there_is_no_summary(client):
    make.make_figure(nature="forecast", period="2090")
    assert 'id="minute"' not in overview(client)
