"""Ranges of dates in the API: what may fall in them, and what certainly does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from publishing import clock
from tests.api_answers import refused, slugs
from tests.factories import make_company, make_event, make_figure, make_trend

pytestmark = pytest.mark.django_db

DATES = ["20-23 mai 2025", "mai 2025", "printemps 2025", "2025", "avant juin 2025", "à déterminer"]
DAYS = st.dates(date(2024, 12, 1), date(2026, 2, 1))


def test_a_range_keeps_what_may_fall_in_it(client):
    exact, month, year = (make_event(date=one) for one in ("20-23 mai 2025", "mai 2025", "2025"))
    make_event(date="à déterminer")
    wanted = {"on_or_after": "2025-05-23", "before": "2025-05-31"}
    assert sorted(slugs(client, "events/", **wanted)) == sorted(
        one.slug for one in (exact, month, year)
    )
    assert slugs(client, "events/", certain="true", **wanted) == []
    whole = {"on_or_after": "2025-05-01", "before": "2025-05-31", "certain": "true"}
    assert sorted(slugs(client, "events/", **whole)) == sorted([exact.slug, month.slug])


def test_the_period_of_a_figure_is_a_range_too(client):
    quarter = make_figure(period="T1 2025")
    make_figure(period="2025")
    found = slugs(client, "figures/", on_or_after="2025-01-01", before="2025-03-31", certain="true")
    assert found == [quarter.slug]


@pytest.mark.parametrize("name", ["on_or_after", "before", "after"])
def test_a_day_that_is_none_is_refused(client, name):
    assert refused(client, "events/", **{name: "2025-02-30"}) == [(name, "invalid")]


def test_what_has_no_approximate_date_has_no_range(client):
    assert refused(client, "companies/", certain="true") == [("certain", "unknown_parameter")]


@hypothesis_settings(max_examples=25)
@given(stated=st.lists(st.sampled_from(DATES), min_size=1, max_size=5), first=DAYS, last=DAYS)
def test_a_range_says_of_each_date_what_its_bounds_say(stated, first, last):
    with transaction.atomic():
        events = [make_event(date=one) for one in stated]
        asked = {"on_or_after": first.isoformat(), "before": last.isoformat()}
        may = {one.slug for one in events if may_fall(one.date, first, last)}
        does = {one.slug for one in events if falls(one.date, first, last)}
        assert set(slugs(Client(), "events/", **asked)) == may
        assert set(slugs(Client(), "events/", certain="true", **asked)) == does
        transaction.set_rollback(True)


def may_fall(stated, first: date, last: date) -> bool:
    known = stated.start is not None or stated.end is not None
    return known and (stated.end or date.max) >= first and (stated.start or date.min) <= last


def falls(stated, first: date, last: date) -> bool:
    bounded = stated.start is not None and stated.end is not None
    return (
        may_fall(stated, first, last) and bounded and first <= stated.start and stated.end <= last
    )


def test_what_changed_since_an_instant(client):
    with clock.frozen(date(2025, 5, 1)):
        make_company()
    changed = make_company()
    moment = changed.updated_at
    for since in (moment.isoformat(), moment.isoformat().replace("+", " "), moment.date()):
        assert changed.slug in slugs(client, "companies/", updated_since=since)
    later = (moment + timedelta(days=2)).date()
    assert slugs(client, "companies/", updated_since=later) == []


@pytest.mark.parametrize("since", ["hier", "2025-13-01", "2025-05-20T25:00:00Z", "20/05/2025"])
def test_an_instant_that_is_none_is_refused(client, since):
    make_trend()
    assert refused(client, "trends/", updated_since=since) == [("updated_since", "invalid")]
