"""The tokens of editors' programs, and the answers kept for those that repeat a request.

A token acts for its owner, within its scope: it may do what the owner may do in the admin, and
never more than the scope says. Its secret is 256 random bits, kept as a SHA-256 digest only: so
many bits need no slow hash, and a search by digest tells nothing by the time it takes.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from publishing import clock

MARK = "veille_"
SECRET_BYTES = 32
SHOWN_LENGTH = len(MARK) + 6
# A token that reads a page a second writes its last use once a minute.
USE_STEP = timedelta(minutes=1)
ANSWERS_KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet):
    def of_secret(self, secret: str) -> ApiToken | None:
        """The token of this secret, whatever has become of it, with its owner (one query)."""
        return self.filter(digest=digest_of(secret)).select_related("user").first()

    def in_force(self) -> ApiTokenQuerySet:
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())).filter(
            revoked_at__isnull=True
        )


class ApiToken(models.Model):
    """What a program shows to act for an editor. `secret` is known on the new token alone."""

    is_content: ClassVar[bool] = False

    class Scope(models.TextChoices):
        READ = "read", "lire, brouillons compris"
        WRITE = "write", "lire et écrire"
        PUBLISH = "publish", "lire, écrire, publier et archiver"

    name = models.CharField(
        "nom", max_length=100, help_text="À quoi il sert, pour le reconnaître dans la liste."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="agit pour",
        # Without the person that it acts for, a token has no rights left to lend.
        on_delete=models.CASCADE,
        editable=False,
        related_name="api_tokens",
    )
    scope = models.CharField(
        "portée",
        max_length=7,
        choices=Scope.choices,
        default=Scope.READ,
        help_text="Le jeton ne peut jamais plus que la personne pour qui il agit.",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown = models.CharField("commence par", max_length=SHOWN_LENGTH, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    expires_at = models.DateTimeField(
        "expire le", null=True, blank=True, help_text="Laissé vide, il n’expire pas."
    )
    last_used_at = models.DateTimeField("dernier usage", null=True, editable=False)
    revoked_at = models.DateTimeField("révoqué le", null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    secret: str = ""

    class Meta:
        verbose_name = "jeton d’API"
        verbose_name_plural = "jetons d’API"
        ordering = ["-created_at", "-pk"]
        # A token is revoked, never deleted: what it did stays traceable.
        default_permissions = ("add", "change", "view")
        permissions = [("oversee_apitoken", "Peut voir et révoquer les jetons de tous")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.digest:
            self.secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
            self.digest = digest_of(self.secret)
            self.shown = self.secret[:SHOWN_LENGTH]
        super().save(*args, **kwargs)

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()

    def allows(self, scope: str) -> bool:
        """Each scope holds those before it."""
        order = self.Scope.values
        return order.index(self.scope) >= order.index(scope)

    def note_use(self) -> None:
        """Writes the moment of this use, unless one was written within the minute."""
        now = clock.now()
        if self.last_used_at is None or self.last_used_at <= now - USE_STEP:
            self.last_used_at = now
            self.save(update_fields=["last_used_at"])

    def revoke(self) -> None:
        """It opens nothing from now on; revoked already, the first moment stays."""
        if self.revoked_at is None:
            self.revoked_at = clock.now()
            self.save(update_fields=["revoked_at"])


class KeptAnswerQuerySet(models.QuerySet):
    def outdated(self, now: datetime) -> KeptAnswerQuerySet:
        return self.filter(kept_at__lte=now - ANSWERS_KEPT_FOR)


class KeptAnswer(models.Model):
    """What was answered to a creation that bore an idempotency key: given again to a repetition."""

    is_content: ClassVar[bool] = False

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.CharField(max_length=LONGEST_KEY)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    kept_at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse gardée"
        verbose_name_plural = "réponses gardées"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="kept_answer_key_unique")
        ]

    def __str__(self) -> str:
        return self.key
