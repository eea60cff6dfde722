"""Django's settings, read from the environment. Every variable is documented in the reference."""

from __future__ import annotations

import functools
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from tutela.core.environment import WrongSettings, problems
from tutela.core.variables import SETTINGS
from tutela.db.address import settings_of

if _wrong := problems(SETTINGS, os.environ):
    raise WrongSettings(" ".join(_wrong))


def _home() -> Path:
    default = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "tutela"
    return Path(os.environ.get("TUTELA_HOME") or default).absolute()


def _secret_key() -> str:
    """The key that signs sessions: from the environment, else from the home folder, made once."""
    from django.conf import settings  # noqa: PLC0415 - the home may have been moved since

    if key := os.environ.get("TUTELA_SECRET_KEY"):
        return key
    path = Path(settings.TUTELA_HOME) / "secret-key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"secret-key.{os.getpid()}")
    if not path.exists():
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:  # another process was faster; its key holds
            pass
        finally:
            unfinished.unlink()
    return path.read_text(encoding="ascii")


def _hosts() -> list[str]:
    if given := os.environ.get("TUTELA_HOSTS"):
        return given.split(",")
    host = urlsplit(TUTELA_PUBLIC_URL).hostname or "localhost"
    return ["127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host]


TUTELA_HOME = _home()
TUTELA_DEMO = os.environ.get("TUTELA_DEMO") == "1" or (
    "DATABASE_URL" not in os.environ and (TUTELA_HOME / "demonstration").exists()
)
TUTELA_ACQUIRER_KEYS = os.environ.get("TUTELA_ACQUIRER_KEYS", "")
TUTELA_METRICS = os.environ.get("TUTELA_METRICS", "")
TUTELA_LOG_REQUESTS = os.environ.get("TUTELA_LOG_REQUESTS") == "1"
TUTELA_STOP_SECONDS = float(os.environ.get("TUTELA_STOP_SECONDS") or 2)
TUTELA_PUBLIC_URL = os.environ.get("TUTELA_PUBLIC_URL", "http://127.0.0.1:8600").rstrip("/")
TUTELA_MAILBOXES = os.environ.get("TUTELA_MAILBOXES", "")
TUTELA_MAIL_LISTEN = os.environ.get("TUTELA_MAIL_LISTEN", "")
TUTELA_MAIL_BELIEVE = frozenset(
    name.strip().casefold()
    for name in os.environ.get("TUTELA_MAIL_BELIEVE", "").split(",")
    if name.strip()
)
TUTELA_DRP_AGENTS = os.environ.get("TUTELA_DRP_AGENTS", "")
TUTELA_STAFF_IDLE_MINUTES = int(os.environ.get("TUTELA_STAFF_IDLE_MINUTES") or 30)
TUTELA_STAFF_HOURS = int(os.environ.get("TUTELA_STAFF_HOURS") or 12)
TUTELA_STAFF_CONFIRM_MINUTES = int(os.environ.get("TUTELA_STAFF_CONFIRM_MINUTES") or 30)
TUTELA_STAFF_ATTEMPTS = int(os.environ.get("TUTELA_STAFF_ATTEMPTS") or 5)
TUTELA_SECOND_FACTOR = os.environ.get("TUTELA_SECOND_FACTOR") == "1"
TUTELA_OIDC_ISSUER = os.environ.get("TUTELA_OIDC_ISSUER", "")
TUTELA_OIDC_CLIENT_ID = os.environ.get("TUTELA_OIDC_CLIENT_ID", "")
TUTELA_OIDC_CLIENT_SECRET = os.environ.get("TUTELA_OIDC_CLIENT_SECRET", "")
TUTELA_OIDC_SCOPE = os.environ.get("TUTELA_OIDC_SCOPE") or "openid email"
TUTELA_OIDC_LINK_BY_EMAIL = os.environ.get("TUTELA_OIDC_LINK_BY_EMAIL") == "1"
TUTELA_OIDC_SECOND_FACTOR = os.environ.get("TUTELA_OIDC_SECOND_FACTOR") == "1"
TUTELA_OIDC_ROLES = os.environ.get("TUTELA_OIDC_ROLES", "")
SECRET_KEY = lazy(functools.cache(_secret_key), str)()  # commands without pages need no home
DEBUG = False
ALLOWED_HOSTS = _hosts()
TUTELA_PROXIES = int(os.environ.get("TUTELA_PROXIES") or 0)

_url = os.environ.get("DATABASE_URL", "postgresql://tutela_app@127.0.0.1:5432/tutela")
DATABASES = {
    "default": settings_of(_url),
    "owner": {
        **settings_of(os.environ.get("DATABASE_OWNER_URL", _url)),
        "TEST": {"MIRROR": "default"},
    },
}

TUTELA_KEY_SERVICE = os.environ.get("TUTELA_KEY_SERVICE", "file")
TUTELA_TRANSIT_URL = os.environ.get("VAULT_ADDR", "")
TUTELA_TRANSIT_NAMESPACE = os.environ.get("VAULT_NAMESPACE", "")
TUTELA_TRANSIT_TOKEN = os.environ.get("VAULT_TOKEN", "")
TUTELA_TRANSIT_TOKEN_FILE = os.environ.get("TUTELA_TRANSIT_TOKEN_FILE", "")
TUTELA_TRANSIT_MOUNT = os.environ.get("TUTELA_TRANSIT_MOUNT", "transit")
TUTELA_PKCS11_MODULE = os.environ.get("TUTELA_PKCS11_MODULE", "")
TUTELA_PKCS11_TOKEN = os.environ.get("TUTELA_PKCS11_TOKEN", "")
TUTELA_PKCS11_PIN_FILE = os.environ.get("TUTELA_PKCS11_PIN_FILE", "")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "tutela.identity.staff.libraries.AccountTables",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "tutela.db",
    "tutela.web",
    "tutela.api",
    "tutela.jobs",
    "tutela.journal",
    "tutela.policy",
    "tutela.identity",
    "tutela.applications",
    "tutela.obligations",
    "tutela.vault",
    "tutela.gate",
    "tutela.anonymisation",
    "tutela.detection",
    "tutela.inventory",
    "tutela.media",
    "tutela.consent",
    "tutela.notices",
    "tutela.retention",
    "tutela.processors",
    "tutela.requests",
    "tutela.accounts",
    "tutela.intake",
    "tutela.publicity",
    "tutela.geo",
    "tutela.stats",
    "tutela.technical",
    "tutela.conversations",
    "tutela.verification",
    "tutela.payments",
    "tutela.runs",
    "tutela.proof",
    "tutela.demo",
]

