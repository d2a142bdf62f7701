"""Django's settings. Everything that differs between machines comes from the environment.

DATABASE_URL            an existing PostGIS (postgres://user:password@host:port/name); without it
                        the project's own cluster (see local_postgres)
LIANPIAN_HOSTS          names that the site answers to, with commas (127.0.0.1, localhost)
LIANPIAN_HTTPS          1 behind HTTPS: secure cookies, HSTS, redirect
LIANPIAN_BASEMAP        what lies below maps: none, xyz:…, wmts4490:… (maps.district_map.basemap)
LIANPIAN_SECRET_KEY     else var/secret_key, written at set-up
LIANPIAN_VAR            where maps, samples and static files are kept (var/)
LIANPIAN_PROCESS        web (set by maps.site.wsgi): a pool of connections, and statements that end;
                        else a command or the worker, which may take their time
LIANPIAN_PROCESSES      how many districts the worker plans at once (0 = one for each processor)
LIANPIAN_STATEMENT_S    how long a statement of a web process may take (30 s; 0 = without limit)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from maps.site import local_postgres

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = local_postgres.var_folder()
IS_WEB = os.environ.get("LIANPIAN_PROCESS") == "web"
WEB_THREADS = 8
"""Of the web process; each may hold a connection, and streaming a file may hold one more."""


def connection_options() -> dict[str, object]:
    """Return how this process connects; a web process checks each connection that it takes.

    While the database restarts, a request waits for it as long as the pool's timeout. Statements
    that say so are prepared, once for a connection (see `maps.tiles`).
    """
    common: dict[str, object] = {"connect_timeout": 5, "prepare_threshold": 5}
    if not IS_WEB:
        return common
    limit_ms = 1000 * int(os.environ.get("LIANPIAN_STATEMENT_S", "30"))
    pool = {"min_size": 1, "max_size": 2 * WEB_THREADS, "timeout": 20}
    return common | {
        "options": f"-c statement_timeout={limit_ms}",
        "pool": pool,
    }


def database_settings() -> dict[str, object]:
    """Return the connection of DATABASE_URL, or of the project's own cluster."""
    address = os.environ.get("DATABASE_URL")
    common: dict[str, object] = {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
    }
    if not address:
        return common | {
            "NAME": local_postgres.DATABASE,
            "USER": local_postgres.USER,
            "HOST": str(local_postgres.socket_folder(BASE_DIR)),
            "OPTIONS": connection_options(),
        }
    parts = urlsplit(address)
    return common | {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": connection_options() | dict(parse_qsl(parts.query)),
    }


def secret_key() -> str:
    """Return the key of this clone; a process without one gets a key of its own."""
    stored = VAR_DIR / "secret_key"
    if key := os.environ.get("LIANPIAN_SECRET_KEY"):
        return key
    return stored.read_text() if stored.exists() else secrets.token_urlsafe(50)


SECRET_KEY = secret_key()
DEBUG = False
PLANNING_PROCESSES = int(os.environ.get("LIANPIAN_PROCESSES", "0"))
BASEMAP = os.environ.get("LIANPIAN_BASEMAP", "none")
HTTPS = os.environ.get("LIANPIAN_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("LIANPIAN_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "maps",
    "layers",
    "geo",
    "pghistory",
    "pgtrigger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "maps.site.logs.NumberRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "maps.middleware.SpeakAsChosen",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maps.tokens.SignInByToken",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "maps.middleware.NameTheAuthor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "maps.middleware.KeepToOurCode",
    "maps.middleware.SayFaults",
]

ROOT_URLCONF = "maps.site.urls"
WSGI_APPLICATION = "maps.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "maps.frame.frame",
            ],
        },
    },
]

DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "maps.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"

# The screen speaks Chinese: the sentences in code are Chinese, locale/en translates them.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "maps" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "maps.site.libraries.Storage"},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "maps.site.libraries.Finder",
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "maps.site.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "maps": {"level": "INFO"},
        "django": {"level": "WARNING"},
        # What was not found or refused stands in the line of its request.
        "django.request": {"level": "ERROR"},
    },
}

SILENCED_SYSTEM_CHECKS = [
    # Debian 12 has GDAL 3.6.2. The hole (CVE-2026-114582) opens only for CRS given as text; ours
    # are integers from a list (geo.crs), and files are read by pyogrio's own GDAL in a sandbox.
    "gis.W001",
]
