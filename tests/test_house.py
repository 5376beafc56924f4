"""The house rules that a reader relies on: who imports whom, where things stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from publishing.models import published_models

ROOT = Path(__file__).resolve().parent.parent
# An app imports only from its left.
ORDER = [
    "publishing",
    "sources",
    "topics",
    "companies",
    "events",
    "market",
    "news",
    "analyses",
    "search",
    "veille",
]
# It asks everything of the site, and nobody imports it: its libraries are an option.
OUTERMOST = "assistants"
# It finds every record through the contract, and only the composition root knows of it.
STANDS_ON_THE_KERNEL = "search"
# Inside an app, a room imports only from rooms of a lower rank, or of its own name elsewhere.
RANKS = {
    "models": 0,
    "forecasts": 1,
    "quality": 1,
    "rules": 1,
    "filters": 2,
    "charts": 2,
    "schema_org": 2,
    "agenda": 2,
    "ical": 2,
    "exports": 2,
    "downloads": 3,
    # How a record is written: files and the API read it alike.
    "content": 2,
    "admin": 3,
    "views": 4,
    "api": 3,
    "feeds": 3,
    "urls": 5,
}
REASONS = ("slow import", "app ready")
RECORDS = published_models()


def python_files(app: str) -> Iterator[Path]:
    return (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node, node.module
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("app", ORDER)
def test_an_app_imports_only_from_its_left(app):
    allowed = set(ORDER[: ORDER.index(app) + 1])
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}: only {', '.join(sorted(allowed))} may be"
        for path in python_files(app)
        for _, name in imports(path)
        if name.split(".")[0] in {*ORDER, OUTERMOST} - allowed
    }
    assert wrong == set()


def test_search_imports_the_kernel_only():
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(STANDS_ON_THE_KERNEL)
        for _, name in imports(path)
        if name.split(".")[0] in {*ORDER, OUTERMOST} - {"publishing", STANDS_ON_THE_KERNEL}
    }
    assert wrong == set()


@pytest.mark.parametrize("app", ORDER[:-1])
def test_inside_an_app_rooms_import_one_way(app):
    wrong = set()
    for path in python_files(app):
        room = path.relative_to(ROOT / app).parts[0].removesuffix(".py")
        for _, name in imports(path):
            other_app, _, rest = name.partition(".")
            other_room = rest.split(".")[0]
            if other_app != app or room not in RANKS or other_room not in RANKS:
                continue
            if other_room != room and RANKS[other_room] >= RANKS[room]:
                wrong.add(
                    f"{path.relative_to(ROOT)} imports {app}.{other_room}: a sibling or outer room"
                )
    assert wrong == set()


@pytest.mark.parametrize("app", [*ORDER, OUTERMOST])
def test_an_import_inside_a_function_says_why(app):
    wrong = set()
    for path in python_files(app):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node, name in imports(path):
            if node.col_offset and not any(reason in lines[node.lineno - 1] for reason in REASONS):
                wrong.add(f"{path.relative_to(ROOT)}:{node.lineno} imports {name} without a reason")
    assert wrong - _type_checking(wrong) == set()


def _type_checking(wrong: set[str]) -> set[str]:
    """Imports that only type checkers run need no reason."""
    return {
        line
        for line in wrong
        if "if TYPE_CHECKING:" in (ROOT / line.split(":")[0]).read_text(encoding="utf-8")
    }


@pytest.mark.parametrize("app", ORDER[1:-1])
def test_every_app_has_the_same_rooms(app):
    rooms = {path.name for path in (ROOT / app).iterdir()}
    expected = {"apps.py", "models.py", "filters.py", "admin.py", "views.py", "urls.py", "api.py"}
    assert expected - rooms == set()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_record_has_an_admin_a_list_a_card_and_an_api(model):
    assert admin.site.is_registered(model)
    assert model.list_url().startswith("/")
    assert reverse(f"api:{model.api_name}-list").startswith("/api/v1/")
    card = ROOT / f"templates/{model._meta.app_label}/_{model._meta.model_name}_card.html"
    assert card.is_file()


def test_every_model_of_the_watch_is_in_the_admin():
    ours = {model for app in ORDER[1:-1] for model in apps.get_app_config(app).get_models()}
    inlines = {
        inline.model
        for registered in admin.site._registry.values()
        for inline in registered.inlines
    }
    reached = set(admin.site._registry) | inlines
    by_checkboxes = {"CompanyRole"}
    written_by_the_index = {"Entry", "Words"}
    assert {model.__name__ for model in ours - reached} <= by_checkboxes | written_by_the_index


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_has_inline_style_or_script(template):
    text = template.read_text(encoding="utf-8")
    # JSON-LD is data: no browser runs it.
    text = text.replace('<script type="application/ld+json">', "")
    assert not re.search(r"<style\b|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", text)


def test_no_template_is_unused():
    sources = [
        path.read_text(encoding="utf-8")
        for path in [*TEMPLATES, *(path for app in ORDER for path in python_files(app))]
    ]
    everything = "\n".join(sources)
    by_convention = re.compile(r"_card\.html$|_detail\.html$|_feed\.html$")
    unused = {
        name
        for name in (str(path.relative_to(ROOT / "templates")) for path in TEMPLATES)
        if name not in everything
        and not by_convention.search(name)
        and not name.startswith(("admin/", "errors/"))
    }
    assert unused == set()
