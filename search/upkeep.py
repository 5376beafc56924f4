"""Keeps the index as records are saved and deleted, in the same transaction.

`QuerySet.update()` and `bulk_create()` do not pass here: `manage.py rebuild_search` follows them.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.signals import post_delete, post_save

from publishing.models import Publishable, published_models
from search.index import index_records, remove_record


def follow_every_record() -> None:
    """Listens to each kind of record, and to each model that says `search_owners()`."""
    for model in published_models():
        name = model.__name__
        post_save.connect(_record_saved, model, dispatch_uid=f"search.saved.{name}")
        post_delete.connect(_record_deleted, model, dispatch_uid=f"search.deleted.{name}")
    for model in apps.get_models():
        if hasattr(model, "search_owners"):
            name = model.__name__
            post_save.connect(_part_changed, model, dispatch_uid=f"search.part_saved.{name}")
            post_delete.connect(_part_changed, model, dispatch_uid=f"search.part_deleted.{name}")


def _record_saved(
    instance: Publishable, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    # A fixture loads records before what they rest on.
    if raw:
        return
    if update_fields is None:
        index_records([instance])
        return
    # What was not written may differ from what the record at hand says.
    saved = type(instance)._default_manager.filter(pk=instance.pk)
    index_records(saved.for_links())


def _record_deleted(instance: Publishable, **kwargs: Any) -> None:
    remove_record(instance)


def _part_changed(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    if raw or instance.pk is None:
        return
    for owners in instance.search_owners():
        index_records(owners.for_links())
