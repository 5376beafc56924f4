"""`/api/v1/changes/`: the journal of what became public, changed or was withdrawn, in order.

A place in it is a cursor to be kept: the answer gives the next one even where there is nothing more
yet, and it holds for ever, with or without a filter.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from publishing.api.addresses import NAMESPACE
from publishing.api.filters import refusals
from publishing.api.pagination import (
    MAX_CURSOR_LENGTH,
    MAX_INTEGER,
    MAX_PAGE_SIZE,
    PAGE_SIZE,
    page_size,
)
from publishing.api.parameters import StrictNegotiation
from publishing.api.problems import InvalidParameters
from publishing.api.schema import answers
from publishing.api.serializers import CodeField
from publishing.changes import Change
from publishing.filters import NO_SUCH_CHOICE, ChoiceField, StrictForm
from publishing.journal import State, read_journal
from publishing.models import published_models

CURSOR, FROM, TYPE, SIZE = "cursor", "from", "type", "page_size"
BEGINNING, NOW = "beginning", "now"
MARK_LENGTH = 8
EXAMPLE = {
    "next": "https://veille.example.org/api/v1/changes/?cursor=WzQyLCAiYzFmM2E5MGQiXQ",
    "has_more": False,
    "results": [
        {
            "change": "withdrawn",
            "type": "events",
            "id": 7,
            "slug": "salon-du-cloud-2026",
            "former_slug": None,
            "url": "https://veille.example.org/api/v1/events/salon-du-cloud-2026/",
            "at": "2026-11-23T09:30:00+01:00",
            "withdrawn_at": "2026-11-23T09:30:00+01:00",
        },
        {
            "change": "updated",
            "type": "companies",
            "id": 3,
            "slug": "ovhcloud",
            "former_slug": "ovh",
            "url": "https://veille.example.org/api/v1/companies/ovhcloud/",
            "at": "2026-11-23T09:30:00+01:00",
            "withdrawn_at": None,
        },
    ],
}


class Place(NamedTuple):
    """Where a reader stands: after the line of this key, 0 before the first.

    `mark` tells that line from another that would bear its key, in a journal that was restored from
    a copy and has gone on otherwise.
    """

    key: int = 0
    mark: str = ""

    @classmethod
    def after(cls, line: Change) -> Place:
        said = f"{line.kind} {line.object_id} {line.what} {line.at.timestamp():.6f}"
        return cls(line.pk, hashlib.blake2b(said.encode()).hexdigest()[:MARK_LENGTH])

    def encode(self) -> str:
        return urlsafe_b64encode(json.dumps(self).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Place:
        """Raises ValueError when `text` is no place, or none of this journal. One query."""
        if len(text) > MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        try:
            key, mark = json.loads(
                urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            )
        except (binascii.Error, RecursionError, TypeError) as error:
            raise ValueError("not a cursor") from error
        if type(key) is not int or not 0 <= key <= MAX_INTEGER or not isinstance(mark, str):
            raise ValueError("not a place")
        place = cls(key, mark)
        if not place.is_here():
            raise ValueError("another journal")
        return place

    def is_here(self) -> bool:
        """Whether the line is in this journal, or may yet come to it: a copy may be late."""
        if not self.key:
            return self == Place()
        line = Change.objects.filter(pk__gte=self.key).order_by("pk").first()
        return line is None or self == Place.after(line)


def kinds() -> list[tuple[str, str]]:
    return [(model.api_name, model.api_name) for model in published_models()]


class ChangesForm(StrictForm):
    """What may be asked of the journal."""

    # `format` chooses the renderer, before this is read.
    allowed_parameters = frozenset({"format"})

    cursor = forms.CharField(required=False, strip=False)
    type = ChoiceField(
        choices=kinds, required=False, error_messages={"invalid_choice": NO_SUCH_CHOICE}
    )
    page_size = forms.CharField(required=False, strip=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Its name is a word of the language.
        self.fields[FROM] = ChoiceField(
            choices=[(name, name) for name in (BEGINNING, NOW)],
            required=False,
            error_messages={"invalid_choice": NO_SUCH_CHOICE},
        )

    def clean_cursor(self) -> Place:
        if CURSOR not in self.data:
            return Place()
        try:
            return Place.decode(self.cleaned_data[CURSOR])
        except ValueError:
            raise ValidationError(
                "Ce repère n’est pas l’un de ceux que donne « next » : reprenez le journal depuis "
                "le début, sans « cursor ».",
                code="invalid_cursor",
            ) from None

    def place(self) -> Place:
        """Where to begin: after the cursor, else where `from` says. One query, or none."""
        if CURSOR in self.data or self.cleaned_data[FROM] != NOW:
            return self.cleaned_data[CURSOR]
        last = Change.objects.order_by("pk").last()
        return Place.after(last) if last else Place()

    def clean_page_size(self) -> int:
        size = PAGE_SIZE if SIZE not in self.data else page_size(self.cleaned_data[SIZE])
        if size is None:
            raise ValidationError(
                f"Un nombre entier de 1 à {MAX_PAGE_SIZE} est attendu.", code="invalid_page_size"
            )
        return size


class ChangeSerializer(serializers.ModelSerializer):
    """Ce qui est arrivé à une fiche."""

    serializer_choice_field = CodeField

    change = CodeField(
        source="what",
        choices=Change.What.choices,
        help_text="Ce qui lui est arrivé.",
    )
    type = serializers.CharField(source="kind", help_text="Nom du type de fiche dans l’API.")
    id = serializers.IntegerField(
        source="object_id", help_text="Avec le type, ce qui désigne la fiche pour toujours."
    )
    slug = serializers.CharField(help_text="Identifiant de la fiche à ce moment.")
    former_slug = serializers.SerializerMethodField(
        help_text="L’identifiant annoncé auparavant, s’il a changé."
    )
    url = serializers.SerializerMethodField(
        help_text="Adresse dans l’API ; celle d’une fiche retirée répond 410 ou 404."
    )
    at = serializers.DateTimeField(
        help_text="Quand le contenu a changé, pour la dernière fois avant que le journal le dise."
    )
    withdrawn_at = serializers.SerializerMethodField(
        help_text="D’une fiche retirée, le même instant ; null pour les autres."
    )

    class Meta:
        model = Change
        fields = ("change", "type", "id", "slug", "former_slug", "url", "at", "withdrawn_at")

    @extend_schema_field({"type": ["string", "null"]})
    def get_former_slug(self, line: Change) -> str | None:
        return line.former_slug or None

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, line: Change) -> str:
        return self.context["site"] + reverse(f"{NAMESPACE}:{line.kind}-detail", args=[line.slug])

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_withdrawn_at(self, line: Change) -> str | None:
        if line.what != Change.What.WITHDRAWN:
            return None
        return self.fields["at"].to_representation(line.at)


class ChangesSerializer(serializers.Serializer):
    """Une page du journal."""

    next = serializers.URLField(
        help_text="Adresse de la suite, toujours donnée : à garder, et à demander plus tard."
    )
    has_more = serializers.BooleanField(help_text="La suite n’est pas vide.")
    results = ChangeSerializer(many=True)


class ChangesView(APIView):
    """The journal, from its beginning or after a cursor, a page at a time."""

    content_negotiation_class = StrictNegotiation

    @extend_schema(
        operation_id="changes",
        tags=["changements"],
        summary="Suivre ce qui change",
        description=(
            "Ce qui a été publié, modifié ou retiré, dans l’ordre et pour toujours. « next » est "
            "donné même à la fin : un programme le garde, et le redemande quand il veut. Une fiche "
            "change quand change ce qu’elle énonce : ses champs, ses citations et ses autres "
            "lignes, les fiches auxquelles elle est liée, les anomalies publiques qui la mettent "
            "en cause, le chiffre qui la remplace. Un paramètre inconnu ou une valeur refusée "
            "répondent 400."
        ),
        parameters=[
            OpenApiParameter(
                CURSOR,
                {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR_LENGTH},
                description="Repère donné par « next ».",
            ),
            OpenApiParameter(
                FROM,
                {"type": "string", "enum": ["", BEGINNING, NOW], "default": BEGINNING},
                description="Sans repère, d’où partir : « beginning » (le début), ou « now » : "
                "aucun changement, et dans « next » la place où en est le journal.",
            ),
            OpenApiParameter(
                TYPE,
                {"type": "string", "enum": ["", *(code for code, _ in kinds())]},
                description="Un seul type de fiche.",
            ),
            OpenApiParameter(
                SIZE,
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
                description="Nombre de changements par page.",
            ),
        ],
        examples=[OpenApiExample("Une page", EXAMPLE, response_only=True, status_codes=["200"])],
        responses=answers(ChangesSerializer, "Une page du journal.", refused=(400, 401, 406, 429)),
    )
    def get(self, request: Request) -> Response:
        form = ChangesForm(request.query_params)
        if not form.is_valid():
            raise InvalidParameters(refusals(form))
        state = read_journal()
        place, size = form.place(), form.cleaned_data[SIZE]
        found = list(_lines_after(place, form.cleaned_data[TYPE])[: size + 1])
        page = found[:size]
        here = Place.after(page[-1]) if page else place
        address = remove_query_param(request.build_absolute_uri(), FROM)
        next_url = replace_query_param(address, CURSOR, here.encode())
        site = request.build_absolute_uri("/").removesuffix("/")
        answer = {
            "next": next_url,
            "has_more": len(found) > size or state is State.BEHIND,
            "results": page,
        }
        data = ChangesSerializer(answer, context={"site": site}).data
        headers = {}
        if state is not State.CAUGHT_UP:
            # The tag of the version of the content would say that nothing is missing.
            headers["ETag"] = _own_tag(data)
        return Response(data, headers=headers)


def _lines_after(place: Place, kind: str) -> QuerySet[Change]:
    lines = Change.objects.filter(pk__gt=place.key).order_by("pk")
    return lines.filter(kind=kind) if kind else lines


def _own_tag(data: Any) -> str:
    digest = hashlib.blake2b(json.dumps(data, default=str).encode(), digest_size=12).hexdigest()
    return f'"{digest}"'
