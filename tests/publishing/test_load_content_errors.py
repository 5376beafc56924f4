"""`manage.py load_content`: each error is told in French, with file and line; nothing written."""

from __future__ import annotations

import pytest

from analyses.models import Analysis
from companies.models import Company
from events.models import Event
from publishing.models import LoadedRecord
from sources.models import Source
from tests.factories import make_company, make_relation
from tests.publishing.content_folder import ContentFolder, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> ContentFolder:
    return ContentFolder(tmp_path / "contenu")


def errors_of(folder: ContentFolder) -> list[str]:
    """The errors that the command tells, once it is sure that it wrote nothing."""
    outcome = folder.load()
    assert (outcome.code, outcome.told) == (1, [])
    assert not LoadedRecord.objects.exists()
    number = len(outcome.errors) - 1
    plural = "erreur" if number == 1 else "erreurs"
    assert outcome.errors[-1] == f"{number} {plural} : rien n’a été chargé."
    return outcome.errors[:-1]


EVENT = "- slug: salon\n  title: Salon\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("titel: Salon", "clé inconnue « titel » ; vouliez-vous dire « title » ?"),
        ("couleur: bleu", "clé inconnue « couleur »."),
        ("lieu: Berlin", "clé inconnue « lieu »."),
        (
            "significance: huge",
            "« huge » : valeurs acceptées : major, notable.",
        ),
        ("country: Allemagne", "« Allemagne » : code inconnu ; vouliez-vous dire « DE » ?"),
        ("country: ZZ", "« ZZ » : code inconnu."),
        ("cfp_deadline: 4 février", "« 4 février » n’est pas un jour, sous la forme 2025-02-04."),
        ("cfp_deadline: 2025-02-30", "« 2025-02-30 » n’est pas un jour, sous la forme 2025-02-04."),
        (
            "publish_at: demain",
            "« demain » n’est pas un instant, sous la forme 2025-02-04T09:00:00+01:00.",
        ),
        ("date: 31 avril 2025", "Le 31 avril 2025 n’existe pas."),
        (
            "organiser: personne",
            "organiser : « personne » n’existe ni dans les fichiers ni dans la base.",
        ),
        ("topics: cloud", "une liste est attendue ici : [a, b] ou des tirets."),
        ("topics: [[cloud]]", "un texte est attendu ici, pas une liste."),
        ("city: [Berlin]", "un texte est attendu ici, pas une liste."),
        ("title: Salon", "la clé « title » est donnée deux fois."),
        ("url: exemple", "url : Saisissez une URL valide."),
        (
            "expire_at: 2024-01-01",
            "Le retrait doit suivre la publication.",
        ),
        (
            "citations: [{source: s, numero: 1}]",
            "clé inconnue « numero » ; vouliez-vous dire « number » ?",
        ),
        ("citations: [{number: 1}]", "il manque la clé « source »."),
        ("citations: [s]", "des lignes « clé : valeur » sont attendues ici."),
    ],
)
def test_a_wrong_line_is_told_with_its_number(folder, line, message):
    folder["events.yaml"] = f"{EVENT}  {line}\n"

    [error] = errors_of(folder)

    where, told = error.split(" : ", 1)
    assert told == message
    assert where in {"contenu/events.yaml, ligne 3", "contenu/events.yaml, ligne 1"}
    assert where.endswith("ligne 3") or "retrait" in message
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("- title: Salon\n", ["ligne 1 : il manque la clé « slug », l’identifiant de la fiche."]),
        ("- slug:\n  title: Salon\n", ["ligne 1 : la clé « slug » est vide."]),
        (
            "- slug: Été 2025\n  title: Salon\n",
            [
                "ligne 1 : « Été 2025 » n’est pas un identifiant : minuscules sans accent, "
                "chiffres et tirets, 120 caractères au plus."
            ],
        ),
        ("- slug: salon\n", ["ligne 1 : il manque la clé « title »."]),
        ("- slug: salon\n  title:\n", ["ligne 2 : title : Ce champ ne peut pas être vide."]),
        (
            "slug: salon\ntitle: Salon\n",
            ["ligne 1 : une liste de fiches est attendue : chacune commence par « - »."],
        ),
        ("- Salon\n", ["ligne 1 : des lignes « clé : valeur » sont attendues ici."]),
        (
            "- slug: a\n  title: A\n\n- slug: a\n  title: B\n",
            ["ligne 4 : l’identifiant « a » est déjà pris : contenu/events.yaml, ligne 1."],
        ),
        (
            "- slug: agenda\n  title: A\n",
            ["ligne 1 : slug : « agenda » est l’adresse d’une page du site."],
        ),
    ],
)
def test_a_record_that_cannot_be_named_is_told(folder, text, errors):
    folder["events.yaml"] = text

    assert errors_of(folder) == [f"contenu/events.yaml, {error}" for error in errors]


