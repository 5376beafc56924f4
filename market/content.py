"""How indicators, figures and their vocabulary are written in content files."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db import models

from market.models import Figure, GrowthDriver, Indicator, Perimeter, Segment, stated_decimals
from publishing.content import Key, Node, RecordType, Rows, Unreadable, register
from sources.content import SOURCED, citations

_SPACES = re.compile(r"\s")
_NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,12})?")


class StatedNumberKey(Key):
    """A number with the decimals that its publisher gave: « 20.40 » is not « 20.4 »."""

    code = "invalid_number"

    def read(self, node: Node) -> str:
        stated = _SPACES.sub("", node.text()).replace(",", ".")
        if not _NUMBER.fullmatch(stated):
            raise Unreadable(
                node.place, f'« {node.text()} » n’est pas un nombre, comme "678.8" ou "244".'
            )
        return stated

    def current(self, record: models.Model, name_of: Any) -> str:
        return "" if record.value is None else f"{record.stated_value:f}"

    def write(self, record: models.Model, value: str, find: Any) -> None:
        record.value = Decimal(value)
        record.decimals = stated_decimals(record.value)


register(RecordType(Perimeter, fields=["description"], name="perimeters"))
register(RecordType(Segment, fields=["full_name", "description", "position"], name="segments"))
register(
    RecordType(
        Indicator,
        fields=[
            "kind",
            "unit",
            "scale",
            "geography",
            "perimeter",
            "periodicity",
            "position",
            "base",
            "breakdown",
        ],
        keys=[citations()],
    )
)
register(
    RecordType(
        Figure,
        fields=[
            "indicator",
            "qualifier",
            "nature",
            "period",
            "vintage",
            "segment",
            "company",
            "attributed_to",
            "supersedes",
            "erratum",
            "note",
            *SOURCED,
        ],
        keys=[
            StatedNumberKey("value", Figure._meta.get_field("value")),
            Rows("components", "total", ["part"], accessor="component_rows", scalar=True),
        ],
    )
)
register(RecordType(GrowthDriver, fields=["position"], keys=[citations()]))
