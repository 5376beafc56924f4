"""Indicators, figures and growth drivers in the API."""

from __future__ import annotations

from decimal import Decimal

import pytest

from publishing.models import Status
from tests.api_answers import (
    SITE,
    assert_queries_do_not_grow,
    common,
    day,
    get,
    link,
    named,
    slugs,
    source_link,
    titled,
)
from tests.api_program import anonymous, program
from tests.costs import KEYS, VERSION
from tests.factories import (
    LONG_AGO,
    cite,
    make_company,
    make_driver,
    make_figure,
    make_indicator,
    make_perimeter,
    make_segment,
    make_source,
    make_topic,
)

pytestmark = pytest.mark.django_db

YEAR_2024 = day("2024", "2024-01-01", "2024-12-31", "year", "2024")
FEBRUARY_4TH = day("4 février 2025", "2025-02-04", "2025-02-04", "day", "2025-02-04")


def figure_link(figure):
    return link(figure, label=figure.label, display=figure.display)


def plain_figure(figure):
    """A figure as the builder leaves it: 678,8 Md$ in 2024, published on 4 February 2025."""
    return common(figure) | {
        "label": f"{figure.indicator.name}, 2024",
        "indicator": named(figure.indicator),
        "value": "678.8",
        "display": "678,8\u00a0Md$",
        "qualifier": "eq",
        "unit": "USD",
        "scale": 9,
        "nature": "actual",
        "period": YEAR_2024,
        "vintage": FEBRUARY_4TH,
        "segment": None,
        "company": None,
        "attributed_to": None,
        "supersedes": None,
        "superseded_by": [],
        "erratum": "",
        "corrected_by": [],
        "is_live": True,
        "is_unsupported": False,
        "components": [],
        "totals": [],
        "forecast": None,
        "anomalies": [],
        "source": source_link(figure.source),
        "locator": "",
        "quote": "",
        "credibility": 6,
    }


def test_a_figure_tells_everything(client):
    segment = make_segment(name="IaaS", slug="iaas", full_name="Infrastructure as a Service")
    company, analyst, source = make_company(), make_company(), make_source()
    indicator = make_indicator()
    part, earlier = make_figure(indicator=indicator), make_figure(indicator=indicator)
    figure = make_figure(
        slug="un-chiffre",
        indicator=indicator,
        value=Decimal("150.50"),
        qualifier="gt",
        nature="forecast",
        period="d’ici 2030",
        vintage="2025",
        segment=segment,
        company=company,
        attributed_to=analyst,
        components=[part],
        supersedes=earlier,
        source=source,
        locator="tableau 3",
        quote="Plus de 150.",
        credibility=2,
        note="Une *note*.",
    )
    later = make_figure(indicator=indicator, supersedes=figure)
    total = make_figure(indicator=indicator, components=[figure])
    expected = plain_figure(figure) | {
        "label": f"{indicator.name}, IaaS, {company.name}, d’ici 2030",
        "value": "150.50",
        "display": "plus de 150,50\u00a0Md$",
        "qualifier": "gt",
        "nature": "forecast",
        "period": day("d’ici 2030", None, "2030-12-31", "year", "../2030"),
        "vintage": day("2025", "2025-01-01", "2025-12-31", "year", "2025"),
        "segment": {"slug": "iaas", "name": "IaaS", "full_name": "Infrastructure as a Service"},
        "company": named(company),
        "attributed_to": named(analyst),
        "supersedes": figure_link(earlier),
        "superseded_by": [figure_link(later)],
        "is_live": False,
        "is_unsupported": False,
        "components": [figure_link(part)],
        "totals": [figure_link(total)],
        "forecast": {
            "horizon": day("2030", "2030-01-01", "2030-12-31", "year", "2030"),
            "horizon_reckoning": "",
            "verdict": "pending",
            "actual": None,
            "base": None,
            "error": None,
            "relative_error": None,
        },
        "source": source_link(source),
        "locator": "tableau 3",
        "quote": "Plus de 150.",
        "credibility": 2,
    }
    listed = get(client, "figures/", company=company.slug)["results"]
    assert listed == [expected]
    assert get(client, "figures/un-chiffre/") == expected | {
        "note": "Une *note*.",
        "note_html": "<p>Une <em>note</em>.</p>\n",
    }


def test_a_value_is_told_with_the_decimals_of_its_source(client):
    for value in ("244", "20.40", "0.000001", "12345678901234.5"):
        figure = make_figure(value=Decimal(value))
        assert get(client, f"figures/{figure.slug}/")["value"] == value


