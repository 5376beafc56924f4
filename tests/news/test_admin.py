"""News items in the admin."""

from __future__ import annotations

import pytest

from news.models import NewsItem
from publishing.groups import REVIEWER
from tests import factories as make
from tests.admin_form import add_url, change_url, form_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def test_a_news_item_is_published_with_all_that_it_is_tied_to(client):
    source, company = make.make_source(), make.make_company()
    event, topic = make.make_event(), make.make_topic()
    response = submit(
        client,
        add_url(NewsItem),
        title="Une annonce",
        date="octobre 2024",
        source=source.pk,
        companies=[company.pk],
        events=[event.pk],
        topics=[topic.pk],
        status="published",
    )
    assert response.status_code == 302
    item = NewsItem.objects.get()
    assert item.is_public
    assert (item.source, item.date.edtf) == (source, "2024-10")
    assert [*item.companies.all(), *item.events.all(), *item.topics.all()] == [
        company,
        event,
        topic,
    ]
    form = form_of(client.get(change_url(item)))
    assert (form["companies"], form["source"]) == ([str(company.pk)], str(source.pk))


def test_a_published_item_does_not_lose_its_source(client):
    item = make.make_news()
    response = submit(client, change_url(item), source="", title="Titre retouché")
    assert "source" in response.context["adminform"].form.errors
    assert "Titre retouché" in response.content.decode()
    item.refresh_from_db()
    assert item.source is not None
