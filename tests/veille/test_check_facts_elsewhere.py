"""A folder of other content, about another market: the rules know nothing of the first one."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.publishing.content_folder import DEFAULTS, ContentFolder

pytestmark = pytest.mark.django_db

WHAT_IS_MEASURED = """\
- {slug: navires, name: Navires livrés, kind: count, unit: units}
- {slug: poids, name: Poids des types de navires, kind: share, unit: percent}
- {slug: evolution, name: Évolution des livraisons, kind: growth_rate, unit: percent}
"""
FIGURES = """\
- {slug: livres-2021, indicator: navires, value: "1205", period: "2021"}
- {slug: livres-2022, indicator: navires, value: "1308", period: "2022"}
- {slug: hausse, indicator: evolution, value: "8.5", period: "2022"}
- {slug: vracs, indicator: navires, value: "640", period: "2022", segment: vraquiers}
- {slug: petroles, indicator: navires, value: "402", period: "2022", segment: petroliers}
- {slug: ferrys, indicator: navires, value: "266", period: "2022", segment: ferries}
- {slug: part-vracs, indicator: poids, value: "48.9", period: "2022", segment: vraquiers}
- {slug: part-petroles, indicator: poids, value: "30.7", period: "2022", segment: petroliers}
- {slug: part-ferrys, indicator: poids, value: "20.3", period: "2022", segment: ferries}
"""


@pytest.fixture
def folder(tmp_path) -> ContentFolder:
    content = ContentFolder(tmp_path / "ailleurs")
    content["defaults.yaml"] = f"{DEFAULTS}source: registre\nperimeter: chantiers\n"
    content["sources.yaml"] = "- {slug: registre, title: Registre maritime, kind: primary}\n"
    content["perimeters.yaml"] = "- {slug: chantiers, name: Chantiers navals}\n"
    content["segments.yaml"] = """\
- {slug: vraquiers, name: Vraquiers}
- {slug: petroliers, name: Pétroliers}
- {slug: ferries, name: Ferries}
"""
    content["indicators.yaml"] = WHAT_IS_MEASURED
    content["figures.yaml"] = FIGURES
    return content


def check(folder: ContentFolder) -> tuple[int, dict[str, dict]]:
    """The exit code of the check, and what it says about figures, by rule."""
    assert folder.load().code == 0
    out, code = StringIO(), 0
    try:
        call_command("check_facts", "--format", "json", stdout=out, verbosity=0)
    except SystemExit as stop:
        code = stop.code
    anomalies = json.loads(out.getvalue())["anomalies"]
    return code, {
        one["rule"]: one
        for one in anomalies
        if any(record["type"] == "figures" for record in one["records"])
    }


def test_what_holds_together_raises_nothing(folder):
    assert check(folder) == (0, {})


@pytest.mark.parametrize(
    ("old", "new", "rules", "slug"),
    [
        (
            'value: "30.7"',
            'value: "37.0"',
            {"share-of-total", "parts-exceed-the-whole"},
            "part-petroles",
        ),
        ('value: "402"', 'value: "302"', {"share-of-total", "parts-fall-short"}, "petroles"),
        ('value: "8.5"', 'value: "5.8"', {"growth-and-values"}, "hausse"),
        (
            "slug: livres-2022,",
            'slug: tous, indicator: navires, value: "1038", period: "2022", '
            "components: [vracs, petroles, ferrys]}\n- {slug: livres-2022,",
            {"sum-of-components", "said-twice"},
            "tous",
        ),
    ],
)
def test_one_error_is_raised_on_the_figure_where_it_is(folder, old, new, rules, slug):
    folder.replace("figures.yaml", old, new)
    code, found = check(folder)
    assert rules <= set(found)
    assert code == 1
    for rule in rules:
        assert slug in {record["slug"] for record in found[rule]["records"]}
