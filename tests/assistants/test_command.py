"""The command, as an assistant starts it: a process that a client of the SDK speaks to."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assistants.management.commands.mcp import host_and_port

ROOT = Path(__file__).resolve().parents[2]
NEEDS = "requirements-mcp.txt is not installed"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[str, str]:
    """The environment of a site on SQLite that holds the first content."""
    environment = os.environ | {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    for name in ("DATABASE_URL", "REDIS_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    for command in (["migrate", "-v0"], ["load_content"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            timeout=120,
        )
    return environment


async def dialogue(client) -> tuple[list[str], dict, dict]:
    tools = [tool.name for tool in (await client.list_tools()).tools]
    events = await client.call_tool("list_events", {"query": "ignite"})
    figures = await client.call_tool("list_figures", {"query": "SaaS", "limit": 50})
    refused = await client.call_tool("get", {"type": "events", "slug": "rien"})
    assert refused.is_error
    return tools, events.structured_content, figures.structured_content


def check(said: tuple[list[str], dict, dict]) -> None:
    tools, events, figures = said
    assert "search" in tools
    [ignite] = events["events"]
    assert ignite["date"]["label"] == "Automne 2025"
    assert ignite["html_url"] == "http://127.0.0.1:8000/evenements/microsoft-ignite-2025/"
    assert any(figure["contested"] for figure in figures["figures"])
    assert all(figure["sources"] for figure in figures["figures"])


def test_it_speaks_over_the_standard_input_and_output(site):
    mcp = pytest.importorskip("mcp", reason=NEEDS)

    async def talk():
        program = mcp.StdioServerParameters(
            command=sys.executable, args=["manage.py", "mcp"], cwd=ROOT, env=site
        )
        async with mcp.Client(program) as client:
            return await dialogue(client)

    check(asyncio.run(talk()))


def test_it_ends_by_itself_and_writes_nothing_when_nobody_speaks(site):
    pytest.importorskip("mcp", reason=NEEDS)
    done = subprocess.run(
        [sys.executable, "manage.py", "mcp"],
        cwd=ROOT,
        env=site,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.fixture
def address(site):
    """Where the command serves over HTTP."""
    pytest.importorskip("mcp", reason=NEEDS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "mcp", "--http", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=site | {"ALLOWED_HOSTS": "veille.example.org"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.terminate()
        assert server.wait(timeout=20) is not None


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The server did not start.")


def test_it_speaks_over_http_and_to_no_page_of_another_site(address):
    mcp = pytest.importorskip("mcp", reason=NEEDS)
    httpx2 = pytest.importorskip("httpx2", reason=NEEDS)

    async def talk():
        async with mcp.Client(address) as client:
            return await dialogue(client)

    check(asyncio.run(talk()))
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accepted = {"Accept": "application/json, text/event-stream"}
    for headers, expected in (
        ({}, 200),
        ({"Host": "veille.example.org"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
    ):
        answer = httpx2.post(address, json=body, headers=accepted | headers)
        assert answer.status_code == expected, headers


def guide() -> str:
    """What the guide to the API says to assistants."""
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    return text.partition("\n## Pour les assistants\n")[2].partition("\n## ")[0]


def test_the_program_of_the_guide_runs_as_it_stands(address, tmp_path):
    [program] = re.findall(r"```py\n(.*?)```", guide(), re.DOTALL)
    path = tmp_path / "program.py"
    path.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)],
        env=os.environ | {"ASSISTANTS": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "244 Md$" in done.stdout.replace("\u00a0", " ")
    assert "Contesté : SaaS" in done.stdout
    assert "Source : " in done.stdout


def test_the_guide_names_every_tool():
    tools = pytest.importorskip("assistants.tools", reason=NEEDS)
    assert re.findall(r"^\| `(\w+)` \|", guide(), re.MULTILINE) == list(tools.TOOLS)


@pytest.fixture
def missing(monkeypatch):
    """Makes a module impossible to import, as where it is not installed."""

    def forget(module: str) -> None:
        for name in ("assistants.server", "assistants.tools", "assistants.answers"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(sys.modules, module, None)

    return forget


@pytest.mark.parametrize("module", ["mcp_types", "pydantic"])
def test_without_the_option_it_says_how_to_install_it(missing, module):
    missing(module)
    with pytest.raises(CommandError, match=r"make mcp.*requirements-mcp\.txt") as refused:
        call_command("mcp")
    assert refused.value.returncode == 1


def test_another_missing_module_is_not_taken_for_the_option(missing):
    missing("assistants.server")
    with pytest.raises(ModuleNotFoundError):
        call_command("mcp")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8001", ("127.0.0.1", 8001)),
        ("localhost:80", ("localhost", 80)),
        ("[::1]:8001", ("::1", 8001)),
    ],
)
def test_where_to_serve(text, expected):
    assert host_and_port(text) == expected


@pytest.mark.parametrize("text", ["", "8001", "localhost", ":8001", "a:0", "a:65536", "::1:80"])
def test_where_nothing_can_serve(text):
    with pytest.raises(ArgumentTypeError, match="HÔTE:PORT"):
        host_and_port(text)
