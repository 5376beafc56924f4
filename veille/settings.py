"""Settings, read from the environment.

Nothing has to be set for development. Production (DEBUG=false, which `veille.wsgi` makes the
default) refuses to start without SECRET_KEY and ALLOWED_HOSTS. A value that cannot be understood
is refused with its name, never guessed.
"""

from __future__ import annotations

import os
import re
import secrets
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+")

YES = {"true", "yes", "on", "1"}
NO = {"false", "no", "off", "0"}


def text(name: str, default: str = "") -> str:
    """The variable without spaces around it; an empty one counts as unset."""
    return env.str(name, default="").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in YES | NO:
        return value in YES
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be true or false.")


def whole_number(name: str, *, default: int) -> int:
    value = text(name)
    if not value:
        return default
    if value.isdecimal():
        return int(value)
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number, 0 or more.")


def words(name: str) -> list[str]:
    """The variable cut at its commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def folder(name: str, *, default: Path) -> Path:
    """An absolute path, made on the spot when it is missing."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} is {path}, which cannot be made: {error}.") from error
    return path


def web_address(name: str, *, default: str) -> str:
    """An http(s) address without its final slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.netloc:
        return value
    raise ImproperlyConfigured(f"{name} is {value!r}; it must begin with http:// or https://.")


def licence(name: str) -> str:
    """The http(s) address of a licence, to the letter: that is what programs know it by."""
    value = text(name)
    if value:
        web_address(name, default="")
    return value


def email_address(name: str) -> str:
    value = text(name)
    if value and not _EMAIL.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an address, as a@example.org.")
    return value


def secret_key() -> str:
    """SECRET_KEY; in development, one made once and kept beside the data."""
    if key := text("SECRET_KEY"):
        return key
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. In production it must be a long random text, kept secret: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' makes one."
        )
    path = DATA_DIR / "secret_key"
    if not path.exists():
        # Opened with its final rights, so that nobody else can read it even for an instant.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def allowed_hosts() -> list[str]:
    hosts = words("ALLOWED_HOSTS")
    if not hosts and not DEBUG:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is not set. In production it must list the names the site answers to, "
            "separated by commas, as ALLOWED_HOSTS=veille.example.org."
        )
    return hosts


def database() -> dict[str, Any]:
    """The default connection: DATABASE_URL, or SQLite in the data folder."""
    url = text("DATABASE_URL")
    scheme = urlsplit(url).scheme
    if not url:
        config = {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "veille.sqlite3"}
    elif scheme in ("sqlite", "postgres", "postgresql"):
        config = env.db_url_config(url)
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with sqlite:/// or postgres://, "
            f"as postgres://user:password@host:5432/veille; it begins with {scheme or url[:12]!r}."
        )
    if config["ENGINE"].endswith("sqlite3"):
        # The server of development takes a thread for each request, and would leave it open.
        return config | {"OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 0 if DEBUG else 60}
    options = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
    return config | {"OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def cache() -> dict[str, Any]:
    """The default cache: REDIS_URL, or the memory of each process."""
    url = text("REDIS_URL")
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "veille",
    }


# Where it runs

DEBUG = flag("DEBUG", default=True)
DATA_DIR = folder("DATA_DIR", default=BASE_DIR / "var")
SECRET_KEY = secret_key()
ALLOWED_HOSTS = allowed_hosts()
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# The public address, for the links that leave the site: feeds, calendars, messages.
SITE_URL = web_address("SITE_URL", default="http://127.0.0.1:8000")
# Where readers write, on the accessibility statement; empty: the page says that there is none.
CONTACT_EMAIL = email_address("CONTACT_EMAIL")
# The address of the licence of the figures, told with their downloads; empty: none is declared.
DATA_LICENSE = licence("DATA_LICENSE")
# `check_links` never asks for a page of this network; its tests have no other.
LINK_CHECKS_REACH_PRIVATE_ADDRESSES = False

# What it is made of

INSTALLED_APPS = [
    "veille.apps.VeilleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    # Before staticfiles: runserver leaves the static files to WhiteNoise, as production does.
    "whitenoise.runserver_nostatic",
    "veille.apps.VeilleStaticFilesConfig",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_countries",
    "publishing",
    "sources",
    "topics",
    "companies",
    "events",
    "market",
    "news",
    "analyses",
    "search",
    # Its server asks for requirements-mcp.txt; without it, the command says so.
    "assistants",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside what answers 304: that answer too says who may read it.
    "publishing.api.manners.ApiManners",
    # Outside CommonMiddleware, which would give a 304 the length of an empty body.
    "django.middleware.http.ConditionalGetMiddleware",
    "veille.middleware.UnchangedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
if DEBUG:
    MIDDLEWARE.append("veille.middleware.OwnNotFoundPage")

ROOT_URLCONF = "veille.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "publishing.templatetags.typography",
                "publishing.templatetags.components",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "veille.navigation.navigation",
                "veille.navigation.head",
            ],
        },
    }
]

# Data

# An immediate transaction waits its turn (up to `timeout`, in seconds) instead of failing half-way
# when another writer is at work; WAL lets readers go on meanwhile. Django turns foreign keys on.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

# PostgreSQL would compile a query that looks long before it runs it: what shows that a figure is
# public makes each of them look so, and 200 ms of compiling go before 50 ms of reading.
POSTGRESQL_OPTIONS = {"options": "-c jit=off"}

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": cache()}

# Language and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

# As French readers say them; the official names are longer.
COUNTRIES_OVERRIDE = {"US": "États-Unis", "GB": "Royaume-Uni"}

# Files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# In development, files are found where they are written, at each request.
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_USE_FINDERS = DEBUG
# Source maps are megabytes that only a debugger asks for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "veille.stylesheets.OneStylesheetStorage"
    },
}

FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# An analysis with its hundreds of citations is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Who writes

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "veille.views.csrf_failure"

# Security

SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", default=not DEBUG)
# Monitoring asks the server itself, beside the proxy that encrypts.
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", default=0 if DEBUG else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS", default=False)
# Only a proxy that overwrites X-Forwarded-Proto may be trusted with it.
BEHIND_PROXY = flag("SECURE_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SILENCED_SYSTEM_CHECKS = [
    # What else lives below the domain is for those who run it to know: HSTS_SUBDOMAINS.
    "security.W005",
    # The preload list is joined by the owner of a domain, and takes months to leave.
    "security.W021",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        # The style sheet of the API documentation draws its arrows and icons from data: addresses.
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
    }
}

# API

# Requests a minute, for each anonymous caller and for each token; 0: no limit.
API_RATE_ANONYMOUS = whole_number("API_RATE_ANONYMOUS", default=300)
API_RATE_TOKEN = whole_number("API_RATE_TOKEN", default=600)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["publishing.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "publishing.api.bodies.StrictJSONParser",
        "publishing.api.bodies.MergePatchParser",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": ["publishing.api.authentication.BearerAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": [
        "publishing.api.throttles.AnonymousRate",
        "publishing.api.throttles.TokenRate",
    ],
    # Without a proxy that is trusted, what a caller says of its own address is not believed.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PAGINATION_CLASS": "publishing.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["publishing.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "publishing.api.problems.problem_handler",
    "DEFAULT_METADATA_CLASS": "publishing.api.metadata.Operations",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "API de Veille",
    "DESCRIPTION": (
        "Les fiches publiées de la veille sur le cloud et l’intelligence artificielle : "
        "événements, entreprises, marché, thématiques, tendances, actualités, analyses et sources."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "publishing.api.headers.describe",
    ],
    # The documentation page comes with its own files: nothing is asked of another host.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Forms

# Addresses typed without a scheme are https, as they will be in Django 6. The setting that says so
# is itself announced as temporary, hence the filter.
FORMS_URLFIELD_ASSUME_HTTPS = True
warnings.filterwarnings("ignore", message="The FORMS_URLFIELD_ASSUME_HTTPS transitional setting")

# Journal

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "server": {
            "()": "django.utils.log.ServerFormatter",
            "format": "{server_time} {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "server": {"class": "logging.StreamHandler", "formatter": "server"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers (letters to ADMINS, a console in DEBUG only) give way to the root's.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["server"], "level": "INFO", "propagate": False},
    },
}
