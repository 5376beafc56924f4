"""Reading the body of a request: strict JSON, no larger than is allowed, as nodes.

A node of the content files (`publishing.content.nodes`) remembers its file and line; here its
place is a JSON pointer (RFC 6901). The same keys read both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from publishing.content.nodes import Node, Place, Unreadable

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"


class MalformedBody(exceptions.ParseError):
    """`problem_code` and `detail` say what of the body cannot be read as JSON."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.problem_code = "malformed_json"


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no name twice in an object."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> Any:
        request: Request = parser_context["request"]
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise BodyTooLarge
        data = stream.read(most + 1)
        if len(data) > most:
            raise BodyTooLarge
        return _loads(data)


class MergePatchParser(StrictJSONParser):
    """The same, under the name that RFC 7396 gives to a partial change."""

    media_type = "application/merge-patch+json"


def _loads(data: bytes) -> Any:
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise MalformedBody("Le corps n’est pas de l’UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"ligne {error.lineno}, colonne {error.colno}"
        raise MalformedBody(f"Le corps n’est pas du JSON ({where}).") from None
    except RecursionError:
        raise MalformedBody("Le corps est trop imbriqué pour être lu.") from None
    except ValueError as error:
        # Of the two below, or a number with thousands of digits.
        raise MalformedBody(f"Le corps n’est pas du JSON : {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("une clé est donnée deux fois dans un même objet.")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"« {name} » n’en fait pas partie.")


def pointer(*parts: str | int) -> str:
    """« /citations/0/source »: where a value stands in a body (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def node_of(value: Any, place: str) -> Node:
    """`value`, as JSON gives it, as a node at the pointer `place`.

    Raises `Unreadable` for a text that no column holds (control characters, half a character).
    """
    here = Place(place, 0)
    if isinstance(value, dict):
        return Node(
            {name: node_of(one, place + pointer(name)) for name, one in value.items()}, here
        )
    if isinstance(value, list):
        return Node([node_of(one, place + pointer(n)) for n, one in enumerate(value)], here)
    if value is None:
        return Node(None, here)
    if isinstance(value, bool):
        return Node("true" if value else "false", here)
    text = str(value)
    if found := _UNPRINTABLE.search(text):
        raise Unreadable(here, f"Caractère de contrôle interdit (U+{ord(found[0]):04X}).")
    return Node(text.replace("\r\n", "\n").replace("\r", "\n"), here)
