"""The feeds of everything: all that comes out, and all that is about one topic or company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from companies.models import Company
from market.models import Figure
from publishing.addresses import feed_path
from publishing.feeds import MAX_ITEMS, Selection, refuse_parameters
from publishing.filters import TRACKING_PREFIX
from publishing.models import Publishable, published_models
from publishing.redirects import Gone, Moved, find_public
from publishing.typography import printable
from sources.feeds import SourcedFeed
from topics.models import Topic

# What a record is about by way of another: a figure has the topics of its indicator.
INDIRECT = {(Figure, Topic): "indicator__topics"}


class EverythingFeed(SourcedFeed):
    feed_title = "Tout ce qui paraît"

    def get_object(self, request: HttpRequest) -> Selection:
        _refuse_filters(request)
        everything = [model._default_manager.published() for model in published_models()]
        return Selection(path=request.path, records=latest_of(everything, MAX_ITEMS))

    def list_path(self) -> str:
        return reverse("home")


@dataclass(frozen=True)
class SubjectSelection(Selection):
    subject: Publishable | None = None


class SubjectFeed(SourcedFeed):
    """All that is public about one record, and itself; it moves and goes as its page does.

    `path_name` is that of `feed_paths`.
    """

    path_name: ClassVar[str]

    def __call__(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().__call__(request, **kwargs)
        except Moved as moved:
            query = request.GET.urlencode()
            address = feed_path(self.path_name, self.extension, query, moved.record.slug)
            return HttpResponsePermanentRedirect(address)
        except Gone:
            context = {"kind": self.model._meta.verbose_name, "list_url": self.model.list_url()}
            return render(request, "errors/410.html", context, status=410)

    def get_object(self, request: HttpRequest, slug: str) -> SubjectSelection:
        """Raises `Refused`, and `Moved`, `Gone` or `Http404` where its page answers so."""
        try:
            subject = find_public(self.model._default_manager.all(), slug)
        except self.model.DoesNotExist as nothing:
            raise Http404("Aucune fiche publiée à cette adresse.") from nothing
        _refuse_filters(request)
        records = latest_of(records_about(subject), MAX_ITEMS)
        return SubjectSelection(path=request.path, records=records, subject=subject)

    def title(self, selection: SubjectSelection) -> str:
        return printable(f"Veille – {self.feed_title} : {selection.subject}")

    def description(self, selection: SubjectSelection) -> str:
        return printable(f"Tout ce que Veille publie sur : {selection.subject}.")

    def link(self, selection: SubjectSelection) -> str:
        return self.item_link(selection.subject)


class TopicFeed(SubjectFeed):
    model = Topic
    feed_title = "Thématique"
    path_name = "topic"


class CompanyFeed(SubjectFeed):
    model = Company
    feed_title = "Entreprise"
    path_name = "company"


def records_about(subject: Publishable) -> list[QuerySet]:
    """The public records that are tied to `subject`, model by model, after itself."""
    kind = subject._meta.model
    found = [kind._default_manager.published().filter(pk=subject.pk)]
    for model in published_models():
        links = [
            relation.field.name
            for relation in kind._meta.related_objects
            if relation.related_model is model
        ]
        if indirect := INDIRECT.get((model, kind)):
            links.append(indirect)
        if links:
            tied = Q.create([(link, subject) for link in links], connector=Q.OR)
            found.append(model._default_manager.published().filter(tied).distinct())
    return found


def _refuse_filters(request: HttpRequest) -> None:
    refuse_parameters(name for name in request.GET if not name.startswith(TRACKING_PREFIX))


def latest_of(sets: Sequence[QuerySet], number: int) -> list[Publishable]:
    """The latest records of all these sets of public ones, the latest first.

    One query a set to choose, then what the page of a record needs for each set chosen from.
    """
    models = [records.model for records in sets]
    latest = sorted(
        (
            (publish_at, rank, pk)
            for rank, records in enumerate(sets)
            for publish_at, pk in records.order_by("-publish_at", "-pk").values_list(
                "publish_at", "pk"
            )[:number]
        ),
        reverse=True,
    )[:number]
    chosen: dict[int, list[int]] = defaultdict(list)
    for _, rank, pk in latest:
        chosen[rank].append(pk)
    loaded = {
        (rank, record.pk): record
        for rank, pks in chosen.items()
        for record in models[rank]._default_manager.published().for_detail().filter(pk__in=pks)
    }
    # One that was withdrawn between the two queries is left out.
    return [loaded[rank, pk] for _, rank, pk in latest if (rank, pk) in loaded]
