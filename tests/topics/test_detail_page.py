import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


def page(client, record) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_a_topic_shows_its_own_set_of_parts_in_order_and_its_readings(client):
    reading = make.make_source(title="À lire")
    topic = make.make_topic(
        sections=[("Synergie", "L’un *sert* l’autre."), ("Innovations", "- une\n- deux")],
        readings=[reading],
    )
    content = page(client, topic)
    assert content.index(">Synergie</h2>") < content.index(">Innovations</h2>")
    assert "<em>sert</em>" in content
    assert f'href="{reading.get_absolute_url()}"' in content


def test_a_topic_shows_the_records_of_every_kind_that_belong_to_it(client):
    topic = make.make_topic()
    records = [
        build(topics=[topic])
        for build in (
            make.make_trend,
            make.make_company,
            make.make_event,
            make.make_indicator,
            make.make_driver,
            make.make_news,
            make.make_analysis,
            make.make_recommendation,
        )
    ]
    content = page(client, topic)
    for record in records:
        assert f'href="{record.get_absolute_url()}"' in content
        assert f'href="{record.list_url()}?topic={topic.slug}"' in content
        assert client.get(record.list_url(), {"topic": topic.slug}).status_code == 200
