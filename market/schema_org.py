"""Indicators, figures and growth drivers, as schema.org words them."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from market.models import Figure, GrowthDriver, Indicator
from publishing.addresses import absolute_url
from publishing.schema_org import Data, article, period, publisher, reference, thing
from sources.schema_org import source_of, sources_of

DOWNLOADS = (("csv", "text/csv"), ("json", "application/json"))


def indicator(record: Indicator, figures: Sequence[Figure]) -> Data:
    """https://schema.org/Dataset; `figures` are all that the page shows, with their sources."""
    changed = max((one.changed_at for one in figures), default=record.changed_at)
    works = {one.source_id: one.source for one in figures if one.source and one.source.is_public}
    return thing(
        "Dataset",
        record,
        description=record.summary or record.label,
        variableMeasured={
            "@type": "PropertyValue",
            "name": record.name,
            "unitText": record.unit_label,
            "measurementTechnique": record.get_kind_display(),
        },
        spatialCoverage=record.geography,
        temporalCoverage=_coverage(figures),
        isAccessibleForFree=True,
        inLanguage="fr",
        creator=publisher(),
        publisher=publisher(),
        datePublished=record.publish_at.isoformat(),
        dateModified=changed.isoformat(),
        isBasedOn=[source_of(work) for work in works.values()],
        distribution=[_download(record, *one) for one in DOWNLOADS],
    )


def figure(record: Figure) -> Data:
    """https://schema.org/Observation: the value as stated, of which indicator, for which period."""
    source = record.source
    return thing(
        "Observation",
        record,
        value=record.display,
        observationDate=period(record.period),
        measuredProperty=reference("Dataset", record.indicator),
        isBasedOn=source_of(source) if source and source.is_public else None,
    )


def growth_driver(record: GrowthDriver) -> Data:
    """https://schema.org/Article."""
    return article("Article", record, citation=sources_of(record))


def _download(record: Indicator, extension: str, media_type: str) -> Data:
    path = reverse(f"market:indicator_{extension}", args=[record.slug])
    return {
        "@type": "DataDownload",
        "encodingFormat": media_type,
        "contentUrl": absolute_url(path),
    }


def _coverage(figures: Sequence[Figure]) -> str:
    """From the earliest to the latest year that a figure speaks of; nothing when none is dated."""
    days = [day for one in figures for day in (one.period.start, one.period.end) if day]
    if not days:
        return ""
    first, last = min(days).year, max(days).year
    return str(first) if first == last else f"{first}/{last}"
