"""The search page, and the suggestions of its field."""

from __future__ import annotations

from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from publishing.models import published_models
from publishing.typography import number
from search.filters import SearchForm
from search.index import Results, find, suggest
from search.spelling import other_spelling

PAGE_SIZE = 20
# Suggestions are public, and change little: a browser need not ask twice for the same letters.
SUGGESTIONS_SECONDS = 60


class SearchView(TemplateView):
    """Records that hold the words asked for, all kinds together or one of them.

    Wrong parameters answer 400 with a French sentence; a page that does not exist, 404.
    """

    template_name = "search/results.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = SearchForm(request.GET)
        status = 200 if self.form.is_valid() else 400
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"form": self.form, "results": None}
        if not self.form.is_valid():
            return context
        asked = self.form.cleaned_data
        results = find(asked["q"], asked["type"])
        context |= {"text": results.query.text, "kind": asked["type"]}
        if results.query.is_empty:
            return context
        page = self._page(results)
        return context | {
            "results": results,
            "total": results.total,
            "page_obj": page,
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "query_without_page": self._query(type=asked["type"]),
            "choices": self._choices(results),
            "other_spelling": "" if results.total else other_spelling(results),
        }

    def _page(self, results: Results) -> Any:
        paginator = Paginator(results, PAGE_SIZE)
        try:
            return paginator.page(self.request.GET.get("page", 1))
        except InvalidPage as nothing:
            raise Http404("Cette page de résultats n’existe pas.") from nothing

    def _choices(self, results: Results) -> list[dict[str, Any]]:
        """« Tout », then each kind that answers, with its number and its address."""
        every = sum(results.counts.values())
        found = [("", "Tout", every, bool(results.more))]
        found += [
            (kind, capfirst(model._meta.verbose_name_plural), total, kind in results.more)
            for model in published_models()
            if (kind := model.api_name) in results.counts and (total := results.counts[kind])
        ]
        return [
            {
                "kind": kind,
                "label": label,
                "count": total,
                "said": f"plus de {number(total)}" if has_more else number(total),
                "url": f"?{self._query(type=kind)}",
            }
            for kind, label, total, has_more in found
        ]

    def _query(self, **changes: str) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return query.urlencode()


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """What the words being typed may become: titles of public records, with their addresses."""
    form = SearchForm(request.GET, allowed=frozenset())
    if not form.is_valid():
        messages = [message for errors in form.errors.values() for message in errors]
        return JsonResponse({"erreur": " ".join(messages)}, status=400)
    found = [
        {
            "label": record.label,
            "type": str(record._meta.verbose_name),
            "url": record.get_absolute_url(),
        }
        for record in suggest(form.cleaned_data["q"])
    ]
    response = JsonResponse({"suggestions": found})
    response["Cache-Control"] = f"public, max-age={SUGGESTIONS_SECONDS}"
    return response
