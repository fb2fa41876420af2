"""Settings for production: complete and safe as they stand. The other settings modules only relax them.

Read from the environment (see docs/deploy): SECRET_KEY, SECRET_KEY_FALLBACKS, IDENTITY_KEYS, EMERGENCY_HOURS,
ALLOWED_HOSTS, DATABASE_URL, DATABASE_POOL_SIZE, DATABASE_STATEMENT_SECONDS, REDIS_URL, UPLOAD_ROOT, LOG_LEVEL,
ACCESSIBILITY_CONTACT, EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, MAIL_FROM.
"""

import os
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from colourmaps.config.databases import database
from colourmaps.config.environment import number, required, words

BASE_DIR = Path(__file__).resolve().parents[2]

# --- What this installation is -----------------------------------------------------------------

DEBUG = False
SECRET_KEY = required("SECRET_KEY", "at least 50 random characters that nobody else knows")
# The former key, while sessions signed with it are still alive.
SECRET_KEY_FALLBACKS = words(os.environ.get("SECRET_KEY_FALLBACKS", ""))
# Seal names and numbers of pupils with protected identity; the newest first, see docs/protected_identity.md.
IDENTITY_KEYS = words(os.environ.get("IDENTITY_KEYS", ""))
# For how long a name can be asked for; another person decides each time.
IDENTITY_SHOWN_MINUTES = [10, 30]
# For how long a class or a pupil elsewhere can be opened in an emergency; the code allows no more than four.
EMERGENCY_HOURS = number("EMERGENCY_HOURS", default=4)
ALLOWED_HOSTS = words(required("ALLOWED_HOSTS", "the host names of the pages, separated by commas"))
# Whom to write to about accessibility: the law asks for a way, and the statement names it.
ACCESSIBILITY_CONTACT = os.environ.get("ACCESSIBILITY_CONTACT", "").strip()

INSTALLED_APPS = [
    "accounts.operator_config.OperatorConfig",  # Django's admin, with our own way in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "accounts",
    "pupils",
    "colourmaps",
    "colourmaps.medical",
    "aggregation",
    "interventions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before whatever answers, so that every response carries the policy
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.web.RefuseNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.signed_in.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.LanguageMiddleware",  # the user's choice, else the browser's, else the municipality's
    "accounts.web.DoorMiddleware",
    "accounts.web.MunicipalityMiddleware",  # needs the user; everything after it runs inside a municipality
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "colourmaps.config.urls"
WSGI_APPLICATION = "colourmaps.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # templates are compiled once and kept
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.frame.page_context",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------

DATABASES = {
    "default": database(
        required("DATABASE_URL", "the address of the database, postgres://user:password@host:5432/name"),
        # Pages give up after 15 seconds; workers are started with a longer limit.
        statement_seconds=number("DATABASE_STATEMENT_SECONDS", 15),
        # A pool is for a process with threads. Celery forks its workers, so they are started with 0.
        pool_size=number("DATABASE_POOL_SIZE", 8),
    ),
}

REDIS_URL = required("REDIS_URL", "the address of Redis, redis://:password@host:6379/0")

CACHES: dict[str, dict[str, Any]] = {
    # Shared by all processes: a limit on sign-in attempts that counted per process would be no limit.
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A page does without a cache that is down; it does not wait for one that has gone silent.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    },
}

# --- Uploads -----------------------------------------------------------------------------------

UPLOAD_MAX_BYTES = 10 * 1024 * 1024
# Never below the static files or any other folder that a web server hands out.
UPLOAD_ROOT = Path(os.environ.get("UPLOAD_ROOT") or BASE_DIR / "var" / "uploads")
# The list of erased pupils, beside the database and its backups: manage.py replay_erasures reads it after a restore.
ERASURE_LIST = os.environ.get("ERASURE_LIST") or BASE_DIR / "var" / "erasures.jsonl"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a large class times all indicators, in one form
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- Mail --------------------------------------------------------------------------------------

# Reminders and summaries, without names and titles. Without a server none are sent: the start page says the same.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 20
SENDS_MAIL = bool(EMAIL_HOST)
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "").strip() or f"noreply@{ALLOWED_HOSTS[0]}"
# Where a link in a mail leads: there is no request to take the address from.
PUBLIC_URL = f"https://{ALLOWED_HOSTS[0]}"

# --- Languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English")), ("nb", _("Norwegian")), ("da", _("Danish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Signing in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signed_in.Backend"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["login", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# allauth. The user name is all there is to sign in by: there are no mail addresses, and nobody signs up.
ACCOUNT_ADAPTER = "accounts.signing_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.signing_in.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # accounts.throttle limits, also while the cache is down

# Whoever sees single pupils, or gives others rights, shows a second factor (accounts.roles). Only the demo's settings
# turn it off, and a system check stops every other installation that does.
SECOND_FACTOR_REQUIRED = True
MFA_ADAPTER = "accounts.signing_in.factor_adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.signing_in.forms.CodeForm",
    "authenticate_webauthn": "accounts.signing_in.forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Never by an address or a name that somebody else's provider could write (accounts.single_sign_on.arriving).
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_STORE_TOKENS = False
# Whether providers of identities may be asked by http and at private addresses: for tests alone.
IDENTITY_PROVIDERS_MAY_BE_NEAR = False
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is something one has, and a finger, a face or a PIN
MFA_TOTP_TOLERANCE = 1  # clocks of phones go half a minute wrong
MFA_RECOVERY_CODES_SHOW_ONCE = True

