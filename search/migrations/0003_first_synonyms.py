"""The synonyms that a watch on cloud and AI begins with; editors keep them from there."""

from django.db import migrations

FIRST = (
    "IaaS, infrastructure as a service",
    "PaaS, platform as a service, plateforme as a service",
    "SaaS, software as a service, logiciel en tant que service",
    "IA, intelligence artificielle, AI, artificial intelligence",
    "RPA, automatisation robotisée des processus, robotic process automation",
    "LLM, grand modèle de langage, grands modèles de langage, large language model",
    "AWS, Amazon Web Services",
    "GCP, Google Cloud Platform",
    "RGPD, règlement général sur la protection des données, GDPR",
    "IoT, internet des objets, internet of things",
)


def add(apps, schema_editor):
    synonyms = apps.get_model("search", "Synonym").objects
    for terms in FIRST:
        synonyms.get_or_create(terms=terms)


def remove(apps, schema_editor):
    apps.get_model("search", "Synonym").objects.filter(terms__in=FIRST).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0002_words_table")]

    operations = [migrations.RunPython(add, remove)]
