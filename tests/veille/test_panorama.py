"""The panorama of a year, in its three forms: what it holds, in which order, and for whom."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html.parser import HTMLParser
from itertools import cycle, pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from events.models import Event
from publishing import clock
from tests import factories as make
from tests.costs import VERSION
from tests.test_what_the_public_sees import BUILDERS, HIDDEN, World, hide, shown
from veille.panorama import gather, paper

pytestmark = pytest.mark.django_db

SECTIONS = [
    "Salons et conférences",
    "Tendances",
    "Croissance et prévisions du marché",
    "Focus technologiques",
    "Actualités",
    "Entreprises",
    "Analyses",
    "Recommandations stratégiques",
    "Sources et références",
]
# Editions of one event are told, not the series that they make.
TOLD = [name for name in BUILDERS if name != "EventSeries"]


def page(client, year: int = 2025) -> str:
    return client.get(f"/panorama/{year}/").content.decode()


def markdown(client, year: int = 2025) -> str:
    return client.get(f"/panorama/{year}.md").content.decode()


def pdf(client, year: int = 2025) -> PdfReader:
    response = client.get(f"/panorama/{year}.pdf")
    assert response.status_code == 200
    return PdfReader(io.BytesIO(response.content))


def words_of(reader: PdfReader) -> str:
    """The text of a PDF on one line, hyphens of line ends taken back."""
    text = "\n".join(one.extract_text() for one in reader.pages)
    text = re.sub("[\u00ad\u200b\u2060]", "", text).replace("-\n", "").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def forms(client, year: int = 2025) -> dict[str, str]:
    """What each form says, spaces made alike."""
    told = {
        "page": page(client, year),
        "markdown": markdown(client, year),
        "pdf": words_of(pdf(client, year)),
    }
    return {name: re.sub(r"\s+", " ", text.replace("\u00a0", " ")) for name, text in told.items()}


def inner_links(reader: PdfReader, words: str) -> list:
    """The links, to a place of the document itself, of the page on which `words` stand."""
    text_page = next(one for one in reader.pages if words in one.extract_text())
    links = [annotation.get_object() for annotation in text_page.get("/Annots", ())]
    return [link for link in links if "/Dest" in link or link.get("/A", {}).get("/S") == "/GoTo"]


class Headings(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._in_heading = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if re.fullmatch("h[1-6]", tag):
            self._in_heading = True
            self.found.append((int(tag[1]), ""))

    def handle_endtag(self, tag):
        if re.fullmatch("h[1-6]", tag):
            self._in_heading = False

    def handle_data(self, data):
        if self._in_heading:
            level, text = self.found[-1]
            self.found[-1] = (level, text + data)


# --- What it holds ---


def test_its_sections_follow_the_order_of_the_editors_document_in_every_form(client):
    World()
    headings = [text for level, text in Headings(page(client)).found if level == 2]
    assert headings == ["Sommaire", *SECTIONS]
    lines = [line[3:] for line in markdown(client).splitlines() if line.startswith("## ")]
    assert lines == ["Sommaire", *SECTIONS]
    outline = [entry.title for entry in pdf(client).outline if not isinstance(entry, list)]
    assert outline == SECTIONS


def test_headings_never_skip_a_rank(client):
    World()
    make.make_analysis(
        title="Avec des titres",
        body="## Un\n\nTexte.\n\n### Deux\n\nTexte.",
        sections=[("Chapitre", "## Trois\n\nTexte.\n\n#### Quatre\n\nTexte.")],
    )
    levels = [level for level, _ in Headings(page(client)).found]
    assert levels[0] == 1
    assert [after for before, after in pairwise(levels) if after > before + 1] == []


@pytest.mark.parametrize("name", TOLD)
def test_a_public_record_of_the_year_is_in_every_form(client, name):
    hide(World(), name, {})
    assert {form for form, text in forms(client).items() if not shown(text)} == set()


# The walk over all surfaces reads the page and the Markdown file for each way to be hidden; a PDF
# costs more, and is read for one way a kind.
@pytest.mark.parametrize(("name", "how"), list(zip(BUILDERS, cycle(HIDDEN), strict=False)))
def test_a_hidden_record_is_in_no_form(client, name, how):
    hide(World(), name, HIDDEN[how])
    assert {form for form, text in forms(client).items() if shown(text)} == set()


def test_a_panorama_follows_its_records(client):
    trend = make.make_trend(title="Première version")
    assert "Première version" in forms(client)["pdf"]
    trend.title = "Seconde version"
    trend.save()
    assert all("Seconde version" in text for text in forms(client).values())
    assert not any("Première version" in text for text in forms(client).values())


def test_a_record_that_expires_leaves_without_any_change_of_it(client):
    make.make_trend(title="Qui demeure")
    make.make_trend(title="Qui expire", expire_at=clock.now() + timedelta(days=1))
    assert all("Qui expire" in text for text in forms(client).values())
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert not any("Qui expire" in text for text in forms(client).values())


def test_a_figure_says_its_value_period_nature_and_source(client):
    source = make.make_source(title="Étude du marché", publisher="L’Institut")
    figure = make.make_figure(source=source, nature="estimate", period="2024", vintage="Mars 2025")
    for text in forms(client).values():
        for words in ("678,8 Md$", figure.indicator.name, "Estimé", "2024", "Étude du marché"):
            assert words in text.replace("&#x27;", "’"), words


def test_a_replaced_figure_stays_and_is_said_to_be_replaced(client):
    old = make.make_figure(vintage="Mars 2025")
    make.make_figure(indicator=old.indicator, value="700.1", vintage="Mai 2025", supersedes=old)
    for text in forms(client).values():
        assert "678,8 Md$" in text
        assert "700,1 Md$" in text
        assert "Chiffres remplacés" in text


def test_a_figure_without_support_is_marked_in_every_form(client):
    source = make.make_source(kind="ai_generated")
    make.make_figure(source=source)
    assert all("non sourcé" in text for text in forms(client).values())


def test_a_contested_figure_is_said_to_be_contested_in_every_form(client):
    make.make_anomaly(accused=[make.make_figure()])
    assert all("hiffre contesté" in text for text in forms(client).values())


def test_an_approximate_date_is_told_as_stated(client):
    make.make_event(date="Fin nov./déc. 2025")
    assert all("Fin nov./déc. 2025" in text for text in forms(client).values())


def test_notes_are_tied_to_their_calls_in_every_form(client):
    source = make.make_source(title="La source appelée")
    analysis = make.make_analysis(
        body="Un fait[1].", sections=[("Chapitre", "Un autre[1], un troisième[2].")]
    )
    make.cite(analysis, source, number=1, locator="page 3", quote="des mots cités")
    make.cite(analysis, make.make_source(), number=2)
    key = f"analyses-{analysis.slug}--"
    html = page(client)
    assert html.count(f'href="#{key}note-1"') == 2
    assert f'id="{key}note-1"' in html
    assert f'id="{key}appel-introduction-1"' in html
    assert f'href="#{key}appel-introduction-1"' in html
    text = markdown(client)
    assert text.count("[^analyse-1-1]") == 3
    assert "[^analyse-1-1]: Source\u00a0: [La source appelée" in text
    # Three calls lead to their notes; each of the two leads back to the page that calls it.
    assert len(inner_links(pdf(client), "Un fait")) == 3 + 2
    assert all("page 3" in form and "des mots cités" in form for form in forms(client).values())


def test_two_analyses_on_a_page_share_no_identifier(client):
    for _ in range(2):
        analysis = make.make_analysis(body="Un fait[1].", sections=[("Conclusion", "Fin[1].")])
        make.cite(analysis, make.make_source(), number=1)
    make.make_topic(title="T", sections=[("Conclusion", "## Titre\n\nTexte")])
    identifiers = re.findall(r'\sid="([^"]+)"', page(client))
    assert sorted(identifiers) == sorted(set(identifiers))


# --- Which year ---


def years_of(client) -> list[int]:
    return client.get("/panorama/").context["years"]


def told_in(client, words: str) -> list[int]:
    return [year for year in years_of(client) if words in page(client, year)]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("20-23 mai 2025", [2025]),
        ("Hiver 2025-2026", [2026, 2025]),
        ("Fin nov./déc. 2025", [2025]),
        ("Depuis 2025", [2025]),
    ],
)
def test_an_event_belongs_to_the_years_its_dates_may_touch(client, date, expected):
    make.make_event(title="Le salon", date=date)
    assert told_in(client, "Le salon") == expected


def test_an_event_without_date_belongs_to_the_year_of_its_edition(client):
    make.make_trend(year=2025)
    make.make_event(title="Le salon", date="", edition="2025")
    make.make_event(title="Le congrès", date="")
    assert told_in(client, "Le salon") == [2025]
    assert told_in(client, "Le congrès") == []


def test_news_belong_to_their_year_and_to_the_watch_that_told_them(client):
    make.make_news(title="Fin 2024", date="octobre 2024")
    make.make_trend(year=2025)
    make.make_trend(year=2026)
    assert told_in(client, "Fin 2024") == [2025, 2024]


def test_a_figure_belongs_to_its_vintage_and_to_the_end_of_its_period(client):
    make.make_figure(period="2023", vintage="mars 2025", value="1.5")
    assert told_in(client, "1,5\u00a0Md$") == [2025, 2023]


def test_a_forecast_makes_no_panorama_of_the_year_that_it_foretells(client):
    make.make_figure(period="2030", vintage="mars 2025", nature="forecast")
    assert years_of(client) == [2025]
    make.make_trend(year=2030)
    assert told_in(client, "678,8\u00a0Md$") == [2030, 2025]


def test_a_recommendation_belongs_to_the_year_of_its_analysis(client):
    analysis = make.make_analysis(date="mars 2024")
    make.make_recommendation(title="Trier ses données", analysis=analysis)
    make.make_recommendation(title="Sans analyse")
    make.make_trend(year=2025)
    make.make_trend(year=2026)
    assert told_in(client, "Trier ses données") == [2024]
    assert told_in(client, "Sans analyse") == [2026, 2025]


def test_a_topic_belongs_to_the_years_that_rest_on_it_and_stands_from_when_it_came_out(client):
    topic = make.make_topic(title="Le stockage froid")
    for year in (2023, 2024, 2025, 2026):
        make.make_trend(year=year, topics=[topic] if year == 2023 else [])
    # It came out in February 2025.
    assert told_in(client, "Le stockage froid") == [2026, 2025, 2023]


def test_the_list_says_the_years_that_have_content_the_latest_first(client):
    make.make_trend(year=2023)
    make.make_event(date="mai 2026")
    make.make_event(date="années 2030")
    make.make_trend(year=2019, status="draft")
    assert years_of(client) == [2026, 2023]


def test_an_empty_site_has_no_panorama_and_says_so(client):
    make.make_company(featured=True)
    response = client.get("/panorama/")
    assert response.context["years"] == []
    assert "Aucune fiche n’est encore publiée ici" in response.content.decode()


@pytest.mark.parametrize("form", ["/", ".md", ".pdf"])
def test_a_year_without_content_is_not_found_and_leads_to_one_that_has_some(client, form):
    make.make_trend(year=2025)
    response = client.get(f"/panorama/1987{form}")
    assert response.status_code == 404
    assert "Pas de panorama pour 1987" in response.content.decode()
    assert 'href="/panorama/2025/"' in response.content.decode()


@pytest.mark.parametrize(
    "year", ["0", "9", "0000", "02025", "99999", "9" * 40, "-1", "2025.5", "x"]
)
def test_an_absurd_year_is_not_found(client, year):
    make.make_trend(year=2025)
    for form in ("/", ".md", ".pdf"):
        assert client.get(f"/panorama/{year}{form}").status_code == 404


@pytest.mark.parametrize("year", [1000, 9999])
def test_a_year_at_the_bounds_of_dates_is_not_found(client, year):
    make.make_trend(year=2025)
    assert client.get(f"/panorama/{year}/").status_code == 404


@pytest.mark.parametrize("name", ["Trend", "Event", "NewsItem", "Analysis", "Figure"])
def test_one_record_makes_a_panorama(client, name):
    record = BUILDERS[name]()
    (year, *_) = years_of(client)
    for text in forms(client, year).values():
        assert record.label in text


# --- How it is given ---


def test_the_page_is_markdown_for_who_prefers_it(client):
    make.make_trend()
    response = client.get("/panorama/2025/", headers={"accept": "text/markdown"})
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.content == client.get("/panorama/2025.md").content
    for accept in ("text/html,*/*;q=0.8", "*/*", "text/html, text/markdown;q=0.5"):
        response = client.get("/panorama/2025/", headers={"accept": accept})
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Accept" in response.headers["Vary"]


def test_a_pdf_is_typeset_once_until_what_it_shows_changes(client, monkeypatch):
    trend = make.make_trend()
    made = []
    typeset = paper._typeset
    monkeypatch.setattr(paper, "_typeset", lambda data: made.append(data) or typeset(data))
    first = client.get("/panorama/2025.pdf")
    second = client.get("/panorama/2025.pdf")
    assert (first.content, len(made)) == (second.content, 1)
    trend.summary = "Tout autre chose."
    trend.save()
    third = client.get("/panorama/2025.pdf")
    assert third.headers["ETag"] != first.headers["ETag"]
    assert len(made) == 2


@pytest.mark.parametrize("form", ["/", ".md", ".pdf"])
def test_an_unchanged_panorama_answers_304(client, form):
    make.make_trend()
    first = client.get(f"/panorama/2025{form}")
    again = client.get(f"/panorama/2025{form}", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_named_for_who_keeps_them(client):
    make.make_trend()
    assert client.get("/panorama/2025.pdf").headers["Content-Disposition"] == (
        'inline; filename="veille-panorama-2025.pdf"'
    )


@pytest.mark.parametrize("form", ["/", ".md", ".pdf"])
def test_it_is_only_read(client, form):
    make.make_trend()
    assert client.post(f"/panorama/2025{form}").status_code == 405
    assert client.head(f"/panorama/2025{form}").status_code == 200


def test_it_costs_as_many_queries_with_1_and_with_50_of_each(client, monkeypatch):
    # Nothing is left out, which costs a query more to count.
    monkeypatch.setattr(gather, "MAX_RECORDS", 500)
    monkeypatch.setattr(gather, "MAX_ANALYSES", 500)
    counts = []
    for total in (1, 49):
        for _ in range(total):
            World()
        with CaptureQueriesContext(connection) as queries:
            client.get("/panorama/2025.md")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] == VERSION + 38


def test_a_year_with_too_much_says_what_it_leaves_to_the_site(client, monkeypatch):
    monkeypatch.setattr(gather, "MAX_RECORDS", 2)
    for number in range(5):
        make.make_event(title=f"Salon {number}", significance=Event.Significance.NOTABLE)
    make.make_event(title="Le grand salon", significance=Event.Significance.MAJOR)
    for text in forms(client).values():
        assert "Le grand salon" in text
        assert "Salon 0" in text
        assert "Salon 1" not in text
        assert "Ce document s’arrête à 2 fiches" in text
        assert "6 événements" in text


def test_the_home_page_the_footer_and_the_map_lead_to_it(client):
    make.make_trend(year=2025)
    assert client.get("/").content.decode().count('href="/panorama/"') == 2
    site_map = client.get("/sitemap-pages.xml").content.decode()
    assert "/panorama/</loc>" in site_map
    assert "/panorama/2025/</loc>" in site_map
