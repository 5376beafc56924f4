"""What stands beside the calls of notes, for readers with a wide screen."""

import re

import pytest

from analyses.side_notes import with_side_notes
from tests import factories as make

pytestmark = pytest.mark.django_db

SIDE_NOTE = re.compile(r'<span class="side-note" aria-hidden="true" data-nosnippet>')


def page(client, record) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_a_note_stands_beside_its_first_call_in_each_part(client):
    record = make.make_analysis(
        body="Un début [1], encore [1].", sections=[("Synergie", "Un fait [2] puis [1] et [2].")]
    )
    for number in (1, 2):
        source = make.make_source(title=f"Titre {number}", publisher="Maison")
        make.cite(record, source, number=number, locator="p. 3")
    notes = re.findall(
        r'side-note__number">(\d)</span> <span>(Titre \d)</span>, Maison, p. 3',
        page(client, record),
    )
    assert notes == [("1", "Titre 1"), ("2", "Titre 2"), ("1", "Titre 1")]


def test_side_notes_hold_neither_link_nor_identifier(client):
    record = make.make_analysis(body="Un début [1].")
    make.cite(record, make.make_source(), number=1, quote="tel quel")
    content = page(client, record)
    note = content[SIDE_NOTE.search(content).start() :].split("</p>")[0]
    assert "tel quel" in note
    assert "<a " not in note
    assert " id=" not in note


def test_a_withdrawn_source_is_not_named_beside_the_text(client):
    record = make.make_analysis(body="Un début [1].")
    source = make.make_source(title="Confidentiel")
    make.cite(record, source, number=1, quote="passage confidentiel")
    type(source).objects.filter(pk=source.pk).update(status="archived")
    content = page(client, record)
    assert "onfidentiel" not in content
    assert "</span> source retirée</span>" in content


def test_what_a_source_says_is_text_and_never_markup(client):
    record = make.make_analysis(body="Un début [1].")
    make.cite(record, make.make_source(title="<b>Gras</b>"), number=1, quote="<script>")
    content = page(client, record)
    assert "<b>Gras" not in content
    assert "&lt;script&gt;" in content


def test_a_long_passage_is_cut_beside_the_text_and_whole_in_the_list(client):
    record = make.make_analysis(body="Un début [1].")
    make.cite(record, make.make_source(), number=1, quote="mot " * 60 + "fin")
    content = page(client, record)
    assert content.count("fin</blockquote>") == 1
    assert "mot …</span>" in content


def test_calls_in_a_row_are_not_cut_from_one_another():
    calls = [
        f'<sup class="note-call"><a href="#note-{n}" id="appel-x-{n}">{n}</a></sup>' for n in (1, 2)
    ]
    row = "\u00a0".join(calls)
    assert with_side_notes(f"<p>Un fait{row}.</p>", {1: "<i>un</i>", 2: "<i>deux</i>"}) == (
        f"<p>Un fait{row}<i>un</i><i>deux</i>.</p>"
    )


def test_a_call_without_note_is_left_as_it_is():
    call = '<sup class="note-call"><a href="#note-3" id="appel-x-1">3</a></sup>'
    assert with_side_notes(f"<p>Un fait{call}.</p>", {}) == f"<p>Un fait{call}.</p>"
