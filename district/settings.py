"""The one settings module. Everything that differs between machines comes from the environment.

DISTRICT_DEMO     one machine, a believable district, log-ins offered on the page
DISTRICT_LOCAL    plain HTTP and static files straight from their folders (demo and tests)
DISTRICT_OFFLINE  for tools that only read the code: required addresses may be missing
"""

from pathlib import Path
from typing import Any

import environ
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
    "django.middleware.security.SecurityMiddleware",
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
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "district.middleware.LanguageMiddleware",
    "district.middleware.ScopeMiddleware",
    "district.middleware.AccessMiddleware",
    "district.middleware.RefusalMiddleware",
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
}

# The partner API
API_RATE = env.str("API_RATE", default="600/min")
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "district.api.base.problem",
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
}

# Who signs in
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
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
SESSION_COOKIE_SECURE = not DISTRICT_LOCAL
CSRF_COOKIE_SECURE = not DISTRICT_LOCAL

# Transport and content security
SECURE_SSL_REDIRECT = not DISTRICT_LOCAL
SECURE_PROXY_SSL_HEADER = None if DISTRICT_LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, over plain HTTP
SECURE_HSTS_SECONDS = 0 if DISTRICT_LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
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

LOGGING = logs.configuration(json=not DISTRICT_LOCAL, level=env.str("LOG_LEVEL", default="INFO"))