# A link with which somebody chooses a password, once.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60

# Sessions stand in the database: they survive Redis, and ending an account ends them at once.
SESSION_ENGINE = "accounts.signed_in"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_LONGEST_SECONDS = 10 * 60 * 60  # a long working day, whatever is done in it
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # staff-room computers are shared

# How often one person may ask for what takes data out, in how many seconds: far above a day's work, far below what a
# program needs that empties a municipality. Above it the answer is 429, and the audit has a row.
LIMITS_PER_USER = {
    # A principal of forty classes who takes home each of them as Excel and as CSV, and the lists besides.
    "exports": (120, 60 * 60),
    # One every twelve seconds for a whole hour.
    "searches": (300, 60 * 60),
    # A teacher of thirty who opens each pupil twenty times; a pupil-health team that leafs through a school of 600.
    "pupil pages": (600, 60 * 60),
}

CSRF_FAILURE_VIEW = "accounts.errors.csrf_failure"

# --- What browsers are told --------------------------------------------------------------------

# The proxy ends TLS, sets this header and removes it from what clients send.
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True  # without effect until the owner of the domain asks for it
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The prefix makes browsers refuse these cookies from a neighbouring host or over plain http.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "accounts.messages.Storage"
MESSAGES_COOKIE_NAME = "__Host-messages"  # otherwise as the session's
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Background work ---------------------------------------------------------------------------
# The Job row in the database is the truth and the broker only a door-bell: a lost message is found by
# the sweep, and a message that arrives twice finds its job taken.

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a page does not wait for a broker that is down
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 1440
CELERY_TASK_TIME_LIMIT = 1500
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # Above the hard time limit, always: else a healthy long task is started a second time.
    "visibility_timeout": 1800,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # How long a bell is tried to be rung: without these kombu tries for six seconds, while a page waits. Workers that
    # listen have their own patience, and come back by themselves.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_QUEUES = [
    Queue("interactive"),  # light jobs: somebody is looking at the page and waiting
    Queue("default"),  # sums to count, sweeps
    Queue("heavy"),  # large imports, releases, nightly work
]
# By name, since the door-bell is rung by name (accounts.bells.wake).
CELERY_TASK_ROUTES = {
    "accounts.tasks.do_light_job": {"queue": "interactive"},
    "accounts.tasks.do_heavy_job": {"queue": "heavy"},
    "aggregation.tasks.release_rounds": {"queue": "heavy"},
    "aggregation.tasks.verify_sums": {"queue": "heavy"},
    "interventions.tasks.send_digests": {"queue": "heavy"},
    "accounts.tasks.verify_log": {"queue": "heavy"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-jobs": {"task": "accounts.tasks.sweep_jobs", "schedule": 30.0},
    "sweep-log": {"task": "accounts.tasks.sweep_log", "schedule": 60.0},
    "verify-logs-nightly": {
        "task": "accounts.tasks.verify_logs_nightly",
        "schedule": crontab(hour=2, minute=40),
    },
    "remove-expired-exports": {
        "task": "accounts.tasks.remove_expired_exports",
        "schedule": crontab(minute=25),
    },
    "sweep-rollup-work": {"task": "aggregation.tasks.sweep_rollup_work", "schedule": 30.0},
    "sweep-release-work": {"task": "aggregation.tasks.sweep_release_work", "schedule": 30.0},
    "release-rounds-that-are-over": {
        "task": "aggregation.tasks.release_rounds_that_are_over",
        "schedule": crontab(hour=0, minute=40),
    },
    "verify-sums-nightly": {
        "task": "aggregation.tasks.verify_sums_nightly",
        "schedule": crontab(hour=2, minute=10),
    },
    "remove-ended-sessions": {
        "task": "accounts.tasks.remove_ended_sessions",
        "schedule": crontab(hour=3, minute=40),
    },
    "remove-old-files": {
        "task": "colourmaps.tasks.remove_old_files",
        "schedule": crontab(hour=3, minute=20),
    },
    "freeze-due-baselines": {
        "task": "interventions.tasks.freeze_due_baselines",
        "schedule": crontab(hour=0, minute=20),
    },
    "fill-meeting-series": {
        "task": "interventions.tasks.fill_meeting_series",
        "schedule": crontab(hour=1, minute=10),
    },
    "remind-of-follow-ups": {
        "task": "interventions.tasks.remind_of_follow_ups",
        "schedule": crontab(hour=6, minute=30),
    },
    "send-digests": {
        "task": "interventions.tasks.send_digests",
        "schedule": crontab(hour=6, minute=45),
    },
}

# --- Logging -----------------------------------------------------------------------------------

LOG_LEVEL = os.environ.get("LOG_LEVEL") or "INFO"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "scrubbed": {
            "()": "colourmaps.config.logs.ScrubbingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "scrubbed"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # Its lines repeat the arguments of tasks and the text of statements.
        "django.db.backends": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
