"""Records of the admin that have a page of their own instead of a form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class OwnPageAdmin(admin.ModelAdmin):
    """Base: whoever may view a record reads its page, whoever may change it acts there.

    A subclass gives `show` (the page) and `act` (what is posted to it).
    """

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        may_act = self.has_change_permission(request, record)
        if request.method != "POST":
            return self.show(request, record, may_act)
        if not may_act:
            raise PermissionDenied
        return self.act(request, record)

    def page(
        self, request: HttpRequest, template: str, title: str, record: models.Model, **context: Any
    ) -> TemplateResponse:
        """A page within the admin."""
        own = {"title": title, "subtitle": None, "opts": self.opts, "record": record}
        context = self.admin_site.each_context(request) | own | context
        return TemplateResponse(request, template, context)
