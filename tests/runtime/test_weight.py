"""What a process loads before it takes work: what few pages need is loaded by those pages."""

import os
import subprocess
import sys

from district.runtime.folders import ROOT

HEAVY = ("openpyxl", "numpy", "shapely", "icalendar", "reportlab", "sklearn", "jieba", "qrcode")
SCRIPT = """
import sys
import django
django.setup()
from django.urls import resolve
resolve("/healthz")
print("spaces.views" in sys.modules, *(name for name in {heavy} if name in sys.modules))
"""


def test_no_view_loads_what_only_some_page_needs():
    loaded = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "district.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.split() == ["True"]
