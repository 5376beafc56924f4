"""`manage.py load_content` before hostile or unexpected files: a clear message, no traceback."""

from __future__ import annotations

import os

import pytest

from events.models import Event
from tests.publishing.content_folder import ContentFolder, load

pytestmark = pytest.mark.django_db

GOOD = "- {slug: salon, title: Salon}\n"


@pytest.fixture
def folder(tmp_path) -> ContentFolder:
    folder = ContentFolder(tmp_path / "contenu")
    folder["events.yaml"] = GOOD
    return folder


def only_error(*arguments: str) -> str:
    outcome = load(*arguments)
    assert outcome.code == 1
    assert outcome.errors[1:] == ["1 erreur : rien n’a été chargé."]
    assert not Event.objects.exists()
    return outcome.errors[0]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        (
            "sources.yaml",
            "- slug: !!python/object/apply:os.system ['true']\n",
            "sources.yaml, ligne 1 : les étiquettes de YAML (!…) ne sont pas acceptées.",
        ),
        (
            "sources.yaml",
            "- {slug: a, title: !!str A}\n",
            "sources.yaml, ligne 1 : les étiquettes de YAML (!…) ne sont pas acceptées.",
        ),
        (
            "sources.yaml",
            "- &a [x, x]\n- &b [*a, *a]\n- &c [*b, *b]\n",
            "sources.yaml, ligne 1 : les ancres (&) et alias (*) de YAML ne sont pas acceptés.",
        ),
        (
            "sources.yaml",
            "- slug: a\n- *rien\n",
            "sources.yaml, ligne 2 : les ancres (&) et alias (*) de YAML ne sont pas acceptés.",
        ),
        (
            "sources.yaml",
            "[" * 500 + "]" * 500,
            "sources.yaml, ligne 1 : plus de 12 niveaux imbriqués.",
        ),
        (
            "sources.yaml",
            "- {slug: a, title: A}\n---\n- {slug: b, title: B}\n",
            "sources.yaml, ligne 2 : un seul document par fichier : retirez « --- ».",
        ),
        (
            "sources.yaml",
            "- slug: a\n  title: Été\n".encode("latin-1"),
            "sources.yaml, ligne 2 : ce n’est pas de l’UTF-8 ; enregistrez le fichier en UTF-8.",
        ),
        (
            "sources.yaml",
            b"- slug: a\n  title: \x00\n",
            "sources.yaml, ligne 2 : caractère de contrôle interdit (U+0000).",
        ),
        ("sources.yaml", "#" * 5_000_001, "sources.yaml : fichier trop gros : 5 Mo au plus."),
        (
            "event.yaml",
            GOOD,
            "event.yaml : type de fiche inconnu « event » ; vouliez-vous dire « events » ?",
        ),
        ("sources.yml", GOOD, "sources.yml : un fichier sources.yaml est attendu."),
        ("liste.txt", "à faire", "liste.txt : type de fiche inconnu « liste »."),
        (
            "topic/cloud.md",
            "---\ntitle: A\n---\n",
            "topic : type de fiche inconnu « topic » ; vouliez-vous dire « topics » ?",
        ),
        ("topics/cloud.txt", "A", "topics/cloud.txt : un fichier .md est attendu ici."),
        (
            "topics/cloud.md",
            "# Cloud\n",
            "topics/cloud.md, ligne 1 : la première ligne doit être « --- ».",
        ),
        (
            "topics/cloud.md",
            "---\ntitle: A\n",
            "topics/cloud.md, ligne 1 : l’en-tête ouvert par « --- » n’est pas refermé par "
            "« --- ».",
        ),
        (
            "topics/cloud.md",
            "---\nslug: nuage\ntitle: A\n---\n",
            "topics/cloud.md, ligne 2 : « nuage » n’est pas le nom du fichier, « cloud ».",
        ),
        (
            "topics/cloud.md",
            "---\ntitle: A\nbody: B\n---\n",
            "topics/cloud.md, ligne 3 : « body » est le texte qui suit l’en-tête.",
        ),
        ("topics/cloud.md", "---\n---\n", "topics/cloud.md, ligne 1 : il manque la clé « title »."),
        (
            "topics/cloud.md",
            "---\n- a\n---\n",
            "topics/cloud.md, ligne 2 : des lignes « clé : valeur » sont attendues ici.",
        ),
        (
            "defaults.yaml",
            "- a\n",
            "defaults.yaml, ligne 1 : des lignes « clé : valeur » sont attendues ici.",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(folder, name, content, error):
    folder[name] = content

    assert only_error(str(folder.path)) == f"contenu/{error}"


def test_a_folder_that_does_not_exist(tmp_path):
    path = str(tmp_path / "rien")

    assert only_error(path) == f"{path} : ce dossier n’existe pas."


def test_a_file_instead_of_a_folder(folder):
    path = str(folder.path / "events.yaml")

    assert only_error(path) == f"{path} : c’est un fichier ; donnez le dossier qui le contient."


def test_an_empty_folder(tmp_path):
    path = tmp_path / "vide"
    path.mkdir()

    assert only_error(str(path)) == f"{path} : ce dossier ne contient aucun contenu."


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder.path / "sources.yaml")

    assert only_error(str(folder.path)) == (
        "contenu/sources.yaml : ce n’est pas un fichier ordinaire."
    )


def test_a_broken_link_is_told(folder):
    (folder.path / "sources.yaml").symlink_to("nulle-part.yaml")

    assert only_error(str(folder.path)).startswith("contenu/sources.yaml : fichier illisible (")


def test_the_readme_and_hidden_files_are_left_alone(folder):
    folder["README.md"] = "# Le contenu"
    folder[".DS_Store"] = b"\x00\xff"
    folder["topics/.gitkeep"] = ""

    assert folder.load().code == 0


def test_the_files_of_windows_are_read(folder):
    folder["events.yaml"] = "\ufeff" + GOOD.replace("\n", "\r\n")

    assert folder.load().code == 0
    assert Event.objects.get().title == "Salon"


def test_an_empty_file_is_a_type_without_records(folder):
    folder["sources.yaml"] = "# rien encore\n"

    assert folder.load().code == 0


def test_a_text_is_never_taken_for_something_else(folder):
    folder["events.yaml"] = (
        "- {slug: '2025', title: no, city: 1e3, venue: 2025-05-20, country: NO}\n"
    )

    assert folder.load().code == 0
    event = Event.objects.get()
    assert (event.slug, event.title, event.city, event.venue, event.country.code) == (
        "2025",
        "no",
        "1e3",
        "2025-05-20",
        "NO",
    )
