"""The one settings module. Everything that differs between machines comes from the environment.

DISTRICT_DEMO     one machine, a believable district, log-ins offered on the page
DISTRICT_LOCAL    plain HTTP and static files straight from their folders (demo and tests)
DISTRICT_OFFLINE  for tools that only read the code: required addresses may be missing
"""

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from district.runtime import logs
from district.runtime.addresses import celery_broker, database

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"
NODE_MODULES = BASE_DIR / "node_modules"

env = environ.FileAwareEnv()  # NAME_FILE may name a file that holds the value of NAME

DISTRICT_DEMO = env.bool("DISTRICT_DEMO", default=False)
DISTRICT_LOCAL = env.bool("DISTRICT_LOCAL", default=DISTRICT_DEMO)
DISTRICT_OFFLINE = env.bool("DISTRICT_OFFLINE", default=False)
DEBUG = env.bool("DEBUG", default=False)


def required(name: str) -> str:
    """The value of a variable without which a serving process must not start."""
    if DISTRICT_OFFLINE:
        return env.str(name, default=f"offline://{name.lower()}")
    return env.str(name)


SECRET_KEY = required("SECRET_KEY")
# Seal secrets in the database: the first seals, all open.
FIELD_KEYS = [
    env.str("FIELD_KEY", default=SECRET_KEY),
    *env.list("FIELD_KEY_FALLBACKS", default=[]),
]
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")  # how people reach it, for mails
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ROOT_URLCONF = "district.urls"
WSGI_APPLICATION = "district.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "district.tenancy",
    "district.runtime",
    "district.accounts",
    "district",
    "spaces",
]
MIDDLEWARE = [
    "district.runtime.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "district.runtime.middleware.ContentSecurityPolicyMiddleware",
    "district.middleware.PathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "district.accounts.middleware.LastSeenMiddleware",
    "district.middleware.LanguageMiddleware",
    "district.middleware.ScopeMiddleware",
    "district.middleware.AccessMiddleware",
    "district.middleware.RefusalMiddleware",
    "district.accounts.middleware.ClosedLimitsMiddleware",
]

# Templates: read once, except while debugging, when an edit shows at the next request.
TEMPLATE_LOADERS: list[Any] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
if not DEBUG:
    TEMPLATE_LOADERS = [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "district.shell.shell",
            ],
        },
    }
]

# PostgreSQL. The owner's address is for migrations, test databases and maintenance alone; the
# processes that serve people are started without it.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=0)
DATABASES = {"default": database(required("DATABASE_URL"), pool_size=DATABASE_POOL_SIZE)}

# Redis. A refused connection is answered at once: pages must not wait for a server that is down.
REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "district",
        "OPTIONS": {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 1,
            "retry": Retry(NoBackoff(), 0),
        },
    }
}
CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * 60 * 60, "socket_timeout": 10}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