def test_what_is_related_and_not_public_is_not_shown(client):
    hidden = {"status": Status.DRAFT}
    indicator = make_indicator()
    figure = make_figure(
        indicator=indicator,
        attributed_to=make_company(**hidden),
        components=[make_figure(indicator=indicator, **hidden)],
        supersedes=make_figure(indicator=indicator, **hidden),
    )
    make_figure(indicator=indicator, components=[figure], **hidden)
    make_figure(indicator=indicator, supersedes=figure, **hidden)
    assert get(client, "figures/")["results"] == [plain_figure(figure)]


def test_figures_by_what_they_are(client):
    perimeter, segment, company = make_perimeter(), make_segment(), make_company()
    indicator, source = make_indicator(kind="share", perimeter=perimeter), make_source()
    figure = make_figure(
        indicator=indicator,
        segment=segment,
        company=company,
        source=source,
        nature="estimate",
        period="2020",
    )
    make_figure(
        indicator=make_indicator(perimeter=make_perimeter()),
        segment=make_segment(),
        company=make_company(),
        period="2024",
    )
    asked = {
        "indicator": indicator.slug,
        "perimeter": perimeter.slug,
        "segment": segment.slug,
        "company": company.slug,
        "source": source.slug,
        "nature": "estimate",
        "kind": "share",
        "before": "2021-01-01",
        "q": indicator.name,
    }
    for name, value in asked.items():
        assert slugs(client, "figures/", **{name: value}) == [figure.slug], name
    assert slugs(client, "figures/", after="2021-01-01") != [figure.slug]


def test_figures_by_whether_another_replaces_them(client):
    indicator = make_indicator()
    make_figure(slug="premier", indicator=indicator)
    second = make_figure(
        slug="second", indicator=indicator, supersedes=indicator.figures.get(slug="premier")
    )
    make_figure(slug="brouillon", indicator=indicator, supersedes=second, status=Status.DRAFT)
    assert slugs(client, "figures/", live="true") == ["second"]
    assert slugs(client, "figures/", live="false") == ["premier"]
    assert slugs(client, "figures/") == ["premier", "second"]


def rich_figure():
    indicator = make_indicator(perimeter=make_perimeter())
    return make_figure(
        indicator=indicator,
        segment=make_segment(),
        company=make_company(),
        attributed_to=make_company(),
    )


def test_the_list_runs_as_many_queries_for_fifty_figures_as_for_one(
    client, django_assert_num_queries
):
    # The figures with all they belong to; those that they total; those that total them; those
    # that replace them, and those that correct them; their anomalies.
    assert_queries_do_not_grow(client, django_assert_num_queries, "figures/", rich_figure, 6)


def test_the_links_between_figures_add_no_query(client, django_assert_num_queries):
    previous = None
    for _ in range(12):
        figure = rich_figure()
        if previous is not None:
            type(figure).objects.filter(pk=figure.pk).update(supersedes=previous)
            figure.components.add(previous)
        previous = figure
    # As above.
    with django_assert_num_queries(VERSION + KEYS + 6):
        assert len(get(client, "figures/")["results"]) == 12


def test_an_indicator_tells_everything(client):
    topic, source = make_topic(), make_source()
    perimeter = make_perimeter(name="Cloud public", slug="cloud-public", description="Tout.")
    indicator = make_indicator(
        name="Dépenses",
        summary="En bref.",
        body="Un *texte*.",
        kind="amount",
        unit="USD",
        scale=9,
        geography="France",
        perimeter=perimeter,
        periodicity="quarterly",
        position=2,
        topics=[topic],
    )
    figure = make_figure(indicator=indicator)
    make_figure(indicator=indicator, status=Status.DRAFT)
    cite(indicator, source, number=1)
    expected = common(indicator) | {
        "name": "Dépenses",
        "summary": "En bref.",
        "kind": "amount",
        "unit": "USD",
        "scale": 9,
        "geography": "France",
        "perimeter": {"slug": "cloud-public", "name": "Cloud public", "description": "Tout."},
        "periodicity": "quarterly",
        "position": 2,
        "topics": [titled(topic)],
    }
    assert get(client, "indicators/")["results"] == [expected]
    assert get(client, "indicators/depenses/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "downloads": {
            "csv": f"{SITE}/marche/depenses.csv",
            "metadata": f"{SITE}/marche/depenses.csv-metadata.json",
            "readme": f"{SITE}/marche/depenses.txt",
            "archive": f"{SITE}/marche/depenses.zip",
        },
        "figures": [plain_figure(figure)],
        "citations": [
            {
                "number": 1,
                "source": source_link(source),
                "locator": "",
                "quote": "",
                "credibility": 6,
            }
        ],
    }


def test_indicators_by_what_they_are(client):
    perimeter, topic = make_perimeter(), make_topic()
    fields = {
        "kind": "share",
        "unit": "percent",
        "geography": "Europe",
        "periodicity": "monthly",
    }
    indicator = make_indicator(perimeter=perimeter, topics=[topic], **fields)
    make_indicator(perimeter=make_perimeter())
    for name, value in (fields | {"perimeter": perimeter.slug, "topic": topic.slug}).items():
        assert slugs(client, "indicators/", **{name: value}) == [indicator.slug], name


