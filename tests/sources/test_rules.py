"""What the rules find about sources, as the register shows it after a save."""

import pytest

from publishing.models import Anomaly, Status
from sources.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db

A_PAGE = "https://www.lemonde.fr/economie/article/cloud.html"


def found(rule: str) -> list[Anomaly]:
    return list(Anomaly.objects.standing().filter(rule=rule).order_by("pk"))


def accused(rule: str) -> list[list]:
    return [
        [row.record for row in anomaly.records.filter(role="accused")] for anomaly in found(rule)
    ]


def context(rule: str) -> list:
    (anomaly,) = found(rule)
    return [row.record for row in anomaly.records.filter(role="context")]


def used(**fields) -> Source:
    """A source on which one figure rests."""
    source = make.make_source(**fields)
    make.make_figure(source=source)
    return source


# --- Home pages ---


def test_a_home_page_is_found_with_what_rests_on_it():
    source = make.make_source(publisher="Le Monde", url="https://www.lemonde.fr")
    news = make.make_news(source=source)
    assert accused("home-page-as-source") == [[source]]
    assert context("home-page-as-source") == [news]
    assert (
        "https://www.lemonde.fr est une page d’accueil" in found("home-page-as-source")[0].message
    )


def test_a_home_page_on_which_nothing_rests_is_found_as_well():
    source = make.make_source(publisher="Forbes", url="https://www.forbes.com/")
    assert accused("home-page-as-source") == [[source]]


def test_a_precise_page_is_not_found():
    used(publisher="Le Monde", url=A_PAGE)
    assert found("home-page-as-source") == []


def test_an_internal_document_is_not_judged_by_its_address():
    used(kind="internal", url="https://intranet.example.org/")
    assert found("home-page-as-source") == []


def test_the_site_of_a_company_cited_by_its_own_record_is_its_own_proof():
    source = make.make_source(publisher="OVHcloud", url="https://www.ovhcloud.com/fr/")
    company = make.make_company(name="OVHcloud", website="https://www.ovhcloud.com/")
    make.cite(company, source)
    assert found("home-page-as-source") == []
    make.make_figure(source=source)
    assert accused("home-page-as-source") == [[source]]


def test_a_company_that_gives_its_site_clears_the_source():
    source = make.make_source(publisher="OVHcloud", url="https://www.ovhcloud.com/")
    company = make.make_company(name="OVHcloud")
    make.cite(company, source)
    assert accused("home-page-as-source") == [[source]]
    company.website = "https://ovhcloud.com"
    company.save()
    assert found("home-page-as-source") == []


def test_a_corrected_address_closes_the_anomaly():
    source = used(publisher="Le Monde", url="https://www.lemonde.fr")
    source.url = A_PAGE
    source.save()
    assert found("home-page-as-source") == []


# --- Publishers ---


def test_a_publisher_on_the_site_of_another_is_found():
    source = used(publisher="Gartner", url="https://www.kalyptus.fr/le-boom-du-cloud-en-2025/")
    assert accused("publisher-not-host") == [[source]]
    assert found("publisher-not-host")[0].message == (
        f"«\u00a0{source.title}\u00a0» est attribuée à Gartner, mais son adresse est celle d’une "
        "page de kalyptus.fr."
    )


def test_a_publisher_on_its_own_site_is_not():
    used(publisher="Le Monde", url=A_PAGE)
    assert found("publisher-not-host") == []


def test_the_known_site_of_a_company_is_its_own_whatever_its_name():
    source = used(publisher="Meta", url="https://about.fb.com/news/ia")
    assert accused("publisher-not-host") == [[source]]
    make.make_company(
        name="Meta Platforms", also_known_as="Meta, Facebook", website="https://fb.com"
    )
    assert found("publisher-not-host") == []


# --- What proves nothing ---


def test_a_machine_written_text_used_as_evidence_is_found():
    source = make.make_source(kind="ai_generated", publisher="", url="")
    analysis = make.make_analysis()
    make.cite(analysis, source)
    assert accused("machine-written-evidence") == [[source]]
    assert context("machine-written-evidence") == [analysis]


