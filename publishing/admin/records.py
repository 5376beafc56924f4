"""The admin of every record: what editors see at a glance, and who may publish.

A writer sends drafts to review; a reviewer publishes and archives; an administrator deletes. The
rights of `publishing.groups` are asked here in the choices of the form, in its validation, in the
actions, and for each record: what is published or archived is read-only to who cannot publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms import Field, ModelForm, ModelMultipleChoiceField
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from publishing import clock
from publishing.anomalies import checked_together, findings_about, is_watched
from publishing.dates import UNKNOWN
from publishing.fields import MarkdownField
from publishing.forms import ImageUploadField, MarkdownTextarea, PublishableForm
from publishing.models import Anomaly, AnomalyRecord, Illustrated, Publishable, Status
from publishing.publication import (
    ONLY_REVIEWERS_DECIDE,
    SETTLED_STATUSES,
    WRITING_STATUSES,
    PublicationReport,
    archive_all,
    check_publication,
    publish_all,
)
from publishing.renditions import delete_all
from publishing.typography import count, plural

FOLLOW_UP_COLUMNS = ("verified_on", "review_due")
# The button that asks what the rules would find.
VERIFY = "_verify"
# A message is read at a glance; the register has the rest.
ANOMALIES_TOLD = 5
IMAGE_TO_CHOOSE_AGAIN = (
    "Choisissez de nouveau le fichier de l’image : le navigateur ne le garde pas après un refus."
)


class PublicationRefused(Exception):
    """A record was saved as published, but its saved parts lack something: undo it all."""

    def __init__(self, record: Publishable, sentences: Sequence[str]) -> None:
        super().__init__(*sentences)
        self.record = record
        self.sentences = tuple(sentences)


class Rehearsed(Exception):
    """A record was saved only to know what the rules find: undo it all."""

    def __init__(self, record: Publishable) -> None:
        super().__init__(record)
        self.record = record
        self.findings = findings_about(record)


class StateFilter(admin.SimpleListFilter):
    """What has become of a record, as a reader of the list says it."""

    title = "statut"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            (Status.DRAFT.value, "brouillon"),
            (Status.IN_REVIEW.value, "en relecture"),
            ("public", "publié, visible"),
            ("scheduled", "planifié"),
            ("expired", "expiré"),
            (Status.ARCHIVED.value, "archivé"),
            (Status.REJECTED.value, "refusé"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case None:
                return queryset
            case "public":
                return queryset.published()
            case "scheduled":
                return queryset.scheduled()
            case "expired":
                return queryset.expired()
            case status if status in Status.values:
                return queryset.filter(status=status)
        return queryset.none()


class ReviewFilter(admin.SimpleListFilter):
    title = "vérification"
    parameter_name = "revue"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("due", "à revoir : échéance passée"), ("never", "jamais vérifié")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "due":
                return queryset.to_review()
            case "never":
                return queryset.filter(verified_on__isnull=True)
        return queryset


class AnomalyFilter(admin.SimpleListFilter):
    title = "anomalies"
    parameter_name = "anomalies"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("ouvertes", "avec anomalie à traiter"), ("aucune", "sans anomalie à traiter")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        named = AnomalyRecord.objects.open().about_any(queryset.model).values("object_id")
        match self.value():
            case "ouvertes":
                return queryset.filter(pk__in=named)
            case "aucune":
                return queryset.exclude(pk__in=named)
        return queryset


class YearFilter(admin.SimpleListFilter):
    """The year in which an approximate date begins: the finest that all of them state.

    Django's hierarchy of dates would go down to days, and put « automne 2025 » on 1 September.
    """

    title = "année"
    parameter_name = "annee"
    date_name = "date"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Runs a query for the years that there are."""
        known = model_admin.model._default_manager.exclude(**{self._sort: UNKNOWN.sort_key})
        years = known.dates(self._sort, "year", order="DESC")
        return [(str(day.year), str(day.year)) for day in years] + [("inconnue", "inconnue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value is None:
            return queryset
        if value == "inconnue":
            return queryset.filter(**{self._sort: UNKNOWN.sort_key})
        if value not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(**{f"{self._sort}__year": int(value)})

    @property
    def _sort(self) -> str:
        return f"{self.date_name}_sort"


class ReadableKeys:
    """Mixin of the fields that are searched: a key that is no key is not asked of the database.

    An address (`?topics=abc`) or a form posted by hand may hold any text where Django's widget
    expects the keys of the records that it shows as chosen.
    """

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> list:
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if _is_key(key, one)], attr)


class SearchedSelect(ReadableKeys, AutocompleteSelect):
    pass


class SearchedSelectMultiple(ReadableKeys, AutocompleteSelectMultiple):
    pass


class RecordsField(ModelMultipleChoiceField):
    """Several records, by their keys: one that is no key is refused before the database is asked.

    Django leaves to it a number too large for its columns, which raises.
    """

    def clean(self, value: Any) -> QuerySet:
        key = self.queryset.model._meta.pk
        for one in value if isinstance(value, list | tuple) else ():
            if not _is_key(key, one):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": one},
                )
        return super().clean(value)


