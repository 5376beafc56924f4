"""Columns of the companies, when they are exported."""

from __future__ import annotations

from django.db.models import Prefetch

from companies.models import Company
from publishing.exports import columns_of, country, fetched, made, many, plain, several
from topics.models import topics_prefetch


def _roles(company: Company) -> list[tuple[str, str]]:
    return [(row.role, row.get_role_display()) for row in company.roles.all()]


COMPANY = columns_of(
    made("other_names", lambda company: company.other_names),
    plain("summary"),
    several("roles", _roles, load=fetched(lambda: Prefetch("roles"))),
    country(),
    plain("website"),
    plain("featured"),
    many("topics", topics_prefetch),
    named="name",
)
