"""Uploaded images: which are accepted, what a refusal says, under which name they are kept."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from companies.models import Company
from publishing.images import MAX_IMAGE_BYTES, cleaned, upload_path, validate_image
from tests.factories import make_company

ACCEPTED = "Formats acceptés\u00a0: JPEG, PNG, WebP ou AVIF."
UNREADABLE = f"Ce fichier n’est pas une image lisible. {ACCEPTED}"
TRUNCATED = "Cette image est incomplète ou abîmée\u00a0: téléversez-la de nouveau."
TOO_MANY_PIXELS = (
    "Cette image compte plus de 40\u00a0millions de pixels\u00a0: "
    "réduisez-la avant de la téléverser."
)


def picture(format_name: str, size: tuple[int, int] = (64, 48)) -> bytes:
    # Noise, so that what is cut off a file is missed.
    content = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(content, format_name)
    return content.getvalue()


def blank_png(width: int, height: int) -> bytes:
    content = BytesIO()
    Image.new("1", (width, height)).save(content, "PNG")
    return content.getvalue()


def telephone_jpeg() -> bytes:
    content = BytesIO()
    pictures = [Image.effect_noise((64, 48), 80) for _ in range(2)]
    pictures[0].save(content, "MPO", save_all=True, append_images=pictures[1:])
    return content.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def refusal(content: bytes) -> str:
    file = upload(content)
    with pytest.raises(ValidationError) as caught:
        validate_image(file)
    assert file.tell() == 0
    [message] = caught.value.messages
    return message


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_image_is_accepted_by_its_content_and_left_at_its_start(format_name):
    content = picture(format_name)
    file = upload(content, "sans-extension")
    file.seek(7)
    validate_image(file)
    assert file.read() == content


def test_the_jpeg_of_a_telephone_that_holds_two_pictures_is_accepted():
    content = telephone_jpeg()
    assert Image.open(BytesIO(content)).format == "MPO"
    validate_image(upload(content))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (MAX_IMAGE_BYTES + 1, "5,1"),
        (6_240_000, "6,3"),
        (12_000_000, "12"),
    ],
)
def test_an_image_too_heavy_is_told_its_weight(size, words):
    assert refusal(picture("PNG").ljust(size, b"\0")) == (
        f"Cette image pèse {words}\u00a0Mo\u00a0; le maximum est de 5\u00a0Mo."
    )


def test_the_heaviest_image_is_accepted():
    validate_image(upload(picture("PNG").ljust(MAX_IMAGE_BYTES, b"\0")))


@pytest.mark.parametrize(
    "content",
    [b"", b"bonjour", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\0" * 5_000],
    ids=["empty", "text", "pdf", "png signature", "jpeg signature", "zeros"],
)
def test_what_is_not_an_image_is_refused(content):
    assert refusal(content) == UNREADABLE


@pytest.mark.parametrize("format_name", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused_by_name(format_name):
    assert refusal(picture(format_name)) == f"Le format {format_name} n’est pas accepté. {ACCEPTED}"


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?>\n<!-- dessin -->\n<SVG onload="alert(1)"/>',
    ],
)
def test_a_drawing_is_refused_by_name(content):
    assert refusal(content) == f"Le format SVG n’est pas accepté. {ACCEPTED}"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_image_is_refused(format_name, share):
    content = picture(format_name)
    assert refusal(content[: int(len(content) * share)]) == TRUNCATED


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_avif_is_refused(share):
    content = picture("AVIF")
    assert refusal(content[: int(len(content) * share)]) in {TRUNCATED, UNREADABLE}


@pytest.mark.parametrize(("width", "height"), [(8_000, 5_001), (10_000, 10_000), (20_000, 10_000)])
def test_a_small_file_that_unfolds_into_a_huge_image_is_refused(width, height):
    assert refusal(blank_png(width, height)) == TOO_MANY_PIXELS


def test_forty_million_pixels_are_accepted():
    validate_image(upload(blank_png(8_000, 5_000)))


def test_a_new_image_of_a_record_is_validated():
    company = Company(image=upload(b"bonjour"))
    with pytest.raises(ValidationError) as caught:
        validate_image(company.image)
    assert caught.value.messages == [UNREADABLE]


@pytest.mark.django_db
def test_a_stored_image_is_kept_under_a_safe_name_and_not_read_again():
    company = make_company(
        name="Dassault Systèmes",
        image=upload(picture("PNG"), "../../x.html"),
        image_alt="Le siège",
    )
    assert re.fullmatch(r"images/company/dassault-systemes-[0-9a-f]{8}\.png", company.image.name)
    stored = Company.objects.get(pk=company.pk)
    Path(stored.image.path).unlink()
    validate_image(stored.image)


@pytest.mark.parametrize(
    ("format_name", "extension"),
    [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif")],
)
def test_the_extension_is_that_of_the_content(format_name, extension):
    company = Company(slug="ovh", image=upload(picture(format_name), "photo.html"))
    path = upload_path(company, "photo.html")
    assert re.fullmatch(rf"images/company/ovh-[0-9a-f]{{8}}\.{extension}", path)
    assert company.image.tell() == 0


def test_two_uploads_never_share_a_name():
    company = Company(slug="ovh", image=upload(picture("PNG")))
    assert upload_path(company, "a.png") != upload_path(company, "a.png")


@pytest.mark.parametrize(
    ("slug", "stem"),
    [("", "company"), ("../../été", "ete"), ("a" * 120, "a" * 50), ("a" * 49 + "-b", "a" * 49)],
)
def test_the_name_is_built_from_a_clean_and_short_slug(slug, stem):
    company = Company(slug=slug, image=upload(picture("PNG")))
    path = upload_path(company, "a.png")
    assert re.fullmatch(rf"images/company/{stem}-[0-9a-f]{{8}}\.png", path)


@pytest.mark.parametrize(
    ("name", "extension"), [("a.JPEG", "jpg"), ("a.b.png", "png"), ("a.avif", "avif")]
)
def test_out_of_reach_of_the_content_only_an_accepted_extension_is_kept(name, extension):
    assert upload_path(Company(slug="ovh"), name).endswith(f".{extension}")


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a", "png", ".png"])
def test_out_of_reach_of_the_content_any_other_name_is_refused(name):
    with pytest.raises(ValidationError) as caught:
        upload_path(Company(slug="ovh"), name)
    assert caught.value.messages == [UNREADABLE]


def test_a_file_that_is_no_image_is_not_stored():
    company = Company(slug="ovh")
    company.image = ContentFile(b"<script>", name="a.png")
    with pytest.raises(ValidationError) as caught:
        upload_path(company, "a.png")
    assert caught.value.messages == [UNREADABLE]


# What is left of it


def photograph(format_name: str = "JPEG") -> bytes:
    """64 × 48, held on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Appareil"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    file = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, format_name, exif=exif)
    return file.getvalue()


@pytest.mark.django_db
def test_a_photograph_is_kept_upright_and_says_nothing_of_where_it_was_taken():
    company = make_company(image=upload(photograph()), image_alt="Le siège")
    company.refresh_from_db()
    assert (company.image_width, company.image_height) == (48, 64)
    with Image.open(company.image.path) as stored:
        assert stored.size == (48, 64)
        assert not stored.getexif()


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_leave_in_every_format(format_name):
    with Image.open(cleaned(upload(photograph(format_name)))) as left:
        assert left.format == format_name
        assert left.size == (48, 64)
        assert not left.getexif()


def test_the_texts_of_a_png_leave():
    info = PngInfo()
    info.add_text("Author", "Quelqu’un")
    file = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG", pnginfo=info)
    with Image.open(cleaned(upload(file.getvalue()))) as left:
        assert "Author" not in left.info
        assert left.getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_image_that_tells_nothing_is_kept_to_the_byte(format_name):
    content = picture(format_name)
    assert cleaned(upload(content)).read() == content


def test_what_is_no_image_is_left_to_the_validation():
    assert cleaned(upload(b"rien")).read() == b"rien"
