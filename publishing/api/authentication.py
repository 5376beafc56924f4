"""Who asks: nobody, or a program that shows a token and acts for an editor."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from publishing.api.throttles import AnonymousRate
from publishing.tokens import ApiToken

SCHEME = "Bearer"
REALM = 'realm="Veille"'


class InvalidToken(exceptions.AuthenticationFailed):
    """A token that opens nothing; `code` and `detail` say why to whoever holds its secret."""

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(detail, code)
        self.problem_code = code


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer veille_…` (RFC 6750). Without the header, the caller is anonymous."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        try:
            token = self._token(words)
        except InvalidToken:
            # Refused before the rates are counted, it would try for ever.
            AnonymousRate().check(request)
            raise
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        if get_authorization_header(request):
            return f'{SCHEME} {REALM}, error="invalid_token"'
        return f"{SCHEME} {REALM}"

    def _token(self, words: list[bytes]) -> ApiToken:
        if len(words) != 2 or words[0].lower() != SCHEME.lower().encode():  # noqa: PLR2004  scheme, secret
            raise InvalidToken(
                "Le jeton se donne ainsi : « Authorization: Bearer veille_… ».",
                "invalid_authorization",
            )
        token = ApiToken.objects.of_secret(words[1].decode("latin-1"))
        if token is None:
            raise InvalidToken("Ce jeton n’existe pas.", "invalid_token")
        if token.revoked_at is not None:
            raise InvalidToken("Ce jeton a été révoqué.", "token_revoked")
        if token.is_expired:
            raise InvalidToken("Ce jeton a expiré.", "token_expired")
        # As the admin: a person who has left the desk enters by no door.
        if not (token.user.is_active and token.user.is_staff):
            raise InvalidToken(
                "La personne pour qui ce jeton agit n’a plus accès à la rédaction.",
                "owner_inactive",
            )
        return token


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "publishing.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Jeton créé dans l’admin (« Jetons d’API ») et montré une seule fois. "
            "Sa portée est « read » (lire, brouillons compris), « write » (écrire) ou « publish » "
            "(publier et archiver) ; chacune comprend les précédentes, et aucune ne donne plus "
            "que les droits de la personne pour qui il agit.",
        }
