"""Errors of the API as RFC 9457 « problem details »: one shape for all, whatever went wrong.

`type` is always `about:blank` (the status says it all); `code` is stable English for programs,
`title` and `detail` are French for people; `errors` names each parameter that was refused.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from publishing.api.addresses import api_path
from publishing.redirects import Gone, Moved

CONTENT_TYPE = "application/problem+json"

Refusals = dict[str, tuple[str, str]]


class InvalidParameters(exceptions.APIException):
    """A request whose parameters are refused: {parameter: (English code, French sentence)}."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_parameters"

    def __init__(self, refusals: Refusals | list[tuple[str, str, str]]) -> None:
        if isinstance(refusals, dict):
            refusals = [(field, code, detail) for field, (code, detail) in refusals.items()]
        self.errors = [
            {"field": field, "code": code, "detail": detail} for field, code, detail in refusals
        ]
        super().__init__("La requête comporte des paramètres refusés.")


# By status: the title, the stable code, and what is said when nothing more precise is known.
KNOWN = {
    400: ("Requête incorrecte", "bad_request", "La requête n’a pas pu être lue."),
    401: ("Identification nécessaire", "not_authenticated", "Identifiez-vous."),
    403: ("Accès refusé", "permission_denied", "Cette action ne vous est pas permise."),
    404: ("Introuvable", "not_found", "Rien n’est publié à cette adresse."),
    405: ("Méthode refusée", "method_not_allowed", "L’API se lit : GET, HEAD et OPTIONS."),
    406: ("Format indisponible", "not_acceptable", "L’API répond en « application/json »."),
    410: ("Retiré", "gone", "Cette fiche a été publiée, puis retirée."),
    415: ("Format refusé", "unsupported_media_type", "Ce format d’envoi n’est pas lu."),
    429: ("Trop de requêtes", "throttled", "Attendez avant de recommencer."),
    500: ("Panne", "server_error", "Le site n’a pas pu répondre : réessayez plus tard."),
}


class ParameterErrorSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="Nom du paramètre.")
    code = serializers.CharField(help_text="Code stable, en anglais.")
    detail = serializers.CharField(help_text="Explication en français.")


class ProblemSerializer(serializers.Serializer):
    """Erreur, selon la RFC 9457."""

    type = serializers.CharField(help_text="Toujours « about:blank ».")
    title = serializers.CharField(help_text="Intitulé de l’erreur.")
    status = serializers.IntegerField(help_text="Code HTTP.")
    code = serializers.CharField(help_text="Code stable, en anglais.")
    detail = serializers.CharField(help_text="Explication en français.")
    errors = ParameterErrorSerializer(
        many=True, required=False, help_text="Chaque paramètre refusé, avec son motif."
    )


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception raised in a view of the API; None leaves it to Django (500)."""
    if isinstance(exc, Moved):
        return _moved(exc, context["request"])
    code = _status_of(exc)
    if code is None:
        return None
    set_rollback()
    return Response(
        _problem(exc, code), status=code, headers=_headers(exc), content_type=CONTENT_TYPE
    )


def _moved(moved: Moved, request: Request) -> Response:
    address = request.build_absolute_uri(api_path(moved.record))
    return Response(status=status.HTTP_301_MOVED_PERMANENTLY, headers={"Location": address})


def _status_of(exc: Exception) -> int | None:
    if isinstance(exc, Gone):
        return status.HTTP_410_GONE
    if isinstance(exc, Http404):
        return status.HTTP_404_NOT_FOUND
    if isinstance(exc, PermissionDenied):
        return status.HTTP_403_FORBIDDEN
    if isinstance(exc, exceptions.APIException) and exc.status_code in KNOWN:
        return exc.status_code
    return None


def problem(code: int) -> dict[str, Any]:
    """What is always said with an HTTP status of `KNOWN`."""
    title, name, detail = KNOWN[code]
    return {
        "type": "about:blank",
        "title": title,
        "status": code,
        "code": name,
        "detail": detail,
    }


def _problem(exc: Exception, code: int) -> dict[str, Any]:
    if not isinstance(exc, InvalidParameters):
        return problem(code)
    refused = {"code": exc.default_code, "detail": str(exc.detail), "errors": exc.errors}
    return problem(code) | refused


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))
    return headers
