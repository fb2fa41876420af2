"""No statement is put together from anybody's words: its parts are names of our own, its values are parameters.

bandit and ruff know only that a text with "select" in it has holes. Here stands what may be in them: constants, and
the local names that somebody has followed to where they come from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from .import_line import LINE

ROOT = Path(settings.BASE_DIR)
STATEMENT = re.compile(
    r"\b(select\s.*\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|create\s+(temporary|index)|set\s+local)\b",
    re.I | re.S,
)
# Each is made of columns and tables of our own in the same module; ids become numbered places for parameters.
EXAMINED = {
    "accounts/audit.py": {"len"},
    "accounts/municipality_file/reading.py": {
        *"connection key model names places quote sequence str table".split(),
    },
    "accounts/statements.py": {"limit"},
    "aggregation/erased_counts.py": {"added", "where"},
    "aggregation/history.py": {"homes"},
    "aggregation/leaves.py": {
        *"_parts _pupils _rows _tables classes ids_in members pairs scope self trait".split(),
    },
    "aggregation/rollup.py": {"columns", "name", "value", "where"},
    "colourmaps/grid/results.py": {"_newest_only", "places", "pupil_ids"},
    "colourmaps/queries.py": {"is_broken"},
    "colourmaps/services/recording.py": {"_has_other_day", "_is_changed", "carried", "written"},
    "colourmaps/services/removing.py": {"carried"},
    "colourmaps/services/rewriting.py": {"carried", "same", "stamp"},
    "colourmaps/services/stamping.py": {"columns", "former", "stamps"},
    "colourmaps/services/undoing.py": {"differs"},
    "colourmaps/staging.py": {"definition", "places", "table"},
    "interventions/demo/tables.py": {"column", "table"},
}


def local_names(text: ast.JoinedStr) -> set[str]:
    """Names in the holes of a text that are neither constants nor bound inside the hole itself."""
    holes = [part for part in text.values if isinstance(part, ast.FormattedValue)]
    nodes = [node for hole in holes for node in ast.walk(hole)]
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return {name for name in used - bound if not name.lstrip("_")[:1].isupper()}


def statements_in(source: str) -> Iterator[ast.JoinedStr]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            said = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
            if STATEMENT.search(said):
                yield node


def sources() -> Iterator[tuple[str, str]]:
    for app in LINE:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_parts_of_statements_are_constants_or_have_been_examined() -> None:
    strange = {
        (name, line.lineno, local)
        for name, source in sources()
        for line in statements_in(source)
        for local in local_names(line) - EXAMINED.get(name, set())
    }

    assert strange == set()


def test_what_has_been_examined_is_still_there() -> None:
    found = {
        name: set().union(*map(local_names, statements_in(source)))
        for name, source in sources()
        if name in EXAMINED
    }

    assert {name: EXAMINED[name] - found[name] for name in EXAMINED if EXAMINED[name] - found[name]} == {}


def test_words_of_a_request_in_a_statement_would_be_found() -> None:
    source = "cursor.execute(f\"select * from {TABLE} where name = '{request.GET[word]}'\")"

    (statement,) = statements_in(source)

    assert local_names(statement) == {"request", "word"}


def test_no_view_and_no_form_writes_statements() -> None:
    """Pages ask queries and services."""
    pages = [
        name
        for name, source in sources()
        if re.search(r"(^|/)(views?|forms)(/|\.py)", name) and "cursor.execute(f" in source
    ]

    assert pages == []
