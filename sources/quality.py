"""What a source is worth, criterion by criterion, so that no grade is a mystery.

Each criterion is a plain question with a verdict and a sentence; the score only counts those that
are met. The editor's own judgement (reliability, A to F) stands beside, and is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.timezone import localdate

from publishing import clock
from publishing.typography import count, french_date, plural
from sources.addresses import host_of, is_home_page, is_private_upload
from sources.models import Source
from sources.publishers import is_shared_host, may_publish_at

DAYS_IN_A_YEAR = 365.25
# Years after which a source on a moving subject is no longer fresh, then is old.
FRESH, OLD = 2, 5


class Verdict(models.TextChoices):
    OK = "ok", "oui"
    RESERVE = "reserve", "avec réserve"
    WEAK = "weak", "non"
    UNKNOWN = "unknown", "on ne sait pas"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question on a source. `sentence` is French, and says what the verdict rests on."""

    code: str
    label: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Quality:
    criteria: tuple[Criterion, ...]

    @property
    def met(self) -> int:
        return sum(criterion.verdict == Verdict.OK for criterion in self.criteria)

    @property
    def total(self) -> int:
        return len(self.criteria)

    @property
    def score(self) -> str:
        """« 5 critères sur 8 »."""
        return f"{count(self.met, 'critère')} sur {self.total}"


def quality_of(source: Source) -> Quality:
    """The eight criteria of a source.

    Runs two queries for each kind of row that can be corroborated (figures), and, where the host
    does not recall the publisher, one for each kind of record that has a site.
    """
    questions = (
        _reachable,
        _precise,
        _published_by_its_publisher,
        _first_hand,
        _written_by_people,
        _lasting,
        _recent,
        _corroborated,
    )
    return Quality(tuple(question(source) for question in questions))


def _reachable(source: Source) -> Criterion:
    states = Source.LinkState
    checked = source.link_checked_at
    seen = f" (vérifiée le {french_date(localdate(checked))})" if checked else ""
    verdict, sentence = {
        states.UNCHECKED: (Verdict.UNKNOWN, "L’adresse n’a pas encore été vérifiée."),
        states.REACHABLE: (Verdict.OK, f"L’adresse répond{seen}."),
        states.REDIRECTED: (Verdict.RESERVE, f"L’adresse mène à une autre{seen}."),
        states.BROKEN: (Verdict.WEAK, f"L’adresse ne répond plus{seen}."),
    }[states(source.link_state)]
    if not source.url:
        verdict, sentence = Verdict.WEAK, "La source n’a pas d’adresse où la lire."
    return Criterion("reachable", "Accessible", verdict, sentence)


def _precise(source: Source) -> Criterion:
    if not source.url:
        verdict, sentence = Verdict.UNKNOWN, "La source n’a pas d’adresse."
    elif is_home_page(source.url):
        verdict, sentence = Verdict.WEAK, "L’adresse est celle de la page d’accueil du site."
    else:
        verdict, sentence = Verdict.OK, "L’adresse est celle d’une page précise."
    return Criterion("precise", "Adresse précise", verdict, sentence)


def _published_by_its_publisher(source: Source) -> Criterion:
    host = host_of(source.url)
    if not source.publisher or not host:
        verdict, sentence = Verdict.UNKNOWN, "Il manque l’éditeur, ou l’adresse."
    elif is_shared_host(host):
        verdict, sentence = Verdict.RESERVE, f"{host} accueille bien des auteurs."
    elif may_publish_at(source.publisher, source.url) or source.is_on_known_site():
        verdict, sentence = Verdict.OK, f"{host} peut être le site de {source.publisher}."
    else:
        verdict, sentence = Verdict.WEAK, f"{host} n’a pas de rapport avec {source.publisher}."
    return Criterion("publisher", "Publiée par son éditeur", verdict, sentence)


def _first_hand(source: Source) -> Criterion:
    kinds = Source.Kind
    verdict = {
        kinds.PRIMARY: Verdict.OK,
        kinds.INSTITUTION: Verdict.OK,
        kinds.AI_GENERATED: Verdict.WEAK,
    }.get(kinds(source.kind), Verdict.RESERVE)
    kind = source.get_kind_display()
    return Criterion("first_hand", "De première main", verdict, f"Sa nature : {kind}.")


def _written_by_people(source: Source) -> Criterion:
    if source.is_machine_written:
        verdict, sentence = Verdict.WEAK, "Le texte a été généré par une IA."
    elif is_private_upload(source.url):
        verdict, sentence = Verdict.UNKNOWN, "Le fichier est privé : on ne sait qui l’a écrit."
    else:
        verdict, sentence = Verdict.OK, "Rien n’indique un texte généré par une IA."
    return Criterion("human", "Écrite par des personnes", verdict, sentence)


def _lasting(source: Source) -> Criterion:
    if is_private_upload(source.url):
        verdict, sentence = Verdict.WEAK, "C’est un fichier privé ou temporaire."
    elif not source.url:
        verdict, sentence = Verdict.WEAK, "Elle n’est pas publiée."
    else:
        verdict, sentence = Verdict.OK, "L’adresse est publique et sans date de fin."
    return Criterion("lasting", "Publique et durable", verdict, sentence)


def _recent(source: Source) -> Criterion:
    last_day = source.date.end or source.date.start
    if last_day is None:
        verdict, sentence = Verdict.UNKNOWN, "Sa date de publication n’est pas connue."
    else:
        years = (clock.today() - last_day).days / DAYS_IN_A_YEAR
        verdict = Verdict.OK if years < FRESH else Verdict.RESERVE if years < OLD else Verdict.WEAK
        sentence = f"Sa date de publication : {source.date.display}."
    return Criterion("recent", "Récente", verdict, sentence)


def _corroborated(source: Source) -> Criterion:
    stated, confirmed = source.corroboration()
    if not stated:
        verdict, sentence = Verdict.UNKNOWN, "Aucun chiffre publié ne repose sur elle."
    elif not confirmed:
        verdict, sentence = Verdict.WEAK, "Aucun autre éditeur ne dit les mêmes chiffres."
    else:
        verdict = Verdict.OK if confirmed == stated else Verdict.RESERVE
        are = plural(confirmed, "est dit", "sont dits")
        sentence = f"{count(confirmed, 'chiffre')} sur {stated} {are} aussi par un autre éditeur."
    return Criterion("corroborated", "Confirmée par d’autres", verdict, sentence)
