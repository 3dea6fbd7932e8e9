"""What differs where people are: read from the settings of a process without DISTRICT_LOCAL."""

import json
import os
import subprocess
import sys

from django.conf import settings

ASKED = (
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "X_FRAME_OPTIONS",
    "SMS_GATEWAY",
)


def test_cookies_and_transport_are_closed_in_production():
    program = (
        "import json, district.settings as s;"
        f"print(json.dumps({{name: getattr(s, name) for name in {ASKED!r}}}))"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "DISTRICT_OFFLINE": "1", "SMS_URL": "https://sms.example/send"},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout.splitlines()[-1]) == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "X_FRAME_OPTIONS": "DENY",
        "SMS_GATEWAY": "district.accounts.sms.HttpGateway",
    }
