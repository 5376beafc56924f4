"""An analysis as Markdown: by its address, or by asking its page for it."""

from __future__ import annotations

import pytest

from publishing.models import Status
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def analysis():
    record = make.make_analysis(
        title="L’IA <et> le cloud",
        slug="ia-cloud",
        summary="En bref.",
        body="Un fait [1], **gras**.",
        sections=[("Premier chapitre", "Son texte [1].")],
        date="Février 2025",
    )
    source = make.make_source(title="Le rapport", publisher="Gartner")
    make.cite(record, source, number=1, locator="p. 12")
    make.make_recommendation(title="Former", analysis=record)
    return record


def test_the_whole_text_with_its_notes(client, analysis):
    response = client.get("/analyses/ia-cloud.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.headers["Link"].endswith('/analyses/ia-cloud/>; rel="canonical"')
    source = analysis.citations.get().source
    assert [line for line in response.content.decode().splitlines() if line] == [
        "# L’IA <et> le cloud",
        "Février 2025 · http://127.0.0.1:8000/analyses/ia-cloud/",
        "> En bref.",
        "Un fait [1], **gras**.",
        "## Premier chapitre",
        "Son texte [1].",
        "## Recommandations",
        "1. Former",
        "## Notes et sources",
        f"- [1] Le rapport, Gartner, p. 12 <{source.url}>",
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/markdown", "text/markdown"),
        ("text/markdown, text/html;q=0.5", "text/markdown"),
        ("text/html, text/markdown;q=0.5", "text/html"),
        ("*/*", "text/html"),
        ("application/pdf", "text/html"),
    ],
)
def test_the_page_gives_what_is_preferred(client, analysis, accept, media_type):
    response = client.get(analysis.get_absolute_url(), headers={"Accept": accept})
    assert response.headers["Content-Type"].startswith(media_type)
    assert "Accept" in response.headers["Vary"]


def test_the_address_of_a_hidden_source_is_not_told(client, analysis):
    source = analysis.citations.get().source
    type(source).objects.filter(pk=source.pk).update(status=Status.ARCHIVED)
    text = client.get("/analyses/ia-cloud.md").content.decode()
    assert source.url not in text
    assert "- [1] source retirée" in text


def test_a_draft_recommendation_is_not_told(client, analysis):
    make.make_recommendation(title="Secret", analysis=analysis, status=Status.DRAFT)
    assert "Secret" not in client.get("/analyses/ia-cloud.md").content.decode()


def test_the_address_follows_that_of_the_page(client, analysis):
    analysis.slug = "nouveau"
    analysis.save()
    moved = client.get("/analyses/ia-cloud.md")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/analyses/nouveau.md")
    analysis.status = Status.ARCHIVED
    analysis.save()
    assert client.get("/analyses/nouveau.md").status_code == 410
    assert client.get("/analyses/jamais.md").status_code == 404


def test_the_page_says_how_long_it_is_and_where_its_markdown_is(client, analysis):
    page = client.get(analysis.get_absolute_url()).content.decode()
    assert "1\u00a0min de lecture" in page
    assert 'href="/analyses/ia-cloud.md"' in page
    assert make.make_analysis(body="mot " * 2301).reading_minutes == 11
