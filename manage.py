#!/usr/bin/env python3
"""Everything one does with the project. Only Python 3.11 or newer is needed to begin.

python3 manage.py demo [--reset] [--port N] [--pupils N] [--no-install]
    Opens the pages with an invented municipality; the first time, what it needs is installed in .venv.
python3 manage.py test [--no-install] [pytest arguments]
    Runs the tests. DATABASE_URL and REDIS_URL choose PostgreSQL and Redis; neither is needed.
python3 manage.py inspect_file FILE [--json] [--municipality CODE]
    Says what a table seems to be, without a database unless a municipality is named.
python3 manage.py <any Django command>
    For example migrate, shell, createsuperuser, check. On Windows: py manage.py …
"""

# Runs before anything is installed, so: the standard library only, and no syntax newer than Python 3.7,
# or an old Python would answer with a syntax error instead of the sentence in check_python.
from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
DEMO_PORTS = range(8000, 8020)
# What a deployment sets. The demo must not touch the database or files that these may name.
DEPLOYMENT_VARIABLES = ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "UPLOAD_ROOT", "DJANGO_SETTINGS_MODULE")


class CannotStart(Exception):
    """One sentence for the person at the keyboard: what is missing and what to do."""


class Environment:
    """The virtual environment of the project and the lock files that are installed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = folder / "installed.txt"

    def is_running(self) -> bool:
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def install(self, *locks: Path) -> None:
        """Make the environment hold exactly the packages of the last lock file, which includes the others.

        Raises CannotStart when Python's own tools for this are missing or a package cannot be fetched.
        """
        if self.holds(*locks):
            return
        self.make()
        if self.stamp.exists():
            self.stamp.unlink()  # an install that is cut short is begun again
        self.fetch(locks[-1])
        self.stamp.write_text(self.expected_stamp(*locks), encoding="utf-8")

    def holds(self, *locks: Path) -> bool:
        """Whether these lock files were installed whole, by a Python that is still there."""
        if not self.stamp.exists():
            return False
        installed = self.stamp.read_text(encoding="utf-8").splitlines()
        return all(line in installed for line in self.expected_stamp(*locks).splitlines())

    def expected_stamp(self, *locks: Path) -> str:
        """One line for the environment's Python and one per lock file, by content."""
        version = output_of([self.python, "-c", "import sys; print(*sys.version_info[:2])"])
        lines = ["python {}".format((version or "missing").strip())]
        lines += [f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}" for lock in locks]
        return "\n".join(lines) + "\n"

    def make(self) -> None:
        """Make the environment, or make it anew when it is half-made (Debian's venv can stop half-way)."""
        if output_of([self.python, "-m", "pip", "--version"]) is not None:
            return
        if self.is_running():
            raise CannotStart("The environment in .venv is not whole: start with the system's own Python.")
        say("Making the environment in .venv")
        shutil.rmtree(self.folder, ignore_errors=True)
        if output_of([sys.executable, "-m", "venv", self.folder]) is not None:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        if (
            output_of([sys.executable, "-m", "pip", "--version"]) is None
            or output_of([sys.executable, "-m", "venv", "--without-pip", self.folder]) is None
        ):
            shutil.rmtree(self.folder, ignore_errors=True)
            raise CannotStart(
                "This Python comes without venv or pip: install them (Debian and Ubuntu:"
                " sudo apt install python3-venv) and give the same command again."
            )

    def fetch(self, lock: Path) -> None:
        """Install a lock file, saying what is being fetched; pip refuses a package whose hash differs."""
        pip = [self.python, "-m", "pip"]
        if output_of([*pip, "--version"]) is None:
            pip = [sys.executable, "-m", "pip", "--python", self.python]
        count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
        say(f"Installing up to {count} packages from {lock.name} (a minute or two, only this once)")
        options = ["--require-hashes", "--no-input", "--disable-pip-version-check"]
        status, said = follow_pip([*pip, "install", *options, "-r", lock])
        if status != 0:
            reasons = [line for line in said if line.startswith("ERROR:")] or said or ["nothing"]
            raise CannotStart(
                f"The packages could not be installed (is the network within reach?); pip said: {reasons[-1]}"
            )


