"""The API as a whole: its root, its schema, its documentation page."""

from __future__ import annotations

import json
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from market.anomaly_api import AnomalyViewSet
from market.filters import AnomalyFilterSet
from market.models import Figure
from publishing.api.filters import for_programs
from publishing.api.inclusion import relations_of
from publishing.models import published_models
from tests import factories as make
from tests.api_answers import NAMED_VIEWSETS, SITE, get
from tests.api_program import NEW_EVENT, anonymous, program

RESOURCES = [
    "events",
    "event-series",
    "companies",
    "news",
    "topics",
    "trends",
    "indicators",
    "figures",
    "growth-drivers",
    "analyses",
    "recommendations",
    "sources",
]
BUILDERS = [
    make.make_source,
    make.make_topic,
    make.make_trend,
    make.make_company,
    make.make_series,
    make.make_event,
    make.make_indicator,
    make.make_figure,
    make.make_driver,
    make.make_news,
    make.make_analysis,
    make.make_recommendation,
]
EXPORTS = {
    "csv": "text/csv",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
}
PAGING = {"cursor", "page_size", "count"}


@pytest.fixture(scope="module")
def schema():
    written = StringIO()
    call_command("spectacular", api_version="v1", fail_on_warn=True, validate=True, stdout=written)
    return yaml.safe_load(written.getvalue())


ALWAYS = {"401", "406", "429"}
WRITING = {"400", "403", "409", "413", "415", "422"} | ALWAYS
CHANGING = {"404", "412", "428"}
READ = {"200", "304"}
# By operation: what it answers, and what it is refused for.
ANSWERS = {
    "list": (READ, {"400", "403"} | ALWAYS),
    "search": (READ, {"400"} | ALWAYS),
    "changes": (READ, {"400"} | ALWAYS),
    "register": (READ, {"400"} | ALWAYS),
    "detail": (READ | {"301"}, {"400", "404", "410"} | ALWAYS),
    "trail": (READ | {"301"}, {"400", "404", "410"} | ALWAYS),
    "export": (READ, {"400", "401", "429"}),
    "post": ({"201", "207"}, WRITING),
    "put": ({"200"}, WRITING | CHANGING),
    "patch": ({"200"}, WRITING | CHANGING),
    "delete": ({"200"}, {"403", "409"} | CHANGING | ALWAYS),
}


def _kind(path: str, method: str) -> str:
    if method != "get":
        return method
    if path.endswith("search/"):
        return "search"
    if path.endswith("changes/"):
        return "changes"
    if path.endswith("anomalies/"):
        return "register"
    if path.endswith("trail/"):
        return "trail"
    if "/export." in path:
        return "export"
    return "detail" if path.endswith("}/") else "list"


def operations(schema):
    return {
        (path, method): operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if path != "/api/v1/schema/"
    }


@pytest.mark.django_db
def test_the_root_names_all_that_there_is(client):
    assert get(client, "") == {name: f"{SITE}/api/v1/{name}/" for name in RESOURCES} | {
        "anomalies": f"{SITE}/api/v1/anomalies/",
        "changes": f"{SITE}/api/v1/changes/",
        "search": f"{SITE}/api/v1/search/",
        "schema": f"{SITE}/api/v1/schema/",
        "docs": f"{SITE}/api/v1/docs/",
    }


def test_every_kind_of_record_has_its_resource():
    assert {model.api_name for model in published_models()} == set(RESOURCES)


def test_every_resource_stands_at_its_name():
    for name in RESOURCES:
        assert reverse(f"api:{name}-list") == f"/api/v1/{name}/"