MIDDLEWARE = [
    "tutela.web.security.SecurityHeaders",
    "tutela.web.health.Health",
    "tutela.web.watching.Watch",
    "tutela.api.door.ApiDoor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tutela.web.languages.PathLanguage",
    "tutela.web.closed.Closed",
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

FILE_UPLOAD_HANDLERS = ["tutela.web.uploads.SealedUploads"]
DATA_UPLOAD_MAX_NUMBER_FILES = 20

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = TUTELA_STAFF_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = TUTELA_PUBLIC_URL.startswith("https:")
# a browser takes a cookie of this name from this very host over TLS only
SESSION_COOKIE_NAME = "__Host-desk" if SESSION_COOKIE_SECURE else "desk"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [TUTELA_PUBLIC_URL]
CSRF_FAILURE_VIEW = "tutela.web.errors.csrf_failure"
MFA_ADAPTER = "tutela.identity.staff.adapter.Factors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # the step before and after, for clocks that differ by half a minute
MFA_RECOVERY_CODE_DIGITS = 12
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None  # tutela.core.logs
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # tutela.app.wire imports the rooms' tasks

_smtp = urlsplit(os.environ.get("TUTELA_SMTP_URL") or "smtp://localhost:25")
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or {"smtps": 465, "smtp+tls": 587}.get(_smtp.scheme, 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20

MESSAGES_AS_LETTERS = TUTELA_DEMO
"""Whether what would go to servers of others stands among the letters instead: nobody outside is
told of people who do not exist. Rehearsals set it too."""
if TUTELA_DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = TUTELA_HOME / "demo-mail"
