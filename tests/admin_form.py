"""Fills in the forms of the admin as a browser does: what the page holds, but for what is typed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

CITATIONS = "sources-citation-content_type-object_id"
_UNSENT = ("submit", "button", "file", "image", "reset")


def add_url(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def change_url(record: Any) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


def list_url(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def submit(client: Client, url: str, **typed: Any) -> HttpResponse:
    """Opens the form at `url`, types over its fields, saves it; the answer is not followed.

    The name of a field may hold hyphens: pass such names as `**{"name": value}`.
    """
    return client.post(url, form_of(client.get(url)) | typed)


def add_row(prefix: str, index: int = 0, **typed: Any) -> dict[str, Any]:
    """What typing into row `index` of an inline adds to the form."""
    row = {f"{prefix}-{index}-{name}": value for name, value in typed.items()}
    return {f"{prefix}-TOTAL_FORMS": index + 1, **row}


def run_action(client: Client, action: str, records: list[Any]) -> HttpResponse:
    """Runs an action on the list of the records; follows to the list and its messages."""
    chosen = [record.pk for record in records]
    url = list_url(type(records[0]))
    return client.post(url, {"action": action, "_selected_action": chosen}, follow=True)


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """The errors of the main form, by field; those at the top are under `__all__`."""
    return dict(response.context["adminform"].form.errors)


def row_errors_of(response: HttpResponse) -> list[dict[str, list[str]]]:
    """The errors of each row of the inlines that has some."""
    formsets = response.context["inline_admin_formsets"]
    rows = (form.errors for inline in formsets for form in inline.formset.forms)
    return [dict(errors) for errors in rows if errors]


def form_of(response: HttpResponse) -> dict[str, Any]:
    """What the main form of the page would post as it stands."""
    reader = _FormReader()
    reader.feed(response.content.decode())
    return reader.values


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._inside = False
        self._select: dict[str, Any] | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self._inside = (given.get("id") or "").endswith("_form")
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in _UNSENT:
            self._read_input(name, given)
        elif tag == "textarea":
            self._textarea = name
            self._set(name, "")
        elif tag == "select":
            self._select = {
                "name": name,
                "multiple": "multiple" in given,
                "first": None,
                "chosen": [],
            }
        elif tag == "option" and self._select is not None:
            self._read_option(given)

    def handle_data(self, data: str) -> None:
        if self._textarea and self._textarea in self.values:
            self.values[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._textarea:
            text = self.values.get(self._textarea)
            if text is not None:
                self.values[self._textarea] = text.removeprefix("\r\n").removeprefix("\n")
            self._textarea = None
        elif tag == "select" and self._select is not None:
            self._close_select()

    def _read_input(self, name: str, given: dict[str, str | None]) -> None:
        if given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self._set(name, [*self.values.get(name, []), given.get("value") or "on"])
            return
        self._set(name, given.get("value") or "")

    def _read_option(self, given: dict[str, str | None]) -> None:
        value = given.get("value") or ""
        if self._select["first"] is None:
            self._select["first"] = value
        if "selected" in given:
            self._select["chosen"].append(value)

    def _close_select(self) -> None:
        select, self._select = self._select, None
        if select["multiple"]:
            self._set(select["name"], select["chosen"])
        else:
            self._set(select["name"], (select["chosen"] or [select["first"] or ""])[0])

    def _set(self, name: str, value: Any) -> None:
        if name and "__prefix__" not in name:
            self.values[name] = value
