"""Companies, as schema.org words them."""

from __future__ import annotations

from companies.models import Company, CompanyRelation
from publishing.addresses import absolute_url
from publishing.schema_org import Data, reference, thing


def company(record: Company) -> Data:
    """https://schema.org/Organization, with what it belongs to and what belongs to it."""
    subsidiary_of = CompanyRelation.Kind.SUBSIDIARY_OF
    # Loaded by `for_detail()`: those whose two companies are public.
    relations, inverse = record.relations.all(), record.inverse_relations.all()
    return thing(
        "Organization",
        record,
        url=record.website,
        mainEntityOfPage=absolute_url(record.get_absolute_url()),
        alternateName=record.other_names,
        address={"@type": "PostalAddress", "addressCountry": record.country.code}
        if record.country
        else None,
        parentOrganization=[
            reference("Organization", one.target) for one in relations if one.kind == subsidiary_of
        ],
        subOrganization=[
            reference("Organization", one.subject) for one in inverse if one.kind == subsidiary_of
        ],
    )
