"""The benchmarks, tiny: each runs through, tells its figures and what they are to be compared with."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from benchmarks.figures import Figure, Report

ROOT = Path(__file__).resolve().parents[2]
TINY = ("--pupils", "12", "--indicators", "2", "--results", "120", "--repeat", "1")


def bench(*arguments: str) -> str:
    """What the command prints, run as its users run it: it makes and drops a database of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev"}
    command = [sys.executable, "manage.py", "bench", *arguments, *TINY]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, dict[str, Any]]]:
    """By benchmark and name of the figure, as --json tells them."""
    told = json.loads(bench("--json"))
    return {report["benchmark"]: {figure["name"]: figure for figure in report["figures"]} for report in told}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("benchmark", "name"),
    [
        ("class-map", "time per page"),
        ("import", "file to committed rows"),
        ("roll-up", "full rebuild"),
        ("roll-up", "pandas, against the full rebuild"),
    ],
)
def test_main_figure_comes_with_its_floor_and_ratio(
    reports: dict[str, dict[str, dict[str, Any]]], benchmark: str, name: str
) -> None:
    figure = reports[benchmark][name]
    assert figure["value"] > 0
    assert figure["floor"] > 0
    assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor"])
    assert figure["goal"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("benchmark", "name"),
    [
        ("protection", "leaks, from outside"),
        ("protection", "leaks, by a school"),
        ("protection", "… not found"),
        ("class-map", "queries"),
        ("class-map", "queries, class of 5"),
        ("import", "… rows written"),
        ("roll-up", "… sums touched per indicator and slice"),
    ],
)
def test_goals_that_hold_on_every_machine_are_met(
    reports: dict[str, dict[str, dict[str, Any]]], benchmark: str, name: str
) -> None:
    assert reports[benchmark][name]["met"]


@pytest.mark.slow
def test_table_names_size_figures_floor_and_ratio() -> None:
    lines = bench("class-map").splitlines()
    assert "12 pupils x 2 indicators" in lines[0]
    assert lines[1].split() == ["figure", "floor", "ratio", "goal"]
    assert " x" in next(line for line in lines if line.startswith("  time per page"))


def test_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(CommandError, match="only class-map, import, protection, roll-up"):
        call_command("bench", "speed")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="here they would run, for minutes")
@pytest.mark.parametrize("name", ["fairness", "faults"])
def test_benchmark_that_starts_servers_needs_postgresql(name: str) -> None:
    with pytest.raises(CommandError, match=f"“{name}” needs PostgreSQL"):
        call_command("bench", name)


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [
        (Figure("time", 5, "s", floor=2, most_ratio=2.5), True),
        (Figure("time", 5.1, "s", floor=2, most_ratio=2.5), False),
        (Figure("time", 5, "s", floor=2, most=4, most_ratio=2.5), False),
        (Figure("pandas", 10, "s", floor=2, least_ratio=5), True),
        (Figure("pandas", 9, "s", floor=2, least_ratio=5), False),
        (Figure("queries", 10, "", most=10), True),
        (Figure("found", 60, "%", least=60), True),
        (Figure("covered", 92, "%", least=93, most=97), False),
        (Figure("covered", 98, "%", least=93, most=97), False),
        (Figure("time", 5, "s", floor=2), None),
    ],
)
def test_figure_is_met_when_all_its_goals_are(figure: Figure, is_met: bool | None) -> None:
    assert figure.is_met is is_met


def test_goal_on_both_sides_is_said_in_the_table() -> None:
    report = Report("effect", "no database", "small", [Figure("covered", 95, "%", least=93, most=97)])
    assert report.lines()[-1].split() == "covered 95 % at most 97 %, at least 93 %".split()


@pytest.mark.slow
def test_figures_of_a_benchmark_have_names_of_their_own() -> None:
    [report] = json.loads(bench("effect", "--json"))
    names = [figure["name"] for figure in report["figures"]]
    assert sorted(names) == sorted(set(names))


@pytest.mark.slow
def test_effect_is_measured_against_the_goals(reports: dict[str, dict[str, dict[str, Any]]]) -> None:
    figures = reports["effect"].values()
    assert {figure["goal"] for figure in figures} >= {
        "at least 50 %",
        "at most 5 %",
        "at least 60 %",
        "at most 97 %, at least 93 %",
    }


def test_missed_goal_is_said_in_the_table() -> None:
    report = Report("import", "SQLite", "small", [Figure("time", 3, "s", floor=1, most_ratio=2.5)])
    assert report.lines()[-1].split() == "time 3 s 1 s 3.00 x at most 2.5 x – missed".split()
