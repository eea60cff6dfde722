"""Django's settings, read from the environment. Every variable is documented in the reference."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _


def _home() -> Path:
    default = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "tutela"
    return Path(os.environ.get("TUTELA_HOME", default)).absolute()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _secret_key() -> str:
    """The key that signs sessions: from the environment, else from the home folder, made once."""
    if key := os.environ.get("TUTELA_SECRET_KEY"):
        return key
    path = TUTELA_HOME / "secret-key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        TUTELA_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = secrets.token_urlsafe(50)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key)
        return key


TUTELA_HOME = _home()
TUTELA_DEMO = os.environ.get("TUTELA_DEMO") == "1"
TUTELA_PUBLIC_URL = os.environ.get("TUTELA_PUBLIC_URL", "http://127.0.0.1:8600")
SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TUTELA_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

_url = os.environ.get("DATABASE_URL", "postgresql://tutela_app@127.0.0.1:5432/tutela")
DATABASES = {
    "default": _database(_url),
    "owner": {
        **_database(os.environ.get("DATABASE_OWNER_URL", _url)),
        "TEST": {"MIRROR": "default"},
    },
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "tutela.db",
    "tutela.web",
    "tutela.jobs",
    "tutela.journal",
    "tutela.policy",
    "tutela.identity",
    "tutela.obligations",
    "tutela.vault",
    "tutela.gate",
    "tutela.consent",
    "tutela.retention",
    "tutela.requests",
    "tutela.proof",
    "tutela.demo",
]

MIDDLEWARE = [
    "tutela.web.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tutela.web.languages.PathLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tutela.web.errors.PlainErrors",
]

ROOT_URLCONF = "tutela.app"
WSGI_APPLICATION = "tutela.app.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "tutela.web.templatetags.tutela"],
            "context_processors": [
                "django.template.context_processors.request",
                "tutela.web.context.page",
            ],
        },
    }
]

LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = TUTELA_PUBLIC_URL.startswith("https:")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [TUTELA_PUBLIC_URL]
CSRF_FAILURE_VIEW = "tutela.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
