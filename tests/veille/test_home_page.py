from datetime import date

import pytest

from publishing import clock
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


def home(client) -> str:
    return client.get("/").content.decode()


def test_an_empty_site_says_that_it_begins(client):
    content = home(client)
    assert "La veille commence." in content
    assert "Dernière mise à jour" not in content


def test_what_comes_is_shown_before_what_has_been(client):
    make.make_event(title="Fini", date="mai 2025")
    make.make_event(title="Salon de juillet", date="juillet 2025")
    with clock.frozen(date(2025, 6, 15)):
        content = home(client)
    assert "Prochains événements" in content
    assert "Salon de juillet" in content
    assert "Fini" not in content


def test_when_nothing_comes_any_more_the_home_page_shows_what_has_been(client):
    make.make_event(title="Fini", date="mai 2025")
    with clock.frozen(date(2026, 11, 22)):
        content = home(client)
    assert "Ce qui s’est tenu" in content
    assert "Fini" in content
    assert "Dernière mise à jour\u00a0: 4\u00a0février 2025" in content.replace(
        "4 février", "4\u00a0février"
    )


def test_the_first_indicator_leads_with_its_figure(client):
    figure = make.make_figure()
    assert home(client).count(figure.display) == 1


def test_the_home_page_costs_the_same_with_few_and_with_many_records(
    client, django_assert_max_num_queries
):
    """Events to come, events past, indicators, trends, topics, news, an analysis, companies, each
    with what its cards show, and the latest publication of each of the twelve kinds."""
    for _ in range(10):
        make.make_event()
        make.make_figure()
        make.make_news()
        make.make_trend()
        make.make_company(featured=True, roles=["user"])
    with django_assert_max_num_queries(VERSION + 34):
        home(client)


def test_a_key_figure_has_a_small_bar_for_each_of_its_parts(client):
    indicator = make.make_indicator(name="Dépenses")
    source = make.make_source()
    for value in (1, 2):
        segment = make.make_segment()
        make.make_figure(indicator=indicator, segment=segment, value=value, source=source)
    make.make_anomaly(accused=[indicator.figures.first()])
    content = home(client)
    assert content.count('class="mini__bar"') == 2
    assert content.count("chart__bar--contested") == 1
    assert "Contesté, et pourquoi" in content


def test_a_key_figure_told_for_several_years_has_a_small_line(client):
    indicator = make.make_indicator()
    for year in ("2022", "2023", "2024"):
        make.make_figure(indicator=indicator, period=year, value=int(year))
    content = home(client)
    assert content.count('class="spark"') == 1
    assert content.count('class="chart__line"') == 2


def test_a_lone_share_is_drawn_as_a_part_of_its_whole(client):
    make.make_figure()
    share = make.make_indicator(kind="share", unit="percent", scale=0)
    make.make_figure(indicator=share, value=40)
    assert home(client).count('class="mini__whole"') == 1


@pytest.mark.parametrize(
    "fields", [{"kind": "amount"}, {"kind": "growth_rate", "unit": "percent", "scale": 0}]
)
def test_a_value_that_stands_alone_has_no_chart(client, fields):
    make.make_figure()
    make.make_figure(indicator=make.make_indicator(**fields), value=40)
    content = home(client)
    assert "40\u00a0" in content
    assert "mini__bar" not in content
    assert "spark" not in content


def test_what_has_a_chart_comes_before_what_has_none(client):
    alone = make.make_figure()
    other = make.make_figure()
    told = make.make_indicator(name="Répartie")
    for value in (1, 2):
        make.make_figure(indicator=told, segment=make.make_segment(), value=value)
    keys = home(client).split('id="chiffres"')[1]
    assert alone.indicator.name not in keys
    assert keys.index("Répartie") < keys.index(other.get_absolute_url())


def test_a_growth_below_zero_has_its_bar_on_the_other_side(client):
    growth = make.make_indicator(kind="growth_rate", unit="percent", scale=0)
    for value in (30, -10):
        make.make_figure(indicator=growth, segment=make.make_segment(), value=value)
    content = home(client)
    assert 'x="25.0%" y="0" width="75.0%"' in content
    assert 'x="0.0%" y="0" width="25.0%"' in content
