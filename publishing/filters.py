"""One FilterSet per model, for its page and for its API: same parameters, same meaning.

A filter refuses what it does not know, so that a misspelt parameter never passes for an answer,
and says what it would have accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django_countries import countries
from drf_spectacular.utils import extend_schema_field

from publishing.models import SLUG_LENGTH, Publishable
from publishing.typography import join

# Parameters that are no filters: paging on the page, and what links from elsewhere bring along.
PAGE_PARAMETERS = frozenset({"page"})
TRACKING_PREFIX = "utm_"

ISO_DAY = "%Y-%m-%d"
NO_SUCH_CHOICE = "« %(value)s » n’est pas un choix. Valeurs acceptées : %(accepted)s."
MAX_LISTED = 20
MAX_OFFERED = 200

Choices = Iterable[tuple[Any, str]]


class StrictForm(forms.Form):
    """The form of a FilterSet; it also refuses unknown parameters and repeated ones."""

    allowed_parameters: frozenset[str] = PAGE_PARAMETERS

    def clean(self) -> dict[str, Any]:
        self._refuse_unknown_parameters()
        self._refuse_repeated_parameters()
        return self.cleaned_data

    def _refuse_unknown_parameters(self) -> None:
        known = set(self.fields) | self.allowed_parameters
        for name in sorted(set(self.data) - known):
            if name.startswith(TRACKING_PREFIX):
                continue
            self.add_error(
                None,
                ValidationError(
                    "Paramètre inconnu : « %(parameter)s ». Filtres acceptés : %(accepted)s.",
                    code="unknown_parameter",
                    params={"parameter": name, "accepted": ", ".join(self.fields)},
                ),
            )

    def _refuse_repeated_parameters(self) -> None:
        if not isinstance(self.data, QueryDict):
            return
        for name, field in self.fields.items():
            single = not isinstance(field, forms.MultipleChoiceField)
            if single and len(self.data.getlist(name)) > 1:
                self.add_error(
                    name, ValidationError("Une seule valeur est attendue.", code="repeated")
                )

    def offer_on_page(self) -> None:
        """Fits the fields to a page: short lists are offered, long ones are typed in.

        Runs one query for each field that chooses a related record. The help of a list speaks of
        codes, which only programs type: it is left out.
        """
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                _offer_short_list(field)
            if isinstance(field.widget, forms.Select):
                field.help_text = ""


def _offer_short_list(field: forms.ModelChoiceField) -> None:
    name = field.queryset.model.label_field
    choices = list(field.queryset.values_list("slug", name)[: MAX_OFFERED + 1])
    if len(choices) > MAX_OFFERED:
        field.widget = forms.TextInput()
        return
    field.widget.choices = [("", field.empty_label), *choices]


class PublishedFilterSet(django_filters.FilterSet):
    """Base of every FilterSet: text search, and refusal of unknown parameters.

    `search_fields` are the columns that `q` looks into; `allowed_parameters` may be widened by a
    surface that has its own (the API's paging).
    """

    search_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    q = django_filters.CharFilter(
        method="search", label="Mots", max_length=200, help_text="Contient tous ces mots."
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        queryset: QuerySet | None = None,
        *,
        allowed_parameters: Iterable[str] = PAGE_PARAMETERS,
        **kwargs: Any,
    ) -> None:
        self.allowed_parameters = frozenset(allowed_parameters)
        super().__init__(data, queryset, **kwargs)

    def get_form_class(self) -> type[StrictForm]:
        fields = {name: a_filter.field for name, a_filter in self.filters.items()}
        return type(
            f"{type(self).__name__}Form",
            (StrictForm,),
            fields | {"allowed_parameters": self.allowed_parameters},
        )

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            anywhere = Q()
            for column in self.search_fields:
                for spelling in _spellings(word):
                    anywhere |= Q(**{f"{column}__icontains": spelling})
            queryset = queryset.filter(anywhere)
        return queryset

    @property
    def active(self) -> list[tuple[str, str]]:
        """The filters in force, as (parameter, French label with its value)."""
        if not self.is_valid():
            return []
        return [
            (name, f"{field.label} : {_shown(field, self.form.cleaned_data[name])}")
            for name, field in self.form.fields.items()
            if self.form.cleaned_data.get(name) not in (None, "", [])
        ]

    @property
    def query(self) -> str:
        """The filters in force as a query string, without page nor tracking parameters."""
        if not self.is_valid():
            return ""
        return urlencode(
            [
                (name, value)
                for name in self.form.fields
                for value in self.data.getlist(name)
                if value
            ]
        )

    @property
    def refusal(self) -> str:
        """Why the parameters are refused, a sentence a line, for answers in plain text."""
        return "".join(
            f"{self.form.fields[name].label} : {message}\n"
            if name in self.form.fields
            else f"{message}\n"
            for name, messages in self.form.errors.items()
            for message in messages
        )


class ChoiceField(django_filters.fields.ChoiceField):
    """A choice; a wrong value is told which are right."""

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value, "accepted": _accepted(self.choices)},
            )
        forms.Field.validate(self, value)


class MultipleChoiceField(django_filters.fields.MultipleChoiceField):
    """Several choices; a wrong value is told which are right, an empty one chooses nothing."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]

    def validate(self, value: Any) -> None:
        for one in value or ():
            if not self.valid_value(one):
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": one, "accepted": _accepted(self.choices)},
                )
        forms.Field.validate(self, value)


