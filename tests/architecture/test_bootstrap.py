"""manage.py on machines that lack something, and the lock files it installs."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import manage
from colourmaps.config.catalogues import compile_stale

ROOT = Path(manage.__file__).resolve().parent
RUN_LOCK, TEST_LOCK, DEV_LOCK = (
    ROOT / name for name in ("requirements.lock", "requirements-test.lock", "requirements-dev.lock")
)


class Machine:
    """A machine with some of Python's tools. It stands in for every program that manage.py starts."""

    def __init__(self, environment: manage.Environment, *, venv: bool = True, pip: bool = True) -> None:
        self.environment, self.venv, self.pip = environment, venv, pip
        self.environment_has_pip = False
        self.python_version = "3 11\n"
        self.made: list[str] = []

    def output_of(self, command: list[object]) -> str | None:
        words = [str(part) for part in command]
        inside = words[0] == str(self.environment.python)
        if words[1:3] == ["-m", "venv"]:
            return self._make("--without-pip" in words)
        if words[1:3] == ["-m", "pip"]:
            has_pip = self.environment_has_pip if inside else self.pip
            return "pip 26" if has_pip else None
        assert inside, words
        return self.python_version if self.environment.python.exists() else None

    def _make(self, without_pip: bool) -> str | None:
        """As on Debian: without ensurepip, venv fails and leaves a half-made folder behind."""
        self.made.append("without pip" if without_pip else "with pip")
        self.environment.python.parent.mkdir(parents=True, exist_ok=True)
        self.environment.python.touch()
        self.environment_has_pip = self.venv and not without_pip
        return "" if self.venv or (without_pip and self.pip) else None


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> manage.Environment:
    environment = manage.Environment(tmp_path / ".venv")
    monkeypatch.setattr(manage, "ENVIRONMENT", environment)
    return environment


