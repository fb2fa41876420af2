"""What a benchmark found, as a table and as JSON: the figure, the floor of the same run, their ratio, the goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A measured figure.

    floor: the same work in its barest form, measured in the same run; what travels between machines is the ratio.
    most, least, most_ratio, least_ratio: the goals; None where there is none.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    most: float | None = None
    most_ratio: float | None = None
    least_ratio: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether every goal is met; None where there is none."""
        goals = []
        if self.most is not None:
            goals.append(self.value <= self.most)
        if self.least is not None:
            goals.append(self.value >= self.least)
        if self.most_ratio is not None and self.ratio is not None:
            goals.append(self.ratio <= self.most_ratio)
        if self.least_ratio is not None and self.ratio is not None:
            goals.append(self.ratio >= self.least_ratio)
        return all(goals) if goals else None

    @property
    def goal(self) -> str:
        parts = []
        if self.most is not None:
            parts.append(f"at most {self.most:g} {self.unit}")
        if self.least is not None:
            parts.append(f"at least {self.least:g} {self.unit}")
        if self.most_ratio is not None:
            parts.append(f"at most {self.most_ratio:g} x")
        if self.least_ratio is not None:
            parts.append(f"at least {self.least_ratio:g} x")
        return ", ".join(parts)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "floor": self.floor,
            "ratio": self.ratio,
            "goal": self.goal,
            "met": self.is_met,
        }


@dataclass
class Report:
    """The figures of one benchmark. size: what it was measured on, in words."""

    benchmark: str
    database: str
    size: str
    figures: list[Figure] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "benchmark": self.benchmark,
            "database": self.database,
            "size": self.size,
            "figures": [figure.to_json() for figure in self.figures],
        }

    def lines(self) -> list[str]:
        head = ("", "figure", "floor", "ratio", "goal")
        rows = [head, *(_cells(figure) for figure in self.figures)]
        widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
        title = f"{self.benchmark} on {self.database}: {self.size}"
        return [title, *(_line(row, widths) for row in rows)]


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    missed = " – missed" if figure.is_met is False else ""
    return (
        figure.name,
        f"{_number(figure.value)} {figure.unit}".strip(),
        f"{_number(figure.floor)} {figure.unit}".strip() if figure.floor is not None else "",
        f"{figure.ratio:.2f} x" if figure.ratio is not None else "",
        figure.goal + missed,
    )


def _number(value: float) -> str:
    """Three figures are enough: the next run differs in the third."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _line(cells: Iterable[str], widths: list[int]) -> str:
    name, *numbers, goal = zip(cells, widths, strict=True)
    return (
        "  "
        + "  ".join(
            [name[0].ljust(name[1]), *(text.rjust(width) for text, width in numbers), goal[0]]
        ).rstrip()
    )
