"""`manage.py check_facts`: what it says, where, and with which exit code."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from market.models import Figure
from publishing import anomalies, clock
from publishing.management.commands import check_facts
from publishing.models import Anomaly, Severity
from tests import factories as make
from tests.anomaly_rules import RULE, SUBJECT, install

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def subject(monkeypatch):
    return install(monkeypatch)


@pytest.fixture
def anomaly():
    indicator = make.make_indicator(name="Dépenses")
    make.make_figure(indicator=indicator, value=Decimal("10"), slug="premier")
    make.make_figure(indicator=indicator, value=Decimal("12"), slug="second")
    return Anomaly.objects.get()


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, the standard output, the error output."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_facts", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_nothing_to_say_of_an_empty_site():
    said = "0_groupe examiné, 0_anomalie en cours, 0_close_; 0_erreur nouvelle.\n"
    assert run() == (0, said.replace("_", "\u00a0"), "")


def test_a_new_error_is_told_and_gives_the_exit_code_1_once(anomaly):
    code, out, err = run()
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "valeurs-differentes (nouvelle, erreur, ouverte)\u00a0: 12\u00a0Md$, et non 10\u00a0Md$",
        "    Piste\u00a0: l’unité",
        "1_groupe examiné, 1_anomalie en cours, 0_close_; 1_erreur nouvelle.".replace(
            "_", "\u00a0"
        ),
    ]
    code, out, _ = run()
    assert code == 0
    assert out.startswith("valeurs-differentes (erreur, ouverte)")


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.NOTICE])
def test_only_errors_give_an_exit_code(monkeypatch, severity):
    install(monkeypatch, severity)
    indicator = make.make_indicator()
    for value in ("10", "12"):
        make.make_figure(indicator=indicator, value=Decimal(value))
    assert run()[0] == 0


@pytest.mark.parametrize("decide", ["explain", "dismiss"])
def test_an_error_that_was_settled_gives_no_exit_code(anomaly, decide):
    words = {"explain": {"note": "Deux méthodes."}, "dismiss": {"reason": "Deux sondages."}}
    getattr(anomalies, decide)(anomaly, by=None, **words[decide])
    assert run()[0] == 0


def test_an_error_that_comes_back_is_new_again(anomaly):
    assert run()[0] == 1
    Figure.objects.filter(slug="second").update(value=Decimal("10"))
    assert run()[0] == 0
    Figure.objects.filter(slug="second").update(value=Decimal("12"))
    assert run()[0] == 1


def test_a_dry_run_says_all_and_writes_nothing(anomaly):
    Anomaly.objects.all().delete()
    code, out, _ = run("--dry-run")
    assert code == 1
    assert "12\u00a0Md$, et non 10\u00a0Md$" in out
    assert not Anomaly.objects.exists()
    assert run("--dry-run")[0] == 1


def test_the_document_for_programs(anomaly):
    with clock.frozen(make.LONG_AGO):
        code, out, err = run("--format", "json")
    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "checked_at": make.LONG_AGO.isoformat(),
        "examined": {SUBJECT: 1},
        "new_errors": 1,
        "closed": 0,
        "failures": {},
        "unread": [],
        "anomalies": [
            {
                "id": anomaly.pk,
                "rule": RULE,
                "title": "Deux valeurs pour une seule",
                "severity": "error",
                "status": "open",
                "is_new": True,
                "message": "12\u00a0Md$, et non 10\u00a0Md$",
                "lead": "l’unité",
                "records": [
                    {
                        "type": "figures",
                        "slug": slug,
                        "label": "Dépenses, 2024",
                        "role": role,
                    }
                    for slug, role in (("second", "accused"), ("premier", "context"))
                ],
            }
        ],
    }


def test_progress_goes_to_the_error_output(anomaly, monkeypatch):
    monkeypatch.setattr(check_facts, "PROGRESS_EVERY", 1)
    _, out, err = run("--format", "json")
    assert err == "1\u00a0groupe de fiches…\n"
    assert json.loads(out)["new_errors"] == 1
    assert run("--verbosity", "0") == (0, "", "")


def fails(figures):
    raise RuntimeError("the rule is wrong")


def test_a_rule_that_fails_is_named_and_the_others_run(anomaly, subject, caplog):
    Anomaly.objects.all().delete()
    subject.rule("toujours-fausse", title="Fausse", explanation="Fausse.")(fails)
    code, out, err = run()
    assert code == 2
    assert "12\u00a0Md$, et non 10\u00a0Md$" in out
    assert err == (
        "La règle «\u00a0toujours-fausse\u00a0» a échoué sur 1\u00a0groupe de fiches\u00a0: "
        "voir le journal.\n"
    )
    assert "the rule is wrong" in caplog.text
    del subject.rules["toujours-fausse"]
    # What an incomplete check found is still new for the next one.
    assert run()[0] == 1


def test_a_subject_that_cannot_be_read_is_named(anomaly, subject, monkeypatch, caplog):
    monkeypatch.setattr(subject, "read", fails)
    code, out, err = run("--format", "json")
    assert code == 2
    assert json.loads(out)["unread"] == [SUBJECT]
    assert err == f"Le sujet «\u00a0{SUBJECT}\u00a0» n’a pas pu être lu\u00a0: voir le journal.\n"
    assert Anomaly.objects.standing().get() == anomaly
