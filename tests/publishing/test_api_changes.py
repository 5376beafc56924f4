"""The journal of changes: what a program reads that follows what is published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils.dateparse import parse_datetime

from companies.models import Company, CompanyRole
from events.models import Event
from market.models import Figure, Indicator
from news.models import NewsItem
from publishing import clock, journal, versions
from publishing.changes import Change, JournalManager
from publishing.journal import catch_up
from publishing.models import Anomaly, Status, TableVersion, published_models
from publishing.triggers import content_tables
from publishing.typography import count
from sources.models import Citation
from tests import factories as make
from tests.api_answers import get, refused
from tests.test_what_the_public_sees import BUILDERS, HIDDEN, World, hide
from topics.models import Topic

pytestmark = pytest.mark.django_db


def page(client, **parameters):
    return get(client, "changes/", **parameters)


def follow(client, url="/api/v1/changes/?page_size=200"):
    """All the lines from there on, and where the next will come."""
    lines = []
    while True:
        answer = client.get(url).json()
        lines += answer["results"]
        url = answer["next"]
        if not answer["has_more"]:
            return lines, url


def told(lines):
    return [(line["change"], line["type"], line["slug"]) for line in lines]


def test_it_tells_what_is_public_the_first_time(client):
    source = make.make_source(slug="une-source")
    make.make_news(slug="une-actualite", source=source)
    make.make_company(status=Status.DRAFT)
    make.make_company(publish_at=clock.now() + timedelta(hours=1))
    lines, _ = follow(client)
    assert told(lines) == [
        ("created", "sources", "une-source"),
        ("created", "news", "une-actualite"),
    ]


def test_a_line_says_what_happened_to_which_record_and_when(client):
    company = make.make_company(slug="eolas")
    [line] = page(client)["results"]
    at = line.pop("at")
    assert line == {
        "change": "created",
        "type": "companies",
        "id": company.pk,
        "slug": "eolas",
        "former_slug": None,
        "url": "http://testserver/api/v1/companies/eolas/",
        "withdrawn_at": None,
    }
    assert at


def test_each_thing_that_happens_is_a_line(client):
    company = make.make_company(slug="eolas")
    _, here = follow(client)
    steps = []

    def then():
        nonlocal here
        lines, here = follow(client, here)
        steps.extend(told(lines))
        return lines

    Company.objects.filter(pk=company.pk).update(name="Sans passer par save")
    then()
    company.refresh_from_db()
    company.slug = "kaliop"
    company.save()
    [line] = then()
    assert line["former_slug"] == "eolas"
    company.status = Status.ARCHIVED
    company.save()
    [line] = then()
    assert line["withdrawn_at"] == line["at"]
    then()
    company.status = Status.PUBLISHED
    company.save()
    then()
    company.delete()
    then()
    assert steps == [
        ("updated", "companies", "eolas"),
        ("updated", "companies", "kaliop"),
        ("withdrawn", "companies", "kaliop"),
        ("published", "companies", "kaliop"),
        ("withdrawn", "companies", "kaliop"),
    ]


def test_parameters_that_are_not_understood_are_refused(client):
    assert refused(client, "changes/", type="x") == [("type", "invalid_choice")]
    assert refused(client, "changes/", page_size="201") == [("page_size", "invalid_page_size")]
    assert refused(client, "changes/", cursor="x") == [("cursor", "invalid_cursor")]
    assert refused(client, "changes/", q="x") == [("q", "unknown_parameter")]


def test_a_cursor_is_kept_for_ever(client):
    """Empty or not, with or without a filter: whoever comes back reads what came since, once."""
    start = page(client)
    assert (start["results"], start["has_more"]) == ([], False)
    companies = [make.make_company() for _ in range(3)]
    first = client.get(start["next"]).json()
    assert [line["id"] for line in first["results"]] == [one.pk for one in companies]
    assert client.get(first["next"]).json() == first | {"results": []}
    make.make_topic(slug="un-sujet")
    assert told(client.get(f"{first['next']}&type=topics").json()["results"]) == [
        ("created", "topics", "un-sujet")
    ]
    assert client.get(start["next"]).json()["results"][:3] == first["results"]


def test_pages_follow_one_another(client):
    for _ in range(5):
        make.make_topic()
    whole, _ = follow(client)
    first = page(client, page_size=2, type="topics")
    assert (first["results"], first["has_more"]) == (whole[:2], True)
    rest, end = follow(client, first["next"])
    assert rest == whole[2:]
    assert "page_size=2" in end
    assert "type=topics" in end


def test_who_has_copied_the_lists_begins_where_the_journal_is(client):
    make.make_topic()
    here = page(client, **{"from": "now"})
    assert (here["results"], here["has_more"]) == ([], False)
    make.make_topic(slug="depuis")
    lines, _ = follow(client, here["next"])
    assert told(lines) == [("created", "topics", "depuis")]
    assert len(page(client, **{"from": "beginning"})["results"]) == 2
    assert refused(client, "changes/", **{"from": "hier"}) == [("from", "invalid_choice")]


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "WzEsIDJd", "WzksICIwMDAwMDAwMCJd", "é", "A" * 3000, "Wy0xLCAiIl0"]
)
def test_what_is_no_cursor_of_the_journal_is_refused(client, cursor):
    for _ in range(12):
        make.make_topic()
    page(client)
    Change.objects.filter(pk__lt=Change.objects.latest("pk").pk).update(object_id=1)
    assert refused(client, "changes/", cursor=cursor) == [("cursor", "invalid_cursor")]


def test_the_cursor_of_a_journal_that_has_since_been_otherwise_is_refused(client):
    """Restored from a copy, it has gone on: what was read of it may never have been."""
    make.make_topic()
    _, here = follow(client)
    Change.objects.update(at=make.LONG_AGO)
    answer = client.get(here)
    assert answer.status_code == 400
    assert "depuis le début" in answer.json()["errors"][0]["detail"]


def test_a_refusal_says_what_is_accepted(client):
    refusal = client.get("/api/v1/changes/", {"type": "x"}).json()["errors"][0]["detail"]
    assert all(model.api_name in refusal for model in published_models())


def test_what_hides_a_record_withdraws_it_and_brings_it_back(client):
    indicator = make.make_indicator()
    figure = make.make_figure(indicator=indicator)
    _, here = follow(client)
    Indicator.objects.update(status=Status.ARCHIVED)
    lines, here = follow(client, here)
    # What rests on it leaves first.
    assert told(lines) == [
        ("withdrawn", "figures", figure.slug),
        ("withdrawn", "indicators", indicator.slug),
    ]
    Indicator.objects.update(status=Status.PUBLISHED)
    lines, _ = follow(client, here)
    assert told(lines) == [
        ("published", "indicators", indicator.slug),
        ("published", "figures", figure.slug),
    ]


def test_the_clock_brings_and_takes_records(client):
    start = clock.now()
    company = make.make_company(
        publish_at=start + timedelta(hours=1), expire_at=start + timedelta(hours=2)
    )
    lines, here = follow(client)
    assert lines == []
    with clock.frozen(start + timedelta(hours=1)):
        lines, here = follow(client, here)
    assert told(lines) == [("created", "companies", company.slug)]
    assert parse_datetime(lines[0]["at"]) == start + timedelta(hours=1)
    with clock.frozen(start + timedelta(days=2)):
        lines, _ = follow(client, here)
    assert told(lines) == [("withdrawn", "companies", company.slug)]
    assert parse_datetime(lines[0]["withdrawn_at"]) == start + timedelta(hours=2)


def test_an_address_that_is_given_up_is_free_before_another_takes_it(client):
    former = make.make_topic(slug="cloud")
    key = former.pk
    _, here = follow(client)
    former.delete()
    make.make_topic(slug="cloud")
    lines, _ = follow(client, here)
    assert [(line["change"], line["id"] == key) for line in lines] == [
        ("withdrawn", True),
        ("created", False),
    ]


def test_what_a_record_is_tied_to_changes_it(client):
    company, topic, source = make.make_company(), make.make_topic(), make.make_source()
    figure = make.make_figure(source=source)
    _, here = follow(client)

    def told_by(edit):
        nonlocal here
        edit()
        lines, here = follow(client, here)
        return {(line["type"], line["change"]) for line in lines}

    changed = {("companies", "updated")}
    assert told_by(lambda: company.topics.add(topic)) == changed
    assert told_by(lambda: make.cite(company, source)) == changed
    assert told_by(lambda: company.citations.update(quote="Un passage.")) == changed
    assert told_by(lambda: CompanyRole.objects.create(company=company, role="user")) == changed
    assert told_by(lambda: Topic.objects.update(status=Status.DRAFT)) == {
        *changed,
        ("topics", "withdrawn"),
    }
    assert told_by(lambda: make.make_anomaly(accused=[figure])) == {("figures", "updated")}
    assert told_by(company.citations.all().delete) == changed


@pytest.mark.parametrize("how", ["draft", "scheduled"])
@pytest.mark.parametrize("name", BUILDERS)
def test_what_is_hidden_moves_nothing(client, name, how):
    world = World()
    record = hide(world, name, HIDDEN[how])
    _, here = follow(client)
    changed = {"slug": "confidentiel-8802", "provenance": "Autre"}
    if name != "Figure":
        changed[type(record).label_field] = "Autre"
    type(record).objects.filter(pk=record.pk).update(**changed)
    if name == "Source":
        Citation.objects.filter(source=record).update(quote="Autre")
    assert follow(client, here)[0] == []


def test_an_unchanged_journal_is_answered_before_it_is_read(client, django_assert_num_queries):
    make.make_topic()
    first = client.get("/api/v1/changes/")
    with django_assert_num_queries(1):
        again = client.get("/api/v1/changes/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    make.make_topic()
    again = client.get("/api/v1/changes/", headers={"If-None-Match": first["ETag"]})
    assert len(again.json()["results"]) == 2


def test_reading_what_is_known_costs_the_same_whatever_there_is(client, django_assert_num_queries):
    for number in (1, 50):
        for _ in range(number):
            make.make_topic()
        _, here = follow(client)
        # The version of the content, twice; that of the journal; its lines, and the one before.
        with django_assert_num_queries(4):
            page(client, page_size=200)
        with django_assert_num_queries(5):
            client.get(here)


def test_it_is_caught_up_with_two_queries_a_kind_that_may_have_changed(django_assert_num_queries):
    for build in BUILDERS.values():
        build()
    catch_up()
    Company.objects.update(provenance="Autre")
    # Those that may be tied to a company.
    kinds = 2 * len((Company, Event, Figure, NewsItem))
    # The transaction, the journal (made sure of, held, written), the version, the states of the
    # kinds (now, then, written), and the changes.
    with django_assert_num_queries(2 + 3 + 3 + 3 + kinds + 2):
        told = catch_up()
    assert told.lines.total() == Company.objects.count()


def test_kinds_that_what_is_written_does_not_touch_are_not_compared(monkeypatch):
    for build in BUILDERS.values():
        build()
    catch_up()
    compared = []
    real = journal._differences_of
    monkeypatch.setattr(
        journal, "_differences_of", lambda model: compared.append(model) or real(model)
    )
    NewsItem.objects.update(provenance="Autre")
    assert catch_up().lines.total() == NewsItem.objects.count()
    assert compared == [NewsItem]
    compared.clear()
    Anomaly.objects.update(note="Autre")
    catch_up()
    assert compared == published_models()


def test_the_clock_has_every_kind_compared(monkeypatch):
    soon = clock.now() + timedelta(hours=1)
    item = make.make_news(expire_at=soon)
    catch_up()
    with clock.frozen(soon):
        assert catch_up().lines == {Change.What.WITHDRAWN: 1}
    assert Change.objects.latest("pk").object_id == item.pk


def test_the_state_of_each_table_is_known():
    names = set(TableVersion.objects.values_list("table", flat=True))
    assert names == content_tables()


def test_a_reader_never_waits_for_a_whole_load(client, monkeypatch):
    """What is left comes with the next readings, and whoever follows it misses nothing."""
    monkeypatch.setattr(journal, "MOST_FOR_A_READER", 3)
    for _ in range(8):
        make.make_topic()
    first = client.get("/api/v1/changes/")
    assert (len(first.json()["results"]), first.json()["has_more"]) == (3, True)
    tag = {"If-None-Match": first["ETag"]}
    assert len(client.get("/api/v1/changes/", headers=tag).json()["results"]) == 6
    lines, _ = follow(client)
    assert len({line["id"] for line in lines}) == len(lines) == 8


def test_reading_it_is_no_change_of_the_content(client):
    make.make_topic()
    before = versions.current().name
    follow(client)
    assert versions.current().name == before


def test_what_is_known_is_given_when_the_database_refuses_to_write(client, monkeypatch, caplog):
    make.make_topic(slug="connu")
    lines, _ = follow(client)
    make.make_topic(slug="inconnu")

    def refuse(*args, **kwargs):
        raise OperationalError("attempt to write a readonly database")

    with monkeypatch.context() as patch:
        patch.setattr(JournalManager, "hold", refuse)
        late = client.get("/api/v1/changes/")
        assert late.json()["results"] == lines
        tag = {"If-None-Match": late["ETag"]}
        assert client.get("/api/v1/changes/", headers=tag).status_code == 304
    assert "could not be caught up" in caplog.text
    # Its tag says nothing of what it lacked.
    assert len(client.get("/api/v1/changes/", headers=tag).json()["results"]) == 2


def test_the_command_tells_what_it_adds(client):
    make.make_topic()
    assert run("--dry-run") == [
        "1 × publiée pour la première fois",
        f"{count(1, 'changement')} au journal.",
    ]
    assert not Change.objects.exists()
    run()
    assert run() == [f"{count(0, 'changement')} au journal."]
    Topic.objects.all().delete()
    assert run() == ["1 × retirée", f"{count(1, 'changement')} au journal."]


def run(*options):
    out = StringIO()
    call_command("announce_changes", *options, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="In memory it locks tables, as no site does."
)
def test_two_readers_at_once_announce_nothing_twice():
    for _ in range(30):
        make.make_topic()
    with ThreadPoolExecutor(4) as readers:
        answers = list(readers.map(lambda _: read_alone(), range(8)))
    assert Change.objects.count() == 30
    assert all(answer == answers[0] for answer in answers)


def read_alone():
    try:
        return Client().get("/api/v1/changes/?page_size=200").json()["results"]
    finally:
        connection.close()
