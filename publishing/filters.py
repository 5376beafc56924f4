"""One FilterSet per model, for its page and for its API: same parameters, same meaning.

A filter refuses what it does not know, so that a misspelt parameter never passes for an answer,
and says what it would have accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django_countries import countries
from drf_spectacular.utils import extend_schema_field

from publishing import clock, versions
from publishing.facets import MAX_OFFERED, Choice, facets_of, total_of
from publishing.models import SLUG_LENGTH, Publishable
from publishing.typography import join, number

# Parameters that are no filters: paging on the page, and what links from elsewhere bring along.
PAGE_PARAMETERS = frozenset({"page"})
TRACKING_PREFIX = "utm_"

ISO_DAY = "%Y-%m-%d"
NO_SUCH_CHOICE = "« %(value)s » n’est pas un choix. Valeurs acceptées : %(accepted)s."
MAX_LISTED = 20
SORT = "sort"
NO_SUCH_SORT = "« %(value)s » n’est pas un ordre. Ordres acceptés : %(accepted)s."

Choices = Iterable[tuple[Any, str]]


@dataclass(frozen=True)
class Sort:
    """An order that a reader may ask for: `?sort=<code>`."""

    code: str
    label: str
    columns: tuple[Any, ...]


@dataclass(frozen=True)
class Chip:
    """A filter in force: what it keeps, and the query string of the list without it."""

    label: str
    query: str


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

    def offer_on_page(self, facets: Mapping[str, list[Choice] | None] | None = None) -> None:
        """Fits the fields to a page: a list says how many records each of its choices gives.

        Choices that give none are left out, unless they are chosen; where there are too many
        (None) the value is typed in. The help of a list speaks of codes, which only programs
        type: it is left out. Without `facets`, as when the filters are refused, related records
        are offered without numbers; with them, the form is validated first.
        """
        facets = facets or {}
        for name, field in self.fields.items():
            if name not in facets and isinstance(field, forms.ModelChoiceField):
                _offer_short_list(field)
        for name, choices in facets.items():
            field = self.fields[name]
            if choices is None:
                field.widget = forms.TextInput()
                continue
            chosen = set(self.data.getlist(name)) if isinstance(self.data, QueryDict) else set()
            # Chosen, it stays to be seen: its own count may be nothing.
            offered = [one for one in choices if one.count or one.value in chosen]
            nothing = [("", field.empty_label)] if getattr(field, "empty_label", None) else []
            field.widget.choices = nothing + [
                (one.value, f"{one.label} ({number(one.count)})") for one in offered
            ]
        for bound in self:
            if isinstance(bound.field.widget, forms.Select | forms.CheckboxSelectMultiple):
                bound.help_text = ""


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
    surface that has its own (the API's paging). `sorts`: the orders that `?sort=` accepts, the
    one with an empty code being the natural one; without any there is no such parameter. `listed`
    tells apart the lists that share a FilterSet, whose numbers are kept.
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
        sorts: Iterable[Sort] = (),
        listed: str = "",
        **kwargs: Any,
    ) -> None:
        self.listed = listed
        self.allowed_parameters = frozenset(allowed_parameters)
        self.sorts = {sort.code: sort for sort in sorts}
        super().__init__(data, queryset, **kwargs)

    def get_form_class(self) -> type[StrictForm]:
        fields = {name: a_filter.field for name, a_filter in self.filters.items()}
        if self.sorts:
            fields[SORT] = self._sort_field()
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

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """`queryset` through every filter, in the order that is asked for."""
        asked = self.form.cleaned_data.get(SORT) if self.sorts else None
        found = self.narrowed(queryset)
        return found.order_by(*self.sorts[asked].columns) if asked else found

    def narrowed(self, queryset: QuerySet | None = None, *, without: str = "") -> QuerySet:
        """The records that the filters keep, the one named `without` left aside."""
        found = self.queryset.all() if queryset is None else queryset
        for name, a_filter in self.filters.items():
            if name != without:
                found = a_filter.filter(found, self.form.cleaned_data.get(name))
        return found

    def facets(self) -> dict[str, list[Choice] | None]:
        """The choices of each filter with what they would give; see `publishing.facets`."""
        return facets_of(self)

    def total(self) -> int:
        """How many records the filters give."""
        return total_of(self)

    @cached_property
    def edition(self) -> str:
        """What the numbers follow from: the list, what is asked, the content, the day."""
        listed = f"{type(self).__qualname__}|{self.listed}"
        return f"{listed}|{self.query}|{versions.current().name}|{clock.today()}"

    def counted(self, name: str) -> Mapping[str, int] | None:
        """What each choice of a filter gives, where it takes more than a query to know."""
        return None

    def is_active(self, name: str) -> bool:
        return self.form.cleaned_data.get(name) not in (None, "", [])

    def shown(self, name: str) -> str:
        """The value of a filter in force, as readers are told of it."""
        return _shown(self.form.fields[name], self.form.cleaned_data[name])

    @property
    def active(self) -> list[tuple[str, str]]:
        """The filters in force, as (parameter, French label with its value)."""
        if not self.is_valid():
            return []
        return [
            (name, f"{field.label} : {self.shown(name)}")
            for name, field in self.form.fields.items()
            if name in self.filters and self.is_active(name)
        ]

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, one chip for each value, with what removes it."""
        if not self.is_valid():
            return []
        chips = []
        for name, _ in self.active:
            field, value = self.form.fields[name], self.form.cleaned_data[name]
            values = value if isinstance(value, list) else [value]
            given = [one for one in self.data.getlist(name) if one]
            for place, one in enumerate(values):
                chips.append(
                    Chip(
                        f"{field.label} : {_shown(field, one)}",
                        self._query_string(
                            leaving_out=(name, given[place] if len(values) > 1 else None)
                        ),
                    )
                )
        return chips

    @property
    def query(self) -> str:
        """The filters in force as a query string, without page nor tracking parameters."""
        return self._query_string(sorted_too=False)

    @property
    def query_with_sort(self) -> str:
        """The filters and the order in force: what leads to another page of the same list."""
        return self._query_string()

    @property
    def sort_query(self) -> str:
        """The order in force alone, as a query string."""
        asked = self.form.cleaned_data.get(SORT) if self.sorts else None
        return urlencode({SORT: asked}) if asked else ""

    def query_choosing(self, name: str, value: str) -> str:
        """The query string in force, but for `name`, which has this value (none when empty)."""
        kept = self._query_string(leaving_out=(name, None))
        return "&".join(part for part in (kept, urlencode({name: value}) if value else "") if part)

    def _query_string(
        self, *, leaving_out: tuple[str, str | None] | None = None, sorted_too: bool = True
    ) -> str:
        """`leaving_out` is a parameter and the value to leave out, None for all of them."""
        if not self.is_valid():
            return ""
        name_out, value_out = leaving_out or ("", None)
        return urlencode(
            [
                (name, value)
                for name in self.form.fields
                if sorted_too or name in self.filters
                for value in self.data.getlist(name)
                if value and not (name == name_out and value_out in (None, value))
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

    def _sort_field(self) -> forms.Field:
        return ChoiceField(
            choices=[(sort.code, sort.label) for sort in self.sorts.values() if sort.code],
            empty_label=self.sorts[""].label if "" in self.sorts else "Ordre de la liste",
            required=False,
            label="Trier",
            error_messages={"invalid_choice": NO_SUCH_SORT},
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
    """`choices` are (code, French label); `empty_label` is what no choice means on the form.

    `facet` says how its choices are counted (`publishing.facets`): « closed », they are known;
    « known », they are the values that the records have.
    """

    field_class = ChoiceField
    facet = "closed"
    several = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Toutes les valeurs")
        kwargs.setdefault("error_messages", {"invalid_choice": NO_SUCH_CHOICE})
        super().__init__(*args, **kwargs)


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    """`?role=provider&role=user`: records with at least one of the values."""

    field_class = MultipleChoiceField
    facet = "closed"
    several = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": NO_SUCH_CHOICE})
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(*args, **kwargs)


class KnownValues:
    """Mixin of a filter whose choices are the values of a column."""

    facet = "known"

    def facet_columns(self) -> tuple[str, str, Q]:
        """The column of the value, the column of its label, and which rows count."""
        return self.field_name, self.field_name, Q()

    def facet_label(self, value: str) -> str:
        return value


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


class CountryFilter(KnownValues, ChoiceFilter):
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

    def facet_label(self, value: str) -> str:
        return countries.name(value)


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


class SlugFilter(KnownValues, django_filters.ModelChoiceFilter):
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
        self.model_chosen = model
        super().__init__(to_field_name="slug", queryset=_choosable(model), **kwargs)
        _describe(self, type="string", maxLength=SLUG_LENGTH)

    def facet_columns(self) -> tuple[str, str, Q]:
        model, name = self.model_chosen, self.field_name
        public = issubclass(model, Publishable)
        only = Q(**{f"{name}__in": model.objects.published()}) if public else Q()
        return f"{name}__slug", f"{name}__{model.label_field}", only


class KnownValueFilter(KnownValues, ChoiceFilter):
    """Chooses among the values that the public records have in a free column.

    One query when the parameter is given.
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


def described(a_filter: django_filters.Filter, **schema: Any) -> django_filters.Filter:
    """`a_filter`, which the schema of the API tells in these words (see `_describe`)."""
    _describe(a_filter, **schema)
    return a_filter


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
