"""Somebody who has read everything that a role may read, and does sums: what of the hidden is known after all?

Shares no code with the protection. Everything displayed is a linear equation over the hidden counts; they are whole and
not negative; how many pupils each unit has measured, in each slice, is taken to be known. First what is contained in
what is subtracted (equations.py), then linear programs look for the lowest and highest possible value of each harmful
count (programs.py): for a reader from outside, and for each one who knows one unit exactly.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from .equations import Equations, remainders
from .programs import Problem, find_ranges
from .rules import N_TELLING, Counts, Limits, Part, Rule

FloatArray = npt.NDArray[np.float64]
Leaf = int
Slice = int
# None: this kind is not displayed.
Shown = Sequence[int | None]


# What has been found in the counts that hang together, by everything that it depends on.
Memory = dict[Hashable, list["Leak"]]


@dataclass(frozen=True)
class Displayed:
    """A table as a role may read it.

    sums: everything displayed, units and pools alike, by the leaves that it is the sum of; by slice. truth: the counts
    of each leaf that are behind it, by slice. part: what the counts are of. hidden: leaves that are shown only together
    with others, or not at all: not even their harmless counts may be known for certain.
    """

    sums: Mapping[frozenset[Leaf], Mapping[Slice, Shown]]
    truth: Mapping[Leaf, Mapping[Slice, Counts]]
    part: Part
    hidden: frozenset[Leaf] = frozenset()

    @cached_property
    def slices(self) -> frozenset[Slice]:
        return frozenset(slice_ for slices in self.truth.values() for slice_ in slices)

    @cached_property
    def n_kinds(self) -> int:
        return max((len(counts) for slices in self.truth.values() for counts in slices.values()), default=0)

    def rows(self) -> Iterator[tuple[frozenset[Leaf], Slice, Shown]]:
        for leaves, slices in self.sums.items():
            for slice_, counts in slices.items():
                yield leaves, slice_, counts

    def sum(self, leaves: frozenset[Leaf], slice_: Slice) -> list[int]:
        """The counts that are behind the leaves together, by kind."""
        slices = (self.truth.get(leaf, {}) for leaf in leaves)
        behind = [each[slice_] for each in slices if slice_ in each]
        return [sum(counts[kind] for counts in behind) for kind in range(self.n_kinds)]

    def is_true(self, leaves: frozenset[Leaf], slice_: Slice, shown: Shown) -> bool:
        """Whether counts are those of the leaves, as far as they are displayed."""
        counts = self.sum(leaves, slice_)
        return all(count in (None, true) for count, true in zip(shown, counts, strict=True))


@dataclass(frozen=True)
class Leak:
    """What may not be known, and is: the count can only lie between lowest and highest.

    leaves: of which it is the sum, mostly one. known_by: the leaf whose counts one must know exactly, None for
    everybody. rule: what the count breaks.
    """

    leaves: frozenset[Leaf]
    slice: Slice
    kind: int
    lowest: int
    highest: int
    rule: Rule
    known_by: Leaf | None = None

    def __str__(self) -> str:
        units = ", ".join(map(str, sorted(self.leaves)))
        values = f"{self.lowest}" if self.lowest == self.highest else f"{self.lowest}–{self.highest}"
        reader = "everybody" if self.known_by is None else f"whoever knows the counts of unit {self.known_by}"
        return (
            f"{reader} can work out that kind {self.kind} of unit {units} in slice {self.slice} is {values} "
            f"({self.rule.value})"
        )


def leaks(
    tables: Sequence[Displayed],
    limits: Limits,
    *,
    before: Sequence[Displayed] = (),
    insiders: bool = True,
    memory: Memory | None = None,
) -> list[Leak]:
    """Which harmful hidden counts can be worked out, exactly or to less than the narrowest interval.

    tables: those of one indicator, round and part that the same readers see; the first is of all pupils, each other of
    a split, whose slices together are all pupils. before: what was shown in earlier versions of these tables, taken as
    unchanged where it is. insiders: also for each leaf, whose counts its own people know exactly. memory: of what has
    been worked out before, for who attacks nearly the same tables several times; filled in.
    Raises ValueError if a displayed sum is not the sum of the counts behind it.
    """
    memory = {} if memory is None else memory
    found = _leaks(tables, limits, before, insiders, memory)
    own = tables[0].slices if tables else frozenset()
    if all(leak.slice in own for leak in found):
        return found
    # What is known of a split anyway, from the sums of all pupils and the sizes, is not told by showing it.
    unshown = [tables[0], *(replace(table, sums={}) for table in tables[1:])]
    anyway = set(_leaks(unshown, limits, [each for each in before if each.slices <= own], insiders, memory))
    return [leak for leak in found if leak.slice in own or leak not in anyway]


def _leaks(
    tables: Sequence[Displayed],
    limits: Limits,
    before: Sequence[Displayed],
    insiders: bool,
    memory: Memory,
) -> list[Leak]:
    attack = _Attack(tables, limits, before, memory)
    return [*attack.evident(), *attack.worked_out(insiders)]


@dataclass(frozen=True)
class _Count:
    """One count of one leaf, hidden or not. rule: why it may not be known, None if it may.

    highest: that it can be, for a reader who knows only the size. wanted: how wide its interval must be.
    """

    table: int
    leaf: Leaf
    slice: Slice
    kind: int
    truth: int
    highest: float
    rule: Rule | None
    wanted: int


@dataclass(frozen=True)
class _Attack:
    tables: Sequence[Displayed]
    limits: Limits
    before: Sequence[Displayed]
    memory: Memory

    @cached_property
    def counts(self) -> list[_Count]:
        """Of leaves that are known to have nobody in a slice, none."""
        return [
            count
            for place, table in enumerate(self.tables)
            for leaf, slices in table.truth.items()
            for slice_, counts in slices.items()
            for count in self.counts_of(place, leaf, slice_, counts)
        ]

    def counts_of(self, place: int, leaf: Leaf, slice_: Slice, counts: Counts) -> Iterator[_Count]:
        table = self.tables[place]
        size = math.inf if table.part is Part.COVERAGE else sum(counts)
        if not size:
            return
        for kind, (count, rule) in enumerate(zip(counts, harm(counts, self.limits, table.part), strict=True)):
            wanted = min(self.limits.narrowest, size) if rule else 0
            if rule is None and leaf in table.hidden and kind < N_TELLING and table.part is not Part.COVERAGE:
                rule, wanted = Rule.POOLED_WITH_UNSAFE, 1
            yield _Count(place, leaf, slice_, kind, count, size, rule, int(wanted))

    @cached_property
    def number_of(self) -> dict[tuple[int, Leaf, Slice, int], int]:
        return {(each.table, each.leaf, each.slice, each.kind): n for n, each in enumerate(self.counts)}

    @cached_property
    def wholes(self) -> dict[tuple[Leaf, int], int]:
        """The counts of all pupils, by leaf and kind."""
        return {(each.leaf, each.kind): n for n, each in enumerate(self.counts) if not each.table}

    @cached_property
    def totals(self) -> dict[tuple[int, Slice, int], int]:
        """Of all leaves together, by table, slice and kind."""
        totals: dict[tuple[int, Slice, int], int] = defaultdict(int)
        for count in self.counts:
            totals[count.table, count.slice, count.kind] += count.truth
        return totals

    @cached_property
    def equations(self) -> Equations:
        equations = Equations(len(self.counts))
        for factors, number in (*self.displayed(), *self.sizes(), *self.links()):
            if sum(factor * self.counts[each].truth for each, factor in factors.items()) != number:
                raise ValueError("what is displayed is not the sum of what is behind it")
            equations.add(factors, number)
        equations.substitute()
        return equations

    def displayed(self) -> Iterator[tuple[dict[int, int], int]]:
        # Mostly the same for all kinds and slices.
        told_apart: dict[frozenset[frozenset[Leaf]], list[tuple[frozenset[Leaf], list[frozenset[Leaf]]]]] = {}
        for place, table in enumerate(self.tables):
            for (slice_, kind), values in self.values_of(table).items():
                shown = frozenset(values)
                if shown not in told_apart:
                    told_apart[shown] = remainders(values)
                for rest, parts in told_apart[shown]:
                    number = values[rest.union(*parts)] - sum(values[part] for part in parts)
                    keys = ((place, leaf, slice_, kind) for leaf in rest)
                    yield {self.number_of[key]: 1 for key in keys if key in self.number_of}, number

    def values_of(self, table: Displayed) -> dict[tuple[Slice, int], dict[frozenset[Leaf], int]]:
        """By slice and kind, what is known of which leaves together: as displayed now, and before if it is still so."""
        values: dict[tuple[Slice, int], dict[frozenset[Leaf], int]] = defaultdict(dict)
        for leaves, slice_, counts in table.rows():
            for kind, count in enumerate(counts):
                if count is not None:
                    values[slice_, kind][leaves] = count
        for former in self.before:
            for leaves, slice_, counts in former.rows():
                if slice_ in table.slices and table.is_true(leaves, slice_, counts):
                    for kind, count in enumerate(counts):
                        if count is not None:
                            values[slice_, kind].setdefault(leaves, count)
        return values

    def sizes(self) -> Iterator[tuple[dict[int, int], int]]:
        by_size: dict[tuple[int, Leaf, Slice], dict[int, int]] = defaultdict(dict)
        for number, count in enumerate(self.counts):
            if count.highest < math.inf:
                by_size[count.table, count.leaf, count.slice][number] = 1
        for factors in by_size.values():
            yield factors, int(self.counts[next(iter(factors))].highest)

    def links(self) -> Iterator[tuple[dict[int, int], int]]:
        """All pupils minus the slices of a split, where they are shown as of the same day."""
        parts: dict[tuple[int, Leaf, int], dict[int, int]] = defaultdict(dict)
        for number, count in enumerate(self.counts):
            if count.table:
                parts[count.table, count.leaf, count.kind][number] = -1
        for (_table, leaf, kind), factors in parts.items():
            whole = self.wholes.get((leaf, kind))
            sum_of_parts = sum(self.counts[number].truth for number in factors)
            if whole is not None and self.counts[whole].truth == sum_of_parts:
                yield {whole: 1, **factors}, 0

    def wanted(self, count: _Count, reader: Leaf | None) -> int:
        """How wide the interval of a count must be for a reader.

        Not the own; not nothing where there is none elsewhere either; and no wider than it is without the table, if the
        counts of all pupils of the leaf are known.
        """
        own = (
            self.number_of.get((count.table, reader, count.slice, count.kind)) if reader is not None else None
        )
        elsewhere = self.totals[count.table, count.slice, count.kind]
        if count.leaf == reader or elsewhere == (0 if own is None else self.counts[own].truth):
            return 0
        whole = self.wholes.get((count.leaf, count.kind))
        if not count.table or whole not in self.equations.known:
            return count.wanted
        of_all = self.counts[whole]
        highest = min(count.highest, of_all.truth)
        lowest = max(0, of_all.truth - (of_all.highest - count.highest))
        return min(count.wanted, int(highest - lowest))

    def evident(self) -> Iterator[Leak]:
        """What is displayed itself, or follows from one equation after the other."""
        for number in self.equations.known:
            count = self.counts[number]
            if self.wanted(count, None):
                yield _leak(count, (count.truth, count.truth), None)

    def worked_out(self, insiders: bool) -> Iterator[Leak]:
        problems: list[tuple[Problem, Sequence[int], Leaf | None]] = []
        fresh: list[list[Leak]] = []
        remembered: list[Leak] = []
        for component in self.equations.components():
            numbers = component.unknowns
            seen = self.as_remembered(component, numbers, insiders)
            if seen in self.memory:
                remembered += self.memory[seen]
                continue
            self.memory[seen] = []
            leaves = sorted({self.counts[number].leaf for number in numbers}) if insiders else []
            system = self.system(component, numbers)
            for reader in (None, *leaves):
                problems.append((self.problem(system, numbers, reader), numbers, reader))
                fresh.append(self.memory[seen])
        find_ranges([problem for problem, _numbers, _reader in problems])
        for (problem, numbers, reader), found in zip(problems, fresh, strict=True):
            for place in problem.open:
                found.append(_leak(self.counts[numbers[place]], problem.ranges[place], reader))
                yield found[-1]
        yield from remembered

    def as_remembered(self, component: Equations, numbers: Sequence[int], insiders: bool) -> Hashable:
        """Everything that the ranges of a component's counts depend on."""
        counts = [self.counts[number] for number in numbers]
        place_of = {number: place for place, number in enumerate(numbers)}
        rows = frozenset(
            (frozenset((place_of[each], factor) for each, factor in factors.items()), number)
            for factors, number in component.rows
        )
        return insiders, rows, tuple((count, self.wanted(count, None)) for count in counts)

    def system(self, component: Equations, numbers: Sequence[int]) -> tuple[csr_array, FloatArray]:
        place_of = {number: place for place, number in enumerate(numbers)}
        entries = [
            (row, place_of[number], factor)
            for row, (factors, _number) in enumerate(component.rows)
            for number, factor in factors.items()
        ]
        rows, columns, factors = np.array(entries).T
        shape = (len(component.rows), len(numbers))
        matrix = csr_array((factors.astype(float), (rows, columns)), shape=shape)
        return matrix, np.array([number for _factors, number in component.rows], float)

    def problem(
        self, system: tuple[csr_array, FloatArray], numbers: Sequence[int], reader: Leaf | None
    ) -> Problem:
        counts = [self.counts[number] for number in numbers]
        truth = np.array([count.truth for count in counts], float)
        is_own = np.array([count.leaf == reader for count in counts])
        return Problem(
            *system,
            lowest=np.where(is_own, truth, 0),
            highest=np.where(is_own, truth, [count.highest for count in counts]),
            truth=truth,
            wanted={
                place: width for place, count in enumerate(counts) if (width := self.wanted(count, reader))
            },
        )


def _leak(count: _Count, ends: tuple[int, int], reader: Leaf | None) -> Leak:
    rule = count.rule or Rule.POOLED_WITH_UNSAFE
    return Leak(frozenset({count.leaf}), count.slice, count.kind, *ends, rule, reader)


def harm(counts: Counts, limits: Limits, part: Part) -> list[Rule | None]:
    """Of each count of a leaf and slice, what it breaks if it becomes known."""
    few = [0 < count < limits.smallest_count for count in counts]
    if part is Part.COVERAGE:
        return [Rule.FEW_MISSING if is_few else None for is_few in few]
    judged = sum(counts[:N_TELLING])
    is_small = 0 < sum(counts) < limits.smallest_base or 0 < judged < limits.smallest_base
    rules: list[Rule | None] = []
    for kind, count in enumerate(counts):
        if is_small and (count or kind < N_TELLING):
            rules.append(Rule.FEW_PUPILS)
        elif few[kind]:
            rules.append(Rule.FEW_OF_A_KIND)
        else:
            rules.append(Rule.ALL_OF_A_KIND if kind < N_TELLING and 0 < count == judged else None)
    return rules