@pytest.mark.parametrize(
    ("line", "explanation"),
    [
        ("title: Salon: le grand", "« : » inattendu ; mettez le texte entre guillemets."),
        ('title: "Salon', "un guillemet ouvert n’est jamais refermé."),
        ("topics: [a, b", "un crochet ou une accolade n’est pas refermé."),
        ("title: @salon", "tabulation ou caractère réservé (@, `, %) en tête."),
        ("title: Salon\n city: Berlin", "l’alignement ou un tiret ne convient pas."),
        (
            'title: "\\q"',
            "« \\ » inconnu entre guillemets doubles ; prenez des guillemets simples.",
        ),
    ],
)
def test_broken_yaml_is_explained(folder, line, explanation):
    folder["events.yaml"] = f"- slug: salon\n  {line}\n"

    [error] = errors_of(folder)

    assert error.startswith("contenu/events.yaml, ligne ")
    assert error.endswith(f" : YAML illisible : {explanation}")


def test_all_the_errors_of_all_the_files_are_told_at_once(folder):
    fill(folder)
    folder.replace("sources.yaml", "kind: press", "kind: presse")
    folder.replace("events.yaml", "series: kubecon", "series: kubcon")
    folder.replace("events.yaml", "significance: major", "significant: major")
    folder.replace("figures.yaml", '"182.2"', "beaucoup")
    folder.replace("analyses/etat-des-lieux.md", "date: 4 février 2025", "date: 32 février 2025")
    folder["trends.yaml"] = "- slug: a\n  title: *rien\n"

    errors = errors_of(folder)

    assert [error.split(" : ")[0] for error in errors] == [
        "contenu/analyses/etat-des-lieux.md, ligne 3",
        "contenu/events.yaml, ligne 3",
        "contenu/events.yaml, ligne 8",
        "contenu/figures.yaml, ligne 18",
        "contenu/sources.yaml, ligne 5",
        "contenu/trends.yaml, ligne 2",
    ]
    assert errors[1].endswith("ni dans la base ; vouliez-vous dire « kubecon » ?")
    assert not Source.objects.exists()


def test_a_reference_to_a_file_that_cannot_be_read_is_not_one_more_error(folder):
    fill(folder)
    folder["companies.yaml"] = "- slug: [\n"

    assert len(errors_of(folder)) == 1


def test_a_reference_to_a_record_of_the_database_is_accepted(folder):
    make_company(slug="kubernetes-sa", name="Kubernetes SA")
    folder["events.yaml"] = f"{EVENT}  organiser: kubernetes-sa\n"

    assert folder.load().code == 0
    assert Event.objects.get().organiser.name == "Kubernetes SA"


def test_circular_subsidiaries_are_refused(folder):
    folder["companies.yaml"] = """\
- slug: a
  name: A
  relations: [{kind: subsidiary_of, company: b}]
- slug: b
  name: B
  relations:
    - kind: subsidiary_of
      company: a
"""
    assert errors_of(folder) == [
        "contenu/companies.yaml, ligne 8 : relations.company : Boucle : « A » dépend déjà de "
        "« B », qui ne peut donc pas être sa filiale."
    ]


def test_subsidiaries_circular_with_those_of_the_database_are_refused(folder):
    make_relation(
        make_company(slug="mere", name="Mère"),
        "subsidiary_of",
        make_company(slug="fille", name="Fille"),
    )
    folder["companies.yaml"] = """\
- slug: fille
  name: Fille
  relations: [{kind: subsidiary_of, company: mere}]
"""
    assert folder.load("--overwrite").errors[0].startswith("contenu/companies.yaml, ligne 3 : ")


def test_a_published_figure_without_source_is_refused_and_a_draft_is_not(folder):
    folder["indicators.yaml"] = "- {slug: i, name: I, kind: amount, unit: USD}\n"
    figure = '- slug: f\n  indicator: i\n  value: "1"\n'
    folder["figures.yaml"] = figure

    [error] = errors_of(folder)
    assert error == (
        "contenu/figures.yaml, ligne 1 : source : Pas de publication sans source : indiquez celle "
        "de cette fiche (chiffre)."
    )

    folder["figures.yaml"] = figure + "  status: draft\n"
    assert folder.load().code == 0


