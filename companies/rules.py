"""Companies that two records describe."""

from __future__ import annotations

from collections.abc import Iterator

from companies.models import Company
from publishing.anomalies import Finding, register
from publishing.doubles import Doubles, Pair, key_of
from sources.addresses import same_page
from sources.publishers import words_of

# What a name gains or loses from one text to another.
_LEGAL_FORMS = frozenset(
    {
        *("ag", "bv", "gmbh", "nv", "plc", "sa", "sarl", "sas", "se", "spa"),
        *("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "llc", "ltd"),
    }
)


class CompanyDoubles(Doubles):
    """Companies of one name, or of one site."""

    name = "company-doubles"
    label = "Entreprises en double"
    model = Company
    watched = (Company,)

    def keys(self, company: Company) -> set[str]:
        keys = set()
        if name := _plain_name(company):
            keys.add(key_of("name", "", name))
        if site := same_page(company.website):
            keys.add(key_of("site", "", site))
        return keys


def _plain_name(company: Company) -> str:
    """The name without its legal form nor its spaces."""
    words = words_of(company.name)
    return "".join([word for word in words if word not in _LEGAL_FORMS] or words)


company_doubles = register(CompanyDoubles())


@company_doubles.rule(
    "company-described-twice",
    title="Deux fiches pour une entreprise",
    explanation="Deux fiches ont le même nom, à la forme juridique près, ou le même site. Deux "
    "homonymes de pays différents ne sont pas rapprochés.",
)
def described_twice(pair: Pair) -> Iterator[Finding]:
    one, other = pair.one, pair.other
    site = same_page(one.website)
    has_one_site = bool(site) and site == same_page(other.website)
    if not has_one_site and one.country != other.country and one.country and other.country:
        return
    shared = f"le même site, {one.website}" if has_one_site else "le même nom"
    message = f"« {one.name} » et « {other.name} » sont deux fiches qui ont {shared}."
    yield pair.finding(message, one.name, one.website, other.name, other.website)
