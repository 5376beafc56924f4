"""Measures whole lists at once, in each format: `python -m bench.bulk --help`.

On the databases of the main benchmark (see `bench`), made if they are not there. Each list is read
in a process of its own, after a page of the same records: what it then takes in memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.measure import prepare
from bench.site import Server

LISTS = (
    "figures/export.csv",
    "figures/export.ndjson",
    "figures/export.json",
    "events/export.csv",
    "events/export.ndjson",
    "events/export.json",
    "events/export.ics?approximate=1",
)
OPENINGS = 9
MEGABYTE = 1024


class Read(NamedTuple):
    """A list read to its end; `memory` in MB, and milliseconds of a median opening."""

    rows: int
    first_byte: float
    first_row: float
    seconds: float
    memory: float
    size: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many of each kind")
    parser.add_argument("--only", default="", help="the lists whose address holds these words")
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    kept = Path(os.environ.get("DATA_DIR", "var")).resolve() / "bench"
    print(
        f"{'':32}{'rows':>9}{'first byte':>12}{'first row':>11}{'rows/s':>9}{'MB':>7}"
        f"{'extra MB':>10}"
    )
    for name in (one for one in LISTS if options.only in one):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            one = process.submit(measure, name, options.records, kept, url).result()
        rate = one.rows / one.seconds
        print(
            f"{name:32}{one.rows:9,}{one.first_byte:9.1f} ms{one.first_row:8.1f} ms{rate:9,.0f}"
            f"{one.size:7.0f}{one.memory:10.1f}"
        )


def measure(name: str, size: int, kept: Path, url: str) -> Read:
    """Reads the list at `name` below the API; to be called in a process of its own."""
    prepare(size, kept, url)
    server = Server()
    kind, extension = re.match(r"(.+)/export\.(\w+)", name).groups()
    # What is loaded once for all lists: code, filters, the version of the content.
    server.must(200, f"/api/v1/{kind}/?page_size=200")
    server.must(200, f"/api/v1/{kind}/export.{extension}?q=aucunefiche")
    opened = [_opening(server, f"/api/v1/{name}", extension) for _ in range(OPENINGS)]
    before = _peak(reset=True)
    begin = time.perf_counter()
    size_read = lines = 0
    for part in server.parts(f"/api/v1/{name}"):
        size_read += len(part)
        lines += part.count(_MARKS[extension])
    seconds = time.perf_counter() - begin
    return Read(
        rows=lines - _HEADERS[extension],
        first_byte=1000 * median(one for one, _ in opened),
        first_row=1000 * median(one for _, one in opened),
        seconds=seconds,
        memory=_peak() - before,
        size=size_read / 1e6,
    )


def _opening(server: Server, url: str, extension: str) -> tuple[float, float]:
    """Seconds to the first byte, then to the first record; the rest is not read."""
    begin = time.perf_counter()
    first_byte = first_row = lines = 0
    parts = server.parts(url)
    while not first_row:
        lines += next(parts).count(_MARKS[extension])
        first_byte = first_byte or time.perf_counter() - begin
        if lines > _HEADERS[extension]:
            first_row = time.perf_counter() - begin
    parts.close()
    return first_byte, first_row


# What there is of in each record, and how many times besides.
_MARKS = {"csv": b"\r\n", "ndjson": b"\n", "json": b"\n{", "ics": b"BEGIN:VEVENT"}
_HEADERS = {"csv": 1, "ndjson": 0, "json": 0, "ics": 0}


def _peak(*, reset: bool = False) -> float:
    """The most memory that this process has held, in MB, since it was `reset` (Linux)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / MEGABYTE


if __name__ == "__main__":
    main()
