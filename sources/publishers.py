"""Whether a web address may be that of the publisher it is credited to.

Publishers name their sites after themselves, in a few known ways. An address that follows none of
them is not necessarily wrong: it is worth a look.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from sources.addresses import host_of, is_private_upload

# Labels of a host that name nobody.
_NAMELESS = frozenset({"ac", "co", "com", "edu", "gov", "net", "org", "m", "blog", "news"})

# Where anybody publishes, or where many institutions do: the host tells nothing of the author.
SHARED_HOSTS = frozenset(
    {
        "amazonaws.com",
        "archive.is",
        "archive.org",
        "archive.ph",
        "arxiv.org",
        "azureedge.net",
        "bit.ly",
        "blogspot.com",
        "businesswire.com",
        "calameo.com",
        "cloudfront.net",
        "dailymotion.com",
        "doi.org",
        "dropbox.com",
        "europa.eu",
        "eventbrite.com",
        "eventbrite.fr",
        "facebook.com",
        "github.com",
        "github.io",
        "gitlab.com",
        "globenewswire.com",
        "docs.google.com",
        "drive.google.com",
        "googleapis.com",
        "googleusercontent.com",
        "gouv.fr",
        "gov.uk",
        "hal.science",
        "hubspotusercontent.net",
        "instagram.com",
        "issuu.com",
        "linkedin.com",
        "lnkd.in",
        "medium.com",
        "meetup.com",
        "msn.com",
        "news.google.com",
        "notion.site",
        "podcasts.apple.com",
        "prnewswire.com",
        "reddit.com",
        "researchgate.net",
        "scribd.com",
        "sites.google.com",
        "slideshare.net",
        "spotify.com",
        "ssrn.com",
        "substack.com",
        "t.co",
        "tiktok.com",
        "twitter.com",
        "vimeo.com",
        "windows.net",
        "wordpress.com",
        "x.com",
        "yahoo.com",
        "youtu.be",
        "youtube.com",
        "zenodo.org",
    }
)

# Institutions whose site bears a name of its own, or the initials of theirs in another language.
_TRANSLATED = {
    "ameli": {"assurance maladie", "caisse nationale de l assurance maladie", "cnam"},
    "bis": {"bri", "banque des reglements internationaux"},
    "destatis": {"statistisches bundesamt", "office federal allemand de la statistique"},
    "ecb": {"bce", "banque centrale europeenne"},
    "iea": {"aie", "agence internationale de l energie"},
    "imf": {"fmi", "fonds monetaire international"},
    "itu": {"uit", "union internationale des telecommunications"},
    "nato": {"otan"},
    "oecd": {"ocde", "organisation de cooperation et de developpement economiques"},
    "un": {"onu", "nations unies", "organisation des nations unies"},
    "weforum": {"forum economique mondial"},
    "who": {"oms", "organisation mondiale de la sante"},
    "wipo": {"ompi"},
    "worldbank": {"banque mondiale"},
    "wto": {"omc", "organisation mondiale du commerce"},
}

# Words by which an institution is told, in the languages of those that are most often quoted.
_INSTITUTIONAL = frozenset(
    {
        "administration",
        "agence",
        "agency",
        "amt",
        "assurance",
        "autorite",
        "authority",
        "bank",
        "banque",
        "bundesamt",
        "bundesbank",
        "bureau",
        "caisse",
        "chambre",
        "comite",
        "commission",
        "conseil",
        "council",
        "cour",
        "federation",
        "fonds",
        "gouvernement",
        "institut",
        "institute",
        "instituto",
        "istituto",
        "ministere",
        "ministry",
        "observatoire",
        "office",
        "organisation",
        "organization",
        "parlement",
        "securite",
        "service",
        "statistics",
        "statistique",
        "statistiques",
        "union",
        "universite",
        "university",
    }
)
_LONGEST_ACRONYM = 5

_LONGEST_SHARED_SUFFIX = 3
_SHORT_NAME = 5
_WHOLE_NAME = 4
_VOWELS = frozenset("aeiouy")
_NUMERONYM = re.compile(r"([a-z])(\d+)([a-z])")


def is_shared_host(host: str) -> bool:
    """True where the host does not tell who publishes."""
    return any(host == shared or host.endswith(f".{shared}") for shared in SHARED_HOSTS)


def may_publish_at(publisher: str, url: str) -> bool:
    """False when nothing in the host of `url` recalls `publisher`.

    True as well where there is nothing to compare: no publisher, no host, a host that many share,
    a file that somebody lent.
    """
    host = host_of(url)
    words = words_of(publisher)
    if not words or not host or is_shared_host(host) or is_private_upload(url):
        return True
    labels = labels_of(host)
    if not labels or any(_recalls(label, words) for label in labels):
        return True
    return _may_be_its_acronym(labels[-1], words)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without accents: « L’Usine » gives l, usine."""
    return tuple(re.findall(r"[a-z0-9]+", folded(name)))


