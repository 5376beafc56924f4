"""Tries the whole API on what its schema allows and forbids: `make fuzz`.

schemathesis writes the requests (examples, limits, random ones, then one after the other as links
lead), for who shows no token and for a token of each scope, each on a site of its own. Every check
is on; `audit/schemathesis.toml` tells what a schema cannot. Ends with 1 when a check fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from audit import site

ANONYMOUS = "anonymous"
CALLERS = (ANONYMOUS, "read", "write", "publish")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    outcomes = {caller: _try_as(caller, options) for caller in options.callers or CALLERS}
    for caller, is_sound in outcomes.items():
        print(f"{caller:10} {'no failure' if is_sound else 'failures, told above'}")
    return 0 if all(outcomes.values()) else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m audit.fuzzing", description=__doc__.splitlines()[0]
    )
    parser.add_argument("callers", nargs="*", metavar="caller", help=", ".join(CALLERS))
    parser.add_argument("--examples", type=int, default=20, help="random requests an operation")
    parser.add_argument("--seed", type=int, help="that of a former run, to make it again")
    options = parser.parse_args(arguments)
    unknown = set(options.callers) - set(CALLERS)
    if unknown:
        parser.error(f"no such caller: {', '.join(sorted(unknown))}")
    return options


def _try_as(caller: str, options: argparse.Namespace) -> bool:
    """Whether every check passes for that caller."""
    print(f"\n=== {caller}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="veille-fuzz-") as folder,
        site.served(Path(folder)) as address,
    ):
        tokens = {} if caller == ANONYMOUS else _tokens(Path(folder))
        command = command_of(address, tokens.get(caller), options.examples, options.seed)
        # It keeps what it finds where it runs.
        return subprocess.run(command, cwd=folder, check=False).returncode == 0


def command_of(address: str, token: str | None, examples: int, seed: int | None) -> list[str]:
    """The command that tries the API at `address` with that token, if any."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color"]
    command += ["--config-file", str(CONFIGURATION), "run", f"{address}/api/v1/schema/"]
    command += ["--max-examples", str(examples), "--continue-on-failure"]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    if seed is not None:
        command += ["--seed", str(seed)]
    return command


def _tokens(folder: Path) -> dict[str, str]:
    """The secret of a token of each scope, made in the site whose data are in `folder`."""
    made = subprocess.run(
        [sys.executable, "-m", "audit.tokens"],
        cwd=site.ROOT,
        env=site.environment_of(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout)


if __name__ == "__main__":
    sys.exit(main())
