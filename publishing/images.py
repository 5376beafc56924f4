"""Uploaded images: what is accepted, what is left of it, and under which name it is kept."""

from __future__ import annotations

import io
import math
import secrets
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import FieldFile, ImageFieldFile
from django.utils.text import slugify
from PIL import Image, ImageOps, UnidentifiedImageError

from publishing import renditions
from publishing.typography import number

MAX_IMAGE_BYTES = 5_000_000
MAX_IMAGE_PIXELS = 40_000_000

# MPO is the JPEG of many telephones: a first picture, followed by others. It is read as a JPEG.
_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
_NAMED_EXTENSIONS = {"jpeg": "jpg"} | {extension: extension for extension in _EXTENSIONS.values()}
_READ_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# Read only to be named in the refusal.
_REFUSED_FORMATS = ("GIF", "BMP", "TIFF", "ICO")
_ACCEPTED_WORDS = "JPEG, PNG, WebP ou AVIF"
_HEAD_BYTES = 1024
# What Pillow tells of an image that is no metadata: how it is coded.
_SILENT = frozenset(
    {
        "adobe", "adobe_transform", "background", "bits", "chroma", "compression", "default_image",
        "dpi", "duration", "gamma", "icc_profile", "interlace", "jfif", "jfif_density", "jfif_unit",
        "jfif_version", "loop", "progression", "progressive", "sizes", "srgb", "timestamp",
        "transparency",
    }
)  # fmt: skip
# As faithful as an upload deserves: renderings for the page are made smaller.
_QUALITY = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90},
    "AVIF": {"quality": 80},
}
_SLUG_LENGTH = 50


def validate_image(file: File) -> None:
    """Raises ValidationError unless `file` is a whole image that the site accepts.

    JPEG, PNG, WebP or AVIF by its content, 5 MB and 40 megapixels at most. Decodes the image
    (up to a second, and some 4 bytes a pixel), but only once: a file already stored is not read
    again. Leaves the file at its start.
    """
    if _is_stored(file):
        return
    if file.size > MAX_IMAGE_BYTES:
        raise ValidationError(
            f"Cette image pèse {_megabytes(file.size)} Mo ; "
            f"le maximum est de {_megabytes(MAX_IMAGE_BYTES)} Mo.",
            code="image_too_large",
        )
    try:
        _validate_content(file)
    finally:
        file.seek(0)


class CleanImageFile(ImageFieldFile):
    """What is stored of an uploaded image (see `cleaned`), with its renditions."""

    def save(self, name: str, content: File, save: bool = True) -> None:
        clean = cleaned(content)
        # Django measures no image without a name.
        clean.name = clean.name or name
        super().save(name, clean, save=False)
        self.instance.image_widths = renditions.make(self.storage, self.name, clean)
        if save:
            self.instance.save()


class CleanImageField(models.ImageField):
    """An image that says nothing of who took it, nor where; for the database, an ImageField."""

    attr_class = CleanImageFile

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs


def cleaned(file: File) -> File:
    """The image upright and without metadata: neither the place of a photograph nor its camera.

    One that has none is left as it is, to the byte; so is what cannot be read, which
    `validate_image` refuses. Colours keep their profile.
    """
    try:
        file.seek(0)
        image = Image.open(file, formats=_READ_FORMATS)
        told = bool(image.getexif()) or image.format == "MPO" or not set(image.info) <= _SILENT
        upright = ImageOps.exif_transpose(image) if told else None
    except Exception:  # Each decoder raises errors of its own: no list would be complete.
        return file
    finally:
        file.seek(0)
    if upright is None:
        return file
    written = io.BytesIO()
    form = "JPEG" if image.format == "MPO" else image.format
    profile = {name: image.info[name] for name in ("icc_profile",) if image.info.get(name)}
    # Pillow writes of its own accord what it reads here.
    upright.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
    upright.save(written, format=form, **_QUALITY.get(form, {}), **profile)
    return ContentFile(written.getvalue(), name=file.name)


def upload_path(instance: models.Model, filename: str) -> str:
    """Where an uploaded image is kept: `images/<model>/<slug>-<8 random hex digits>.<extension>`.

    Nothing of `filename` is kept: the extension is that of the content. When the content is out
    of reach (`instance.image.save(name, content)`), the extension of `filename` is used if it is
    one of an accepted format.

    Raises ValidationError when neither tells an accepted format.
    """
    extension = _real_extension(instance) or _named_extension(filename)
    if extension is None:
        raise _unreadable()
    model = instance._meta.model_name
    slug = slugify(getattr(instance, "slug", ""))[:_SLUG_LENGTH].strip("-_") or model
    return f"images/{model}/{slug}-{secrets.token_hex(4)}.{extension}"


def _is_stored(file: File) -> bool:
    return isinstance(file, FieldFile) and file._committed


def _megabytes(size: int) -> str:
    # Rounded up: an image just over the limit must not be said to weigh the limit.
    return number(Decimal(math.ceil(size / 100_000)) / 10)


def _validate_content(file: File) -> None:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    try:
        image = Image.open(file, formats=[*_READ_FORMATS, *_REFUSED_FORMATS])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise (_refused("SVG") if b"<svg" in head.lower() else _unreadable()) from error
    except Exception as error:  # Each decoder raises errors of its own: no list would be complete.
        raise _damaged() from error
    if image.format not in _EXTENSIONS:
        raise _refused(image.format)
    if image.width * image.height > MAX_IMAGE_PIXELS:
        raise _too_many_pixels()
    try:
        # verify() would miss a truncated JPEG: only decoding tells.
        image.load()
    except Exception as error:
        raise _damaged() from error


def _unreadable() -> ValidationError:
    return ValidationError(
        f"Ce fichier n’est pas une image lisible. Formats acceptés : {_ACCEPTED_WORDS}.",
        code="image_unreadable",
    )


def _damaged() -> ValidationError:
    return ValidationError(
        "Cette image est incomplète ou abîmée : téléversez-la de nouveau.",
        code="image_damaged",
    )


def _refused(name: str) -> ValidationError:
    return ValidationError(
        f"Le format {name} n’est pas accepté. Formats acceptés : {_ACCEPTED_WORDS}.",
        code="image_format",
    )


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        f"Cette image compte plus de {number(MAX_IMAGE_PIXELS // 1_000_000)} millions de pixels : "
        "réduisez-la avant de la téléverser.",
        code="image_too_many_pixels",
    )


def _real_extension(instance: models.Model) -> str | None:
    file = _file_to_store(instance)
    if file is None:
        return None
    file.seek(0)
    try:
        with Image.open(file, formats=_READ_FORMATS) as image:
            return _EXTENSIONS[image.format]
    except Exception as error:
        raise _unreadable() from error
    finally:
        file.seek(0)


def _file_to_store(instance: models.Model) -> Any:
    # Django stores the files of a record in the order of its fields, one after the other.
    for field in instance._meta.concrete_fields:
        if not isinstance(field, models.FileField) or field.upload_to is not upload_path:
            continue
        file = getattr(instance, field.attname)
        if file and not _is_stored(file):
            return file
    return None


def _named_extension(filename: str) -> str | None:
    return _NAMED_EXTENSIONS.get(PurePath(filename).suffix.lower().removeprefix("."))
