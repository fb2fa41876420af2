"""Settings for the tests: as on one's own machine, but quick to sign in and alone in its stores.

DATABASE_URL and REDIS_URL choose PostgreSQL and Redis; without them the tests use SQLite in memory and
Celery's broker in memory. Tasks are not run eagerly: a test that wants one run says so.
"""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("IDENTITY_KEYS", "only-for-tests-" + "i" * 50)
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from colourmaps.config.databases import database
from colourmaps.config.settings_dev import *  # noqa: F403
from colourmaps.config.settings_dev import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
IDENTITY_PROVIDERS_MAY_BE_NEAR = True  # the ones of the tests run on this machine, without TLS
WHITENOISE_AUTOREFRESH = True  # look a static file up when asked for, instead of all of them per client

# Without a pool, so that nothing still holds the test database when it is dropped.
DATABASES = {"default": database(os.environ["DATABASE_URL"], statement_seconds=60, pool_size=0)}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # What a test wrote need not survive a loss of power, so no commit waits for the disk.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"

# Two runs may share one Redis; each finds only its own keys.
TEST_KEY_PREFIX = f"test-{os.getpid()}-"
CACHES = {"default": CACHES["default"] | {"KEY_PREFIX": TEST_KEY_PREFIX}}
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"global_keyprefix": TEST_KEY_PREFIX}

# Erased pupils of tests stand on no list but those that a test asks for.
ERASURE_LIST = ""
