"""The report on what rests on a single source."""

import pytest
from django.urls import reverse

from publishing.models import Status
from sources.single import on_one_source
from tests import factories as make

pytestmark = pytest.mark.django_db

URL = "/sources/source-unique/"


def alone(model) -> list:
    return list(on_one_source(model).order_by("pk"))


def cited_by(record, *sources):
    for source in sources:
        make.cite(record, source)
    return record


def test_a_record_that_cites_one_source_rests_on_it_alone():
    one, other = make.make_source(), make.make_source()
    company = cited_by(make.make_company(), one, one)
    cited_by(make.make_company(), one, other)
    make.make_company()
    cited_by(make.make_company(status=Status.DRAFT), one)
    assert alone(type(company)) == [company]


def test_news_that_cites_another_source_beside_its_own_rests_on_two():
    source = make.make_source()
    news = cited_by(make.make_news(source=source), source)
    cited_by(make.make_news(source=source), make.make_source())
    assert alone(type(news)) == [news]


def test_a_figure_that_another_publisher_states_rests_on_more():
    figure = make.make_figure(source=make.make_source(publisher="IDC"))
    assert alone(type(figure)) == [figure]
    again = {"indicator": figure.indicator, "value": figure.value}
    make.make_figure(source=make.make_source(publisher="Gartner"), **again)
    assert alone(type(figure)) == []


def test_the_page_shows_one_kind_and_counts_them_all(client):
    source = make.make_source()
    trend = cited_by(make.make_trend(), source)
    make.make_figure(source=source)
    page = client.get(URL, {"type": "trends"}).content.decode()
    assert trend.get_absolute_url() in page
    assert '<a href="?type=figures">Chiffres</a> (1)' in page


def test_the_page_opens_on_a_kind_that_has_records(client):
    figure = make.make_figure()
    assert figure.get_absolute_url() in client.get(URL).content.decode()


def test_the_page_stands_when_there_is_nothing(client):
    assert "Aucune fiche de ce type" in client.get(URL).content.decode()


@pytest.mark.parametrize("query", ["?type=inconnu", "?type=", "?page=9"])
def test_what_does_not_exist_is_not_found(client, query):
    assert client.get(URL + query).status_code == 404


def test_the_list_of_sources_leads_to_it(client):
    assert URL in client.get(reverse("sources:source_list")).content.decode()


@pytest.mark.parametrize("number", [1, 10])
def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries, number):
    source = make.make_source()
    for _ in range(number):
        make.make_figure(source=source)
    client.get(URL)  # the kinds of content and their version are known from then on
    # The version, one count for each kind of record, the count of the chosen kind again, and its
    # page with what corrects its figures and their anomalies.
    with django_assert_num_queries(14):
        client.get(URL, {"type": "figures"})


def test_an_editor_may_list_what_rests_on_a_single_source(admin_client):
    source = make.make_source()
    cited_by(make.make_company(name="Seule"), source)
    cited_by(make.make_company(name="Appuyée"), source, make.make_source())
    url = reverse("admin:companies_company_changelist")
    page = admin_client.get(url, {"appui": "unique"}).content.decode()
    assert ("Seule" in page, "Appuyée" in page) == (True, False)
