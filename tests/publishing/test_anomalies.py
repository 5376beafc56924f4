"""The register of anomalies: what opens one, what moves it, what leaves it as it is."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection, transaction

from market.models import Figure, Indicator
from publishing import anomalies, clock
from publishing.anomalies import (
    Finding,
    Reference,
    check_all,
    check_scopes,
    checked_together,
    findings_about,
)
from publishing.models import Anomaly, AnomalyRecord, Status
from tests import factories as make
from tests.anomaly_rules import RULE, SUBJECT, install

pytestmark = pytest.mark.django_db

State = Anomaly.Status


@pytest.fixture(autouse=True)
def subject(monkeypatch):
    return install(monkeypatch)


@pytest.fixture
def indicator():
    return make.make_indicator()


def figure_of(indicator: Indicator, value: str, **fields) -> Figure:
    return make.make_figure(indicator=indicator, value=Decimal(value), **fields)


def contradiction(indicator: Indicator) -> tuple[Figure, Figure, Anomaly]:
    first, second = figure_of(indicator, "10"), figure_of(indicator, "12")
    return first, second, Anomaly.objects.get()


def set_value(figure: Figure, value: str) -> None:
    figure.value = Decimal(value)
    figure.save()


def history(anomaly: Anomaly) -> list[tuple[str, str]]:
    return [(step.status, step.note) for step in anomaly.steps.all()]


# --- Opening and closing ---


def test_what_agrees_opens_nothing(indicator):
    figure_of(indicator, "10")
    figure_of(indicator, "10")
    figure_of(make.make_indicator(), "12")
    assert not Anomaly.objects.exists()


def test_a_contradiction_opens_an_anomaly_at_save(indicator):
    first, second, anomaly = contradiction(indicator)
    assert (anomaly.subject, anomaly.rule, anomaly.severity) == (SUBJECT, RULE, "error")
    assert (anomaly.status, anomaly.is_present, anomaly.contests) == (State.OPEN, True, True)
    assert anomaly.message == "12\u00a0Md$, et non 10\u00a0Md$"
    assert [(row.record, row.role) for row in anomaly.records.all()] == [
        (second, "accused"),
        (first, "context"),
    ]
    assert history(anomaly) == [(State.OPEN, "")]


def test_a_finding_names_whom_it_accuses():
    with pytest.raises(ValueError, match="accuses no record"):
        Finding(accused=(), message="Rien", values=())


def test_the_same_finding_writes_nothing(indicator, subject, django_assert_num_queries):
    _, _, anomaly = contradiction(indicator)
    # Savepoint, lock, evidence, the anomaly, its records, their windows, the others of the scope.
    with django_assert_num_queries(8) as queries:
        report = check_scopes(subject, [str(indicator.pk)])
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert written == []
    assert report.opened + report.reopened + report.closed == []
    after = Anomaly.objects.get()
    assert after.updated_at == anomaly.updated_at


def test_a_cause_that_goes_closes_the_anomaly(indicator):
    _, second, anomaly = contradiction(indicator)
    set_value(second, "10")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.CLOSED, False)
    assert history(anomaly) == [(State.OPEN, ""), (State.CLOSED, "La cause a disparu.")]


def test_a_cause_that_comes_back_reopens_the_same_anomaly(indicator):
    _, second, anomaly = contradiction(indicator)
    set_value(second, "10")
    set_value(second, "12")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.OPEN, True)
    assert history(anomaly)[-1] == (State.OPEN, "La cause est revenue.")


def test_values_that_change_are_told_in_the_history(indicator):
    _, second, anomaly = contradiction(indicator)
    set_value(second, "13")
    anomaly.refresh_from_db()
    assert anomaly.message == "13\u00a0Md$, et non 10\u00a0Md$"
    assert history(anomaly) == [(State.OPEN, ""), (State.OPEN, "Les valeurs ont changé.")]


def test_a_record_that_moves_is_judged_where_it_was_and_where_it_is(indicator):
    _, second, anomaly = contradiction(indicator)
    elsewhere = figure_of(make.make_indicator(), "15")
    second.indicator = elsewhere.indicator
    second.save()
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED
    found = Anomaly.objects.standing().get()
    assert found.scope == str(elsewhere.indicator_id)
    assert {row.record for row in found.records.all()} == {second, elsewhere}


@pytest.mark.parametrize("which", [0, 1], ids=["compared", "accused"])
def test_a_deleted_record_takes_its_anomaly_along(indicator, which):
    *figures, anomaly = contradiction(indicator)
    figures[which].delete()
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED
    assert anomaly.records.count() == 1


# --- What editors decided ---


@pytest.fixture
def editor():
    return make.make_user("Relecteur")


def test_what_is_dismissed_does_not_come_back(indicator, editor):
    _, second, anomaly = contradiction(indicator)
    anomalies.dismiss(anomaly, reason="Deux sondages.", by=editor)
    check_all()
    set_value(second, "10")
    set_value(second, "12")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.DISMISSED, True)
    assert history(anomaly) == [(State.OPEN, ""), (State.DISMISSED, "Deux sondages.")]
    assert not Anomaly.objects.standing().exists()


@pytest.mark.parametrize("decide", ["dismiss", "explain", "correct"])
def test_a_decision_falls_when_the_values_change(indicator, editor, decide):
    first, second, anomaly = contradiction(indicator)
    match decide:
        case "dismiss":
            anomalies.dismiss(anomaly, reason="Raison", by=editor)
        case "explain":
            anomalies.explain(anomaly, note="Note", by=editor)
        case "correct":
            anomalies.correct(anomaly, correction=first, by=editor)
    check_all()
    set_value(second, "13")
    anomaly.refresh_from_db()
    assert anomaly.status == State.OPEN
    assert (anomaly.note, anomaly.correction, anomaly.decided_by) == ("", None, None)
    assert history(anomaly)[-1] == (State.OPEN, "Les valeurs ont changé.")
    assert check_all().new == {anomaly.pk}


def test_an_explanation_holds_when_the_same_cause_comes_back(indicator, editor):
    _, second, anomaly = contradiction(indicator)
    anomalies.explain(anomaly, note="Deux méthodes.", by=editor)
    set_value(second, "10")
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED
    set_value(second, "12")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.note) == (State.EXPLAINED, "Deux méthodes.")


def test_a_decision_says_who_and_when(indicator, editor):
    *_, anomaly = contradiction(indicator)
    with clock.frozen(make.LONG_AGO):
        anomalies.explain(anomaly, note="Deux méthodes.", by=editor)
    anomaly.refresh_from_db()
    assert (anomaly.decided_by, anomaly.decided_at) == (editor, make.LONG_AGO)
    step = anomaly.steps.last()
    assert (step.by, step.status, step.note) == (editor, State.EXPLAINED, "Deux méthodes.")


def test_an_anomaly_is_reopened_by_hand(indicator, editor):
    *_, anomaly = contradiction(indicator)
    anomalies.dismiss(anomaly, reason="Deux sondages.", by=editor)
    anomalies.reopen(anomaly, note="Non, le même.", by=editor)
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.OPEN, True)


def test_reopened_without_its_cause_it_closes_at_once(indicator, editor):
    _, second, anomaly = contradiction(indicator)
    anomalies.dismiss(anomaly, reason="Deux sondages.", by=editor)
    set_value(second, "10")
    anomaly.refresh_from_db()
    anomalies.reopen(anomaly, by=editor)
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED


# --- Corrections ---


def erratum_for(wrong: Figure, value: str) -> Figure:
    return figure_of(
        wrong.indicator, value, supersedes=wrong, erratum="Le communiqué se trompait d’unité."
    )


def test_a_figure_with_an_erratum_corrects_the_anomaly(indicator):
    _, second, anomaly = contradiction(indicator)
    correction = erratum_for(second, "10")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.CORRECTED, False)
    assert anomaly.correction == correction
    assert history(anomaly)[-1] == (State.CORRECTED, f"Corrigé par : {correction}")


def test_a_new_vintage_is_no_correction(indicator):
    _, second, anomaly = contradiction(indicator)
    figure_of(indicator, "10", supersedes=second)
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.correction) == (State.CLOSED, None)


def test_a_correction_that_is_withdrawn_reopens_the_anomaly(indicator):
    _, second, anomaly = contradiction(indicator)
    correction = erratum_for(second, "10")
    correction.status = Status.ARCHIVED
    correction.save()
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present, anomaly.correction) == (State.OPEN, True, None)
    assert anomaly in Anomaly.objects.published()


def test_a_draft_of_a_correction_corrects_nothing_yet(indicator):
    _, second, anomaly = contradiction(indicator)
    figure_of(indicator, "10", supersedes=second, erratum="Erreur.", status=Status.DRAFT)
    anomaly.refresh_from_db()
    assert anomaly.status == State.OPEN


def test_a_correction_chosen_by_the_editor_stays_when_the_cause_goes(indicator, editor):
    first, second, anomaly = contradiction(indicator)
    anomalies.correct(anomaly, correction=first, by=editor)
    assert anomaly in Anomaly.objects.standing()
    set_value(second, "10")
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.correction) == (State.CORRECTED, first)


# --- What the public may know of ---


def test_an_anomaly_between_public_records_is_public(indicator):
    _, second, anomaly = contradiction(indicator)
    assert list(Anomaly.objects.published()) == [anomaly]
    assert [row.record for row in AnomalyRecord.objects.contesting()] == [second]


HIDDEN = {
    "draft": {"status": Status.DRAFT},
    "in review": {"status": Status.IN_REVIEW},
    "scheduled": {"publish_at": make.LONG_AGO.replace(year=2999)},
    "expired": {"expire_at": make.LONG_AGO.replace(year=2026)},
}


@pytest.mark.parametrize("role", [0, 1], ids=["compared", "accused"])
@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_an_anomaly_that_names_a_hidden_record_is_hidden(indicator, fields, role):
    both = [{}, {}]
    both[role] = fields
    for value, given in zip(("10", "12"), both, strict=True):
        figure_of(indicator, value, **given)
    assert Anomaly.objects.standing().count() == 1
    assert not Anomaly.objects.published().exists()
    assert not AnomalyRecord.objects.contesting().exists()


def test_an_anomaly_appears_and_disappears_with_the_dates_of_its_records(indicator):
    figure_of(indicator, "10")
    start, end = make.LONG_AGO.replace(year=2040), make.LONG_AGO.replace(year=2041)
    figure_of(indicator, "12", publish_at=start, expire_at=end)
    seen = []
    for moment in (make.LONG_AGO, start, end):
        with clock.frozen(moment):
            seen.append(Anomaly.objects.published().exists())
    assert seen == [False, True, False]


def test_what_is_withdrawn_with_an_indicator_hides_its_anomalies(indicator):
    contradiction(indicator)
    indicator.status = Status.ARCHIVED
    indicator.save()
    assert not Anomaly.objects.published().exists()
    indicator.status = Status.PUBLISHED
    indicator.save()
    assert Anomaly.objects.published().exists()


def test_what_is_withdrawn_with_a_company_hides_its_anomalies(indicator):
    company = make.make_company()
    figure_of(indicator, "10")
    figure_of(indicator, "12", company=company)
    company.status = Status.DRAFT
    company.save()
    assert not Anomaly.objects.published().exists()


def test_an_archived_figure_takes_its_anomaly_along(indicator):
    _, second, anomaly = contradiction(indicator)
    second.status = Status.ARCHIVED
    second.save()
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED


# --- A rule that fails ---


def fails(figures: list[Figure]):
    raise RuntimeError("the rule is wrong")


def break_rule(subject) -> None:
    object.__setattr__(subject.rules[RULE], "find", fails)


def test_a_rule_that_fails_does_not_stop_a_save(indicator, subject, caplog):
    break_rule(subject)
    figure_of(indicator, "12")
    assert Figure.objects.count() == 1
    assert "The rule valeurs-differentes failed" in caplog.text


def test_a_rule_that_fails_closes_nothing(indicator, subject):
    _, second, anomaly = contradiction(indicator)
    break_rule(subject)
    set_value(second, "10")
    check_all()
    anomaly.refresh_from_db()
    assert (anomaly.status, anomaly.is_present) == (State.OPEN, True)


@pytest.mark.parametrize("step", ["scopes_of", "read"])
def test_a_subject_that_fails_does_not_stop_a_save(indicator, subject, monkeypatch, caplog, step):
    monkeypatch.setattr(subject, step, fails)
    figure = figure_of(indicator, "12")
    figure.delete()
    assert "the rule is wrong" in caplog.text


# --- Saves that go together ---


def test_what_is_saved_together_is_checked_once(indicator, monkeypatch):
    checks = []
    monkeypatch.setattr(
        anomalies, "check_scopes", lambda subject, scopes: checks.append(sorted(scopes))
    )
    other = make.make_indicator()
    with checked_together():
        figure_of(indicator, "10")
        with checked_together():
            figure_of(indicator, "12")
        figure_of(other, "12")
        assert checks == []
    assert checks == [sorted([str(indicator.pk), str(other.pk)])]


def test_what_an_exception_undoes_is_not_checked(indicator, monkeypatch):
    checks = []
    monkeypatch.setattr(anomalies, "check_scopes", lambda *asked: checks.append(asked))
    with suppress(RuntimeError), checked_together(), transaction.atomic():
        figure_of(indicator, "12")
        raise RuntimeError
    assert checks == []
    figure_of(indicator, "13")
    assert len(checks) == 1


def test_a_check_is_undone_with_the_save_that_caused_it(indicator):
    with transaction.atomic():
        contradiction(indicator)
        transaction.set_rollback(True)
    assert not Anomaly.objects.exists()


def test_findings_are_told_without_touching_the_register(indicator):
    first, second, _ = contradiction(indicator)
    Anomaly.objects.all().delete()
    ((rule, finding),) = findings_about(second)
    assert (rule.code, finding.accused) == (RULE, (Reference.of(second),))
    assert findings_about(first) == [(rule, finding)]
    assert not Anomaly.objects.exists()


# --- Checking everything ---


def test_a_full_check_finds_what_no_save_told(indicator):
    contradiction(indicator)
    Anomaly.objects.all().delete()
    report = check_all()
    assert report.examined == {SUBJECT: 1}
    assert report.opened == [Anomaly.objects.get()]
    assert report.new_errors == 1
    assert check_all().new_errors == 0


def test_a_full_check_closes_what_no_save_told(indicator):
    _, second, anomaly = contradiction(indicator)
    Figure.objects.filter(pk=second.pk).update(value=Decimal("10"))
    assert check_all().closed == [anomaly]
    anomaly.refresh_from_db()
    assert anomaly.status == State.CLOSED


def test_a_full_check_goes_batch_by_batch(monkeypatch):
    monkeypatch.setattr(anomalies, "SCOPES_AT_ONCE", 2)
    pairs = [contradiction_in_its_own_indicator() for _ in range(5)]
    Anomaly.objects.all().delete()
    assert len(check_all().opened) == 5
    Figure.objects.filter(pk__in=[second.pk for _, second in pairs]).update(value=Decimal("10"))
    assert len(check_all().closed) == 5


def contradiction_in_its_own_indicator() -> tuple[Figure, Figure]:
    indicator = make.make_indicator()
    return figure_of(indicator, "10"), figure_of(indicator, "12")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_miss_nothing_of_each_other(indicator):
    source = make.make_source()
    one_is_saved = threading.Event()

    def save_one() -> None:
        with transaction.atomic():
            figure_of(indicator, "10", source=source)
            one_is_saved.set()
            # The other save begins before this one is committed.
            time.sleep(0.3)
        connection.close()

    def save_the_other() -> None:
        one_is_saved.wait(5)
        figure_of(indicator, "12", source=source, slug="autre")
        connection.close()

    threads = [threading.Thread(target=save) for save in (save_one, save_the_other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Figure.objects.count() == 2
    assert Anomaly.objects.standing().count() == 1
