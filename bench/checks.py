"""Measures the comparison of figures with one another: `python -m bench.checks --help`.

On a SQLite database made for the occasion: a check of everything, then saves of one figure.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from typing import TYPE_CHECKING

from bench.site import start_site

if TYPE_CHECKING:
    from market.models import Figure

SAVES = 50
MEGABYTE = 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.checks", description=__doc__)
    parser.add_argument("--figures", type=int, default=100_000, help="how many to compare")
    size = parser.parse_args().figures
    with tempfile.TemporaryDirectory(prefix="veille-bench-") as folder:
        start_site(folder)
        _measure(size)


def _measure(size: int) -> None:
    from bench.figures import fill_figures  # app ready
    from market.models import Figure  # app ready
    from publishing.anomalies import check_all  # app ready

    fill_figures(size)
    first = _Stopwatch()
    report = check_all()
    first.stop()
    second = _Stopwatch()
    check_all()
    second.stop()
    # What the process ever held, filling included: an upper bound.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    figures = Figure.objects.order_by("pk")[: SAVES * 7 : 7]
    saves = [_time_to_save(figure) for figure in figures]
    print(f"check of {size:,} figures: {first}; again: {second}; {peak:.0f} MB at most")
    print(f"  {len(report.opened):,} anomalies opened in {sum(report.examined.values()):,} scopes")
    slowest = max(saves, key=lambda one: one.elapsed)
    typical = sorted(saves, key=lambda one: one.elapsed)[len(saves) // 2]
    print(f"save of one figure: {typical}; the slowest of {len(saves)}: {slowest}")


class _Stopwatch:
    """Time on the clock, and of processor: they differ on a busy machine."""

    def __init__(self) -> None:
        self.begin, self.begin_busy = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        self.elapsed = time.perf_counter() - self.begin
        self.busy = time.process_time() - self.begin_busy

    def __str__(self) -> str:
        return f"{self.elapsed:.3f} s ({self.busy:.3f} s of processor)"


def _time_to_save(figure: Figure) -> _Stopwatch:
    stopwatch = _Stopwatch()
    figure.save()
    stopwatch.stop()
    return stopwatch


if __name__ == "__main__":
    main()