ENVIRONMENT = Environment(ROOT / ".venv")


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit status."""
    try:
        check_python(sys.version_info[:3])
        if not arguments:
            print(__doc__)
            return 0
        if arguments[0] == "demo":
            return demo(arguments[1:])
        if arguments[0] == "test":
            return test(arguments[1:])
        if arguments[0] == "inspect_file" and not any(word.startswith("--mun") for word in arguments):
            return inspect_file(arguments[1:])
        return django(arguments)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def check_python(version: tuple[int, ...]) -> None:
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise CannotStart(
            "Python {}.{} or newer is needed, and this is {}: install a newer one and start with it.".format(
                *OLDEST_PYTHON, ".".join(map(str, version))
            )
        )


def demo(arguments: list[str]) -> int:
    """Install, fill a database of its own under var/ with invented people, and open the pages."""
    parser = argparse.ArgumentParser(prog="manage.py demo", description=demo.__doc__)
    parser.add_argument("--reset", action="store_true", help="begin again with a new database")
    parser.add_argument("--port", type=int, help="default: the first free one from 8000")
    parser.add_argument("--pupils", type=int, help="how many pupils to invent")
    parser.add_argument("--no-install", action="store_true", help="use the environment as it is")
    options = parser.parse_args(arguments)

    port = free_port(options.port)
    if options.no_install:
        check_installed("django")
    else:
        ENVIRONMENT.install(ROOT / "requirements.lock")
    command = ["-m", "colourmaps.config.demo", "--port", str(port)]
    command += ["--reset"] if options.reset else []
    command += ["--pupils", str(options.pupils)] if options.pupils is not None else []
    variables = {name: value for name, value in os.environ.items() if name not in DEPLOYMENT_VARIABLES}
    return run(command, {**variables, "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev"})


def test(arguments: list[str]) -> int:
    """Install, compile the catalogues and hand everything else to pytest."""
    if "--no-install" in arguments:
        arguments = [argument for argument in arguments if argument != "--no-install"]
        check_installed("pytest")
    else:
        ENVIRONMENT.install(ROOT / "requirements.lock", ROOT / "requirements-test.lock")
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_test"}
    compiled = run(["-m", "colourmaps.config.catalogues"], variables)
    return compiled or run(["-m", "pytest", *arguments], variables)


def inspect_file(arguments: list[str]) -> int:
    """The command needs no app and no database, so it starts without them, in a third of the time."""
    if not ENVIRONMENT.python.exists():
        check_installed("django")
    if catalogues_are_stale():
        run(["-m", "colourmaps.config.catalogues"], dict(os.environ))
    # -P: a file of the folder in which somebody stands must not be taken for a module.
    command = ["-P", "-m", "colourmaps.importing.inspection", *arguments]
    return run(command, {**os.environ, "PYTHONPATH": str(ROOT)}, folder=Path.cwd())


def catalogues_are_stale() -> bool:
    """Whether a translation is newer than its compiled form, without loading what compiles it."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            return True
    return False


def django(arguments: list[str]) -> int:
    """Any other command is Django's, in .venv when there is one."""
    if ENVIRONMENT.python.exists() and not ENVIRONMENT.is_running():
        return run([str(Path(__file__).resolve()), *arguments], dict(os.environ), folder=Path.cwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings_dev")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise CannotStart("Django is not installed here: run `python3 manage.py demo` once.") from error
    try:
        settings._setup()  # now, so that a variable that is not set is answered by its sentence alone
    except ImproperlyConfigured as error:
        raise CannotStart(str(error)) from error
    from colourmaps.config.catalogues import compile_stale

    compile_stale()  # a command may write words of the user's language into the database
    execute_from_command_line(["manage.py", *arguments])
    return 0


def python_to_use() -> Path:
    """The environment's Python, or this one where there is no environment (a container, say)."""
    return ENVIRONMENT.python if ENVIRONMENT.python.exists() else Path(sys.executable)


def check_installed(package: str) -> None:
    if output_of([python_to_use(), "-c", f"import {package}"]) is None:
        raise CannotStart(f"{package} is not installed here: give the command once without --no-install.")


def run(arguments: list[str], variables: dict[str, str], folder: Path = ROOT) -> int:
    """Run Python in the project, or in the folder that paths start from, and wait; returns its exit status."""
    child = subprocess.Popen([str(python_to_use()), *arguments], cwd=folder, env=variables)
    # The terminal sends Ctrl-C to the child as well; waiting here lets it finish in order.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one of the demo's. Raises CannotStart when it is taken."""
    for port in DEMO_PORTS if wanted is None else [wanted]:
        with socket.socket() as probe:
            if os.name != "nt":  # there, the option would share a port that is taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return port
    which = "Every port of the demo" if wanted is None else f"Port {wanted}"
    raise CannotStart(f"{which} is taken by another program: choose a free one with --port.")


def follow_pip(command: list[object]) -> tuple[int, list[str]]:
    """Run pip, showing what it is at and for how long; returns its exit status and what it said."""
    started = time.monotonic()
    said = []
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            said.append(line.strip())
            if line.startswith("Collecting "):
                show(line.split()[1], started)
            elif line.startswith("Installing collected packages"):
                show("unpacking", started)
    show("done" if pip.returncode == 0 else "stopped", started, last=True)
    return pip.returncode, said


def output_of(command: list[object]) -> str | None:
    """What the command prints, or None when it fails or does not exist."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def say(text: str) -> None:
    print(text, flush=True)


def show(text: str, started: float, last: bool = False) -> None:
    """Seconds passed and a word. On a terminal the next line replaces it; elsewhere only the last is kept."""
    line = f"  {time.monotonic() - started:3.0f} s  {text}"
    if sys.stdout.isatty():
        print("\r" + line.ljust(70)[:70], end="\n" if last else "", flush=True)
    elif last:
        say(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
