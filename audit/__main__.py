"""Measures one page of each type, and says what misses its goal: `make audit`.

Lighthouse 100 × 4 on a phone, axe-core 0, validator of HTML 0, console 0, requests that leave the
site 0, a first visit of at most 150 kB. Ends with 1 when a goal is missed, 2 when a tool is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path

from audit import measures, site, tools
from audit.measures import CATEGORIES, Page

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "veille-audit"


def main() -> int:
    options = _options()
    try:
        modules = tools.packages(CACHE)
        with (
            tempfile.TemporaryDirectory(prefix="veille-audit-") as folder,
            site.served(Path(folder)) as address,
        ):
            pages = _measured(address, modules, options)
    except tools.Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([asdict(page) for page in pages], ensure_ascii=False, indent=1))
    else:
        print(table(pages))
    return 1 if any(page.faults for page in pages) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m audit", description=__doc__.splitlines()[0])
    parser.add_argument(
        "paths", nargs="*", help="addresses to measure, as /marche/; one of each type without"
    )
    parser.add_argument("--fast", action="store_true", help="without Lighthouse")
    parser.add_argument("--json", action="store_true", help="every finding, for a program")
    return parser.parse_args()


def _measured(address: str, modules: Path, options: argparse.Namespace) -> list[Page]:
    pages = [Page(path) for path in options.paths or site.pages_of(address)]
    axe = (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    sources = {}
    with measures.browser() as opened:
        for page in pages:
            _tell(page.path)
            measures.look(opened, address, page, axe)
            sources[page.path] = site.source_of(address + page.path)
    found = measures.validate(sources, modules)
    for page in pages:
        page.html = found[page.path]
        # Lighthouse scores nothing that answers with an error.
        if not options.fast and site.status_of(address + page.path) == HTTPStatus.OK:
            _tell(f"Lighthouse {page.path}")
            indexed = site.NOT_INDEXED not in sources[page.path]
            page.lighthouse = measures.score(address + page.path, modules, indexed=indexed)
    return pages


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def table(pages: list[Page]) -> str:
    """A line for each page, then what misses its goal."""
    width = max((len(page.path) for page in pages), default=4)
    head = f"{'page':{width}}  {'Lighthouse':>17}  axe  html  console  off-site   bytes"
    faults = [f"{page.path}  {fault}" for page in pages for fault in page.faults]
    lines = [head, *(_line(page, width) for page in pages), ""]
    return "\n".join([*lines, *(faults or ["Every page meets every goal."])])


def _line(page: Page, width: int) -> str:
    scores = page.lighthouse
    lighthouse = "/".join(str(scores[name]) for name in CATEGORIES) if scores else "–"
    html = "–" if page.html is None else len(page.html)
    return (
        f"{page.path:{width}}  {lighthouse:>17}  {len(page.axe):3}  {html:>4}  "
        f"{len(page.console):7}  {len(page.off_site):8}  {page.transferred:6}"
    )


if __name__ == "__main__":
    sys.exit(main())
