import pytest
from django.core.exceptions import ValidationError

from publishing.models import Status
from publishing.publication import publish
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_all_that_publication_demands_is_said_at_once():
    item = make.make_news(source=None, date="", status=Status.DRAFT)
    with pytest.raises(ValidationError) as refusal:
        publish(item)
    assert refusal.value.message_dict == {
        "source": [
            "Pas de publication sans source\u00a0: indiquez celle de cette fiche (actualité)."
        ],
        "date": ["Une actualité se publie avec sa date, même approximative."],
    }


def test_an_undated_draft_is_kept():
    assert make.make_news(source=None, date="", status=Status.DRAFT).pk
