"""Idempotency keys: a creation that is asked twice happens once, and is answered twice.

A program that got no answer sends its request again, with the same `Idempotency-Key`: it gets the
first answer. The key is written in the transaction of the creation, so that neither stands without
the other; of two at once, the second waits for the first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from publishing import clock
from publishing.api.problems import Conflict, Problem
from publishing.tokens import LONGEST_KEY, KeptAnswer

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Location", "ETag")
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


class InvalidKey(Problem):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_idempotency_key"
    default_detail = f"« {HEADER} » : de 1 à {LONGEST_KEY} caractères ASCII visibles, sans espace."


class KeyReused(Problem):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = (
        f"Cette « {HEADER} » a déjà servi à une autre requête : donnez-en une nouvelle."
    )


@dataclass
class Memory:
    """The answer already given to this request, if any; else where to keep the one to come."""

    answer: Response | None = None
    row: KeptAnswer | None = None

    def keep(self, answer: Response) -> Response:
        if self.row is not None:
            self.row.status = answer.status_code
            self.row.headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
            self.row.body = json.loads(json.dumps(answer.data, cls=JSONEncoder))
            self.row.save()
        return answer


@contextmanager
def of(request: Request) -> Iterator[Memory]:
    """The block where the creation that `request` asks for is done, in one transaction.

    Without a key there is nothing to remember. Raises `InvalidKey`, or `KeyReused` for a key that
    came with another request.
    """
    key = request.headers.get(HEADER)
    if key is None:
        yield Memory()
        return
    if not _KEY.fullmatch(key):
        raise InvalidKey
    fingerprint = _fingerprint(request)
    KeptAnswer.objects.outdated(clock.now()).delete()
    with transaction.atomic():
        yield _memory(request, key, fingerprint)


def _memory(request: Request, key: str, fingerprint: str) -> Memory:
    row = KeptAnswer(token=request.auth, key=key, fingerprint=fingerprint, kept_at=clock.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _repeated(request, key, fingerprint)
    return Memory(row=row)


def _repeated(request: Request, key: str, fingerprint: str) -> Memory:
    kept = KeptAnswer.objects.filter(token=request.auth, key=key).first()
    if kept is None:
        # The first of the two failed while this one waited: nothing stands in the way any more.
        raise Conflict
    if kept.fingerprint != fingerprint:
        raise KeyReused
    headers = kept.headers | {"Idempotency-Replayed": "true"}
    return Memory(answer=Response(kept.body, status=kept.status, headers=headers))


def _fingerprint(request: Request) -> str:
    stated = json.dumps([request.path, request.data], sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()
