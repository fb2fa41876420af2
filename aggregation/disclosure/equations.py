"""Equations over counts that are whole and not negative: which are known at once, and which hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Member = TypeVar("Member", bound=Hashable)
# A count, by its number.
Unknown = int


def remainders(sets: Iterable[frozenset[Member]]) -> list[tuple[frozenset[Member], list[frozenset[Member]]]]:
    """What is left of each set without those contained in it, and which those are: the largest, if they do not overlap.

    Sets of which nothing is left say nothing new and are left out.
    """
    left: list[tuple[frozenset[Member], list[frozenset[Member]]]] = []
    wholes = sorted(set(sets), key=len)
    # Those that have a member, the smaller ones first: only they can be contained in what has it.
    places_of: dict[Member, list[int]] = defaultdict(list)
    for place, whole in enumerate(wholes):
        rest = whole
        taken: list[frozenset[Member]] = []
        for smaller in sorted({each for member in whole for each in places_of[member]}, reverse=True):
            part = wholes[smaller]
            if part <= rest:
                rest, taken = rest - part, [*taken, part]
        for member in whole:
            places_of[member].append(place)
        if rest:
            left.append((rest, taken))
    return left


@dataclass
class Equations:
    """Sums of factor x unknown, each equal to a number. n_unknowns: they are numbered from 0.

    known: those that follow from one equation after the other.
    """

    n_unknowns: int
    rows: list[tuple[dict[Unknown, int], int]] = field(default_factory=list)
    known: dict[Unknown, int] = field(default_factory=dict)

    def add(self, factors: Mapping[Unknown, int], number: int) -> None:
        self.rows.append((dict(factors), number))

    def substitute(self) -> None:
        """Works out what has but one possible value by itself, and takes it out of the rows."""
        rows_with: dict[Unknown, list[int]] = defaultdict(list)
        for place, (factors, _number) in enumerate(self.rows):
            for unknown in factors:
                rows_with[unknown].append(place)
        waiting = list(range(len(self.rows)))
        while waiting:
            place = waiting.pop()
            factors, number = self._without_known(*self.rows[place])
            self.rows[place] = factors, number
            found = _evident(factors, number)
            self.known |= found
            waiting += [other for unknown in found for other in rows_with[unknown]]
        self.rows = [row for row in self.rows if row[0]]

    def _without_known(self, factors: dict[Unknown, int], number: int) -> tuple[dict[Unknown, int], int]:
        number -= sum(factor * self.known[each] for each, factor in factors.items() if each in self.known)
        return {each: factor for each, factor in factors.items() if each not in self.known}, number

    def components(self) -> list[Equations]:
        """The rows that hang together, each lot with its own rows; unknowns keep their numbers."""
        first_of = list(range(self.n_unknowns))

        def find(unknown: Unknown) -> Unknown:
            while first_of[unknown] != unknown:
                first_of[unknown] = first_of[first_of[unknown]]
                unknown = first_of[unknown]
            return unknown

        for factors, _number in self.rows:
            first, *others = factors
            for other in others:
                first_of[find(other)] = find(first)
        components: dict[Unknown, Equations] = {}
        for factors, number in self.rows:
            component = components.setdefault(find(next(iter(factors))), Equations(self.n_unknowns))
            component.add(factors, number)
        return list(components.values())

    @property
    def unknowns(self) -> Sequence[Unknown]:
        return sorted({unknown for factors, _number in self.rows for unknown in factors})


def _evident(factors: Mapping[Unknown, int], number: int) -> dict[Unknown, int]:
    """What one equation tells by itself: a single unknown, or that a sum of nothing is of nothing."""
    if len(factors) == 1:
        [(unknown, factor)] = factors.items()
        return {unknown: number // factor}
    if number == 0 and factors and (min(factors.values()) > 0 or max(factors.values()) < 0):
        return dict.fromkeys(factors, 0)
    return {}
