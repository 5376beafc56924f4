import pytest

from publishing.models import Status
from sources.models import Source
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


def page(client, source) -> str:
    return client.get(source.get_absolute_url()).content.decode()


def test_where_is_it_cited_lists_every_kind_of_use(client):
    source = make.make_source()
    company = make.make_company()
    make.make_relation(company, "partner_of", make.make_company(), source=source)
    analysis = make.make_analysis(body="Un fait [1].")
    make.cite(analysis, source, number=1, locator="p. 12", quote="mot pour mot")
    used_by = [
        make.make_figure(source=source),
        make.make_news(source=source),
        make.make_topic(readings=[source]),
        company,
        analysis,
    ]
    content = page(client, source)
    for record in used_by:
        assert f'href="{record.get_absolute_url()}"' in content
    assert "p. 12" in content
    assert "mot pour mot" in content


def test_a_draft_that_cites_it_is_not_told(client):
    source = make.make_source()
    make.make_news(source=source, title="Secret", status=Status.DRAFT)
    make.cite(make.make_trend(title="Secret aussi", status=Status.DRAFT), source)
    content = page(client, source)
    assert "Secret" not in content
    assert "Aucune fiche publiée ne s’appuie encore sur cette source." in content


def test_a_broken_link_gives_way_to_the_archived_copy():
    source = make.make_source(archive_url="https://archive.example.org/1")
    assert source.link == source.url
    source.link_state = Source.LinkState.BROKEN
    assert source.link == "https://archive.example.org/1"


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "Français"), ("en-US", "Anglais"), ("tlh", "Tlh")]
)
def test_the_language_is_named(client, code, name):
    assert f"<dt>Langue</dt><dd>{name}</dd>" in page(client, make.make_source(language=code))


def test_a_record_without_citation_page_costs_a_known_number_of_queries(
    client, django_assert_num_queries
):
    source = make.make_source()
    # The source, its citations, what rests on it (readings, relations, figures, news), and how
    # many figures another publisher may confirm.
    with django_assert_num_queries(VERSION + 7):
        page(client, source)


def test_a_host_that_does_not_recall_its_publisher_costs_a_look_for_other_names(
    client, django_assert_num_queries
):
    source = make.make_source(publisher="Gartner", url="https://kalyptus.example/note")
    # As above, then the companies, series and events of that name.
    with django_assert_num_queries(VERSION + 10):
        page(client, source)
