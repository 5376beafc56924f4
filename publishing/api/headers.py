"""What the headers of an answer say, added to the schema once it is made: the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publishing.api.manners import API

ALWAYS = ("RateLimit", "RateLimit-Policy")
WORDS = {
    "Content-Disposition": "Le nom du fichier.",
    "ETag": "Ce qui change avec la réponse : à rendre dans « If-None-Match » pour ne la relire que "
    "changée, et, d’une fiche lue ou écrite avec un jeton, dans « If-Match » pour l’écrire.",
    "Last-Modified": "Quand ce que dit le site a changé pour la dernière fois.",
    "Link": "Les pages voisines et la première (RFC 8288), comme « next » et « previous ».",
    "Location": "Adresse de la fiche.",
    "RateLimit": "Ce qui reste du quota et dans combien de secondes il est rendu, comme "
    '« "anonymous";r=299;t=60 ».',
    "RateLimit-Policy": "Le quota : tant de requêtes (« q ») par tant de secondes (« w »).",
    "Retry-After": "Dans combien de secondes demander de nouveau.",
    "WWW-Authenticate": "Ce qui manque : un jeton, ou une portée plus large (RFC 6750).",
}
OF_STATUS = {
    "201": ("ETag", "Location"),
    "301": ("Location",),
    "304": ("Last-Modified",),
    "401": ("WWW-Authenticate",),
    "403": ("WWW-Authenticate",),
    "429": ("Retry-After",),
}
UNCHANGED = {"description": "Rien n’a changé depuis la réponse dont l’« ETag » est rendu."}
MOVED = {"description": "La fiche a une autre adresse, que donne « Location »."}


def describe(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Post-processing hook of drf-spectacular: `result` with the headers of each answer.

    Reading may also answer 304, and an address with a former identifier 301.
    """
    for path, methods in result["paths"].items():
        if not path.startswith(API) or path.endswith("/schema/"):
            continue
        for method, operation in methods.items():
            answers = operation["responses"]
            if method == "get":
                answers["304"] = dict(UNCHANGED)
            if "{slug}" in path and method == "get":
                answers["301"] = dict(MOVED)
            for status, answer in answers.items():
                answer["headers"] = {
                    name: {"$ref": f"#/components/headers/{name}"}
                    for name in (*_own(path, method, status, answer), *ALWAYS)
                }
    result["components"]["headers"] = {
        name: {"description": words, "schema": {"type": "string"}} for name, words in WORDS.items()
    }
    return result


def _own(path: str, method: str, status: str, answer: dict[str, Any]) -> Iterator[str]:
    yield from OF_STATUS.get(status, ())
    if method == "get" or status == "200":
        yield "ETag"
    if method != "get" or status != "200":
        return
    yield "Last-Modified"
    if "/export." in path:
        yield "Content-Disposition"
    if "Paginated" in str(answer.get("content", "")):
        yield "Link"
