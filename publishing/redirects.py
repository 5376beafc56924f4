"""What stands at an address: a public record, a permanent redirect, « gone », or nothing."""

from __future__ import annotations

from django.db.models import QuerySet

from publishing.models import FormerSlug, Publishable


class NotHere(Exception):
    """`record` does not stand at the address asked for."""

    def __init__(self, record: Publishable) -> None:
        self.record = record
        super().__init__(record.slug)


class Gone(NotHere):
    """It was public and has been withdrawn (HTTP 410)."""


class Moved(NotHere):
    """It has left this address for another (HTTP 301)."""


def find_public(queryset: QuerySet, slug: str) -> Publishable:
    """The public record of `queryset` at `slug`.

    `queryset` holds every row of the model, visible or not. Raises `Moved` when the record has
    changed its slug, `Gone` when it was public and is no more, `DoesNotExist` otherwise: a draft
    is never told from nothing. One query when the record is public.
    """
    record = queryset.published().filter(slug=slug).first()
    if record is not None:
        return record
    model = queryset.model
    withdrawn = model._default_manager.withdrawn()
    gone = withdrawn.filter(slug=slug).first()
    if gone is not None:
        raise Gone(gone)
    successor = FormerSlug.objects.current(model, slug)
    if successor is None:
        raise model.DoesNotExist(slug)
    if successor.is_public:
        raise Moved(successor)
    if withdrawn.filter(pk=successor.pk).exists():
        raise Gone(successor)
    raise model.DoesNotExist(slug)
