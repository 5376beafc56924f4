"""`manage.py load_content`: what is loaded, what a second load does, what an editor's change is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analyses.models import Analysis
from companies.models import Company
from events.models import Event
from market.models import Figure
from news.models import NewsItem
from publishing.content.types import record_types
from publishing.models import FormerSlug, LoadedRecord
from sources.models import Source
from tests.publishing.content_folder import ContentFolder, fill, load
from topics.models import Topic, Trend

pytestmark = pytest.mark.django_db

ONE_EVENT = """\
- slug: salon
  title: Salon
  date: "20-23 mai 2025"
  city: Berlin
"""


@pytest.fixture
def folder(tmp_path) -> ContentFolder:
    return ContentFolder(tmp_path / "contenu")


def everything() -> dict[str, list[dict]]:
    """Every row of every table that content fills, to compare two moments."""
    models = [kind.model for kind in record_types().values()]
    models += [LoadedRecord, FormerSlug]
    models += [
        relation.related_model
        for model in models
        for relation in model._meta.get_fields()
        if relation.one_to_many
    ]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_each_type_is_loaded_with_all_that_its_record_states(folder):
    fill(folder)

    assert folder.load().code == 0

    source = Source.objects.get(slug="gazette")
    assert (source.kind, source.reliability, source.date.edtf) == ("press", "B", "2024-10")
    assert source.accessed_on == date(2025, 1, 15)
    assert source.publish_at == datetime(2025, 2, 4, 8, tzinfo=UTC)

    topic = Topic.objects.get()
    assert topic.body == "Une introduction."
    assert list(topic.readings.values_list("position", "source__slug", "note")) == [
        (1, "gazette", "Pour commencer"),
        (2, "rapport", ""),
    ]

    trend = Trend.objects.get()
    assert [trend.topics.get(), trend.citations.get().source] == [topic, source]

    company = Company.objects.get(slug="scaleway")
    assert company.other_names == ["Online", "Scaleway SAS"]
    assert sorted(company.roles.values_list("role", flat=True)) == ["provider", "user"]
    relation = company.relations.get()
    assert (relation.kind, relation.target.slug, relation.quote) == (
        "subsidiary_of",
        "iliad",
        "filiale",
    )
    assert (relation.date.edtf, relation.source) == ("2020/..", source)

    event = Event.objects.get(slug="kubecon-2025")
    assert (event.series.slug, event.organiser.slug, event.country.code) == (
        "kubecon",
        "iliad",
        "DE",
    )
    assert (event.date_start, event.date_end) == (date(2025, 5, 20), date(2025, 5, 23))

    item = NewsItem.objects.get()
    assert set(item.companies.values_list("slug", flat=True)) == {"scaleway", "iliad"}
    assert [item.events.get(), item.locator] == [event, "page 3"]

    analysis = Analysis.objects.get()
    assert analysis.recommendations.get().slug == "former"
    assert [note.number for note in analysis.notes()] == [1, 2]


def test_the_headings_of_a_topic_open_its_parts_but_not_those_of_a_code_block(folder):
    fill(folder)
    folder.load()

    assert list(Topic.objects.get().sections.values_list("position", "title", "body")) == [
        (
            1,
            "Définition",
            "Des ressources accessibles par Internet.\n\n```\n## ceci n’est pas un titre\n```\n\n"
            "### Un détail\n\nIl reste dans sa partie.",
        ),
        (2, "Avantages", "- Le coût"),
    ]


def test_the_headings_of_an_analysis_open_chapters_and_sub_sections(folder):
    fill(folder)
    folder.load()

    analysis = Analysis.objects.get()
    assert analysis.body == "Introduction [1]."
    assert list(analysis.sections.values_list("position", "level", "title", "body")) == [
        (1, 1, "Premier chapitre", "Texte[2]."),
        (2, 2, "Une sous-partie", "Encore[1]."),
        (3, 1, "Second chapitre", ""),
    ]


def test_a_figure_keeps_the_decimals_that_were_stated(folder):
    fill(folder)
    folder.load()

    figure = Figure.objects.get(slug="total-2024")
    assert (figure.value, figure.decimals, str(figure.stated_value)) == (
        Decimal("678.8"),
        2,
        "678.80",
    )
    assert figure.components.get().slug == "iaas-2024"
    assert figure.supersedes.slug == "total-2024-ancien"


def test_the_report_counts_what_was_created_by_type(folder):
    folder["events.yaml"] = ONE_EVENT
    folder["sources.yaml"] = "- {slug: a, title: A}\n- {slug: b, title: B}\n"

    assert folder.load().told == [
        "sources (sources), 2 fiches : 2 créées, 0 modifiée, 0 inchangée, 0 conservée",
        "événements (events), 1 fiche : 1 créée, 0 modifiée, 0 inchangée, 0 conservée",
        "Total, 3 fiches : 3 créées, 0 modifiée, 0 inchangée, 0 conservée.",
    ]


def test_quiet_it_says_nothing(folder):
    folder["events.yaml"] = ONE_EVENT

    assert folder.load("--verbosity", "0").told == []
    assert Event.objects.count() == 1


def test_a_dry_run_tells_the_same_and_writes_nothing(folder):
    fill(folder)
    before = everything()

    tried = folder.load("--dry-run")

    assert everything() == before
    assert tried.told[-1] == "Essai : rien n’a été écrit."
    assert tried.told[:-1] == folder.load().told


def test_a_second_load_writes_nothing(folder):
    fill(folder)
    folder.load()
    before = everything()

    with CaptureQueriesContext(connection) as queries:
        again = folder.load()

    assert again.told[-1] == ("Total, 20 fiches : 0 créée, 0 modifiée, 20 inchangées, 0 conservée.")
    assert everything() == before
    writes = ("INSERT", "UPDATE", "DELETE")
    assert [q["sql"] for q in queries if q["sql"].startswith(writes)] == []


def test_a_second_load_costs_the_same_whatever_the_number_of_records(folder):
    def cost(number: int) -> int:
        folder["companies.yaml"] = "".join(
            f"- {{slug: e{n}, name: E{n}, roles: [user]}}\n" for n in range(number)
        )
        folder["sources.yaml"] = "- {slug: s, title: S}\n"
        folder["news.yaml"] = "".join(
            f"- {{slug: n{n}, title: N{n}, date: mai 2025, source: s, companies: [e{n}], "
            "citations: [{source: s}]}\n"
            for n in range(number)
        )
        folder.load()
        with CaptureQueriesContext(connection) as queries:
            folder.load()
        return len(queries)

    cost(1)  # the content types are then known
    assert cost(2) == cost(40)


def test_a_change_in_the_files_changes_that_key_alone(folder):
    folder["events.yaml"] = ONE_EVENT + "- {slug: autre, title: Autre}\n"
    folder.load()
    untouched = Event.objects.get(slug="autre").updated_at
    folder.replace("events.yaml", "Berlin", "Munich")

    assert folder.load().told == [
        "événements (events), 2 fiches : 0 créée, 1 modifiée, 1 inchangée, 0 conservée",
        "Total, 2 fiches : 0 créée, 1 modifiée, 1 inchangée, 0 conservée.",
    ]
    assert Event.objects.get(slug="salon").city == "Munich"
    assert Event.objects.get(slug="autre").updated_at == untouched


def test_a_key_withdrawn_from_the_files_is_emptied(folder):
    fill(folder)
    folder.load()
    folder.replace("events.yaml", "  city: Berlin\n", "")
    folder.replace("companies.yaml", "  roles: [user, provider]\n", "")

    folder.load()

    assert Event.objects.get(slug="kubecon-2025").city == ""
    assert not Company.objects.get(slug="scaleway").roles.exists()
    assert folder.load().told[-1].endswith("0 modifiée, 20 inchangées, 0 conservée.")


def test_a_list_whose_order_says_nothing_may_be_reordered(folder):
    fill(folder)
    folder.load()
    folder.replace("companies.yaml", "[user, provider]", "[provider, user]")
    folder.replace("news.yaml", "[scaleway, iliad]", "[iliad, scaleway]")

    assert " 0 modifiée, 20 inchangées" in folder.load().told[-1]


def test_sections_and_citations_follow_the_files(folder):
    fill(folder)
    folder.load()
    before = Analysis.objects.get().updated_at
    folder.replace("analyses/etat-des-lieux.md", "Encore[1].", "Encore[3].")
    folder.replace(
        "analyses/etat-des-lieux.md", "number: 2}", "number: 2}\n  - {source: gazette, number: 3}"
    )

    assert folder.load().code == 0

    analysis = Analysis.objects.get()
    assert [note.number for note in analysis.notes()] == [1, 2, 3]
    assert analysis.updated_at > before


def test_a_subsidiary_may_become_the_parent(folder):
    folder["companies.yaml"] = """\
