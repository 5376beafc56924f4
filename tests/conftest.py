"""A test suite that is stricter than Django: what would pass unseen there fails here."""

from __future__ import annotations

import gc
import socket
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from publishing import anomalies

# Speed is measured in the benchmark: a busy machine fails no test.
hypothesis_settings.register_profile(
    "veille", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("veille")


def pytest_collection_finish():
    """What the suite holds by now stays to its end: looking for garbage in it takes a tenth of its
    time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True)
def _quick_and_isolated(settings, tmp_path):
    """Cheap passwords, media of its own, a fresh cache for each test.

    The cache is never cleared: tests that run at the same time may share its server.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    own = {"KEY_PREFIX": f"test-{uuid4().hex}"}
    settings.CACHES = {name: one | own for name, one in settings.CACHES.items()}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """A test reaches this machine only (browser, database), nothing beyond."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def silent_rules(monkeypatch):
    """Saving a record checks nothing: the register holds what the test puts there, and no more."""
    monkeypatch.setattr(anomalies, "_check", lambda touched: None)


@pytest.fixture
def client() -> Client:
    return Client()