CELERY_BEAT_SCHEDULE = {
    "relay": {"task": "district.relay_all", "schedule": 60},
    "jobs": {"task": "district.run_all_jobs", "schedule": 60},
    "idempotency keys": {"task": "district.forget_idempotency_keys", "schedule": 60 * 60},
    "notices": {"task": "district.publish_notices", "schedule": 60},
    "deliver": {"task": "district.deliver_all", "schedule": 20, "options": {"expires": 20}},
    "platforms": {
        "task": "spaces.check_platforms",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "calendars": {
        "task": "spaces.read_calendars",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "healing": {"task": "spaces.heal_all", "schedule": 60, "options": {"expires": 60}},
    "bookings": {
        "task": "spaces.sweep_bookings",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "ledger": {"task": "district.check_ledgers", "schedule": crontab(hour=1, minute=0)},
    "files": {"task": "district.sweep_files", "schedule": crontab(hour=2, minute=0)},
    "certifications": {
        "task": "district.remind_certifications",
        "schedule": crontab(hour=0, minute=30),
    },
}

# How long a slot is kept for whoever fills in the form of its booking.
HOLD_SECONDS = env.int("HOLD_SECONDS", default=300)

# The partner API
API_RATE = env.str("API_RATE", default="600/min")
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "district.api.schema.ScopedSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "district.api.errors.problem",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "District",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "spaces.models.BookingStatus",
        "WaitStatusEnum": "spaces.models.WaitStatus",
    },
}

# Who signs in
ACCOUNT_ADAPTER = "district.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone*", "password1*"]  # one field takes either
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_FORMS = {
    "login": "district.accounts.forms.LoginForm",
    "signup": "district.accounts.forms.SignupForm",
    "request_login_code": "district.accounts.forms.LoginCodeForm",
    "confirm_login_code": "district.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "district.accounts.forms.ConfirmEmailForm",
    "verify_phone": "district.accounts.forms.ConfirmMobileForm",
    "reset_password": "district.accounts.forms.ResetPasswordForm",
    "confirm_password_reset_code": "district.accounts.forms.ConfirmResetForm",
    "reset_password_from_key": "district.accounts.forms.ResetPasswordKeyForm",
    "add_email": "district.accounts.forms.AddEmailForm",
    "change_password": "district.accounts.forms.ChangePasswordForm",
    "set_password": "district.accounts.forms.SetPasswordForm",
    "reauthenticate": "district.accounts.forms.ReauthenticateForm",
}
# A code has six digits and three tries: ten codes a day for one address leave thirty guesses in a
# million. `key` is the address or the log-in; `ip` is wide enough for an office behind one address.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,200/d/ip,5/5m/key,40/d/key",
    "request_login_code": "20/m/ip,3/5m/key,10/d/key",
    "confirm_code": "40/m/ip,10/15m/key",
    "reset_password": "20/m/ip,3/5m/key,10/d/key",
    "signup": "20/m/ip",
    "verify_phone": "20/m/ip,1/30s/key,10/d/key",
    "confirm_email": "20/m/ip,1/10s/key,10/d/key",
    "reauthenticate": "5/m/user,40/d/user",
    "change_phone": "5/h/user",
}
# How many proxies of ours stand in front: only what they wrote into X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "district.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DISTRICT_LOCAL
MFA_FORMS = {
    "authenticate": "district.accounts.forms.AuthenticateForm",
    "reauthenticate": "district.accounts.forms.ReauthenticateMFAForm",
    "add_webauthn": "district.accounts.forms.AddPasskeyForm",
    "activate_totp": "district.accounts.forms.ActivateTOTPForm",
}
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_SECURE = not DISTRICT_LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not DISTRICT_LOCAL

# Transport and content security
SECURE_SSL_REDIRECT = not DISTRICT_LOCAL
SECURE_PROXY_SSL_HEADER = None if DISTRICT_LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, over plain HTTP
SECURE_HSTS_SECONDS = 0 if DISTRICT_LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # to be preloaded is for the owner of a domain to ask
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# Languages and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Files
FILE_UPLOAD_HANDLERS = [
    "district.forms.uploads.DropTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "district.runtime.static.VendorFinder",
]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DISTRICT_LOCAL
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(LOCAL_DIR / "files"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DISTRICT_LOCAL
        else "district.runtime.static.ManifestStorage"
    },
}
# name under /static/vendor/ -> file in node_modules
VENDOR_FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}

# Mail
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if DISTRICT_DEMO:
    EMAIL_BACKEND = "district.accounts.mail.KeptMail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="District <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Text messages
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_SIGN = env.str("SMS_SIGN", default="District")
SMS_GATEWAY = "district.accounts.sms." + (
    "KeptGateway" if DISTRICT_DEMO else "HttpGateway" if SMS_URL else "ConsoleGateway"
)

LOGGING = logs.configuration(json=not DISTRICT_LOCAL, level=env.str("LOG_LEVEL", default="INFO"))
