"""Serves the published records to assistants, by the Model Context Protocol."""

from __future__ import annotations

import argparse
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

# What requirements-mcp.txt brings.
EXTRA = frozenset({"mcp", "mcp_types", "pydantic", "anyio", "uvicorn"})
MISSING = (
    "Le serveur pour assistants est une option, qui n’est pas installée : « make mcp » l’installe "
    "et le lance, ou « pip install -r requirements-mcp.txt » l’installe."
)
LAST_PORT = 65_535


class Command(BaseCommand):
    help = (
        "Sert les fiches publiées aux assistants, par le Model Context Protocol, en lecture "
        "seule : sur l’entrée et la sortie standard, ou par HTTP."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--http",
            type=host_and_port,
            metavar="HÔTE:PORT",
            help="sert par HTTP à cette adresse (« /mcp »), au lieu de l’entrée standard",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from assistants.server import serve_http, serve_stdio  # slow import, and an option
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] in EXTRA:
                raise CommandError(MISSING) from error
            raise
        try:
            if options["http"]:
                serve_http(*options["http"])
            else:
                serve_stdio()
        except KeyboardInterrupt:
            # Asked to stop, as a program on a terminal is.
            return


def host_and_port(text: str) -> tuple[str, int]:
    """« 127.0.0.1:8001 », « [::1]:8001 ». Raises `argparse.ArgumentTypeError`."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([\w.-]+)):(\d{1,5})", text, re.ASCII)
    if match is None or not 1 <= int(match[3]) <= LAST_PORT:
        raise argparse.ArgumentTypeError(
            f"« {text} » n’est pas de la forme HÔTE:PORT, comme 127.0.0.1:8001."
        )
    return match[1] or match[2], int(match[3])
