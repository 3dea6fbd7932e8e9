#!/usr/bin/env python
"""Run an administrative command of District."""

import os
import sys

from django.core.management import execute_from_command_line

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

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")
    if OFFLINE.intersection(sys.argv[1:2]) and "DATABASE_URL" not in os.environ:
        os.environ.setdefault("DISTRICT_OFFLINE", "1")
    execute_from_command_line(sys.argv)
