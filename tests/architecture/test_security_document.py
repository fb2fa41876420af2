"""docs/security.md has every line of both lists, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
WAITS = ("**waits**",)
ROWS = {
    cells[0].strip(): line
    for line in DOCUMENT.splitlines()
    if line.startswith("| ") and re.fullmatch(r"I?\d+", (cells := line.strip("| ").split("|"))[0].strip())
}


@cache
def names_of(path: str) -> frozenset[str]:
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def missing_in(text: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in TEST.findall(text)
        if not (ROOT / path).exists() or (name and name not in names_of(path))
    ]


def test_every_line_of_both_lists_is_there() -> None:
    assert set(ROWS) == {f"I{n}" for n in range(1, 19)} | {str(n) for n in range(1, 43)}


@pytest.mark.parametrize("line", sorted(ROWS))
def test_line_names_a_test_or_says_that_it_waits(line: str) -> None:
    assert TEST.findall(ROWS[line]) or any(words in ROWS[line] for words in WAITS)


def test_every_test_that_is_named_exists() -> None:
    assert missing_in(DOCUMENT) == []
    assert len(TEST.findall(DOCUMENT)) > 80


def test_a_test_that_is_gone_would_be_found() -> None:
    assert missing_in("`tests/architecture/test_files.py::test_of_nothing` and `tests/no/test_file.py`") == [
        "tests/architecture/test_files.py::test_of_nothing",
        "tests/no/test_file.py::",
    ]
