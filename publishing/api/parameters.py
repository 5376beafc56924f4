"""What an address may ask besides its path: nothing that is not understood."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import QueryDict
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from publishing.api.problems import InvalidParameters
from publishing.filters import TRACKING_PREFIX

# It chooses the renderer, at every address of the API.
FORMAT = "format"
READING = ("GET", "HEAD")
ANY = "*/*"


class StrictNegotiation(DefaultContentNegotiation):
    """An unknown `?format=` is a refused parameter, not an address that does not exist."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        if request.META.get("HTTP_ACCEPT", ANY) == ANY and FORMAT not in request.query_params:
            # As below, at a tenth of the cost: so asks nearly every program.
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)

    def filter_renderers(self, renderers: list[BaseRenderer], wanted: str) -> list[BaseRenderer]:
        found = [renderer for renderer in renderers if renderer.format == wanted]
        if not found:
            accepted = ", ".join(dict.fromkeys(renderer.format for renderer in renderers))
            detail = f"« {wanted} » n’est pas un format. Valeurs acceptées : {accepted}."
            raise InvalidParameters({FORMAT: ("invalid_choice", detail)})
        return found


class StrictReading:
    """Mixin of a view: reading it refuses the parameters that it does not accept, or twice."""

    content_negotiation_class = StrictNegotiation

    def accepted_parameters(self) -> Collection[str] | None:
        """The names that may be asked of this address; None when something else judges them."""
        return (FORMAT,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in READING:
            return
        accepted = self.accepted_parameters()
        if accepted is not None:
            refuse_unknown(request.query_params, accepted)


def refuse_unknown(asked: QueryDict, accepted: Collection[str]) -> None:
    """Raises `InvalidParameters` for each name that is not among `accepted`, or is there twice.

    What links from elsewhere bring along is let through, as in lists.
    """
    names = ", ".join(accepted)
    refusals = {
        name: (
            "unknown_parameter",
            f"Paramètre inconnu : « {name} ». Paramètres acceptés : {names}.",
        )
        for name in sorted(set(asked) - set(accepted))
        if not name.startswith(TRACKING_PREFIX)
    }
    for name in accepted:
        if len(asked.getlist(name)) > 1:
            refusals[name] = ("repeated", "Une seule valeur est attendue.")
    if refusals:
        raise InvalidParameters(refusals)
