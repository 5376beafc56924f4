"""`manage.py load_content` after the admin: what an editor changed is kept and told."""

from __future__ import annotations

import pytest

from companies.models import Company
from events.models import Event
from market.models import Segment
from sources.models import Source
from tests.publishing.content_folder import ContentFolder, fill

pytestmark = pytest.mark.django_db

EVENT = """\
- slug: salon
  title: Salon
  date: "20-23 mai 2025"
  city: Berlin
"""


@pytest.fixture
def folder(tmp_path) -> ContentFolder:
    """A folder with one event, already loaded."""
    folder = ContentFolder(tmp_path / "contenu")
    folder["events.yaml"] = EVENT
    folder.load()
    return folder


def edit(**values) -> None:
    event = Event.objects.get(slug="salon")
    for name, value in values.items():
        setattr(event, name, value)
    event.save()


def test_it_is_kept_and_told(folder):
    edit(city="Munich", title="Le salon")

    assert folder.load().told == [
        "événements (events), 1 fiche : 0 créée, 0 modifiée, 0 inchangée, 1 conservée",
        "events/salon : modifié dans l’admin : titre (« Salon » dans le fichier, "
        "« Le salon » dans l’admin) ; ville (« Berlin » dans le fichier, « Munich » "
        "dans l’admin)",
        "Ce qui a été fait dans l’admin est gardé, sauf avec --overwrite.",
        "Total, 1 fiche : 0 créée, 0 modifiée, 0 inchangée, 1 conservée.",
    ]
    assert Event.objects.get().city == "Munich"


def test_it_is_kept_when_the_files_change_too_and_other_keys_follow_the_files(folder):
    edit(city="Munich")
    folder.replace("events.yaml", "Berlin", "Hambourg")
    folder.replace("events.yaml", "title: Salon", "title: Grand salon")

    folder.load()

    assert (Event.objects.get().city, Event.objects.get().title) == ("Munich", "Grand salon")


def test_asked_to_overwrite_the_files_win(folder):
    edit(city="Munich")

    assert folder.load("--overwrite").told[0] == (
        "événements (events), 1 fiche : 0 créée, 1 modifiée, 0 inchangée, 0 conservée"
    )
    assert Event.objects.get().city == "Berlin"


def test_once_the_editor_agrees_with_the_files_they_lead_again(folder):
    edit(city="Munich")
    folder.replace("events.yaml", "Berlin", "Munich")
    folder.load()
    folder.replace("events.yaml", "Munich", "Hambourg")
    folder.load()

    assert Event.objects.get().city == "Hambourg"


def test_a_form_that_changes_ends_of_line_only_is_no_change(folder):
    folder["events.yaml"] = EVENT + "  body: |\n    Un.\n\n    Deux.\n"
    folder.load()
    edit(body="Un.\r\n\r\nDeux.")

    assert " 1 inchangée, 0 conservée" in folder.load().told[-1]


def test_what_the_files_never_stated_is_the_editors_alone(folder):
    edit(venue="Palais", summary="Un chapô.")

    assert " 1 inchangée, 0 conservée" in folder.load().told[-1]
    assert " 1 inchangée, 0 conservée" in folder.load("--overwrite").told[-1]
    assert Event.objects.get().venue == "Palais"


def test_a_key_that_the_files_begin_to_state_is_taken_unless_an_editor_filled_it(folder):
    edit(venue="Palais")
    folder["events.yaml"] = EVENT + "  venue: Halle\n  edition: '2025'\n"

    folder.load()

    assert (Event.objects.get().venue, Event.objects.get().edition) == ("Palais", "2025")


def test_long_texts_are_told_from_where_they_differ(folder):
    long = "mot " * 40
    folder["events.yaml"] = EVENT + f"  summary: {long}fin\n"
    folder.load()
    edit(summary=f"{long}suite")

    told = folder.load().told[1]
    assert "fin » dans le fichier" in told
    assert "suite » dans l’admin" in told


def test_a_record_with_another_address_is_still_the_same(folder):
    edit(slug="grand-salon")

    assert folder.load().told[1] == (
        "events/salon : modifié dans l’admin : identifiant dans l’adresse (« salon » dans le "
        "fichier, « grand-salon » dans l’admin)"
    )
    assert list(Event.objects.values_list("slug", flat=True)) == ["grand-salon"]

    folder.load("--overwrite")
    assert list(Event.objects.values_list("slug", flat=True)) == ["salon"]


def test_what_leads_to_a_record_with_another_address_still_does(folder):
    fill(folder)
    folder.load()
    source = Source.objects.get(slug="gazette")
    source.slug = "la-gazette"
    source.save()
    Segment.objects.update(slug="infrastructure")

    told = folder.load().told
    assert [line.split(" :")[0] for line in told if "dans l’admin :" in line] == [
        "sources/gazette",
        "segments/iaas",
    ]


def test_a_deleted_record_stays_deleted_unless_asked(folder):
    Event.objects.all().delete()

    assert folder.load().told == [
        "événements (events), 1 fiche : 0 créée, 0 modifiée, 0 inchangée, 1 conservée",
        "events/salon : supprimé dans l’admin",
        "Ce qui a été fait dans l’admin est gardé, sauf avec --overwrite.",
        "Total, 1 fiche : 0 créée, 0 modifiée, 0 inchangée, 1 conservée.",
    ]
    assert not Event.objects.exists()

    folder.load("--overwrite")
    assert Event.objects.get().city == "Berlin"
    assert " 1 inchangée, 0 conservée" in folder.load().told[-1]


def test_an_edited_list_is_kept_as_a_whole(folder):
    fill(folder)
    folder.load()
    Company.objects.get(slug="scaleway").roles.filter(role="user").delete()

    assert folder.load().told.count(
        "companies/scaleway : modifié dans l’admin : rôles (« user, provider » dans le "
        "fichier, « provider » dans l’admin)"
    )


def test_a_record_that_was_there_before_the_first_load_counts_as_edited(folder):
    Event.objects.create(slug="autre", title="Mon salon", city="Berlin")
    folder["events.yaml"] = "- {slug: autre, title: Salon, city: Berlin, status: draft}\n"

    told = folder.load().told
    assert told[1] == (
        "events/autre : modifié dans l’admin : titre (« Salon » dans le fichier, « Mon salon » "
        "dans l’admin) ; publié à partir du (« 2025-02-04T08:00:00+00:00 » dans le fichier, "
        "« vide » dans l’admin)"
    )
    folder.load("--overwrite")
    assert Event.objects.get(slug="autre").title == "Salon"