def test_the_schema_follows_openapi(schema):
    assert schema["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(schema).iter_errors()) == []


@pytest.mark.django_db
def test_the_schema_is_served(client, schema):
    response = client.get("/api/v1/schema/", {"format": "json"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(response.content)["paths"].keys() == schema["paths"].keys()


def test_the_schema_has_a_list_and_a_detail_for_each_resource(schema):
    expected = {f"/api/v1/{name}/" for name in RESOURCES}
    expected |= {f"/api/v1/{name}/{{slug}}/" for name in RESOURCES}
    expected |= {"/api/v1/indicators/{slug}/trail/", "/api/v1/search/"}
    expected.add("/api/v1/changes/")
    expected |= {"/api/v1/anomalies/", "/api/v1/anomalies/{number}/"}
    expected |= {f"/api/v1/{name}/export.{one}" for name in RESOURCES for one in EXPORTS}
    expected.add("/api/v1/events/export.ics")
    expected |= {f"/api/v1/anomalies/export.{one}" for one in EXPORTS}
    assert {path for path, _ in operations(schema)} == expected
    written = {"get", "post"}, {"get", "put", "patch", "delete"}
    for name in RESOURCES:
        assert set(schema["paths"][f"/api/v1/{name}/"]) == written[0]
        assert set(schema["paths"][f"/api/v1/{name}/{{slug}}/"]) == written[1]


def test_each_operation_says_in_french_what_it_does_and_answers(schema):
    for (path, method), operation in operations(schema).items():
        assert operation["summary"], path
        assert operation["description"], path
        answered, refusals = ANSWERS[_kind(path, method)]
        if method == "get" and "{slug}" not in path:
            answered = answered - {"301"}
        assert set(operation["responses"]) == answered | refusals, path
        for status in refusals:
            assert operation["responses"][status]["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }, path
        assert all(answer["description"] for answer in operation["responses"].values()), path


@pytest.mark.parametrize(("name", "viewset"), NAMED_VIEWSETS)
def test_each_filter_is_in_the_schema_with_its_description(schema, name, viewset):
    parameters = schema["paths"][f"/api/v1/{name}/"]["get"]["parameters"]
    own = {"status", "ordering", "fields"}
    if relations_of(viewset.serializer_class):
        own.add("include")
    assert {one["name"] for one in parameters} == PAGING | own | set(
        for_programs(viewset.filterset_class).base_filters
    )
    assert [one["name"] for one in parameters if not one.get("description")] == []


def test_each_parameter_of_the_register_is_described(schema):
    register = schema["paths"]["/api/v1/anomalies/"]["get"]["parameters"]
    filters = set(for_programs(AnomalyFilterSet).base_filters)
    own = {"ordering", "fields", "include"}
    assert {one["name"] for one in register} == PAGING | own | filters
    alone = schema["paths"]["/api/v1/anomalies/{number}/"]["get"]["parameters"]
    assert {one["name"] for one in alone} == {"number", "fields", "include"}
    assert [one["name"] for one in (*register, *alone) if not one.get("description")] == []


@pytest.mark.parametrize("extension", EXPORTS)
@pytest.mark.parametrize(("name", "viewset"), [*NAMED_VIEWSETS, ("anomalies", AnomalyViewSet)])
def test_each_export_has_the_filters_of_its_list_and_says_its_type(
    schema, name, viewset, extension
):
    operation = schema["paths"][f"/api/v1/{name}/export.{extension}"]["get"]
    parameters = {one["name"]: one["description"] for one in operation["parameters"]}
    assert all(parameters.values())
    own = {"ordering", "fields"} | ({"bom", "delimiter"} if extension == "csv" else set())
    assert set(parameters) == own | set(for_programs(viewset.filterset_class).base_filters)
    [(media_type, content)] = operation["responses"]["200"]["content"].items()
    assert media_type == EXPORTS[extension]
    if extension == "csv":
        assert content["schema"] == {"type": "string"}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "viewset"), NAMED_VIEWSETS)
def test_an_empty_value_is_taken_where_the_schema_allows_it_and_nowhere_else(
    client, schema, name, viewset
):
    parameters = schema["paths"][f"/api/v1/{name}/"]["get"]["parameters"]
    allowed = {one["name"] for one in parameters if one.get("allowEmptyValue")}
    assert allowed == set(for_programs(viewset.filterset_class).base_filters)
    taken = {
        one["name"]
        for one in parameters
        if client.get(f"/api/v1/{name}/", {one["name"]: ""}).status_code == 200
    }
    assert taken == allowed


# What any page of the site says, whatever it is.
OF_ANY_PAGE = {
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Allow",
    "Cache-Control",
    "Content-Language",
    "Content-Length",
    "Content-Security-Policy",
    "Content-Type",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Robots-Tag",
}


def _undescribed(schema, path, method, answer):
    operation = schema["paths"][path][method]
    told = set(operation["responses"][str(answer.status_code)]["headers"])
    said = {name.title().replace("Ratelimit", "RateLimit") for name in answer.headers}
    described = {name.title().replace("Ratelimit", "RateLimit") for name in told}
    return said - described - OF_ANY_PAGE


@pytest.mark.django_db
def test_each_header_of_an_answer_is_in_the_schema(client, schema, settings):
    settings.API_RATE_ANONYMOUS = 12
    event, writer = make.make_event(slug="forum"), program()
    make.make_event()
    one, several = "/api/v1/events/{slug}/", "/api/v1/events/"
    created = writer.post("events/", NEW_EVENT)
    slug = created.json()["slug"]
    listed = client.get(f"{several}?page_size=1")
    event.slug = "forum-2025"
    event.save()
    answers = [
        (several, "post", created),
        (several, "post", anonymous().post("events/", NEW_EVENT)),
        (several, "post", program("read").post("events/", NEW_EVENT)),
        (several, "get", listed),
        (
            several,
            "get",
            client.get(several, headers={"If-None-Match": client.get(several)["ETag"]}),
        ),
        (several, "get", client.get(several, {"couleur": "bleu"})),
        (one, "get", client.get("/api/v1/events/forum/")),
        (one, "get", client.get("/api/v1/events/forum-2025/")),
        (one, "get", client.get("/api/v1/events/nulle-part/")),
        (one, "get", writer.get(f"events/{slug}/")),
        (one, "patch", writer.patch(f"events/{slug}/", {"city": "Lyon"})),
        (one, "delete", writer.delete(f"events/{slug}/")),
        ("/api/v1/events/export.csv", "get", client.get("/api/v1/events/export.csv")),
        ("/api/v1/search/", "get", client.get("/api/v1/search/", {"q": "forum"})),
    ]
    answers += [(several, "get", client.get(f"{several}?page_size={size}")) for size in range(1, 9)]
    assert {answer.status_code for _, _, answer in answers} == {
        200,
        201,
        301,
        304,
        400,
        401,
        403,
        404,
        429,
    }
    for path, method, answer in answers:
        assert _undescribed(schema, path, method, answer) == set(), (method, answer.status_code)


def test_reading_needs_no_token_and_writing_does(schema):
    scheme = schema["components"]["securitySchemes"]["token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for (path, method), operation in operations(schema).items():
        anonymous = [{}] if method == "get" else []
        assert sorted(operation["security"], key=len) == [*anonymous, {"token": []}], path


def test_what_is_written_is_in_the_schema_with_its_french_label(schema):
    components = schema["components"]["schemas"]
    assert components["EventWriting"]["required"] == ["title"]
    assert components["EventWriting"]["properties"]["city"]["description"] == "Ville."
    assert "required" not in components["EventWritingPatch"]
    assert set(components["EventEditing"]["required"]) == set(
        components["EventWriting"]["properties"]
    )
    for name, component in components.items():
        if name.endswith("Writing"):
            for field, one in component["properties"].items():
                assert one["description"], (name, field)


@pytest.mark.parametrize(("name", "viewset"), NAMED_VIEWSETS)
def test_each_example_follows_the_schema(schema, name, viewset):
    operation = schema["paths"][f"/api/v1/{name}/"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    whole = content["schema"] | {"components": schema["components"]}
    examples = [one["value"] for one in content["examples"].values()]
    assert examples == [viewset.write_example, [viewset.write_example]]
    for example in examples:
        assert list(OAS31Validator(whole).iter_errors(example)) == []


@pytest.mark.django_db
def test_every_answer_to_a_token_follows_the_schema(schema):
    caller = program()
    one_of_each()
    for name in RESOURCES:
        path = f"/api/v1/{name}/{{slug}}/"
        for row in caller.get(f"{name}/?status=all").json()["results"]:
            answer = caller.get(row["url"]).json()
            assert breaches(schema, path, answer) == [], row["url"]
    created = caller.post("events/", [{"title": "Un"}, {}]).json()
    assert breaches(schema, "/api/v1/events/", created, method="post", status=207) == []
    refusal = created["results"][1]["problem"]
    assert breaches(schema, "/api/v1/events/", refusal, method="post", status=422) == []


def test_choices_are_in_the_schema_with_their_french_label(schema):
    parameters = schema["paths"]["/api/v1/events/"]["get"]["parameters"]
    period = next(one for one in parameters if one["name"] == "period")
    assert set(period["schema"]["enum"]) == {"upcoming", "current", "past"}
    assert "* `upcoming` - à venir" in period["description"]
    country = next(one for one in parameters if one["name"] == "country")
    assert {"FR", "DE", "US"} < set(country["schema"]["enum"])


def test_a_choice_left_open_may_be_empty_in_the_schema(schema):
    components = schema["components"]["schemas"]
    assert components["EventAttendanceMode"]["enum"] == ["on_site", "online", "hybrid", ""]
    assert components["EventKind"]["enum"][-1] == "other"


def one_of_each():
    """A bare record and a full one of every kind, tied to one another."""
    for build in BUILDERS:
        build()
    topic, source = make.make_topic(sections=[("Partie", "Texte")]), make.make_source()
    topic.readings.create(source=source)
    shared = {"topics": [topic], "summary": "En bref.", "body": "Un texte."}
    company = make.make_company(roles=["provider"], country="FR", **shared)
    make.make_relation(company, "partner_of", make.make_company(), source=source)
    event = make.make_event(
        series=make.make_series(), organiser=company, date="À déterminer", **shared
    )
    make.make_news(source=source, companies=[company], events=[event], **shared)
    indicator = make.make_indicator(perimeter=make.make_perimeter(), **shared)
    first = make.make_figure(indicator=indicator, segment=make.make_segment(), company=company)
    make.make_figure(indicator=indicator, supersedes=first, components=[first], period="2030")
    analysis = make.make_analysis(sections=[("Partie", "Texte")], topics=[topic])
    make.make_recommendation(analysis=analysis, **shared)
    for record in (topic, company, event, indicator, analysis):
        make.cite(record, source, number=1)


@pytest.mark.django_db
def test_every_answer_follows_the_schema(client, schema):
    one_of_each()
    for name in RESOURCES:
        page = get(client, f"{name}/", count=1, page_size=1)
        assert breaches(schema, f"/api/v1/{name}/", page) == [], name
        page = get(client, f"{name}/", **with_all(schema, f"/api/v1/{name}/"))
        assert breaches(schema, f"/api/v1/{name}/", page) == [], name
        path = f"/api/v1/{name}/{{slug}}/"
        for row in page["results"]:
            for query in ({}, with_all(schema, path)):
                answer = client.get(row["url"], query).json()
                assert breaches(schema, path, answer) == [], row["url"]
                assert ("included" in answer) is bool(query)
    for row in get(client, "indicators/")["results"]:
        trail = client.get(f"{row['url']}trail/").json()
        assert breaches(schema, "/api/v1/indicators/{slug}/trail/", trail) == [], row["url"]
    for name in RESOURCES:
        path = f"/api/v1/{name}/export.json"
        answer = json.loads(client.get(path).getvalue())
        assert answer, name
        assert breaches(schema, path, answer) == [], name
        some = json.loads(client.get(path, {"fields": "id,slug"}).getvalue())
        assert [set(row) for row in some] == [{"id", "slug"}] * len(answer)
    one, other = Figure.objects.all()[:2]
    make.make_anomaly(accused=[one], context=[other], status="corrected", correction=other)
    register = get(client, "anomalies/", count=1, **with_all(schema, "/api/v1/anomalies/"))
    assert breaches(schema, "/api/v1/anomalies/", register) == []
    path = "/api/v1/anomalies/export.json"
    answer = json.loads(client.get(path).getvalue())
    assert len(answer) == len(register["results"])
    assert breaches(schema, path, answer) == []
    for row in register["results"]:
        answer = client.get(row["url"]).json()
        assert breaches(schema, "/api/v1/anomalies/{number}/", answer) == [], row["url"]
    found = get(client, "search/", q="texte")
    assert found["results"]
    assert breaches(schema, "/api/v1/search/", found) == []
    told = get(client, "changes/", page_size=200)
    assert {line["type"] for line in told["results"]} == set(RESOURCES)
    assert breaches(schema, "/api/v1/changes/", told) == []
    refusal = client.get("/api/v1/events/?kind=x").json()
    assert breaches(schema, "/api/v1/events/", refusal, status=400) == []


def with_all(schema, path):
    """The query that includes all that the schema says may be."""
    parameters = schema["paths"][path]["get"]["parameters"]
    names = [one["schema"]["items"]["enum"] for one in parameters if one["name"] == "include"]
    return {"include": ",".join(names[0])} if names else {}


def breaches(schema, path, answer, *, method="get", status=200):
    """What in `answer` the schema of its operation does not allow, or does not know of."""
    (content,) = schema["paths"][path][method]["responses"][str(status)]["content"].values()
    whole = closed(content["schema"] | {"components": schema["components"]})
    validator = OAS31Validator(whole, format_checker=oas31_format_checker)
    return [error.message for error in validator.iter_errors(answer)]


def closed(part):
    """The same schema, where an object holds nothing but the properties that are named."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    inner = {name: closed(one) for name, one in part.items()}
    return {"additionalProperties": False} | inner if part.get("type") == "object" else inner


@pytest.mark.django_db
def test_the_documentation_page_stays_within_the_strict_policy(client):
    response = client.get(reverse("api:docs"))
    page = response.content.decode()
    assert response.status_code == 200
    assert '<h1 class="title">API de Veille</h1>' in page
    assert 'data-schema="/api/v1/schema/?format=json"' in page
    assert "//" not in page.replace("<!doctype html>", "")
    policy = response["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"


def test_the_example_of_the_changes_follows_the_schema(schema):
    path = "/api/v1/changes/"
    (content,) = schema["paths"][path]["get"]["responses"]["200"]["content"].values()
    [example] = content["examples"].values()
    assert breaches(schema, path, example["value"]) == []
