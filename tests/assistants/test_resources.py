"""Records as resources: `veille://type/slug`."""

from __future__ import annotations

import json

import pytest

from publishing.models import Status
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(talk):
    """The text of a resource, or what is said of its refusal."""
    exceptions = pytest.importorskip("mcp.shared.exceptions", reason="the option is not installed")

    def text(uri: str) -> str:
        async def dialogue(client):
            try:
                result = await client.read_resource(uri)
            except exceptions.MCPError as refused:
                return str(refused)
            [content] = result.contents
            assert content.mime_type == "application/json"
            return content.text

        return talk(dialogue).replace("\u00a0", " ")

    return text


def test_the_latest_records_are_listed_and_a_template_leads_to_all(talk, read):
    event = make.make_event(title="Salon")
    make.make_event(status=Status.DRAFT)

    async def lists(client):
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        return resources, templates

    [resource], [template] = talk(lists)
    assert (str(resource.uri), resource.title) == (f"veille://events/{event.slug}", "Salon")
    assert template.uri_template == "veille://{type}/{slug}"
    assert json.loads(read(str(resource.uri)))["title"] == "Salon"


def test_a_resource_is_what_get_answers(ask, read):
    figure = make.make_figure()
    said = json.loads(read(f"veille://figures/{figure.slug}"))
    answer = ask("get", type="figures", slug=figure.slug)
    assert said == json.loads(json.dumps(answer).replace("\\u00a0", " "))


@pytest.mark.parametrize("uri", ["veille://events/brouillon", "veille://events/rien"])
def test_a_draft_is_as_nothing(read, uri):
    make.make_event(slug="brouillon", status=Status.DRAFT)
    assert read(uri) == "Aucune fiche publiée de type « events » n’a cet identifiant."


@pytest.mark.parametrize(
    "uri",
    [
        "veille://event/salon",
        "veille://events/",
        "veille://events/a/b",
        "veille://events/%00",
        "veille:///events/salon",
        "https://veille.example/events/salon",
        "veille://[events/salon",
        "n’importe quoi",
    ],
)
def test_what_is_no_address_is_told_the_form_of_one(read, uri):
    said = read(uri)
    assert "« veille://type/identifiant » est attendu." in said
    assert "events" in said


def test_a_failure_tells_nothing_of_the_machine(read, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("/srv/veille: password=secret")

    monkeypatch.setattr("assistants.records.whole", fail)
    assert read("veille://events/salon") == "Le site n’a pas pu répondre : réessayez plus tard."
    assert "password=secret" in caplog.text
