"""Sources in the admin: their date, and « où est-elle citée ? »."""

from __future__ import annotations

import pytest

from publishing.groups import REVIEWER
from publishing.models import Status
from sources.models import Source
from tests import factories as make
from tests.admin_form import add_url, change_url, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def test_a_source_is_published_with_its_approximate_date(client):
    typed = {"title": "Baromètre", "date": "T3 2024", "status": "published"}
    assert submit(client, add_url(Source), **typed).status_code == 302
    source = Source.objects.get()
    assert (source.date.label, source.date.edtf, source.is_public) == ("T3 2024", "2024-35", True)


def test_a_source_shows_every_record_that_rests_on_it_drafts_included(client):
    source = make.make_source()
    trend = make.make_trend(title="L’edge", status=Status.DRAFT)
    make.cite(trend, source, number=2)
    news = make.make_news(title="Une annonce", source=source)
    make.make_topic(title="Le cloud", readings=[source])
    child, parent = make.make_company(name="Filiale"), make.make_company()
    make.make_relation(child, "subsidiary_of", parent, source=source)
    page = client.get(change_url(source)).content.decode()
    where = page[page.index('<ul class="uses">') :]
    where = where[: where.index("</ul>")]
    for kind, record, state in (
        ("Citation [2]", trend, "brouillon"),
        ("Actualité", news, "publié"),
        ("Lecture recommandée", None, "publié"),
        ("Relation", child, "publié"),
    ):
        assert kind in where
        assert state in where
        assert record is None or f'href="{change_url(record)}"' in where
    assert where.count("<li>") == 4


def test_a_source_that_serves_nowhere_says_so(client):
    source = make.make_source()
    page = client.get(change_url(source)).content.decode()
    assert "nulle part" in page


def test_what_rests_on_a_source_costs_the_same_for_one_record_as_for_many(
    client, django_assert_max_num_queries
):
    source = make.make_source()
    indicator = make.make_indicator()
    for _ in range(15):
        make.cite(make.make_trend(), source)
        company = make.make_company()
        make.make_figure(
            source=source, indicator=indicator, company=company, segment=make.make_segment()
        )
    client.get(change_url(source))
    with django_assert_max_num_queries(18):
        page = client.get(change_url(source))
    assert page.content.decode().count("Chiffre :") == 15
