"""What every published record shares: who sees it and when, its address, its words, its image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst, slugify

from publishing import clock

# Django finds the models of an app here: these, and those of the tokens.
from publishing.changes import Announced, Change, Compared, Journal  # noqa: F401
from publishing.documents import SearchDocument, lines
from publishing.fields import MarkdownField, RenderedMarkdownField
from publishing.images import CleanImageField, upload_path, validate_image
from publishing.markdown import plain_text
from publishing.paths import path_to
from publishing.posters import Poster
from publishing.renditions import FORMATS, path_of

# Django finds the models of an app here.
from publishing.tokens import ApiToken, KeptAnswer  # noqa: F401

SLUG_LENGTH = 120
# Up to so many, what changed is sorted quicker than it is looked for in the order of a list.
FEW = 1_000
# A limit that nothing reaches.
ALL = 2**63 - 1
# Of what the site did: RFC 3339 cannot tell the local mean time of former days.
FIRST_YEAR = 1970

Window = tuple[datetime | None, datetime | None]
"""From when, and until when (excluded), something is public; (None, None) when it never is."""


class Status(models.TextChoices):
    DRAFT = "draft", "brouillon"
    IN_REVIEW = "in_review", "en relecture"
    PUBLISHED = "published", "publié"
    ARCHIVED = "archived", "archivé"
    REJECTED = "rejected", "refusé"


def public_order(*columns: str, name: str = "public") -> models.Index:
    """Index for `Meta.indexes`: public rows in the order of `columns`, read without sorting.

    The order ends on a unique column. An index is read both ways: no need to say which, but where
    columns go different ways (« -year », « title »). `name` tells it from the other orders of the
    model; the longest model leaves it six letters.
    """
    return models.Index(fields=["status", *columns], name=f"%(app_label)s_%(class)s_{name}")


def latest_order() -> models.Index:
    """Index for `Meta.indexes`: public rows as they came out, which is the order of feeds."""
    return public_order("publish_at", "id", name="latest")


@models.DateTimeField.register_lookup
class Reached(LessThanOrEqual):
    """`publish_at__reached=now`: `<=`, of which SQLite makes no range of an index.

    Nearly every row passes it, and SQLite believes that most do not: it would read them all through
    an index of moments and sort them, rather than follow an index in the order that is asked for.
    """

    lookup_name = "reached"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"<= {rhs}"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = self.as_sql(compiler, connection)
        return f"+{sql}", parameters


class PublishableQuerySet(models.QuerySet):
    """`objects` holds every row; what the world sees is always said aloud, by `published()`."""

    def published(self) -> PublishableQuerySet:
        """Records that the public sees now: the one definition, for pages, API, feeds, counts."""
        now = clock.now()
        return self.filter(
            Q(expire_at__isnull=True) | Q(expire_at__gt=now),
            status=Status.PUBLISHED,
            publish_at__reached=now,
        )

    def scheduled(self) -> PublishableQuerySet:
        return self.filter(status=Status.PUBLISHED, publish_at__gt=clock.now())

    def expired(self) -> PublishableQuerySet:
        return self.filter(status=Status.PUBLISHED, expire_at__lte=clock.now())

    def withdrawn(self) -> PublishableQuerySet:
        """Records that were public once and no longer are: their address answers 410."""
        now = clock.now()
        return self.filter(
            Q(status=Status.ARCHIVED) | Q(status=Status.PUBLISHED, expire_at__lte=now),
            publish_at__lte=now,
        )

    def changed_since(self, instant: datetime) -> PublishableQuerySet:
        """Those changed at `instant` or later, found quickly be they few or many. Runs a query.

        Few are found first, then put in order; many are met at once along the order of a list. The
        database does not know which it is: it would follow the order through all that is older.
        """
        # The index of changes has one run for each status: all are named, so that it is entered.
        changed = self.model._default_manager.filter(
            status__in=Status.values, updated_at__gte=instant
        ).order_by()
        if changed[FEW : FEW + 1].exists():
            return self.filter(updated_at__gte=instant)
        # With a limit, they are found before all else: PostgreSQL would otherwise follow the order
        # and ask of each record whether it is one of them.
        return self.filter(pk__in=changed.values("pk")[:ALL])

    def turning_points(self) -> models.QuerySet:
        """One row of four moments, or none: the last publication and the last withdrawal that the
        clock has brought, then the next of each.
        """
        came, comes = Q(publish_at__lte=clock.now()), Q(publish_at__gt=clock.now())
        left, leaves = Q(expire_at__lte=clock.now()), Q(expire_at__gt=clock.now())
        return (
            self.filter(status=Status.PUBLISHED)
            .order_by()
            .values("status")
            .annotate(
                came=Max("publish_at", filter=came),
                left=Max("expire_at", filter=left),
                comes=Min("publish_at", filter=comes),
                leaves=Min("expire_at", filter=leaves),
            )
            .values_list("came", "left", "comes", "leaves")
        )

    def to_review(self) -> PublishableQuerySet:
        """Records whose date of review has come."""
        return self.filter(review_due__lte=clock.today())

    def with_open_anomalies(self) -> PublishableQuerySet:
        """Adds `open_anomalies`: how many name each record and wait for an editor."""
        rows = AnomalyRecord.objects.open().about_any(self.model).filter(object_id=OuterRef("pk"))
        total = rows.order_by().values("object_id").annotate(total=Count("pk")).values("total")
        return self.annotate(open_anomalies=Coalesce(Subquery(total), 0))

    def for_cards(self) -> PublishableQuerySet:
        """Loads what a card, a row of a list or a short API object shows."""
        return self

    def for_detail(self) -> PublishableQuerySet:
        """Loads what the page of one record shows."""
        return self.for_cards()

    def for_links(self) -> PublishableQuerySet:
        """Loads what the label and the address of a record are made of."""
        return self


class Publishable(models.Model):
    """The contract of a published record: an address, a status, dates of publication and review.

    A concrete model says how it is called in the API (`api_name`), which field names it
    (`label_field`, unless it builds `label` itself), and inherits `Meta` so that the right to
    publish exists. `publishing.checks` refuses one that does not.
    """

    api_name: ClassVar[str]
    label_field: ClassVar[str] = "title"
    reserved_slugs: ClassVar[frozenset[str]] = frozenset()

    slug = models.SlugField(
        "identifiant dans l’adresse",
        max_length=SLUG_LENGTH,
        unique=True,
        blank=True,
        help_text="Laissé vide, il est tiré de l’intitulé. S’il change, l’ancienne adresse "
        "redirige vers la nouvelle.",
    )
    status = models.CharField("statut", max_length=10, choices=Status.choices, default=Status.DRAFT)
    publish_at = models.DateTimeField(
        "publié à partir du",
        null=True,
        blank=True,
        help_text="Dans le futur, la publication est planifiée. Laissé vide, c’est l’instant de "
        "la publication.",
    )
    expire_at = models.DateTimeField(
        "retiré à partir du", null=True, blank=True, help_text="Laissé vide, la fiche reste."
    )
    verified_on = models.DateField("vérifié le", null=True, blank=True)
    review_due = models.DateField("à revoir le", null=True, blank=True)
    provenance = models.CharField(
        "provenance",
        max_length=300,
        blank=True,
        help_text="D’où vient cette fiche : document et section.",
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="rédigé par",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    anomaly_records = GenericRelation("publishing.AnomalyRecord")

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        # Those of the orders that every list of the API offers.
        indexes = [
            public_order("created_at", "id", name="added"),
            public_order("updated_at", "id", name="edited"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(publish_at__isnull=False),
                name="%(app_label)s_%(class)s_published_has_date",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True)
                | Q(expire_at__isnull=True)
                | Q(expire_at__gt=models.F("publish_at")),
                name="%(app_label)s_%(class)s_expires_after_publication",
                violation_error_message="Le retrait doit suivre la publication.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return path_to(f"{self._meta.app_label}:{self._meta.model_name}_detail", self.slug)

    @classmethod
    def list_url(cls) -> str:
        """Address of the public list of these records."""
        return reverse(f"{cls._meta.app_label}:{cls._meta.model_name}_list")

    def clean(self) -> None:
        super().clean()
        self._complete()
        errors = self._address_errors() | self._moment_errors()
        if self.status == Status.PUBLISHED:
            errors.update(self.missing_for_publication())
        if errors:
            raise ValidationError(errors)
        if self._leaves_the_public():
            self.check_withdrawal()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._complete()
        with transaction.atomic():
            ContentVersion.objects.hold()
            if self.pk and (
                kwargs.get("update_fields") is None or "slug" in kwargs["update_fields"]
            ):
                FormerSlug.objects.remember(self)
            super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        return getattr(self, self.label_field)

    @classmethod
    def kind_label(cls) -> str:
        """« Événement »."""
        return capfirst(cls._meta.verbose_name)

    @classmethod
    def kind_slug(cls) -> str:
        """« evenement », for an address."""
        return slugify(cls._meta.verbose_name.replace("’", " "))

    @property
    def poster_url(self) -> str:
        """Address of the picture that is shown where the record is shared."""
        return reverse("poster", args=[self.kind_slug(), self.slug])

    def poster(self) -> Poster:
        """What this picture says; of a record loaded by `for_detail()`."""
        return Poster(self.kind_label(), self.label)

    @property
    def is_public(self) -> bool:
        """The same answer as `published()`, for a record already loaded."""
        now = clock.now()
        return (
            self.status == Status.PUBLISHED
            and self.publish_at is not None
            and self.publish_at <= now
            and (self.expire_at is None or self.expire_at > now)
        )

    @property
    def is_scheduled(self) -> bool:
        return (
            self.status == Status.PUBLISHED
            and self.publish_at is not None
            and self.publish_at > clock.now()
        )

    @property
    def publication_window(self) -> Window:
        """The same answer as `published()`, for any moment."""
        if self.status != Status.PUBLISHED or self.publish_at is None:
            return None, None
        return self.publish_at, self.expire_at

    @property
    def correction(self) -> Publishable | None:
        """The public record that corrects what this one states, where its kind has errata."""
        return None

    @property
    def changed_at(self) -> datetime:
        """When what readers see of it last changed; it has a date of publication.

        What was written before a planned publication was not changed before it came out.
        """
        return max(self.publish_at, self.updated_at)

    @cached_property
    def accusations(self) -> list[AnomalyRecord]:
        """The rows of the public anomalies that put it in doubt, the gravest first.

        One query, unless `accusations_prefetch()` loaded them.
        """
        return list(self.anomaly_records.accusing())

    @property
    def contestations(self) -> list[Anomaly]:
        """The anomalies that make readers see it as contested. Runs what `accusations` runs."""
        return [row.anomaly for row in self.accusations if row.anomaly.contests]

    @property
    def cautions(self) -> list[str]:
        """What readers must know before they rely on it, in a few words each."""
        return []

    @property
    def modified_on(self) -> date | None:
        """The day, in Paris, of the last change since the record came out; None without one."""
        day = timezone.localdate(self.updated_at)
        came_out = max(moment for moment in (self.created_at, self.publish_at) if moment)
        return day if day > timezone.localdate(came_out) else None

    def public_only_with_it(self) -> list[PublishableQuerySet]:
        """The records that are hidden as soon as this one is."""
        return []

    def missing_for_publication(self) -> dict[str, str]:
        """What publication still demands of the columns: a French sentence by field."""
        return {}

    def check_withdrawal(self) -> None:
        """Raises `ValidationError` when what stays public would lose what it rests on."""

    def missing_in_parts(self) -> list[str]:
        """What publication still demands of the saved parts (citations, sections): sentences.

        Runs queries; asked once the parts are saved, in the same transaction.
        """
        return []

    def search_document(self) -> SearchDocument:
        """What full-text search finds this record by. Runs queries where it has parts."""
        words = (getattr(self, "summary", ""), plain_text(getattr(self, "body", "")))
        return SearchDocument(title=self.label, text=lines(*words))

    def _complete(self) -> None:
        """Fills what follows from the rest, so that forms, actions and imports agree."""
        if not self.slug:
            self.slug = self._free_slug()
        if self.status == Status.PUBLISHED and self.publish_at is None:
            self.publish_at = clock.now()
        if self.status == Status.ARCHIVED and self.publish_at and self.publish_at > clock.now():
            # A moment that passes after the archiving would make it look withdrawn, never public.
            self.publish_at = None

    def _leaves_the_public(self) -> bool:
        """One query, and none for a new record or one that stays public."""
        if self.pk is None or self.is_public:
            return False
        return type(self)._default_manager.published().filter(pk=self.pk).exists()

    def _free_slug(self) -> str:
        base = slugify(self.label)[: SLUG_LENGTH - 5].strip("-") or self._meta.model_name
        for candidate in _numbered(base):
            if candidate in self.reserved_slugs:
                continue
            taken = type(self)._default_manager.filter(slug=candidate).exclude(pk=self.pk).exists()
            if not taken and not FormerSlug.objects.of_another(self, candidate).exists():
                return candidate
        raise AssertionError("unreachable: the numbering has no end")

    def _moment_errors(self) -> dict[str, str]:
        """A moment of the site is none of the days of local mean time, which no offset tells."""
        moments = {"publish_at": self.publish_at, "expire_at": self.expire_at}
        return {
            name: f"Une année à partir de {FIRST_YEAR} est attendue."
            for name, moment in moments.items()
            if moment and moment.year < FIRST_YEAR
        }

    def _address_errors(self) -> dict[str, str]:
        if self.slug in self.reserved_slugs:
            return {"slug": f"« {self.slug} » est l’adresse d’une page du site."}
        if FormerSlug.objects.of_another(self, self.slug).exists():
            return {
                "slug": "Cette adresse a déjà servi à une autre fiche, vers laquelle elle mène."
            }
        return {}


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


class Titled(models.Model):
    """A record that is called by a title."""

    title = models.CharField("titre", max_length=250)

    class Meta:
        abstract = True


class Named(models.Model):
    """A record that is called by a name."""

    label_field: ClassVar[str] = "name"

    name = models.CharField("nom", max_length=200)

    class Meta:
        abstract = True


class Summarised(models.Model):
    """A record that a few plain sentences sum up."""

    summary = models.TextField(
        "chapô", blank=True, help_text="Une à trois phrases, sans mise en forme."
    )

    class Meta:
        abstract = True

    def poster(self) -> Poster:
        return replace(super().poster(), note=self.summary)


class Written(Summarised):
    """A record with words: a summary in plain text, and a body in Markdown."""

    body = MarkdownField("texte", blank=True, help_text="Markdown.")
    body_html = RenderedMarkdownField("texte (HTML)", source="body")

    class Meta:
        abstract = True


class Illustrated(models.Model):
    """A record that may have an image; published, the image has an alternative text."""

    image = CleanImageField(
        "image",
        upload_to=upload_path,
        blank=True,
        width_field="image_width",
        height_field="image_height",
        validators=[validate_image],
        help_text="JPEG, PNG, WebP ou AVIF, 5 Mo au plus.",
    )
    image_alt = models.CharField(
        "texte alternatif",
        max_length=250,
        blank=True,
        help_text="Ce que montre l’image, pour qui ne la voit pas.",
    )
    image_credit = models.CharField("crédit de l’image", max_length=200, blank=True)
    image_width = models.PositiveIntegerField(null=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, editable=False)
    # Those of its renditions. After the image: storing it fills them.
    image_widths = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        if written is not None and "image" in written:
            kwargs["update_fields"] = {*written, "image_width", "image_height", "image_widths"}
        super().save(*args, **kwargs)

    def image_sources(self) -> list[tuple[str, str]]:
        """Its renditions, as (media type, `srcset`), the lightest format first."""
        url = self.image.storage.url
        return [
            (
                f"image/{extension}",
                ", ".join(
                    f"{url(path_of(self.image.name, width, extension))} {width}w"
                    for width in self.image_widths
                ),
            )
            for extension in FORMATS
            if self.image_widths
        ]

    def missing_for_publication(self) -> dict[str, str]:
        missing = super().missing_for_publication()
        if self.image and not self.image_alt.strip():
            missing["image_alt"] = "Une image se publie avec un texte alternatif."
        return missing


class FormerSlugManager(models.Manager):
    def remember(self, record: Publishable) -> None:
        """Keeps the address that `record` leaves, if its slug is about to change (one query)."""
        model = type(record)
        former = model._default_manager.filter(pk=record.pk).values_list("slug", flat=True).first()
        if former is None or former == record.slug:
            return
        kind = ContentType.objects.get_for_model(model)
        self.filter(content_type=kind, slug=record.slug).delete()
        self.update_or_create(content_type=kind, slug=former, defaults={"object_id": record.pk})

    def of_another(self, record: Publishable, slug: str) -> models.QuerySet[FormerSlug]:
        """The former addresses equal to `slug` that lead to a record other than this one.

        That of a record since deleted leads nowhere, and is free.
        """
        model = type(record)
        kind = ContentType.objects.get_for_model(model)
        others = model._default_manager.exclude(pk=record.pk).values("pk")
        return self.filter(content_type=kind, slug=slug, object_id__in=others)

    def current(self, model: type[Publishable], slug: str) -> Publishable | None:
        """The record of `model` that once stood at `slug`, whatever its status."""
        kind = ContentType.objects.get_for_model(model)
        row = self.filter(content_type=kind, slug=slug).first()
        return row and model._default_manager.filter(pk=row.object_id).first()


class FormerSlug(models.Model):
    """An address that a record has left; it redirects for ever."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    slug = models.SlugField("ancien identifiant", max_length=SLUG_LENGTH)
    left_at = models.DateTimeField("quitté le", auto_now_add=True)

    objects = FormerSlugManager()

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"
        constraints = [
            models.UniqueConstraint(fields=["content_type", "slug"], name="former_slug_unique")
        ]

    def __str__(self) -> str:
        return self.slug