def folded(text: str) -> str:
    """The text in lower case, its accents and ligatures undone; a word has letters a to z."""
    plain = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def labels_of(host: str) -> list[str]:
    """The parts of a host that may name somebody, without hyphens nor accents."""
    *labels, suffix = host.split(".")
    # Some own their suffix: « blog.google ».
    if len(suffix) > _LONGEST_SHARED_SUFFIX:
        labels.append(suffix)
    readable = (_readable(label) for label in labels if label not in _NAMELESS)
    return [label for label in readable if label]


def _readable(label: str) -> str:
    if label.startswith("xn--"):
        try:
            label = label.encode("ascii").decode("idna")
        except UnicodeError:
            return ""
    return re.sub(r"[^a-z0-9]", "", folded(label))


def _recalls(label: str, words: tuple[str, ...]) -> bool:
    name = "".join(words)
    return (
        _is_made_of(label, words)
        # « 3ds » for Dassault Systèmes: a digit stands before or after the initials.
        or _is_made_of(label.strip("0123456789"), words)
        or _is_numeronym(label, name)
        or any(_is_abbreviation(label, word) for word in words)
        or (len(name) >= _WHOLE_NAME and name in label)
        or (len(name) <= _SHORT_NAME and _are_letters_of(name, label))
        or " ".join(words) in _TRANSLATED.get(label, ())
    )


def _may_be_its_acronym(label: str, words: tuple[str, ...]) -> bool:
    """« esa » for the Agence spatiale européenne: an institution is named in the reader's language,
    and its site by its acronym in another, which no letter of the name tells.
    """
    return len(label) <= _LONGEST_ACRONYM and not _INSTITUTIONAL.isdisjoint(words)


def _is_made_of(label: str, words: tuple[str, ...]) -> bool:
    """« lesechos », « nytimes », « srgresearch »: beginnings of words, in their order.

    The words are read twice at most: once for their initials, once in full.
    """
    again = words + words

    @cache
    def rest_is_made_of(start: int, next_word: int) -> bool:
        if start == len(label):
            return True
        return any(
            rest_is_made_of(start + length, position + 1)
            for position in range(next_word, len(again))
            for length in range(_common_length(label[start:], again[position]), 0, -1)
        )

    return bool(label) and rest_is_made_of(0, 0)


def _common_length(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _is_abbreviation(label: str, word: str) -> bool:
    """« pplx » for Perplexity: the initial, then consonants of the word in their order."""
    return (
        len(label) > 1
        and label[0] == word[0]
        and not _VOWELS & set(label[1:])
        and _are_letters_of(label, word)
    )


def _is_numeronym(label: str, name: str) -> bool:
    """« a16z » for Andreessen Horowitz: sixteen letters stand between a and z."""
    match = _NUMERONYM.fullmatch(label)
    return bool(match) and (match[1], int(match[2]), match[3]) == (
        name[0],
        len(name) - 2,
        name[-1],
    )


def _are_letters_of(few: str, many: str) -> bool:
    """True when `few` begins like `many`, and its letters are found in it in the same order."""
    rest = iter(many)
    return few[0] == many[0] and all(letter in rest for letter in few)
