"""The tokens of editors' programs: made, shown once, listed with their last use, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from publishing import clock
from publishing.admin.pages import OwnPageAdmin
from publishing.models import published_models
from publishing.tokens import ApiToken
from publishing.typography import count, plural

ONLY_REVIEWERS_PUBLISH = (
    "Publier revient à un relecteur : un jeton qui agit pour vous peut lire et écrire."
)


class ApiTokenForm(forms.ModelForm):
    def clean_scope(self) -> str:
        scope = self.cleaned_data["scope"]
        if scope == ApiToken.Scope.PUBLISH and not _may_publish(self.user):
            raise forms.ValidationError(ONLY_REVIEWERS_PUBLISH)
        return scope

    def clean_expires_at(self) -> Any:
        moment = self.cleaned_data["expires_at"]
        if moment is not None and moment <= clock.now():
            raise forms.ValidationError("Cette date est passée : le jeton n’ouvrirait rien.")
        return moment


def _may_publish(user: Any) -> bool:
    return any(
        user.has_perm(f"{model._meta.app_label}.publish_{model._meta.model_name}")
        for model in published_models()
    )


class TokenStateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("valide", "en service"), ("clos", "expiré ou révoqué")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        in_force = ApiToken.objects.in_force().values("pk")
        match self.value():
            case "valide":
                return queryset.filter(pk__in=in_force)
            case "clos":
                return queryset.exclude(pk__in=in_force)
        return queryset


@admin.register(ApiToken)
class ApiTokenAdmin(OwnPageAdmin):
    """Each editor sees, makes and revokes their own; an administrator those of all."""

    form = ApiTokenForm
    list_display = ["name", "state", "scope", "user", "shown", "last_used_at", "expires_at"]
    list_filter = [TokenStateFilter, "scope"]
    list_select_related = ["user"]
    search_fields = ["name", "shown", "user__username"]
    fields = ["name", "scope", "expires_at"]
    actions = ["revoke_selected"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tokens = super().get_queryset(request)
        oversees = request.user.has_perm("publishing.oversee_apitoken")
        return tokens if oversees else tokens.filter(user=request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Jetons d’API"} | (extra_context or {}))

    @admin.display(description="état")
    def state(self, token: ApiToken) -> SafeString:
        code, label = _state_of(token)
        return format_html('<span class="state state--{}">{}</span>', code, label)

    @admin.action(description="Révoquer les jetons choisis", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        tokens = list(queryset.filter(revoked_at__isnull=True))
        for token in tokens:
            token.revoke()
            self.log_change(request, token, "Révoqué.")
        said = f"{count(len(tokens), 'jeton')} {plural(len(tokens), 'révoqué')}."
        self.message_user(request, said, messages.SUCCESS)

    # --- Rights ---

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    # --- The form ---

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ApiTokenForm]:
        form = super().get_form(request, *args, **kwargs)
        form.user = request.user
        return form

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if not change:
            obj.user = request.user
        super().save_model(request, obj, form, change)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        title = {"title": "Nouveau jeton d’API", "show_save_and_continue": False}
        title["show_save_and_add_another"] = False
        return super().add_view(request, form_url, title | (extra_context or {}))

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page that ever shows the secret: no cache, no session keeps it."""
        response = self.page(request, "admin/publishing/apitoken/created.html", "Jeton créé", obj)
        response["Cache-Control"] = "no-store"
        return response

    def show(self, request: HttpRequest, token: ApiToken, may_act: bool) -> HttpResponse:
        """A token is read and revoked: what it may do never changes under a program."""
        return self.page(
            request,
            "admin/publishing/apitoken/detail.html",
            token.name,
            token,
            state=self.state(token),
            may_revoke=may_act and token.revoked_at is None,
        )

    def act(self, request: HttpRequest, token: ApiToken) -> HttpResponse:
        if token.revoked_at is None:
            token.revoke()
            self.log_change(request, token, "Révoqué.")
        self.message_user(request, "Le jeton est révoqué.", messages.SUCCESS)
        return HttpResponseRedirect(request.path)


def _state_of(token: ApiToken) -> tuple[str, str]:
    """What it is worth now, as a code for the style sheet and a word for people."""
    if token.revoked_at is not None:
        return "rejected", "révoqué"
    if token.is_expired:
        return "expired", "expiré"
    return "published", "en service"
