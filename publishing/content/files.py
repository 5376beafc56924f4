"""Reading a folder of content: which file holds which type, and every record that they state."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publishing.content.keys import suggestion
from publishing.content.nodes import (
    Node,
    Place,
    Problem,
    Unreadable,
    decode,
    read_markdown,
    read_yaml,
)
from publishing.content.types import RecordType, StatedRecord

MAX_FILE_BYTES = 5_000_000
DEFAULTS = "defaults.yaml"


@dataclass
class Content:
    """What a folder states: records by type name, in the order of the files, and the errors.

    `incomplete` names the types of which a file or a record could not be read at all: whether a
    record of these types exists cannot be told.
    """

    records: dict[str, list[StatedRecord]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)


def read_folder(folder: Path, types: dict[str, RecordType]) -> Content:
    """Reads `folder` whole: nothing is raised, each error becomes a problem of the content."""
    content = Content(records={name: [] for name in types})
    try:
        entries = _entries(folder)
        if not entries:
            raise Unreadable(Place(str(folder), 0), "ce dossier ne contient aucun contenu.")
        defaults = _defaults(entries.pop(DEFAULTS, None), folder, types, content)
    except Unreadable as error:
        # Without the values common to all records, every one of them would seem wrong.
        content.problems.append(error.problem)
        return content
    for entry in entries.values():
        for type_name, path in _files(entry, folder, types, content):
            _read_file(path, _shown(path, folder), types[type_name], defaults, content)
    _refuse_duplicates(content)
    return content


def _entries(folder: Path) -> dict[str, Path]:
    shown = Place(str(folder), 0)
    if not folder.exists():
        raise Unreadable(shown, "ce dossier n’existe pas.")
    if not folder.is_dir():
        raise Unreadable(shown, "c’est un fichier ; donnez le dossier qui le contient.")
    return {
        entry.name: entry for entry in _listing(folder, shown) if entry.name.lower() != "readme.md"
    }


def _listing(folder: Path, shown: Place) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise Unreadable(shown, f"dossier illisible ({error.strerror}).") from None


def _files(
    entry: Path, folder: Path, types: dict[str, RecordType], content: Content
) -> Iterator[tuple[str, Path]]:
    """The files of one entry of the folder, each with the type it holds."""
    place = Place(_shown(entry, folder), 0)
    type_name = entry.name if entry.is_dir() else entry.stem
    if type_name not in types:
        content.problems.append(
            Problem(place, f"type de fiche inconnu « {type_name} »{suggestion(type_name, types)}")
        )
        return
    if entry.is_dir():
        yield from _files_of_folder(type_name, entry, folder, content)
    elif entry.suffix == ".yaml":
        yield type_name, entry
    else:
        content.problems.append(Problem(place, f"un fichier {type_name}.yaml est attendu."))


def _files_of_folder(
    type_name: str, entry: Path, folder: Path, content: Content
) -> Iterator[tuple[str, Path]]:
    try:
        paths = _listing(entry, Place(_shown(entry, folder), 0))
    except Unreadable as error:
        content.problems.append(error.problem)
        content.incomplete.add(type_name)
        return
    for path in paths:
        if path.suffix == ".md":
            yield type_name, path
        else:
            content.problems.append(
                Problem(Place(_shown(path, folder), 0), "un fichier .md est attendu ici.")
            )


def _read_file(
    path: Path, shown: str, record_type: RecordType, defaults: dict[str, Node], content: Content
) -> None:
    try:
        if path.suffix == ".md":
            nodes = [_named_after(path, read_markdown(_text(path, shown), shown))]
        else:
            nodes = _list(read_yaml(_text(path, shown), shown))
    except Unreadable as error:
        content.problems.append(error.problem)
        content.incomplete.add(record_type.name)
        return
    for node in nodes:
        record, problems = record_type.read(node, defaults)
        content.problems.extend(problems)
        if record is None:
            content.incomplete.add(record_type.name)
        else:
            content.records[record_type.name].append(record)


def _defaults(
    path: Path | None, folder: Path, types: dict[str, RecordType], content: Content
) -> dict[str, Node]:
    if path is None:
        return {}
    shown = _shown(path, folder)
    known = {key for record_type in types.values() for key in record_type.keys} - {"slug"}
    node = read_yaml(_text(path, shown), shown)
    stated = node.mapping() if node.value is not None else {}
    for name, value in stated.items():
        if name not in known:
            content.problems.append(
                Problem(value.place, f"clé inconnue « {name} »{suggestion(name, known)}")
            )
    return {name: value for name, value in stated.items() if name in known}


def _text(path: Path, shown: str) -> str:
    place = Place(shown, 0)
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable(place, "ce n’est pas un fichier ordinaire.")
        if state.st_size > MAX_FILE_BYTES:
            raise Unreadable(
                place, f"fichier trop gros : {MAX_FILE_BYTES // 1_000_000} Mo au plus."
            )
        return decode(path.read_bytes(), shown)
    except OSError as error:
        raise Unreadable(place, f"fichier illisible ({error.strerror}).") from None


def _list(node: Node) -> list[Node]:
    if node.value is not None and not isinstance(node.value, list):
        raise Unreadable(
            node.place, "une liste de fiches est attendue : chacune commence par « - »."
        )
    return node.items()


def _named_after(path: Path, node: Node) -> Node:
    """The record of `<slug>.md`: its slug is the name of the file, and need not be repeated."""
    stated = node.mapping()
    if "slug" not in stated:
        return Node({"slug": Node(path.stem, node.place), **stated}, node.place)
    if stated["slug"].text() != path.stem:
        raise Unreadable(
            stated["slug"].place,
            f"« {stated['slug'].text()} » n’est pas le nom du fichier, « {path.stem} ».",
        )
    return node


def _refuse_duplicates(content: Content) -> None:
    for type_name, records in content.records.items():
        first: dict[str, StatedRecord] = {}
        for record in records:
            earlier = first.setdefault(record.slug, record)
            if earlier is not record:
                content.problems.append(
                    Problem(
                        record.place,
                        f"l’identifiant « {record.slug} » est déjà pris : {earlier.place}.",
                    )
                )
        content.records[type_name] = list(first.values())


def _shown(path: Path, folder: Path) -> str:
    return str(Path(folder.resolve().name) / path.relative_to(folder))
