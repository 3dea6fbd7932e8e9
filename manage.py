#!/usr/bin/env python
"""Run an administrative command of District."""

import os
import sys

from district.runtime import bytecode

# These start the services themselves or reach none: without addresses they make do.
OFFLINE = {
    "bench",
    "collectstatic",
    "demo",
    "help",
    "makemigrations",
    "prove",
    "services",
    "spectacular",
    "texts",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")
    if OFFLINE.intersection(sys.argv[1:2]) and "DATABASE_URL" not in os.environ:
        os.environ.setdefault("DISTRICT_OFFLINE", "1")
    if sys.argv[1:2] == ["demo"]:
        _run_demo()
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


def _run_demo() -> None:
    """It only starts processes, and waits less for itself without loading the apps."""
    from district.runtime.management.commands.demo import Command

    Command().run_from_argv(sys.argv)


if __name__ == "__main__":
    bytecode.keep()  # so before anything large is imported
    main()
