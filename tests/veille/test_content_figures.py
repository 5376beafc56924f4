"""What the rules find between the figures of the first content: this, and nothing else."""

from __future__ import annotations

import pytest

from publishing.anomalies import check_all
from publishing.models import Anomaly, AnomalyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_content")]

SUBJECTS = ("figures", "totals", "indicators", "side-by-side")
RAISED = [
    (
        "amounts-side-by-side",
        "« L’intelligence artificielle dans le cloud : tendances et innovations en 2025 », à lire "
        "sans les comparer : 79 Md$ (Revenus des infrastructures cloud, trimestriel) et 678,8 Md$ "
        "(Dépenses mondiales dans le cloud, annuel).",
    ),
    (
        "parts-fall-short",
        "182,2 + 176,5 + 244 = 602,7 Md$ : il manque 76,1 Md$ pour faire 678,8 Md$.",
    ),
    ("parts-fall-short", "26,6 + 21,4 + 18,9 = 66,9 % : il manque 33,1 % pour faire 100 %."),
    (
        "rank-inversion",
        "SaaS : le plus grand montant (244 Md$), et la plus petite part (18,9 %).",
    ),
    ("share-of-total", "IaaS : 182,2 / 678,8 = 26,8 %, et non 26,6 %."),
    ("share-of-total", "PaaS : 176,5 / 678,8 = 26,0 %, et non 21,4 %."),
    ("share-of-total", "SaaS : 244 / 678,8 = 35,9 %, et non 18,9 %."),
    ("sum-of-components", "32 + 23 + 12 = 67 %, et non plus de 73 %."),
]
# What each part would have been a year before, were its share its growth.
A_YEAR_BEFORE = {"26,6": "143,9", "21,4": "145,4", "18,9": "205,2"}


def standing():
    return Anomaly.objects.standing().filter(subject__in=SUBJECTS)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_figures_raise_this_and_nothing_else():
    assert sorted((one.rule, plain(one.message)) for one in standing()) == RAISED


def test_the_register_kept_while_loading_is_that_of_a_check_of_everything():
    report = check_all()
    assert (report.opened, report.reopened, report.closed) == ([], [], [])
    assert sorted((one.rule, plain(one.message)) for one in standing()) == RAISED


def test_the_shares_of_the_segments_are_recognised_as_rates_of_growth():
    leads = [plain(one.lead) for one in standing().filter(rule="share-of-total")]
    assert sorted(leads) == sorted(
        f"{rate} % est probablement un taux de croissance pris pour une part : {before} Md$ un an "
        f"plus tôt pour {segment}, et 494,5 Md$ pour l’ensemble des parties, sur 563,8 Md$ au "
        "total."
        for segment, (rate, before) in zip(
            ("IaaS", "PaaS", "SaaS"), A_YEAR_BEFORE.items(), strict=True
        )
    )


def test_what_is_right_is_not_accused():
    accused = AnomalyRecord.objects.filter(
        role=AnomalyRecord.Role.ACCUSED, anomaly__in=standing(), anomaly__contests=True
    )
    slugs = {row.record.slug for row in accused.prefetch_related("record")}
    right = {
        "croissance-depenses-cloud-2024",
        "revenus-infrastructures-dernier-trimestre",
        "croissance-infrastructures-dernier-trimestre",
        "prevision-marche-trimestriel",
        "prevision-doublement",
        "part-aws",
        "part-azure",
        "part-google-cloud",
    }
    assert slugs & right == set()
