"""The sizes and formats of an uploaded image, made once, when it is stored.

Beside `photo-1a2b3c4d.jpg` stand `photo-1a2b3c4d.480.avif`, `photo-1a2b3c4d.480.webp`… The record
keeps the widths: a page that shows them opens no file. The names bear those of the original, which
never come back for another content: they may be kept for ever.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image

logger = logging.getLogger(__name__)

# In pixels: a phone, a phone with fine pixels or a column, a wide screen.
WIDTHS = (480, 960, 1600)
# An upload waits for them: at these settings 12 megapixels take some three seconds.
FORMATS = {
    "avif": ("AVIF", {"quality": 60, "speed": 9}),
    "webp": ("WEBP", {"quality": 80, "method": 2}),
}


def make(storage: Storage, name: str, content: File) -> list[int]:
    """Stores the renditions of the image `name`, and returns their widths, from the smallest.

    Never wider than the image. None of one that moves, nor of one that cannot be read: the
    original is shown as it is.
    """
    try:
        content.seek(0)
        with Image.open(content) as image:
            if getattr(image, "is_animated", False):
                return []
            widths = widths_of(image.width)
            for width in widths:
                for extension, encoded in _encoded(image, width):
                    _store(storage, path_of(name, width, extension), encoded)
    except Exception:  # Each codec raises errors of its own: no list would be complete.
        logger.exception("No rendition of %s could be made.", name)
        return []
    finally:
        content.seek(0)
    return widths


def widths_of(width: int) -> list[int]:
    """Those below `width`, and the nearest to it."""
    return sorted({*(one for one in WIDTHS if one < width), min(width, WIDTHS[-1])})


def path_of(name: str, width: int, extension: str) -> str:
    """« images/company/x-1a2b3c4d.480.avif » of « images/company/x-1a2b3c4d.jpg »."""
    return str(PurePosixPath(name).with_suffix(f".{width}.{extension}"))


def paths_of(name: str, widths: list[int]) -> list[str]:
    return [path_of(name, width, extension) for width in widths for extension in FORMATS]


def delete_all(storage: Storage, name: str, widths: list[int]) -> None:
    """Removes the image `name` from the disk, and its renditions."""
    for path in (name, *paths_of(name, widths)):
        storage.delete(path)


def _encoded(image: Image.Image, width: int) -> Iterator[tuple[str, bytes]]:
    size = (width, max(1, round(image.height * width / image.width)))
    small = _in_plain_colours(image).resize(size, Image.Resampling.LANCZOS)
    profile = {"icc_profile": image.info["icc_profile"]} if image.info.get("icc_profile") else {}
    for extension, (form, settings) in FORMATS.items():
        written = io.BytesIO()
        small.save(written, form, **settings, **profile)
        yield extension, written.getvalue()


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """With transparency where the image has some: neither format keeps a palette or CMYK."""
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _store(storage: Storage, path: str, content: bytes) -> None:
    # Made again, it takes the place of the former one: another name would not be found.
    storage.delete(path)
    storage.save(path, ContentFile(content))
