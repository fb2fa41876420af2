"""What production settings promise: safe as they stand, and a clear sentence when something is missing."""

import logging
import os
import runpy
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as test_settings
from django.core.exceptions import ImproperlyConfigured

from accounts.background import HEAVY, LIGHT
from accounts.tasks import VERIFY_LOG
from aggregation.release_requests import RELEASE
from aggregation.tasks import VERIFY
from colourmaps.config import celery_app, environment
from colourmaps.config.databases import database
from colourmaps.config.healthcheck import is_healthy
from colourmaps.config.logs import ScrubbingFormatter

ROOT = Path(test_settings.BASE_DIR)
DIGESTS = "interventions.tasks.send_digests"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings",
    "SECRET_KEY": "".join(chr(33 + number % 90) for number in range(60)),
    "IDENTITY_KEYS": "".join(chr(48 + number % 10) for number in range(44)),
    "ALLOWED_HOSTS": "fargkartor.solviken.example, reserv.solviken.example",
    "DATABASE_URL": "postgres://colourmaps:secret@database.example:5432/colourmaps?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis.example:6379/0",
}


def read_settings(monkeypatch: pytest.MonkeyPatch, **changes: str) -> dict[str, Any]:
    """The production settings as names and values, read anew; an empty value takes a variable away."""
    for name in ("UPLOAD_ROOT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PRODUCTION, **changes}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "colourmaps" / "config" / "settings.py"))


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return read_settings(monkeypatch)


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own, with the environment of a deployment."""
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        env={**os.environ, **PRODUCTION, **changes},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.slow
def test_deployment_check_finds_nothing() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        done.stderr
    )


@pytest.mark.slow
def test_missing_variable_is_answered_by_one_sentence() -> None:
    done = manage("check", SECRET_KEY="")

    assert done.returncode == 1
    assert done.stderr == (
        "Set the environment variable SECRET_KEY: at least 50 random characters that nobody else knows.\n"
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_missing_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^Set the environment variable {name}: .+[.]$"):
        read_settings(monkeypatch, **{name: ""})


def test_production_settings_are_safe(production: dict[str, Any]) -> None:
    assert production["DEBUG"] is False
    assert production["ALLOWED_HOSTS"] == ["fargkartor.solviken.example", "reserv.solviken.example"]
    assert production["SECURE_HSTS_SECONDS"] == 365 * 24 * 60 * 60
    assert production["SECURE_REFERRER_POLICY"] == "same-origin"
    assert production["X_FRAME_OPTIONS"] == "DENY"
    assert production["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert production["UPLOAD_MAX_BYTES"] == 10 * 1024 * 1024
    assert not production["UPLOAD_ROOT"].is_relative_to(production["STATIC_ROOT"])


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF", "LANGUAGE"])
def test_cookies_belong_to_this_host_and_tls_only(cookie: str, production: dict[str, Any]) -> None:
    assert production[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert production[f"{cookie}_COOKIE_SECURE"] is True
    assert production[f"{cookie}_COOKIE_HTTPONLY"] is True
    assert production[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    # The prefix allows neither a domain nor another path.
    assert f"{cookie}_COOKIE_DOMAIN" not in production
    assert f"{cookie}_COOKIE_PATH" not in production


def test_content_policy_allows_nothing_but_own_files() -> None:
    directives = test_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert {source for sources in directives.values() for source in sources} == {"'self'", "'none'"}
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]


def test_municipality_is_entered_after_the_user_is_known() -> None:
    order = [name.rsplit(".", 1)[-1] for name in test_settings.MIDDLEWARE]

    assert order[0] == "SecurityMiddleware"
    assert order.index("CSPMiddleware") < order.index("WhiteNoiseMiddleware")
    assert order.index("AuthenticationMiddleware") < order.index("LanguageMiddleware")
    assert order.index("LanguageMiddleware") < order.index("MunicipalityMiddleware")


def test_swedish_is_first_among_four_languages() -> None:
    assert test_settings.LANGUAGE_CODE == "sv"
    assert [code for code, _ in test_settings.LANGUAGES] == ["sv", "en", "nb", "da"]


# --- Background work -------------------------------------------------------------------------------


def test_message_is_never_redelivered_while_its_task_may_still_run(production: dict[str, Any]) -> None:
    waits = production["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"]

    assert production["CELERY_TASK_SOFT_TIME_LIMIT"] < production["CELERY_TASK_TIME_LIMIT"] < waits


def test_every_scheduled_task_exists_and_has_a_queue_that_is_served() -> None:
    celery_app.loader.import_default_modules()
    queues = {queue.name for queue in test_settings.CELERY_TASK_QUEUES}

    for entry in test_settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in celery_app.tasks
        assert entry.get("options", {}).get("queue", test_settings.CELERY_TASK_DEFAULT_QUEUE) in queues


def test_every_door_bell_has_a_task_and_a_queue_of_its_own() -> None:
    celery_app.loader.import_default_modules()
    queues = {queue.name for queue in test_settings.CELERY_TASK_QUEUES}
    routes = {task: route["queue"] for task, route in test_settings.CELERY_TASK_ROUTES.items()}

    assert {LIGHT, HEAVY} <= routes.keys()
    assert routes.keys() <= celery_app.tasks.keys()
    assert set(routes.values()) <= queues
    assert routes[LIGHT] != routes[HEAVY]
    # What takes long has no place where sums and pages wait.
    assert {task for task, queue in routes.items() if queue == routes[HEAVY]} == {
        HEAVY,
        RELEASE,
        VERIFY,
        VERIFY_LOG,
        DIGESTS,
    }


def test_broker_that_is_down_is_given_up_at_once(production: dict[str, Any]) -> None:
    """Without these kombu tries for six seconds, while a page waits."""
    options = production["CELERY_BROKER_TRANSPORT_OPTIONS"]

    assert options["max_retries"] * options["interval_max"] < 1
    assert production["CACHES"]["default"]["OPTIONS"]["socket_connect_timeout"] <= 1


def test_message_reaches_its_own_queue_and_no_other() -> None:
    with celery_app.connection_for_write() as connection:
        queues = [queue.bind(connection.default_channel) for queue in test_settings.CELERY_TASK_QUEUES]
        for queue in queues:
            queue.declare()
            queue.purge()
        celery_app.send_task("some.task", queue="interactive", connection=connection)

        got = [queue.name for queue in queues if queue.get(no_ack=True)]

    assert got == ["interactive"]


# --- Databases and the environment -----------------------------------------------------------------


def test_postgresql_gets_time_limits_and_a_pool() -> None:
    entry = database("postgres://u:p@h:5433/n?sslmode=require", statement_seconds=15, pool_size=8)

    assert (entry["NAME"], entry["HOST"], entry["PORT"]) == ("n", "h", 5433)
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert entry["OPTIONS"]["pool"]["max_size"] == 8
    assert entry["OPTIONS"]["options"].split(" -c ") == [
        "-c statement_timeout=15s",
        "lock_timeout=2s",
        "idle_in_transaction_session_timeout=15s",
    ]


def test_process_that_forks_gets_no_pool() -> None:
    assert "pool" not in database("postgres://h/n", statement_seconds=15, pool_size=0)["OPTIONS"]


def test_sqlite_takes_the_write_lock_when_a_transaction_begins() -> None:
    options = database("sqlite:////tmp/some.sqlite3", statement_seconds=15, pool_size=8)["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert set(options) == {"transaction_mode", "timeout", "init_command"}


@pytest.mark.parametrize(("text", "number"), [("", 7), ("  ", 7), ("0", 0), (" 12 ", 12)])
def test_number_from_the_environment(text: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NUMBER", text)

    assert environment.number("SOME_NUMBER", default=7) == number


@pytest.mark.parametrize("text", ["-1", "3.5", "many"])
def test_number_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NUMBER", text)

    with pytest.raises(ImproperlyConfigured, match="SOME_NUMBER must be a whole number"):
        environment.number("SOME_NUMBER", default=7)


def test_words_from_the_environment() -> None:
    assert environment.words(" a.example,, b.example ,") == ["a.example", "b.example"]


# --- Logs ------------------------------------------------------------------------------------------


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    details = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("some.logger", logging.ERROR, __file__, 1, message, arguments, details)
    return ScrubbingFormatter("{levelname} {message}", style="{").format(record)


@pytest.mark.parametrize(
    "number",
    [
        "20150101-2384",
        "201501012384",
        "150101-2384",
        "1501012384",
        "150101+2384",
        "20150101-TF12",
        "01011512345",
    ],
)
def test_identity_number_is_struck_out(number: str) -> None:
    assert line("no pupil with %s in 4A", number) == "ERROR no pupil with [number] in 4A"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/calendar/k3v9x2m4p7q1zz.ics", "/calendar/[secret].ics"),
        ("/choose-password/k3v9x2m4p7q1/abc-def/", "/choose-password/[secret]/"),
    ],
)
def test_secret_of_an_address_is_struck_out(address: str, written: str) -> None:
    assert line("Not Found: %s", address) == f"ERROR Not Found: {written}"


@pytest.mark.parametrize("text", ["4812 rows in 2026-11-21", "took 1500 ms", "/units/k3v9x2m4p7q1/"])
def test_other_numbers_stay(text: str) -> None:
    assert line(text) == f"ERROR {text}"


def test_traceback_says_where_and_what_kind_but_not_what_the_error_said() -> None:
    name = "Åsa Ek"
    try:
        try:
            int(name)
        except ValueError as cause:
            raise LookupError(name) from cause
    except LookupError as error:
        text = line("import stopped: %s", error, error=error)

    assert name not in text
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("ERROR import stopped: LookupError", "LookupError")
    assert "ValueError" in lines
    assert "    int(name)" in lines


def test_error_that_celery_quotes_is_named_by_its_kind() -> None:
    error = ValueError("Åsa Ek")
    arguments = {"name": "some.task", "exc": repr(error), "traceback": "ValueError: Åsa Ek"}

    text = line("Task %(name)s failed: %(exc)s\n%(traceback)s", arguments, error=error)

    assert text == "ERROR Task some.task failed: ValueError\nValueError"


# --- Health ----------------------------------------------------------------------------------------


def test_nobody_listening_is_not_healthy() -> None:
    assert is_healthy("skola.example", port=9) is False


@pytest.mark.parametrize(
    ("allowed", "named"),
    [("a.example,b.example", "a.example"), (".solviken.example", "solviken.example"), ("*", "localhost")],
)
def test_health_is_asked_by_a_host_that_is_answered(allowed: str, named: str) -> None:
    asked = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.headers["Host"], self.path))
            self.send_response(200 if len(asked) == 1 else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        answers = [is_healthy(allowed, server.server_port), is_healthy(allowed, server.server_port)]
        server.shutdown()

    assert answers == [True, False]
    assert asked == [(named, "/health/"), (named, "/health/")]
