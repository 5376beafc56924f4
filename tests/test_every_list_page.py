"""What every public list does, whatever its records: found through the contract."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.models import Publishable, published_models
from tests import factories as make
from tests.costs import KEPT_NUMBERS, VERSION
from tests.test_what_the_public_sees import BUILDERS

pytestmark = pytest.mark.django_db

RECORDS = published_models()
COUNT_AND_PAGE = 2
TOPICS = 1  # of the cards
ROLES = 1
FIXED = 1  # every filter whose choices are known in advance, counted together
# The queries of a list: its count and its page, what its cards show, and the numbers beside the
# choices of its filters: one query for each filter that offers records or values of the base, and
# one for all the others.
QUERIES = {
    "Source": COUNT_AND_PAGE + FIXED + 2,  # publisher, language
    "Topic": COUNT_AND_PAGE,
    "Trend": COUNT_AND_PAGE + TOPICS + FIXED + 1,  # topic
    "Company": COUNT_AND_PAGE + ROLES + TOPICS + FIXED + 2,  # country, topic
    "EventSeries": COUNT_AND_PAGE,
    "Event": COUNT_AND_PAGE + TOPICS + FIXED + 4 + 1,  # country, topic, series, organiser; the tabs
    "Indicator": COUNT_AND_PAGE + TOPICS + FIXED + 3,  # topic, perimeter, geography
    # Corrections and anomalies; indicator, perimeter, segment, company, source.
    "Figure": COUNT_AND_PAGE + 2 + FIXED + 5,
    "GrowthDriver": COUNT_AND_PAGE + TOPICS + 1,  # topic
    "NewsItem": COUNT_AND_PAGE + TOPICS + 4,  # company, event, topic, source
    "Analysis": COUNT_AND_PAGE + TOPICS + 1,  # topic
    "Recommendation": COUNT_AND_PAGE + TOPICS + 2,  # analysis, topic
}
by_name = pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)


def build(model: type[Publishable], topics=()) -> Publishable:
    fields = {"topics": topics} if topics and hasattr(model, "topics") else {}
    return BUILDERS[model.__name__](**fields)


@by_name
def test_an_empty_list_says_so(client, model):
    response = client.get(model.list_url())
    assert response.status_code == 200
    assert "Aucune fiche n’est encore publiée ici." in response.content.decode()


@by_name
def test_a_list_shows_each_record_with_a_link_to_its_page(client, model):
    record = build(model)
    content = client.get(model.list_url()).content.decode()
    assert f'href="{record.get_absolute_url()}"' in content


@by_name
def test_a_list_costs_the_same_with_1_and_with_50_records(client, model):
    topic = make.make_topic()
    source = make.make_source()
    counts = []
    for total in (1, 49):
        fields = {"source": source} if model.__name__ in ("NewsItem", "Figure") else {}
        if hasattr(model, "topics"):
            fields["topics"] = [topic]
        make.many(total, BUILDERS[model.__name__], **fields)
        with CaptureQueriesContext(connection) as queries:
            client.get(model.list_url())
        counts.append((len(queries), [query["sql"][:200] for query in queries]))
    assert counts[0][0] == counts[1][0], counts
    assert counts[0][0] == VERSION + KEPT_NUMBERS + QUERIES[model.__name__], counts[0][1]


@by_name
def test_the_second_page_follows_the_first(client, model):
    make.many(25, build, model=model)
    first = client.get(model.list_url())
    second = client.get(model.list_url(), {"page": 2})
    on_first = {record.pk for record in first.context["page_obj"]}
    on_second = {record.pk for record in second.context["page_obj"]}
    assert len(on_first) == 24
    assert on_second
    assert on_first.isdisjoint(on_second)


@by_name
@pytest.mark.parametrize("page", ["0", "-1", "99", "abc", "1e9", "9" * 40])
def test_a_page_that_does_not_exist_is_not_found(client, model, page):
    response = client.get(model.list_url(), {"page": page})
    content = response.content.decode()
    assert response.status_code == 404
    assert "Cette page n’existe pas." in content
    assert "Revenir à la première page" in content


@by_name
def test_an_unknown_parameter_is_refused_in_french_with_a_way_back(client, model):
    response = client.get(model.list_url(), {"couleur": "bleu"})
    content = response.content.decode()
    assert response.status_code == 400
    assert "couleur" in content
    assert "Revenir à la liste complète" in content


@by_name
@pytest.mark.parametrize(
    "junk",
    ["\x00", "' OR 1=1 --", "é" * 5000, "[]", "2025-02-30", "-1", "%", "<script>alert(1)</script>"],
)
def test_no_value_of_any_filter_breaks_a_list(client, model, junk):
    names = list(client.get(model.list_url()).context["filterset"].form.fields)
    for name in names:
        response = client.get(model.list_url(), {name: junk})
        assert response.status_code in (200, 400), (name, junk)
        assert "<script>alert(1)</script>" not in response.content.decode()


@by_name
def test_links_from_elsewhere_may_bring_their_tracking_parameters(client, model):
    assert client.get(model.list_url(), {"utm_source": "lettre"}).status_code == 200


def test_a_long_list_of_choices_gives_way_to_a_field_to_type_in(client):
    topics = [make.make_topic(title=f"Thématique {number}") for number in range(200)]
    make.make_trend(topics=topics)
    trend = make.make_trend(topics=[make.make_topic(slug="la-bonne")])
    url = trend.list_url()
    assert '<input type="text" name="topic"' in client.get(url).content.decode()
    page = client.get(url, {"topic": "la-bonne"})
    assert list(page.context["page_obj"]) == [trend]
