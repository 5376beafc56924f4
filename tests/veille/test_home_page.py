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
