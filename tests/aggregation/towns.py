"""Small municipalities at random: a tree down to the schools, and the figures of one indicator in one round."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.disclosure import Colours, Figures, Moves

ROOT = 0


@dataclass(frozen=True)
class Town:
    """parents: each node to the one above; table: the true figures of every node."""

    parents: dict[int, int]
    table: dict[int, Figures]


def random_town(seed: int) -> Town:
    """1–3 administrations of 1–3 areas of 1–5 schools, and now and then a school without an area."""
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    parents: dict[int, int] = {}

    def place(parent: int) -> int:
        parents[len(parents) + 1] = parent
        return len(parents)

    schools = []
    for _administration in range(dice.randint(1, 3)):
        administration = place(ROOT)
        for _area in range(dice.randint(1, 3)):
            area = place(administration)
            schools += [place(area) for _school in range(dice.randint(1, 5))]
        if dice.random() < 0.3:
            schools.append(place(administration))
    chances = [dice.uniform(0.3, 3), 1, dice.uniform(0.05, 0.6)]
    table = summed(parents, {school: random_figures(dice, chances) for school in schools})
    return Town(parents, table)


def random_figures(dice: random.Random, chances: list[float]) -> Figures:
    measured = dice.choice([0, dice.randint(1, 9), dice.randint(10, 60), dice.randint(30, 200)])
    uncoloured = dice.choice([0, 0, 0, measured // 4, measured])
    colours = dice.choices("gyr", chances, k=measured - uncoloured)
    moves = dice.choices("usd", [1, 2, 0.5], k=dice.randint(measured // 2, measured))
    return Figures(
        Colours(colours.count("g"), colours.count("y"), colours.count("r"), uncoloured),
        Moves(moves.count("u"), moves.count("s"), moves.count("d")),
        missing=dice.choice([0, 0, dice.randint(1, 4), dice.randint(5, 30)]),
    )


def summed(parents: Mapping[int, int], leaves: Mapping[int, Figures]) -> dict[int, Figures]:
    """The figures of every node, from those of the lowest."""
    table = dict(leaves)
    for leaf, figures in leaves.items():
        node: int | None = parents.get(leaf)
        while node is not None:
            table[node] = _sum(table[node], figures) if node in table else figures
            node = parents.get(node)
    return table


def _sum(first: Figures, second: Figures) -> Figures:
    return Figures(
        Colours(*map(sum, zip(first.colours, second.colours, strict=True))),
        Moves(*map(sum, zip(first.moves, second.moves, strict=True))),
        first.missing + second.missing,
    )


def counts_of(table: Mapping[int, Figures]) -> dict[tuple[int, str], int]:
    """Every count of every node, by node and kind."""
    return {
        (node, kind): count
        for node, figures in table.items()
        for kind, count in {
            **figures.colours._asdict(),
            **figures.moves._asdict(),
            "missing": figures.missing,
        }.items()
    }
