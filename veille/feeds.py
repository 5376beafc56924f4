"""The feed of everything that comes out, found through the contract."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest
from django.urls import reverse

from publishing.feeds import MAX_ITEMS, Selection, refuse_parameters
from publishing.filters import TRACKING_PREFIX
from publishing.models import Publishable, published_models
from sources.feeds import SourcedFeed


class EverythingFeed(SourcedFeed):
    feed_title = "Tout ce qui paraît"

    def get_object(self, request: HttpRequest) -> Selection:
        refuse_parameters(name for name in request.GET if not name.startswith(TRACKING_PREFIX))
        return Selection(path=request.path, records=latest_records(MAX_ITEMS))

    def list_path(self) -> str:
        return reverse("home")


def latest_records(number: int) -> list[Publishable]:
    """The latest public records of all models, the latest first.

    One query a model to choose, then what the page of a record needs for each model chosen.
    """
    models = published_models()
    latest = sorted(
        (
            (publish_at, rank, pk)
            for rank, model in enumerate(models)
            for publish_at, pk in model._default_manager.published()
            .order_by("-publish_at", "-pk")
            .values_list("publish_at", "pk")[:number]
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
