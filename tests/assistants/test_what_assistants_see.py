"""Assistants see what the public sees, and nothing more: a walk over all that they may ask."""

from __future__ import annotations

import pytest

from tests.test_what_the_public_sees import BUILDERS, HIDDEN, SECRET, World, hide, shown

pytestmark = pytest.mark.django_db

CASES = [(name, "draft") for name in BUILDERS] + [("Figure", how) for how in HIDDEN]


@pytest.fixture
def everything(talk):
    """All that the server says of this world, and of a secret asked for by its names."""

    def say(world: World) -> str:
        async def walk(client) -> str:
            said = []

            async def hear(tool: str, **arguments) -> None:
                result = await client.call_tool(tool, arguments)
                said.append(result.model_dump_json())

            for tool in ("list_events", "list_figures", "latest"):
                await hear(tool, limit=50)
            await hear("list_kinds")
            await hear("search", query="confidentiel", limit=50)
            await hear("search", query=SECRET, limit=50)
            for record in world.records():
                await hear("get", type=record.api_name, slug=record.slug)
            said.append((await client.list_resources()).model_dump_json())
            return "\n".join(said)

        return talk(walk).replace("\u00a0", " ")

    return say


@pytest.mark.parametrize(("name", "how"), CASES)
def test_a_hidden_record_is_told_to_no_assistant(everything, talk, name, how):
    world = World()
    record = hide(world, name, HIDDEN[how])
    assert not shown(everything(world))
    asked = {"type": record.api_name, "slug": record.slug}
    result = talk(lambda client: client.call_tool("get", asked))
    assert result.is_error
    assert SECRET not in result.content[0].text


@pytest.mark.parametrize("name", BUILDERS)
def test_the_same_record_public_is_told(everything, name):
    """The walk above could not fail if the secret were told nowhere at all."""
    world = World()
    hide(world, name, {})
    assert shown(everything(world))
