"""The first content holds the whole of the document it comes from, item by item, as stated."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analyses.models import Analysis, Recommendation
from companies.models import Company, CompanyRelation
from events.models import Event, EventSeries
from market.models import Figure, GrowthDriver, Indicator, Segment
from news.models import NewsItem
from publishing.content.loader import load_folder
from publishing.models import published_models
from sources.models import Source
from topics.models import Topic, Trend

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_content")]

LONG = "ia-dans-le-cloud-tendances-innovations-2025"
SHORT = "ia-dans-le-cloud-etat-des-lieux"
NBSP = "\N{NO-BREAK SPACE}"


def test_loading_it_again_writes_nothing():
    with CaptureQueriesContext(connection) as queries:
        report = load_folder(Path(settings.BASE_DIR) / "content")

    assert report.total == Counter(unchanged=sum(report.total.values()))
    assert report.differences == report.gone == []
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_every_record_is_public_verified_and_says_where_it_comes_from():
    for model in published_models():
        assert list(model.objects.filter(provenance="")) == []
        assert list(model.objects.exclude(verified_on=date(2025, 2, 4))) == []
        assert model.objects.published().count() == model.objects.count()


EVENTS = {
    "aws-reinvent-2025": ("Fin nov./déc. 2025", "2025-11/2025-12", "Las Vegas", "US"),
    "google-cloud-next-2025": ("Avril 2025", "2025-04", "San Francisco", "US"),
    "microsoft-ignite-2025": ("Automne 2025", "2025-23", "", ""),
    "kubecon-europe-2025": ("20-23 mai 2025", "2025-05-20/2025-05-23", "Berlin", "DE"),
    "cloudexpo-europe-2025": ("11-12 mars 2025", "2025-03-11/2025-03-12", "Londres", "GB"),
    "openstack-summit-2025": ("Juin 2025", "2025-06", "", ""),
    "data-cloud-global-congress-2025": (
        "18-20 mars 2025",
        "2025-03-18/2025-03-20",
        "Cannes",
        "FR",
    ),
    "vmworld-europe-2025": ("Novembre 2025", "2025-11", "Barcelone", "ES"),
    "cloud-expo-asia-2025": ("Octobre 2025", "2025-10", "Singapour", ""),
    "gartner-it-infrastructure-2025": ("Décembre 2025", "2025-12", "Las Vegas", ""),
    "isc-2025": ("Mai 2025", "2025-05", "", "DE"),
}
NOTABLE = ["cloud-expo-asia-2025", "gartner-it-infrastructure-2025", "isc-2025"]


def test_the_eleven_events_have_their_dates_and_places_as_stated():
    assert {
        event.slug: (event.date_label, event.date_edtf, event.city, event.country.code or "")
        for event in Event.objects.all()
    } == EVENTS


def test_eight_events_are_major_and_three_notable():
    by_significance = {event.slug: event.significance for event in Event.objects.order_by("slug")}
    assert by_significance == {
        slug: "notable" if slug in NOTABLE else "major" for slug in sorted(EVENTS)
    }


def test_each_event_belongs_to_a_series_of_its_own():
    assert {event.series.slug + "-2025" for event in Event.objects.all()} == set(EVENTS)
    assert EventSeries.objects.count() == 11


def test_an_event_whose_place_is_to_be_determined_says_so():
    unknown = [event.slug for event in Event.objects.order_by("slug") if not event.city]
    assert unknown == ["isc-2025", "microsoft-ignite-2025", "openstack-summit-2025"]
    for slug in unknown[1:]:
        event = Event.objects.get(slug=slug)
        assert (event.place, event.event_status) == ("Lieu à déterminer", "to_confirm")


FEATURED = ["Airbus", "BlaBlaCar", "Deezer", "L’Oréal", "OVHcloud", "Outscale", "SNCF", "Scaleway"]
OTHERS = {
    "amazon",
    "amazon-web-services",
    "andreessen-horowitz",
    "dassault-systemes",
    "gartner",
    "google",
    "iliad",
    "microsoft",
    "mistral-ai",
    "nvidia",
    "perplexity",
    "synergy-research-group",
    "vmware",
}


def test_the_eight_listed_companies_are_featured_and_the_others_are_there():
    assert sorted(Company.objects.featured().values_list("name", flat=True)) == FEATURED
    others = Company.objects.exclude(featured=True)
    assert set(others.values_list("slug", flat=True)) == OTHERS


@pytest.mark.parametrize(
    ("role", "slugs"),
    [
        ("provider", {"ovhcloud", "scaleway", "outscale"}),
        ("user", {"blablacar", "deezer", "airbus", "sncf", "loreal"}),
    ],
)
def test_the_listed_companies_have_the_role_of_their_list(role, slugs):
    featured = Company.objects.featured().in_role(role)
    assert set(featured.values_list("slug", flat=True)) == slugs
    if role == "user":
        assert all(company.cloud_usage for company in featured)


def test_the_other_names_of_the_three_giants_are_known():
    known = {company.slug: company.other_names for company in Company.objects.all()}
    assert "AWS" in known["amazon-web-services"]
    assert {"Azure", "Microsoft Azure"} <= set(known["microsoft"])
    assert "Google Cloud" in known["google"]


def test_the_relations_are_those_stated():
    relations = CompanyRelation.objects.values_list("subject__slug", "kind", "target__slug")
    assert set(relations) == {
        ("scaleway", "subsidiary_of", "iliad"),
        ("outscale", "subsidiary_of", "dassault-systemes"),
        ("nvidia", "investor_in", "mistral-ai"),
        ("andreessen-horowitz", "investor_in", "mistral-ai"),
    }


def test_the_five_major_trends_are_in_order():
    assert list(Trend.objects.major().in_order().values_list("slug", "year")) == [
        ("cloud-de-confiance", 2025),
        ("hybridation", 2025),
        ("edge-computing", 2025),
        ("serverless", 2025),
        ("durabilite", 2025),
    ]


def test_the_emerging_trends_are_there():
    assert set(Trend.objects.emerging().values_list("slug", flat=True)) == {
        "ia-multimodale",
        "orchestration-ia",
        "ia-et-rpa",
        "informatique-spatiale",
        "5g-privee",
        "agents-ia-autonomes",
    }


def test_the_four_topics_are_in_order_each_with_its_own_parts():
    assert [
        (topic.slug, [section.title for section in topic.sections.all()])
        for topic in Topic.objects.in_order()
    ] == [
        ("cloud-public", ["Définition", "Avantages"]),
        ("cloud-prive", ["Définition", "Applications typiques"]),
        ("cloud-hybride", ["Concept", "Bénéfices"]),
        ("cloud-et-ia", ["Synergie", "Innovations"]),
    ]


def test_two_readings_are_recommended_on_the_public_cloud():
    readings = Topic.objects.get(slug="cloud-public").readings
    assert list(readings.values_list("source__url", flat=True)) == [
        "https://aws.amazon.com/fr/what-is/public-cloud/",
        "https://www.redhat.com/fr/topics/cloud-computing/"
        "public-cloud-vs-private-cloud-and-hybrid-cloud",
    ]


def test_the_two_news_have_their_date_source_and_companies():
    assert {
        item.slug: (
            item.date_label,
            item.date_edtf,
            item.source.url.rstrip("/"),
            set(item.companies.values_list("slug", flat=True)),
        )
        for item in NewsItem.objects.all()
    } == {
        "amazon-formation-numerique-france": (
            "Octobre 2024",
            "2024-10",
            "https://www.lemonde.fr",
            {"amazon", "amazon-web-services"},
        ),
        "mistral-ai-introduction-en-bourse": (
            "Février 2024",
            "2024-02",
            "https://www.ft.com",
            {"mistral-ai", "nvidia", "andreessen-horowitz"},
        ),
    }


FIRST, SECOND, DOCUMENT, PRESS = (
    "perplexity-paste-1",
    "perplexity-paste-2",
    "veille-2025",
    "le-monde",
)
LAST_QUARTER, IN_FOUR_YEARS = "Dernier trimestre", "D’ici quatre ans"
FIGURES = {
    "depenses-cloud-2024": (f"678,8{NBSP}Md$", "estimate", "2024", "", FIRST),
    "croissance-depenses-cloud-2024": (f"20,4{NBSP}%", "estimate", "2024", "", FIRST),
    "part-iaas-2024": (f"26,6{NBSP}%", "estimate", "2024", "iaas", FIRST),
    "montant-iaas-2024": (f"182,2{NBSP}Md$", "estimate", "2024", "iaas", FIRST),
    "part-paas-2024": (f"21,4{NBSP}%", "estimate", "2024", "paas", FIRST),
    "montant-paas-2024": (f"176,5{NBSP}Md$", "estimate", "2024", "paas", FIRST),
    "part-saas-2024": (f"18,9{NBSP}%", "estimate", "2024", "saas", FIRST),
    "montant-saas-2024": (f"244{NBSP}Md$", "estimate", "2024", "saas", FIRST),
    "revenus-infrastructures-dernier-trimestre": (
        f"79{NBSP}Md$",
        "actual",
        LAST_QUARTER,
        "",
        FIRST,
    ),
    "croissance-infrastructures-dernier-trimestre": (
        f"22{NBSP}%",
        "actual",
        LAST_QUARTER,
        "",
        FIRST,
    ),
    "part-aws": (f"32{NBSP}%", "actual", "", "amazon-web-services", SECOND),
    "part-azure": (f"23{NBSP}%", "actual", "", "microsoft", SECOND),
    "part-google-cloud": (f"12{NBSP}%", "actual", "", "google", SECOND),
    "part-trois-geants": (f"plus de 73{NBSP}%", "actual", "", "", DOCUMENT),
    "prevision-marche-trimestriel": (
        f"plus de 150{NBSP}Md$",
        "forecast",
        IN_FOUR_YEARS,
        "",
        DOCUMENT,
    ),
    "prevision-doublement": (f"×{NBSP}2", "forecast", IN_FOUR_YEARS, "", DOCUMENT),
    "francais-formes-2030": (
        f"600{NBSP}000{NBSP}personnes",
        "forecast",
        "D’ici 2030",
        "amazon-web-services",
        PRESS,
    ),
}


def test_every_figure_has_its_value_period_and_source():
    figures = Figure.objects.for_cards()
    assert {
        figure.slug: (
            figure.display,
            figure.nature,
            figure.period_label,
            (figure.segment and figure.segment.slug)
            or (figure.company and figure.company.slug)
            or "",
            figure.source.slug,
        )
        for figure in figures
    } == FIGURES


def test_the_share_of_the_three_giants_totals_the_shares_of_each():
    total = Figure.objects.get(slug="part-trois-geants")
    assert set(total.components.values_list("slug", flat=True)) == {
        "part-aws",
        "part-azure",
        "part-google-cloud",
    }


def test_the_forecast_is_attributed_to_those_who_made_it():
    forecasts = Figure.objects.filter(attributed_to__slug="synergy-research-group")
    assert set(forecasts.values_list("slug", flat=True)) == {
        "prevision-marche-trimestriel",
        "prevision-doublement",
    }


def test_each_figure_answers_the_indicator_agreed():
    assert dict(Figure.objects.values_list("slug", "indicator__slug")) == {
        "depenses-cloud-2024": "depenses-mondiales-cloud",
        "montant-iaas-2024": "depenses-mondiales-cloud",
        "montant-paas-2024": "depenses-mondiales-cloud",
        "montant-saas-2024": "depenses-mondiales-cloud",
        "croissance-depenses-cloud-2024": "croissance-depenses-mondiales-cloud",
        "part-iaas-2024": "repartition-depenses-cloud",
        "part-paas-2024": "repartition-depenses-cloud",
        "part-saas-2024": "repartition-depenses-cloud",
        "revenus-infrastructures-dernier-trimestre": "revenus-infrastructures-cloud",
        "prevision-marche-trimestriel": "revenus-infrastructures-cloud",
        "croissance-infrastructures-dernier-trimestre": "croissance-revenus-infrastructures-cloud",
        "prevision-doublement": "doublement-marche-cloud",
        "part-aws": "parts-de-marche-fournisseurs",
        "part-azure": "parts-de-marche-fournisseurs",
        "part-google-cloud": "parts-de-marche-fournisseurs",
        "part-trois-geants": "parts-de-marche-fournisseurs",
        "francais-formes-2030": "personnes-formees-numerique",
    }
    assert Indicator.objects.filter(figures__isnull=True).count() == 0


def test_the_three_segments_and_the_three_growth_drivers_are_in_order():
    assert list(Segment.objects.values_list("name", flat=True)) == ["IaaS", "PaaS", "SaaS"]
    assert list(GrowthDriver.objects.in_order().values_list("slug", flat=True)) == [
        "ia-generative",
        "modernisation-applications",
        "nouveaux-cas-usage",
    ]


# The calls of the document: chapter by chapter, those of each sub-section.
CALLS = [
    [[1, 1], [1]],
    [[1, 1, 1], [2]],
    [[1, 1, 1], [1, 1, 1]],
    [[2, 1], [1]],
    [[1, 1, 1], [1]],
    [[2, 2], [1, 1, 2]],
    [[1, 1], [1, 1, 1, 1]],
    [[1, 1, 1]],
    [],
]


def test_the_long_analysis_has_its_chapters_and_the_calls_of_each_sub_section():
    analysis = Analysis.objects.get(slug=LONG)
    chapters: list[list[list[int]]] = []
    for section in analysis.sections.all():
        if section.level == 1:
            assert section.note_calls == []
            chapters.append([])
        else:
            chapters[-1].append(section.note_calls)

    assert chapters == CALLS
    assert analysis.note_calls == []


def test_its_two_notes_lead_to_the_two_files_cited():
    notes = Analysis.objects.get(slug=LONG).notes()
    upload = "https://ppl-ai-file-upload.s3.amazonaws.com/web/direct-files/53100454/"
    assert [(note.number, note.citation.source.url, len(note.calls)) for note in notes] == [
        (1, f"{upload}420b30cb-e583-494a-a004-0191bb008d2d/paste.txt", 29),
        (2, f"{upload}2808f352-1780-4d79-bbe6-93b661e749cf/paste-2.txt", 5),
    ]


def test_the_short_analysis_has_two_chapters_four_trends_and_no_note():
    sections = Analysis.objects.get(slug=SHORT).sections
    assert list(sections.values_list("level", flat=True)) == [1, 1, 2, 2, 2, 2]
    assert Analysis.objects.get(slug=SHORT).notes() == []


def test_four_recommendations_follow_from_it_in_order():
    assert list(Recommendation.objects.in_order().values_list("slug", "analysis__slug")) == [
        ("adopter-approche-hybride", SHORT),
        ("integrer-ia-strategie", SHORT),
        ("former-competences-internes", SHORT),
        ("optimiser-couts-cybersecurite", SHORT),
    ]


REFERENCES = {
    "gartner-previsions-cloud": "https://www.kalyptus.fr/le-boom-du-cloud-en-2025/",
    "forbes-tendances-cloud": "https://www.forbes.com/",
    "acropole-expert-tendances-2025": "https://acropole-expert.com/"
    "les-tendances-informatiques-en-2025-ce-quil-faut-savoir/",
    "cloud-temple-tendances-2025": "https://www.cloud-temple.com/"
    "les-5-tendances-majeures-du-numerique-en-2025/",
    "ai-explorer-startups-ia": "https://aiexplorer.io/actualites-ia/"
    "classement-des-meilleures-startups-ia/",
    "smartpoint-infrastructure-2025": "https://www.smartpoint.fr/infrastructure-cloud-ia-2025/",
    "datacamp-conferences-cloud": "https://www.datacamp.com/fr/blog/top-cloud-conferences",
    "free-work-salons": "https://www.free-work.com/fr/tech-it/blog/actualites-informatiques/"
    "quels-sont-les-salons-a-venir",
}


def test_the_eight_references_have_their_address():
    references = Source.objects.filter(slug__in=REFERENCES)
    assert dict(references.values_list("slug", "url")) == REFERENCES


def test_the_document_itself_is_a_source_dated_of_its_last_update():
    document = Source.objects.get(slug="veille-2025")
    assert (document.kind, document.date_label, document.date_edtf) == (
        "internal",
        "4 février 2025",
        "2025-02-04",
    )
    assert set(Analysis.objects.values_list("date_label", flat=True)) == {"4 février 2025"}


def test_the_answer_of_the_ai_is_a_source_told_as_such():
    answer = Source.objects.get(slug="perplexity-reponse")
    assert (answer.kind, answer.url) == ("ai_generated", "https://pplx.ai/share")
