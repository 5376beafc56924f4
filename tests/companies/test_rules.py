"""Two records of one company."""

import pytest

from publishing.models import Anomaly
from tests import factories as make

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    anomalies = Anomaly.objects.standing().filter(rule="company-described-twice")
    return [anomaly.message for anomaly in anomalies]


def test_one_name_but_for_its_legal_form_is_one_company():
    make.make_company(name="Éditions du Nuage SA")
    make.make_company(name="Editions du nuage")
    assert found() == [
        "«\u00a0Éditions du Nuage SA\u00a0» et «\u00a0Editions du nuage\u00a0» sont deux fiches "
        "qui ont le même nom."
    ]


def test_one_site_is_one_company():
    make.make_company(name="Nuage", website="https://www.nuage.fr")
    make.make_company(name="Nuage Group", website="http://nuage.fr/")
    assert len(found()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Nuage"}, {"name": "Nuages"}),
        ({"name": "Free", "country": "FR"}, {"name": "Free", "country": "US"}),
        (
            {"name": "Google", "website": "https://google.com"},
            {"name": "Google Cloud", "website": "https://cloud.google.com"},
        ),
        (
            {"name": "Amazon", "website": "https://amazon.com"},
            {"name": "AWS", "website": "https://amazon.com/aws"},
        ),
    ],
)
def test_two_companies_are_two_companies(one, other):
    make.make_company(**one)
    make.make_company(**other)
    assert found() == []
