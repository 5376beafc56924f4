"""Creating, changing and archiving records through the API, by the rules of the admin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from analyses.models import Analysis
from companies.models import Company
from events.models import Event
from market.models import Figure
from news.models import NewsItem
from publishing.dates import parse
from publishing.models import Anomaly, Status
from search.models import Entry
from sources.models import Citation
from tests import factories as make
from tests.api_answers import NAMED_VIEWSETS, SITE
from tests.api_program import NEW_EVENT, anonymous, errors, problem, program
from topics.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    return program()


# --- What is written ---


def test_a_record_is_created_as_a_draft_where_it_is_said(caller):
    response = caller.post("events/", NEW_EVENT)
    event = Event.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"{SITE}/api/v1/events/salon-du-cloud/"
    assert (event.title, event.slug, event.status) == ("Salon du cloud", "salon-du-cloud", "draft")
    assert event.written_by == caller.token.user
    assert event.date == parse("automne 2027")
    assert response.json() == caller.get(response["Location"]).json()


def test_every_field_of_an_event_is_written(caller):
    series, organiser = make.make_series(), make.make_company()
    topic, source = make.make_topic(), make.make_source()
    body = {
        "slug": "salon-2027",
        "title": "Salon 2027",
        "summary": "En bref.",
        "body": "Un **texte**.",
        "provenance": "Document, partie 2",
        "status": "published",
        "published_at": "2026-01-05T09:00:00+01:00",
        "expire_at": "2999-01-01",
        "verified_on": "2026-11-01",
        "review_due": "2027-05-01",
        "topics": [topic.slug],
        "series": series.slug,
        "edition": "12e",
        "kind": "trade_show",
        "event_status": "confirmed",
        "date": "20-23 mai 2027",
        "venue": "Palais des congrès",
        "city": "Cannes",
        "country": "FR",
        "attendance_mode": "hybrid",
        "organiser": organiser.slug,
        "website": "https://salon.example/",
        "cfp_url": "https://salon.example/appel",
        "cfp_deadline": "2027-02-01",
        "significance": "major",
        "citations": [
            {
                "source": source.slug,
                "number": 1,
                "locator": "p. 4",
                "quote": "« mots »",
                "credibility": 2,
            }
        ],
    }
    response = caller.post("events/", body)
    assert response.status_code == 201, response.content.decode()
    written = body | {
        "published_at": "2026-01-05T08:00:00+00:00",
        "expire_at": "2998-12-31T23:00:00+00:00",
    }
    assert response.json()["editing"] == written
    event = Event.objects.get()
    assert event.is_public
    assert event.body_html == "<p>Un <strong>texte</strong>.</p>\n"
    assert event.publish_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert event.citations.get().quote == "« mots »"
    public = anonymous().get("events/salon-2027/").json()
    assert public["city"] == "Cannes"
    assert public["date"]["edtf"] == "2027-05-20/2027-05-23"


@pytest.mark.parametrize(("name", "viewset"), NAMED_VIEWSETS)
def test_each_example_of_the_documentation_creates_a_record(caller, name, viewset):
    make.make_indicator(slug="depenses-mondiales-cloud")
    response = caller.post(f"{name}/", viewset.write_example)
    assert response.status_code == 201, response.content.decode()
    written = response.json()["editing"]
    for field, value in viewset.write_example.items():
        if field != "sections":
            assert written[field] == value, field


@pytest.mark.parametrize(("name", "viewset"), NAMED_VIEWSETS)
def test_a_record_sent_back_as_it_was_read_is_not_changed(caller, name, viewset):
    make.make_indicator(slug="depenses-mondiales-cloud")
    created = caller.post(f"{name}/", viewset.write_example)
    path = created["Location"]
    before = viewset.model.objects.values().order_by("-pk")[0]
    for send in (caller.put, caller.patch):
        response = send(path, created.json()["editing"])
        assert response.status_code == 200, response.content.decode()
        assert response["ETag"] == created["ETag"]
    assert viewset.model.objects.values().order_by("-pk")[0] == before
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["automne 2027", "20-23 mai 2027", "fin nov./déc. 2027", "T3 2027"]
)
def test_a_date_is_written_as_an_editor_types_it(caller, text):
    response = caller.post("events/", NEW_EVENT | {"date": text}).json()
    assert response["editing"]["date"] == text
    assert response["date"]["edtf"] == parse(text).edtf


@pytest.mark.parametrize("text", ["2027-04", "2027-23", "2027-11/2027-12", "2027-05-20", "202X"])
def test_a_date_is_written_in_edtf(caller, text):
    response = caller.post("events/", NEW_EVENT | {"date": text}).json()
    assert response["date"]["edtf"] == text


@pytest.mark.parametrize("value", ["20.40", "678.8", "0.000001", "12345678901234"])
def test_a_decimal_keeps_the_digits_that_were_stated(caller, value):
    make.make_indicator(slug="indicateur")
    response = caller.post(
        "figures/", {"indicator": "indicateur", "value": value, "period": "2027"}
    )
    assert response.json()["editing"]["value"] == response.json()["value"] == value


def test_a_number_where_digits_would_be_lost_is_refused(caller):
    make.make_indicator(slug="indicateur")
    response = caller.post("figures/", {"indicator": "indicateur", "value": 20.4, "period": "2027"})
    assert errors(response) == [("#/value", "invalid_type")]


def test_rows_are_replaced_as_a_whole(caller):
    one, two = make.make_source(), make.make_source()
    citations = [{"source": one.slug, "number": 1}, {"source": two.slug, "number": 2}]
    path = caller.post("events/", NEW_EVENT | {"citations": citations})["Location"]
    swapped = [{"source": two.slug, "number": 1}, {"source": one.slug, "number": 2}]
    assert caller.patch(path, {"citations": swapped}).status_code == 200
    assert list(Citation.objects.order_by("number").values_list("source", flat=True)) == [
        two.pk,
        one.pk,
    ]
    assert caller.patch(path, {"citations": []}).json()["editing"]["citations"] == []
    assert not Citation.objects.exists()


def test_the_parts_of_an_analysis_keep_their_order(caller):
    sections = [
        {"title": "Contexte", "level": 1, "body": "Un."},
        {"title": "En Europe", "level": 2, "body": "Deux."},
    ]
    body = {"title": "Analyse", "sections": sections}
    path = caller.post("analyses/", body)["Location"]
    response = caller.patch(path, {"sections": sections[::-1]})
    assert response.json()["editing"]["sections"] == sections[::-1]
    assert [one.title for one in Analysis.objects.get().sections.all()] == ["En Europe", "Contexte"]


def test_the_relations_and_roles_of_a_company_are_written(caller):
    other = make.make_company()
    relation = {
        "kind": "subsidiary_of",
        "company": other.slug,
        "date": "2020",
        "note": "À 60 %",
        "source": None,
        "locator": "",
        "quote": "",
        "credibility": 6,
    }
    body = {"name": "Filiale", "roles": ["provider", "user"], "relations": [relation]}
    written = caller.post("companies/", body).json()["editing"]
    assert written["relations"] == [relation]
    assert written["roles"] == ["provider", "user"]
    company = Company.objects.get(name="Filiale")
    assert company.relations.get().target == other


def test_components_lead_to_other_figures(caller):
    part = make.make_figure()
    body = {"indicator": part.indicator.slug, "value": "10", "components": [part.slug]}
    response = caller.post("figures/", body)
    assert response.json()["editing"]["components"] == [part.slug]
    assert list(Figure.objects.latest("pk").components.all()) == [part]


def test_a_former_slug_still_leads_to_the_record_that_it_named(caller):
    source = make.make_source(slug="avant")
    source.slug = "apres"
    source.save()
    body = {"title": "Brève", "source": "avant"}
    assert caller.post("news/", body).json()["editing"]["source"] == "apres"


# --- Replacing and changing ---


def test_a_change_leaves_what_it_does_not_say(caller):
    event = make.make_event(city="Paris", venue="Porte de Versailles")
    response = caller.patch(f"events/{event.slug}/", {"city": "Lyon"})
    assert response.status_code == 200
    event.refresh_from_db()
    assert (event.city, event.venue, event.status) == ("Lyon", "Porte de Versailles", "published")


def test_a_null_empties(caller):
    event = make.make_event(city="Paris", cfp_deadline="2025-01-01")
    caller.patch(f"events/{event.slug}/", {"city": None, "cfp_deadline": None})
    event.refresh_from_db()
    assert (event.city, event.cfp_deadline) == ("", None)


def test_a_replacement_empties_what_it_does_not_say_but_never_unpublishes(caller):
    event = make.make_event(city="Paris", topics=[make.make_topic()])
    make.cite(event, make.make_source())
    before = event.slug, event.status, event.publish_at
    response = caller.put(f"events/{event.slug}/", NEW_EVENT)
    assert response.status_code == 200, response.content.decode()
    event.refresh_from_db()
    assert (event.title, event.city) == ("Salon du cloud", "")
    assert not event.topics.exists()
    assert not event.citations.exists()
    assert (event.slug, event.status, event.publish_at) == before


def test_a_replacement_says_all_that_a_creation_must(caller):
    event = make.make_event()
    assert errors(caller.put(f"events/{event.slug}/", {})) == [("#/title", "required")]


def test_a_change_is_known_by_a_merge_patch_too(caller):
    event = make.make_event()
    response = caller.patch(
        f"events/{event.slug}/", {"city": "Lyon"}, content_type="application/merge-patch+json"
    )
    assert response.json()["city"] == "Lyon"


def test_a_slug_that_changes_leads_to_the_new_one_whatever_the_method(caller):
    event = make.make_event(slug="avant")
    assert caller.patch("events/avant/", {"slug": "apres"}).json()["slug"] == "apres"
    for method, status in (("get", 301), ("put", 308), ("patch", 308), ("delete", 308)):
        response = (
            caller.get("events/avant/")
            if method == "get"
            else caller.send(method, "events/avant/", {}, if_match='"x"')
        )
        assert response.status_code == status
        assert response["Location"] == f"{SITE}/api/v1/events/apres/"
    event.refresh_from_db()
    assert event.slug == "apres"


def test_a_request_that_writes_without_the_final_slash_is_sent_on(caller):
    response = caller.post("events", NEW_EVENT)
    assert (response.status_code, response["Location"]) == (308, f"{SITE}/api/v1/events/")


# --- Publishing and archiving ---


def test_a_record_is_published_then_archived_then_published_again(caller):
    path = caller.post("events/", NEW_EVENT)["Location"]
    assert anonymous().get(path).status_code == 404
    caller.patch(path, {"status": "published"})
    assert anonymous().get(path).status_code == 200
    archived = caller.delete(path)
    assert (archived.status_code, archived.json()["editing"]["status"]) == (200, "archived")
    assert anonymous().get(path).status_code == 410
    assert caller.delete(path).status_code == 200
    caller.patch(path, {"status": "published"})
    assert anonymous().get(path).status_code == 200


def test_a_publication_is_planned(caller):
    body = NEW_EVENT | {"status": "published", "published_at": "2999-01-01T00:00:00Z"}
    path = caller.post("events/", body)["Location"]
    assert anonymous().get(path).status_code == 404


def test_all_that_publication_demands_is_told_at_once(caller):
    response = caller.post("news/", {"title": "Brève", "status": "published"})
    assert problem(response) == (422, "not_publishable")
    assert response.json()["errors"] == [
        {
            "pointer": "#/source",
            "code": "required_for_publication",
            "detail": "Pas de publication sans source\u00a0: indiquez celle de cette fiche "
            "(actualité).",
        },
        {
            "pointer": "#/date",
            "code": "required_for_publication",
            "detail": "Une actualité se publie avec sa date, même approximative.",
        },
    ]
    assert not NewsItem.objects.exists()


def test_what_the_parts_lack_is_told_with_the_rest(caller):
    body = {"title": "Analyse", "body": "Un fait [1], un autre [2].", "status": "published"}
    response = caller.post("analyses/", body)
    assert [one["detail"] for one in response.json()["errors"]] == [
        "L’appel [1] ne correspond à aucune citation numérotée 1.",
        "L’appel [2] ne correspond à aucune citation numérotée 2.",
    ]
    assert errors(response) == [("#", "required_for_publication")] * 2
    assert caller.post("analyses/", body | {"status": "draft"}).status_code == 201


def test_what_the_columns_and_the_parts_lack_is_told_together(caller, monkeypatch):
    monkeypatch.setattr(
        Analysis, "missing_for_publication", lambda self: {"summary": "Il faut un chapô."}
    )
    body = {"title": "Analyse", "body": "Un fait [1].", "status": "published"}
    assert errors(caller.post("analyses/", body)) == [
        ("#/summary", "required_for_publication"),
        ("#", "required_for_publication"),
    ]
    assert not Analysis.objects.exists()


def test_a_source_that_public_records_rest_on_cannot_be_archived(caller):
    figure = make.make_figure()
    path = f"sources/{figure.source.slug}/"
    response = caller.delete(path)
    assert problem(response) == (409, "still_needed")
    assert "Des fiches publiées n’ont que cette source" in response.json()["detail"]
    assert errors(caller.patch(path, {"status": "archived"})) == [("#/status", "invalid")]
    assert anonymous().get(path).status_code == 200


# --- The same model code ---


def test_what_is_written_is_found_checked_and_traced(caller):
    source = make.make_source()
    path = caller.post(
        "events/", NEW_EVENT | {"status": "published", "citations": [{"source": source.slug}]}
    )["Location"]
    event = Event.objects.get()
    assert Entry.objects.filter(object_id=event.pk, title__contains="Salon du cloud").exists()
    caller.patch(path, {"city": "Lyon"})
    caller.delete(path)
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    said = f"par l’API (jeton «\u00a0{caller.token.name}\u00a0»)."
    assert list(messages) == [f"{done} {said}" for done in ("Ajouté", "Modifié", "Archivé")]


def test_the_rules_look_at_what_is_written(caller):
    indicator = make.make_indicator(kind="amount", unit="USD", scale=9)
    make.make_figure(indicator=indicator, value="100", period="2024")
    body = {
        "indicator": indicator.slug,
        "value": "300",
        "period": "2024",
        "source": make.make_source().slug,
        "status": "published",
    }
    answer = caller.post("figures/", body)
    found = Anomaly.objects.open().about(Figure.objects.get(value=300)).get()
    told = {"rule": found.rule, "severity": found.severity, "message": found.message}
    assert answer.json()["open_anomalies"] == [told]
    assert caller.get(answer["Location"])["ETag"] == answer["ETag"]
    assert "open_anomalies" not in anonymous().get(answer["Location"]).json()


def test_a_refusal_leaves_nothing_behind(caller):
    topic = {
        "title": "Sujet",
        "sections": [{"title": "Un", "body": "x"}, {"title": "Un", "body": "y"}],
    }
    assert errors(caller.post("topics/", topic)) == [("#/sections/1", "invalid")]
    assert not Topic.objects.exists()
    assert not LogEntry.objects.exists()
    assert not Anomaly.objects.exists()
    event = make.make_event(city="Paris")
    make.cite(event, make.make_source(), number=1)
    bad = {"city": "Lyon", "citations": [{"source": None}]}
    assert errors(caller.patch(f"events/{event.slug}/", bad)) == [
        ("#/citations/0/source", "required")
    ]
    event.refresh_from_db()
    assert (event.city, event.citations.count()) == ("Paris", 1)


def test_an_image_is_left_to_the_admin(caller):
    event = make.make_event(status=Status.DRAFT)
    response = caller.patch(f"events/{event.slug}/", {"image": "photo.jpg"})
    assert errors(response) == [("#/image", "unknown_field")]
