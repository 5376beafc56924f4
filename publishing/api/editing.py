"""Creating, changing and archiving records: what a viewset adds to reading them.

Each answer to a token holds `editing`, the record as it is written, and the anomalies that wait for
an editor. Its `ETag` begins by the version of what is written, which `If-Match` must bear; the rest
follows what the record is shown with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from publishing.anomalies import checked_together
from publishing.api import repetition, rights
from publishing.api.problems import (
    Conflict,
    InvalidRecord,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    Refusal,
    describe,
)
from publishing.api.selection import FIELDS
from publishing.api.writing import Writable, refusal_of
from publishing.models import Anomaly, ContentVersion, FormerSlug, Publishable, Status
from publishing.publication import archive
from publishing.redirects import Moved
from publishing.tokens import ApiToken

MOST_AT_ONCE = 100
# Asked again each time, with its `ETag`, and lent to nobody else.
PRIVATE = "private, no-cache"


@dataclass(frozen=True)
class Written:
    """A record as it was saved, and what is answered of it."""

    record: Publishable
    body: dict[str, Any]
    etag: str


class EditedViewSet:
    """Mixin of `PublishedViewSet`: POST, PUT, PATCH and DELETE, by the rules of the admin.

    `write_names` gives the names of fields in the API where they differ from those of the content
    files, `write_fields` those that the files leave out, `write_example` a record to create.
    """

    model: ClassVar[type[Publishable]]
    write_names: ClassVar[dict[str, str]] = {}
    write_fields: ClassVar[Sequence[str]] = ()
    write_example: ClassVar[dict[str, Any]]

    writable: ClassVar[Writable]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "model"):
            cls.writable = Writable(cls.model, cls.write_names, cls.write_fields)

    # --- The operations ---

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record for an object; for a list of them, each for itself."""
        with repetition.of(request) as memory:
            if memory.answer is not None:
                return memory.answer
            several = isinstance(request.data, list)
            answer = self._create_each(request.data) if several else self._create_one(request.data)
            return memory.keep(answer)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self._write(lambda: self._changed(whole=True)))

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self._write(lambda: self._changed(whole=False)))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Archives: the record leaves the public, and nothing of it is lost."""
        rights.need_publication(request, self.model)
        return self._answer(self._write(self._archived))

    def _create_one(self, body: Any) -> Response:
        written = self._write(lambda: self._created(body))
        location = {"Location": written.body["url"]}
        return self._answer(written, status.HTTP_201_CREATED, location)

    def _create_each(self, bodies: list[Any]) -> Response:
        if not 1 <= len(bodies) <= MOST_AT_ONCE:
            words = f"De 1 à {MOST_AT_ONCE} fiches sont attendues."
            raise InvalidRecord([Refusal("", "wrong_number", words)])
        with transaction.atomic(), checked_together():
            results = [self._result(index, body) for index, body in enumerate(bodies)]
        created = sum(one["status"] == status.HTTP_201_CREATED for one in results)
        counts = {"created": created, "refused": len(results) - created}
        return Response(counts | {"results": results}, status=status.HTTP_207_MULTI_STATUS)

    def _result(self, index: int, body: Any) -> dict[str, Any]:
        """What became of one record of a batch."""
        try:
            written = self._write(lambda: self._created(body))
        except Problem as refused:
            code = refused.status_code
            return {"index": index, "status": code, "problem": describe(refused)}
        named = {name: written.body[name] for name in ("id", "slug", "url")}
        created = {"index": index, "status": status.HTTP_201_CREATED}
        return created | named | {"etag": written.etag}

    # --- What is written ---

    def _write(self, operation: Callable[[], Publishable]) -> Written:
        """Runs it in one transaction; what is answered is what is there once the rules have looked.

        Another writer that was faster is a conflict.
        """
        try:
            with transaction.atomic():
                with checked_together():
                    record = operation()
                return self._written(record)
        except IntegrityError as error:
            raise Conflict from error

    def _created(self, body: Any) -> Publishable:
        reading = self.writable.read(body, whole=True)
        record = self.model(written_by=self.request.user)
        changes = self.writable.changes(record, reading.values)
        rights.need_change(self.request, record, changes, self.writable.keys)
        saved = self.writable.write(record, changes, reading.refusals)
        self._log(saved, ADDITION, "Ajouté")
        return saved

    def _changed(self, *, whole: bool) -> Publishable:
        record = self._locked_record()
        # Before anything is read: whoever may not change it is told nothing more.
        rights.need_change(self.request, record, {}, self.writable.keys)
        reading = self.writable.read(self.request.data, whole=whole)
        values = self.writable.completed(reading) if whole else reading.values
        changes = self.writable.changes(record, values)
        rights.need_change(self.request, record, changes, self.writable.keys)
        if changes:
            record = self.writable.write(record, changes, reading.refusals)
            self._log(record, CHANGE, "Modifié")
        elif reading.refusals:
            raise refusal_of(reading.refusals)
        return record

    def _archived(self) -> Publishable:
        record = self._locked_record()
        try:
            if record.status != Status.ARCHIVED:
                archive(record)
                self._log(record, CHANGE, "Archivé")
        except ValidationError as refusal:
            raise Conflict(" ".join(refusal.messages), "still_needed") from None
        return record

    # --- The record, and its version ---

    def find_for_editor(self, slug: str) -> Publishable:
        """The record at `slug`, public or not, loaded for its answer; raises as `find_or_404`."""
        record = self.get_queryset().filter(slug=slug).first()
        if record is not None:
            return record
        successor = FormerSlug.objects.current(self.model, slug)
        if successor is None:
            raise Http404
        raise Moved(successor)

    def _locked_record(self) -> Publishable:
        """The record to change, that nobody else changes meanwhile, in the version asked for."""
        slug = self.kwargs["slug"]
        if not rights.reads_drafts(self.request, self.model):
            raise Http404
        ContentVersion.objects.hold()
        # On its own: a lock cannot be had on the tables that `loaded` joins.
        locked = self.model._base_manager.select_for_update().filter(slug=slug).first()
        if locked is None:
            return self.find_for_editor(slug)
        record = self.writable.loaded(self.model._default_manager.all()).get(pk=locked.pk)
        self._check_version(record)
        return record

    def _check_version(self, record: Publishable) -> None:
        header = self.request.headers.get("If-Match", "").strip()
        if not header:
            raise PreconditionRequired
        if header == "*":
            raise PreconditionRequired(
                "« If-Match: * » ne dit pas quelle version vous avez lue : donnez son « ETag »."
            )
        current = self.writable.version(record)
        # Weak tags never match: an intermediary has changed what they stand for.
        versions = {tag.strip('"').split(".")[0] for tag in parse_etags(header) if tag[0] == '"'}
        if current not in versions:
            raise PreconditionFailed

    # --- The answers ---

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not rights.reads_drafts(request, self.model):
            return super().retrieve(request, *args, **kwargs)
        record = self.find_for_editor(self.kwargs["slug"])
        if FIELDS in request.query_params:
            shown = self.get_serializer(record).data
            return Response(dict(shown) | self.included_with(shown))
        return self._answer(self._shown(record))

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization"])
        # `_auth` rather than `auth`: what was refused before the token was read never reads it.
        if getattr(request, "_auth", None) is not None:
            response["Cache-Control"] = PRIVATE
        return response

    def _written(self, record: Publishable) -> Written:
        return self._shown(self.load_detail(self.model._default_manager.all()).get(pk=record.pk))

    def _shown(self, record: Publishable) -> Written:
        serializer = self.detail_serializer_class(record, context=self.get_serializer_context())
        # Read on its own: what is shown may be loaded without what is not public.
        stated = self.writable.loaded(self.model._default_manager.all()).get(pk=record.pk)
        body = serializer.data | {
            "editing": self.writable.document(stated),
            "open_anomalies": self._open_anomalies(record),
            **self.included_with(serializer.data),
        }
        shown = hashlib.sha256(repr(body).encode()).hexdigest()[:16]
        return Written(record, body, f'"{self.writable.version(stated)}.{shown}"')

    def _open_anomalies(self, record: Publishable) -> list[dict[str, str]]:
        """What the rules find, and waits for an editor, for whoever may see the register."""
        if not rights.has_right(self.request, "view", Anomaly):
            return []
        found = Anomaly.objects.open().about(record).in_order()
        return list(found.values("rule", "severity", "message"))

    def _answer(
        self,
        written: Written,
        code: int = status.HTTP_200_OK,
        headers: dict[str, str] | None = None,
    ) -> Response:
        return Response(written.body, status=code, headers={"ETag": written.etag} | (headers or {}))

    def _log(self, record: Publishable, action: int, done: str) -> None:
        """The history of the record in the admin says which token did it."""
        token: ApiToken = self.request.auth
        LogEntry.objects.log_actions(
            self.request.user.pk,
            [record],
            action,
            change_message=f"{done} par l’API (jeton « {token.name} »).",
            single_object=True,
        )
