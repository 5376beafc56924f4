from django.db import migrations


def tell(apps, schema_editor):
    from sources.addresses import is_machine_answer, is_private_upload

    Source = apps.get_model("sources", "Source")
    unverifiable = [
        source.pk
        for source in Source.objects.only("kind", "url").iterator()
        if source.kind == "ai_generated"
        or is_machine_answer(source.url)
        or is_private_upload(source.url)
    ]
    Source.objects.filter(pk__in=unverifiable).update(is_verifiable=False)


class Migration(migrations.Migration):
    dependencies = [("sources", "0002_link_checks_and_verifiable")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
