"""What a process does before it takes work."""

import gc

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.urls import resolve
from django.utils import translation

from district.runtime.folders import ROOT
from district.tenancy.serving import refuse_powerful_role

TEMPLATES = ROOT / "templates"


def get_ready() -> None:
    """Check what it may see, and load what every request needs, so that nobody's waits for it.

    Raises ImproperlyConfigured where the process must not serve.
    """
    refuse_powerful_role()
    connection.close()  # a worker forks: no connection may be shared
    resolve("/healthz")
    for path in TEMPLATES.rglob("*.html"):
        get_template(str(path.relative_to(TEMPLATES)))
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Language")
    # What start-up made lives as long as the process: the collector need never look at it again.
    gc.collect()
    gc.freeze()
