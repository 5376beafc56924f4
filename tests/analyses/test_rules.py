"""What the rules find about the numbered notes of an analysis."""

import pytest

from publishing.models import Anomaly, Status
from tests import factories as make

pytestmark = pytest.mark.django_db


def found() -> dict[str, str]:
    rules = Anomaly.objects.standing().filter(subject="notes")
    return {anomaly.rule: anomaly.message for anomaly in rules.order_by("pk")}


def noted(body: str, numbers: list[int], *, sections=(), **fields):
    # A public analysis has all its notes: what is checked is a draft, or what changed since.
    analysis = make.make_analysis(title="Le cloud", body=body, sections=sections, **fields)
    for number in numbers:
        make.cite(analysis, make.make_source(), number=number)
    return analysis


def test_notes_that_follow_one_another_raise_nothing():
    noted("Un [1], deux [2].", [1, 2, 3], sections=[("Suite", "Trois [3], un [1].")])
    assert found() == {}


def test_two_numbers_for_one_source_are_allowed():
    analysis = make.make_analysis(body="Un [1], deux [2].")
    source = make.make_source()
    make.cite(analysis, source, number=1, locator="p. 1")
    make.cite(analysis, source, number=2, locator="p. 2")
    assert found() == {}


def test_a_call_without_citation_is_found():
    noted("Un [1], deux [2].", [1])
    assert found() == {
        "note-without-citation": "«\u00a0Le cloud\u00a0» appelle [2], sans citation de ce numéro."
    }


def test_a_call_in_a_chapter_is_read_as_well():
    noted("Un [1].", [1], sections=[("Suite", "Trois [2], [3].")])
    assert list(found()) == ["note-without-citation"]


def test_a_citation_that_is_never_called_is_found():
    noted("Un [1].", [1, 2])
    assert found() == {
        "note-never-called": "Le texte de «\u00a0Le cloud\u00a0» n’appelle jamais [2]."
    }


def test_a_skipped_number_is_found():
    noted("Un [1], trois [3], cinq [5].", [1, 3, 5])
    assert found() == {
        "skipped-note-number": "Dans les notes de «\u00a0Le cloud\u00a0», il manque [2] et [4]."
    }


def test_a_citation_without_number_is_not_to_be_called():
    analysis = noted("Un [1].", [1])
    make.cite(analysis, make.make_source())
    assert found() == {}


def test_a_source_published_after_the_analysis_is_found():
    analysis = make.make_analysis(body="Rien.", date="février 2025")
    make.cite(analysis, make.make_source(date="mars 2025"))
    assert list(found()) == ["source-after-analysis"]


@pytest.mark.parametrize("date", ["28 février 2025", "2025", "2024", "", "depuis 2020"])
def test_a_source_that_may_be_older_than_the_analysis_is_not(date):
    analysis = make.make_analysis(body="Rien.", date="février 2025")
    make.cite(analysis, make.make_source(date=date))
    assert found() == {}


def test_a_draft_is_judged_and_a_refused_analysis_is_not():
    analysis = noted("Un [1].", [], status=Status.DRAFT)
    assert list(found()) == ["note-without-citation"]
    analysis.status = Status.REJECTED
    analysis.save()
    assert found() == {}
