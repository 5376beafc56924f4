"""The figures of an indicator as data that says what it is: columns, origin, how it is cited.

The metadata follow « Metadata Vocabulary for Tabular Data » (CSVW, W3C Recommendation): a program
that reads `<name>.csv` finds them at `<name>.csv-metadata.json`.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.utils import timezone

from market.downloads import address_of, bibtex_of, citation_of, csv_of
from market.exports import FIGURE
from market.models import Figure, Indicator
from publishing.typography import NBSP, french_date
from sources.models import Source

README = "LISEZMOI.txt"
WIDTH = 78


class Note(NamedTuple):
    """What a column holds: its French title, its type in CSVW, and what it takes to read it."""

    title: str
    datatype: str = "string"
    words: str = ""


def _dated(name: str, title: str) -> dict[str, Note]:
    """The columns of an approximate date (`publishing.exports.dated`)."""
    return {
        f"{name}_label": Note(title, words="Dans les mots de sa source."),
        f"{name}_start": Note(f"{title}, début", "date", "Premier jour possible."),
        f"{name}_end": Note(f"{title}, fin", "date", "Dernier jour possible, compris."),
        f"{name}_precision": Note(f"{title}, précision", words="Code."),
        f"{name}_edtf": Note(f"{title}, EDTF", words="Selon ISO 8601-2."),
    }


def _linked(name: str, title: str) -> dict[str, Note]:
    """The columns of a related record (`publishing.exports.linked`)."""
    return {name: Note(title, words="Identifiant."), f"{name}_label": Note(f"{title}, intitulé")}


def _coded(name: str, title: str) -> dict[str, Note]:
    """A code and its label (`publishing.exports.coded`)."""
    return {name: Note(title, words="Code."), f"{name}_label": Note(f"{title}, libellé")}


# By the name of a column of `FIGURE`.
NOTES = {
    "id": Note("Numéro", "integer", "Il ne change jamais."),
    "slug": Note("Identifiant", words="Celui de l’adresse du chiffre."),
    "label": Note("Intitulé", words="Ce que le chiffre mesure, où et quand."),
    **_linked("indicator", "Indicateur"),
    "value": Note("Valeur", "decimal", "Avec les décimales que lui a données sa source."),
    "display": Note("Valeur écrite", words="Avec son qualificatif et son unité."),
    **_coded("qualifier", "Qualificatif"),
    **_coded("unit", "Unité"),
    "scale": Note("Échelle", "integer", "Puissance de dix par laquelle multiplier la valeur."),
    "geography": Note("Géographie"),
    "perimeter": Note("Périmètre", words="Ce qui est compté."),
    **_coded("nature", "Nature"),
    **_dated("period", "Période"),
    **_dated("vintage", "Millésime"),
    **_linked("segment", "Segment"),
    **_linked("company", "Entreprise mesurée"),
    **_linked("attributed_to", "Selon"),
    "corrected_by": Note("Corrigé par", words="Le chiffre qui le remplace par un erratum."),
    "contested": Note("Contesté", "boolean", "Une anomalie le met en doute."),
    "unsupported": Note("Non sourcé", "boolean", "Aucune source vérifiable ne le dit."),
    **_linked("source", "Source"),
    "source_publisher": Note("Éditeur de la source"),
    "source_url": Note("Adresse de la source", "anyURI"),
    "locator": Note("Place dans la source"),
    "quote": Note("Citation de la source"),
    "verified_on": Note("Vérifié le", "date"),
    "published_at": Note("Publié le", "datetime", "Sur Veille."),
    "updated_at": Note("Modifié le", "datetime", "Sur Veille."),
    "html_url": Note("Page", "anyURI", "Le chiffre sur Veille."),
}


# --- For programs ---


def metadata_of(indicator: Indicator, figures: Sequence[Figure]) -> str:
    """JSON-LD of the table that `csv_of` writes; `figures` are its rows, with their sources."""
    table = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
        # From where the metadata are: beside them on the site as in the archive.
        "url": f"{indicator.slug}.csv",
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "dc:title": indicator.name,
        "dc:description": indicator.summary or indicator.name,
        "dc:subject": indicator.get_kind_display(),
        "dc:spatial": indicator.geography,
        "dc:language": "fr",
        "dc:creator": "Veille",
        "dc:publisher": "Veille",
        "dc:issued": _moment(indicator.publish_at),
        "dc:modified": _moment(_changed_at(indicator, figures)),
        "dc:identifier": address_of(indicator),
        "dc:bibliographicCitation": citation_of(indicator),
        "dc:source": [_source(one) for one in _sources(figures)],
        "schema:unitText": indicator.unit_label,
        "schema:unitCode": indicator.unit,
        "tableSchema": {
            "columns": [_column(column.name) for column in FIGURE],
            "primaryKey": "id",
        },
    }
    if indicator.perimeter:
        table["dc:coverage"] = indicator.perimeter.name
    if settings.DATA_LICENSE:
        table["dc:license"] = {"@id": settings.DATA_LICENSE}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _column(name: str) -> dict[str, Any]:
    title, datatype, words = NOTES[name]
    told = {"name": name, "titles": [name, title], "datatype": datatype}
    if words:
        told["dc:description"] = words
    return told | {"required": True} if name == "id" else told


def _moment(value: datetime) -> dict[str, str]:
    return {"@value": value.isoformat(), "@type": "xsd:dateTime"}


def _source(source: Source) -> dict[str, Any]:
    told = {"dc:title": source.label, "dc:publisher": source.publisher}
    address = {"@id": source.link} if source.link else {}
    return address | {name: value for name, value in told.items() if value}


def _sources(figures: Sequence[Figure]) -> list[Source]:
    """Those of the figures that the public sees, each once."""
    works = [one.source for one in figures if one.source and one.source.is_public]
    return list({work.pk: work for work in works}.values())


def _changed_at(indicator: Indicator, figures: Sequence[Figure]) -> datetime:
    return max((indicator.changed_at, *(one.changed_at for one in figures)))


# --- For people ---


def readme_of(indicator: Indicator, figures: Sequence[Figure]) -> str:
    """In plain text: what is measured, how it is cited, what the columns are, who said it."""
    changed = french_date(timezone.localdate(_changed_at(indicator, figures)))
    parts = [
        (indicator.name, "=", [*_paragraph(indicator.summary), *_measured(indicator, changed)]),
        ("Citer", "-", [citation_of(indicator), "", bibtex_of(indicator)]),
        ("Les fichiers", "-", _files(indicator)),
        ("Les colonnes", "-", [_told(column.name) for column in FIGURE]),
        ("Les sources", "-", [_cited(one) for one in _sources(figures)] or ["Aucune."]),
        ("Réutiliser", "-", _reuse()),
    ]
    return "\n".join(
        f"{title}\n{rule * min(len(title), WIDTH)}\n\n" + "\n".join(lines) + "\n"
        for title, rule, lines in parts
    )


def _paragraph(text: str) -> list[str]:
    return [*_wrapped(text), ""] if text else []


def _wrapped(text: str, indent: str = "") -> list[str]:
    # The words that a no-break space holds together stay together.
    kept = text.replace(NBSP, "\x00")
    lines = textwrap.wrap(kept, WIDTH, subsequent_indent=indent, break_long_words=False)
    return [line.replace("\x00", NBSP) for line in lines]


def _measured(indicator: Indicator, changed: str) -> list[str]:
    perimeter = indicator.perimeter.name if indicator.perimeter else ""
    told = {
        "Nature": indicator.get_kind_display(),
        "Unité": indicator.unit_label,
        "Géographie": indicator.geography,
        "Périmètre": perimeter,
        "Périodicité": indicator.get_periodicity_display(),
        "Dernière modification": changed,
        "Page": address_of(indicator),
    }
    return [f"{name}{NBSP}: {value}" for name, value in told.items() if value]


def _files(indicator: Indicator) -> list[str]:
    told = {
        f"{indicator.slug}.csv": "les chiffres publiés, tous millésimes (UTF-8, virgules).",
        f"{indicator.slug}.csv-metadata.json": "ce que sont ces chiffres, pour les programmes "
        "(CSVW, « Metadata Vocabulary for Tabular Data » du W3C).",
    }
    return [_item(f"{name}{NBSP}: {words}") for name, words in told.items()]


def _told(name: str) -> str:
    note = NOTES[name]
    words = f" {note.words}" if note.words else ""
    return _item(f"{name}{NBSP}: {note.title}.{words}")


def _cited(source: Source) -> str:
    parts = [source.label, source.publisher, source.link]
    return _item(", ".join(part for part in parts if part))


def _item(text: str) -> str:
    return "\n".join(_wrapped(f"- {text}", "  "))


def _reuse() -> list[str]:
    if settings.DATA_LICENSE:
        words = f"Ces données sont proposées sous la licence {settings.DATA_LICENSE}."
    else:
        words = "Aucune licence n’est déclarée pour ces données."
    contact = f" Questions{NBSP}: {settings.CONTACT_EMAIL}." if settings.CONTACT_EMAIL else ""
    return _wrapped(
        f"{words} Les chiffres sont ceux de leurs sources, citées ci-dessus, qui gardent leurs "
        f"droits{NBSP}: citez-les aussi.{contact}"
    )


# --- All of it ---


def archive_of(indicator: Indicator, figures: Sequence[Figure]) -> bytes:
    """A ZIP archive of the figures, their metadata and the read-me.

    The same content gives the same bytes: files are of the day of the last change.
    """
    files = {
        f"{indicator.slug}.csv": csv_of(figures),
        f"{indicator.slug}.csv-metadata.json": metadata_of(indicator, figures),
        README: readme_of(indicator, figures),
    }
    moment = timezone.localtime(_changed_at(indicator, figures)).timetuple()[:6]
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, text in files.items():
            entry = ZipInfo(name, moment)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return content.getvalue()
