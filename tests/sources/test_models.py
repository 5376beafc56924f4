import pytest
from django.core.exceptions import ValidationError

from publishing.models import Status
from publishing.publication import archive, archive_all
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_source_that_public_figures_have_alone_is_not_withdrawn():
    figure = make.make_figure()
    with pytest.raises(ValidationError) as refusal:
        archive(figure.source)
    named = f"«\u00a0{figure.label}\u00a0»"
    assert refusal.value.message_dict["status"] == [
        f"Des fiches publiées n’ont que cette source (1, dont {named})\u00a0: "
        "donnez-leur d’abord une autre source, ou retirez-les."
    ]
    figure.source.refresh_from_db()
    assert figure.source.is_public


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.REJECTED])
def test_nor_taken_back_in_a_form(status):
    source = make.make_news().source
    source.status = status
    with pytest.raises(ValidationError):
        source.full_clean()


def test_once_they_are_withdrawn_it_may_be():
    figure = make.make_figure()
    archive(figure)
    archive(figure.source)
    assert figure.source.status == Status.ARCHIVED


def test_a_source_cited_beside_a_text_may_be_withdrawn():
    source = make.make_source()
    make.cite(make.make_trend(), source)
    archive(source)
    assert source.status == Status.ARCHIVED


def test_in_a_batch_the_others_are_archived_and_the_report_says_why():
    kept, free = make.make_figure().source, make.make_source()
    report = archive_all([kept, free])
    assert report.done == [free]
    assert [record for record, _ in report.refused] == [kept]


def test_the_sources_that_no_mark_calls_follow_the_numbered_ones():
    trend = make.make_trend()
    beside = make.cite(trend, make.make_source())
    second, first = (make.cite(trend, make.make_source(), number=number) for number in (2, 1))
    loaded = type(trend).objects.for_detail().get(pk=trend.pk)
    assert list(loaded.citations.all()) == [first, second, beside]
