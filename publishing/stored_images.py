"""The files of images follow their records: what is replaced or deleted leaves the disk.

Once the change is certain, and not before: a transaction that is undone keeps its files.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models.signals import post_delete, pre_save

from publishing.models import Illustrated, published_models
from publishing.renditions import delete_all


def illustrated_models() -> list[type[Illustrated]]:
    return [model for model in published_models() if issubclass(model, Illustrated)]


def follow_images() -> None:
    """Listens to each kind of record that may have an image."""
    for model in illustrated_models():
        name = model._meta.label
        pre_save.connect(_about_to_be_saved, model, dispatch_uid=f"images.saved.{name}")
        post_delete.connect(_deleted, model, dispatch_uid=f"images.deleted.{name}")


def _about_to_be_saved(instance: Illustrated, update_fields: Any = None, **kwargs: Any) -> None:
    if instance.pk is None or (update_fields is not None and "image" not in update_fields):
        return
    rows = type(instance)._base_manager.filter(pk=instance.pk).exclude(image="")
    former = rows.values_list("image", "image_widths").first()
    if former and former[0] != instance.image.name:
        _forget(instance.image.storage, *former)


def _deleted(instance: Illustrated, **kwargs: Any) -> None:
    if instance.image:
        _forget(instance.image.storage, instance.image.name, instance.image_widths)


def _forget(storage: Storage, name: str, widths: list[int]) -> None:
    transaction.on_commit(lambda: delete_all(storage, name, widths))
