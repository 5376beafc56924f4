from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from publishing.content.loader import load_folder


@pytest.fixture(scope="module")
def first_content(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Loads content/ once for all the tests of this file, and takes it back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        report = load_folder(Path(settings.BASE_DIR) / "content")
        assert [str(problem) for problem in report.problems] == []
        yield
        transaction.set_rollback(True)
