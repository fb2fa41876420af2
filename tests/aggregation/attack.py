"""Somebody who has read every page and does sums: which of the hidden counts can be worked out exactly?

Shares no code with aggregation/disclosure. Linear algebra in fractions, then whole numbers that cannot be negative.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

# (node, kind), for example (17, "red").
Unknown = tuple[int, str]
# Sum of factor x unknown, equal to the number.
Equation = tuple[dict[Unknown, Fraction], Fraction]

WHOLES = {
    "measured": ("green", "yellow", "red", "uncoloured"),
    "paired": ("up", "still", "down"),
    "due": ("measured", "missing"),
}
KINDS = tuple(dict.fromkeys([*WHOLES, *(part for parts in WHOLES.values() for part in parts)]))


def worked_out(
    parents: Mapping[int, int],
    shown: Mapping[Unknown, int],
    bounds: Mapping[Unknown, tuple[int, float]] | None = None,
    pools: Mapping[int, Collection[int]] | None = None,
) -> dict[Unknown, int]:
    """What is not shown and has but one possible value.

    parents: the tree, each node to the one above. shown: counts that are known, by node and kind; zero is one, too.
    bounds: what is known besides, lowest and highest. pools: further nodes, each the sum of several others.
    """
    nodes = {*parents, *parents.values(), *(node for node, _kind in shown)}
    sums = [*_sums(parents, nodes), *_sums_of_pools(pools or {})]
    equations = [_insert(factors, shown) for factors in sums]
    solved = _eliminate(equations)
    ranges = _narrow([*equations, *solved], dict(bounds or {}))
    return {unknown: int(low) for unknown, (low, high) in ranges.items() if low == high}


def _sums(parents: Mapping[int, int], nodes: Iterable[int]) -> Iterable[dict[Unknown, Fraction]]:
    """All that adds up to nothing: a node minus those below it, a whole minus its parts."""
    children = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    for node in nodes:
        for whole, parts in WHOLES.items():
            yield {(node, whole): Fraction(1)} | {(node, part): Fraction(-1) for part in parts}
        if children[node]:
            for kind in KINDS:
                yield {(node, kind): Fraction(1)} | {(child, kind): Fraction(-1) for child in children[node]}


def _sums_of_pools(pools: Mapping[int, Collection[int]]) -> Iterable[dict[Unknown, Fraction]]:
    for pool, members in pools.items():
        for kind in KINDS:
            yield {(pool, kind): Fraction(1)} | {(member, kind): Fraction(-1) for member in members}


def _insert(factors: dict[Unknown, Fraction], shown: Mapping[Unknown, int]) -> Equation:
    number = -sum((factor * shown[each] for each, factor in factors.items() if each in shown), Fraction(0))
    return {each: factor for each, factor in factors.items() if each not in shown}, number


def _eliminate(equations: Iterable[Equation]) -> list[Equation]:
    """Gauss and Jordan: each pivot stands in one equation only."""
    solved: dict[Unknown, Equation] = {}
    for equation in equations:
        factors, number = equation
        for pivot in [each for each in factors if each in solved]:
            factors, number = _subtract((factors, number), factors[pivot], solved[pivot])
        if not factors:
            assert number == 0, "what is shown contradicts itself"
            continue
        pivot, factor = next(iter(factors.items()))
        fresh = ({each: value / factor for each, value in factors.items()}, number / factor)
        for other, known in solved.items():
            if pivot in known[0]:
                solved[other] = _subtract(known, known[0][pivot], fresh)
        solved[pivot] = fresh
    return list(solved.values())


def _subtract(equation: Equation, times: Fraction, other: Equation) -> Equation:
    factors = dict(equation[0])
    for each, factor in other[0].items():
        factors[each] = factors.get(each, Fraction(0)) - times * factor
    return {each: factor for each, factor in factors.items() if factor}, equation[1] - times * other[1]


def _narrow(
    equations: Iterable[Equation], ranges: dict[Unknown, tuple[float, float]]
) -> dict[Unknown, tuple[float, float]]:
    """Lowest and highest whole number of each unknown, from what the others leave, until nothing narrows."""
    equations = [equation for equation in equations if equation[0]]
    for factors, _number in equations:
        for each in factors:
            ranges.setdefault(each, (0, math.inf))
    is_narrower = True
    while is_narrower:
        is_narrower = False
        for factors, number in equations:
            for each, factor in factors.items():
                narrowed = _narrowed(each, factor, factors, number, ranges)
                if narrowed != ranges[each]:
                    ranges[each], is_narrower = narrowed, True
    return ranges


def _narrowed(
    each: Unknown,
    factor: Fraction,
    factors: Mapping[Unknown, Fraction],
    number: Fraction,
    ranges: Mapping[Unknown, tuple[float, float]],
) -> tuple[float, float]:
    """factor x each = number - the others: the ends of the right side give the ends of the unknown."""
    lowest = highest = float(number)
    for other, weight in factors.items():
        if other != each:
            ends = [float(weight) * end if end else 0 for end in ranges[other]]
            lowest, highest = lowest - max(ends), highest - min(ends)
    ends = sorted((lowest / float(factor), highest / float(factor)))
    low, high = ranges[each]
    low = max(low, ends[0] if ends[0] == -math.inf else math.ceil(ends[0] - 1e-6))
    high = min(high, ends[1] if ends[1] == math.inf else math.floor(ends[1] + 1e-6))
    assert low <= high, "what is shown contradicts itself"
    return low, high
