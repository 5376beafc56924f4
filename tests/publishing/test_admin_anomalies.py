"""The register of anomalies in the admin, and what the forms of records say of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from market.models import Figure, Indicator
from publishing import anomalies
from publishing.groups import ADMINISTRATOR, REVIEWER, WRITER
from publishing.models import Anomaly, Severity, Status
from sources.models import Source
from tests import factories as make
from tests.admin_form import (
    add_url,
    change_url,
    errors_of,
    form_of,
    list_url,
    messages_of,
    run_action,
    submit,
)
from tests.anomaly_rules import RULE, SUBJECT, install

pytestmark = pytest.mark.django_db

State = Anomaly.Status
MESSAGE = "12\u00a0Md$, et non 10\u00a0Md$"


@pytest.fixture(autouse=True)
def _subject(monkeypatch):
    install(monkeypatch)


@pytest.fixture
def indicator() -> Indicator:
    return make.make_indicator(name="Dépenses")


def contradiction(indicator: Indicator) -> tuple[Figure, Figure, Anomaly]:
    first = make.make_figure(indicator=indicator, value=Decimal("10"))
    second = make.make_figure(indicator=indicator, value=Decimal("12"))
    return first, second, Anomaly.objects.get(records__object_id=second.pk)


def log_in(client, group: str | None):
    user = make.make_user(group)
    client.force_login(user)
    return user


def found(client, **asked) -> list[Anomaly]:
    return list(client.get(list_url(Anomaly), asked).context["cl"].result_list)


# --- The list ---


def test_the_register_shows_what_waits_the_gravest_first(client, indicator, monkeypatch):
    *_, error = contradiction(indicator)
    install(monkeypatch, Severity.WARNING)
    *_, warning = contradiction(make.make_indicator())
    *_, settled = contradiction(make.make_indicator())
    anomalies.dismiss(settled, reason="Raison", by=None)
    log_in(client, WRITER)
    assert found(client) == [error, warning]
    page = client.get(list_url(Anomaly)).content.decode()
    assert MESSAGE in page
    assert "Deux valeurs pour une seule" in page


def test_the_register_is_narrowed_by_every_filter(client, indicator):
    *_, recent = contradiction(indicator)
    *_, old = contradiction(make.make_indicator())
    month_ago = timezone.now() - timedelta(days=40)
    Anomaly.objects.filter(pk=old.pk).update(first_seen_at=month_ago, severity="notice")
    *_, dismissed = contradiction(make.make_indicator())
    anomalies.dismiss(dismissed, reason="Raison", by=None)
    log_in(client, WRITER)
    assert found(client, etat="dismissed") == [dismissed]
    assert set(found(client, etat="toutes")) == {recent, old, dismissed}
    assert found(client, severity__exact="notice") == [old]
    assert found(client, age="mois") == [old]
    assert set(found(client, regle=RULE)) == {recent, old}
    assert set(found(client, sujet=SUBJECT)) == {recent, old}
    assert found(client, contests__exact="0") == []
    assert set(found(client, q="12")) == {recent, old}
    for unknown in ({"etat": "x"}, {"age": "x"}, {"regle": "x"}, {"sujet": "x"}, {"q": "x"}):
        assert found(client, **unknown) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_the_register_costs_as_many_queries_for_one_as_for_thirty(
    client, rows, django_assert_num_queries
):
    for _ in range(rows):
        contradiction(make.make_indicator())
    log_in(client, WRITER)
    client.get(list_url(Anomaly))
    # Session, user, rights of the user and of its groups, two counts, the rows.
    with django_assert_num_queries(7):
        assert len(found(client)) == rows


# --- Rights ---


def test_nobody_adds_or_deletes_a_finding(client, indicator):
    *_, anomaly = contradiction(indicator)
    log_in(client, ADMINISTRATOR)
    assert client.get(add_url(Anomaly)).status_code == 403
    url = reverse("admin:publishing_anomaly_delete", args=[anomaly.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


def test_a_writer_sees_and_decides_nothing(client, indicator):
    *_, anomaly = contradiction(indicator)
    log_in(client, WRITER)
    page = client.get(change_url(anomaly))
    assert page.status_code == 200
    assert page.context["decisions"] == []
    assert decide(client, anomaly, "ecarter", note="Raison").status_code == 403
    anomaly.refresh_from_db()
    assert anomaly.status == State.OPEN


def test_who_has_no_right_sees_no_anomaly(client, indicator):
    *_, anomaly = contradiction(indicator)
    log_in(client, None)
    assert client.get(change_url(anomaly)).status_code == 403
    assert client.get(list_url(Anomaly)).status_code == 403


# --- The page of one, and what is decided there ---


def decide(client, anomaly: Anomaly, decision: str, **typed):
    posted = {f"{decision}-{name}": value for name, value in typed.items()}
    return client.post(change_url(anomaly), {decision: "1"} | posted)


def test_the_page_of_one_sets_its_records_side_by_side(client, indicator):
    first, second, anomaly = contradiction(indicator)
    log_in(client, REVIEWER)
    response = client.get(change_url(anomaly))
    (table,) = response.context["tables"]
    assert table["headers"][:3] == ["valeur", "nature", "période"]
    assert [(row["role"], row["url"], row["facts"][:3]) for row in table["rows"]] == [
        ("en cause", change_url(second), ["12\u00a0Md$", "constaté", "2024"]),
        ("comparé", change_url(first), ["10\u00a0Md$", "constaté", "2024"]),
    ]
    page = response.content.decode()
    for words in (MESSAGE, "Piste", "l’unité", "Historique", "ouverte"):
        assert words in page


def test_the_page_of_one_costs_a_known_number_of_queries(
    client, indicator, django_assert_num_queries
):
    *_, anomaly = contradiction(indicator)
    log_in(client, REVIEWER)
    client.get(change_url(anomaly))
    # Session, user, the anomaly, rights of the user and of its groups, the accused and its kind,
    # the records with their kind, the figures, the history.
    with django_assert_num_queries(10):
        client.get(change_url(anomaly))


@pytest.mark.parametrize(
    ("decision", "status"), [("expliquer", State.EXPLAINED), ("ecarter", State.DISMISSED)]
)
def test_an_anomaly_is_settled_with_a_reason(client, indicator, decision, status):
    *_, anomaly = contradiction(indicator)
    reviewer = log_in(client, REVIEWER)
    refused = decide(client, anomaly, decision, note=" ")
    assert refused.status_code == 200
    assert "Ce champ est obligatoire" in refused.content.decode()
    assert decide(client, anomaly, decision, note="Deux méthodes.").status_code == 302
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.note) == (status, "Deux méthodes.")
    assert anomaly.decided_by == reviewer
    page = client.get(change_url(anomaly))
    assert [form.name for form in page.context["decisions"]] == ["rouvrir"]
    assert reviewer.username in page.content.decode()


def test_an_anomaly_is_reopened(client, indicator):
    *_, anomaly = contradiction(indicator)
    anomalies.dismiss(anomaly, reason="Raison", by=None)
    log_in(client, REVIEWER)
    assert decide(client, anomaly, "rouvrir").status_code == 302
    anomaly.refresh_from_db()
    assert anomaly.status == State.OPEN


def test_an_anomaly_is_corrected_by_a_figure_that_exists(client, indicator):
    first, second, anomaly = contradiction(indicator)
    log_in(client, REVIEWER)
    assert decide(client, anomaly, "corriger", correction=second.pk).status_code == 200
    assert decide(client, anomaly, "corriger", correction="abc").status_code == 200
    assert decide(client, anomaly, "corriger", correction=first.pk).status_code == 302
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.correction) == (State.CORRECTED, first)


def test_a_decision_that_came_too_late_is_not_applied(client, indicator):
    *_, anomaly = contradiction(indicator)
    anomalies.explain(anomaly, note="Note", by=None)
    log_in(client, REVIEWER)
    response = client.post(
        change_url(anomaly), {"ecarter": "1", "ecarter-note": "Raison"}, follow=True
    )
    assert messages_of(response) == [
        "Cette anomalie a changé d’état entre-temps\u00a0: relisez-la avant de décider."
    ]
    anomaly.refresh_from_db()
    assert anomaly.status == State.EXPLAINED


def test_what_closed_by_itself_asks_for_no_decision(client, indicator):
    _, second, anomaly = contradiction(indicator)
    second.delete()
    log_in(client, REVIEWER)
    assert client.get(change_url(anomaly)).context["decisions"] == []


def test_a_corrected_figure_is_typed_in_a_form_that_knows_the_rest(client, indicator):
    segment, company = make.make_segment(), make.make_company()
    make.make_figure(indicator=indicator, value=Decimal("10"))
    wrong = make.make_figure(
        indicator=indicator, value=Decimal("12"), segment=segment, company=company, period="T3 2024"
    )
    anomaly = Anomaly.objects.get()
    log_in(client, REVIEWER)
    (table,) = client.get(change_url(anomaly)).context["tables"]
    url = table["rows"][0]["correction_url"]
    assert parse_qs(urlsplit(url).query)["supersedes"] == [str(wrong.pk)]
    assert table["rows"][1]["correction_url"] == ""
    typed = {
        "value": "10",
        "source": make.make_source().pk,
        "erratum": "Le communiqué se trompait.",
        "status": "published",
    }
    assert submit(client, url, **typed).status_code == 302
    right = Figure.objects.get(supersedes=wrong)
    assert (right.indicator, right.segment, right.company) == (indicator, segment, company)
    assert right.period == wrong.period
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.correction) == (State.CORRECTED, right)


# --- While a record is edited ---


def verification(response) -> list[str] | None:
    found = response.context["findings"]
    return found if found is None else [finding.message for _, finding in found]


def new_figure(indicator: Indicator, value: str) -> dict:
    return {"indicator": indicator.pk, "value": value, "period": "2024", "status": "draft"}


def test_a_figure_is_verified_before_it_is_saved(client, indicator):
    make.make_figure(indicator=indicator, value=Decimal("10"))
    log_in(client, WRITER)
    typed = new_figure(indicator, "12") | {"_verify": "1"}
    response = submit(client, add_url(Figure), **typed)
    assert verification(response) == [MESSAGE]
    assert errors_of(response) == {}
    assert form_of(response)["value"] == "12"
    assert Figure.objects.count() == 1
    assert not Anomaly.objects.exists()


def test_a_figure_that_exists_is_verified_and_left_as_it_was(client, indicator):
    make.make_figure(indicator=indicator, value=Decimal("10"))
    figure = make.make_figure(indicator=indicator, value=Decimal("10"))
    log_in(client, REVIEWER)
    response = submit(client, change_url(figure), value="12", _verify="1")
    assert verification(response) == [MESSAGE]
    assert MESSAGE in response.content.decode()
    assert verification(submit(client, change_url(figure), value="10,0", _verify="1")) == []
    figure.refresh_from_db()
    assert (figure.value, figure.decimals) == (Decimal("10"), 0)
    assert not Anomaly.objects.exists()


def test_what_cannot_be_read_is_said_before_it_is_verified(client, indicator):
    log_in(client, REVIEWER)
    response = submit(client, add_url(Figure), **new_figure(indicator, "douze"), _verify="1")
    assert verification(response) is None
    assert set(errors_of(response)) == {"value"}


def test_the_button_is_where_it_can_answer(client):
    log_in(client, WRITER)
    button = 'name="_verify"'
    assert button in client.get(add_url(Figure)).content.decode()
    assert button not in client.get(add_url(Source)).content.decode()
    assert button not in client.get(change_url(make.make_figure())).content.decode()


def test_a_save_tells_what_it_contradicts_and_where(client, indicator):
    make.make_figure(indicator=indicator, value=Decimal("10"))
    log_in(client, REVIEWER)
    source = make.make_source()
    typed = new_figure(indicator, "12") | {"status": "published", "source": source.pk}
    response = submit(client, add_url(Figure), **typed)
    assert response.status_code == 302
    assert Figure.objects.filter(status=Status.PUBLISHED).count() == 2
    *_, told = messages_of(client.get(response.url))
    assert MESSAGE in told
    assert f'href="{change_url(Anomaly.objects.get())}"' in told


def test_a_save_that_contradicts_nothing_tells_nothing(client, indicator):
    figure = make.make_figure(indicator=indicator)
    log_in(client, REVIEWER)
    response = submit(client, change_url(figure))
    assert len(messages_of(client.get(response.url))) == 1


def test_the_batch_action_tells_what_was_published_in_contradiction(client, indicator):
    make.make_figure(indicator=indicator, value=Decimal("10"))
    draft = make.make_figure(indicator=indicator, value=Decimal("12"), status=Status.DRAFT)
    log_in(client, REVIEWER)
    published, told = messages_of(run_action(client, "publish_selected", [draft]))
    assert published == "1\u00a0fiche publiée."
    assert MESSAGE in told
    assert Anomaly.objects.published().exists()


def test_a_form_and_its_parts_are_checked_once(client, indicator, monkeypatch):
    first, second, _ = contradiction(indicator)
    log_in(client, REVIEWER)
    checks = []
    monkeypatch.setattr(anomalies, "check_scopes", lambda *asked: checks.append(asked))
    row = {"component_rows-TOTAL_FORMS": 1, "component_rows-0-part": second.pk}
    assert submit(client, change_url(first), **row).status_code == 302
    assert len(checks) == 1


# --- Beside the records ---


def test_the_form_of_a_record_shows_what_contradicts_it(client, indicator):
    first, second, anomaly = contradiction(indicator)
    log_in(client, WRITER)
    for figure in (first, second):
        response = client.get(change_url(figure))
        assert response.context["anomalies"] == [anomaly]
        assert f'href="{change_url(anomaly)}"' in response.content.decode()
    assert client.get(change_url(make.make_figure())).context["anomalies"] == []
    anomalies.dismiss(anomaly, reason="Raison", by=None)
    assert client.get(change_url(first)).context["anomalies"] == []


def test_the_list_of_figures_counts_the_anomalies_of_each(client, indicator):
    first, second, _ = contradiction(indicator)
    make.make_figure(indicator=indicator, value=Decimal("13"))
    quiet = make.make_figure()
    log_in(client, WRITER)
    rows = client.get(list_url(Figure)).context["cl"].result_list
    assert {row.pk: row.open_anomalies for row in rows}[first.pk] == 2
    assert {row.pk: row.open_anomalies for row in rows}[second.pk] == 1
    asked = {"anomalies": "aucune"}
    assert list(client.get(list_url(Figure), asked).context["cl"].result_list) == [quiet]
    asked = {"anomalies": "ouvertes"}
    assert len(client.get(list_url(Figure), asked).context["cl"].result_list) == 3


def test_the_desk_counts_open_anomalies_by_gravity(client, indicator):
    contradiction(indicator)
    log_in(client, REVIEWER)
    page = client.get(reverse("admin:index"))
    (queue,) = (queue for queue in page.context["waiting"] if queue["title"] == "Anomalies")
    url = f"{list_url(Anomaly)}?severity__exact=error"
    assert queue["rows"] == [{"label": "Erreur", "count": 1, "url": url}]
    assert len(found(client, severity__exact="error")) == 1
