"""Measures the journal of changes: `python -m bench.changes --help`.

On the databases of the main benchmark (see `bench`), made if they are not there.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from bench.measure import prepare
from bench.site import Server

PAGE = "/api/v1/changes/"
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000, help="how many of each kind")
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    kept = Path(os.environ.get("DATA_DIR", "var")).resolve() / "bench"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        costs = process.submit(measure, options.records, kept, url).result()
    for name, milliseconds in costs.items():
        print(f"{name:44}{milliseconds:12,.1f} ms")


def measure(size: int, kept: Path, url: str) -> dict[str, float]:
    """Milliseconds of each situation; to be called in a process of its own."""
    prepare(size, kept, url)
    from companies.models import Company  # app ready
    from publishing.changes import Announced, Change, Journal  # app ready
    from publishing.journal import catch_up  # app ready

    server = Server()
    server.must(200, "/api/v1/")
    for model in (Journal, Announced, Change):
        model.objects.all().delete()
    costs = {"first reading of all": _milliseconds(lambda: server.must(200, PAGE))}
    begin = time.perf_counter()
    catch_up()
    rest = 1000 * (time.perf_counter() - begin)
    costs[f"the rest of {Announced.objects.count():,} records"] = rest

    def after_an_edit() -> float:
        Company.objects.filter(pk=Company.objects.latest("pk").pk).update(featured=True)
        return _milliseconds(lambda: server.must(200, PAGE))

    costs["after an edit"] = median(after_an_edit() for _ in range(ROUNDS))
    costs["nothing new"] = median(
        _milliseconds(lambda: server.must(200, PAGE)) for _ in range(20 * ROUNDS)
    )
    tag = server.must(200, PAGE)[0]["ETag"]
    costs["nothing new, asked by its tag"] = median(
        _milliseconds(lambda: server.must(304, PAGE, HTTP_IF_NONE_MATCH=tag))
        for _ in range(20 * ROUNDS)
    )
    return costs


def _milliseconds(call: object) -> float:
    begin = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
