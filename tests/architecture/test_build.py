"""What a build does besides: unsafe calls are looked for, and it is written down what it is made of."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.M)


def tool(name: str) -> str:
    """The environment of the tools, beside the one that runs the tests."""
    for folder in (ROOT / ".venv-ci" / "bin", Path(sys.executable).parent):
        if (folder / name).exists():
            return str(folder / name)
    pytest.skip(f"{name} is not installed (requirements-dev.lock)")


@pytest.mark.slow
def test_bill_of_materials_is_of_the_lock_file(tmp_path: Path) -> None:
    """The very command of `.ci/run`; no network is asked, and the same bytes come each time."""
    bills = []
    for name in ("first.json", "second.json"):
        subprocess.run(
            [
                *(tool("cyclonedx-py"), "requirements", "requirements.lock"),
                *("--pyproject", "pyproject.toml", "--output-reproducible", "-o", str(tmp_path / name)),
            ],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        bills.append((tmp_path / name).read_bytes())

    listed = {(each["name"], each["version"]) for each in json.loads(bills[0])["components"]}
    assert listed == set(PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert len(listed) > 40
    assert bills[0] == bills[1]


def test_ci_looks_for_unsafe_calls_and_writes_the_bill() -> None:
    code = CI.split("\ncode() {")[1].split("\n}")[0]

    assert "bandit" in code
    assert "bill_of_materials" in code
    assert "--output-reproducible" in CI


def test_every_exception_of_bandit_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[tool.bandit]")[1].split("\n[")[0]
    skipped = tomllib.loads(text)["tool"]["bandit"]["skips"]

    assert len(skipped) <= 10
    for kind in skipped:
        (place,) = [n for n, line in enumerate(section.splitlines()) if f'"{kind}"' in line]
        lines = section.splitlines()
        assert "#" in lines[place] or lines[place - 1].lstrip().startswith("#"), kind


@pytest.mark.slow
def test_bandit_finds_an_unsafe_call(tmp_path: Path) -> None:
    (tmp_path / "unsafe.py").write_text("import pickle\npickle.loads(b'')\neval('1')\n", encoding="utf-8")

    done = subprocess.run(
        [tool("bandit"), "-q", "-c", "pyproject.toml", "-r", str(tmp_path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "B301" in done.stdout