class ContentVersionManager(models.Manager):
    def hold(self) -> None:
        """Waits for the other writers, until the end of the transaction.

        For those who lock a row before they write: all wait in one queue, and none holds a row
        that another awaits. One query, which locks nothing on SQLite: it has one writer at a time.
        """
        self.select_for_update().get()


class ContentVersion(models.Model):
    """The one row that names the version of the content; `publishing.versions` has it written.

    The name is random rather than a number: content restored from a copy is never taken for what
    it became meanwhile.
    """

    is_content: ClassVar[bool] = False

    name = models.CharField(max_length=32)
    changed_at = models.DateTimeField()

    objects = ContentVersionManager()

    class Meta:
        default_permissions = ()
        verbose_name = "version du contenu"
        verbose_name_plural = "versions du contenu"

    def __str__(self) -> str:
        return self.name


class TableVersion(models.Model):
    """What names the rows of a table of the content, as `ContentVersion` names all of it."""

    is_content: ClassVar[bool] = False

    table = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()
        verbose_name = "version d’une table"
        verbose_name_plural = "versions des tables"

    def __str__(self) -> str:
        return f"{self.table} {self.name}"


class LoadedRecord(models.Model):
    """What the content files last gave to a record: tells an editor's change from a file's."""

    is_content: ClassVar[bool] = False

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    values = models.JSONField("valeurs chargées")
    loaded_at = models.DateTimeField("chargé le", auto_now=True)

    class Meta:
        verbose_name = "fiche chargée"
        verbose_name_plural = "fiches chargées"
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"], name="loaded_record_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.object_id}"