- slug: a
  name: A
- slug: b
  name: B
  relations: [{kind: subsidiary_of, company: a}]
"""
    folder.load()
    folder["companies.yaml"] = """\
- slug: a
  name: A
  relations: [{kind: subsidiary_of, company: b}]
- slug: b
  name: B
"""
    assert folder.load().errors == []
    assert Company.objects.get(slug="a").relations.get().target.slug == "b"


def test_a_record_gone_from_the_files_is_left_and_told(folder):
    folder["events.yaml"] = ONE_EVENT
    folder.load()
    folder["events.yaml"] = "- {slug: autre, title: Autre}\n"

    assert folder.load().told == [
        "événements (events), 1 fiche : 1 créée, 0 modifiée, 0 inchangée, 0 conservée",
        "events/salon : plus dans les fichiers",
        "Total, 1 fiche : 1 créée, 0 modifiée, 0 inchangée, 0 conservée.",
    ]
    assert Event.objects.filter(slug="salon").exists()


def test_if_empty_it_loads_an_empty_database_and_no_other(folder):
    folder["events.yaml"] = ONE_EVENT
    assert folder.load("--if-empty").told[-1].startswith("Total, 1 fiche")

    folder["events.yaml"] = "- {slug: autre, title: Autre}\n"
    assert folder.load("--if-empty").told == ["La base contient déjà des fiches : rien à charger."]
    assert Event.objects.get().slug == "salon"


def test_without_a_folder_the_content_of_the_project_is_loaded(folder, settings):
    settings.BASE_DIR = folder.path.parent
    folder["events.yaml"] = ONE_EVENT
    folder.path.rename(folder.path.parent / "content")

    assert load().code == 0
    assert Event.objects.get().slug == "salon"


def test_its_help_is_in_french(capsys):
    with pytest.raises(SystemExit):
        call_command("load_content", "--help")

    assert "fait tout sauf écrire, et le dit" in capsys.readouterr().out
