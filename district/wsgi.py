"""The WSGI application: checked and warmed up before it takes the first request."""

import os

from django.core.wsgi import get_wsgi_application

from district.runtime.warmup import get_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")

application = get_wsgi_application()
get_ready()
