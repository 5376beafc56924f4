"""A picture of each type of page, on a desk and on a phone, in both themes: `make screenshots`.

Writes `docs/images/pages/<name>.webp` and the page that shows them, `docs/pages.md`.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from audit import measures, site

IMAGES = site.ROOT / "docs" / "images" / "pages"
TEXT = site.ROOT / "docs" / "pages.md"
# Width and height of the screen, in pixels: each is seen in both themes.
SCREENS = ((1280, 900), (360, 780))
HEIGHT, GAP = 450, 12
BETWEEN = "#8089a0"


class Shot(NamedTuple):
    """A type of page, and the address of one in the initial content."""

    name: str
    title: str
    path: str


SHOTS = (
    Shot("home", "Home", "/"),
    Shot("events", "Events", "/evenements/"),
    Shot("calendar", "A month of the calendar", "/evenements/calendrier/2025/05/"),
    Shot("event", "An event", "/evenements/kubecon-europe-2025/"),
    Shot("series", "A series of events", "/evenements/series/kubecon-europe/"),
    Shot("calls", "Calls for papers, none open", "/evenements/appels/"),
    Shot("companies", "Companies", "/entreprises/"),
    Shot("company", "A company", "/entreprises/amazon-web-services/"),
    Shot("market", "The market", "/marche/"),
    Shot("indicator", "An indicator", "/marche/repartition-depenses-cloud/"),
    Shot("comparison", "A comparison", "/marche/comparer/"),
    Shot("figures", "Figures", "/marche/chiffres/"),
    Shot("figure", "A contested figure", "/marche/chiffres/part-iaas-2024/"),
    Shot("forecasts", "Forecasts", "/marche/previsions/"),
    Shot("anomalies", "Anomalies", "/marche/anomalies/"),
    Shot("anomaly", "An anomaly", "/marche/anomalies/1/"),
    Shot("topics", "Topics", "/thematiques/"),
    Shot("topic", "A topic", "/thematiques/cloud-et-ia/"),
    Shot("trends", "Trends", "/tendances/"),
    Shot("trend", "A trend", "/tendances/edge-computing/"),
    Shot("news", "News", "/actualites/"),
    Shot("news-item", "A news item", "/actualites/amazon-formation-numerique-france/"),
    Shot("analyses", "Analyses", "/analyses/"),
    Shot("analysis", "An analysis", "/analyses/ia-dans-le-cloud-tendances-innovations-2025/"),
    Shot("recommendation", "A recommendation", "/analyses/recommandations/integrer-ia-strategie/"),
    Shot("panorama", "The panorama of a year", "/panorama/2025/"),
    Shot("sources", "Sources", "/sources/"),
    Shot("source", "A source and what it is worth", "/sources/le-monde/"),
    Shot("search", "A search", "/recherche/?q=cloud"),
    Shot("nothing-found", "A search that finds nothing", "/recherche/?q=blockchain"),
    Shot("method", "About the site and its method", "/a-propos/"),
    Shot("accessibility", "The accessibility statement", "/accessibilite/"),
    Shot("refused", "A filter that is refused", "/evenements/?country=ZZ"),
    Shot("not-found", "An address that is nowhere", "/une-page-qui-n-existe-pas/"),
)


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="veille-screenshots-") as folder,
        site.served(Path(folder)) as address,
        measures.browser() as browser,
    ):
        for shot in SHOTS:
            views = [
                _view(browser, address + shot.path, size, theme)
                for size in SCREENS
                for theme in ("light", "dark")
            ]
            _beside(views).save(IMAGES / f"{shot.name}.webp", quality=72, method=6)
    TEXT.write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """`docs/pages.md`: each picture under its title."""
    parts = [
        "# The pages",
        "Each type of page with the initial content: on a desk and on a phone, by day and by\n"
        "night. Made by `make screenshots`.",
    ]
    for name, title, path in SHOTS:
        parts += [f"## {title}", f"`{path}`", f"![{title}](images/pages/{name}.webp)"]
    return "\n\n".join(parts) + "\n"


def _view(browser: Any, url: str, size: tuple[int, int], theme: str) -> Image.Image:
    context = browser.new_context(
        viewport=dict(zip(("width", "height"), size, strict=True)),
        color_scheme=theme,
        locale="fr-FR",
    )
    opened = context.new_page()
    opened.goto(url, wait_until="networkidle")
    view = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    context.close()
    return view.resize((round(view.width * HEIGHT / view.height), HEIGHT), Image.Resampling.LANCZOS)


def _beside(views: list[Image.Image]) -> Image.Image:
    """The views in a row."""
    width = sum(view.width for view in views) + GAP * (len(views) - 1)
    sheet, left = Image.new("RGB", (width, HEIGHT), BETWEEN), 0
    for view in views:
        sheet.paste(view, (left, 0))
        left += view.width + GAP
    return sheet


if __name__ == "__main__":
    sys.exit(main())
