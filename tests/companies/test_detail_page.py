import pytest
from django.core.exceptions import ValidationError

from companies.models import CompanyRelation
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


def page(client, record) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_a_relation_is_shown_from_both_sides(client):
    child, parent = make.make_company(name="Scaleway"), make.make_company(name="Iliad")
    make.make_relation(child, "subsidiary_of", parent)
    assert f'Filiale de <a href="{parent.get_absolute_url()}">Iliad</a>' in page(client, child)
    assert f'Maison mère de <a href="{child.get_absolute_url()}">Scaleway</a>' in page(
        client, parent
    )


def test_the_page_shows_what_concerns_the_company(client):
    company = make.make_company(cloud_usage="Des **serveurs**.", also_known_as="AWS, Amazon Cloud")
    figure = make.make_figure(company=company)
    stated = make.make_figure(attributed_to=company)
    event = make.make_event(organiser=company)
    item = make.make_news(companies=[company])
    content = page(client, company)
    for related in (figure, stated, event, item):
        assert f'href="{related.get_absolute_url()}"' in content
    assert "<strong>serveurs</strong>" in content
    assert "AWS, Amazon Cloud" in content


def test_a_page_costs_the_same_with_one_relation_and_with_ten(client, django_assert_num_queries):
    company, source = make.make_company(), make.make_source()
    make.make_relation(company, "partner_of", make.make_company(), source=source)
    # The company, its roles, its topics, its citations, its relations in both directions, its
    # figures, those attributed to it, how many of these are forecasts, its events, its news.
    with django_assert_num_queries(VERSION + 11):
        page(client, company)
    for _ in range(9):
        make.make_relation(company, "partner_of", make.make_company(), source=source)
    with django_assert_num_queries(VERSION + 11):
        page(client, company)


def test_a_circle_of_subsidiaries_is_refused_however_long():
    first, second, third = (make.make_company(name=name) for name in "ABC")
    make.make_relation(first, "subsidiary_of", second)
    make.make_relation(second, "subsidiary_of", third)
    with pytest.raises(ValidationError) as refusal:
        make.make_relation(third, "subsidiary_of", first)
    assert refusal.value.message_dict == {
        "target": ["Boucle : « A » dépend déjà de « C », qui ne peut donc pas être sa filiale."]
    }


def test_a_company_is_not_in_relation_with_itself():
    company = make.make_company()
    with pytest.raises(ValidationError) as refusal:
        make.make_relation(company, "subsidiary_of", company)
    assert "Une entreprise n’est pas en relation avec elle-même." in refusal.value.messages


def test_two_companies_may_be_customers_of_each_other():
    first, second = make.make_company(), make.make_company()
    make.make_relation(first, "customer_of", second)
    make.make_relation(second, "customer_of", first)
    assert CompanyRelation.objects.count() == 2