def test_the_list_runs_as_many_queries_for_fifty_indicators_as_for_one(
    client, django_assert_num_queries
):
    # The indicators with their perimeter; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "indicators/",
        lambda: make_indicator(perimeter=make_perimeter(), topics=[make_topic()]),
        2,
    )


def test_the_trail_of_an_indicator_goes_from_the_oldest_vintage_on(client):
    indicator = make_indicator()
    make_figure(slug="prevu-2025", indicator=indicator, period="2025", vintage="2024")
    second = make_figure(slug="revu-2024", indicator=indicator, vintage="2025")
    first = make_figure(slug="dit-2024", indicator=indicator, vintage="2024")
    make_figure(slug="secret", indicator=indicator, status=Status.DRAFT)
    make_figure()
    type(second).objects.filter(pk=second.pk).update(supersedes=first)
    trail = get(client, f"indicators/{indicator.slug}/trail/")
    assert (trail["next"], trail["previous"]) == (None, None)
    assert [row["slug"] for row in trail["results"]] == ["dit-2024", "revu-2024", "prevu-2025"]
    assert [row["is_live"] for row in trail["results"]] == [False, True, True]
    listed = {row["slug"]: row for row in get(client, "figures/")["results"]}
    assert [listed[row["slug"]] for row in trail["results"]] == trail["results"]


def test_the_trail_of_an_indicator_that_is_not_there_is_not_found(client):
    hidden = make_indicator(status=Status.DRAFT)
    for slug in ("aucun", hidden.slug):
        response = client.get(f"/api/v1/indicators/{slug}/trail/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_token_that_reads_drafts_follows_the_trail_of_whatever_it_reads():
    shown, hidden = make_indicator(), make_indicator()
    figure, _ = make_figure(indicator=shown), make_figure(indicator=hidden)
    type(hidden).objects.filter(pk=hidden.pk).update(status=Status.DRAFT, publish_at=None)
    make_figure(indicator=shown, status=Status.DRAFT)
    path = f"indicators/{hidden.slug}/trail/"
    reader, stranger = program("read"), program("read")
    stranger.token.user.groups.clear()
    assert anonymous().get(path).status_code == stranger.get(path).status_code == 404
    answer = reader.get(path)
    # No figure is public before its indicator is: none is in its detail either.
    assert answer.json() == {"next": None, "previous": None, "results": []}
    assert reader.get(f"indicators/{hidden.slug}/").json()["figures"] == []
    assert answer["Cache-Control"] == "private, no-cache"
    public = reader.get(f"indicators/{shown.slug}/trail/").json()
    assert [row["slug"] for row in public["results"]] == [figure.slug]
    assert public == anonymous().get(f"indicators/{shown.slug}/trail/").json()


def test_a_trail_that_was_withdrawn_or_has_moved_is_where_its_indicator_is():
    gone = make_indicator(status=Status.ARCHIVED, publish_at=LONG_AGO)
    moved = make_indicator(slug="avant")
    moved.slug = "apres"
    moved.save()
    path = f"indicators/{gone.slug}/trail/"
    assert anonymous().get(path).status_code == 410
    assert program("read").get(path).status_code == 200
    for caller in (anonymous(), program("read")):
        answer = caller.get("indicators/avant/trail/")
        assert answer.status_code == 301
        assert answer["Location"].endswith("/api/v1/indicators/apres/trail/")
        assert caller.get("indicators/aucun/trail/").status_code == 404


def test_a_trail_runs_as_many_queries_for_many_figures_as_for_one(
    client, django_assert_num_queries
):
    indicator = make_indicator()
    for _ in range(10):
        make_figure(indicator=indicator, segment=make_segment(), company=make_company())
    # The indicator; the figures; what they total; what totals them; what replaces them; what
    # corrects them; their anomalies.
    with django_assert_num_queries(VERSION + 7):
        assert len(get(client, f"indicators/{indicator.slug}/trail/")["results"]) == 10


def test_a_growth_driver_tells_everything(client):
    topic = make_topic()
    driver = make_driver(
        title="IA générative", summary="En bref.", body="Un *texte*.", position=1, topics=[topic]
    )
    expected = common(driver) | {
        "title": "IA générative",
        "summary": "En bref.",
        "position": 1,
        "topics": [titled(topic)],
    }
    assert get(client, "growth-drivers/", topic=topic.slug)["results"] == [expected]
    assert get(client, "growth-drivers/ia-generative/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "citations": [],
    }


def test_the_list_runs_as_many_queries_for_fifty_drivers_as_for_one(
    client, django_assert_num_queries
):
    # The growth drivers; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "growth-drivers/",
        lambda: make_driver(topics=[make_topic()]),
        2,
    )
