"""The style sheet of the site: written in several files, sent as one."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

SOURCES = Path(settings.BASE_DIR) / "static" / "css"


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [SOURCES.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "veille.stylesheets.OneStylesheetStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def site_of(folder):
    return (folder / staticfiles_storage.stored_name("css/site.css")).read_text("utf-8")


def test_one_file_holds_every_layer_in_its_order(collected):
    sheet = site_of(collected)
    assert "@import" not in sheet
    layers = re.findall(r"^@layer (\w+) \{", sheet, re.MULTILINE)
    assert layers == ["tokens", "base", "layout", "components", "pages", "print"]


def test_fonts_are_named_by_their_content_in_it(collected):
    fonts = re.findall(r'url\("([^"]+woff2)"\)', site_of(collected))
    assert fonts
    for font in fonts:
        assert (collected / "css" / font).resolve().is_file()


def test_it_leaves_compressed(collected):
    name = staticfiles_storage.stored_name("css/site.css")
    assert (collected / f"{name}.gz").is_file()
    assert (collected / f"{name}.br").is_file()


def test_a_change_of_one_layer_changes_its_name(collected, settings, tmp_path_factory):
    before = staticfiles_storage.stored_name("css/site.css")
    changed = tmp_path_factory.mktemp("static")
    (changed / "css").mkdir()
    print_sheet = (SOURCES / "print.css").read_text("utf-8")
    (changed / "css" / "print.css").write_text(f"{print_sheet}/* changed */", "utf-8")
    settings.STATICFILES_DIRS = [changed, SOURCES.parent]
    call_command("collectstatic", interactive=False, verbosity=0)
    assert staticfiles_storage.stored_name("css/site.css") != before
    assert "/* changed */" in site_of(collected)


def test_every_file_of_style_is_imported_or_belongs_to_the_page_of_components():
    imported = set(re.findall(r'"([\w-]+\.css)"', (SOURCES / "site.css").read_text("utf-8")))
    assert {file.name for file in SOURCES.glob("*.css")} - imported == {"site.css", "design.css"}