class Severity(models.TextChoices):
    ERROR = "error", "erreur"
    WARNING = "warning", "avertissement"
    NOTICE = "notice", "information"


def _by_gravity(path: str = "") -> models.Case:
    """Sorts the gravest first; `path` leads to the anomaly (« anomaly__ »)."""
    return models.Case(
        *(
            models.When(**{f"{path}severity": severity}, then=position)
            for position, severity in enumerate(Severity.values)
        )
    )


class AnomalyQuerySet(models.QuerySet):
    def standing(self) -> AnomalyQuerySet:
        """What contradicts itself still: the cause is there, and nobody dismissed it."""
        return self.filter(is_present=True, status__in=STANDING)

    def open(self) -> AnomalyQuerySet:
        """What waits for an editor."""
        return self.filter(is_present=True, status=Anomaly.Status.OPEN)

    def tellable(self) -> AnomalyQuerySet:
        """Those whose records the public all sees, whatever their state."""
        rows = AnomalyRecord.objects.filter(anomaly=OuterRef("pk"))
        return self.filter(
            Exists(rows.filter(role=AnomalyRecord.Role.ACCUSED)), ~Exists(rows.hidden())
        )

    def published(self) -> AnomalyQuerySet:
        """What the public register lists: what stands, and what was corrected."""
        corrected = Q(status=Anomaly.Status.CORRECTED)
        return self.tellable().filter(corrected | Q(is_present=True, status__in=STANDING))

    def changed_since(self, instant: datetime) -> AnomalyQuerySet:
        return self.filter(updated_at__gte=instant)

    def about(self, record: Publishable) -> AnomalyQuerySet:
        kind = ContentType.objects.get_for_model(record)
        return self.filter(records__content_type=kind, records__object_id=record.pk)

    def in_order(self) -> AnomalyQuerySet:
        """The gravest first, then the latest."""
        return self.order_by(_by_gravity(), "-first_seen_at", "pk")

    def unsettled_first(self) -> AnomalyQuerySet:
        """What waits for an answer, then what has one; in each, the gravest first."""
        settled = models.Case(models.When(status=Anomaly.Status.OPEN, then=0), default=1)
        return self.order_by(settled, _by_gravity(), "-first_seen_at", "pk")

    def by_severity(self) -> dict[Severity, int]:
        """How many of each gravity; runs a query."""
        counted = self.order_by().values_list("severity").annotate(Count("pk"))
        return {Severity(severity): number for severity, number in counted}

    def for_cards(self) -> AnomalyQuerySet:
        """Loads the records that each speaks of, as links (a query for each kind of record)."""
        return self.prefetch_related(anomaly_records_prefetch(), anomaly_correction_prefetch())

    def for_detail(self) -> AnomalyQuerySet:
        """Loads the records that each speaks of, as cards."""
        cards = [model.objects.for_cards() for model in published_models()]
        return self.prefetch_related(
            anomaly_records_prefetch(cards), anomaly_correction_prefetch(cards)
        )


