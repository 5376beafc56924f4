"""The three groups that `migrate` makes, and the rights that each holds."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from publishing.groups import (
    ADMINISTRATOR,
    RECORD_ACTIONS,
    REVIEWER,
    WRITER,
    grant_group_permissions,
)
from publishing.models import published_models
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PARTS = {
    "citation",
    "topicsection",
    "topicreading",
    "companyrole",
    "companyrelation",
    "perimeter",
    "segment",
    "figurecomponent",
    "analysissection",
}


def actions_on_records(group: str) -> set[str]:
    """What the group may do to every kind of record."""
    held = set(
        Group.objects.get(name=group).permissions.values_list("content_type__model", "codename")
    )
    names = [model._meta.model_name for model in published_models()]
    return {
        action
        for action in ("add", "change", "view", "publish", "delete")
        if all((name, f"{action}_{name}") in held for name in names)
    }


def test_the_three_groups_exist():
    assert set(Group.objects.values_list("name", flat=True)) == set(RECORD_ACTIONS)


@pytest.mark.parametrize(
    ("group", "actions"),
    [
        (WRITER, {"add", "change", "view"}),
        (REVIEWER, {"add", "change", "view", "publish"}),
        (ADMINISTRATOR, {"add", "change", "view", "publish", "delete"}),
    ],
)
def test_what_a_group_may_do_to_every_record(group, actions):
    assert actions_on_records(group) == actions


@pytest.mark.parametrize("group", RECORD_ACTIONS)
def test_every_group_keeps_the_parts_of_a_record(group):
    held = Permission.objects.filter(group__name=group, content_type__model__in=PARTS)
    assert set(held.values_list("codename", flat=True)) == {
        f"{action}_{part}" for part in PARTS for action in ("add", "change", "view", "delete")
    }


def test_only_administrators_keep_accounts():
    accounts = Permission.objects.filter(content_type__app_label="auth")
    assert set(Group.objects.filter(permissions__in=accounts)) == {
        Group.objects.get(name=ADMINISTRATOR)
    }


def test_nobody_is_given_the_traces_of_the_machine():
    internal = {"formerslug", "loadedrecord", "logentry", "session", "contenttype", "permission"}
    granted = Permission.objects.filter(group__isnull=False)
    assert internal.isdisjoint(granted.values_list("content_type__model", flat=True))


def test_migrating_again_keeps_the_rights_added_by_hand():
    extra = Permission.objects.get(codename="delete_source")
    writers = Group.objects.get(name=WRITER)
    writers.permissions.add(extra)
    before = set(writers.permissions.all())
    for app_config in apps.get_app_configs():
        grant_group_permissions(app_config)
    assert set(writers.permissions.all()) == before


def test_a_member_holds_the_rights_of_the_group():
    writer = make_user(WRITER)
    assert writer.has_perm("analyses.change_analysis")
    assert not writer.has_perm("analyses.publish_analysis")
    assert make_user(REVIEWER).has_perm("analyses.publish_analysis")


def test_no_group_is_missing_after_a_flush():
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(RECORD_ACTIONS)