def test_figures_that_replace_one_another_are_refused(folder):
    fill(folder)
    folder.replace(
        "figures.yaml",
        "- slug: total-2024-ancien\n",
        "- slug: total-2024-ancien\n  supersedes: total-2024\n",
    )

    [error] = errors_of(folder)
    assert error.startswith("contenu/figures.yaml, ligne ")
    assert "supersedes : Boucle" in error


def test_a_mark_without_its_citation_is_told_with_the_line_of_the_mark(folder):
    fill(folder)
    folder.replace("analyses/etat-des-lieux.md", "Texte[2].", "Texte[2].\n\nEt là [7].")

    assert errors_of(folder) == [
        "contenu/analyses/etat-des-lieux.md, ligne 15 : L’appel [7] ne correspond à aucune "
        "citation numérotée 7."
    ]
    assert not Analysis.objects.exists()


def test_two_citations_with_one_number_are_refused(folder):
    fill(folder)
    folder.replace("analyses/etat-des-lieux.md", "number: 2", "number: 1")

    assert "contenu/analyses/etat-des-lieux.md, ligne 7 : citations : " in errors_of(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("## Premier chapitre\n", "##\n", "ligne 11 : ce titre est vide."),
        (
            "## Premier chapitre\n",
            "### Déjà\n",
            "ligne 11 : « Déjà » est une sous-partie avant tout chapitre (##).",
        ),
        (
            "## Second chapitre",
            "## Premier chapitre",
            "ligne 19 : sections : Deux parties portent ce titre.",
        ),
    ],
)
def test_wrong_headings_are_told_with_their_line(folder, old, new, error):
    fill(folder)
    folder.replace("analyses/etat-des-lieux.md", old, new)

    assert errors_of(folder) == [f"contenu/analyses/etat-des-lieux.md, {error}"]


def test_one_broken_file_among_good_ones_writes_nothing_and_spoils_nothing(folder):
    fill(folder)
    folder.load()
    before = list(Company.objects.order_by("pk").values())
    folder.replace("companies.yaml", "name: Iliad", "name: Free")
    folder["news.yaml"] = "- slug: : :\n"

    assert folder.load().code == 1
    assert list(Company.objects.order_by("pk").values()) == before

    folder["news.yaml"] = "[]"
    assert folder.load().code == 0
    assert Company.objects.get(slug="iliad").name == "Free"


def test_a_dry_run_tells_the_same_errors(folder):
    folder["events.yaml"] = f"{EVENT}  country: XX\n"

    assert folder.load("--dry-run") == folder.load()


def test_common_values_are_checked_too(folder):
    folder["defaults.yaml"] = "statut: published\nstatus: publie\n"
    folder["events.yaml"] = EVENT
    folder["sources.yaml"] = "- {slug: s, title: S}\n"

    assert errors_of(folder) == [
        "contenu/defaults.yaml, ligne 1 : clé inconnue « statut » ; vouliez-vous dire « status » ?",
        "contenu/defaults.yaml, ligne 2 : « publie » : valeurs acceptées : draft, in_review, "
        "published, archived, rejected.",
    ]


def test_an_address_that_led_to_another_record_is_refused(folder):
    folder["events.yaml"] = EVENT
    folder.load()
    event = Event.objects.get()
    event.slug = "grand-salon"
    event.save()
    folder["events.yaml"] = EVENT + "- slug: grand-salon\n  title: Grand salon\n"

    assert folder.load().errors == [
        "contenu/events.yaml, ligne 1 : « salon » a été renommé « grand-salon » dans l’admin, et "
        "les fichiers emploient les deux.",
        "1 erreur : rien n’a été chargé.",
    ]


def test_what_leads_to_a_record_deleted_in_the_admin_is_told(folder):
    folder["companies.yaml"] = "- {slug: a, name: A}\n"
    folder.load()
    Company.objects.all().delete()
    folder["events.yaml"] = f"{EVENT}  organiser: a\n"

    assert folder.load().errors[0] == (
        "contenu/events.yaml, ligne 3 : « a » a été supprimé dans l’admin ; --overwrite le crée "
        "de nouveau."
    )
    assert folder.load("--overwrite").code == 0
