"""The demo: a database of its own with an invented municipality, and the pages on this machine.

`python3 manage.py demo` starts it with settings_dev. Each phase says what it does and how long it took.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from colourmaps.config import celery_app
from colourmaps.config.catalogues import compile_stale
from colourmaps.config.embedded import HOST, serve


def main(arguments: list[str]) -> int:
    """Prepare and serve until Ctrl-C; returns the exit status."""
    parser = argparse.ArgumentParser(prog="manage.py demo")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pupils", type=int)
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args(arguments)
    try:
        prepare(reset=options.reset, pupils=options.pupils)
        serve(celery_app, options.port, ready=lambda: welcome(options.port), goodbye=goodbye)
    except KeyboardInterrupt:
        print("\nStopped before the demo was ready; the same command goes on from here.", file=sys.stderr)
        return 130
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Port {options.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def goodbye() -> None:
    print("Stopped. Everything is kept; the same command goes on from here.")


def prepare(*, reset: bool, pupils: int | None) -> None:
    """Catalogues, tables and invented people: whatever is not there yet."""
    if reset:
        forget()
    with phase("Translations"):
        compile_stale()
    django.setup()
    with phase("Tables"):
        call_command("migrate", verbosity=0)
    call_command("seed_demo", reset=reset, worker=True, **({} if pupils is None else {"pupils": pupils}))


def forget() -> None:
    """Delete the demo's database file and uploads. Another kind of database is left alone."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        for ending in ("", "-wal", "-shm"):
            Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)
    shutil.rmtree(settings.UPLOAD_ROOT, ignore_errors=True)


def welcome(port: int) -> None:
    call_command("seed_demo", sign_ins=True)
    print(f"\nColour maps are open at http://{HOST}:{port}/   Ctrl-C stops.", flush=True)


@contextmanager
def phase(name: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"{name} …", end=" ", flush=True)
    yield
    print(f"{time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
