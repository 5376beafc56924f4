"""Model fields of the kernel: approximate dates, and Markdown with its stored HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from publishing.dates import UNKNOWN, ApproximateDate, Precision
from publishing.markdown import render
from publishing.typography import initial, sort_key

PRECISION_CHOICES = [
    (Precision.DAY.value, "jour"),
    (Precision.RANGE.value, "plage de jours"),
    (Precision.MONTH.value, "mois"),
    (Precision.MONTH_RANGE.value, "plage de mois"),
    (Precision.SEASON.value, "saison"),
    (Precision.QUARTER.value, "trimestre"),
    (Precision.HALF.value, "semestre"),
    (Precision.YEAR.value, "année"),
    (Precision.DECADE.value, "décennie"),
    (Precision.UNKNOWN.value, "inconnue"),
]


class ApproximateDateField:
    """Declare `date = ApproximateDateField("dates")` on a model to date it approximately.

    Adds the columns `date_label`, `date_start`, `date_end`, `date_precision`, `date_edtf` and
    `date_sort` (never null: start, else end, else 31 December 9999), and the property `date`,
    which reads and writes them all at once as one `publishing.dates.ApproximateDate`. The columns
    are filtered and sorted on as any others; they are never set one by one.
    """

    def __init__(self, verbose_name: str) -> None:
        self.verbose_name = verbose_name
        day = {"null": True, "editable": False}
        self.columns: dict[str, models.Field] = {
            "label": models.CharField(verbose_name, max_length=80, blank=True, editable=False),
            "start": models.DateField(f"{verbose_name} : premier jour", **day),
            "end": models.DateField(f"{verbose_name} : dernier jour", **day),
            "precision": models.CharField(
                f"{verbose_name} : précision",
                max_length=12,
                choices=PRECISION_CHOICES,
                default=Precision.UNKNOWN.value,
                editable=False,
            ),
            "edtf": models.CharField(
                f"{verbose_name} : EDTF", max_length=40, default=UNKNOWN.edtf, editable=False
            ),
            "sort": models.DateField(
                f"{verbose_name} : tri", default=UNKNOWN.sort_key, editable=False, db_index=True
            ),
        }

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        for suffix, column in self.columns.items():
            column.contribute_to_class(model, f"{name}_{suffix}")
        # A plain property, so that Model(date=...) accepts it among its keyword arguments.
        setattr(model, name, property(_reader(name, self.verbose_name), _writer(name)))
        model.approximate_date_fields = (*getattr(model, "approximate_date_fields", ()), name)


def _reader(name: str, verbose_name: str):
    def read(instance: models.Model) -> ApproximateDate:
        return ApproximateDate(
            label=getattr(instance, f"{name}_label"),
            start=getattr(instance, f"{name}_start"),
            end=getattr(instance, f"{name}_end"),
            precision=Precision(getattr(instance, f"{name}_precision")),
            edtf=getattr(instance, f"{name}_edtf"),
        )

    # How the admin heads and sorts a column of its lists.
    read.short_description = verbose_name
    read.admin_order_field = f"{name}_sort"
    return read


def _writer(name: str):
    def write(instance: models.Model, value: ApproximateDate) -> None:
        setattr(instance, f"{name}_label", value.label)
        setattr(instance, f"{name}_start", value.start)
        setattr(instance, f"{name}_end", value.end)
        setattr(instance, f"{name}_precision", value.precision.value)
        setattr(instance, f"{name}_edtf", value.edtf)
        setattr(instance, f"{name}_sort", value.sort_key)

    return write


def approximate_date_order(name: str) -> models.CheckConstraint:
    """Constraint for `Meta.constraints`: the last day of `name` is not before its first."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{name}_end__gte": models.F(f"{name}_start")})
        | models.Q(**{f"{name}_start__isnull": True})
        | models.Q(**{f"{name}_end__isnull": True}),
        name=f"%(app_label)s_%(class)s_{name}_order",
        violation_error_message="La fin précède le début.",
    )


class MarkdownField(models.TextField):
    """Text typed in Markdown. Its HTML is kept beside it in a `RenderedMarkdownField`."""

    description = "Texte en Markdown"


class WorkedOut:
    """Mixin of a column that is worked out, at each save, from the field named `source`.

    The field says how by `worked_out`. `update()` does not go through here, so it must not be used
    on the source field.
    """

    worked_out: Callable[[str], str]

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Iterable[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.worked_out(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


class RenderedMarkdownField(WorkedOut, models.TextField):
    """The safe HTML of a Markdown field: too slow to render at each read."""

    def worked_out(self, text: str) -> str:
        return render(text)


class SortKeyField(WorkedOut, models.CharField):
    """What sorts a name as a French directory does, in any database: « eolas » for « Éolas »."""

    def worked_out(self, text: str) -> str:
        return sort_key(text)[: self.max_length]


class InitialField(WorkedOut, models.CharField):
    """The letter under which a directory lists a name; see `typography.initial`."""

    def worked_out(self, text: str) -> str:
        return initial(text)
