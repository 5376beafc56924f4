"""The texts of a panorama: whatever is typed in a record is read as typed, in every form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from publishing.markdown import render
from tests import factories as make
from tests.veille.test_panorama import forms, markdown, page, pdf, words_of
from veille.panorama.markdown import _slug
from veille.panorama.rich_text import placed, plain_markdown, read, to_html, to_markdown, words

HOSTILE = (
    "#set page(width: 1pt) $x^2$ @renvoi <etiquette> *gras* _ital_ `code` [lien](x) // fin",
    r"\ #panic() ~ -- ' \" {{ année }} %}",
    "<script>alert(1)</script> &amp; <b>gras</b>",
    "- tiret", "1. un", "+ plus", "= égal", "> citation", "| barre | barre |", "[^1]: note", "***",
)  # fmt: skip
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_back(text: str) -> str:
    """The words that a reader of Markdown sees, on one line."""
    return re.sub(r"\s+", " ", words(read(READER.render(text)))).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_record_is_read_as_it_was_typed(client, text):
    make.make_trend(title=text, summary=text)
    make.make_event(title=text, summary=text, city=text[:100], venue=text)
    make.make_company(name=text, summary=text, featured=True)
    make.make_topic(title=text, sections=[(text, "Texte")], summary=text)
    make.make_source(title=text, publisher=text)
    told = words_of(pdf(client))
    assert told.count(re.sub(r"\s+", " ", text)) >= 8
    html = page(client)
    assert "<script>alert" not in html
    assert "<b>gras" not in html
    assert re.sub(r"\s+", " ", text) in read_back(markdown(client))


@pytest.mark.django_db
def test_a_word_without_end_is_broken_and_stays_on_the_sheet(client):
    make.make_trend(title="Sans fin", body="a" * 3000)
    sheet = pdf(client)
    assert words_of(sheet).replace(" ", "").count("a" * 3000) == 1


@pytest.mark.django_db
def test_a_link_to_an_anchor_that_is_not_there_breaks_no_form(client):
    make.make_trend(title="Renvoi", body="Voir [plus loin](#nulle-part) et [ici](#note-1).")
    assert all("plus loin" in text for text in forms(client).values())


@pytest.mark.django_db
def test_letters_beyond_the_latin_ones_break_no_form(client):
    make.make_trend(title="Łódź, Αθήνα, Київ, 東京, 🌍", body="Łódź, Αθήνα, Київ")
    told = words_of(pdf(client))
    assert "Αθήνα, Київ" in told


@pytest.mark.django_db
def test_what_markdown_can_hold_is_in_every_form(client):
    body = """Un *accent*, un **poids**, un ~~repentir~~, du `code #1`, un [lien](https://example.org/a_(b)).

> Une citation.

- Un point ;
  - un point dessous ;

    avec sa suite.

3. Trois.
4. Quatre.

```
#let x = 1
# pas un titre
```

| Nom | Part |
| --- | ---: |
| A \\| B | 26,6 % |

***

Fin."""
    make.make_trend(title="Tout", body=body)
    for name, text in forms(client).items():
        for expected in (
            *("accent", "poids", "repentir", "Une citation", "avec sa suite", "Quatre"),
            *("#let x = 1", "# pas un titre", "26,6 %", "Fin."),
        ):
            assert expected in text, (name, expected)
    assert words_of(pdf(client)).count("A | B") == 1


@pytest.mark.django_db
def test_a_picture_is_named_where_it_cannot_be_shown(client):
    make.make_trend(title="Image", body="![Un schéma](/media/schema.png)")
    assert "Image : Un schéma" in words_of(pdf(client))
    assert "![Un schéma](http://127.0.0.1:8000/media/schema.png)" in markdown(client)


# --- The Markdown file ---


@pytest.mark.usefixtures("first_content")
def test_every_link_of_the_markdown_file_resolves(client):
    text = markdown(client)
    html = READER.render(text)
    headings = [words(read(found)) for found in re.findall(r"<h[1-6]>(.*?)</h[1-6]>", html)]
    anchors = {_slug(heading) for heading in headings}
    addresses = set(re.findall(r'href="([^"]*)"', html))
    inner = {one[1:] for one in addresses if one.startswith("#")}
    assert inner
    assert {re.sub(r"%[0-9A-F]{2}(?:%[0-9A-F]{2})*", _decoded, one) for one in inner} <= anchors
    ours = {one for one in addresses if one.startswith("http://127.0.0.1:8000/")}
    broken = {
        one
        for one in ours
        if client.get(one.removeprefix("http://127.0.0.1:8000")).status_code != 200
    }
    assert (broken, bool(ours)) == (set(), True)
    assert {one for one in addresses - ours if not one.startswith(("#", "http"))} == set()


def _decoded(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("%", "")).decode()


@pytest.mark.usefixtures("first_content")
def test_every_note_that_the_markdown_file_calls_is_there(client):
    text = markdown(client)
    calls = set(re.findall(r"\[\^([\w-]+)\](?!:)", text))
    notes = set(re.findall(r"^\[\^([\w-]+)\]:", text, re.M))
    assert calls == notes
    assert len(notes) == 2


@pytest.mark.django_db
def test_two_parts_of_one_title_have_two_anchors(client):
    for _ in range(2):
        make.make_topic(title="Le même titre", summary="Texte.")
    make.make_trend()
    text = markdown(client)
    assert "(#le-même-titre)" in text
    assert "(#le-même-titre-1)" in text


# --- The PDF ---


@pytest.mark.usefixtures("first_content")
def test_the_pdf_of_the_first_content_reads_as_the_page_does(client):
    sheet = pdf(client)
    text = words_of(sheet)
    for expected in (
        *("678,8 Md$", "182,2 Md$", "26,6 %", "AWS re:Invent", "Fin nov./déc. 2025"),
        *("OVHcloud", "L’intelligence artificielle dans le cloud", "Dernière mise à jour"),
    ):
        assert expected in text
    assert sheet.metadata.title == "Panorama 2025 – Veille"
    assert sheet.root_object["/Lang"] == "fr-FR"
    assert "/StructTreeRoot" in sheet.root_object


@pytest.mark.usefixtures("first_content")
def test_the_pdf_uses_the_fonts_of_the_house(client):
    fonts = {
        str(font.get_object()["/BaseFont"])
        for one in pdf(client).pages
        for font in one["/Resources"]["/Font"].values()
    }
    assert any("BricolageGrotesque" in font for font in fonts)
    assert any("Newsreader" in font for font in fonts)


# --- The tree of a text ---

TYPED = st.text(alphabet="aé 1.-+*_`[]()<>#&|~\\!^:\n'«»=", max_size=60)


@given(TYPED)
def test_the_tree_of_a_text_gives_its_html_back(text):
    html = render(text)
    assert words(read(to_html(read(html)))) == words(read(html))


@given(TYPED)
def test_a_plain_text_in_markdown_reads_as_it_was_typed(text):
    expected = re.sub(r"\s+", " ", text).strip()
    assert read_back(plain_markdown(text)) == expected


@given(st.lists(st.sampled_from(["mot", "*", "_", "<", "1.", "-", "#", "|", "`", "é", "\\"])))
def test_the_words_of_a_text_survive_its_way_through_markdown(pieces):
    html = render(" ".join(pieces))
    again = READER.render(to_markdown(read(html)))
    expected = re.sub(r"\s+", " ", words(read(html))).strip()
    assert re.sub(r"\s+", " ", words(read(again))).strip() == expected


def test_headings_and_anchors_move_with_the_text():
    html = (
        '<h2 id="un">Un</h2><p><a href="#un">là</a> <a href="/x">ici</a></p><h6 id="six">Six</h6>'
    )
    assert to_html(placed(read(html), level=4, prefix="p--")) == (
        '<h4 id="p--un">Un</h4><p><a href="#p--un">là</a> <a href="/x">ici</a></p>'
        '<h6 id="p--six">Six</h6>'
    )
