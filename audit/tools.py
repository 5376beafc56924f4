"""The tools of the audit: packages of npm kept beside the data, Chromium, Java."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
LISTS = ("package.json", "package-lock.json")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Missing(Exception):
    """A tool that the machine lacks; the message says what to install."""


def chromium() -> str:
    """The browser of the machine."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        raise Missing("Chromium is missing: apt-get install chromium.")
    return found


def packages(folder: Path) -> Path:
    """The `node_modules` of `package.json`, installed in `folder` unless they are there."""
    wanted = b"".join((HERE / name).read_bytes() for name in LISTS)
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return folder / "node_modules"
    if shutil.which("npm") is None:
        raise Missing("Node.js is missing: apt-get install nodejs npm.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in LISTS:
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise Missing("npm could not install the packages of audit/package.json.")
    stamp.write_bytes(wanted)
    return folder / "node_modules"


def java() -> str:
    """What runs the validator of HTML."""
    found = shutil.which("java")
    if found is None:
        raise Missing("Java is missing: apt-get install default-jre-headless.")
    return found
