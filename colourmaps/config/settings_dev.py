"""Settings for one's own machine and the demo: one process, SQLite, no Redis, plain http.

Pages look and behave as in production; set DEBUG=1 while writing code. Whatever the environment names
(DATABASE_URL, REDIS_URL …) is used as in production.
"""

import os
from pathlib import Path

from django.utils.crypto import RANDOM_STRING_CHARS as RANDOM_CHARS
from django.utils.crypto import get_random_string

VAR = Path(__file__).resolve().parents[2] / "var"
NO_REDIS = "memory://localhost/"


def _local_secret(name: str) -> str:
    """A secret of this machine, made at the first start and readable by its owner only."""
    path = VAR / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(get_random_string(50, RANDOM_CHARS))
    return path.read_text(encoding="ascii")


if not os.environ.get("SECRET_KEY"):
    os.environ["SECRET_KEY"] = _local_secret("secret_key")
if not os.environ.get("IDENTITY_KEYS"):
    os.environ["IDENTITY_KEYS"] = _local_secret("identity_key")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{(VAR / 'demo.sqlite3').as_posix()}")
os.environ.setdefault("REDIS_URL", NO_REDIS)
os.environ.setdefault("LOG_LEVEL", "WARNING")

from colourmaps.config.settings import *  # noqa: E402,F403 – production, with the values above filled in
from colourmaps.config.settings import REDIS_URL, STORAGES  # noqa: E402

DEBUG = os.environ.get("DEBUG") == "1"

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True

if REDIS_URL == NO_REDIS:  # web and worker share one process, so a cache in its memory is shared too
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # How often the worker looks for a message; kombu looks once a second.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1}

# A reminder is written to the screen of whoever started the demo.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
SENDS_MAIL = True
PUBLIC_URL = "http://localhost:8000"

# The invented people sign in by password alone; who has set up a second factor is asked for it here as well.
SECOND_FACTOR_REQUIRED = False

# Plain http on localhost: no redirect, no HSTS, and cookies without the prefix that demands TLS.
SECURE_PROXY_SSL_HEADER = None
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
LANGUAGE_COOKIE_NAME = "language"
MESSAGES_COOKIE_NAME = "messages"
