"""What may follow what; and three years of pupils who come, leave and are corrected, in which nobody can be found."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.disclosure.attack import Displayed, leaks
from aggregation.disclosure.changes import leaks_between
from aggregation.disclosure.partitions import Partition
from aggregation.disclosure.pools import protect
from aggregation.disclosure.rules import Counts, Limits, Part, broken_rule
from aggregation.disclosure.tables import Table
from aggregation.disclosure.versions import Version, may_follow, next_version
from benchmarks.invented_tables import ALL, invented_table

LIMITS = Limits()
TOP = 1
SHOWN = (40, 20, 10)


@pytest.mark.parametrize(
    ("now", "n_changed", "may"),
    [
        ((40, 20, 10), 30, True),
        # One has left; one has been corrected.
        ((39, 20, 10), None, False),
        ((39, 21, 10), 12, False),
        # Eleven have come, and ten: too few of a kind, then too few of all, then all alike.
        ((46, 25, 10), None, True),
        ((46, 24, 10), None, False),
        ((45, 20, 10), None, False),
        ((50, 20, 10), None, False),
        ((50, 20, 10), 14, False),
        ((50, 20, 10), 15, True),
        # Five went from yellow to green: few, unless others changed, too.
        ((45, 15, 10), None, False),
        ((45, 15, 10), 9, False),
        ((45, 15, 10), 10, True),
    ],
)
def test_what_may_follow(now: Counts, n_changed: int | None, may: bool) -> None:
    assert may_follow(SHOWN, now, LIMITS, Part.COLOURS, n_changed=n_changed) is may


def test_new_limits_may_colour_all_at_once() -> None:
    assert may_follow((0, 0, 0, 60), (30, 20, 10, 0), LIMITS, Part.COLOURS)


@pytest.mark.parametrize(("now", "may"), [(7, True), (6, False), (3, False), (12, True)])
def test_of_coverage_only_the_number_matters(now: int, may: bool) -> None:
    assert may_follow((7,), (now,), LIMITS, Part.COVERAGE) is may


counts = st.tuples(*[st.integers(0, 40)] * 3)


@given(counts, counts)
def test_difference_that_may_be_shown_is_of_enough_pupils(before: Counts, now: Counts) -> None:
    if may_follow(before, now, LIMITS, Part.COLOURS) and before != now:
        came = [max(0, new - old) for old, new in zip(before, now, strict=True)]
        gone = [max(0, old - new) for old, new in zip(before, now, strict=True)]
        assert max(sum(came), sum(gone)) >= 10
        assert all(each == 0 or each >= 5 for each in (*came, *gone))


def flat(*schools: Counts) -> Table:
    leaves = {11 + n: {ALL: counts} for n, counts in enumerate(schools)}
    return Table(leaves, {TOP: None} | dict.fromkeys(leaves, TOP), Part.COLOURS)


def first_version(table: Table) -> Version:
    return Version(table, protect(table, LIMITS))


def test_each_block_moves_or_is_held_back_by_itself() -> None:
    last = first_version(flat(SHOWN, SHOWN))
    now = flat((39, 20, 10), (50, 30, 20))

    following = next_version(last, now, LIMITS)

    assert following.table.leaves == {11: {ALL: SHOWN}, 12: {ALL: (50, 30, 20)}}
    assert following.partition == last.partition
    assert [block for block in following.partition if following.is_held_back(block, now)] == [{11}]


def test_pool_is_held_back_if_one_of_its_members_could_subtract_the_own_change() -> None:
    """Together twelve more, of whom one school has ten: it would know the other two."""
    schools = [(40, 20, 2), (30, 20, 9), (30, 20, 8)]
    last = first_version(flat(*schools))

    held = next_version(last, flat((41, 21, 2), (35, 25, 9), schools[2]), LIMITS)
    moved = next_version(last, flat((46, 26, 2), (36, 26, 9), schools[2]), LIMITS)

    assert last.partition.pools == [{11, 12, 13}]
    assert held.table.leaves == last.table.leaves
    assert moved.table.leaves[11] == {ALL: (46, 26, 2)}


def test_what_has_become_unsafe_keeps_its_old_figures() -> None:
    last = first_version(flat(SHOWN, SHOWN))

    assert next_version(last, flat((46, 26, 4), SHOWN), LIMITS).table.leaves[11] == {ALL: SHOWN}


def test_schools_that_have_become_unsafe_are_joined_if_each_has_changed_much() -> None:
    last = first_version(flat(*[(40, 20, 0)] * 4))
    now = flat(*[(60, 30, 3)] * 3, (40, 20, 0))

    following = next_version(last, now, LIMITS)

    assert following.partition == Partition.of([[11, 12, 13], [14]])
    assert following.table.leaves == now.leaves
    # The third has not changed: whoever takes it for unchanged would know the other two.
    still = next_version(last, flat(*[(60, 30, 3)] * 2, *[(40, 20, 0)] * 2), LIMITS)
    assert still == Version(last.table, last.partition)


def test_schools_that_have_only_changed_too_little_are_not_joined() -> None:
    last = first_version(flat(*[SHOWN] * 3))

    assert next_version(last, flat(*[(55, 30, 13)] * 3), LIMITS) == last


def test_figures_of_an_earlier_version_are_not_come_near_either() -> None:
    """A wrong file and its undoing: what is left of it is the one who has left meanwhile."""
    first = first_version(flat(SHOWN, SHOWN))
    wrong = next_version(first, flat((50, 30, 20), SHOWN), LIMITS)
    now = flat((39, 20, 10), SHOWN)

    assert wrong.table.leaves[11] == {ALL: (50, 30, 20)}
    assert next_version(wrong, now, LIMITS).table.leaves[11] == {ALL: (39, 20, 10)}
    assert next_version(wrong, now, LIMITS, earlier=[first]).table.leaves[11] == {ALL: (50, 30, 20)}


def test_school_that_is_new_in_the_table_is_held_back_at_nothing_until_it_is_safe() -> None:
    last = first_version(flat(SHOWN, SHOWN))

    few = next_version(last, flat(SHOWN, SHOWN, (20, 10, 3)), LIMITS)
    enough = next_version(last, flat(SHOWN, SHOWN, (20, 10, 5)), LIMITS)

    assert few.table.leaves[13] == {ALL: (0, 0, 0)}
    assert enough.table.leaves[13] == {ALL: (20, 10, 5)}


def test_split_follows_the_partition_of_all() -> None:
    last = first_version(flat(SHOWN, SHOWN, SHOWN))

    following = next_version(
        last, flat(SHOWN, SHOWN, SHOWN), LIMITS, coarser_than=Partition.of([[11, 12, 13]])
    )

    assert following.partition == Partition.of([[11, 12, 13]])


# Three years of months.
N_MONTHS = 36


@pytest.mark.slow
def test_no_pupil_is_found_in_three_years_of_versions() -> None:
    assert sum(map(n_moved_in_three_years, range(3))) > 0


def n_moved_in_three_years(seed: int) -> int:
    """How often a block gets new figures; every version is attacked with all before it."""
    town = _Town(seed)
    versions = [first_version(town.table())]
    n_moved = 0
    for _month in range(N_MONTHS):
        town.lives_on()
        *earlier, last = versions
        following = next_version(last, town.table(), LIMITS, earlier=earlier)
        shown, before = _displayed(following), [_displayed(version) for version in versions]
        assert following.partition.is_coarsening_of(last.partition)
        assert [leak for former in before for leak in leaks_between(former, shown, LIMITS)] == []
        assert leaks([shown], LIMITS, before=before) == []
        n_moved += sum(following.is_held_back(block, last.table) for block in following.partition)
        versions.append(following)
    return n_moved


def test_every_pupil_who_leaves_is_found_where_versions_are_shown_as_they_are() -> None:
    """The fault, with the guard off."""
    town = _Town(0)
    found = 0
    for _pupil in range(20):
        before = town.table()
        partition = protect(before, LIMITS)
        town.pupils.pop(town.dice.randrange(len(town.pupils)))
        after = town.table()
        old, new = (_displayed(Version(table, partition)) for table in (before, after))
        found += bool(leaks_between(old, new, LIMITS, insiders=False))
    assert found == 20


class _Town:
    """Pupils by school and colour, and now and then one who comes, leaves, moves or is corrected; or a whole file."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 – dice, not secrets
        self.empty = invented_table(seed, 3_000)
        self.pupils = [
            (school, colour)
            for school, slices in self.empty.leaves.items()
            for colour, count in enumerate(slices[ALL])
            for _n in range(count)
        ]

    def table(self) -> Table:
        counted = Counter(self.pupils)
        leaves = {
            school: {ALL: tuple(counted[school, colour] for colour in range(4))}
            for school in self.empty.leaves
        }
        return replace(self.empty, leaves=leaves)

    def lives_on(self) -> None:
        schools = list(self.empty.leaves)
        for _n in range(self.dice.choice([1, 2, 10, 40])):
            place = self.dice.randrange(len(self.pupils))
            school, colour = self.pupils[place]
            event = self.dice.choice(["comes", "leaves", "moves", "is corrected"])
            if event == "comes":
                self.pupils.append((self.dice.choice(schools), self.a_colour()))
            elif event == "leaves":
                self.pupils.pop(place)
            elif event == "moves":
                self.pupils[place] = self.dice.choice(schools), colour
            else:
                self.pupils[place] = school, self.a_colour()
        if self.dice.random() < 0.3:
            again = self.dice.choice(schools)
            self.pupils = [
                (each, self.a_colour() if each == again else colour) for each, colour in self.pupils
            ]

    def a_colour(self) -> int:
        return self.dice.choices(range(3), [6, 3, 1.5])[0]


def _displayed(version: Version) -> Displayed:
    table, partition = version.table, version.partition
    return Displayed(table.shown_sums(partition), table.leaves, table.part, partition.hidden)


def test_town_has_schools_that_need_protection() -> None:
    leaves = _Town(0).table().leaves

    assert any(broken_rule(slices[ALL], LIMITS, Part.COLOURS) for slices in leaves.values())
