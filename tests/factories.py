"""One builder per model: a saved, published, public record, unless told otherwise.

Each takes the fields of its model as keyword arguments. A date may be given as the text that an
editor would type. Nothing is random, so that a failure repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from analyses.models import Analysis, AnalysisSection, Recommendation
from companies.models import Company, CompanyRelation, CompanyRole
from events.models import Event, EventSeries
from market.models import Figure, FigureComponent, GrowthDriver, Indicator, Perimeter, Segment
from news.models import NewsItem
from publishing.anomalies import checked_together
from publishing.dates import parse
from publishing.groups import REVIEWER
from publishing.models import Anomaly, AnomalyRecord, Publishable, Severity, Status
from publishing.tokens import ApiToken
from search.models import Synonym
from sources.models import Citation, Source
from topics.models import Topic, TopicReading, TopicSection, Trend

LONG_AGO = datetime(2025, 2, 4, 8, 0, tzinfo=UTC)

T = TypeVar("T")

_number = count(1)


def make_source(**fields: Any) -> Source:
    n = next(_number)
    defaults = {
        "title": f"Source {n}",
        "publisher": "Éditeur",
        "url": f"https://editeur.example/{n}",
    }
    return _make(Source, defaults, fields)


def make_topic(*, sections: list[tuple[str, str]] = (), readings=(), **fields: Any) -> Topic:
    """`sections` are (title, body); `readings` are sources."""
    topic = _make(Topic, {"title": f"Thématique {next(_number)}"}, fields)
    for position, (title, body) in enumerate(sections, start=1):
        TopicSection.objects.create(topic=topic, position=position, title=title, body=body)
    for position, source in enumerate(readings, start=1):
        TopicReading.objects.create(topic=topic, position=position, source=source)
    return topic


def make_trend(**fields: Any) -> Trend:
    defaults = {"title": f"Tendance {next(_number)}", "year": 2025, "level": Trend.Level.MAJOR}
    return _make(Trend, defaults, fields)


def make_company(*, roles: list[str] = (), **fields: Any) -> Company:
    company = _make(Company, {"name": f"Entreprise {next(_number)}"}, fields)
    CompanyRole.objects.bulk_create(CompanyRole(company=company, role=role) for role in roles)
    return company


def make_relation(subject: Company, kind: str, target: Company, **fields: Any) -> CompanyRelation:
    relation = CompanyRelation(subject=subject, kind=kind, target=target, **_dated(fields))
    relation.full_clean()
    relation.save()
    return relation


def make_series(**fields: Any) -> EventSeries:
    return _make(EventSeries, {"name": f"Série {next(_number)}"}, fields)


def make_event(**fields: Any) -> Event:
    defaults = {"title": f"Événement {next(_number)}", "date": "20-23 mai 2025", "city": "Berlin"}
    return _make(Event, defaults, fields)


def make_perimeter(**fields: Any) -> Perimeter:
    n = next(_number)
    return Perimeter.objects.create(**{"name": f"Périmètre {n}", "slug": f"perimetre-{n}"} | fields)


def make_segment(**fields: Any) -> Segment:
    n = next(_number)
    return Segment.objects.create(**{"name": f"Segment {n}", "slug": f"segment-{n}"} | fields)


def make_indicator(**fields: Any) -> Indicator:
    defaults = {
        "name": f"Indicateur {next(_number)}",
        "kind": Indicator.Kind.AMOUNT,
        "unit": "USD",
        "scale": 9,
    }
    return _make(Indicator, defaults, fields)


def make_figure(*, components: list[Figure] = (), **fields: Any) -> Figure:
    if "indicator" not in fields:
        fields["indicator"] = make_indicator()
    if "source" not in fields:
        fields["source"] = make_source()
    defaults = {"value": Decimal("678.8"), "period": "2024", "vintage": "4 février 2025"}
    figure = _make(Figure, defaults, fields)
    for part in components:
        FigureComponent.objects.create(total=figure, part=part)
    return figure


def make_driver(**fields: Any) -> GrowthDriver:
    return _make(GrowthDriver, {"title": f"Facteur {next(_number)}"}, fields)


def make_news(*, companies=(), events=(), **fields: Any) -> NewsItem:
    if "source" not in fields:
        fields["source"] = make_source()
    defaults = {"title": f"Actualité {next(_number)}", "date": "octobre 2024"}
    item = _make(NewsItem, defaults, fields)
    item.companies.set(companies)
    item.events.set(events)
    return item


def make_analysis(*, sections: list[tuple[str, str]] = (), **fields: Any) -> Analysis:
    """`sections` are chapters, as (title, body)."""
    defaults = {
        "title": f"Analyse {next(_number)}",
        "body": "Introduction.",
        "date": "février 2025",
    }
    analysis = _make(Analysis, defaults, fields)
    for position, (title, body) in enumerate(sections, start=1):
        AnalysisSection.objects.create(analysis=analysis, position=position, title=title, body=body)
    return analysis


def make_recommendation(**fields: Any) -> Recommendation:
    return _make(Recommendation, {"title": f"Recommandation {next(_number)}"}, fields)


def make_synonym(**fields: Any) -> Synonym:
    n = next(_number)
    return Synonym.objects.create(**{"terms": f"terme {n}, mot {n}"} | fields)


def cite(record: Publishable, source: Source, **fields: Any) -> Citation:
    return Citation.objects.create(record=record, source=source, **fields)


def make_anomaly(
    *,
    rule: str = "share-of-total",
    accused: list[Publishable] = (),
    context: list[Publishable] = (),
    **fields: Any,
) -> Anomaly:
    """An open error of the rule `rule`, as the check would write it; no check is run."""
    n = next(_number)
    defaults = {
        "identity": f"{n:064}",
        "fingerprint": f"{n:064}",
        "subject": "figures",
        "scope": f"essai/{n}",
        "severity": Severity.ERROR,
        "contests": True,
        "message": f"{n} + 2 = {n + 2}, et non {n + 3}.",
    }
    anomaly = Anomaly(rule=rule, **defaults | fields)
    anomaly.move_to(anomaly.status)
    roles = [(AnomalyRecord.Role.ACCUSED, one) for one in accused]
    roles += [(AnomalyRecord.Role.CONTEXT, one) for one in context]
    for position, (role, record) in enumerate(roles):
        public_from, public_until = record.publication_window
        AnomalyRecord.objects.create(
            anomaly=anomaly,
            content_type=ContentType.objects.get_for_model(record),
            object_id=record.pk,
            position=position,
            role=role,
            public_from=public_from,
            public_until=public_until,
        )
    return anomaly


def many(number: int, build: Callable[..., T], **fields: Any) -> list[T]:
    """`number` records that contradict nothing: checked together, rather than at each save."""
    with checked_together():
        return [build(**fields) for _ in range(number)]


def make_user(group: str | None = None, **fields: Any):
    """A member of the staff, in the group of that name; a superuser with is_superuser=True."""
    n = next(_number)
    user = get_user_model().objects.create_user(
        **{"username": f"personne{n}", "password": "motdepasse", "is_staff": True} | fields
    )
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_token(user: Any = None, scope: str = "publish", **fields: Any) -> ApiToken:
    """A token that acts for `user`, by default a reviewer; its `secret` is on it."""
    user = user or make_user(REVIEWER)
    return ApiToken.objects.create(
        **{"name": f"Jeton {next(_number)}", "user": user, "scope": scope} | fields
    )


def _make(model: type[Publishable], defaults: dict[str, Any], fields: dict[str, Any]):
    shared = {"status": Status.PUBLISHED}
    fields = dict(fields)
    topics = fields.pop("topics", ())
    values = shared | defaults | fields
    if values["status"] == Status.PUBLISHED:
        values.setdefault("publish_at", LONG_AGO)
    record = model(**_dated(values))
    record.full_clean()
    record.save()
    if topics:
        record.topics.set(topics)
    return record


def _dated(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: parse(value)
        if name in ("date", "period", "vintage") and isinstance(value, str)
        else value
        for name, value in fields.items()
    }
