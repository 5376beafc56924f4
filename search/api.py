"""Full-text search in the API."""

from __future__ import annotations

from typing import Any

from django.core.paginator import InvalidPage, Paginator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from publishing.api.filters import refusals
from publishing.api.parameters import StrictNegotiation
from publishing.api.problems import InvalidParameters
from publishing.api.schema import answers
from publishing.api.serializers import ApiAddressField, PageAddressField
from search.extracts import as_html, as_text
from search.filters import SearchForm, kinds
from search.index import COUNTED, RANKED, Results, find
from search.queries import MAX_LENGTH
from search.spelling import other_spelling

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
HAS_MORE = f"Vrai si d’autres répondent : chaque type est compté jusqu’à {COUNTED}."
PARAMETERS = frozenset({"page", "page_size", "format"})


class FoundSerializer(serializers.Serializer):
    """Fiche trouvée."""

    type = serializers.CharField(source="kind", help_text="Nom du type de fiche dans l’API.")
    id = serializers.IntegerField(source="record.pk")
    slug = serializers.CharField(source="record.slug", help_text="Identifiant de la fiche.")
    url = ApiAddressField(source="record", help_text="Adresse dans l’API.")
    html_url = PageAddressField(source="record", help_text="Adresse de la page.")
    title = serializers.CharField(source="record.label", help_text="Intitulé de la fiche.")
    extract = serializers.SerializerMethodField(help_text="Extrait, en texte simple.")
    extract_html = serializers.SerializerMethodField(
        help_text="Le même extrait en HTML sûr, les mots trouvés dans « mark »."
    )

    def get_extract(self, result: Any) -> str:
        return as_text(result.extract)

    def get_extract_html(self, result: Any) -> str:
        return as_html(result.extract)


class CountSerializer(serializers.Serializer):
    """Nombre de fiches trouvées d’un type."""

    type = serializers.CharField(help_text="Nom du type de fiche dans l’API.")
    count = serializers.IntegerField(min_value=1, help_text="Fiches trouvées.")
    has_more = serializers.BooleanField(help_text=HAS_MORE)


class AnswerSerializer(serializers.Serializer):
    """Une page de résultats."""

    count = serializers.IntegerField(min_value=0, help_text="Fiches trouvées, du type demandé.")
    has_more = serializers.BooleanField(help_text=HAS_MORE)
    counts = CountSerializer(many=True, help_text="Fiches trouvées, pour chaque type.")
    other_spelling = serializers.CharField(
        help_text="Si rien n’est trouvé, une autre orthographe qui trouve ; vide sinon."
    )
    next = serializers.URLField(allow_null=True, help_text="Adresse de la page suivante.")
    previous = serializers.URLField(allow_null=True, help_text="Adresse de la page précédente.")
    results = FoundSerializer(many=True)


class SearchApi(APIView):
    """The same search as the page of the site, by rank: pages are numbered."""

    content_negotiation_class = StrictNegotiation

    @extend_schema(
        operation_id="search",
        tags=["recherche"],
        summary="Chercher dans toutes les fiches",
        description=(
            "Les fiches publiées qui contiennent tous les mots, les plus pertinentes d’abord. "
            '« "…" » cherche une suite de mots, « -mot » écarte un mot ; accents, casse, '
            "pluriels et synonymes ne comptent pas. "
            f"Quand plus de {RANKED} répondent, les pages s’arrêtent aux premières. "
            "Un paramètre inconnu ou une valeur refusée répondent 400."
        ),
        parameters=[
            OpenApiParameter("q", {"type": "string", "maxLength": MAX_LENGTH}, description="Mots."),
            OpenApiParameter(
                "type",
                {"type": "string", "enum": ["", *(code for code, _ in kinds())]},
                description="Un seul type de fiche.",
            ),
            OpenApiParameter(
                "page",
                {"type": "integer", "minimum": 1, "default": 1},
                description="Numéro de la page.",
            ),
            OpenApiParameter(
                "page_size",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
                description="Nombre de fiches par page.",
            ),
        ],
        responses=answers(AnswerSerializer, "Une page de résultats.", refused=(400, 401, 406, 429)),
    )
    def get(self, request: Request) -> Response:
        form = SearchForm(request.query_params, allowed=PARAMETERS)
        if not form.is_valid():
            raise InvalidParameters(refusals(form))
        results = find(form.cleaned_data["q"], form.cleaned_data["type"])
        page = _page(results, request)
        here = request.build_absolute_uri()
        site = request.build_absolute_uri("/").removesuffix("/")
        nothing = not results.query.is_empty and not results.total
        answer = {
            "count": results.total,
            "has_more": results.has_more,
            "counts": [
                {"type": kind, "count": n, "has_more": kind in results.more}
                for kind, n in results.counts.items()
            ],
            "other_spelling": other_spelling(results) if nothing else "",
            "next": _link(here, page.number + 1) if page.has_next() else None,
            "previous": _link(here, page.number - 1) if page.has_previous() else None,
            "results": list(page),
        }
        return Response(AnswerSerializer(answer, context={"site": site}).data)


def _page(results: Results, request: Request) -> Any:
    size = _whole_number(request, "page_size", PAGE_SIZE, MAX_PAGE_SIZE)
    number = _whole_number(request, "page", 1, None)
    try:
        return Paginator(results, size).page(number)
    except InvalidPage as nothing:
        said = "Cette page de résultats n’existe pas."
        raise InvalidParameters({"page": ("no_such_page", said)}) from nothing


def _whole_number(request: Request, name: str, default: int, most: int | None) -> int:
    typed = request.query_params.get(name)
    if typed is None:
        return default
    digits = 9
    if typed.isascii() and typed.isdigit() and len(typed) <= digits:
        number = int(typed)
        if number >= 1 and (most is None or number <= most):
            return number
    bounds = f"de 1 à {most}" if most else "à partir de 1"
    said = f"Un nombre entier {bounds} est attendu."
    raise InvalidParameters({name: (f"invalid_{name}", said)})


def _link(here: str, number: int) -> str:
    if number == 1:
        return remove_query_param(here, "page")
    return replace_query_param(here, "page", number)
