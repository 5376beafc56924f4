"""Long lists, whose numbers and order are kept: the same as any other, for the next reader too."""

from __future__ import annotations

from datetime import date

import pytest

from companies.models import Company
from publishing import clock, kept
from publishing.models import Status
from tests import factories as make
from tests.costs import KEPT_NUMBERS

pytestmark = pytest.mark.django_db
COMPANIES = "/entreprises/"


@pytest.fixture(autouse=True)
def long_from_one(monkeypatch):
    monkeypatch.setattr(kept, "MANY", 1)


def labels(client, url: str) -> list[str]:
    return [record.label for record in client.get(url).context["page_obj"]]


def test_each_page_and_each_order_is_kept_apart(client):
    for number in range(30):
        make.make_company(name=f"Société {number:02}")
    names = [f"Société {number:02}" for number in range(30)]
    for _ in range(2):
        assert labels(client, COMPANIES) == names[:24]
        assert labels(client, f"{COMPANIES}?page=2") == names[24:]
        assert labels(client, f"{COMPANIES}?sort=changed") == names[:5:-1]
        assert client.get(f"{COMPANIES}?page=3").status_code == 404


def test_the_second_reader_waits_for_no_count_and_no_order(client, django_assert_num_queries):
    make.make_company(name="Une")
    make.make_company(name="Deux")
    client.get(COMPANIES)
    # The version, then the records of the page with their roles and topics.
    with django_assert_num_queries(1 + KEPT_NUMBERS + 3):
        client.get(COMPANIES)


def test_what_is_withdrawn_is_gone_at_once(client):
    first = make.make_company(name="Une")
    make.make_company(name="Deux")
    make.make_company(name="Trois")
    assert labels(client, COMPANIES) == ["Deux", "Trois", "Une"]
    Company.objects.filter(pk=first.pk).update(status=Status.ARCHIVED)
    response = client.get(COMPANIES)
    assert [record.label for record in response.context["page_obj"]] == ["Deux", "Trois"]
    assert response.context["total"] == 2


def test_the_agenda_of_the_next_day_is_another(client):
    for day in (20, 21):
        make.make_event(title=f"Le {day}", date=f"{day} mai 2025")
    make.make_event(title="Plus tard", date="juin 2025")
    with clock.frozen(date(2025, 5, 20)):
        assert labels(client, "/evenements/") == ["Le 20", "Le 21", "Plus tard"]
        assert [tab.number for tab in client.get("/evenements/").context["tabs"]] == [3, 0, 3]
    with clock.frozen(date(2025, 5, 21)):
        assert labels(client, "/evenements/") == ["Le 21", "Plus tard", "Le 20"]
        assert [tab.number for tab in client.get("/evenements/").context["tabs"]] == [2, 1, 3]
