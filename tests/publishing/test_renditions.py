"""The sizes and formats of an image: made when it is stored, shown, renewed and deleted with it."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from PIL import Image

from companies.models import Company
from publishing import renditions
from tests import factories as make

pytestmark = pytest.mark.django_db


def photo(width: int = 1000, height: int = 500, form: str = "JPEG", mode: str = "RGB") -> bytes:
    content = BytesIO()
    Image.new(mode, (width, height)).save(content, form)
    return content.getvalue()


def illustrated(content: bytes | None = None, **fields) -> Company:
    company = make.make_company(image_alt="Une photographie", **fields)
    company.image.save("photo.jpg", ContentFile(content or photo()))
    return company


def on_disk(settings) -> list[str]:
    """The files of the images, their random digits left out."""
    root = Path(settings.MEDIA_ROOT)
    names = [path.name for path in root.rglob("*") if path.is_file()]
    return sorted(re.sub(r"-[0-9a-f]{8}(?=\.)", "", name) for name in names)


def test_an_image_is_stored_with_its_sizes_in_both_formats(settings):
    company = illustrated(slug="ovh")
    assert company.image_widths == [480, 960, 1000]
    assert (company.image_width, company.image_height) == (1000, 500)
    assert on_disk(settings) == [
        "ovh.1000.avif", "ovh.1000.webp", "ovh.480.avif", "ovh.480.webp",
        "ovh.960.avif", "ovh.960.webp", "ovh.jpg",
    ]  # fmt: skip
    for path in renditions.paths_of(company.image.name, company.image_widths):
        with company.image.storage.open(path) as file, Image.open(file) as image:
            assert f".{image.width}.{image.format.lower()}" in path
            assert image.height == image.width // 2


@pytest.mark.parametrize(
    ("width", "widths"), [(1, [1]), (480, [480]), (481, [480, 481]), (6000, [480, 960, 1600])]
)
def test_no_rendition_is_wider_than_the_image(width, widths):
    assert illustrated(photo(width, 10)).image_widths == widths


@pytest.mark.parametrize(("form", "mode"), [("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "CMYK")])
def test_palettes_transparency_and_inks_become_plain_colours(form, mode):
    company = illustrated(photo(20, 20, form, mode))
    [path, _] = renditions.paths_of(company.image.name, company.image_widths)
    with company.image.storage.open(path) as file, Image.open(file) as image:
        assert image.mode == ("RGBA" if mode == "RGBA" else "RGB")


def test_an_image_that_moves_keeps_moving():
    frames = [Image.new("RGB", (600, 400), colour) for colour in ("red", "blue")]
    content = BytesIO()
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:])
    assert illustrated(content.getvalue()).image_widths == []


def test_the_page_offers_them_and_costs_no_query_more(client, django_assert_num_queries):
    company = illustrated()
    plain = make.make_company()
    client.get(plain.get_absolute_url())
    with django_assert_num_queries(12):
        client.get(plain.get_absolute_url())
    with django_assert_num_queries(12):
        page = client.get(company.get_absolute_url()).content.decode()
    stem = company.image.url.removesuffix(".jpg")
    assert f'type="image/avif" srcset="{stem}.480.avif 480w, {stem}.960.avif 960w' in page
    assert f'type="image/webp" srcset="{stem}.480.webp 480w' in page
    assert 'width="1000" height="500"' in page
    assert "<source" not in client.get(plain.get_absolute_url()).content.decode()


def test_an_image_without_renditions_is_shown_as_it_is(client):
    company = illustrated()
    Company.objects.update(image_widths=[])
    page = client.get(company.get_absolute_url()).content.decode()
    assert f'src="{company.image.url}"' in page
    assert "<source" not in page


def test_the_api_gives_each_of_them(client):
    company = illustrated()
    image = client.get(f"/api/v1/companies/{company.slug}/").json()["image"]
    assert [(one["media_type"], one["width"]) for one in image["renditions"]] == [
        (f"image/{form}", width) for form in ("avif", "webp") for width in (480, 960, 1000)
    ]
    assert image["renditions"][0]["url"].endswith(".480.avif")


def test_what_is_replaced_leaves_the_disk(settings, django_capture_on_commit_callbacks):
    company = illustrated(slug="ovh")
    with django_capture_on_commit_callbacks(execute=True):
        company.image.save("autre.png", ContentFile(photo(100, 100, "PNG")))
    assert on_disk(settings) == ["ovh.100.avif", "ovh.100.webp", "ovh.png"]
    company.refresh_from_db()
    assert company.image_widths == [100]


def test_what_is_taken_away_or_deleted_leaves_the_disk(
    settings, django_capture_on_commit_callbacks
):
    company, other = illustrated(), illustrated()
    with django_capture_on_commit_callbacks(execute=True):
        company.image = ""
        company.save()
        Company.objects.filter(pk=other.pk).delete()
    assert on_disk(settings) == []


def test_a_change_that_is_undone_keeps_its_files(settings, django_capture_on_commit_callbacks):
    company = illustrated()
    before = on_disk(settings)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        company.delete()
        transaction.set_rollback(True)
    assert on_disk(settings) == before


def test_another_change_touches_no_file(settings, django_capture_on_commit_callbacks):
    company = illustrated()
    with django_capture_on_commit_callbacks(execute=True):
        company.name = "Autre"
        company.save()
        company.save(update_fields=["name"])
    assert len(on_disk(settings)) == 7


def make_renditions(*options: str) -> str:
    said = StringIO()
    call_command("make_renditions", *options, stdout=said, stderr=said)
    return said.getvalue()


def test_the_command_makes_those_that_are_missing_once(settings):
    company = illustrated()
    updated_at = company.updated_at
    complete = on_disk(settings)
    company.image.storage.delete(renditions.path_of(company.image.name, 480, "webp"))
    Company.objects.update(image_widths=[])
    assert "1\u00a0image à faire" in make_renditions("--dry-run")
    assert on_disk(settings) != complete
    assert "1\u00a0image faite" in make_renditions()
    assert on_disk(settings) == complete
    company.refresh_from_db()
    assert company.image_widths == [480, 960, 1000]
    assert company.updated_at == updated_at
    assert "0\u00a0image faite" in make_renditions()
    assert "1\u00a0image faite" in make_renditions("--all")


def test_the_command_tells_of_a_file_that_is_not_there():
    company = illustrated()
    company.image.storage.delete(company.image.name)
    with pytest.raises(SystemExit):
        make_renditions("--all")
