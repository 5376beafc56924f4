"""What the start-up check demands of a record, and what a record tells of its own life."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

from events.models import Event
from publishing import clock
from publishing.checks import contract_errors
from publishing.models import published_models
from publishing.publication import archive
from tests import factories as make


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_every_record_keeps_the_contract(model):
    assert contract_errors(model) == []


def test_a_model_that_is_no_record_is_told_all_that_it_lacks():
    errors = contract_errors(Group)
    assert [error.id for error in errors] == [f"publishing.E00{n}" for n in (1, 2, 3, 4, 5)]


@pytest.mark.django_db
def test_archiving_leaves_alone_what_somebody_else_has_changed_since():
    event = make.make_event(city="Cannes")
    Event.objects.filter(pk=event.pk).update(city="Paris")
    archive(event)
    event.refresh_from_db()
    assert (event.status, event.city) == ("archived", "Paris")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "expected"), [(-48, None), (0, None), (48, date(2025, 5, 22))], ids=str
)
def test_a_record_is_modified_once_it_has_come_out_on_an_earlier_day(hours, expected):
    event = make.make_event()
    with clock.frozen(date(2025, 5, 20)):
        moment = clock.now()
    event.created_at, event.publish_at = moment - timedelta(days=9), moment
    event.updated_at = moment + timedelta(hours=hours)
    assert event.modified_on == expected
