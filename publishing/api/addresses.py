"""Where a record stands in the API."""

from __future__ import annotations

from django.urls import reverse

from publishing.models import Anomaly, Publishable
from publishing.paths import path_to

NAMESPACE = "api"


def api_path(record: Publishable) -> str:
    """Path of `record` in the API, as « /api/v1/events/aws-reinvent-2025/ »."""
    return path_to(f"{NAMESPACE}:{record.api_name}-detail", record.slug)


def anomaly_path(anomaly: Anomaly) -> str:
    """Path of `anomaly` in the API, as « /api/v1/anomalies/12/ »."""
    return reverse(f"{NAMESPACE}:anomalies-detail", args=[anomaly.pk])
