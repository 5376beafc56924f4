"""A client of the official SDK speaks to the server in the same process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture
def _kept_connections():
    """As the test client of Django: the transaction of a test would be taken for a lost one."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def talk(_kept_connections) -> Callable[[Callable[[Any], Awaitable[Any]]], Any]:
    """Runs `dialogue(client)` with a client that has shaken hands, and returns what it does.

    The ORM of the server stays in the thread of the test: it sees what the test has made.
    """
    mcp = pytest.importorskip("mcp", reason="requirements-mcp.txt is not installed")
    from assistants.server import build_server  # slow import, and an option

    def run(dialogue: Callable[[Any], Awaitable[Any]]) -> Any:
        async def connected() -> Any:
            async with mcp.Client(build_server()) as client:
                return await dialogue(client)

        return async_to_sync(connected)()

    return run


@pytest.fixture
def call(talk) -> Callable[..., Any]:
    """Calls a tool: `call("search", query="cloud")` is the whole result."""
    return lambda tool, **arguments: talk(lambda client: client.call_tool(tool, arguments))


@pytest.fixture
def ask(call) -> Callable[..., dict[str, Any]]:
    """The structured answer of a tool that answers."""

    def answer(tool: str, **arguments: Any) -> dict[str, Any]:
        result = call(tool, **arguments)
        assert not result.is_error, result.content[0].text
        return result.structured_content

    return answer


@pytest.fixture
def refusal(call) -> Callable[..., str]:
    """What is said of a call that is refused."""

    def said(tool: str, **arguments: Any) -> str:
        result = call(tool, **arguments)
        assert result.is_error
        assert result.structured_content is None
        [content] = result.content
        return content.text.replace("\u00a0", " ")

    return said
