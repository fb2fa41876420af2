"""What every test gets: an upload folder of its own, and stores that hold nothing from another test."""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

pytest_plugins = ["tests.fixtures"]
# How long a generated case takes says more of the machine than of the code.
hypothesis_settings.register_profile("without_deadline", deadline=None)
hypothesis_settings.load_profile("without_deadline")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-with-database",
        action="store_true",
        help="leave out the tests that touch no database: one run of them is enough for all databases",
    )
    parser.addoption(
        "--one-in",
        type=int,
        default=1,
        metavar="N",
        help="of the tests that touch the database only one in N, the same ones every time: enough to notice what a "
        "second kind of database can not do",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    one_in = config.getoption("--one-in")
    only_with_database = config.getoption("--only-with-database")
    left_out = {
        item
        for item in items
        if (_is_left_out(item, one_in) if _touches_database(item) else only_with_database)
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _is_left_out(item: pytest.Function, one_in: int) -> bool:
    return zlib.crc32(item.nodeid.encode()) % one_in != 0


def _touches_database(item: pytest.Function) -> bool:
    return (
        bool(DATABASE_FIXTURES & set(item.fixturenames)) or item.get_closest_marker("django_db") is not None
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """On PostgreSQL every test runs as a role that can not step over the wall between municipalities."""
    from tests.walls import stepped_down  # models are there only now

    with ExitStack() as down:
        with django_db_blocker.unblock():
            down.enter_context(stepped_down())
        yield
        with django_db_blocker.unblock():
            down.close()


@pytest.fixture(autouse=True)
def upload_root(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    return settings.UPLOAD_ROOT


@pytest.fixture(autouse=True)
def language_of_the_installation() -> None:
    """A request leaves its language behind in the thread: no test speaks that of the one before."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def first_round_first() -> None:
    """The days of a test's rounds do not depend on how many other tests have made."""
    from tests.factories.colourmaps import RoundFactory  # models are there only now

    RoundFactory.reset_sequence(0, force=True)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Limits on sign-in attempts are counted in the cache."""
    yield
    if not django_settings.REDIS_URL.startswith("memory:"):
        _forget_keys_of_this_run()
    else:
        cache.clear()


def _forget_keys_of_this_run() -> None:
    """Redis may be shared: only the keys with this run's prefix are deleted."""
    import redis

    client = redis.Redis.from_url(django_settings.REDIS_URL)
    keys = list(client.scan_iter(f"*{django_settings.TEST_KEY_PREFIX}*", count=1000))
    if keys:
        client.delete(*keys)
    client.close()
