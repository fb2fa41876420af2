"""Which counts are hidden from those who see no pupils, and by which rule. Pure: no database.

Defaults follow Swedish school statistics (N34): a base under 10, and a colour that 1–4 pupils have, are not shown. Nor
is a group that is all of one colour: it would tell about each of its members.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


class Rule(Enum):
    """Why a node's counts are hidden."""

    FEW_PUPILS = "few pupils"
    FEW_OF_A_COLOUR = "few of a colour"
    ONE_COLOUR = "all of one colour"
    # Shown, it would let a sister's hidden counts be had by subtraction from the total above.
    COMPLEMENT = "complement"


@dataclass(frozen=True)
class Limits:
    """smallest_base: pupils that a figure must rest on; smallest_count: pupils of a colour, unless there are none."""

    smallest_base: int = 10
    smallest_count: int = 5


@dataclass(frozen=True)
class ColourCounts:
    green: int
    yellow: int
    red: int

    @property
    def base(self) -> int:
        return self.green + self.yellow + self.red


def broken_rule(counts: ColourCounts, limits: Limits) -> Rule | None:
    """The first rule that the counts break by themselves; None if they may be shown. Nobody at all is no secret."""
    colours = (counts.green, counts.yellow, counts.red)
    if counts.base == 0:
        return None
    if counts.base < limits.smallest_base:
        return Rule.FEW_PUPILS
    if any(0 < count < limits.smallest_count for count in colours):
        return Rule.FEW_OF_A_COLOUR
    if counts.base in colours:
        return Rule.ONE_COLOUR
    return None


def hidden_nodes(sisters: Mapping[Node, ColourCounts], limits: Limits) -> dict[Node, Rule]:
    """Which of the nodes under one shown total are hidden.

    Never exactly one: its counts would be the total minus the others. The smallest that may be shown is then hidden
    with it, so that what is hidden together may be shown together.
    """
    hidden = {node: rule for node, counts in sisters.items() if (rule := broken_rule(counts, limits))}
    shown = sorted(
        (node for node in sisters if node not in hidden and sisters[node].base), key=lambda n: sisters[n].base
    )
    while hidden and shown and not _is_safe_together([sisters[node] for node in hidden], limits):
        hidden[shown.pop(0)] = Rule.COMPLEMENT
    return hidden


def _is_safe_together(pool: list[ColourCounts], limits: Limits) -> bool:
    total = ColourCounts(
        sum(counts.green for counts in pool),
        sum(counts.yellow for counts in pool),
        sum(counts.red for counts in pool),
    )
    return len(pool) > 1 and broken_rule(total, limits) is None
