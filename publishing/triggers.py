"""Triggers that rename the version of the content, and of its table, at each statement that writes.

They stand in the database, so that no way of writing forgets them: a save, a bulk, an `update()`,
a hand at the console (docs/decisions/0011).
"""

from __future__ import annotations

import secrets
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate
from django.db.transaction import atomic

from publishing import clock
from publishing.models import ContentVersion, TableVersion

NAME = "content_changed"

POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE publishing_contentversion
        SET name = replace(gen_random_uuid()::text, '-', ''), changed_at = clock_timestamp();
        UPDATE publishing_tableversion
        SET name = replace(gen_random_uuid()::text, '-', '') WHERE "table" = TG_TABLE_NAME;
        RETURN NULL;
    END $$
"""
# Before the statement: whoever writes queues here first, and holds no row that another awaits.
POSTGRESQL_TRIGGER = """
    CREATE TRIGGER content_changed BEFORE INSERT OR UPDATE OR DELETE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION content_changed()
"""
POSTGRESQL_FOLLOWED = """
    SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname = 'content_changed'
"""
POSTGRESQL_DROP = "DROP FUNCTION IF EXISTS content_changed() CASCADE"

SQLITE_TRIGGER = """
    CREATE TRIGGER %(trigger)s AFTER %(event)s ON %(table)s BEGIN
        UPDATE publishing_contentversion
        SET name = lower(hex(randomblob(16))), changed_at = strftime('%%Y-%%m-%%d %%H:%%M:%%f');
        UPDATE publishing_tableversion
        SET name = lower(hex(randomblob(16))) WHERE "table" = '%(name)s';
    END
"""
SQLITE_TRIGGERS = """
    SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'content_changed_*'
"""


def follow_every_table(config: AppConfig) -> None:
    """Makes the triggers anew around each migration, which may make a table anew without them."""
    pre_migrate.connect(_drop, config, dispatch_uid="publishing.triggers.drop")
    post_migrate.connect(_make, config, dispatch_uid="publishing.triggers.make")


def content_tables() -> set[str]:
    """The tables that pages are made of: all but Django's own, and those of no content."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model.__module__.startswith("django.")
        and getattr(model, "is_content", True)
    }


def _drop(using: str, **kwargs: Any) -> None:
    connection = connections[using]
    with atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_DROP)
            return
        cursor.execute(SQLITE_TRIGGERS)
        for (trigger,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger)}")


def _make(using: str, **kwargs: Any) -> None:
    """Also after a flush, which leaves the triggers and takes the row that they write."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not {ContentVersion._meta.db_table, TableVersion._meta.db_table} <= tables:
        return
    followed = content_tables() & tables
    with atomic(using):
        if connection.vendor == "postgresql":
            _make_on_postgresql(connection, followed)
        else:
            _make_on_sqlite(connection, followed)
        ContentVersion.objects.using(using).update_or_create(
            pk=1, defaults={"name": secrets.token_hex(16), "changed_at": clock.now()}
        )
        TableVersion.objects.using(using).bulk_create(
            [TableVersion(table=table, name=secrets.token_hex(16)) for table in sorted(followed)],
            update_conflicts=True,
            unique_fields=["table"],
            update_fields=["name"],
        )


def _make_on_postgresql(connection: BaseDatabaseWrapper, tables: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_FUNCTION)
        cursor.execute(POSTGRESQL_FOLLOWED)
        followed = {table for (table,) in cursor.fetchall()}
        for table in sorted(tables - followed):
            cursor.execute(POSTGRESQL_TRIGGER % connection.ops.quote_name(table))


def _make_on_sqlite(connection: BaseDatabaseWrapper, tables: set[str]) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(SQLITE_TRIGGERS)
        there = {trigger for (trigger,) in cursor.fetchall()}
        for table in sorted(tables):
            for event in ("INSERT", "UPDATE", "DELETE"):
                trigger = f"{NAME}_{event.lower()}_{table}"
                if trigger not in there:
                    cursor.execute(
                        SQLITE_TRIGGER
                        % {
                            "trigger": quote(trigger),
                            "event": event,
                            "table": quote(table),
                            "name": table,
                        }
                    )
