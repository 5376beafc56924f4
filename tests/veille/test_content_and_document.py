"""The first content against the document it comes from, where VEILLE_SAMPLES gives its folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.db import models

from companies.models import Company, CompanyRelation
from events.models import Event
from market.models import Figure
from publishing.content.types import record_types
from publishing.models import Publishable, published_models
from sources.models import Citation, Source
from topics.models import Topic

NBSP = "\N{NO-BREAK SPACE}"
SAMPLES = os.environ.get("VEILLE_SAMPLES")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("first_content"),
    pytest.mark.skipif(
        not SAMPLES, reason="VEILLE_SAMPLES does not name the folder of the document."
    ),
]
WORDS = ("summary", "body", "cloud_usage", "description", "note", "full_name")


@pytest.fixture(scope="module")
def document() -> str:
    return (Path(SAMPLES) / "veille-2025.md").read_text()


def texts() -> list[str]:
    """The words that we wrote: neither titles nor quotes, which are the document's own."""
    found = []
    parts = [relation.related_model for relation in _parts() if relation.one_to_many]
    for model in [*(kind.model for kind in record_types().values()), *parts]:
        names = {field.name for field in model._meta.concrete_fields} & set(WORDS)
        for row in model._default_manager.order_by("pk").values_list(*sorted(names) or ["pk"]):
            found += [text for text in row if isinstance(text, str)]
    return found


def _parts() -> list[models.ForeignObjectRel]:
    return [
        relation
        for kind in record_types().values()
        for relation in kind.model._meta.related_objects
        if not issubclass(relation.related_model, Publishable)
    ]


def everything_said() -> str:
    """All texts and numbers of the content, figures as they are shown."""
    said = texts()
    for model in [*published_models(), Citation, CompanyRelation]:
        for row in model._default_manager.order_by("pk").values():
            said += [value for value in row.values() if isinstance(value, str)]
    said += [figure.display for figure in Figure.objects.for_cards()]
    said += list(Topic.sections.rel.related_model.objects.values_list("title", flat=True))
    return "\n".join(said)


def numbers(text: str) -> set[str]:
    """The numbers of a text, « 600 000 » as one; neither those of addresses nor of lists."""
    stated = re.sub(r"https?://\S+|\]\([^)]*\)|(?m:^ *\d+\. )", " ", text)
    grouped = re.sub(rf"(?<=\d)[ {NBSP}](?=\d{{3}}(?!\d))", "", stated)
    return {found.replace(".", ",") for found in re.findall(r"\d+(?:[.,]\d+)?", grouped)}


def plain(name: str) -> str:
    return name.replace("'", "’").casefold()


def test_every_address_of_the_document_is_that_of_a_source(document):
    stated = {url.rstrip("/") for url in re.findall(r"https?://[^\s)]+", document)}
    known = {url.rstrip("/") for url in Source.objects.values_list("url", flat=True)}

    assert stated - known == set()
    assert len(stated) == 14


def test_every_number_of_the_document_is_in_the_content(document):
    assert numbers(document) - numbers(everything_said()) == set()


def test_every_event_and_company_in_bold_in_the_document_is_a_record(document):
    chapters = re.split(r"(?m)^## ", document)
    bold = {
        plain(name)
        for chapter in chapters
        if chapter.startswith(("Salons", "Entreprises", "Actualités"))
        for name in re.findall(r"\*\*(.+?)\*\*", chapter)
        if not name[0].isdigit()
    }
    known = {plain(title) for title in Event.objects.values_list("title", flat=True)}
    for company in Company.objects.all():
        known |= {plain(name) for name in (company.name, *company.other_names)}

    assert bold - known == set()
    assert len(bold) == 22


def runs(text: str) -> set[str]:
    """Every ten words in a row of a paragraph; an elision is of its word, « [1] » is no word."""
    found = set()
    for paragraph in re.sub(r"\[\d+\]", "", text).casefold().replace("'", "’").split("\n\n"):
        words = re.findall(r"(?:\w+’)*\w+", paragraph)
        found |= {" ".join(words[n : n + 10]) for n in range(len(words) - 9)}
    return found


def test_our_text_shares_no_ten_words_in_a_row_with_the_document(document):
    shared = set().union(*map(runs, texts())) & runs(document)
    assert shared == set()
    assert len(runs(document)) > 2000
