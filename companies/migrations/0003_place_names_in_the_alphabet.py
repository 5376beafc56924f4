from django.db import migrations

from publishing.typography import initial, sort_key

CHUNK = 500


def place(apps, schema_editor):
    company_model = apps.get_model("companies", "Company")
    companies = []
    for company in company_model.objects.only("pk", "name").iterator(chunk_size=CHUNK):
        company.sort_key, company.initial = sort_key(company.name), initial(company.name)
        companies.append(company)
    company_model.objects.bulk_update(companies, ["sort_key", "initial"], batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_a_to_z")]

    operations = [migrations.RunPython(place, migrations.RunPython.noop)]
