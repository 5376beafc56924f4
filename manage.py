#!/usr/bin/env python
"""The command line of the site."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veille.settings")
    try:
        from django.core.management import execute_from_command_line  # app ready
    except ImportError as error:
        raise SystemExit(
            "Django is not installed for this Python. "
            "`make run` prepares everything; `.venv/bin/python manage.py` uses it."
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
