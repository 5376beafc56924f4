"""What the tools answer to a client of the official SDK."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from events.models import Event
from market.models import Figure
from publishing import clock
from publishing.models import Anomaly, Status, published_models
from sources.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def contested(silent_rules) -> Figure:
    """« 182,2 Md$ », with its source, and an anomaly that contests it."""
    source = make.make_source(
        title="Prévisions", publisher="Gartner", kind=Source.Kind.PRESS, reliability="B"
    )
    figure = make.make_figure(
        indicator=make.make_indicator(name="Dépenses dans le cloud"),
        source=source,
        value=Decimal("182.20"),
        qualifier="approx",
        period="T3 2024",
        quote="182.20 billion",
    )
    make.make_anomaly(accused=[figure], message="26,6 % de 678,8 font 180,6, et non 182,2.")
    return figure


# Who it is


def test_it_says_who_it_is_and_how_to_quote_it(talk):
    async def greet(client):
        return client.server_info, client.instructions, client.server_capabilities

    info, instructions, capabilities = talk(greet)
    assert (info.name, info.title, info.version) == ("veille", "Veille", "1.0.0")
    assert "contesté" in instructions
    assert capabilities.tools is not None
    assert capabilities.resources is not None
    assert capabilities.prompts is None


def test_every_tool_reads_only_and_says_all_that_it_takes_and_gives(talk):
    tools = talk(lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == [
        "search",
        "get",
        "list_events",
        "list_figures",
        "latest",
        "list_kinds",
    ]
    for tool in tools:
        assert tool.title
        assert tool.description.endswith(".")
        assert tool.annotations.read_only_hint
        assert tool.annotations.destructive_hint is False
        for schema in (tool.input_schema, tool.output_schema):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        for argument in tool.input_schema["properties"].values():
            assert argument["description"].endswith(".")


def test_each_answer_fits_its_schema_and_is_given_as_text_too(talk, contested):
    event = make.make_event(organiser=make.make_company())
    make.cite(event, make.make_source())
    calls = {
        "search": {"query": "gartner"},
        "get": {"type": "figures", "slug": contested.slug},
        "list_events": {},
        "list_figures": {},
        "latest": {},
        "list_kinds": {},
    }

    async def all_of_them(client):
        tools = (await client.list_tools()).tools
        return [
            (tool.output_schema, await client.call_tool(tool.name, calls[tool.name]))
            for tool in tools
        ]

    for schema, result in talk(all_of_them):
        Draft202012Validator(schema).validate(result.structured_content)
        assert json.loads(result.content[0].text) == result.structured_content


def test_every_kind_can_be_read_whole_and_has_its_page(ask):
    builders = [
        make.make_source, make.make_topic, make.make_trend, make.make_company, make.make_series,
        make.make_event, make.make_indicator, make.make_figure, make.make_driver, make.make_news,
        make.make_analysis, make.make_recommendation,
    ]  # fmt: skip
    made = [builder() for builder in builders]
    assert {type(record) for record in made} == set(published_models())
    for record in made:
        answer = ask("get", type=record.api_name, slug=record.slug)
        assert answer["title"] == record.label
        assert answer["html_url"] == SITE + record.get_absolute_url()
        assert answer["record"]["slug"] == record.slug


def test_the_kinds_are_counted_as_the_public_sees_them(ask):
    make.make_event()
    make.make_event(status=Status.DRAFT)
    kinds = {kind["type"]: kind for kind in ask("list_kinds")["kinds"]}
    assert set(kinds) == {model.api_name for model in published_models()}
    assert kinds["events"] == {
        "type": "events",
        "name": "Événements",
        "count": 1,
        "html_url": f"{SITE}/evenements/",
    }


# Searching and reading


def test_a_search_gives_the_page_the_date_and_the_sources(ask):
    source = make.make_source(title="Le programme", publisher="AWS")
    event = make.make_event(title="Salon du nuage", date="Automne 2025", summary="Le nuage.")
    make.cite(event, source)
    make.make_company(name="Le Nuage SA")
    answer = ask("search", query="nuages", type="events")
    assert answer["count"] == 1
    counts = {one["type"]: one["count"] for one in answer["counts"]}
    assert counts == {"events": 1, "companies": 1}
    assert not answer["has_more"]
    [found] = answer["results"]
    assert found["title"] == "Salon du nuage"
    assert found["html_url"] == SITE + event.get_absolute_url()
    assert found["date"]["label"] == "Automne 2025"
    assert [one["title"] for one in found["sources"]] == ["Le programme"]
    assert found["extract"] == "Le nuage."


def test_a_search_that_finds_nothing_proposes_a_spelling(ask):
    make.make_company(name="Hyperviseur")
    answer = ask("search", query="hypervisseur")
    assert answer["results"] == []
    assert answer["other_spelling"] == "hyperviseur"


def test_a_contested_figure_is_found_contested(ask, contested):
    [found] = ask("search", query="dépenses", type="figures")["results"]
    assert found["contested"]
    assert found["cautions"] == ["chiffre contesté"]


def test_a_record_is_given_with_its_markdown_and_its_citations(ask):
    analysis = make.make_analysis(
        title="Où va le cloud", body="Un **fait** [1].", sections=[("Suite", "Un _autre_.")]
    )
    make.cite(analysis, make.make_source(title="La source"), number=1, quote="A fact.")
    answer = ask("get", type="analyses", slug=analysis.slug)
    record = answer["record"]
    assert record["body"] == "Un **fait** [1]."
    assert record["sections"][0]["body"] == "Un _autre_."
    assert "body_html" not in json.dumps(answer)
    [citation] = record["citations"]
    assert (citation["number"], citation["quote"]) == (1, "A fact.")
    assert [source["title"] for source in answer["sources"]] == ["La source"]


def test_a_source_says_what_it_is_worth_and_where_it_is_cited(ask, contested):
    answer = ask("get", type="sources", slug=contested.source.slug)
    assert answer["record"]["quality"]["total"] == 8
    [use] = answer["record"]["uses"]
    assert use["html_url"] == SITE + contested.get_absolute_url()


def test_a_former_address_leads_to_the_record(ask):
    event = make.make_event(slug="ancien")
    event.slug = "nouveau"
    event.save()
    assert ask("get", type="events", slug="ancien")["slug"] == "nouveau"


def test_what_was_withdrawn_says_so_and_a_draft_is_as_nothing(refusal):
    make.make_event(slug="retire", expire_at=clock.now() - timedelta(days=1))
    make.make_event(slug="brouillon", status=Status.DRAFT)
    nothing = "Aucune fiche publiée de type « events » n’a cet identifiant."
    assert refusal("get", type="events", slug="retire") == (
        "Cette fiche a été publiée, puis retirée."
    )
    assert refusal("get", type="events", slug="brouillon") == nothing
    assert refusal("get", type="events", slug="rien") == nothing


def test_the_latest_come_first_whatever_their_kind(ask):
    now = clock.now()
    make.make_company(name="Deuxième", publish_at=now - timedelta(days=2))
    make.make_event(title="Premier", publish_at=now - timedelta(days=1))
    make.make_topic(title="Troisième", publish_at=now - timedelta(days=3))
    make.make_news(title="Planifiée", publish_at=now + timedelta(days=1))
    titles = [one["title"] for one in ask("latest", limit=2)["records"]]
    assert titles == ["Premier", "Deuxième"]
    assert [one["title"] for one in ask("latest", type="topics")["records"]] == ["Troisième"]


# Events


def test_an_approximate_date_is_given_as_stated_with_its_bounds(ask):
    make.make_event(title="Ignite", date="Fin nov./déc. 2025", city="")
    [event] = ask("list_events")["events"]
    assert event["date"] == {
        "label": "Fin nov./déc. 2025",
        "start": "2025-11-01",
        "end": "2025-12-31",
        "precision": "month_range",
        "edtf": "2025-11/2025-12",
    }
    assert event["place"] == "Lieu à déterminer"


def test_events_between_dates_count_by_their_bounds(ask):
    for title, date in (
        ("Été", "été 2025"),
        ("Octobre", "15 octobre 2025"),
        ("Hiver", "hiver 2025"),
        ("Inconnu", ""),
    ):
        make.make_event(title=title, date=date)
    found = ask("list_events", on_or_after="2025-08-31", on_or_before="2025-11-30")
    assert [event["title"] for event in found["events"]] == ["Été", "Octobre"]
    assert found["count"] == 2
    everything = [event["title"] for event in ask("list_events")["events"]]
    assert everything == ["Été", "Octobre", "Hiver", "Inconnu"]


def test_events_by_country_topic_kind_and_words(ask):
    topic = make.make_topic(title="Cloud public")
    wanted = make.make_event(
        title="Paris", country="FR", kind=Event.Kind.TRADE_SHOW, city="Lyon", topics=[topic]
    )
    make.make_event(title="Berlin", country="DE", kind=Event.Kind.CONFERENCE)
    for arguments in (
        {"country": "FR"},
        {"topic": topic.slug},
        {"kind": "trade_show"},
        {"query": "lyon"},
    ):
        [event] = ask("list_events", **arguments)["events"]
        assert event["slug"] == wanted.slug, arguments


def test_a_list_is_walked_from_page_to_page(ask):
    for day in range(1, 8):
        make.make_event(title=f"Jour {day}", date=f"{day} mai 2026")
    seen, cursor = [], None
    while True:
        page = ask("list_events", limit=3, cursor=cursor)
        assert page["count"] == 7
        seen += [event["title"] for event in page["events"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"Jour {day}" for day in range(1, 8)]


# Figures


def test_a_figure_has_its_value_as_stated_its_period_and_its_source(ask, contested):
    [figure] = ask("list_figures", indicator=contested.indicator.slug)["figures"]
    assert figure["display"].replace("\u00a0", " ") == "environ 182,20 Md$"
    assert (figure["value"], figure["unit"], figure["scale"]) == ("182.20", "USD", 9)
    assert figure["date"]["label"] == "T3 2024"
    assert (figure["date"]["start"], figure["date"]["end"]) == ("2024-07-01", "2024-09-30")
    assert figure["vintage"]["label"] == "4 février 2025"
    assert figure["quote"] == "182.20 billion"
    assert figure["html_url"] == SITE + contested.get_absolute_url()
    [source] = figure["sources"]
    assert (source["title"], source["publisher"]) == ("Prévisions", "Gartner")
    assert source["original_url"] == contested.source.url
    assert source["html_url"] == SITE + contested.source.get_absolute_url()
    assert source["kind"] == "presse"
    assert source["reliability"].startswith("B")
    assert source["is_verifiable"]


def test_a_contested_figure_says_that_it_is_and_why(ask, contested):
    sound = make.make_figure()
    figures = {one["slug"]: one for one in ask("list_figures")["figures"]}
    assert not figures[sound.slug]["contested"]
    assert figures[sound.slug]["anomalies"] == []
    figure = figures[contested.slug]
    assert figure["contested"]
    assert figure["cautions"] == ["chiffre contesté"]
    [anomaly] = figure["anomalies"]
    assert anomaly["contests"]
    assert anomaly["message"] == "26,6 % de 678,8 font 180,6, et non 182,2."
    assert anomaly["html_url"].startswith(f"{SITE}/marche/anomalies/")


def test_a_dismissed_anomaly_contests_nothing(ask, contested):
    anomaly = Anomaly.objects.get()
    anomaly.move_to(Anomaly.Status.DISMISSED)
    anomaly.save()
    [figure] = ask("list_figures")["figures"]
    assert not figure["contested"]
    assert figure["anomalies"] == []


def test_a_figure_that_an_erratum_replaces_says_so(ask, silent_rules):
    old = make.make_figure(value=Decimal("32"))
    new = make.make_figure(
        indicator=old.indicator, value=Decimal("31"), supersedes=old, erratum="Une faute."
    )
    figures = {one["slug"]: one for one in ask("list_figures")["figures"]}
    assert not figures[old.slug]["is_live"]
    assert figures[old.slug]["cautions"] == ["corrigé par un erratum"]
    assert [one["slug"] for one in figures[old.slug]["corrected_by"]] == [new.slug]
    [live] = ask("list_figures", live=True)["figures"]
    assert live["slug"] == new.slug
    [replaced] = ask("list_figures", live=False)["figures"]
    assert replaced["slug"] == old.slug


def test_figures_of_a_company(ask, silent_rules):
    company = make.make_company(name="Nvidia")
    figure = make.make_figure(company=company)
    make.make_figure()
    [found] = ask("list_figures", company=company.slug)["figures"]
    assert found["slug"] == figure.slug
    assert found["company"]["name"] == "Nvidia"


# An empty site, and a failure


def test_an_empty_site_answers_with_nothing(ask):
    assert ask("search", query="cloud")["results"] == []
    assert ask("list_events") == {"count": 0, "next_cursor": None, "events": []}
    assert ask("list_figures") == {"count": 0, "next_cursor": None, "figures": []}
    assert ask("latest") == {"records": []}
    assert {kind["count"] for kind in ask("list_kinds")["kinds"]} == {0}


def test_a_failure_tells_nothing_of_the_machine(refusal, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("/srv/veille: password=secret")

    monkeypatch.setattr("assistants.records.latest", fail)
    assert refusal("latest") == "Le site n’a pas pu répondre : réessayez plus tard."
    assert "password=secret" in caplog.text


# What it costs


@pytest.mark.parametrize(
    ("tool", "expected"),
    [("list_events", 5), ("list_figures", 7), ("latest", 31), ("search", 24)],
)
def test_many_records_cost_no_more_queries_than_few(
    ask, silent_rules, django_assert_num_queries, tool, expected
):
    arguments = {"limit": 50} | ({"query": "nuage"} if tool == "search" else {})

    def add():
        source = make.make_source(title="Le nuage")
        figure = make.make_figure(source=source, company=make.make_company(name="Nuage"))
        make.make_anomaly(accused=[figure])
        event = make.make_event(title="Nuage", organiser=make.make_company())
        make.cite(event, source)

    for _ in range(2):
        add()
        with django_assert_num_queries(expected):
            ask(tool, **arguments)
