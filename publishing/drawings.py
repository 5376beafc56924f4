"""Drawings as pictures: SVG to PNG, with the fonts of the house."""

from __future__ import annotations

import hashlib
from pathlib import Path

import typst
from django.conf import settings
from django.core.cache import cache

FONTS = Path(settings.BASE_DIR) / "static" / "fonts"
SHEET = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg")
"""
DAY = 24 * 3600
# One pixel for each unit of the drawing, as CSS counts them.
PIXELS_PER_INCH = 96


def png_of(drawing: str) -> bytes:
    """The PNG of an SVG document, at its own size: some 50 ms the first time, then kept for a day.

    System fonts are left aside, so that it has the same letters on every machine.
    """
    key = f"png-{hashlib.sha256(drawing.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        kept = typst.compile(
            SHEET,
            format="png",
            ppi=PIXELS_PER_INCH,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"drawing": drawing},
        )
        cache.set(key, kept, DAY)
    return kept
