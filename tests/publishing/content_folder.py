"""A folder of content files for a test, and the command as a person runs it."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import call_command

DEFAULTS = """\
status: published
publish_at: "2025-02-04T09:00:00+01:00"
"""


@dataclass(frozen=True)
class Outcome:
    """The exit code, and the lines of both outputs."""

    code: int
    told: list[str]
    errors: list[str]


class ContentFolder:
    """`folder["events.yaml"] = text` writes a file; `folder.load()` runs the command on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self["defaults.yaml"] = DEFAULTS

    def __setitem__(self, name: str, text: str | bytes) -> None:
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text()
        assert old in text
        self[name] = text.replace(old, new)

    def load(self, *options: str) -> Outcome:
        return load(str(self.path), *options)


def load(*arguments: str) -> Outcome:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("load_content", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return Outcome(code, out.getvalue().splitlines(), err.getvalue().splitlines())


def fill(folder: ContentFolder) -> None:
    """One small, right record or two of each type, with all that a type may hold."""
    for name, text in FILES.items():
        folder[name] = text


FILES = {
    "sources.yaml": """\
- slug: gazette
  title: Gazette du cloud
  publisher: Gazette
  url: https://gazette.example/article
  kind: press
  date: Octobre 2024
  accessed_on: 2025-01-15
  reliability: B
- slug: rapport
  title: Rapport annuel
""",
    "topics/cloud-public.md": """\
---
title: Cloud public
position: 1
summary: Des ressources partagées.
readings:
  - {source: gazette, note: Pour commencer}
  - {source: rapport}
---
Une introduction.

## Définition

Des ressources accessibles par Internet.

```
## ceci n’est pas un titre
```

### Un détail

Il reste dans sa partie.

## Avantages

- Le coût
""",
    "trends.yaml": """\
- slug: serverless
  title: Serverless
  year: 2025
  level: major
  position: 4
  topics: [cloud-public]
  citations: [{source: gazette, credibility: 6}]
""",
    "companies.yaml": """\
- slug: scaleway
  name: Scaleway
  country: FR
  featured: true
  also_known_as: [Online, Scaleway SAS]
  roles: [user, provider]
  relations:
    - {kind: subsidiary_of, company: iliad, date: depuis 2020, source: gazette, quote: filiale}
- slug: iliad
  name: Iliad
""",
    "event-series.yaml": """\
- slug: kubecon
  name: KubeCon
""",
    "events.yaml": """\
- slug: kubecon-2025
  title: KubeCon 2025
  series: kubecon
  edition: "2025"
  date: "20-23 mai 2025"
  city: Berlin
  country: DE
  significance: major
  organiser: iliad
- slug: salon-d-automne
  title: Salon d’automne
  kind: trade_show
  event_status: to_confirm
  date: "Fin nov./déc. 2025"
""",
    "perimeters.yaml": """\
- slug: mondial
  name: Cloud mondial
  description: Toutes les dépenses.
""",
    "segments.yaml": """\
- slug: iaas
  name: IaaS
  full_name: Infrastructure as a Service
  position: 1
""",
    "indicators.yaml": """\
- slug: depenses
  name: Dépenses mondiales
  kind: amount
  unit: USD
  scale: 9
  perimeter: mondial
- slug: effectif
  name: Personnes formées
  kind: count
  unit: people
""",
    "figures.yaml": """\
- slug: total-2024
  indicator: depenses
  value: "678.80"
  nature: estimate
  period: "2024"
  vintage: 4 février 2025
  source: gazette
  quote: 678,80 milliards
  components: [iaas-2024]
  supersedes: total-2024-ancien
- slug: total-2024-ancien
  indicator: depenses
  value: "670"
  period: "2024"
  source: gazette
- slug: iaas-2024
  indicator: depenses
  value: "182.2"
  segment: iaas
  company: scaleway
  attributed_to: iliad
  period: "2024"
  source: gazette
  note: Un *segment*.
""",
    "growth-drivers.yaml": """\
- slug: ia-generative
  title: IA générative
  position: 1
""",
    "news.yaml": """\
- slug: forum
  title: Un forum
  date: Octobre 2024
  source: gazette
  locator: page 3
  companies: [scaleway, iliad]
  events: [kubecon-2025]
  topics: [cloud-public]
""",
    "analyses/etat-des-lieux.md": """\
---
title: État des lieux
date: 4 février 2025
topics: [cloud-public]
citations:
  - {source: gazette, number: 1, quote: un passage}
  - {source: rapport, number: 2}
---
Introduction [1].

## Premier chapitre

Texte[2].

### Une sous-partie

Encore[1].

## Second chapitre
""",
    "recommendations.yaml": """\
- slug: former
  title: Former
  analysis: etat-des-lieux
  body: Investir dans la formation.
""",
}