class SearchedRelations:
    """Mixin of an admin or of an inline with `autocomplete_fields`."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Field:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Field:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelectMultiple(db_field, self.admin_site))
        kwargs.setdefault("form_class", RecordsField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PublishableAdmin(SearchedRelations, admin.ModelAdmin):
    """Base of the admin of a record: a subclass gives `content_fields` and its list columns."""

    content_fields: ClassVar[Sequence[Any]] = ()
    extra_fieldsets: ClassVar[Sequence[tuple[str, dict[str, Any]]]] = ()

    form = PublishableForm
    list_filter = [StateFilter, ReviewFilter]
    date_hierarchy = "updated_at"
    readonly_fields = ["created_at", "updated_at", "writer"]
    actions = ["publish_selected", "archive_selected"]
    list_per_page = 50
    save_on_top = True
    formfield_overrides = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        MarkdownField: {"widget": MarkdownTextarea},
        models.ImageField: {"form_class": ImageUploadField, "max_length": None},
    }

    @property
    def compared_columns(self) -> Sequence[str]:
        """What is shown of a record beside those that it contradicts."""
        return [name for name in self.list_display[1:] if name not in FOLLOW_UP_COLUMNS]

    def correction_url(self, record: Publishable) -> str:
        """The form of a new record that corrects this one; empty where its kind has no errata."""
        return ""

    # --- Lists ---

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    @admin.display(description="statut", ordering="status")
    def state(self, record: Publishable) -> SafeString:
        return state_badge(record)

    @admin.display(description="anomalies")
    def open_anomalies(self, record: Publishable) -> str:
        """For a list whose queryset is `with_open_anomalies()`."""
        return str(record.open_anomalies) if record.open_anomalies else ""

    @admin.action(description="Publier les fiches choisies", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        with checked_together():
            report = publish_all(queryset)
        self._tell(request, report, "publiée", "Publié par une action.")

    @admin.action(description="Archiver les fiches choisies", permissions=["publish"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        report = archive_all(queryset)
        self._tell(request, report, "archivée", "Archivé par une action.")

    def _tell(self, request: HttpRequest, report: PublicationReport, done: str, trace: str) -> None:
        number_done = len(report.done)
        if number_done:
            said = f"{count(number_done, 'fiche')} {plural(number_done, done)}."
            self.message_user(request, said, messages.SUCCESS)
        for record in report.done:
            self.log_change(request, record, trace)
        for record, sentences in report.refused:
            why = " ".join(sentences)
            refusal = f"« {record.label} » n’est pas {done} : {why}"
            self.message_user(request, refusal, messages.ERROR)
        self._tell_anomalies(request, report.done)

    def _tell_anomalies(self, request: HttpRequest, records: Iterable[Publishable]) -> None:
        """Says which open anomalies name these records: nothing is refused for that."""
        named = AnomalyRecord.objects.about_any(self.model, [record.pk for record in records])
        waiting = Anomaly.objects.open().filter(pk__in=named.values("anomaly")).in_order()
        found = list(waiting[: ANOMALIES_TOLD + 1])
        if not found or not request.user.has_perm("publishing.view_anomaly"):
            return
        told = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            ((_anomaly_url(anomaly), anomaly.message) for anomaly in found[:ANOMALIES_TOLD]),
        )
        register = reverse("admin:publishing_anomaly_changelist")
        more = format_html('<li><a href="{}">et d’autres…</a></li>', register)
        self.message_user(
            request,
            format_html(
                'À vérifier, anomalies à traiter : <ul class="told">{}{}</ul>',
                told,
                more if len(found) > ANOMALIES_TOLD else "",
            ),
            messages.WARNING,
        )

    # --- Rights ---

    def has_publish_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_change_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        is_settled = obj is not None and obj.status in SETTLED_STATUSES
        return not is_settled or self.has_publish_permission(request)

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Field:
        if db_field.name == "status" and not self.has_publish_permission(request):
            kwargs["choices"] = [(status.value, status.label) for status in WRITING_STATUSES]
            kwargs["error_messages"] = {"invalid_choice": ONLY_REVIEWERS_DECIDE}
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    # --- The form ---

    @admin.display(description="rédigé par")
    def writer(self, record: Publishable) -> str:
        # A name, and no link to the account, which few may open.
        author = record.written_by
        return author.get_full_name() or author.get_username() if author else "–"

    def get_fieldsets(
        self, request: HttpRequest, obj: Publishable | None = None
    ) -> list[tuple[str | None, dict[str, Any]]]:
        fieldsets = [(None, {"fields": self.content_fields}), *self.extra_fieldsets]
        if issubclass(self.model, Illustrated):
            fieldsets.append(("Image", {"fields": ["image", "image_alt", "image_credit"]}))
        fieldsets += [
            ("Publication", {"fields": ["status", "publish_at", "expire_at", "slug"]}),
            ("Vérification", {"fields": ["verified_on", "review_due", "provenance"]}),
        ]
        if obj is not None:
            fieldsets.append(("Suivi", {"fields": ["created_at", "updated_at", "writer"]}))
        return fieldsets

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Publishable | None = None
    ) -> dict[str, Sequence[str]]:
        # A saved address only changes when an editor means it.
        names = {field.name for field in self.opts.get_fields()}
        if obj is not None or self.model.label_field not in names:
            return {}
        return {"slug": (self.model.label_field,)}

    def get_form(
        self,
        request: HttpRequest,
        obj: Publishable | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.missing_in_parts = getattr(request, "missing_in_parts", ())
        form.is_rehearsed = getattr(request, "is_rehearsed", False)
        return form

    def get_view_on_site_url(self, obj: Publishable | None = None) -> str | None:
        """The address of a record that is public as saved, whatever is being typed."""
        if obj is None or obj.pk is None:
            return None
        public = self.model._default_manager.published().filter(pk=obj.pk).first()
        return public and public.get_absolute_url()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra_context = {
            "title": self._form_title(object_id),
            "findings": None,
        } | (extra_context or {})
        try:
            with _one_write(request):
                response = super().changeform_view(request, object_id, form_url, extra_context)
        except PublicationRefused as refusal:
            _forget_new_files(refusal.record, request)
            request.missing_in_parts = refusal.sentences
        except Rehearsed as rehearsal:
            _forget_new_files(rehearsal.record, request)
            request.is_rehearsed = True
            extra_context["findings"] = rehearsal.findings
        else:
            if saved := getattr(request, "saved_record", None):
                self._tell_anomalies(request, [saved])
            return response
        # The transaction is undone: the same answer is read again, and shown with what was said.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _form_title(self, object_id: str | None) -> str:
        # « Ajout de entreprise », « Modification de actualité »: Django elides nothing.
        kind = self.opts.verbose_name
        return capfirst(kind) if object_id else f"Nouvelle fiche : {kind}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if context.get("errors") and request.FILES:
            self.message_user(request, IMAGE_TO_CHOOSE_AGAIN, messages.WARNING)
        record = context["original"]
        may_save = (
            self.has_add_permission(request)
            if record is None
            else self.has_change_permission(request, record)
        )
        context |= {
            "anomalies": _anomalies_about(record, request),
            "can_verify": may_save and is_watched(self.model),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Publishable, form: ModelForm, change: bool
    ) -> None:
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Sequence[BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        if VERIFY in request.POST:
            raise Rehearsed(form.instance)
        request.saved_record = form.instance
        try:
            check_publication(form.instance)
        except ValidationError as missing:
            raise PublicationRefused(form.instance, missing.messages) from missing


class AccountAdmin(UserAdmin):
    """Accounts, kept by administrators: none can make itself, or unmake, a superuser."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        locked = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *locked)


