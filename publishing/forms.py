"""Form fields of the editors: approximate dates, numbers as they were stated, images, parts.

Every refusal is a French sentence, and what was typed stays in the form.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import ModelFormMetaclass
from django.utils.text import capfirst

from publishing.dates import UNKNOWN, ApproximateDate, UnreadableDate, parse
from publishing.images import validate_image
from publishing.typography import number

DATE_HELP = (
    "Ce que l’on en sait, sans inventer de jour : « 20 mai 2025 », « 20-23 mai 2025 », "
    "« avril 2025 », « fin nov./déc. 2025 », « automne 2025 », « T3 2024 », « 2025 », "
    "« À déterminer »."
)
NUMBER_HELP = "Tel que publié : « 678,8 », « 20,40 », « 1 234 »."

# Spaces may group the digits of the integer part by three; a comma or a point, never both.
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<integer>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<rest>[0-9]+))?"
)
_SPACES = re.compile(r"\s+")
_LONGEST_NUMBER = 60


class ApproximateDateFormField(forms.Field):
    """One line of text, read by `publishing.dates.parse`; its value is an `ApproximateDate`."""

    widget = AdminTextInputWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "help_text": DATE_HELP} | kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The text as it was typed; the French form of a date that came without a label."""
        if not isinstance(value, ApproximateDate):
            return value
        return value.display if value.is_known else value.label

    def to_python(self, value: Any) -> ApproximateDate:
        if isinstance(value, ApproximateDate):
            return value
        try:
            return parse(value or "")
        except UnreadableDate as error:
            raise ValidationError(error.message, code="unreadable_date") from error

    def validate(self, value: ApproximateDate) -> None:
        if self.required and value == UNKNOWN:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "").strip()


class StatedDecimalField(forms.Field):
    """A number as French or English writes it: « 678,8 », « 678.8 », « 1 234,5 », « −3 ».

    Its value is a `Decimal` with the decimals that were typed, never more, never fewer.
    """

    widget = AdminTextInputWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": NUMBER_HELP} | kwargs)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        plain = _SPACES.sub(" ", str(value)).strip().replace("−", "-")
        match = _NUMBER.fullmatch(plain) if len(plain) <= _LONGEST_NUMBER else None
        if match is None:
            raise ValidationError(
                "Ce nombre ne se lit pas. Écrivez-le seul, sans unité ni « plus de » : "
                "« 678,8 », « 678.8 » ou « 1 234,5 ».",
                code="unreadable_number",
            )
        integer, rest = match["integer"].replace(" ", ""), match["rest"] or ""
        return Decimal(f"{match['sign']}{integer}.{rest}" if rest else f"{match['sign']}{integer}")

    def has_changed(self, initial: Any, data: Any) -> bool:
        # As text: « 20,4 » and « 20,40 » are equal numbers, stated differently.
        return (self.prepare_value(initial) or "") != (data or "")


class ImageUploadField(forms.ImageField):
    """An image checked by `validate_image` alone, so that one sentence says what is wrong.

    The check comes before the file reaches the record: measuring a hostile image would fail there.
    """

    default_validators = ()

    def to_python(self, data: Any) -> Any:
        file = forms.FileField.to_python(self, data)
        if file is not None:
            validate_image(file)
        return file


class MarkdownTextarea(AdminTextareaWidget):
    """A text area of the height of a page; the style sheet of the admin gives its width."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 22, "class": "markdown", "spellcheck": "true"} | (attrs or {}))


class ShortMarkdownTextarea(MarkdownTextarea):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 10} | (attrs or {}))


class ApproximateDateModelFormMetaclass(ModelFormMetaclass):
    """Declares a form field for each approximate date of the model, named as its property."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any
    ) -> type:
        model = getattr(attrs.get("Meta"), "model", None)
        declared = {field for base in bases for field in getattr(base, "declared_fields", ())}
        for date_name in set(getattr(model, "approximate_date_fields", ())) - declared:
            column = model._meta.get_field(f"{date_name}_label")
            attrs.setdefault(
                date_name, ApproximateDateFormField(label=capfirst(column.verbose_name))
            )
        return super().__new__(mcs, name, bases, attrs, **kwargs)


class ApproximateDateModelForm(forms.ModelForm, metaclass=ApproximateDateModelFormMetaclass):
    """A model form whose approximate dates are each one field (`date`, `period`, `vintage`).

    An error of the model on a field that the form does not show is said at the top of the form.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.approximate_dates:
            self.initial.setdefault(name, getattr(self.instance, name))

    @property
    def approximate_dates(self) -> list[str]:
        declared = getattr(self._meta.model, "approximate_date_fields", ())
        return [name for name in declared if name in self.fields]

    def _post_clean(self) -> None:
        for name in self.approximate_dates:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            errors = ValidationError(_shown(errors.error_dict, self.fields))
        super()._update_errors(errors)


def _shown(
    errors: dict[str, list[ValidationError]], fields: dict[str, forms.Field]
) -> dict[str, list[ValidationError]]:
    shown: dict[str, list[ValidationError]] = {}
    for name, messages in errors.items():
        place = name if name in fields else NON_FIELD_ERRORS
        shown.setdefault(place, []).extend(messages)
    return shown


class PublishableForm(ApproximateDateModelForm):
    """The form of a record. `missing_in_parts` is what a first try to publish it was refused for.

    What concerns its parts (citations, sections) is only known once they are written; the admin
    undoes that writing, and shows the form again with these sentences on top.
    """

    missing_in_parts: tuple[str, ...] = ()
    # Saved and undone, to know what the rules find: shown again, without an error.
    is_rehearsed: bool = False

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_rehearsed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for sentence in self.missing_in_parts:
            self.add_error(None, sentence)
        return cleaned
