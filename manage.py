#!/usr/bin/env python
"""Run an administrative command of District."""

import os
import sys

from django.core.management import execute_from_command_line

# These start the services themselves or reach none, so they need no address of any.
OFFLINE = {"collectstatic", "demo", "help", "makemigrations", "services", "spectacular", "texts"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")
    if OFFLINE.intersection(sys.argv[1:2]):
        os.environ.setdefault("DISTRICT_OFFLINE", "1")
    execute_from_command_line(sys.argv)
