"""No public surface shows a record that is not public: a walk over all of them.

For each kind of record and each reason to be hidden, a secret record is tied to public ones in
every way that the models allow. Then every page and every answer of the API is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from analyses.models import Analysis
from companies.models import CompanyRelation
from events.models import Event
from market.anomaly_api import AnomalyViewSet
from market.models import Figure, FigureComponent
from news.models import NewsItem
from publishing import clock
from publishing.api.inclusion import relations_of
from publishing.models import Anomaly, Publishable, Status, published_models
from sources.single import resting_models
from tests import factories as make
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

RECORDS = published_models()


@dataclass(frozen=True)
class Secret:
    """What a secret record says, and no other does: a number, in its words and in its value."""

    number: int = 7391

    @property
    def words(self) -> str:
        return f"Confidentiel-{self.number}"

    @property
    def slug(self) -> str:
        return self.words.lower()

    @property
    def value(self) -> Decimal:
        return Decimal(f"{self.number}.5")

    def is_in(self, text: str) -> bool:
        thousands = f"{self.number:,}".replace(",", " ")
        marks = (self.words, self.slug, f"{self.number}.5", f"{self.number},5", thousands)
        return any(mark in text for mark in marks)


SECRET = Secret().words
BUILDERS = {
    "Source": make.make_source,
    "Topic": make.make_topic,
    "Trend": make.make_trend,
    "Company": make.make_company,
    "EventSeries": make.make_series,
    "Event": make.make_event,
    "Indicator": make.make_indicator,
    "Figure": make.make_figure,
    "GrowthDriver": make.make_driver,
    "NewsItem": make.make_news,
    "Analysis": make.make_analysis,
    "Recommendation": make.make_recommendation,
}
REGISTERS = ("/marche/anomalies/", "/marche/errata/")
CHANGES = "/api/v1/changes/?page_size=200"
# What the API gives whole lists as.
BULK = ("csv", "json", "ndjson")
SEARCHES = ("/recherche/", "/recherche/suggestions", "/api/v1/search/")
HIDDEN = {
    "draft": {"status": Status.DRAFT},
    "in review": {"status": Status.IN_REVIEW},
    "rejected": {"status": Status.REJECTED},
    "archived": {"status": Status.ARCHIVED, "publish_at": make.LONG_AGO},
    "scheduled": {"publish_at": clock.now() + timedelta(days=3)},
    "expired": {"expire_at": make.LONG_AGO + timedelta(days=1)},
}


class World:
    """One public record of each kind, all tied together."""

    def __init__(self) -> None:
        self.source = make.make_source()
        self.topic = make.make_topic(sections=[("Définition", "Texte")], readings=[self.source])
        topics = [self.topic]
        self.trend = make.make_trend(topics=topics)
        self.company = make.make_company(topics=topics, roles=["provider"], featured=True)
        self.other = make.make_company(topics=topics)
        make.make_relation(self.company, "partner_of", self.other, source=self.source)
        self.series = make.make_series()
        self.event = make.make_event(series=self.series, organiser=self.company, topics=topics)
        self.indicator = make.make_indicator(topics=topics)
        self.figure = make.make_figure(
            indicator=self.indicator, source=self.source, company=self.company
        )
        self.total = make.make_figure(
            indicator=self.indicator, source=self.source, components=[self.figure]
        )
        # Answered by the secret figure, if it were public.
        self.forecast = make.make_figure(
            indicator=self.indicator,
            source=self.source,
            company=self.company,
            nature=Figure.Nature.FORECAST,
        )
        self.driver = make.make_driver(topics=topics)
        self.news = make.make_news(
            source=self.source, companies=[self.company], events=[self.event], topics=topics
        )
        self.analysis = make.make_analysis(body="Un fait [1].", topics=topics)
        make.cite(self.analysis, self.source, number=1)
        self.recommendation = make.make_recommendation(analysis=self.analysis, topics=topics)
        # Public records that hold a secret, each a secret of its own.
        self.more: list[Publishable] = []

    def records(self) -> list[Publishable]:
        told = [record for record in vars(self).values() if type(record) in RECORDS]
        return [*told, *self.more]


def hide(world: World, name: str, how: dict, secret: Secret = Secret()):
    """A secret record of the kind `name`, tied to the public ones in every way there is."""
    said = secret.words
    named = {"slug": secret.slug, "provenance": said}
    if name == "Figure":
        record = make.make_figure(
            indicator=world.indicator,
            source=world.source,
            company=world.company,
            value=secret.value,
            quote=said,
            **named,
        )
    else:
        record = BUILDERS[name](**named, **{BUILDERS_LABEL.get(name, "title"): said})
    _tie(world, record, secret)
    make.make_anomaly(accused=[world.figure, record], message=said, lead=said)
    make.make_anomaly(accused=[world.source], context=[record], message=said)
    for field, value in how.items():
        setattr(record, field, value)
    type(record).objects.filter(pk=record.pk).update(**how)
    _follow(record)
    return record


def _follow(record) -> None:
    """What a save does: the rows of anomalies know when their records are public."""
    record = type(record).objects.get(pk=record.pk)
    for one in (record, *(one for some in record.public_only_with_it() for one in some)):
        start, end = one.publication_window
        one.anomaly_records.update(public_from=start, public_until=end)


BUILDERS_LABEL = {"Company": "name", "EventSeries": "name", "Indicator": "name"}


def _tie(world: World, record, secret: Secret) -> None:  # noqa: PLR0912, PLR0915  one case for each kind
    name, said = type(record).__name__, secret.words
    if hasattr(record, "topics"):
        record.topics.set([world.topic])
    match name:
        case "Source":
            for cited in (world.topic, world.trend, world.company, world.analysis, world.event):
                make.cite(cited, record, quote=said)
            type(world.figure).objects.filter(pk=world.figure.pk).update(source=record)
            type(world.news).objects.filter(pk=world.news.pk).update(source=record)
            CompanyRelation.objects.update(source=record)
            world.topic.readings.create(source=record, note=said)
        case "Topic":
            for topical in world.records():
                if hasattr(topical, "topics"):
                    topical.topics.add(record)
            make.cite(record, world.source, quote=said)
        case "Company":
            make.make_relation(record, "subsidiary_of", world.company, source=world.source)
            make.make_relation(world.other, "customer_of", record, source=world.source, note=said)
            world.news.companies.add(record)
            type(world.event).objects.filter(pk=world.event.pk).update(organiser=record)
            type(world.figure).objects.update(attributed_to=record)
            type(world.total).objects.filter(pk=world.total.pk).update(company=record)
        case "EventSeries":
            event = make.make_event(series=record, organiser=world.company, topics=[world.topic])
            world.news.events.add(event)
            world.more.append(event)
        case "Event":
            type(record).objects.filter(pk=record.pk).update(
                series=world.series, organiser=world.company
            )
            world.news.events.add(record)
        case "Figure":
            FigureComponent.objects.create(total=world.total, part=record)
            FigureComponent.objects.create(total=record, part=world.figure)
            type(record).objects.filter(pk=record.pk).update(supersedes=world.figure)
            type(record).objects.filter(pk=world.total.pk).update(supersedes=record)
        case "NewsItem":
            record.companies.add(world.company)
            record.events.add(world.event)
            type(record).objects.filter(pk=record.pk).update(source=world.source)
        case "Analysis":
            make.cite(record, world.source, number=1, quote=said)
            world.more.append(make.make_recommendation(analysis=record, topics=[world.topic]))
        case "Recommendation":
            type(record).objects.filter(pk=record.pk).update(analysis=world.analysis)
        case "Trend" | "GrowthDriver" | "Indicator":
            make.cite(record, world.source, quote=said)
            if name == "Indicator":
                make.make_figure(indicator=record, source=world.source, value=secret.value)


def surfaces(world: World) -> list[str]:
    """Every public address: pages and API, lists and details, and what speaks of the whole site."""
    addresses = ["/", reverse("about"), reverse("market:overview"), reverse("api:root")]
    addresses.append(reverse("market:forecast_list"))
    comparison = reverse("market:comparison")
    addresses += [comparison, f"{comparison}?indicateur={world.indicator.slug}"]
    for model in RECORDS:
        addresses.append(f"/sitemap-{model.api_name}.xml")
        addresses += [model.list_url(), reverse(f"api:{model.api_name}-list")]
        addresses.append(f"{model.list_url()}?q=confidentiel")
        addresses += exports(model.list_url())
    addresses += [f"/sources/source-unique/?type={model.api_name}" for model in resting_models()]
    addresses += [f"{address}?q=confidentiel" for address in (*SEARCHES, *REGISTERS)]
    for base in (*REGISTERS, reverse("market:forecast_list")):
        addresses += exports(base)
    addresses += [*REGISTERS, reverse("market:method"), "/sitemap-anomalies.xml"]
    addresses += [anomaly.get_absolute_url() for anomaly in Anomaly.objects.all()]
    addresses += [reverse("api:anomalies-list"), f"{reverse('api:anomalies-list')}?q=confidentiel"]
    addresses += [
        reverse("api:anomalies-detail", args=[anomaly.pk]) for anomaly in Anomaly.objects.all()
    ]
    addresses += [reverse(f"api:anomalies-export-{one}") for one in BULK]
    addresses += inclusions(world)
    for record in world.records():
        addresses.append(record.get_absolute_url())
        addresses.append(reverse(f"api:{record.api_name}-detail", args=[record.slug]))
    lists = [model.list_url() for model in (Event, Figure, NewsItem, Analysis)]
    subjects = [world.topic.get_absolute_url(), world.company.get_absolute_url()]
    for base in ("/", "/marche/errata/", *lists, *subjects):
        addresses += [f"{base}flux.{extension}" for extension in ("rss", "atom", "json")]
    addresses += ["/evenements/agenda.ics", "/evenements/agenda.ics?approximatifs=1"]
    events = [record for record in world.records() if type(record) is Event]
    addresses += [reverse("events:event_calendar", args=[event.slug]) for event in events]
    months = [reverse("events:calendar"), reverse("events:month", args=["2025", "05"])]
    addresses += [*months, reverse("events:call_list"), "/evenements/?period=past"]
    addresses += ["/panorama/", "/panorama/2025/", "/panorama/2025.md"]
    addresses.append(reverse("api:indicators-trail", args=[world.indicator.slug]))
    for model in RECORDS:
        addresses += [reverse(f"api:{model.api_name}-export-{one}") for one in BULK]
    addresses += [
        f"/marche/{world.indicator.slug}.{one}" for one in ("csv", "csv-metadata.json", "txt")
    ]
    addresses.append(CHANGES)
    calendar = reverse("api:events-export-ics")
    addresses += [calendar, f"{calendar}?approximate=1"]
    return addresses


def inclusions(world: World) -> list[str]:
    """The addresses of the API, with all that may be included."""
    shown = {reverse("api:anomalies-list"): AnomalyViewSet.serializer_class}
    details = {}
    for viewset in VIEWSETS:
        shown[reverse(f"api:{viewset.model.api_name}-list")] = viewset.serializer_class
        details[viewset.model] = viewset.detail_serializer_class
    for record in world.records():
        address = reverse(f"api:{record.api_name}-detail", args=[record.slug])
        shown[address] = details[type(record)]
    return [
        f"{address}?include={','.join(relations_of(serializer))}"
        for address, serializer in shown.items()
        if relations_of(serializer)
    ]


def exports(base: str) -> list[str]:
    return [f"{base}export.{extension}" for extension in ("csv", "json")]


def shown(text: str) -> bool:
    return Secret().is_in(text)


# A figure holds one source, one company, one correction, in fields that take no other: a walk hides
# one secret of these kinds. Those of the other kinds leave room for one another: a walk hides one
# for each reason. Where a page tells only the first few, a leak still shows: whatever else leaks, a
# secret that would be told alone leaves its place to another secret only.
HELD_ALONE = ("Source", "Company", "Figure")
WALKS = [(name, (how,)) for name in HELD_ALONE for how in HIDDEN]
WALKS += [(name, tuple(HIDDEN)) for name in BUILDERS if name not in HELD_ALONE]
SECRETS = {how: Secret(number) for number, how in enumerate(HIDDEN, start=7391)}


def ties(record) -> dict[str, int]:
    """How many rows hold a record, by the relation that does."""
    return {
        relation.name: relation.related_model._base_manager.filter(
            **{relation.field.name: record.pk}
        ).count()
        for relation in record._meta.related_objects
    }


def walk_name(reasons: tuple[str, ...]) -> str:
    return "every reason" if len(reasons) > 1 else reasons[0]


@pytest.mark.parametrize(
    ("name", "reasons"), WALKS, ids=[f"{name}-{walk_name(reasons)}" for name, reasons in WALKS]
)
def test_a_hidden_record_is_on_no_public_surface(client, name, reasons):
    world = World()
    hidden = {how: hide(world, name, HIDDEN[how], SECRETS[how]) for how in reasons}
    first, *others = hidden.values()
    assert [ties(one) for one in others] == [ties(first)] * len(others)
    leaks = []
    for address in surfaces(world):
        response = client.get(address)
        assert response.status_code in (200, 404), address
        # Calendars fold their lines.
        content = response.getvalue().decode().replace("\r\n ", "")
        content = content.replace("confidentiel&quot;", "").replace("\u00a0", " ")
        leaking = [how for how in reasons if SECRETS[how].is_in(content)]
        leaks += [f"{name} {how}, {SECRETS[how].slug}: {address}" for how in leaking]
    assert not leaks, "\n".join(leaks)
    for how, record in hidden.items():
        expected = 410 if how in ("archived", "expired") else 404
        alone = reverse(f"api:{record.api_name}-detail", args=[record.slug])
        for address in (record.get_absolute_url(), alone):
            assert client.get(address).status_code == expected, (how, address)


@pytest.mark.parametrize("name", BUILDERS)
def test_the_same_record_public_is_on_its_list_and_at_its_address(client, name):
    """The walk above could not fail if the secret were shown nowhere at all."""
    world = World()
    record = hide(world, name, {})
    assert shown(client.get(record.list_url()).content.decode().replace("\u00a0", " "))
    assert client.get(record.get_absolute_url()).status_code == 200
    assert record.slug in client.get(reverse(f"api:{record.api_name}-list")).content.decode()
    for address in exports(record.list_url()):
        assert shown(client.get(address).getvalue().decode().replace("\u00a0", " "))
    for extension in ("rss", "atom", "json"):
        assert record.slug in client.get(f"/flux.{extension}").content.decode()
    if name == "Event":
        for address in ("/evenements/agenda.ics", "/evenements/calendrier/2025/05/"):
            assert SECRET in client.get(address).content.decode()


@pytest.mark.parametrize("name", BUILDERS)
def test_the_same_record_public_is_found_by_its_words(client, name):
    if name == "Figure":
        record = make.make_figure(quote=SECRET)
    else:
        record = BUILDERS[name](**{BUILDERS_LABEL.get(name, "title"): SECRET})
    found_by = [
        address
        for address in SEARCHES
        if record.slug in client.get(address, {"q": "confidentiel"}).content.decode()
    ]
    # Titles are suggested: the secret of a figure is in its quotation.
    titled = name != "Figure"
    assert found_by == [one for one in SEARCHES if titled or "suggestions" not in one]


@pytest.mark.parametrize("how", ["", *HIDDEN], ids=str)
def test_python_and_sql_agree_on_what_is_public(how):
    event = make.make_event()
    type(event).objects.filter(pk=event.pk).update(**HIDDEN.get(how, {}))
    event.refresh_from_db()
    assert event.is_public == type(event).objects.published().filter(pk=event.pk).exists()
