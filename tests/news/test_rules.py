"""Two records of one piece of news."""

import pytest

from publishing.models import Anomaly
from tests import factories as make

pytestmark = pytest.mark.django_db

NEWS = {"title": "Mistral AI prépare son entrée en bourse", "date": "février 2025"}


def found() -> int:
    return Anomaly.objects.standing().filter(rule="news-dated-twice").count()


def test_one_news_of_one_page_with_two_dates_contradicts_itself():
    source = make.make_source()
    make.make_news(source=source, **NEWS)
    make.make_news(source=source, title="Entrée en bourse : Mistral AI se prépare", date="mai 2025")
    assert found() == 1


@pytest.mark.parametrize(
    "differences",
    [
        {},
        {"date": "12 février 2025"},
        {"date": "2025"},
        {"title": "OVHcloud ouvre un centre de données", "date": "mai 2025"},
    ],
    ids=str,
)
def test_what_one_page_may_tell_is_no_contradiction(differences):
    source = make.make_source()
    make.make_news(source=source, **NEWS)
    make.make_news(source=source, **NEWS | differences)
    assert found() == 0


def test_two_news_given_by_a_home_page_are_not_compared():
    source = make.make_source(url="https://example.org/")
    make.make_news(source=source, **NEWS)
    make.make_news(source=source, **NEWS | {"date": "mai 2025"})
    assert found() == 0
