"""What a token may do: what the person that it acts for may do in the admin, within its scope.

The rights are those of `publishing.groups`, asked as `publishing.admin` asks them: a writer keeps
drafts, a reviewer decides; what is published or archived is read-only to who cannot publish.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.db import models
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from publishing.api.problems import Forbidden
from publishing.content.keys import Key
from publishing.content.rows import Rows
from publishing.models import Publishable
from publishing.publication import ONLY_REVIEWERS_DECIDE, SETTLED_STATUSES, WRITING_STATUSES
from publishing.tokens import ApiToken

PART_ACTIONS = ("add", "change", "delete")


class InsufficientScope(Forbidden):
    """A token whose scope is too narrow, whatever its owner may do (RFC 6750)."""

    def __init__(self, scope: str) -> None:
        detail = f"Ce jeton n’a pas la portée « {scope} » que demande cette action."
        super().__init__(detail, "insufficient_scope")
        self.auth_header = f'Bearer realm="Veille", error="insufficient_scope", scope="{scope}"'


class EditorsRights(BasePermission):
    """Anybody reads; a token writes, if its scope and its owner allow it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        need_scope(request, ApiToken.Scope.WRITE)
        action = "add" if request.method == "POST" else "change"
        return has_right(request, action, view.model)


def reads_drafts(request: Request, model: type[Publishable]) -> bool:
    """Whether the caller sees the records of `model` that are not public."""
    return request.auth is not None and (
        has_right(request, "view", model) or has_right(request, "change", model)
    )


def need_scope(request: Request, scope: str) -> None:
    """Raises `NotAuthenticated` without a token, `InsufficientScope` with one too narrow."""
    if request.auth is None:
        raise NotAuthenticated
    if not request.auth.allows(scope):
        raise InsufficientScope(scope)


def need_publication(request: Request, model: type[Publishable]) -> None:
    """Raises unless the caller may publish and archive records of `model`."""
    need_scope(request, ApiToken.Scope.PUBLISH)
    if not has_right(request, "publish", model):
        raise Forbidden(ONLY_REVIEWERS_DECIDE, "reviewers_decide")


def need_change(
    request: Request, record: Publishable, changes: dict[str, Any], keys: dict[str, Key]
) -> None:
    """Raises unless the caller may make these `changes` to `record`, as saved or new."""
    model = type(record)
    is_settled = record.pk is not None and record.status in SETTLED_STATUSES
    if is_settled or changes.get("status", WRITING_STATUSES[0]) not in WRITING_STATUSES:
        need_publication(request, model)
    for name in changes:
        key = keys[name]
        if isinstance(key, Rows) and not all(
            has_right(request, action, key.model) for action in PART_ACTIONS
        ):
            raise Forbidden


def has_right(request: Request, action: str, model: type[models.Model]) -> bool:
    codename = get_permission_codename(action, model._meta)
    return request.user.has_perm(f"{model._meta.app_label}.{codename}")
