"""The version of the content: whatever writes renames it, the clock too, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from publishing import clock, versions
from publishing.models import ContentVersion, Status
from publishing.triggers import content_tables
from tests import factories as make
from topics.models import Topic, TopicSection

pytestmark = pytest.mark.django_db


def name() -> str:
    return versions.current().name


def renames(write) -> bool:
    before = name()
    write()
    return name() != before


def test_each_way_of_writing_renames_it():
    topic, company = make.make_topic(), make.make_company()
    topics = Topic.objects.filter(pk=topic.pk)
    section = TopicSection(topic=topic, title="Partie", body="Texte.", position=1)
    assert renames(topic.save)
    assert renames(lambda: topics.update(title="Autre"))
    assert renames(lambda: TopicSection.objects.bulk_create([section]))
    assert renames(lambda: company.topics.add(topic))
    assert renames(company.topics.clear)
    assert renames(lambda: TopicSection.objects.all().delete())
    assert renames(lambda: make.make_anomaly(accused=[company]))
    with connection.cursor() as cursor:
        assert renames(lambda: cursor.execute("UPDATE topics_topic SET title = 'À la main'"))


def test_what_readers_never_see_does_not():
    company = make.make_company()
    user = make.make_user()
    assert not renames(user.save)
    assert not renames(lambda: make.make_token(user))
    assert not renames(company.refresh_from_db)


def test_what_is_undone_renames_nothing():
    topic = make.make_topic()
    before = name()
    with transaction.atomic():
        topic.save()
        assert name() != before
        transaction.set_rollback(True)
    assert name() == before


def test_content_that_comes_back_is_not_taken_for_what_it_was():
    topic = make.make_topic(title="Premier")
    before = name()
    Topic.objects.filter(pk=topic.pk).update(title="Second")
    Topic.objects.filter(pk=topic.pk).update(title="Premier")
    assert name() != before


@pytest.mark.parametrize("column", ["publish_at", "expire_at"])
def test_the_clock_renames_it_when_a_record_comes_out_or_goes(column):
    now = clock.now()
    moment = now + timedelta(hours=2)
    make.make_topic(**{"publish_at": make.LONG_AGO} | {column: moment})
    before = versions.current()
    with clock.frozen(moment - timedelta(seconds=1)):
        assert versions.current() == before
    with clock.frozen(moment):
        after = versions.current()
    assert after.name != before.name
    assert after.since == moment
    assert name() == before.name


def test_a_draft_waits_for_no_clock():
    make.make_topic(status=Status.DRAFT, publish_at=clock.now() + timedelta(hours=1))
    before = name()
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert name() == before


def test_every_table_of_content_is_followed():
    shown = {model._meta.db_table for model in apps.get_models() if hasattr(model, "api_name")}
    assert shown <= content_tables()
    assert {"companies_company_topics", "topics_topicsection"} <= content_tables()
    assert not {"auth_user", "publishing_apitoken", "django_session"} & content_tables()


def test_it_costs_a_query_and_two_more_once_the_content_has_changed(django_assert_num_queries):
    make.make_topic()
    with django_assert_num_queries(3):
        versions.current()
    with django_assert_num_queries(1):
        versions.current()


@pytest.mark.django_db(transaction=True)
def test_a_migration_makes_the_triggers_anew(capsys):
    before = name()
    call_command("migrate", verbosity=0)
    assert ContentVersion.objects.count() == 1
    assert name() != before
    assert renames(make.make_topic)


@pytest.mark.django_db(transaction=True)
def test_an_emptied_base_has_a_version_still():
    make.make_topic()
    before = name()
    call_command("flush", interactive=False, verbosity=0)
    assert name() != before
    assert renames(make.make_topic)
