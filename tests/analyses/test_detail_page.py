import re

import pytest
from django.core.exceptions import ValidationError

from publishing.models import Status
from publishing.publication import publish
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


@pytest.fixture
def analysis():
    """Two notes: the first called from the introduction and twice from a chapter."""
    record = make.make_analysis(
        body="Un début [1].",
        sections=[
            ("Synergie", "Un fait [1], un autre [2], et encore [1]."),
            ("Conclusion", "Fin."),
        ],
    )
    make.cite(record, make.make_source(title="Premier"), number=1, quote="tel quel")
    make.cite(record, make.make_source(title="Second"), number=2)
    return record


def page(client, record) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_every_call_leads_to_its_note_and_every_note_back_to_its_calls(client, analysis):
    content = page(client, analysis)
    calls = re.findall(r'<a href="#note-(\d)" id="([^"]+)"', content)
    assert [number for number, _ in calls] == ["1", "1", "2", "1"]
    assert len({identifier for _, identifier in calls}) == 4
    for number, identifier in calls:
        note = content[content.index(f'id="note-{number}"') :].split("</li>")[0]
        assert f'href="#{identifier}"' in note


def test_the_contents_lead_to_each_part(client, analysis):
    content = page(client, analysis)
    assert re.findall(r'<a href="#([\w-]+)">(\w+)</a>', content)[:2] == [
        ("synergie", "Synergie"),
        ("conclusion", "Conclusion"),
    ]
    assert 'id="synergie"' in content


def test_recommendations_follow_in_their_order(client, analysis):
    for position, title in ((2, "Ensuite"), (1, "D’abord")):
        make.make_recommendation(analysis=analysis, position=position, title=title)
    content = page(client, analysis)
    assert content.index("D’abord") < content.index("Ensuite")


def test_an_unresolved_call_prevents_publication_and_says_which():
    record = make.make_analysis(body="Un fait [3].", status=Status.DRAFT)
    with pytest.raises(ValidationError) as refusal:
        publish(record)
    assert refusal.value.messages == ["L’appel [3] ne correspond à aucune citation numérotée 3."]


def test_two_parts_of_one_anchor_prevent_publication():
    titles = ("Introduction", "L’essentiel", "L'essentiel")
    record = make.make_analysis(
        body="En bref.", sections=[(title, "Texte.") for title in titles], status=Status.DRAFT
    )
    with pytest.raises(ValidationError) as refusal:
        publish(record)
    assert refusal.value.messages == [
        f"Le titre «\u00a0{title}\u00a0» donne la même ancre qu’une autre partie "
        "(ou que l’introduction)\u00a0: précisez-le."
        for title in ("Introduction", "L'essentiel")
    ]


def test_a_part_may_be_called_as_a_section_of_the_page(client, analysis):
    for title in ("Notes", "Recommandations", "Sommaire"):
        analysis.sections.create(title=title, body="Texte.", position=9)
    make.make_recommendation(analysis=analysis)
    identifiers = re.findall(r'\sid="([^"]+)"', page(client, analysis))
    assert len(identifiers) == len(set(identifiers))


def test_an_analysis_without_text_is_not_published():
    record = make.make_analysis(body="", status=Status.DRAFT)
    with pytest.raises(ValidationError) as refusal:
        publish(record)
    assert refusal.value.messages == ["Une analyse se publie avec un texte."]


def test_the_page_costs_the_same_with_one_part_and_with_twenty(client, django_assert_num_queries):
    for parts in (1, 20):
        record = make.make_analysis(sections=[(f"Partie {n}", "Texte [1].") for n in range(parts)])
        make.cite(record, make.make_source(), number=1)
        # The analysis, its topics, its parts, its citations, its recommendations.
        with django_assert_num_queries(VERSION + 5):
            page(client, record)
