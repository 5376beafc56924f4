"""A client that a public generator writes from the schema reads every resource of the API."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from publishing.models import published_models
from tests.factories import make_anomaly, make_figure
from tests.test_what_the_public_sees import BUILDERS

PACKAGE = "generated_client"
# How to make a record of each resource, by its name.
RESOURCES = {model.api_name: BUILDERS[model.__name__] for model in published_models()} | {
    "anomalies": lambda: make_anomaly(accused=[make_figure()])
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The package that the generator wrote, and what it said."""
    folder = tmp_path_factory.mktemp("client")
    written = StringIO()
    call_command("spectacular", api_version="v1", format="openapi-json", stdout=written)
    (folder / "schema.json").write_text(written.getvalue(), "utf-8")
    # The generator would format its files, which nobody reads here.
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}), "utf-8")
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
        *("--path", folder / "schema.json", "--config", folder / "config.json"),
        *("--output-path", folder / PACKAGE),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE), run.stdout
    sys.path.remove(str(folder))


@pytest.fixture
def client(generated):
    """That client, on the site itself: no network, and the connection of the test."""
    package, _ = generated
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield package.Client(
        base_url="http://testserver",
        raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.WSGITransport(app=get_wsgi_application())},
    )
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def operation(generated, name):
    """The module of the operation `name`, whatever its folder is called."""
    package, said = generated
    found = list(Path(package.__file__).parent.glob(f"api/*/{name}.py"))
    assert found, said
    return importlib.import_module(f"{PACKAGE}.api.{found[0].parent.name}.{name}")


def test_every_operation_is_in_the_client(generated):
    _, said = generated
    assert "Endpoint will not be generated" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("name", RESOURCES)
def test_the_client_reads_each_resource(generated, client, silent_rules, name):
    record = RESOURCES[name]()
    prefix = name.replace("-", "_")
    page = operation(generated, f"{prefix}_list").sync(client=client)
    assert record.pk in [one.id for one in page.results]
    key = record.pk if name == "anomalies" else record.slug
    alone = operation(generated, f"{prefix}_retrieve").sync(key, client=client)
    assert alone.id == record.pk
    assert alone.additional_properties == {}
