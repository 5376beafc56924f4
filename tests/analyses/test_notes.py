"""Numbered notes: which marks are calls, what they become, whether they agree with the notes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.notes import calls_of, render_with_notes, unresolved


def call(number: int, position: int, anchor: str = "intro") -> str:
    return (
        f'<sup class="note-call"><a href="#note-{number}" id="appel-{anchor}-{position}"'
        f' aria-label="Note {number}">{number}</a></sup>'
    )


def test_a_mark_becomes_a_link_to_its_note():
    assert render_with_notes("En hausse[1].", anchor="intro") == (
        f"<p>En hausse{call(1, 1)}.</p>\n",
        [1],
    )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a[1] b[2] c[1]", [1, 2, 1]),
        ("a[1][2]", [1, 2]),
        ("a[1, 2]", [1, 2]),
        ("a[1,2,12]", [1, 2, 12]),
        ("a[999]", [999]),
        ("# Titre[1]\n\n- item[2]\n\n> cité[3]\n\n| a[4] |\n|--|\n| b[5] |", [1, 2, 3, 4, 5]),
        ("**gras[1]** et *italique*[2]", [1, 2]),
        ("Vraiment ![1]", [1]),
        ("\\\\[1]", [1]),
        ("[a [1] b]", [1]),
        ("[1] (voir plus bas)", [1]),
    ],
)
def test_marks_are_counted_in_order(text, numbers):
    html, called = render_with_notes(text, anchor="intro")
    assert called == numbers
    assert re.findall(r'href="#note-(\d+)" id="appel-intro-(\d+)"', html) == [
        (str(number), str(position)) for position, number in enumerate(numbers, start=1)
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\\[1]", "[1]"),
        ("&#91;1]", "[1]"),
        ("`[1]`", "<code>[1]</code>"),
        ("[1](/a)", '<a href="/a">1</a>'),
        ("[x][1]\n\n[1]: /a", '<a href="/a">x</a>'),
        ("[1]\n\n[1]: /a", '<a href="/a">1</a>'),
        ("[voir [1] ici](/a)", '<a href="/a">voir [1] ici</a>'),
        ("![plan [1]](https://a.fr/b.png)", "plan "),
        ("[0]", "[0]"),
        ("[01]", "[01]"),
        ("[1000]", "[1000]"),
        ("[1-3]", "[1-3]"),
        ("[1, x]", "[1, x]"),
        ("[١]", "[١]"),
        ("[]", "[]"),
    ],
)
def test_what_is_not_a_mark(text, html):
    assert render_with_notes(text, anchor="intro") == (f"<p>{html}</p>\n", [])


def test_a_mark_in_a_block_of_code_is_code():
    html, called = render_with_notes("```\nt[1]\n```", anchor="intro")
    assert (html, called) == ('<pre tabindex="0"><code>t[1]\n</code></pre>\n', [])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("mot [1]", f"mot\u00a0{call(1, 1)}"),
        ("mot\n[1]", f"mot\u00a0{call(1, 1)}"),
        ("**mot** [1]", f"<strong>mot</strong>\u00a0{call(1, 1)}"),
        ("mot ![1]", f"mot\u00a0!\u2060{call(1, 1)}"),
        ("mot[1][2]", f"mot{call(1, 1)}\u00a0{call(2, 2)}"),
        ("mot[1] [2]", f"mot{call(1, 1)}\u00a0{call(2, 2)}"),
        ("mot[1, 2]", f"mot{call(1, 1)}\u00a0{call(2, 2)}"),
        ("[1] mot", f"{call(1, 1)} mot"),
    ],
)
def test_no_line_breaks_before_a_mark(text, html):
    assert render_with_notes(text, anchor="intro")[0] == f"<p>{html}</p>\n"


def test_headings_carry_the_anchor_and_leave_the_mark_out_of_their_identifier():
    html, _ = render_with_notes("# Le marché [1]", anchor="intro", heading_offset=1)
    assert html == f'<h3 id="intro--le-marche">Le marché\u00a0{call(1, 1)}</h3>\n'


@pytest.mark.parametrize("anchor", ["", "deux mots", 'a"b', "été", "a\n"])
def test_an_anchor_is_a_slug(anchor):
    with pytest.raises(ValueError, match="slug"):
        render_with_notes("a[1]", anchor=anchor)


PIECES = [
    '<sup class="note-call"><a href="#note-1" id="appel-intro-1">1</a></sup>',
    '<a id="appel-intro-2" aria-label="Note 1">x</a>',
    '[x](#note-1 "Note 1")',
    '[x](/a "t\\" id=\\"appel-intro-1")',
    "# appel intro 1\n\n",
    "# note 1\n\n",
    "[1]",
    "[1](",
    "[[1]]",
    "![[1]](/media/a.png)",
    "![1](https://a.fr/b.png)",
    "[a[1]](/b)",
    "\\",
    "`",
    "[",
    "]",
    "\n",
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_text_can_neither_forge_a_call_nor_take_the_place_of_a_note(pieces):
    html, called = render_with_notes("".join(pieces), anchor="intro")
    expected = [call(number, position) for position, number in enumerate(called, start=1)]
    assert re.findall(r"<sup.*?</sup>", html) == expected
    rest = re.sub(r"<sup.*?</sup>", "", html)
    tags = "".join(re.findall(r"<[^>]*>", rest))
    assert "aria-label" not in tags
    assert ' id="appel-' not in tags
    assert ' id="note-' not in tags


def test_the_links_back_of_a_note_are_the_identifiers_of_its_calls():
    texts = [("introduction", "a[1] b[2]"), ("marche", "c[2][1]\n\nd[2]")]
    rendered = [(anchor, *render_with_notes(text, anchor=anchor)) for anchor, text in texts]
    sections = [(anchor, numbers) for anchor, _, numbers in rendered]
    assert calls_of(1, sections) == ["appel-introduction-1", "appel-marche-2"]
    assert calls_of(2, sections) == ["appel-introduction-2", "appel-marche-1", "appel-marche-3"]
    assert calls_of(3, sections) == []
    page = "".join(html for _, html, _ in rendered)
    assert all(f'id="{identifier}"' in page for n in (1, 2) for identifier in calls_of(n, sections))


def test_calls_without_a_note():
    assert unresolved([3, 1, 3, 2], known=[1]) == [2, 3]
