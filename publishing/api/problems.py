"""Errors of the API as RFC 9457 « problem details »: one shape for all, whatever went wrong.

`type` is always `about:blank` (the status says it all); `code` is stable English for programs,
`title` and `detail` are French for people; `errors` names each parameter (`field`) or each value of
the body (`pointer`, a JSON pointer as RFC 9457 writes it) that was refused.
"""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from publishing.api.addresses import api_path
from publishing.redirects import Gone, Moved

CONTENT_TYPE = "application/problem+json"

Refusals = dict[str, tuple[str, str]]


class Problem(exceptions.APIException):
    """Base of the refusals of our own: each has a status of `KNOWN`, a code and a sentence."""

    errors: tuple[dict[str, str], ...] = ()

    def __init__(self, detail: str | None = None, code: str | None = None) -> None:
        _, name, words = KNOWN[self.status_code]
        self.problem_code = code or self.default_code or name
        super().__init__(detail or self.default_detail or words)

    default_code = ""
    default_detail = ""


class InvalidParameters(Problem):
    """A request whose parameters are refused: {parameter: (English code, French sentence)}."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_parameters"
    default_detail = "La requête comporte des paramètres refusés."

    def __init__(self, refusals: Refusals | list[tuple[str, str, str]]) -> None:
        if isinstance(refusals, dict):
            refusals = [(field, code, detail) for field, (code, detail) in refusals.items()]
        self.errors = tuple(
            {"field": field, "code": code, "detail": detail} for field, code, detail in refusals
        )
        super().__init__()


class Refusal(NamedTuple):
    """A value of a body that is refused; `pointer` leads to it (RFC 6901, empty: the whole)."""

    pointer: str
    code: str
    detail: str


class InvalidRecord(Problem):
    """A body that can be read, and that the rules of the records refuse: all of it is told."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "invalid_record"
    default_detail = "La fiche n’est pas enregistrée : des valeurs sont refusées."

    def __init__(self, refusals: list[Refusal], detail: str | None = None, code: str = "") -> None:
        self.errors = tuple(
            {"pointer": f"#{one.pointer}", "code": one.code, "detail": one.detail}
            for one in refusals
        )
        super().__init__(detail, code)


class Conflict(Problem):
    status_code = status.HTTP_409_CONFLICT


class PreconditionFailed(Problem):
    status_code = status.HTTP_412_PRECONDITION_FAILED


class PreconditionRequired(Problem):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED


class Withdrawn(Problem):
    status_code = status.HTTP_410_GONE


class Forbidden(Problem):
    status_code = status.HTTP_403_FORBIDDEN


# By status: the title, the stable code, and what is said when nothing more precise is known.
KNOWN = {
    400: ("Requête incorrecte", "bad_request", "La requête n’a pas pu être lue."),
    401: ("Identification nécessaire", "not_authenticated", "Identifiez-vous."),
    403: ("Accès refusé", "permission_denied", "Cette action ne vous est pas permise."),
    404: ("Introuvable", "not_found", "Rien n’est publié à cette adresse."),
    405: ("Méthode refusée", "method_not_allowed", "L’API se lit : GET, HEAD et OPTIONS."),
    406: ("Format indisponible", "not_acceptable", "L’API répond en « application/json »."),
    409: ("Conflit", "conflict", "Une autre écriture l’a devancée : relisez, puis recommencez."),
    410: ("Retiré", "gone", "Cette fiche a été publiée, puis retirée."),
    412: (
        "Fiche modifiée entre-temps",
        "precondition_failed",
        "La fiche a changé depuis que vous l’avez lue : relisez-la, puis recommencez.",
    ),
    413: ("Envoi trop gros", "body_too_large", "Le corps de la requête dépasse la taille permise."),
    415: ("Format refusé", "unsupported_media_type", "Ce format d’envoi n’est pas lu."),
    422: ("Fiche refusée", "invalid_record", "La fiche n’est pas enregistrée."),
    428: (
        "Version à préciser",
        "precondition_required",
        "Dites quelle version vous avez lue : « If-Match », avec l’« ETag » de la fiche.",
    ),
    429: ("Trop de requêtes", "throttled", "Attendez avant de recommencer."),
    500: ("Panne", "server_error", "Le site n’a pas pu répondre : réessayez plus tard."),
}


class ErrorSerializer(serializers.Serializer):
    """Un paramètre ou une valeur qui sont refusés."""

    field = serializers.CharField(required=False, help_text="Nom du paramètre de l’adresse.")
    pointer = serializers.CharField(
        required=False,
        help_text="Place de la valeur dans le corps (JSON Pointer) : « #/citations/0/source ».",
    )
    code = serializers.CharField(help_text="Code stable, en anglais.")
    detail = serializers.CharField(help_text="Explication en français.")


class ProblemSerializer(serializers.Serializer):
    """Erreur, selon la RFC 9457."""

    type = serializers.CharField(help_text="Toujours « about:blank ».")
    title = serializers.CharField(help_text="Intitulé de l’erreur.")
    status = serializers.IntegerField(help_text="Code HTTP.")
    code = serializers.CharField(help_text="Code stable, en anglais.")
    detail = serializers.CharField(help_text="Explication en français.")
    errors = ErrorSerializer(
        many=True, required=False, help_text="Tout ce qui est refusé, avec son motif."
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
        describe(exc, context.get("view")),
        status=code,
        headers=_headers(exc),
        content_type=CONTENT_TYPE,
    )


def _moved(moved: Moved, request: Request) -> Response:
    query = request.META["QUERY_STRING"]
    former = request.parser_context["kwargs"]["slug"]
    # What stands below a record has moved with it.
    below = request.path.partition(f"/{former}/")[2]
    path = f"{api_path(moved.record)}{below}"
    address = request.build_absolute_uri(f"{path}?{query}" if query else path)
    # After a 301, a client writes with GET, and believes that it has written.
    code = (
        status.HTTP_301_MOVED_PERMANENTLY
        if request.method in SAFE_METHODS
        else status.HTTP_308_PERMANENT_REDIRECT
    )
    return Response(status=code, headers={"Location": address})


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


def describe(exc: Exception, view: Any = None) -> dict[str, Any]:
    """The body of the problem that `exc` is; it has a status of `KNOWN`."""
    code = _status_of(exc)
    said = problem(code)
    if isinstance(exc, exceptions.MethodNotAllowed) and view is not None:
        methods = ", ".join(view.allowed_methods)
        said["detail"] = f"Méthodes acceptées à cette adresse : {methods}."
    if name := getattr(exc, "problem_code", ""):
        said |= {"code": name, "detail": str(exc.detail)}
    if errors := getattr(exc, "errors", ()):
        said["errors"] = list(errors)
    return said


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(ceil(exc.wait))
    return headers
