"""JSON of the API, written by orjson: what is JSON already goes in as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder

_others = JSONEncoder()
# Moments are written by the encoder of Django REST framework, in all answers.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


class JSONRenderer(renderers.JSONRenderer):
    """What Django REST framework's writes, several times faster, always on one line.

    `orjson.Fragment` stands in the data for JSON made before (see `publishing.api.ready`).
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else as_bytes(data)


def as_bytes(data: Any) -> bytes:
    """Raises TypeError for what JSON cannot say."""
    return orjson.dumps(data, default=_others.default, option=OPTIONS)
