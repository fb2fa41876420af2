"""The names that views read out of addresses and forms, found in the code, and nonsense to put into them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from .import_line import LINE

ROOT = Path(settings.BASE_DIR)
NONSENSE = [
    "",
    "'",
    "-1",
    "0",
    "99999999999999999999999",
    "1e309",
    "NaN",
    "٣",
    "²",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-W01-1",
    "x" * 5000,
    "9" * 5000,
    "\u202e\ud7ff\ufffe",
    "<script>",
    "{{7*7}}",
    "../../etc/passwd",
    "%",
    "[]",
    '{"a":[{}]}',
    "None",
    "true",
    "2026-11-16",
]
# Queries and forms are also called so, where functions hand them on.
ALSO_CALLED = ("query", "asked", "form", "data", "sent", "typed")


@cache
def parameters_read() -> list[str]:
    found = set()
    for app in LINE:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(_names_in(node))
    return sorted(found)


def _names_in(node: ast.AST) -> Iterator[str]:
    """Of `….GET.get("x")`, `….POST.getlist("x")`, `….GET["x"]` and `"x" in ….GET`."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=owner, attr="get" | "getlist"), args=[ast.Constant(value=str(name)), *_]
        ):
            pass
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))):
            pass
        case ast.Compare(left=ast.Constant(value=str(name)), comparators=[owner]):
            pass
        case _:
            return
    if _is_query(owner):
        yield name


def _is_query(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr in ("GET", "POST", "data")) or (
        isinstance(node, ast.Name) and node.id in ALSO_CALLED
    )


def nonsense(turn: int) -> dict[str, str]:
    """Every parameter with a value, in each turn another."""
    return {name: NONSENSE[(k + turn) % len(NONSENSE)] for k, name in enumerate(parameters_read())}
