"""Measures the site against an empty view: `make bench`, or `python -m bench --help`.

The whole site answers, with its settings of production and its middleware, on databases of
invented records that are made once and kept. Machines differ: the ratios of one run are what can
be compared. `DATABASE_URL` names a PostgreSQL server where databases may be made; SQLite without.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.measure import Cost, measure

SHORT = [2_000]
LONG = [2_000, 100_000]


def main() -> None:
    options = _options()
    url = os.environ.get("DATABASE_URL", "")
    kept = Path(os.environ.get("DATA_DIR", "var")).resolve() / "bench"
    results = {}
    for size in sorted(set(options.sizes or (LONG if options.long else SHORT))):
        # The settings are read once in a process: each database has its own.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            one = process.submit(measure, size, options.seconds, options.only, kept, url)
            results[size] = one.result()
    _report(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help=f"at {LONG[0]:,} and {LONG[1]:,}")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of records of each kind")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="seconds of measure for each surface and size"
    )
    parser.add_argument("--only", default="", help="the surfaces whose name holds these words")
    return parser.parse_args()


def _report(results: dict[int, dict[str, Cost]]) -> None:
    smallest = min(results)
    print(f"{'':36}{'records':>9}{'ms':>9}{'CPU ms':>9}{'of empty':>10}{'growth':>9}")
    for name, first in results[smallest].items():
        for size, measured in results.items():
            elapsed, busy, empty = measured[name]
            growth = (elapsed / empty) / (first.elapsed / first.empty)
            print(
                f"{name:36}{size:9,}{elapsed:9.2f}{busy:9.2f}{empty / elapsed:10.3f}"
                + (f"{growth:8.2f}×" if size != smallest else "")
            )
    print("\nms, CPU ms: one answer on the clock, and of the process that serves it (medians).")
    print("of empty: answers a second, as a share of what the empty view gives at that moment.")
    print(f"growth: time compared with {smallest:,} records of each kind, counted in empty views.")


if __name__ == "__main__":
    main()
