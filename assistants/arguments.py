"""What a tool takes: declared once, told as JSON Schema, read strictly.

A wrong argument is refused with what would be accepted, so that an assistant corrects itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from publishing.api.problems import InvalidParameters
from publishing.filters import NO_SUCH_CHOICE, YesNoField

Schema = dict[str, Any]
Problem = tuple[str, str]
"""A stable English code, and a French sentence."""


@dataclass(frozen=True)
class Argument:
    """One argument: `schema` is its JSON Schema, `filter` the filter of the API that it sets."""

    name: str
    schema: Schema
    description: str
    filter: str = ""
    required: bool = False

    def read(self, value: Any) -> Any:
        """`value` when it is of the type announced. Raises `Refused`."""
        return READERS[self.schema["type"]](value, self.schema)


class Refused(ValueError):
    """A value that is no argument."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = (code, detail)


def text(name: str, description: str, **more: Any) -> Argument:
    """`more`: `filter`, `required`."""
    return Argument(name, {"type": "string"}, description, **more)


def choice(
    name: str, description: str, choices: Iterable[tuple[str, str]], **more: Any
) -> Argument:
    """One of `choices`, (code, French label); the labels are told with the description."""
    choices = list(choices)
    labels = ", ".join(f"« {code} » : {label}" for code, label in choices)
    codes = [code for code, _ in choices]
    return Argument(name, {"type": "string", "enum": codes}, f"{description} {labels}.", **more)


def yes_no(name: str, description: str, **more: Any) -> Argument:
    return Argument(name, {"type": "boolean"}, description, **more)


def whole_number(name: str, description: str, *, most: int, default: int) -> Argument:
    """From 1 to `most`."""
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Argument(name, schema, description)


def input_schema(arguments: Iterable[Argument]) -> Schema:
    """The JSON Schema (2020-12) of the arguments of a tool."""
    arguments = tuple(arguments)
    return {
        "type": "object",
        "properties": {
            one.name: one.schema | {"description": one.description} for one in arguments
        },
        "required": [one.name for one in arguments if one.required],
        "additionalProperties": False,
    }


def read(arguments: Iterable[Argument], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `given`, and the defaults of those it leaves out; null counts as left out.

    Raises `InvalidParameters` with all that is refused at once.
    """
    known = {one.name: one for one in arguments}
    refused = {name: _unknown(name, known) for name in given if name not in known}
    values = {}
    for name, argument in known.items():
        value = given.get(name)
        if value is None or value == "":
            if argument.required:
                refused[name] = ("required", "Cet argument est nécessaire.")
            elif "default" in argument.schema:
                values[name] = argument.schema["default"]
            continue
        try:
            values[name] = argument.read(value)
        except Refused as error:
            refused[name] = error.problem
    if refused:
        raise InvalidParameters(refused)
    return values


def filters(arguments: Iterable[Argument], values: Mapping[str, Any]) -> dict[str, str]:
    """The filters of the API that `values`, as `read` gave them, set."""
    return {
        one.filter: _as_parameter(values[one.name])
        for one in arguments
        if one.filter and one.name in values
    }


def _as_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return YesNoField.YES if value else "false"
    return str(value)


def _unknown(name: str, known: Iterable[str]) -> Problem:
    accepted = ", ".join(known) or "aucun"
    return "unknown_argument", f"Argument inconnu. Arguments acceptés : {accepted}."


def _read_text(value: Any, schema: Schema) -> str:
    if not isinstance(value, str):
        raise Refused("not_a_text", "Un texte est attendu.")
    # Databases refuse them with an error of their own.
    if "\0" in value or value.encode(errors="replace").decode() != value:
        raise Refused("not_a_text", "Ce texte a des caractères qui n’en sont pas.")
    codes = schema.get("enum")
    if codes is not None and value not in codes:
        accepted = {"value": value, "accepted": ", ".join(codes)}
        raise Refused("invalid_choice", NO_SUCH_CHOICE % accepted)
    return value


def _read_yes_no(value: Any, schema: Schema) -> bool:
    if not isinstance(value, bool):
        raise Refused("not_a_boolean", "« true » ou « false » est attendu, sans guillemets.")
    return value


def _read_whole_number(value: Any, schema: Schema) -> int:
    least, most = schema["minimum"], schema["maximum"]
    # For JSON Schema, 10.0 is an integer; for Python, True is one.
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if not (is_whole and least <= value <= most):
        raise Refused("invalid_number", f"Un nombre entier de {least} à {most} est attendu.")
    return int(value)


READERS = {"string": _read_text, "boolean": _read_yes_no, "integer": _read_whole_number}
