"""What a record states, summed up by the database in a few characters: another state, another sum.

A record states its own columns; its own rows (citations, sections, roles, relations…); and what it
is tied to, by the `slug`, as long as that is public. The rest of what its address answers is worked
out from other records, and theirs to announce (docs/decisions/0014).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    CASCADE,
    Aggregate,
    Case,
    CharField,
    Exists,
    F,
    Field,
    Func,
    ManyToManyField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from publishing.models import AnomalyRecord, Publishable

# The desk's own, or what being public says already.
NOT_STATED = frozenset({"status", "expire_at", "review_due", "written_by"})
ACCUSATION = ("rule", "severity", "status", "contests", "message", "note")


class Digest(Func):
    """32 hexadecimal digits for these values, in this order."""

    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="md5(ROW(%(expressions)s)::text)", **context
        )

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        quoted = self.copy()
        quoted.set_source_expressions(
            [Func(one, function="quote") for one in self.get_source_expressions()]
        )
        return quoted.as_sql(
            compiler,
            connection,
            # A number is quoted as itself: alone, it would be no text.
            template="MD5('' || %(expressions)s)",
            arg_joiner=" || ',' || ",
            **context,
        )


class Together(Aggregate):
    """One text for the digests of several rows; on PostgreSQL, in whatever order they come."""

    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # A sum has no order, and costs no sort.
        template = "sum(('x' || left(%(expressions)s, 15))::bit(60)::bigint)::text"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="group_concat", **context)


def fingerprint_of(model: type[Publishable]) -> Digest:
    """The expression that sums up what a public record of `model` states."""
    return Digest(*_columns(model), *_rows(model))


def _columns(model: type[Model], *beside: str) -> Iterator[Combinable]:
    """What the columns of a row say, but its key and those named `beside`: its owner's."""
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in NOT_STATED or field.name in beside:
            continue
        if not field.is_relation:
            yield F(field.name)
        elif issubclass(field.related_model, Publishable):
            named = When(**{f"{field.name}__in": _public(field)}, then=f"{field.name}__slug")
            yield Case(named, default=Value(""))
        else:
            words = field.related_model._meta.concrete_fields
            yield from (F(f"{field.name}__{one.name}") for one in words if not one.is_relation)


def _rows(model: type[Publishable]) -> Iterator[Subquery]:
    for link in model._meta.many_to_many:
        if link.remote_field.through._meta.auto_created:
            yield _links(link)
    if any(field.name == "citations" for field in model._meta.private_fields):
        yield _generic(model, "citations")
    yield _accusations(model)
    for relation in model._meta.related_objects:
        if not relation.one_to_many:
            continue
        rows = relation.related_model._default_manager
        owner = relation.field.name
        if relation.related_model is model:
            # What replaces it says that it is no longer the last word. Found by its owner, then
            # asked whether it is public: SQLite would read all that is public each time.
            public = Exists(rows.published().filter(pk=OuterRef("pk")).order_by())
            yield _together(rows.filter(public), owner, F("slug"))
        elif relation.on_delete is CASCADE:
            yield _parts(rows.all(), owner)


def _links(link: ManyToManyField) -> Subquery:
    through, owner, target = (
        link.remote_field.through,
        link.m2m_field_name(),
        link.m2m_reverse_field_name(),
    )
    rows = through._default_manager.filter(**{f"{target}__in": _public(link)})
    return _together(rows, owner, F(f"{target}__slug"))


def _generic(model: type[Publishable], name: str) -> Subquery:
    field = model._meta.get_field(name)
    kind, key = field.content_type_field_name, field.object_id_field_name
    rows = field.related_model._default_manager.filter(
        **{kind: ContentType.objects.get_for_model(model)}
    )
    return _parts(rows, key, kind)


def _accusations(model: type[Publishable]) -> Subquery:
    rows = AnomalyRecord.objects.accusing().about_any(model)
    return _together(rows, "object_id", *(F(f"anomaly__{name}") for name in ACCUSATION))


def _parts(rows: QuerySet, owner: str, *beside: str) -> Subquery:
    """Whole rows; one that cannot go without a record that is hidden is not shown either."""
    for field in rows.model._meta.concrete_fields:
        needed = field.is_relation and not field.null and field.name != owner
        if needed and issubclass(field.related_model, Publishable):
            rows = rows.filter(**{f"{field.name}__in": _public(field)})
    return _together(rows, owner, *_columns(rows.model, owner, *beside))


def _together(rows: QuerySet, owner: str, *said: Combinable) -> Subquery:
    """What is `said` by those of `rows` whose `owner` is the record."""
    own = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Subquery(own.annotate(together=Together(Digest(*said))).values("together"))


def _public(field: Field) -> QuerySet:
    return field.related_model._default_manager.published().order_by().values("pk")
