"""What may be asked of the search, by the page and by the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst

from publishing.filters import NO_SUCH_CHOICE, PAGE_PARAMETERS, ChoiceField, StrictForm
from publishing.models import published_models
from search.queries import MAX_LENGTH

TOO_LONG = "La recherche tient en %(limit_value)d caractères ; celle-ci en a %(show_value)d."


class SearchField(forms.CharField):
    """Any text up to a length: what no database would take is dropped later, never refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, required=False, **kwargs)
        self.validators = [
            one for one in self.validators if getattr(one, "code", "") == "max_length"
        ]
        for validator in self.validators:
            validator.message = TOO_LONG


def kinds() -> list[tuple[str, str]]:
    """Each kind of record: its name in the API, and in French."""
    return [
        (model.api_name, capfirst(model._meta.verbose_name_plural)) for model in published_models()
    ]


class SearchForm(StrictForm):
    """`q`, the words; `type`, a kind of record by its name in the API."""

    q = SearchField(label="Mots")
    type = ChoiceField(
        choices=kinds,
        required=False,
        label="Type",
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )

    def __init__(self, data: Any, *, allowed: frozenset[str] = PAGE_PARAMETERS) -> None:
        self.allowed_parameters = allowed
        super().__init__(data)
