"""The admin of the kernel: the base of every record, accounts, anomalies, tokens."""

from publishing.admin.anomalies import AnomalyAdmin
from publishing.admin.records import (
    FOLLOW_UP_COLUMNS,
    IMAGE_TO_CHOOSE_AGAIN,
    ONLY_REVIEWERS_DECIDE,
    AnomalyFilter,
    PublishableAdmin,
    SearchedRelations,
    YearFilter,
    state_badge,
)
from publishing.admin.tokens import ApiTokenAdmin

__all__ = [
    "FOLLOW_UP_COLUMNS",
    "IMAGE_TO_CHOOSE_AGAIN",
    "ONLY_REVIEWERS_DECIDE",
    "AnomalyAdmin",
    "AnomalyFilter",
    "ApiTokenAdmin",
    "PublishableAdmin",
    "SearchedRelations",
    "YearFilter",
    "state_badge",
]
