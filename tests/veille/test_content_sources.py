"""What the rules find in the first content, apart from its figures: this, and nothing else."""

from __future__ import annotations

from collections import defaultdict

import pytest

from publishing.anomalies import check_all
from publishing.models import Anomaly, AnomalyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_content")]

SUBJECTS = (
    "sources",
    "source-doubles",
    "citations",
    "notes",
    "event-doubles",
    "company-doubles",
    "news-doubles",
)
RAISED = {
    "home-page-as-source": {"le-monde", "financial-times", "forbes-tendances-cloud"},
    "publisher-not-host": {"gartner-previsions-cloud"},
    "machine-written-evidence": {"perplexity-reponse"},
    "private-upload-evidence": {"perplexity-paste-1", "perplexity-paste-2"},
    "unused-source": {
        "acropole-expert-tendances-2025",
        "ai-explorer-startups-ia",
        "cloud-temple-tendances-2025",
        "datacamp-conferences-cloud",
        "forbes-tendances-cloud",
        "free-work-salons",
        "gartner-previsions-cloud",
        "smartpoint-infrastructure-2025",
    },
}


def raised() -> dict[str, set[str]]:
    found = defaultdict(set)
    accused = AnomalyRecord.objects.filter(
        role=AnomalyRecord.Role.ACCUSED,
        anomaly__in=Anomaly.objects.standing().filter(subject__in=SUBJECTS),
    )
    for row in accused.select_related("anomaly").prefetch_related("record"):
        found[row.anomaly.rule].add(row.record.slug)
    return dict(found)


def test_the_first_content_raises_this_and_nothing_else():
    assert raised() == RAISED


def test_both_citations_of_the_long_analysis_are_in_doubt_and_it_is_shown_beside():
    uploads = Anomaly.objects.filter(rule="private-upload-evidence")
    analysis = "ia-dans-le-cloud-tendances-innovations-2025"
    for upload in uploads:
        beside = upload.records.filter(role=AnomalyRecord.Role.CONTEXT)
        assert analysis in {row.record.slug for row in beside}


def test_checking_everything_finds_the_same():
    report = check_all()
    changed = [*report.opened, *report.reopened, *report.closed]
    assert [anomaly.rule for anomaly in changed if anomaly.subject in SUBJECTS] == []
    assert raised() == RAISED
