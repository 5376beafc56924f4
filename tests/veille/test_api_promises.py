"""What version 1 of the API has promised, which may grow and never shrinks (docs/api.md).

`api_v1.txt` beside this file holds a line for each address, parameter and field. What is added to
the API is added there; what is there is taken away only after its year of notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

PROMISED = Path(__file__).with_name("api_v1.txt")


def promises() -> set[str]:
    """The lines that the schema of today makes."""
    written = StringIO()
    call_command("spectacular", api_version="v1", format="openapi-json", stdout=written)
    return set(_lines(json.loads(written.getvalue())))


def _lines(schema: dict[str, Any]) -> Iterator[str]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                yield f"{method.upper()} {path} {parameter['in']} {parameter['name']}"
    for name, component in schema["components"]["schemas"].items():
        for field in component.get("properties", {}):
            yield f"{name}.{field}"


def test_what_was_promised_is_there_and_what_is_there_is_promised():
    promised, now = set(PROMISED.read_text("utf-8").splitlines()), promises()
    assert sorted(promised - now) == [], "Broken promises."
    assert sorted(now - promised) == [], "To be added to api_v1.txt."
