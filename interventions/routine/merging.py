"""Which classes of a table of cases are told apart to those who see no pupils, so that no few can be made out. Pure.

A table counts cases by one dimension: where they come from, what came of them. It is told for a unit and for a time. So
the same cases are told of the municipality, of its areas, of autumn and of the whole year, and what is told of one can
be taken from the other. It is safe because

- each class of each table holds as many pupils as the smallest count, or none, and the whole as many as the base; also
  without any one place, whose own people know its own pupils, and for each term alone, since whoever read the page
  before a term takes that from what it says afterwards;
- all units beside each other are told in the same classes, or none of them is: what one hides follows from the others;
- classes are only joined, never parted again, from the whole down to its parts and from one term to the next: whatever
  can be worked out is a sum of classes that are told.

Tables of different dimensions tell no more: margins of five and more leave every crossing open from none to five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..early_effort import Limits

Group = tuple[str, ...]
Partition = tuple[Group, ...]
# The pupils of the cases, by class and by place: the id of a school, or of a unit above the schools.
Table = Mapping[str, Mapping[int, frozenset[int]]]


@dataclass(frozen=True)
class Told:
    """partition: the classes that are told apart. n_terms: of how many of the year's terms, from the first."""

    partition: Partition
    n_terms: int


def is_safe(group: Group, table: Table, least: int) -> bool:
    """Whether the pupils of a group of classes are so many or none, also without any one place."""
    by_place: dict[int, set[int]] = {}
    for each in group:
        for place, pupils in table.get(each, {}).items():
            by_place.setdefault(place, set()).update(pupils)
    wholes = [set().union(*by_place.values())]
    for without in by_place:
        wholes.append(set().union(*(pupils for place, pupils in by_place.items() if place != without)))
    return all(not pupils or len(pupils) >= least for pupils in wholes)


def merged(
    partition: Partition, tables: Sequence[Table], limits: Limits, *, is_ordered: bool
) -> Partition | None:
    """The partition with as few joined as are needed for every table at once; None where not even the whole is safe.

    is_ordered: classes have an order, and are only joined to their neighbours.
    """
    whole = tuple(each for group in partition for each in group)
    if not all(is_safe(whole, table, limits.smallest_base) for table in tables):
        return None
    groups = list(partition)
    while True:
        unsafe = [
            group
            for group in groups
            if not all(is_safe(group, table, limits.smallest_count) for table in tables)
        ]
        if not unsafe:
            return tuple(groups)
        if len(groups) == 1:
            return None
        _join(groups, min(unsafe, key=lambda group: _n_pupils(group, tables)), tables, is_ordered=is_ordered)


def _join(groups: list[Group], group: Group, tables: Sequence[Table], *, is_ordered: bool) -> None:
    """Joins a group with the smallest of those that it can be joined with, and with what lies between, if they have an
    order. One that is empty is joined only where no other is left: it adds nobody."""
    at = groups.index(group)
    sizes = {n: _n_pupils(each, tables) for n, each in enumerate(groups) if n != at}
    filled = [n for n, size in sizes.items() if size] or list(sizes)
    if is_ordered:
        below, above = [n for n in filled if n < at], [n for n in filled if n > at]
        filled = [*below[-1:], *above[:1]]
    other = min(filled, key=lambda n: (sizes[n], n))
    first, last = sorted((at, other))
    between = range(first, last + 1) if is_ordered else (first, last)
    joined = tuple(each for n in between for each in groups[n])
    for n in reversed(between):
        del groups[n]
    groups.insert(first, joined)


def _n_pupils(group: Group, tables: Sequence[Table]) -> int:
    return sum(len(pupils) for table in tables for each in group for pupils in table.get(each, {}).values())


def coarser(partition: Partition, other: Partition) -> Partition:
    """The finest partition of which both are refinements, in the order of the first."""
    found: list[set[str]] = []
    for group in (*partition, *other):
        joined = set(group)
        for each in [each for each in found if each & joined]:
            joined |= each
            found.remove(each)
        found.append(joined)
    order = [each for group in partition for each in group]
    groups = [tuple(each for each in order if each in group) for group in found]
    return tuple(sorted(groups, key=lambda group: order.index(group[0])))


def told_at(
    levels: Sequence[Sequence[Sequence[Table]]],
    classes: Iterable[str],
    limits: Limits,
    *,
    is_ordered: bool,
) -> list[Told | None]:
    """What may be told at each level, None where nothing may.

    levels: from the municipality down; each with the tables of the unit and of all its siblings, and each of these with
    one table per term of the year that is over, from the first.
    """
    finest: Partition = tuple((each,) for each in classes)
    told: list[Told | None] = [None] * len(levels)
    n_terms = max((len(terms) for siblings in levels for terms in siblings), default=0)
    for upto in range(1, n_terms + 1):
        above: Partition | None = finest
        for at, siblings in enumerate(levels):
            before = told[at]
            if above is not None:
                start = coarser(above, before.partition) if before else above
                tables = [table for terms in siblings for table in _to_tell(terms, upto)]
                above = merged(start, tables, limits, is_ordered=is_ordered)
            if above is not None:
                told[at] = Told(above, upto)
    return told


def _to_tell(terms: Sequence[Table], upto: int) -> list[Table]:
    """What can be worked out once so many terms are told: all of them together, and the last by itself."""
    return [added_up(terms[:upto]), terms[upto - 1]] if upto > 1 else [terms[0]]


def added_up(tables: Iterable[Table]) -> Table:
    found: dict[str, dict[int, frozenset[int]]] = {}
    for table in tables:
        for each, by_place in table.items():
            here = found.setdefault(each, {})
            for place, pupils in by_place.items():
                here[place] = here.get(place, frozenset()) | pupils
    return found
