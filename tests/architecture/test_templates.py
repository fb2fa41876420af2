"""Templates: each is used and compiles, and none holds script or style of its own (the policy forbids it)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from .import_line import LINE

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
# Django shows these by their names.
OF_DJANGO = {"400.html", "403.html", "404.html", "500.html"}
TEMPLATE_TAG = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"'#]+)""")
FORBIDDEN = {
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "script without src": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.I),
    "event attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.I),
    "script address": re.compile(r"""=\s*["']?\s*javascript:""", re.I),
    "foreign address": re.compile(r"""<(?:script|link|img|iframe)\b[^>]*=\s*["']?(?:https?:)?//""", re.I),
}


def patterns_in_python() -> Iterator[str]:
    """Regular expressions of the template names that the code mentions; an f-string's holes may be anything."""
    for path in (path for app in LINE for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"\w*"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value.split("#")[0])


def names_in_templates() -> Iterator[tuple[str, str]]:
    """(template, template that it includes or extends)."""
    for name in NAMES:
        for mentioned in TEMPLATE_TAG.findall((TEMPLATES / name).read_text(encoding="utf-8")):
            yield name, mentioned


@pytest.mark.slow
def test_every_template_is_used() -> None:
    by_code = [re.compile(pattern) for pattern in {*patterns_in_python()} if pattern.endswith("html")]
    by_templates = {mentioned for name, mentioned in names_in_templates() if mentioned != name}

    unused = [
        name
        for name in NAMES
        if name not in OF_DJANGO | by_templates and not any(pattern.fullmatch(name) for pattern in by_code)
    ]

    assert unused == []


def test_every_template_that_is_mentioned_exists() -> None:
    missing = [(name, mentioned) for name, mentioned in names_in_templates() if mentioned not in NAMES]

    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    assert get_template(name).template.name == name


@pytest.mark.parametrize("name", NAMES)
def test_template_holds_no_script_or_style(name: str) -> None:
    assert faults_in((TEMPLATES / name).read_text(encoding="utf-8")) == []


def faults_in(source: str) -> list[str]:
    return [
        f"line {source.count(chr(10), 0, found.start()) + 1}: {fault}"
        for fault, pattern in FORBIDDEN.items()
        for found in pattern.finditer(source)
    ]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<p>\n<style>a{}</style>", "line 2: style element"),
        ('<p class="a" style="color:red">', "line 1: style attribute"),
        ("<script>alert(1)</script>", "line 1: script without src"),
        ('<script type="module">', "line 1: script without src"),
        ('<a href="#"\n onclick="go()">', "line 1: event attribute"),
        ('<div hx-on:click="go()">', "line 1: event attribute"),
        ('<a href="javascript:go()">', "line 1: script address"),
        ('<link rel="stylesheet" href="https://cdn.example/a.css">', "line 1: foreign address"),
    ],
)
def test_planted_fault_is_found(source: str, fault: str) -> None:
    assert faults_in(source) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        """<script src="{% static 'js/grid.js' %}" defer></script>""",
        '<link rel="stylesheet" href="/static/css/base.css">',
        '<a class="button" data-once="1" href="https://example.org/">',
    ],
)
def test_what_is_allowed_is_no_fault(source: str) -> None:
    assert faults_in(source) == []
