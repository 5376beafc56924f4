"""Markdown to safe HTML: what an author may write, and what a hostile one may not."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.markdown import for_elsewhere, plain_text, render

EXTERNAL = ' rel="noopener nofollow"'


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Un *mot*, un **autre**.", "<p>Un <em>mot</em>, un <strong>autre</strong>.</p>\n"),
        ("~~rayé~~", "<p><s>rayé</s></p>\n"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"),
        ("3. trois", '<ol start="3">\n<li>trois</li>\n</ol>\n'),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>\n"),
        ("un  \ndeux", "<p>un<br>\ndeux</p>\n"),
        ("un\n\n---", "<p>un</p>\n<hr>\n"),
        ("`a < b`", "<p><code>a &lt; b</code></p>\n"),
        ("```js\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>\n'),
        ("    a < b", '<pre tabindex="0"><code>a &lt; b\n</code></pre>\n'),
    ],
)
def test_usual_markdown(text, html):
    assert render(text) == html


def test_a_table_scrolls_in_a_box_and_is_aligned_by_classes():
    assert render("| an | Md$ |\n|:-:|--:|\n| 2024 | 678,8 |") == (
        '<div class="table-scroll" tabindex="0"><table>\n<thead>\n<tr>\n'
        '<th class="align-center" scope="col">an</th>\n'
        '<th class="align-right" scope="col">Md$</th>\n'
        "</tr>\n</thead>\n<tbody>\n<tr>\n"
        '<td class="align-center">2024</td>\n<td class="align-right">678,8</td>\n'
        "</tr>\n</tbody>\n</table></div>\n"
    )


def headings(html: str) -> list[tuple[str, str | None]]:
    return [(tag, attrs["id"]) for tag, attrs in Tags(html).found if re.fullmatch(r"h\d", tag)]


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("# Un\n## Deux\n# Trois", 0, [("h2", "un"), ("h3", "deux"), ("h2", "trois")]),
        ("## Un\n### Deux", 0, [("h2", "un"), ("h3", "deux")]),
        ("# Un\n#### Deux\n## Trois", 0, [("h2", "un"), ("h3", "deux"), ("h3", "trois")]),
        ("# Un\n## Deux", 1, [("h3", "un"), ("h4", "deux")]),
        ("# A\n## B\n### C", 4, [("h6", "a"), ("h6", "b"), ("h6", "c")]),
        ("Titre\n=====", 0, [("h2", "titre")]),
        ("> # Cité", 0, [("h2", "cite")]),
    ],
)
def test_headings_start_at_h2_and_skip_no_rank(text, offset, expected):
    assert headings(render(text, heading_offset=offset)) == expected


def test_a_negative_offset_is_refused_because_it_would_give_an_h1():
    with pytest.raises(ValueError, match="h1"):
        render("# Un", heading_offset=-1)


@pytest.mark.parametrize(
    ("title", "identifier"),
    [
        ("L’été à Nîmes", "l-ete-a-nimes"),
        ("L'été à Nîmes", "l-ete-a-nimes"),
        ("Main-d’œuvre", "main-d-oeuvre"),
        ("Le `code` et *le reste* !", "le-code-et-le-reste"),
        ("日本", "partie"),
        ("Note 1", "titre-note-1"),
        ("Appel introduction 1", "titre-appel-introduction-1"),
    ],
)
def test_the_identifier_of_a_heading_has_no_accent_and_is_not_that_of_a_note(title, identifier):
    assert headings(render(f"# {title}")) == [("h2", identifier)]


def test_identifiers_are_unique_in_a_text():
    html = render("# Été\n\n# Été\n\n# Été 2\n\n# Été")
    assert [identifier for _, identifier in headings(html)] == ["ete", "ete-2", "ete-2-2", "ete-3"]


def test_a_prefix_keeps_the_identifiers_of_two_texts_apart():
    assert headings(render("# Été", id_prefix="resume-")) == [("h2", "resume-ete")]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[x](/evenements/)", '<a href="/evenements/">x</a>'),
        ("[x](#ete)", '<a href="#ete">x</a>'),
        ("[x](https://a.fr/?b=c&d)", f'<a href="https://a.fr/?b=c&amp;d"{EXTERNAL}>x</a>'),
        ("[x](//a.fr)", f'<a href="//a.fr"{EXTERNAL}>x</a>'),
        ('[x](/a "Le « titre »")', '<a href="/a" title="Le « titre »">x</a>'),
        ("<https://a.fr/?q=1>", f'<a href="https://a.fr/?q=1"{EXTERNAL}>https://a.fr/?q=1</a>'),
        ("<a@b.fr>", '<a href="mailto:a@b.fr">a@b.fr</a>'),
        ("[x][1]\n\n[1]: /a", '<a href="/a">x</a>'),
        ("[*x*](ftp://a.fr)", "<em>x</em>"),
        ("[x](tel:+33)", "x"),
        ("[x](http://[)", "x"),
        ("[x](https:a.fr)", "x"),
        ("[x](https://a.fr:99999/)", "x"),
        ("[x](https://gartner.com@a.fr/)", "x"),
        (
            "[x](https://été.fr:8080/é)",
            f'<a href="https://xn--t-9fab.fr:8080/%C3%A9"{EXTERNAL}>x</a>',
        ),
    ],
)
def test_links(text, html):
    assert render(text) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://a.fr/x.png",
        "//a.fr/x.png",
        "data:image/png;base64,AAAA",
        "/media/../admin/logout/",
        "/media/%2e%2e/admin/logout/",
        "/media/.cache",
        "/media/",
        "/admin/logout/",
        "x.png",
    ],
)
def test_an_image_from_elsewhere_gives_way_to_its_alternative_text(address):
    assert render(f"![Le *stand*]({address})") == "<p>Le stand</p>\n"


def test_an_image_of_the_site_is_shown():
    assert render("![L'accueil](/media/images/event/salon-1a2b.webp)") == (
        '<p><img src="/media/images/event/salon-1a2b.webp" alt="L’accueil" loading="lazy"></p>\n'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("L'IA : oui !", "L’IA\u00a0: oui\u00a0!"),
        ("Un **mot** : suite", "Un <strong>mot</strong>\u00a0: suite"),
        ("**Mot** : suite", "<strong>Mot</strong>\u00a0: suite"),
        ("l'*IA* et l'`x`", "l’<em>IA</em> et l’<code>x</code>"),
        ("`x` : oui [a](/a) ; non", '<code>x</code>\u00a0: oui <a href="/a">a</a>\u00a0; non'),
        ("**20** %", "<strong>20</strong>\u00a0%"),
        ("« *cité* »", "«\u00a0<em>cité</em>\u00a0»"),
        ("«*cité*»", "«\u00a0<em>cité</em>\u00a0»"),
        ("mot  \n: suite", "mot<br>\n: suite"),
        ("l'IA : " + "a" * 600, "l’IA\u00a0: " + "a" * 600),
        ("« cité »", "«\u00a0cité\u00a0»"),
        ("`l'IA : oui`", "<code>l'IA : oui</code>"),
        ("voir https://a.fr/l'x?y ici", "voir https://a.fr/l'x?y ici"),
        ("écrire : à a@b.fr", "écrire\u00a0: à a@b.fr"),
        ("a&nbsp;b", "a\u00a0b"),
    ],
)
def test_french_typography_is_for_words_only(text, html):
    assert render(text) == f"<p>{html}</p>\n"


MARKS = ["l'", "*IA*", "**mot**", "`x`", " : ", ";", " ! ", "«", " » ", "20", " %", "[a](/a)", "\n"]


@given(st.lists(st.sampled_from(MARKS), max_size=10))
def test_typography_changes_only_spaces_and_apostrophes(pieces):
    text = "mot " + "".join(pieces)
    words = re.sub(r"<[^>]*>", "", render(text)).replace("’", "'")
    expected = text.replace("[a](/a)", "a")
    assert re.sub(r"[\s*`]", "", words) == re.sub(r"[\s*`]", "", expected)


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=//evil.example><input name=password></form>",
    "<!--><script>alert(1)</script>-->",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/png;base64,AAAA)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![x](/media/a.png" onerror="alert(1))',
    '![x" onerror="alert(1)](/media/a.png)',
    '[x](/a "t\\" onmouseover=\\"alert(1)")',
    "[x](/a 't\" onmouseover=\"alert(1)')",
    '[x](https://a.fr/"onmouseover="alert(1))',
    "[[x](javascript:alert(1))](https://a.fr)",
    "[![x](javascript:alert(1))](javascript:alert(1))",
    "[a [b [c](/d) e](javascript:1) f](javascript:2)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "`<script>alert(1)</script>`",
    "```<img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```",
    '```" onclick="alert(1)\nx\n```',
    "| <script>alert(1)</script> |\n|--|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    '# x" onclick="alert(1)',
]

KNOWN_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "div"),
    *("h2", "h3", "h4", "h5", "h6", "a", "img"),
}
KNOWN_ATTRIBUTES = {
    *("href", "title", "rel", "src", "alt", "loading", "id", "start", "scope", "class", "tabindex")
}


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in KNOWN_TAGS
        assert attributes.keys() <= KNOWN_ATTRIBUTES
        scheme, colon, _ = (attributes.get("href") or "").partition(":")
        assert not colon or scheme in {"http", "https", "mailto"} or "/" in scheme
        assert (attributes.get("src") or "/media/").startswith("/media/")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_made_harmless(text):
    assert_harmless(render(text))


@given(st.lists(st.sampled_from([*HOSTILE, *"[]()<>!`*_\"'\\|#\n ", "\n\n", "a"]), max_size=12))
def test_no_mixture_of_hostile_pieces_gets_through(pieces):
    assert_harmless(render("".join(pieces)))


@pytest.mark.parametrize(
    "text",
    ["[" * 20_000, "![[" * 8_000, "[a](" * 5_000, "`" * 20_000, "a" * 40_000 + "@", "a+" * 20_000],
    ids=["brackets", "images", "links", "backticks", "letters", "signs"],
)
def test_a_repetitive_text_does_not_hold_the_server(text):
    start = time.process_time()
    render(text)
    assert time.process_time() - start < 3


def test_plain_text_keeps_the_words_and_one_line_a_block():
    text = (
        "# L'été\n\nUn *mot*, `a < b`\net [un lien](https://a.fr) : ![l'image](https://b.fr/c.png)\n\n"
        "- un\n- deux\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```\nx = 1\n```\n"
    )
    assert plain_text(text).split("\n") == [
        "L’été",
        "Un mot, a < b et un lien\u00a0: l’image",
        "un",
        "deux",
        "a",
        "b",
        "1",
        "2",
        "x = 1",
    ]


PAGE = "https://veille.example.org/analyses/cloud/"


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("/sources/", "https://veille.example.org/sources/"),
        ("#note-1", f"{PAGE}#note-1"),
        ("https://example.com/?a=1&b=2", "https://example.com/?a=1&b=2"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_elsewhere_a_link_leads_to_the_same_place(href, absolute):
    tags = Tags(for_elsewhere(render(f"[mot]({href})"), PAGE)).found
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == [absolute]


def test_elsewhere_an_image_is_found_and_classes_and_identifiers_are_left_out():
    html = '<h2 id="a" class="b">T</h2><img src="/media/a.png" alt="A"><sup class="c">1</sup>'
    assert for_elsewhere(html, PAGE) == (
        '<h2>T</h2><img src="https://veille.example.org/media/a.png" alt="A"><sup>1</sup>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">mot</a>',
        '<img src="/media/a.png" onerror="alert(1)">',
        '<p style="position:fixed">mot</p>',
        "<iframe src='https://example.com/'></iframe>",
    ],
)
def test_elsewhere_nothing_unsafe_is_left(html):
    assert not re.search(r"script|onerror|style|iframe", for_elsewhere(html, PAGE))
