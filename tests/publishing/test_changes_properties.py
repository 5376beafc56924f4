"""Whatever is edited, and however, who follows the journal ends with exactly what is published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companies.models import Company
from market.models import Figure, Indicator
from news.models import NewsItem
from publishing import clock
from publishing.changes import Change
from publishing.models import Publishable, Status
from publishing.publication import archive, publish
from sources.models import Citation, Source
from tests import factories as make
from tests.admin_form import change_url, run_action, submit
from tests.api_program import Program
from tests.publishing.content_folder import ContentFolder
from topics.models import Topic

pytestmark = pytest.mark.django_db

FOLLOWED = (Source, Topic, Company, Indicator, Figure, NewsItem)
# What an answer works out from other records: theirs to announce (docs/decisions/0014).
WORKED_OUT = {
    "sources": {"uses", "quality"},
    "companies": {"inverse_relations"},
    "indicators": {"figures"},
    "figures": {"label", "totals", "forecast", "is_unsupported"},
}

SOURCE_FILE = """\
- slug: un-fichier
  title: Un fichier
  url: https://fichier.example/un
  publisher: "{}"
"""

ADMIN_ACTIONS = ("publish_selected", "archive_selected")

Key = tuple[str, int]


class World:
    """Records of a few kinds that rest on one another, a moment, and a program that edits."""

    def __init__(self, folder: ContentFolder) -> None:
        self.folder = folder
        self.now = clock.now()
        user = make.make_user(is_superuser=True)
        self.editor = Program(make.make_token(user))
        self.admin = Client()
        self.admin.force_login(user)
        self.number = 0

    def pick(self, index: int, *kinds: type[Publishable]) -> Publishable | None:
        """One of the records there are, of these kinds, whatever its status."""
        model = kinds[index % len(kinds)] if kinds else FOLLOWED[index % len(FOLLOWED)]
        records = list(model.objects.order_by("pk"))
        return records[index // 7 % len(records)] if records else None

    def word(self) -> str:
        self.number += 1
        return f"mot-{self.number}"


def create(world: World, index: int) -> None:
    source, topic = world.pick(index, Source), world.pick(index, Topic)
    company, indicator = world.pick(index, Company), world.pick(index, Indicator)
    topics = [topic] if topic else []
    builders = [
        make.make_source,
        make.make_topic,
        lambda: make.make_company(topics=topics, roles=["provider"]),
        lambda: make.make_indicator(topics=topics),
        lambda: make.make_figure(
            source=source or make.make_source(),
            indicator=indicator or make.make_indicator(),
            company=company,
        ),
        lambda: make.make_news(
            source=source or make.make_source(), companies=[company] if company else []
        ),
        lambda: make.make_company(status=Status.DRAFT),
    ]
    builders[index % len(builders)]()


def save(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        record.provenance = world.word()
        record.save()


def update(world: World, index: int) -> None:
    """By the queryset: no signal, no date of change."""
    record = world.pick(index)
    if record is not None:
        type(record).objects.filter(pk=record.pk).update(provenance=world.word())


def rename(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        record.slug = world.word()
        record.save()


def exchange_addresses(world: World, index: int) -> None:
    """Behind the back of the models, as a hand at the console."""
    rows = list(Topic.objects.order_by("pk").values_list("pk", "slug")[:2])
    if len(rows) == 2:
        (one, first), (other, second) = rows
        Topic.objects.filter(pk=one).update(slug="en-attendant")
        Topic.objects.filter(pk=other).update(slug=first)
        Topic.objects.filter(pk=one).update(slug=second)


def publish_one(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        record.expire_at = None
        record.save()
        publish(record)


def archive_one(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        archive(record)


def back_to_draft(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        type(record).objects.filter(pk=record.pk).update(status=Status.DRAFT)


def hide_a_parent(world: World, index: int) -> None:
    record = world.pick(index, Indicator, Company)
    if record is not None:
        type(record).objects.filter(pk=record.pk).update(status=Status.ARCHIVED)


def plan(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        moment = world.now + timedelta(hours=2)
        rows = type(record).objects.filter(pk=record.pk)
        rows.update(status=Status.PUBLISHED, publish_at=moment, expire_at=None)


def let_expire(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        moment = world.now + timedelta(hours=3)
        rows = type(record).objects.filter(pk=record.pk, publish_at__lt=moment)
        rows.update(expire_at=moment)


def wait(world: World, index: int) -> None:
    world.now += timedelta(hours=1 + index % 3)


def delete(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        record.delete()


def delete_many(world: World, index: int) -> None:
    NewsItem.objects.all().delete()


def tie(world: World, index: int) -> None:
    company, topic = world.pick(index, Company), world.pick(index, Topic)
    if company and topic:
        company.topics.set([] if company.topics.exists() else [topic])


def cite(world: World, index: int) -> None:
    company, source = world.pick(index, Company, Topic), world.pick(index, Source)
    if company and source:
        make.cite(company, source, quote=world.word())


def edit_citations(world: World, index: int) -> None:
    Citation.objects.update(quote=world.word())


def contest(world: World, index: int) -> None:
    record = world.pick(index, Figure)
    if record is not None:
        make.make_anomaly(accused=[record], message=world.word())


def replace(world: World, index: int) -> None:
    figure = world.pick(index, Figure)
    if figure is not None:
        make.make_figure(
            indicator=figure.indicator,
            source=figure.source,
            supersedes=figure,
            erratum="Une erreur de lecture.",
            vintage="5 mars 2025",
        )


def through_the_api(world: World, index: int) -> None:
    record = world.pick(index, Company, Topic)
    if record is not None:
        path = f"{record.api_name}/{record.slug}/"
        world.editor.patch(path, {"summary": world.word()})


def in_the_admin(world: World, index: int) -> None:
    record = world.pick(index)
    if record is not None:
        run_action(world.admin, ADMIN_ACTIONS[index % 2], [record])


def fill_in_the_form(world: World, index: int) -> None:
    record = world.pick(index, Topic, Source)
    if record is not None:
        submit(world.admin, change_url(record), provenance=world.word())


def load_files(world: World, index: int) -> None:
    world.folder["sources.yaml"] = SOURCE_FILE.format(world.word())
    assert world.folder.load().code == 0


EDITS = {
    edit.__name__: edit
    for edit in (
        create,
        save,
        update,
        rename,
        exchange_addresses,
        publish_one,
        archive_one,
        back_to_draft,
        hide_a_parent,
        plan,
        let_expire,
        wait,
        delete,
        delete_many,
        tie,
        cite,
        edit_citations,
        contest,
        replace,
        through_the_api,
        in_the_admin,
        fill_in_the_form,
        load_files,
    )
}


class Follower:
    """A program that keeps a copy, as docs/api.md shows one: its cursor, and each record by key."""

    def __init__(self) -> None:
        self.client = Client()
        self.url = "/api/v1/changes/?page_size=3"
        self.copy: dict[Key, Any] = {}

    def follow(self) -> None:
        more = True
        while more:
            page = self.client.get(self.url).json()
            for change in page["results"]:
                self.take(change)
            self.url, more = page["next"], page["has_more"]

    def take(self, change: dict[str, Any]) -> None:
        key = change["type"], change["id"]
        if change["change"] == "withdrawn":
            self.copy.pop(key, None)
            return
        answer = self.client.get(change["url"], follow=True)
        # Withdrawn since: the journal says so further on.
        if answer.status_code == 200:
            self.copy[key] = stated(change["type"], answer.json())


def stated(kind: str, body: dict[str, Any]) -> Any:
    """What a record states in its answer: its links by their `slug`, without what is worked out."""
    hidden = WORKED_OUT.get(kind, set())
    return {name: _linked(value) for name, value in body.items() if name not in hidden}


def _linked(value: Any) -> Any:
    if isinstance(value, list):
        return [_linked(one) for one in value]
    if isinstance(value, dict):
        if "html_url" in value and "slug" in value:
            return value["slug"]
        return {name: _linked(one) for name, one in value.items()}
    return value


def published() -> dict[Key, Any]:
    client = Client()
    return {
        (model.api_name, record.pk): stated(
            model.api_name, client.get(f"/api/v1/{model.api_name}/{record.slug}/").json()
        )
        for model in FOLLOWED
        for record in model.objects.published()
    }


# An edit, of what, and whether the program comes by before the next.
steps = st.lists(
    st.tuples(st.sampled_from(list(EDITS)), st.integers(0, 60), st.booleans()), max_size=12
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ContentFolder(tmp_path_factory.mktemp("followed") / "content")


@pytest.fixture(autouse=True)
def _no_limit(settings):
    """It asks for more in a second than fair use is in an hour."""
    settings.API_RATE_ANONYMOUS = settings.API_RATE_TOKEN = 0


@hypothesis_settings(max_examples=25)
@given(steps=steps)
def test_who_follows_it_has_what_is_published(folder, steps):
    with transaction.atomic():
        world, follower = World(folder), Follower()
        for index in range(6):
            create(world, index)
        follower.follow()
        for name, index, comes_by in steps:
            with clock.frozen(world.now):
                try_to(EDITS[name], world, index)
                if comes_by:
                    follower.follow()
        with clock.frozen(world.now):
            follower.follow()
            assert follower.copy == published()
            quiet = Change.objects.count()
            follower.follow()
            assert Change.objects.count() == quiet
        transaction.set_rollback(True)


def try_to(edit: Any, world: World, index: int) -> None:
    """What the rules of the models refuse is not done."""
    try:
        with transaction.atomic():
            edit(world, index)
    except (ProtectedError, RestrictedError, ValidationError):
        pass