class ChoiceFilter(django_filters.ChoiceFilter):
    """`choices` are (code, French label); `empty_label` is what no choice means on the form."""

    field_class = ChoiceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Toutes les valeurs")
        kwargs.setdefault("error_messages", {"invalid_choice": NO_SUCH_CHOICE})
        super().__init__(*args, **kwargs)


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    """`?role=provider&role=user`: records with at least one of the values."""

    field_class = MultipleChoiceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": NO_SUCH_CHOICE})
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(*args, **kwargs)


class YesNoField(ChoiceField):
    """True, False, or None when nothing is chosen."""

    YES = "true"

    def clean(self, value: str) -> bool | None:
        chosen = super().clean(value)
        return chosen == self.YES if chosen else None


class YesNoFilter(ChoiceFilter):
    """`?featured=true`, `?featured=false`, or both when absent."""

    field_class = YesNoField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["choices"] = ((YesNoField.YES, "oui"), ("false", "non"))
        kwargs.setdefault("empty_label", "Indifférent")
        super().__init__(*args, **kwargs)
        _describe(self, type="boolean")


class CountryFilter(ChoiceFilter):
    """Chooses a country by its ISO 3166-1 code of two letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Pays")
        kwargs.setdefault("help_text", "Code ISO 3166-1 à deux lettres.")
        kwargs.setdefault(
            "error_messages",
            {
                "invalid_choice": "« %(value)s » n’est pas un code de pays : deux lettres "
                "majuscules de la norme ISO 3166-1, comme « FR », sont attendues."
            },
        )
        # A callable, because the names depend on the language in force and are sorted by it.
        super().__init__(*args, choices=lambda: list(countries), **kwargs)
        _describe(self, type="string", enum=list(countries.countries))


class SlugField(django_filters.fields.ModelChoiceField):
    """A related record, by its slug."""

    def to_python(self, value: str) -> Any:
        # What is no slug is no record: some characters would be refused by the database itself.
        if value and isinstance(value, str):
            try:
                validate_slug(value)
            except ValidationError as error:
                raise self._refused(value) from error
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise self._refused(value) from error

    def _refused(self, value: str) -> ValidationError:
        return ValidationError(
            self.error_messages["invalid_choice"],
            code="invalid_choice",
            params={"value": value},
        )


class SlugFilter(django_filters.ModelChoiceFilter):
    """Chooses a related record by its slug: `?topic=cloud-public`.

    Of a model of published records, the public ones only; of a vocabulary, all.
    """

    field_class = SlugField

    def __init__(self, model: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Toutes les valeurs")
        kwargs.setdefault("label", capfirst(model._meta.verbose_name))
        kwargs.setdefault("help_text", "Identifiant de la fiche dans son adresse.")
        kwargs.setdefault(
            "error_messages",
            {"invalid_choice": "Aucune fiche publiée n’a l’identifiant « %(value)s »."},
        )
        super().__init__(to_field_name="slug", queryset=_choosable(model), **kwargs)
        _describe(self, type="string", maxLength=SLUG_LENGTH)


class KnownValueFilter(ChoiceFilter):
    """Chooses among the values that the public records have in a free column.

    One query when the parameter is given or the form is shown.
    """

    def __init__(self, model: type[Publishable], *, field_name: str, **kwargs: Any) -> None:
        def values() -> list[tuple[str, str]]:
            known = model.objects.published().exclude(**{field_name: ""}).order_by(field_name)
            return [(one, one) for one in known.values_list(field_name, flat=True).distinct()]

        super().__init__(field_name=field_name, choices=values, **kwargs)
        _describe(self, type="string")


class YearFilter(django_filters.Filter):
    """A year in four digits."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wrong = "Une année est attendue, de 1900 à 2200."
        kwargs.setdefault("min_value", 1900)
        kwargs.setdefault("max_value", 2200)
        kwargs.setdefault(
            "error_messages", {"invalid": wrong, "min_value": wrong, "max_value": wrong}
        )
        super().__init__(*args, **kwargs)
        _describe(self, type="integer", minimum=kwargs["min_value"], maximum=kwargs["max_value"])