class Anomaly(models.Model):
    """What a rule found to contradict itself, kept from one check to the next.

    `publishing.anomalies` writes it; editors decide of it. `fingerprint` sums up the values that
    were compared: a decision holds as long as it stays the same.
    """

    api_name = "anomalies"

    class Status(models.TextChoices):
        OPEN = "open", "ouverte"
        EXPLAINED = "explained", "expliquée"
        CORRECTED = "corrected", "corrigée"
        DISMISSED = "dismissed", "écartée"
        CLOSED = "closed", "close"

    identity = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    subject = models.CharField("sujet", max_length=20, editable=False)
    scope = models.CharField(max_length=200, editable=False)
    rule = models.CharField("règle", max_length=60, editable=False)
    severity = models.CharField("gravité", max_length=7, choices=Severity.choices, editable=False)
    contests = models.BooleanField("conteste un chiffre", editable=False)
    message = models.TextField("constat", editable=False)
    lead = models.TextField("piste", blank=True, editable=False)
    is_present = models.BooleanField("cause présente", default=True, editable=False)
    is_reported = models.BooleanField("signalée", default=False, editable=False)
    status = models.CharField(
        "état", max_length=9, choices=Status.choices, default=Status.OPEN, editable=False
    )
    note = models.TextField(
        "note", blank=True, help_text="L’explication donnée aux lecteurs, ou la raison."
    )
    correction_type = models.ForeignKey(
        ContentType, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    correction_id = models.PositiveBigIntegerField(null=True, editable=False)
    correction = GenericForeignKey("correction_type", "correction_id")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="décidé par",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_at = models.DateTimeField("décidé le", null=True, editable=False)
    first_seen_at = models.DateTimeField("vue le", auto_now_add=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        verbose_name = "anomalie"
        verbose_name_plural = "anomalies"
        ordering = ["-first_seen_at", "pk"]
        indexes = [
            models.Index(fields=["subject", "scope"], name="anomaly_scope"),
            models.Index(fields=["is_present", "status"], name="anomaly_standing"),
            models.Index(fields=["first_seen_at", "id"], name="anomaly_first_seen"),
            models.Index(fields=["updated_at", "id"], name="anomaly_edited"),
        ]

    def __str__(self) -> str:
        return self.message

    def get_absolute_url(self) -> str:
        return reverse("market:anomaly_detail", args=[self.pk])

    @property
    def is_standing(self) -> bool:
        """The same answer as `standing()`, for an anomaly already loaded."""
        return self.is_present and self.status in STANDING

    @property
    def public_note(self) -> str:
        """What the editor tells readers; what was noted of another decision is for the desk."""
        told = (Anomaly.Status.EXPLAINED, Anomaly.Status.CORRECTED)
        return self.note if self.status in told else ""

    @property
    def public_message(self) -> str:
        """What contradicts itself; of a closed anomaly nothing: these values have changed."""
        return "" if self.status == Anomaly.Status.CLOSED else self.message

    @property
    def public_lead(self) -> str:
        """What may explain it, likewise."""
        return "" if self.status == Anomaly.Status.CLOSED else self.lead

    @property
    def public_correction(self) -> Publishable | None:
        """The figure or source that settled it, while the public sees it."""
        is_told = self.status == Anomaly.Status.CORRECTED and self.correction
        return self.correction if is_told and self.correction.is_public else None

    @property
    def accused(self) -> list[Publishable]:
        """The records in doubt, loaded by `for_cards()` or `for_detail()`."""
        return self._records_as(AnomalyRecord.Role.ACCUSED)

    @property
    def compared(self) -> list[Publishable]:
        """The records that those were compared with, loaded likewise."""
        return self._records_as(AnomalyRecord.Role.CONTEXT)

    def move_to(self, status: Status, *, note: str = "", by: Any = None) -> None:
        """Saves the anomaly in its new state, with a line in its history."""
        self.status = status
        self.save()
        AnomalyStep.objects.create(
            anomaly=self, status=status, message=self.message, note=note, by=by
        )

    def forget_decision(self) -> None:
        """What was decided no longer holds, and the next full check reports the anomaly again.

        To be saved; the history keeps the decision.
        """
        self.note = ""
        self.correction = None
        self.decided_by = self.decided_at = None
        self.is_reported = False

    def status_before_closing(self) -> Status:
        last = self.steps.exclude(status=Anomaly.Status.CLOSED).last()
        return Anomaly.Status(last.status) if last else Anomaly.Status.OPEN

    def _records_as(self, role: AnomalyRecord.Role) -> list[Publishable]:
        return [row.record for row in self.records.all() if row.role == role and row.record]

    def find_correction(self) -> Publishable | None:
        """The public record that corrects one of the accused, if any."""
        accused = self.records.filter(role=AnomalyRecord.Role.ACCUSED).prefetch_related("record")
        corrections = (row.record.correction for row in accused if row.record is not None)
        return next((record for record in corrections if record is not None), None)


STANDING = (Anomaly.Status.OPEN, Anomaly.Status.EXPLAINED, Anomaly.Status.CORRECTED)


class AnomalyRecordQuerySet(models.QuerySet):
    def hidden(self) -> AnomalyRecordQuerySet:
        """Rows whose record the public does not see now."""
        now = clock.now()
        return self.filter(
            Q(public_from__isnull=True) | Q(public_from__gt=now) | Q(public_until__lte=now)
        )

    def open(self) -> AnomalyRecordQuerySet:
        """Rows of the anomalies that wait for an editor."""
        return self.filter(anomaly__is_present=True, anomaly__status=Anomaly.Status.OPEN)

    def about_any(
        self, model: type[Publishable], keys: Iterable[int] | None = None
    ) -> AnomalyRecordQuerySet:
        """Rows that name a record of this kind, or one of those with these keys."""
        rows = self.filter(content_type=ContentType.objects.get_for_model(model))
        return rows if keys is None else rows.filter(object_id__in=list(keys))

    def accusing(self) -> AnomalyRecordQuerySet:
        """Rows that put their record in doubt in the eyes of readers, the gravest first.

        The anomaly stands, and the public sees every record that it speaks of.
        """
        beside = AnomalyRecord.objects.hidden().filter(anomaly=OuterRef("anomaly"))
        standing = self.filter(anomaly__is_present=True, anomaly__status__in=STANDING)
        return (
            standing.filter(~Exists(beside), role=AnomalyRecord.Role.ACCUSED)
            .select_related("anomaly")
            .order_by(_by_gravity("anomaly__"), "-anomaly__first_seen_at", "pk")
        )

    def contesting(self) -> AnomalyRecordQuerySet:
        """Rows that make readers see their record as contested."""
        return self.accusing().filter(anomaly__contests=True)


class RowState(NamedTuple):
    """What an `AnomalyRecord` says of its record."""

    position: int
    role: str
    public_from: datetime | None
    public_until: datetime | None


class AnomalyRecord(models.Model):
    """A record that an anomaly speaks of, and from when to when the public sees that record."""

    class Role(models.TextChoices):
        ACCUSED = "accused", "en cause"
        CONTEXT = "context", "comparé"

    anomaly = models.ForeignKey(Anomaly, on_delete=models.CASCADE, related_name="records")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    role = models.CharField("rôle", max_length=7, choices=Role.choices)
    position = models.PositiveIntegerField()
    public_from = models.DateTimeField(null=True)
    public_until = models.DateTimeField(null=True)

    objects = AnomalyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche concernée"
        verbose_name_plural = "fiches concernées"
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="anomaly_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["anomaly", "content_type", "object_id"], name="anomaly_record_unique"
            )
        ]

    def __str__(self) -> str:
        return str(self.record)

    @property
    def key(self) -> tuple[int, int]:
        return self.content_type_id, self.object_id

    @property
    def state(self) -> RowState:
        return RowState(self.position, self.role, self.public_from, self.public_until)


