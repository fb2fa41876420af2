"""Reads the imports of the apps and says where one of them points the wrong way. Reads text, runs nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# An app imports from apps before it in this line, never from one after it.
LINE = ("accounts", "pupils", "colourmaps", "aggregation", "interventions")
COMPOSITION_ROOT = "colourmaps.config"
# An app of its own behind a wall: it stands between colourmaps, in whose folder it lies, and aggregation.
WALLED = "colourmaps.medical"
SCOPING_LIBRARY, ONLY_SCOPED_IN = "django_scopes", PurePosixPath("accounts/tenancy.py")
# A thing that two apps need moves to the left one instead.
ROOMS_FOR_ANYTHING = {"utils", "helpers", "common", "core"}
BESIDE_THE_APPS = {"tests", "benchmarks"}
MODEL_REFERENCE = re.compile(rf"({'|'.join(LINE)})\.[A-Z]\w*")


def faults_of(root: Path) -> list[str]:
    """Every fault of the project, as "file:line: what is wrong"."""
    faults = list(_stray_packages(root))
    for app in LINE:
        for path in sorted((root / app).rglob("*.py")):
            place = PurePosixPath(path.relative_to(root).as_posix())
            faults += faults_in(place, path.read_text(encoding="utf-8"))
    return faults


def faults_in(place: PurePosixPath, source: str) -> list[str]:
    """The faults of one file of an app; place: its path from the root of the project."""
    module = ".".join(place.with_suffix("").parts)
    faults = [
        f"{place}:1: a module named {part} is a room for anything"
        for part in ROOMS_FOR_ANYTHING.intersection(module.split("."))
    ]
    tree = ast.parse(source)
    arrows = {*imports_of(tree, place)}
    if not _is_within(module, COMPOSITION_ROOT):
        arrows |= {*models_named_in(tree)}
    for line, imported in sorted(arrows):
        reason = reason_against(module, imported)
        if reason:
            faults.append(f"{place}:{line}: {reason}")
    return faults


def reason_against(module: str, imported: str) -> str:
    """Why the module may not import the other one; empty if it may."""
    app, other = module.split(".")[0], imported.split(".")[0]
    if other == SCOPING_LIBRARY:
        allowed = module == ".".join(ONLY_SCOPED_IN.with_suffix("").parts)
        return "" if allowed else f"imports {SCOPING_LIBRARY}, which is {ONLY_SCOPED_IN}'s alone"
    if other not in LINE:
        return ""
    if _is_within(imported, COMPOSITION_ROOT):
        return "" if _is_within(module, COMPOSITION_ROOT) else f"imports {imported}, the composition root"
    if _is_within(module, COMPOSITION_ROOT):
        return f"imports {imported}: the composition root names apps only as strings"
    if _rank(imported) > _rank(module):
        return f"imports {imported}: {app} stands to the left of {WALLED if app == other else other}"
    return ""


def _rank(module: str) -> float:
    """How far to the right the module stands."""
    return LINE.index(module.split(".")[0]) + (0.5 if _is_within(module, WALLED) else 0)


def imports_of(tree: ast.Module, place: PurePosixPath) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that the file imports, relative imports made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = list(place.parts[: len(place.parts) - node.level]) if node.level else []
            origin = ".".join(package + ([node.module] if node.module else []))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "__import__"):
            named = [each.value for each in node.args if isinstance(each, ast.Constant)]
            yield from ((node.lineno, name) for name in named if isinstance(name, str))


def models_named_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name) of models that are named as strings, as "pupils.Pupil": an arrow all the same."""
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and MODEL_REFERENCE.fullmatch(node.value):
            yield node.lineno, node.value


def _is_within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _name_of(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _stray_packages(root: Path) -> Iterator[str]:
    for path in sorted(root.iterdir()):
        if path.is_file() and path.suffix == ".py" and path.name != "manage.py":
            yield f"{path.name}:1: stands beside the apps; only manage.py does"
        is_package = path.is_dir() and path.name.isidentifier() and any(path.glob("*.py"))
        if is_package and path.name not in {*LINE, *BESIDE_THE_APPS}:
            yield f"{path.name}:1: is no app of the line {' <- '.join(LINE)}"
