"""What the audit makes of its measures: goals, errors by page, the table."""

from __future__ import annotations

import pytest

from audit import screenshots, site, tools
from audit.__main__ import table
from audit.measures import CATEGORIES, MAX_BYTES, Page, _errors_by_path, median_of, scores_of
from tests import factories as make

PERFECT = dict.fromkeys(CATEGORIES, 100)


def test_a_page_that_meets_every_goal_has_no_fault():
    assert Page("/", lighthouse=PERFECT, html=[], transferred=MAX_BYTES).faults == []


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"lighthouse": PERFECT | {"seo": 92}}, "seo 92"),
        ({"axe": ["color-contrast"]}, "axe: color-contrast"),
        ({"html": ["Stray end tag"]}, "html: Stray end tag"),
        ({"console": ["Refused"]}, "console: Refused"),
        ({"off_site": ["https://example.org/"]}, "off-site: https://example.org/"),
        ({"too_wide": [360]}, "wider than 360 px"),
        ({"transferred": MAX_BYTES + 1}, "150,001 bytes"),
    ],
)
def test_each_goal_missed_is_a_fault(fields, fault):
    assert Page("/", **fields).faults == [fault]


def test_the_table_has_a_line_for_each_page_then_the_faults():
    pages = [Page("/", lighthouse=PERFECT, html=[]), Page("/marche/", axe=["region"])]
    lines = table(pages).splitlines()
    assert lines[1].split() == ["/", "100/100/100/100", "0", "0", "0", "0", "0"]
    assert lines[2].split() == ["/marche/", "–", "1", "–", "0", "0", "0"]
    assert lines[-1] == "/marche/  axe: region"
    assert table(pages[:1]).endswith("Every page meets every goal.")


def test_errors_of_html_go_to_their_page_and_warnings_nowhere():
    messages = [
        {"type": "error", "url": "file:/1.html", "message": "Stray"},
        {"type": "info", "url": "file:/0.html", "message": "Trailing slash"},
    ]
    files = {"file:/0.html": "/", "file:/1.html": "/marche/"}
    assert _errors_by_path(messages, files) == {"/": [], "/marche/": ["Stray"]}


def test_scores_are_of_a_hundred_and_none_is_zero():
    categories = {name: {"score": 0.98} for name in CATEGORIES}
    report = {"categories": categories | {"seo": {"score": None}}}
    assert scores_of(report) == dict.fromkeys(CATEGORIES, 98) | {"seo": 0}


def test_one_bad_visit_among_three_does_not_make_the_score():
    perfect = dict.fromkeys(CATEGORIES, 100)
    assert median_of([perfect | {"performance": 82}, perfect, perfect]) == perfect
    twice = perfect | {"performance": 82}
    assert median_of([twice, perfect, twice])["performance"] == 82


@pytest.mark.django_db
def test_pages_come_from_the_site_map_one_of_each_kind(client, monkeypatch):
    for _ in range(2):
        make.make_topic()
    monkeypatch.setattr(site, "read", lambda path: client.get(path).content.decode())
    pages = site.pages_of("")
    assert {"/", "/marche/", "/thematiques/", *site.BESIDE} <= set(pages)
    assert len([path for path in pages if path.startswith("/thematiques/")]) == 2


def test_a_tool_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    for ask in (tools.chromium, tools.java, lambda: tools.packages(tmp_path)):
        with pytest.raises(tools.Missing, match="apt-get install"):
            ask()


def test_each_picture_of_the_documentation_is_there_and_shown():
    shown = {f"{shot.name}.webp" for shot in screenshots.SHOTS}
    assert {path.name for path in screenshots.IMAGES.iterdir()} == shown
    assert screenshots.TEXT.read_text(encoding="utf-8") == screenshots.page()