@pytest.fixture
def machine(environment: manage.Environment, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(environment)
    monkeypatch.setattr(manage, "output_of", machine.output_of)
    return machine


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the lock files that were installed."""
    names: list[str] = []
    monkeypatch.setattr(manage.Environment, "fetch", lambda _self, lock: names.append(lock.name))
    return names


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What was run instead of running it: arguments and variables."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def run(arguments: list[str], variables: dict[str, str]) -> int:
        calls.append((arguments, variables))
        return 0

    monkeypatch.setattr(manage, "run", run)
    return calls


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


# --- An old Python ---------------------------------------------------------------------------------


def test_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    assert manage.main(["demo"]) == 1

    assert capsys.readouterr().err == (
        "Python 3.11 or newer is needed, and this is 3.9.2: install a newer one and start with it.\n"
    )


def test_manage_can_be_read_by_an_old_python() -> None:
    tree = ast.parse((ROOT / "manage.py").read_text(encoding="utf-8"), feature_version=(3, 7))

    modules = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    assert {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) == set()


# --- The environment -------------------------------------------------------------------------------


def test_environment_is_made_once_and_then_left_alone(machine: Machine, fetched: list[str]) -> None:
    machine.environment.install(RUN_LOCK)
    machine.environment.install(RUN_LOCK)

    assert machine.made == ["with pip"]
    assert fetched == ["requirements.lock"]


def test_changed_lock_is_installed_again(machine: Machine, fetched: list[str], tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("django==5.2.19\n", encoding="utf-8")
    machine.environment.install(lock)
    lock.write_text("django==5.2.20\n", encoding="utf-8")

    machine.environment.install(lock)

    assert fetched == ["some.lock", "some.lock"]
    assert machine.made == ["with pip"]


def test_packages_for_the_tests_serve_the_demo_as_well(machine: Machine, fetched: list[str]) -> None:
    machine.environment.install(RUN_LOCK, TEST_LOCK)
    machine.environment.install(RUN_LOCK)

    assert fetched == ["requirements-test.lock"]


def test_packages_for_the_demo_do_not_serve_the_tests(machine: Machine, fetched: list[str]) -> None:
    machine.environment.install(RUN_LOCK)
    machine.environment.install(RUN_LOCK, TEST_LOCK)

    assert fetched == ["requirements.lock", "requirements-test.lock"]


def test_another_python_version_installs_again(machine: Machine, fetched: list[str]) -> None:
    machine.environment.install(RUN_LOCK)
    machine.python_version = "3 13\n"

    machine.environment.install(RUN_LOCK)

    assert fetched == ["requirements.lock", "requirements.lock"]


def test_install_that_was_cut_short_is_begun_again(
    machine: Machine, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.environment.install(RUN_LOCK)

    def cut_short(_self: manage.Environment, _lock: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(manage.Environment, "fetch", cut_short)
        with pytest.raises(KeyboardInterrupt):
            machine.environment.install(RUN_LOCK, TEST_LOCK)

    assert not machine.environment.holds(RUN_LOCK)


def test_half_made_environment_is_made_anew(machine: Machine, fetched: list[str]) -> None:
    remains = machine.environment.folder / "lib" / "half"
    remains.parent.mkdir(parents=True)
    remains.touch()

    machine.environment.install(RUN_LOCK)

    assert not remains.exists()
    assert machine.environment.holds(RUN_LOCK)


def test_pip_of_the_system_helps_when_venv_has_none(machine: Machine, fetched: list[str]) -> None:
    machine.venv = False

    machine.environment.install(RUN_LOCK)

    assert machine.made == ["with pip", "without pip"]
    assert machine.environment.holds(RUN_LOCK)


@pytest.mark.parametrize("command", ["demo", "test"])
def test_missing_venv_and_pip_are_named_in_one_sentence(
    command: str, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.venv = machine.pip = False

    assert manage.main([command]) == 1

    assert capsys.readouterr().err == (
        "This Python comes without venv or pip: install them (Debian and Ubuntu:"
        " sudo apt install python3-venv) and give the same command again.\n"
    )
    assert not machine.environment.folder.exists()


@pytest.mark.slow
def test_machine_without_venv_and_pip_gets_the_sentence_and_no_trace(tmp_path: Path) -> None:
    """The real program, on a Python whose venv and pip modules fail as Debian's do."""
    shutil.copy(ROOT / "manage.py", tmp_path)
    shutil.copy(RUN_LOCK, tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for module in ("venv", "pip"):
        (broken / f"{module}.py").write_text("raise SystemExit(1)\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, tmp_path / "manage.py", "demo"],
        env={**os.environ, "PYTHONPATH": str(broken)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_package_that_cannot_be_fetched_is_named_in_one_sentence(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["Collecting amqp==5.4.2", "ERROR: no versions", "ERROR: No matching distribution found for amqp"]
    monkeypatch.setattr(manage, "follow_pip", lambda command: (1, said))

    assert manage.main(["demo"]) == 1

    assert capsys.readouterr().err == (
        "The packages could not be installed (is the network within reach?);"
        " pip said: ERROR: No matching distribution found for amqp\n"
    )
    assert not machine.environment.holds(RUN_LOCK)


def test_what_pip_does_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    program = "print('Collecting django==5.2.19'); print('ERROR: stopped'); raise SystemExit(2)"

    status, said = manage.follow_pip([sys.executable, "-c", program])

    assert (status, said) == (2, ["Collecting django==5.2.19", "ERROR: stopped"])
    assert capsys.readouterr().out.endswith(" s  stopped\n")


# --- The commands ----------------------------------------------------------------------------------


def test_no_install_uses_the_environment_as_it_is(
    environment: manage.Environment, fetched: list[str], ran: list[tuple[list[str], dict[str, str]]]
) -> None:
    assert manage.main(["test", "--no-install", "-k", "colour"]) == 0

    assert [arguments for arguments, _ in ran] == [
        ["-m", "colourmaps.config.catalogues"],
        ["-m", "pytest", "-k", "colour"],
    ]
    assert fetched == []
    assert not environment.folder.exists()


def test_no_install_without_packages_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(manage, "output_of", lambda command: None)  # every import fails

    assert manage.main(["demo", "--no-install"]) == 1

    assert (
        capsys.readouterr().err
        == "django is not installed here: give the command once without --no-install.\n"
    )


def test_tests_run_with_their_own_settings_and_the_databases_named(
    machine: Machine,
    fetched: list[str],
    ran: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")

    assert manage.main(["test"]) == 0

    assert fetched == ["requirements-test.lock"]
    _, variables = ran[-1]
    assert variables["DJANGO_SETTINGS_MODULE"] == "colourmaps.config.settings_test"
    assert variables["DATABASE_URL"] == "postgres://somewhere/else"


def test_demo_never_touches_the_database_of_a_deployment(
    machine: Machine,
    fetched: list[str],
    ran: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in manage.DEPLOYMENT_VARIABLES:
        monkeypatch.setenv(name, "of a deployment")

    assert manage.main(["demo", "--reset", "--pupils", "90"]) == 0

    [(arguments, variables)] = ran
    assert arguments[:3] == ["-m", "colourmaps.config.demo", "--port"]
    assert arguments[4:] == ["--reset", "--pupils", "90"]
    assert [name for name, value in variables.items() if value == "of a deployment"] == []


def test_port_that_is_taken_is_refused_in_one_sentence(
    taken_port: int, machine: Machine, fetched: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert manage.main(["demo", "--port", str(taken_port)]) == 1

    assert capsys.readouterr().err == (
        f"Port {taken_port} is taken by another program: choose a free one with --port.\n"
    )
    assert fetched == []


def test_demo_without_a_port_takes_the_next_free_one(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    monkeypatch.setattr(manage, "DEMO_PORTS", [taken_port, free])

    assert manage.free_port(None) == free


# --- Lock files ------------------------------------------------------------------------------------


def pinned(lock: Path) -> set[str]:
    """The lines "name==version ; marker" of a lock file, without hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return {line.split("--hash")[0].strip() for line in text.splitlines() if not line.startswith("#")}


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK, DEV_LOCK], ids=lambda lock: lock.name)
def test_lock_file_names_no_address_and_every_hash(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert re.findall(r"\S*(?:://|www\.|--index|--find-links|--extra)\S*", text) == []
    entries = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    assert entries
    hashed = re.compile(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}")
    assert [entry for entry in entries if not hashed.match(entry)] == []


def test_each_lock_file_includes_the_smaller_one() -> None:
    assert pinned(RUN_LOCK) - pinned(TEST_LOCK) == set()
    assert pinned(TEST_LOCK) - pinned(DEV_LOCK) == set()


def test_every_declared_dependency_is_locked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = declared["dependency-groups"]

    def names(requirements: list[object]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9-]", text)[0].lower() for text in requirements if isinstance(text, str)}

    def locked(lock: Path) -> set[str]:
        return {line.split("==")[0] for line in pinned(lock)}

    assert names(declared["project"]["dependencies"]) - locked(RUN_LOCK) == set()
    assert names(groups["test"]) - locked(TEST_LOCK) == set()
    assert names(groups["dev"]) - locked(DEV_LOCK) == set()


# --- Catalogues ------------------------------------------------------------------------------------

CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "colour map"
msgstr "{translation}"
"""


def test_catalogues_are_compiled_when_they_are_stale(tmp_path: Path) -> None:
    source = tmp_path / "sv" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE.format(translation="färgkarta"), encoding="utf-8")
    target = source.with_suffix(".mo")

    assert compile_stale(tmp_path) == [target]
    assert "färgkarta".encode() in target.read_bytes()
    assert compile_stale(tmp_path) == []

    source.write_text(CATALOGUE.format(translation="kartan"), encoding="utf-8")
    os.utime(source, ns=(0, target.stat().st_mtime_ns + 1))
    assert compile_stale(tmp_path) == [target]
    assert b"kartan" in target.read_bytes()
