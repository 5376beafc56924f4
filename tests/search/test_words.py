"""The normal form of words, and how what was typed is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.extracts import LENGTH, as_html, as_text, extract, marked
from search.queries import parse
from search.words import fold, folded_words, term, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("événement", "evenement"),
        ("Événements", "évènement"),
        ("DONNÉES", "donnée"),
        ("européennes", "européen"),
        ("œuvre", "oeuvre"),
        ("Œuvres", "oeuvre"),
        ("nationaux", "national"),
        ("investissent", "investir"),
        ("cafe\u0301", "café"),
    ],
)
def test_two_spellings_are_one_word(one, other):
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("l’IA", ["ia"]),
        ("l'IA", ["ia"]),
        ("jusqu’à", ["a"]),
        ("Qu’est-ce qu’un cloud", ["est", "ce", "un", "cloud"]),
        ("AWS re:Invent", ["aws", "re", "invent"]),
        ("678,8 Md$", ["678", "8", "md"]),
        ("T-Systems", ["t", "systems"]),
        ("don’t", ["don", "t"]),
        ("l’", ["l"]),
        ("_souligné_", ["souligne"]),
        ("", []),
        ("!?… –", []),
    ],
)
def test_elisions_and_signs_are_left_out(text, words):
    assert folded_words(text) == words


@given(st.text())
def test_whatever_the_text_its_words_hold_letters_and_digits_only(text):
    for word in terms(text) + folded_words(text):
        assert word.isalnum()
        assert len(word) <= 64


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_the_case_of_a_word_does_not_count(word):
    # « ß » has a capital of two letters, « ſ » that of another letter: Unicode is not symmetrical.
    if word.upper().lower() == word:
        assert term(word.upper()) == term(word)


@given(st.text())
def test_what_is_folded_is_folded_once_for_all(word):
    assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize(
    ("text", "wanted", "excluded"),
    [
        ("cloud souverain", [["cloud"], ["souverain"]], []),
        ("« cloud souverain »", [["cloud souverain"]], []),
        ('"cloud souverain"', [["cloud souverain"]], []),
        ("cloud -souverain", [["cloud"]], [["souverain"]]),
        ('cloud -"cloud souverain"', [["cloud"]], [["cloud souverain"]]),
        ("tout-en-un", [["tout"]], []),
        ("le marché du cloud", [["march"], ["cloud"]], []),
        ("le", [["le"]], []),
        ('cloud "', [["cloud"]], []),
        ("- cloud", [["cloud"]], []),
        ("-", [], []),
        ("", [], []),
    ],
)
def test_what_is_typed_is_read(text, wanted, excluded):
    query = parse(text)
    assert [said(clause) for clause in query.wanted] == wanted
    assert [said(clause) for clause in query.excluded] == excluded


def said(clause):
    return [" ".join(phrase) for alternative in clause.alternatives for phrase in alternative]


def test_a_synonym_of_several_words_is_seen_among_others():
    iaas, long = tuple(terms("IaaS")), tuple(terms("infrastructure as a service"))
    ways = frozenset({iaas, long})
    query = parse("marché infrastructure as a service", {iaas: ways, long: ways})
    assert ((iaas,),) == query.wanted[1].alternatives[1:]


@given(st.text(max_size=80), st.frozensets(st.sampled_from(["cloud", "march", "a", "1"])))
def test_marking_words_changes_nothing_of_a_text(text, wanted):
    assert as_text(marked(text, wanted)) == text


@given(st.text(st.sampled_from("cloud marché <&>.\n"), max_size=2000))
def test_an_extract_is_short_and_safe(text):
    segments = extract(text, frozenset({"cloud"}))
    assert len(as_text(segments)) <= LENGTH + 4
    html = as_html(segments).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in html


def test_an_extract_shows_the_words_found_far_in_the_text():
    text = f"{'Un mot. ' * 200}Le cloud souverain progresse. {'Un mot. ' * 200}"
    segments = extract(text, frozenset(terms("cloud souverain")))
    assert "<mark>cloud</mark> <mark>souverain</mark> progresse" in as_html(segments)
    assert as_text(segments).startswith("… ")
    assert as_text(segments).endswith(" …")
