"""What a process does before it takes work."""

import gc
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.urls import resolve
from django.utils import translation

from district.tenancy.serving import refuse_powerful_role


def get_ready() -> None:
    """Check what it may see, and load what every request needs, so that nobody's waits for it.

    Raises ImproperlyConfigured where the process must not serve.
    """
    refuse_powerful_role()
    connection.close()  # a worker forks: no connection may be shared
    resolve("/healthz")
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in Path(folder).rglob("*.html"):
            get_template(str(path.relative_to(folder)))
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Language")
    # What start-up made lives as long as the process: the collector need never look at it again.
    gc.collect()
    gc.freeze()