class OverlapFilter(django_filters.DateFilter):
    """Compares a day, written AAAA-MM-JJ, with the bounds of an approximate date.

    `edge="after"`: not over before that day; `edge="before"`: begun by that day. A record with
    no known date is never kept.
    """

    def __init__(self, *args: Any, edge: str, **kwargs: Any) -> None:
        self.edge = edge
        kwargs.setdefault("input_formats", [ISO_DAY])
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format=ISO_DAY))
        kwargs.setdefault(
            "error_messages",
            {"invalid": "Un jour qui existe est attendu, sous la forme AAAA-MM-JJ."},
        )
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet, value: Any) -> QuerySet:
        if not value:
            return queryset
        start, end = f"{self.field_name}_start", f"{self.field_name}_end"
        known = queryset.exclude(**{f"{start}__isnull": True, f"{end}__isnull": True})
        if self.edge == "after":
            return known.filter(Q(**{f"{end}__gte": value}) | Q(**{f"{end}__isnull": True}))
        return known.filter(Q(**{f"{start}__lte": value}) | Q(**{f"{start}__isnull": True}))


def after_filter(field_name: str = "date") -> OverlapFilter:
    """Records not over before a day."""
    return OverlapFilter(
        field_name=field_name,
        edge="after",
        label="À partir du",
        help_text="Ce qui n’était pas fini avant ce jour (AAAA-MM-JJ).",
    )


def before_filter(field_name: str = "date") -> OverlapFilter:
    """Records begun by a day."""
    return OverlapFilter(
        field_name=field_name,
        edge="before",
        label="Jusqu’au",
        help_text="Ce qui avait commencé à ce jour (AAAA-MM-JJ).",
    )


def _describe(a_filter: django_filters.Filter, **schema: Any) -> None:
    """Says in the schema of the API what the class of the filter does not tell it."""
    words = a_filter.extra.get("help_text") or a_filter.label
    label = a_filter.label if words == a_filter.label else f"{a_filter.label}. {words}"
    extend_schema_field(schema | {"description": label})(a_filter)


def _choosable(model: Any) -> Callable[[Any], QuerySet]:
    """What a form may offer, asked anew each time: what is public changes with the clock."""
    if issubclass(model, Publishable):
        return lambda request: model.objects.published().order_by(*_by_name(model))
    return lambda request: model.objects.all()


def _by_name(model: type[Publishable]) -> tuple[str, str]:
    return model.label_field, "pk"


def _spellings(word: str) -> Iterator[str]:
    """`word`, and its upper and lower cases where a database compares ASCII letters only."""
    yield word
    if not word.isascii():
        yield from {word.lower(), word.upper(), word.capitalize()} - {word}


def _accepted(choices: Choices) -> str:
    codes = [str(code) for code, _ in choices if code != ""]
    more = ["…"] if len(codes) > MAX_LISTED else []
    return ", ".join([*codes[:MAX_LISTED], *more])


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, QuerySet):
        return join(*(str(item) for item in value))
    if isinstance(value, list):
        return join(*(_shown(field, item) for item in value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(field, forms.ModelChoiceField):
        return str(value)
    return str(dict(getattr(field, "choices", ())).get(value, value))
