"""The table of the words, as each database makes it. Filled by `manage.py rebuild_search`."""

from django.db import migrations

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title, text, heading, tokenize='ascii', prefix='2 3')",
    ],
    "postgresql": [
        "CREATE TABLE search_words (rowid bigint PRIMARY KEY, "
        "search_words tsvector NOT NULL, heading tsvector NOT NULL)",
        "CREATE INDEX search_words_whole ON search_words USING gin (search_words)",
        "CREATE INDEX search_words_heading ON search_words USING gin (heading)",
    ],
}


def make_table(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make_table, drop_table)]
