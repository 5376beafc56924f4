"""A wrong argument is refused in French, with what would be accepted, and never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.records import Absent
from publishing.api.problems import InvalidParameters
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE_ARGUMENTS = "query, on_or_after, on_or_before, period, country, topic, kind, limit, cursor"


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {}, "query : Cet argument est nécessaire."),
        ("search", {"query": None}, "query : Cet argument est nécessaire."),
        ("search", {"query": ["cloud"]}, "query : Un texte est attendu."),
        (
            "search",
            {"query": "a\0b"},
            "query : Ce texte a des caractères qui n’en sont pas.",
        ),
        (
            "search",
            {"query": "a" * 201},
            "query : La recherche tient en 200 caractères ; celle-ci en a 201.",
        ),
        ("search", {"query": "a", "limit": 0}, "limit : Un nombre entier de 1 à 50 est attendu."),
        ("search", {"query": "a", "limit": 51}, "limit : Un nombre entier de 1 à 50 est attendu."),
        (
            "search",
            {"query": "a", "limit": True},
            "limit : Un nombre entier de 1 à 50 est attendu.",
        ),
        (
            "search",
            {"query": "a", "limit": 1.5},
            "limit : Un nombre entier de 1 à 50 est attendu.",
        ),
        (
            "list_events",
            {"on_or_after": "demain"},
            "on_or_after : Un jour qui existe est attendu, sous la forme AAAA-MM-JJ.",
        ),
        (
            "list_events",
            {"on_or_before": "2025-02-30"},
            "on_or_before : Un jour qui existe est attendu, sous la forme AAAA-MM-JJ.",
        ),
        (
            "list_events",
            {"country": "France"},
            "country : « France » n’est pas un code de pays : deux lettres majuscules de la norme "
            "ISO 3166-1, comme « FR », sont attendues.",
        ),
        (
            "list_events",
            {"topic": "rien"},
            "topic : Aucune fiche publiée n’a l’identifiant « rien ».",
        ),
        (
            "list_events",
            {"period": "demain"},
            "period : « demain » n’est pas un choix. Valeurs acceptées : upcoming, current, past.",
        ),
        (
            "list_events",
            {"cursor": "abc"},
            "cursor : Ce repère n’est pas l’un de ceux que donne « next_cursor ».",
        ),
        (
            "list_events",
            {"before": "2025-01-01"},
            f"before : Argument inconnu. Arguments acceptés : {PAGE_ARGUMENTS}.",
        ),
        (
            "list_figures",
            {"live": "oui"},
            "live : « true » ou « false » est attendu, sans guillemets.",
        ),
        (
            "get",
            {"type": "events", "slug": "Été 2025"},
            "slug : Des lettres sans accent, des chiffres et des tirets sont attendus.",
        ),
        ("list_kinds", {"q": "a"}, "q : Argument inconnu. Arguments acceptés : aucun."),
    ],
)
def test_what_is_refused_says_what_is_accepted(refusal, tool, arguments, said):
    assert refusal(tool, **arguments) == said


def test_all_that_is_refused_is_said_at_once(refusal):
    said = refusal("get", type="event", limit=3).splitlines()
    assert said[0] == "limit : Argument inconnu. Arguments acceptés : type, slug."
    assert said[1].startswith("type : « event » n’est pas un choix. Valeurs acceptées : ")
    assert "events" in said[1]
    assert said[2] == "slug : Cet argument est nécessaire."


def test_a_hidden_record_filters_as_one_that_does_not_exist(refusal):
    make.make_topic(slug="secret", status="draft")
    assert refusal("list_events", topic="secret") == (
        "topic : Aucune fiche publiée n’a l’identifiant « secret »."
    )


def test_an_unknown_tool_is_told_which_there_are(talk):
    from mcp.shared.exceptions import MCPError  # slow import, and an option

    async def call(client):
        with pytest.raises(MCPError) as refused:
            await client.call_tool("write", {})
        return str(refused.value)

    assert "search, get, list_events, list_figures, latest, list_kinds" in talk(call)


NAMES = st.sampled_from(
    ["query", "type", "slug", "limit", "cursor", "on_or_after", "country", "live", "indicator"]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["events", "figures", "2025-01-01", "FR", "WzAsIG51bGxd", "WzAsIFsxLDJdXQ"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=1),
)


@given(
    tool=st.sampled_from(["search", "get", "list_events", "list_figures", "latest", "list_kinds"]),
    arguments=st.dictionaries(NAMES, VALUES, max_size=4),
)
def test_whatever_the_arguments_it_answers_or_says_what_it_refuses(tool, arguments):
    tools = pytest.importorskip("assistants.tools", reason="requirements-mcp.txt is missing")

    refused, said = set(), ""
    try:
        said = tools.TOOLS[tool].call(arguments).model_dump_json()
    except InvalidParameters as error:
        refused = {one["field"] for one in error.errors}
    except Absent as error:
        said = error.message
    assert bool(refused) != bool(said)
    assert refused <= set(arguments) | {"query", "type", "slug"}
