"""What is measured of a page, and the goal of each measure."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low
from typing import Any

from audit import tools

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PERFECT = 100
MAX_BYTES = 150_000
# A phone at night, a desk by day: each finds the errors of contrast and of size of its own.
SCREENS = (("dark", 360, 740), ("light", 1280, 900))
CHROMIUM_FLAGS = ("--no-sandbox", "--headless=new", "--disable-background-networking")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SECONDS_FOR_LIGHTHOUSE = 180
TRIALS = 3
VISITS = 3


@dataclass
class Page:
    """What was found on one page; a measure that was not made is None."""

    path: str
    lighthouse: dict[str, int] | None = None
    axe: list[str] = field(default_factory=list)
    html: list[str] | None = None
    console: list[str] = field(default_factory=list)
    off_site: list[str] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)
    transferred: int = 0

    @property
    def faults(self) -> list[str]:
        """What misses its goal, each in a few words."""
        scores = (self.lighthouse or {}).items()
        return [
            *(f"{name} {score}" for name, score in scores if score < PERFECT),
            *(f"axe: {one}" for one in self.axe),
            *(f"html: {one}" for one in self.html or []),
            *(f"console: {one}" for one in self.console),
            *(f"off-site: {one}" for one in self.off_site),
            *(f"wider than {width} px" for width in self.too_wide),
            *([f"{self.transferred:,} bytes"] if self.transferred > MAX_BYTES else []),
        ]


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # slow import

    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=tools.chromium(), args=list(CHROMIUM_FLAGS), headless=True
        )
        yield opened
        opened.close()


def look(opened: Any, address: str, page: Page, axe: str) -> None:
    """Opens the page as a first visit on each screen, and fills all but Lighthouse and HTML."""
    for scheme, width, height in SCREENS:
        visit = opened.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
        )
        tab = visit.new_page()
        transferred = _count_bytes(visit, tab)
        tab.on("pageerror", lambda error: page.console.append(str(error)))
        tab.on("console", lambda said: _hear(said, page))
        tab.on("request", lambda request: _follow(request.url, address, page))
        tab.goto(address + page.path, wait_until="networkidle")
        page.transferred = max(page.transferred, sum(transferred))
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            page.too_wide.append(width)
        tab.evaluate(axe)
        found = tab.evaluate("tags => axe.run({runOnly: tags})", TAGS)
        page.axe += [
            f"{one['id']} ({len(one['nodes'])}, {scheme} {width}): {one['nodes'][0]['html'][:120]}"
            for one in found["violations"]
        ]
        visit.close()


def _count_bytes(visit: Any, tab: Any) -> list[int]:
    """The bytes of each answer as they come, headers included and compressed as they were."""
    sizes: list[int] = []
    session = visit.new_cdp_session(tab)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def _hear(said: Any, page: Page) -> None:
    # The browser itself notes the status of a page that answers 400 or 404.
    is_own_status = said.text.startswith("Failed to load resource") and said.location[
        "url"
    ].endswith(page.path)
    if said.type in ("error", "warning") and not is_own_status:
        page.console.append(said.text[:200])


def _follow(url: str, address: str, page: Page) -> None:
    if not url.startswith((address, "data:", "blob:")):
        page.off_site.append(url[:200])


def validate(sources: dict[str, str], modules: Path) -> dict[str, list[str]]:
    """The errors of HTML of each page, by its path, all in one run of the Nu validator."""
    jar = modules / "vnu-jar" / "build" / "dist" / "vnu.jar"
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (path, source) in enumerate(sources.items()):
            file = Path(folder) / f"{number}.html"
            file.write_text(source, encoding="utf-8")
            files[file.as_uri().replace("file:///", "file:/")] = path
        command = [tools.java(), "-jar", str(jar), "--format", "json", "--exit-zero-always", folder]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    return _errors_by_path(json.loads(run.stderr)["messages"], files)


def _errors_by_path(
    messages: Iterable[dict[str, Any]], files: dict[str, str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {path: [] for path in files.values()}
    for message in messages:
        if message["type"] == "error":
            found[files[message["url"]]].append(message["message"][:200])
    return found


def score(url: str, modules: Path, *, indexed: bool) -> dict[str, int]:
    """The four scores of Lighthouse, of 100, on its phone.

    Of a page that asks not to be indexed, that it asks so is no fault. 0 where it could not tell.
    The median of three visits where one is not perfect: what else the machine does weighs on each.
    """
    visits = [_visit(url, modules, indexed=indexed)]
    if min(visits[0].values()) < PERFECT:
        visits += [_visit(url, modules, indexed=indexed) for _ in range(VISITS - 1)]
    return median_of(visits)


def median_of(visits: list[dict[str, int]]) -> dict[str, int]:
    return {name: median_low(visit[name] for visit in visits) for name in CATEGORIES}


def _visit(url: str, modules: Path, *, indexed: bool) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        # A file: what it prints on a pipe is cut off when it stops before all is read.
        report = Path(folder) / "report.json"
        command = [
            str(modules / ".bin" / "lighthouse"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(CHROMIUM_FLAGS)}",
            *([] if indexed else ["--skip-audits=is-crawlable"]),
        ]
        environment = os.environ | {"CHROME_PATH": tools.chromium()}
        # Now and then its browser does not start: that tells nothing of the page.
        for _ in range(TRIALS):
            run = subprocess.run(
                command,
                capture_output=True,
                check=False,
                timeout=SECONDS_FOR_LIGHTHOUSE,
                env=environment,
            )
            if run.returncode == 0:
                return scores_of(json.loads(report.read_text("utf-8")))
    return dict.fromkeys(CATEGORIES, 0)


def scores_of(report: dict[str, Any]) -> dict[str, int]:
    categories = report["categories"]
    return {name: round((categories[name]["score"] or 0) * 100) for name in CATEGORIES}
