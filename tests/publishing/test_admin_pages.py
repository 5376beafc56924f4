"""Every page of the admin opens, for every model and every group, in a known number of queries."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.translation import gettext

from market.models import Perimeter, Segment
from publishing.groups import ADMINISTRATOR, RECORD_ACTIONS, REVIEWER, WRITER
from publishing.models import Anomaly, ApiToken, Publishable, Status, published_models
from tests import factories as make
from tests.admin_form import add_url, change_url, form_of, list_url

pytestmark = pytest.mark.django_db

BUILDERS = {
    "Source": make.make_source,
    "Topic": make.make_topic,
    "Trend": make.make_trend,
    "Company": make.make_company,
    "EventSeries": make.make_series,
    "Event": make.make_event,
    "Indicator": make.make_indicator,
    "Figure": make.make_figure,
    "GrowthDriver": make.make_driver,
    "NewsItem": make.make_news,
    "Analysis": make.make_analysis,
    "Recommendation": make.make_recommendation,
    "Perimeter": make.make_perimeter,
    "Segment": make.make_segment,
    "Synonym": make.make_synonym,
}
ACCOUNTS = {get_user_model(), Group}
# Nobody writes the register by hand, and tokens are each editor's own: see test_admin_tokens.
OTHERS = ACCOUNTS | {Anomaly, ApiToken}
CONTENTS = [model for model in admin.site._registry if model not in OTHERS]
GROUPS = list(RECORD_ACTIONS)
# Session, user, rights of the user and of its groups, two counts, the rows; then the two of the
# dates above the list (not for shared words), and what the line says.
QUERIES = {
    "Source": 11,  # filters by year and by language
    "Topic": 9,
    "Trend": 11,  # filters by year and by topic
    "Company": 10,  # roles
    "EventSeries": 9,
    "Event": 10,  # filter by year
    "Indicator": 10,  # filter by perimeter
    "Figure": 11,  # filters by period and by segment
    "GrowthDriver": 9,
    "NewsItem": 11,  # filters by year and by topic
    "Analysis": 11,  # filters by year and by topic
    "Recommendation": 9,
    "Perimeter": 7,
    "Segment": 7,
    "Synonym": 7,
}


def by_name(model: type) -> str:
    return model.__name__


def log_in(client, group: str):
    user = make.make_user(group)
    client.force_login(user)
    return user


def test_every_content_model_is_registered():
    assert {model.__name__ for model in CONTENTS} == set(BUILDERS)
    assert set(published_models()) <= set(CONTENTS)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("model", CONTENTS, ids=by_name)
def test_the_list_the_empty_form_and_a_draft_open_for_every_group(client, model, group):
    fields = {"status": Status.DRAFT} if issubclass(model, Publishable) else {}
    record = BUILDERS[model.__name__](**fields)
    log_in(client, group)
    for url in (list_url(model), add_url(model), change_url(record)):
        response = client.get(url)
        assert response.status_code == 200, url
        assert '<html lang="fr"' in response.content.decode()
    assert "_save" in response.content.decode()


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_published_record_opens_for_every_group(client, model, group):
    record = BUILDERS[model.__name__]()
    log_in(client, group)
    response = client.get(change_url(record))
    assert response.status_code == 200
    assert response.context["has_change_permission"] is (group != WRITER)


@pytest.mark.parametrize("model", CONTENTS, ids=by_name)
def test_a_form_saved_as_it_was_opened_changes_nothing(client, model):
    record = BUILDERS[model.__name__]()
    before = type(record).objects.values().get(pk=record.pk)
    log_in(client, REVIEWER)
    response = client.post(change_url(record), form_of(client.get(change_url(record))))
    assert response.status_code == 302, response.context["errors"]
    after = type(record).objects.values().get(pk=record.pk)
    assert {**after, "updated_at": None} == {**before, "updated_at": None}


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("model", CONTENTS, ids=by_name)
def test_a_list_costs_as_many_queries_for_one_row_as_for_fifty(
    client, model, rows, django_assert_num_queries
):
    log_in(client, REVIEWER)
    build = BUILDERS[model.__name__]
    there = model.objects.count()
    make.many(rows, lambda: build(**_ties(model)))
    client.get(list_url(model))
    with django_assert_num_queries(QUERIES[model.__name__]):
        response = client.get(list_url(model))
    assert len(response.context["cl"].result_list) == there + rows


def _ties(model: type) -> dict:
    """What a row of the list of `model` shows of other records."""
    match model.__name__:
        case "Company":
            return {"roles": ["provider", "user"]}
        case "Figure":
            return {"segment": make.make_segment(), "company": make.make_company()}
        case "Indicator":
            return {"perimeter": make.make_perimeter()}
        case "Recommendation":
            return {"analysis": make.make_analysis()}
    return {}


@pytest.mark.parametrize("model", CONTENTS, ids=by_name)
def test_a_list_answers_a_search(client, model):
    record = BUILDERS[model.__name__]()
    log_in(client, WRITER)
    found = client.get(list_url(model), {"q": str(record).split(",")[0].split(" : ")[0]})
    assert list(found.context["cl"].result_list) == [record]
    assert not client.get(list_url(model), {"q": "introuvable"}).context["cl"].result_list


@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_list_shows_the_status_and_can_be_narrowed_by_it(client, model):
    build = BUILDERS[model.__name__]
    expired = {"expire_at": make.LONG_AGO.replace(month=3)}
    scheduled = {"publish_at": make.LONG_AGO.replace(year=2999)}
    records = {
        "draft": build(status=Status.DRAFT),
        "in_review": build(status=Status.IN_REVIEW),
        "public": build(),
        "scheduled": build(**scheduled),
        "expired": build(**expired),
        "archived": build(status=Status.ARCHIVED),
        "rejected": build(status=Status.REJECTED),
    }
    log_in(client, WRITER)
    for state, record in records.items():
        response = client.get(list_url(model), {"etat": state})
        assert record in response.context["cl"].result_list, state
        others = set(records.values()) - {record}
        assert others.isdisjoint(response.context["cl"].result_list), state
    page = client.get(list_url(model)).content.decode()
    for code, word in {
        "draft": "brouillon",
        "in_review": "en relecture",
        "published": "publié",
        "scheduled": "planifié",
        "expired": "expiré",
        "archived": "archivé",
        "rejected": "refusé",
    }.items():
        assert f'<span class="state state--{code}">{word}</span>' in page


def test_a_list_can_be_narrowed_to_what_is_to_be_verified_again(client):
    due = make.make_trend(review_due="2025-03-01", verified_on="2025-02-01")
    never = make.make_trend()
    make.make_trend(review_due="2999-03-01", verified_on="2025-02-01")
    log_in(client, WRITER)
    url = list_url(type(due))
    assert list(client.get(url, {"revue": "due"}).context["cl"].result_list) == [due]
    assert list(client.get(url, {"revue": "never"}).context["cl"].result_list) == [never]


@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_public_record_is_seen_on_the_site_from_its_form(client, model):
    record = BUILDERS[model.__name__]()
    log_in(client, REVIEWER)
    link = f'href="{record.get_absolute_url()}"'
    assert link in client.get(change_url(record)).content.decode()


@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_draft_has_no_link_to_the_site(client, model):
    record = BUILDERS[model.__name__](status=Status.DRAFT)
    log_in(client, REVIEWER)
    assert gettext("View on site") not in client.get(change_url(record)).content.decode()


def test_related_records_are_found_by_typing_not_in_a_giant_list(client):
    for _ in range(60):
        make.make_company()
    log_in(client, WRITER)
    event = make.make_event(status=Status.DRAFT)
    assert client.get(change_url(event)).content.decode().count("Entreprise ") == 0


@pytest.mark.parametrize("model", [Perimeter, Segment], ids=by_name)
def test_whoever_writes_keeps_the_shared_words(client, model):
    word = BUILDERS[model.__name__]()
    log_in(client, WRITER)
    form = form_of(client.get(change_url(word))) | {"name": "Nom corrigé"}
    assert client.post(change_url(word), form).status_code == 302
    word.refresh_from_db()
    assert word.name == "Nom corrigé"


def test_the_public_and_readers_without_a_group_are_kept_out(client):
    assert client.get(list_url(Perimeter)).status_code == 302
    client.force_login(make.make_user())
    assert client.get(list_url(Perimeter)).status_code == 403


def test_accounts_are_for_administrators(client):
    url = list_url(get_user_model())
    log_in(client, REVIEWER)
    assert client.get(url).status_code == 403
    log_in(client, ADMINISTRATOR)
    assert client.get(url).status_code == 200