class AnomalyStep(models.Model):
    """One line of the history of an anomaly; `by` nobody when the check itself wrote it."""

    anomaly = models.ForeignKey(Anomaly, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField("le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    status = models.CharField("état", max_length=9, choices=Anomaly.Status.choices)
    message = models.TextField("constat")
    note = models.TextField("note", blank=True)

    class Meta:
        verbose_name = "étape"
        verbose_name_plural = "étapes"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_status_display()}"


def accusations_prefetch() -> Prefetch:
    """Loads `accusations`, and so `contestations`, for records of any kind (one query)."""
    return Prefetch("anomaly_records", AnomalyRecord.objects.accusing(), to_attr="accusations")


def anomaly_records_prefetch(loaded: list[PublishableQuerySet] | None = None) -> Prefetch:
    """Loads the records that anomalies speak of, from `loaded`: as links, unless it is given."""
    rows = AnomalyRecord.objects.prefetch_related(GenericPrefetch("record", loaded or _links()))
    return Prefetch("records", rows)


def anomaly_correction_prefetch(
    loaded: list[PublishableQuerySet] | None = None,
) -> GenericPrefetch:
    """Loads the records that settled anomalies, likewise."""
    return GenericPrefetch("correction", loaded or _links())


def _links() -> list[PublishableQuerySet]:
    return [model.objects.for_links() for model in published_models()]


def published_models() -> list[type[Publishable]]:
    """Every concrete model of published records, in the order of the apps."""
    from django.apps import apps  # app ready

    return [model for model in apps.get_models() if issubclass(model, Publishable)]
