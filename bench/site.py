"""The whole site, with its settings of production, called as a WSGI server does: no network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from typing import Any

HOST = "localhost"


def start_site(folder: str, database_url: str = "") -> None:
    """Sets the site up on a database of the benchmark's; must come before any import of the site.

    SQLite in `folder`, unless `database_url` names another database.
    """
    os.environ.pop("REDIS_URL", None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "veille.settings",
        "DATABASE_URL": database_url,
        "DATA_DIR": folder,
        "DEBUG": "false",
        "SECRET_KEY": "bench",
        "ALLOWED_HOSTS": HOST,
        "SSL_REDIRECT": "false",
        # It asks for more in a second than fair use is in an hour.
        "API_RATE_ANONYMOUS": "0",
    }
    import django  # app ready
    from django.conf import settings  # app ready
    from django.core.management import call_command  # app ready

    django.setup()
    settings.ROOT_URLCONF = "bench.urls"
    call_command("migrate", verbosity=0)
    # The pages ask the manifest for the names of their files; those of other apps are not asked.
    call_command(
        "collectstatic",
        interactive=False,
        verbosity=0,
        ignore_patterns=["admin", "drf_spectacular_sidecar", "rest_framework"],
    )


class Server:
    """Calls the site as a WSGI server does: one request after the other, each to its end."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application  # app ready

        self.application = get_wsgi_application()

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        start: list[Any] = []
        body = b"".join(self._parts(url, start, headers))
        return int(start[0].split(" ", 1)[0]), dict(start[1]), body

    def parts(self, url: str) -> Iterator[bytes]:
        """The body of a good answer, as it comes; what is empty is no part."""
        start: list[Any] = []
        for part in self._parts(url, start, {}):
            if not start[0].startswith("200 "):
                raise SystemExit(f"{url} answered {start[0]}.")
            if part:
                yield part

    def _parts(self, url: str, start: list[Any], headers: dict[str, str]) -> Iterator[bytes]:
        path, _, query = url.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            **headers,
        }
        response = self.application(environ, lambda *answer: start.extend(answer))
        try:
            yield from response
        finally:
            response.close()

    def must(self, expected: int, url: str, **headers: str) -> tuple[dict[str, str], bytes]:
        status, answered, body = self.get(url, **headers)
        if status != expected:
            raise SystemExit(f"{url} answered {status} instead of {expected}.")
        return answered, body