def test_a_shared_conversation_is_machine_written_whatever_its_kind():
    source = used(kind="press", publisher="ChatGPT", url="https://chatgpt.com/share/67a")
    assert accused("machine-written-evidence") == [[source]]


def test_a_machine_written_text_that_nothing_rests_on_is_only_unused():
    source = make.make_source(kind="ai_generated")
    assert found("machine-written-evidence") == []
    assert accused("unused-source") == [[source]]


def test_a_private_upload_used_as_evidence_is_found():
    upload = used(publisher="", url="https://x-file-upload.s3.amazonaws.com/a/paste.txt")
    assert accused("private-upload-evidence") == [[upload]]
    used(publisher="", url="https://example.s3.amazonaws.com/rapport-2025.pdf")
    assert accused("private-upload-evidence") == [[upload]]


@pytest.mark.parametrize(
    ("fields", "is_verifiable"),
    [
        ({}, True),
        ({"kind": "ai_generated"}, False),
        ({"url": "https://chatgpt.com/share/67a"}, False),
        ({"url": "https://we.tl/t-abc"}, False),
        ({"kind": "internal", "url": ""}, True),
    ],
)
def test_a_source_says_whether_it_can_be_verified(fields, is_verifiable):
    source = make.make_source(**fields)
    assert Source.objects.get(pk=source.pk).is_verifiable is is_verifiable


def test_what_is_verifiable_follows_a_partial_save():
    source = make.make_source()
    source.kind = "ai_generated"
    source.save(update_fields=["kind"])
    assert not Source.objects.get(pk=source.pk).is_verifiable


# --- Listed, cited ---


def test_a_source_cited_nowhere_is_found_until_it_is_cited():
    source = make.make_source()
    assert accused("unused-source") == [[source]]
    citation = make.cite(make.make_trend(), source)
    assert found("unused-source") == []
    citation.delete()
    assert accused("unused-source") == [[source]]


def test_a_recommended_reading_is_a_use():
    make.make_topic(readings=[make.make_source()])
    assert found("unused-source") == []


def test_a_public_record_that_cites_a_hidden_source_is_found():
    source = make.make_source(status=Status.DRAFT)
    trend = make.make_trend()
    make.cite(trend, source)
    make.cite(make.make_trend(status=Status.DRAFT), source)
    assert accused("cited-not-listed") == [[source]]
    assert context("cited-not-listed") == [trend]
    source.status = Status.PUBLISHED
    source.save()
    assert found("cited-not-listed") == []


def test_what_a_draft_cites_is_not_yet_to_be_listed():
    make.cite(make.make_trend(status=Status.DRAFT), make.make_source(status=Status.DRAFT))
    assert found("cited-not-listed") == []


# --- Links and dates ---


def test_a_broken_link_without_a_copy_is_found():
    source = used(link_state="broken")
    assert accused("broken-link") == [[source]]
    source.archive_url = "https://archive.org/1"
    source.save()
    assert found("broken-link") == []


def test_a_source_read_before_it_was_published_is_found():
    source = used(date="mai 2025", accessed_on="2025-04-30")
    assert accused("read-before-publication") == [[source]]


@pytest.mark.parametrize("published", ["mai 2025", "2025", "", "avant mai 2025"])
def test_a_source_that_may_have_been_published_when_it_was_read_is_not(published):
    used(date=published, accessed_on="2025-05-15")
    assert found("read-before-publication") == []


# --- Twice ---


def test_one_page_given_by_two_sources_is_found():
    one = make.make_source(url="https://www.example.org/etude/")
    other = make.make_source(url="http://example.org/etude?utm_source=lettre#bas")
    assert accused("same-source-twice") == [[one, other]]


def test_two_pages_of_one_site_or_two_articles_given_by_its_home_page_are_not():
    make.make_source(url="https://example.org/etude-1")
    make.make_source(url="https://example.org/etude-2")
    make.make_source(url="https://example.org/")
    make.make_source(url="https://example.org/")
    make.make_source(url="")
    make.make_source(url="")
    assert found("same-source-twice") == []


def test_an_archived_source_is_no_longer_judged():
    source = make.make_source(url="https://www.lemonde.fr")
    assert found("home-page-as-source") != []
    source.status = Status.ARCHIVED
    source.save()
    assert Anomaly.objects.standing().count() == 0
