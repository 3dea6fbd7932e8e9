"""The WSGI application, warmed up before it takes the first request."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")

application = get_wsgi_application()
resolve("/healthz")  # imports every view now, not in somebody's first request

# What start-up made lives as long as the process: the collector need never look at it again.
gc.collect()
gc.freeze()
