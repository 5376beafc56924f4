"""A program that writes through the API, as tests run one: a token, JSON, the version it read."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from publishing.tokens import ApiToken
from tests import factories as make

NEW_EVENT = {"title": "Salon du cloud", "date": "automne 2027"}


class Program:
    """Sends requests to paths below /api/v1/ with the secret of `token`, or without any."""

    def __init__(self, token: ApiToken | None) -> None:
        self.client = Client()
        self.token = token
        self.headers = {"authorization": f"Bearer {token.secret}"} if token else {}

    def get(self, path: str, **headers: str):
        return self.client.get(_url(path), headers=self.headers | _named(headers))

    def post(self, path: str, body: Any, **headers: str):
        return self.send("post", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str):
        return self.send("put", path, body, **self._version(path, headers))

    def patch(self, path: str, body: Any, **headers: str):
        return self.send("patch", path, body, **self._version(path, headers))

    def delete(self, path: str, **headers: str):
        return self.send("delete", path, None, **self._version(path, headers))

    def send(self, method: str, path: str, body: Any, **headers: str):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return getattr(self.client, method)(
            _url(path),
            "" if body is None else data,
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers | _named(headers),
        )

    def _version(self, path: str, headers: dict[str, str]) -> dict[str, str]:
        """The version that is there now, unless the test says which one was read."""
        if "if_match" in headers:
            return headers
        return {"if_match": self.get(path).get("ETag", '"none"')} | headers


def program(scope: str = "publish", group: str | None = None, **fields: Any) -> Program:
    """A program with a token of this scope, that acts for a member of `group` or a reviewer."""
    user = make.make_user(group) if group else None
    return Program(make.make_token(user, scope, **fields))


def anonymous() -> Program:
    return Program(None)


def problem(response) -> tuple[int, str]:
    """Status and code of a refusal, which must be a whole problem."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body["type"] == "about:blank"
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["code"]


def errors(response) -> list[tuple[str, str]]:
    """(pointer, code) of each value that a refusal names, which must be a problem of status 422."""
    assert problem(response)[0] == 422
    return [(one["pointer"], one["code"]) for one in response.json()["errors"]]


def _url(path: str) -> str:
    return path if path.startswith(("http", "/")) else f"/api/v1/{path}"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
