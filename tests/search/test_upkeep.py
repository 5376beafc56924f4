"""The index follows the records, and can be made again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from publishing.models import published_models
from search.index import find
from search.models import Entry
from tests import factories as make
from tests.test_what_the_public_sees import BUILDERS

pytestmark = pytest.mark.django_db


def found(text):
    return [result.record for result in find(text)[0:50]]


def rebuild(**options):
    """What the command says, line by line, its no-break spaces made plain."""
    out = StringIO()
    call_command("rebuild_search", stdout=out, **options)
    return out.getvalue().replace("\u00a0", " ").splitlines()


def words_held():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM search_words")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_every_kind_of_record_is_indexed_at_save_and_forgotten_at_deletion(model):
    record = BUILDERS[model.__name__]()
    entries = Entry.objects.filter(kind=model.api_name, object_id=record.pk)
    assert entries.count() == 1
    before = words_held()
    record.delete()
    assert entries.count() == 0
    assert words_held() == before - 1


def test_a_new_title_replaces_the_old_one():
    trend = make.make_trend(title="Nuage")
    trend.title = "Brouillard"
    trend.save()
    assert found("nuage") == []
    assert found("brouillard") == [trend]


def test_what_a_save_leaves_out_is_left_out_of_the_index():
    trend = make.make_trend(title="Nuage")
    trend.title = "Brouillard"
    trend.save(update_fields=["status"])
    assert [one.title for one in found("nuage")] == ["Nuage"]
    assert found("brouillard") == []


def test_a_changed_slug_leads_to_the_new_address(client):
    trend = make.make_trend(title="Nuage", slug="ancien")
    trend.slug = "nouveau"
    trend.save()
    page = client.get("/recherche/", {"q": "nuage"}).content.decode()
    assert 'href="/tendances/nouveau/"' in page
    assert "/tendances/ancien/" not in page


def test_a_save_undone_leaves_the_index_as_it_was():
    trend = make.make_trend(title="Nuage")
    trend.title = "Brouillard"
    with transaction.atomic():
        trend.save()
        transaction.set_rollback(True)
    assert [one.pk for one in found("nuage")] == [trend.pk]
    assert found("brouillard") == []


def test_sections_are_followed_after_their_record():
    topic = make.make_topic(sections=[("Définition", "Un octet.")])
    section = topic.sections.get()
    assert found("octet") == [topic]
    section.body = "Un pixel."
    section.save()
    assert (found("octet"), found("pixel")) == ([], [topic])
    section.delete()
    assert found("pixel") == []
    analysis = make.make_analysis(sections=[("Suite", "Un voxel.")])
    assert found("voxel") == [analysis]


def test_a_topic_deleted_with_its_sections_leaves_nothing():
    topic = make.make_topic(sections=[("Définition", "Un octet.")])
    topic.delete()
    assert Entry.objects.count() == 0


def test_figures_follow_the_names_they_are_called_by():
    segment, company = make.make_segment(name="Brume"), make.make_company(name="Nimbus")
    figure = make.make_figure(
        indicator=make.make_indicator(name="Averses"), segment=segment, company=company
    )
    for part, asked in ((figure.indicator, "grêle"), (segment, "givre"), (company, "cirrus")):
        part.name = asked
        part.save()
        assert figure in found(asked)


def test_what_bypassed_the_index_is_rebuilt():
    kept = make.make_trend(title="Nuage")
    renamed = make.make_trend(title="Pluie")
    type(renamed).objects.filter(pk=renamed.pk).update(title="Neige")
    gone = make.make_trend(title="Vent")
    type(gone).objects.filter(pk=gone.pk)._raw_delete("default")
    Entry.objects.create(pk=1, kind="inconnu", object_id=1, title="Rien")
    dry = rebuild(dry_run=True)
    assert dry[-1] == "À faire : 1 entrée à mettre à jour, 2 entrées sans fiche à retirer."
    assert found("neige") == []
    done = rebuild()
    assert done[-1] == "Fait : 1 entrée à mettre à jour, 2 entrées sans fiche à retirer."
    assert (found("nuage"), found("neige")) == ([kept], [renamed])
    assert Entry.objects.count() == words_held() == 2
    assert rebuild()[-1] == "Fait : 0 entrée à mettre à jour, 0 entrée sans fiche à retirer."


def test_words_that_were_lost_are_written_again():
    trend = make.make_trend(title="Nuage")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_words")
    assert found("nuage") == []
    rebuild()
    assert found("nuage") == [trend]


def test_an_index_that_is_filled_may_be_left_alone():
    make.make_trend(title="Nuage")
    assert rebuild(if_empty=True) == ["L’index de recherche est déjà rempli."]
    assert rebuild(verbosity=0) == []
