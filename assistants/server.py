"""The Model Context Protocol server (official SDK): tools and resources, over stdio or HTTP.

The ORM runs in one thread, beside the loop that speaks the protocol.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
import mcp_types as types
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.signals import request_finished, request_started
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from assistants import records
from assistants.arguments import input_schema
from assistants.records import Absent
from assistants.tools import SLUG, TOOLS, Tool
from publishing.addresses import site_host
from publishing.api.problems import KNOWN, InvalidParameters

logger = logging.getLogger(__name__)

SCHEME = "veille"
ADDRESS = re.compile(rf"{SCHEME}://([a-z-]+)/({SLUG.pattern})")
JSON = "application/json"
LISTED = 20
LOCAL = ("127.0.0.1", "localhost", "[::1]")

INSTRUCTIONS = (
    "Veille publie une veille technologique sur le cloud et l’intelligence artificielle. "
    "Tout ce que donnent ces outils est publié, et se lit seulement. "
    "Citez une date par son « label », sans en déduire de jour ; un chiffre par son « display », "
    "avec sa période et sa source. Si « contested » est vrai, dites que le chiffre est contesté, "
    "et pourquoi. Donnez l’adresse de la page (« html_url »). "
    "« search » trouve les fiches, « get » les donne entières."
)

Context = ServerRequestContext[dict[str, Any]]
Answer = TypeVar("Answer")


def build_server() -> Server[dict[str, Any]]:
    return Server(
        "veille",
        title="Veille",
        version=settings.SPECTACULAR_SETTINGS["VERSION"],
        instructions=INSTRUCTIONS,
        website_url=settings.SITE_URL,
        on_list_tools=_list_tools,
        on_call_tool=_call_tool,
        on_list_resources=_list_resources,
        on_list_resource_templates=_list_resource_templates,
        on_read_resource=_read_resource,
    )


def serve_stdio() -> None:
    """Serves the program that started this one, until it closes the standard input."""

    async def serve() -> None:
        server = build_server()
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())

    anyio.run(serve)


def serve_http(host: str, port: int) -> None:
    """Serves « streamable HTTP » at `/mcp`, until it is interrupted."""
    import uvicorn  # slow import, that stdio does without

    # It would say of each request that its session ends, where there is none.
    logging.getLogger("mcp.server").setLevel(logging.WARNING)
    app = build_server().streamable_http_app(
        host=host,
        json_response=True,
        # What is read depends on nothing that was asked before.
        stateless_http=True,
        transport_security=_allowed_hosts(host, port),
    )
    uvicorn.run(app, host=host, port=port, log_level="info", server_header=False)


def _allowed_hosts(host: str, port: int) -> TransportSecuritySettings:
    """The names that it answers to: no page of another site may ask it through a browser."""
    names = {*LOCAL, host, site_host(), *settings.ALLOWED_HOSTS}
    names = {name for name in names if name and not name.startswith((".", "*"))}
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=sorted({*names, *(f"{name}:{port}" for name in names)}),
        allowed_origins=sorted(
            {settings.SITE_URL, *(f"http://{name}:{port}" for name in names)},
        ),
    )


async def _list_tools(
    context: Context, params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS.values()])


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=input_schema(tool.arguments),
        output_schema=tool.answer.model_json_schema(),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


async def _call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
    tool = TOOLS.get(params.name)
    if tool is None:
        names = ", ".join(TOOLS)
        raise MCPError(
            types.INVALID_PARAMS, f"Outil inconnu : « {params.name} ». Outils : {names}."
        )
    try:
        answer = await _in_thread(tool.call, params.arguments or {})
    except InvalidParameters as refused:
        return _refusal(_sentences(refused))
    except Absent as absent:
        return _refusal(absent.message)
    except Exception:
        logger.exception("The tool %s failed.", tool.name)
        return _refusal(KNOWN[500][2])
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=answer.model_dump_json())],
        structured_content=answer.model_dump(mode="json"),
    )


def _sentences(refused: InvalidParameters) -> str:
    return "\n".join(f"{one['field']} : {one['detail']}" for one in refused.errors)


def _refusal(sentences: str) -> types.CallToolResult:
    content = [types.TextContent(type="text", text=sentences)]
    return types.CallToolResult(content=content, is_error=True)


async def _list_resources(
    context: Context, params: types.PaginatedRequestParams | None
) -> types.ListResourcesResult:
    """The latest records; the template leads to all."""
    latest = await _guarded(records.latest, list(records.KINDS), LISTED)
    return types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=f"{SCHEME}://{told.kind}/{told.record.slug}",
                name=f"{told.kind}/{told.record.slug}",
                title=told.record.label,
                mime_type=JSON,
            )
            for told in latest
        ]
    )


async def _list_resource_templates(
    context: Context, params: types.PaginatedRequestParams | None
) -> types.ListResourceTemplatesResult:
    template = types.ResourceTemplate(
        uri_template=f"{SCHEME}://{{type}}/{{slug}}",
        name="record",
        title="Une fiche",
        description="Une fiche publiée, par son type et son identifiant, comme la donne « get ».",
        mime_type=JSON,
    )
    return types.ListResourceTemplatesResult(resource_templates=[template])


async def _read_resource(
    context: Context, params: types.ReadResourceRequestParams
) -> types.ReadResourceResult:
    uri = str(params.uri)
    answer = await _guarded(_resource, uri)
    content = types.TextResourceContents(uri=uri, mime_type=JSON, text=answer.model_dump_json())
    return types.ReadResourceResult(contents=[content])


def _resource(uri: str) -> BaseModel:
    """The record at `veille://type/slug`. Raises `Absent`."""
    match = ADDRESS.fullmatch(uri)
    if match is None or match[1] not in records.KINDS:
        kinds = ", ".join(records.KINDS)
        raise Absent(f"« {SCHEME}://type/identifiant » est attendu. Types : {kinds}.")
    return TOOLS["get"].call({"type": match[1], "slug": match[2]})


async def _guarded(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """What `function` answers; what it refuses, and its failures, are errors of the protocol."""
    try:
        return await _in_thread(function, *arguments)
    except Absent as absent:
        raise MCPError(types.INVALID_PARAMS, absent.message) from absent
    except Exception as error:
        logger.exception("A resource could not be read.")
        raise MCPError(types.INTERNAL_ERROR, KNOWN[500][2]) from error


def _in_thread(function: Callable[..., Answer], *arguments: Any) -> Awaitable[Answer]:
    return sync_to_async(_as_request, thread_sensitive=True)(function, *arguments)


def _as_request(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """What Django does around a request is done: connections that are too old are closed."""
    request_started.send(sender=Server)
    try:
        return function(*arguments)
    finally:
        request_finished.send(sender=Server)
