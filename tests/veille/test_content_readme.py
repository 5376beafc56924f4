"""The examples of content/README.md are what it says: a folder that loads as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from publishing.content.loader import load_folder
from publishing.content.types import record_types

pytestmark = pytest.mark.django_db

EXAMPLE = re.compile(r"^### `([\w./-]+)`$.*?^```(?:yaml|markdown)\n(.*?)^```$", re.M | re.S)


def test_the_examples_load_and_show_every_type(tmp_path):
    readme = (Path(settings.BASE_DIR) / "content" / "README.md").read_text()
    for name, text in EXAMPLE.findall(readme):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    report = load_folder(tmp_path)

    assert [str(problem) for problem in report.problems] == []
    assert set(report.counts) == set(record_types())
    assert load_folder(tmp_path).total == {"unchanged": sum(report.total.values())}