admin.site.unregister(get_user_model())
admin.site.register(get_user_model(), AccountAdmin)


def state_of(record: Publishable) -> tuple[str, str]:
    """What has become of a record, as a code for the style sheet and a word for people."""
    if record.status != Status.PUBLISHED:
        return record.status, record.get_status_display()
    if record.is_scheduled:
        return "scheduled", "planifié"
    if record.expire_at is not None and record.expire_at <= clock.now():
        return "expired", "expiré"
    return record.status, record.get_status_display()


def state_badge(record: Publishable) -> SafeString:
    code, label = state_of(record)
    return format_html('<span class="state state--{}">{}</span>', code, label)


@contextmanager
def _one_write(request: HttpRequest) -> Iterator[None]:
    """One transaction and one check for a form and its parts; nothing for a page that is read."""
    with transaction.atomic() if request.method == "POST" else nullcontext(), checked_together():
        yield


def _anomaly_url(anomaly: Anomaly) -> str:
    return reverse("admin:publishing_anomaly_change", args=[anomaly.pk])


def _anomalies_about(record: Publishable | None, request: HttpRequest) -> list[Anomaly]:
    """What still contradicts the record, the gravest first, for who may see the register."""
    if record is None or not request.user.has_perm("publishing.view_anomaly"):
        return []
    return list(Anomaly.objects.standing().about(record).in_order())


def _is_key(key: models.Field, value: Any) -> bool:
    try:
        key.run_validators(key.to_python(value))
    except ValidationError:
        return value in EMPTY_VALUES
    return True


def _forget_new_files(record: Publishable, request: HttpRequest) -> None:
    """Removes the files that an undone transaction wrote, and lets them be read again."""
    if isinstance(record, Illustrated) and "image" in request.FILES:
        delete_all(record.image.storage, record.image.name, record.image_widths)
    for uploads in dict(request.FILES.lists()).values():
        for upload in uploads:
            upload.seek(0)
