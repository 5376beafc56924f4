from decimal import Decimal

import pytest

from market.lines import line_charts
from market.models import Figure
from publishing.models import Status
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    return make.make_indicator(name="Dépenses")


@pytest.fixture
def source():
    return make.make_source()


def told(indicator, source, values, **fields) -> list[Figure]:
    return [
        make.make_figure(
            indicator=indicator, source=source, period=period, value=Decimal(value), **fields
        )
        for period, value in values
    ]


def lines_of(indicator):
    figures = indicator.figures.published().for_cards().trail()
    return line_charts(figures, identifier="evolution")


def page(client, indicator) -> str:
    return client.get(indicator.get_absolute_url()).content.decode()


def test_two_years_make_a_line_whose_points_are_links(client, indicator, source):
    figures = told(indicator, source, [("2023", "563.6"), ("2024", "678.8")])
    content = page(client, indicator)
    assert content.count('class="chart__line"') == 1
    for figure in figures:
        assert f'<a href="{figure.get_absolute_url()}" aria-label="Ensemble, 202' in content


def test_one_value_has_no_line(client, indicator, source):
    told(indicator, source, [("2024", 1)])
    assert lines_of(indicator) == []
    assert 'id="evolution"' not in page(client, indicator)


def test_a_line_stops_where_a_period_has_no_figure(client, indicator, source):
    told(indicator, source, [("2020", 1), ("2021", 2), ("2023", 3), ("2024", 4)])
    [line] = lines_of(indicator)
    periods = [[point.figure.period.display for point in segment] for segment in line.segments]
    assert periods == [["2020", "2021"], ["2023", "2024"]]
    assert "Le trait s’arrête où il manque des chiffres\u00a0: 2021–2023." in page(
        client, indicator
    )


def test_time_is_drawn_to_scale(indicator, source):
    told(indicator, source, [("2020", 1), ("2021", 2), ("2024", 3)])
    [line] = lines_of(indicator)
    first, second, last = (point.x for point in line.points)
    assert (second - first) / (last - first) == pytest.approx(0.25, abs=0.01)


def test_a_quarter_is_on_no_line_with_a_year(indicator, source):
    told(indicator, source, [("2023", 1), ("T1 2024", 2)])
    assert lines_of(indicator) == []


def test_each_part_has_its_line_on_the_scale_of_all(indicator, source):
    for name, values in (("IaaS", (50, 100)), ("SaaS", (100, 200))):
        segment = make.make_segment(name=name)
        told(
            indicator,
            source,
            zip(("2023", "2024"), values, strict=True),
            segment=segment,
        )
    one, other = lines_of(indicator)
    assert (one.title, other.title) == ("IaaS", "SaaS")
    assert one.points[1].y == other.points[0].y > other.points[1].y


def test_a_forecast_is_not_joined_to_what_was_measured(indicator, source):
    told(indicator, source, [("2023", 1)])
    told(indicator, source, [("2024", 2)], nature="forecast")
    assert lines_of(indicator) == []


def test_a_new_vintage_takes_the_place_of_the_old_one(indicator, source):
    _, old = told(indicator, source, [("2023", 1), ("2024", 2)])
    [new] = told(indicator, source, [("2024", 3)], vintage="mai 2025", supersedes=old)
    [line] = lines_of(indicator)
    assert [point.figure.value for point in line.points] == [1, 3]
    assert new in line.figures


def test_the_vintages_of_one_period_are_told_one_after_the_other(client, indicator, source):
    [old] = told(indicator, source, [("2024", "678.8")], vintage="février 2025")
    told(indicator, source, [("2024", "690.1")], vintage="mai 2025", supersedes=old)
    [line] = lines_of(indicator)
    assert line.title == "Ensemble\u00a0: 2024, d’un millésime à l’autre"
    assert [line.time_of(point.figure) for point in line.points] == ["février 2025", "mai 2025"]
    assert line.title in page(client, indicator)


def test_a_corrected_value_is_taken_and_said(client, indicator, source):
    _, wrong = told(indicator, source, [("2023", 1), ("2024", 20)])
    told(indicator, source, [("2024", 2)], supersedes=wrong, erratum="Une virgule manquait.")
    [line] = lines_of(indicator)
    assert [point.figure.value for point in line.points] == [1, 2]
    assert "Le graphique prend la valeur corrigée" in page(client, indicator)


def test_a_contested_point_is_marked(client, indicator, source):
    figure, _ = told(indicator, source, [("2023", 1), ("2024", 2)])
    make.make_anomaly(accused=[figure])
    content = page(client, indicator)
    assert content.count("chart__point--contested") == 1
    assert "(chiffre contesté), constaté" in content


def test_a_bound_is_drawn_as_one(client, indicator, source):
    told(indicator, source, [("2023", 100)])
    told(indicator, source, [("2024", 200)], qualifier="gt")
    [line] = lines_of(indicator)
    assert [point.has_range for point in line.points] == [False, True]
    assert "Pointillé vertical\u00a0: une borne" in page(client, indicator)


def test_a_growth_below_zero_is_below_the_line_of_zero(source):
    growth = make.make_indicator(kind="growth_rate", unit="percent", scale=0)
    told(growth, source, [("2022", 10), ("2023", -10), ("2024", 0)])
    [line] = lines_of(growth)
    high, low, zero = (point.y for point in line.points)
    assert high < zero == line.baseline < low


def test_another_source_on_one_date_is_a_point_beside_the_line(indicator, source):
    told(indicator, source, [("2023", 1), ("2024", 2)])
    told(indicator, make.make_source(), [("2024", 3)], vintage="mai 2025")
    [line] = lines_of(indicator)
    assert [point.figure.value for point in line.points] == [1, 3]
    assert [point.figure.value for point in line.alone] == [2]


def test_nothing_but_zeros_has_no_line(indicator, source):
    told(indicator, source, [("2023", 0), ("2024", 0)])
    assert lines_of(indicator) == []


def test_a_draft_is_on_no_line(client, indicator, source):
    told(indicator, source, [("2022", 1), ("2023", 2)])
    told(indicator, source, [("2024", "7391.5")], status=Status.DRAFT)
    [line] = lines_of(indicator)
    assert len(line.points) == 2
    assert "391,5" not in page(client, indicator)


def test_bars_compare_the_parts_of_the_latest_period_alone(client, indicator, source):
    parts = [make.make_segment(name=name) for name in ("IaaS", "SaaS")]
    for segment in parts:
        told(indicator, source, [("2023", 10), ("2024", 20)], segment=segment)
    content = page(client, indicator)
    assert content.count('class="chart__bar"') == 2
    assert "SaaS\u00a0: 20\u00a0Md$" in content
