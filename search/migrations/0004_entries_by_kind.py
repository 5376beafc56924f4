"""Entries are numbered by kind and record. They are made again by `manage.py rebuild_search`."""

from django.db import migrations, models

MAKE = {
    "sqlite": [
        "DROP TABLE search_words",
        # One letter is enough to be given suggestions.
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title, text, heading, tokenize='ascii', prefix='1 2 3')",
    ],
    "postgresql": ["DELETE FROM search_words"],
}


def empty(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
    schema_editor.execute("DELETE FROM search_entry")


class Migration(migrations.Migration):
    dependencies = [("search", "0003_first_synonyms")]

    operations = [
        # The table stays: it is no model's any more.
        migrations.DeleteModel(name="Words"),
        migrations.RunPython(empty, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="entry",
            name="id",
            field=models.BigIntegerField(
                primary_key=True, serialize=False, verbose_name="identifiant"
            ),
        ),
    ]
