"""The guide to the API: each program that it gives to copy runs as it stands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from events.models import Event
from market.models import Figure
from publishing.api.problems import KNOWN
from publishing.tokens import ApiToken
from sources.models import Source
from tests import factories as make
from tests.api_program import program
from topics.models import Trend
from veille.api import VIEWSETS

GUIDE = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def run(live_server, tmp_path):
    """Runs a program of the guide against the site, with a token of a reviewer."""
    token = make.make_token()

    def run_program(command: list[str], name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [*command, str(path)],
            env=os.environ | {"VEILLE": f"{live_server.url}/api/v1", "JETON": token.secret},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_program


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_the_commands_create_complete_and_publish(run):
    [commands] = blocks("bash")
    for _ in range(2):
        run(["bash"], "program.sh", commands)
    event = Event.objects.get()
    assert (event.city, event.country.code, event.is_public) == ("Paris", "FR", True)


@pytest.mark.django_db(transaction=True)
def test_the_first_python_program_reads_what_surely_falls_in_a_month(run):
    event = make.make_event(title="Salon du cloud", date="20-23 mai 2025")
    make.make_event(date="printemps 2025")
    reading, _ = blocks("python")
    said = run([sys.executable], "program.py", reading)
    assert said.startswith("20-23 mai 2025 | Salon du cloud | http")
    assert said.endswith(f"{event.get_absolute_url()}\n")
    assert said.count("\n") == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_python_program_writes_a_source_and_its_figure(run):
    make.make_indicator(slug="depenses-mondiales-cloud", kind="amount", unit="USD", scale=9)
    _, text = blocks("python")
    assert run([sys.executable], "program.py", text) == "1\u00a0042,50\u00a0Md$\n"
    figure = Figure.objects.get()
    assert (figure.status, figure.source) == ("archived", Source.objects.get())
    assert "<strong>dollars constants</strong>" in figure.note_html


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not here")
def test_the_javascript_program_tells_what_became_of_each(run):
    [text] = blocks("javascript")
    said = run(["node"], "program.mjs", text).splitlines()
    assert said == [
        "1 créée, 1 refusée",
        "1 #/year Ce champ est obligatoire.",
        "1 #/level Ce champ est obligatoire.",
    ]
    assert Trend.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_the_commands_take_whole_lists(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make.make_event(title="Salon", country="FR")
    make.make_figure(value="20.40")
    [commands] = [one for one in blocks("sh") if "export." in one and "curl" in one]
    for _ in range(2):
        run(["bash"], "lists.sh", f"set -eu\n{commands}")
    table = (tmp_path / "evenements.csv").read_text(encoding="utf-8-sig")
    assert table.startswith("id;slug;title;")
    [line] = (tmp_path / "chiffres.ndjson").read_text().splitlines()
    assert json.loads(line)["value"] == "20.40"
    assert (tmp_path / "valeurs.csv").read_text().startswith("slug,value,updated_at\n")


@pytest.mark.django_db(transaction=True)
def test_the_python_program_reads_a_whole_list_line_by_line(run):
    make.make_company(name="Éolas", country="FR", roles=["provider"])
    make.make_company(name="Ailleurs", roles=["user"])
    [text] = [one for one in blocks("py") if "export." in one]
    assert run([sys.executable], "list.py", text) == "Éolas France\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not here")
def test_the_javascript_program_reads_a_whole_list(run):
    figure = make.make_figure(value="20.40", nature=Figure.Nature.FORECAST)
    make.make_figure()
    [text] = [one for one in blocks("js") if "export." in one]
    said = f"{figure.label} : {figure.display} ({figure.source.publisher})\n"
    assert run(["node"], "list.mjs", text) == said


@pytest.mark.django_db(transaction=True)
def test_the_python_program_keeps_a_copy_up_to_date(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    company, topic = make.make_company(slug="eolas"), make.make_topic(slug="edge")
    [text] = [one for one in blocks("py") if "/changes/" in one]

    def follow():
        return run([sys.executable], "follow.py", text).splitlines()

    def copied():
        return json.loads((tmp_path / "copie.json").read_text())["records"]

    assert follow() == ["created topics edge", "created companies eolas"]
    company.slug = "kaliop"
    company.save()
    key = f"topics/{topic.pk}"
    topic.delete()
    assert follow() == ["withdrawn topics edge", "updated companies kaliop"]
    assert key not in copied()
    assert [one["slug"] for one in copied().values()] == ["kaliop"]
    assert follow() == []


@pytest.mark.django_db
def test_the_refusal_that_it_shows_is_the_one_that_is_given():
    [shown] = blocks("json")
    response = program().post("news/", {"title": "Brève", "status": "published"})
    assert response.json() == json.loads(shown)


def test_it_speaks_of_every_resource_scope_and_status():
    writing = GUIDE.partition("\n## Écrire\n")[2]
    assert [one for one in VIEWSETS if f"`{one.model.api_name}`" not in writing] == []
    assert [scope for scope in ApiToken.Scope.values if f"| `{scope}` |" not in writing] == []
    rows = re.findall(r"^\| ([\d, ]+) \| ", writing.partition("### Les refus")[2], re.MULTILINE)
    told = {int(status) for row in rows for status in row.split(", ")}
    assert told == set(KNOWN) - {500}
