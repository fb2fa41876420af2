"""Every service in whose name somebody writes leaves an event, itself or by what it calls.

Read from the source: from each function by the names of what it calls. A name that several functions have counts for
all of them, so a service may pass that should not; one that reaches no `record` at all is found.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from .import_line import LINE

ROOT = Path(settings.BASE_DIR)
RECORD = "record"
# Reads of services, and what only prepares: nothing is written by them.
WRITES_NOTHING: dict[str, str] = {
    "choose_language": "the person's own choice of a language",
}


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for app in LINE:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    yield path, node


def called_by(function: ast.FunctionDef) -> set[str]:
    """Names of what it calls, and of what it passes on to be called."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}


def reaching(calls: dict[str, set[str]], goal: str) -> set[str]:
    """The names from which the goal is reached."""
    found = {goal}
    while True:
        more = {name for name, called in calls.items() if called & found} - found
        if not more:
            return found
        found |= more


def is_service(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts[1:]
    return any(part in ("services", "services.py") for part in parts) and "demo" not in parts


def writes_for_somebody(function: ast.FunctionDef) -> bool:
    arguments = function.args.kwonlyargs
    return not function.name.startswith("_") and any(each.arg == "by" for each in arguments)


def test_every_service_that_writes_for_somebody_leaves_an_event() -> None:
    calls: dict[str, set[str]] = defaultdict(set)
    services = []
    for path, function in functions():
        calls[function.name] |= called_by(function)
        if is_service(path) and writes_for_somebody(function):
            services.append(function.name)
    recorded = reaching(calls, RECORD)

    silent = sorted(set(services) - recorded - WRITES_NOTHING.keys())

    assert len(services) > 60
    assert silent == []


def test_service_that_forgets_is_found() -> None:
    calls = {"remembers": {"_note"}, "_note": {"record"}, "forgets": {"save"}}

    assert reaching(calls, RECORD) == {"remembers", "_note", "record"}
