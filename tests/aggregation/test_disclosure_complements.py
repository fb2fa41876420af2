"""Who is hidden with whom, and an attacker who finds nothing unless a fault is planted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import partial

import pytest

from aggregation.disclosure import (
    Colours,
    Counts,
    Figures,
    Limits,
    Moves,
    Part,
    Rule,
    broken_rule,
    hidden_nodes,
    hidden_parts,
)

from .attack import worked_out
from .towns import ROOT, Town, counts_of, hidden_counts, random_town, summed

LIMITS = Limits()
SAFE = Colours(20, 10, 5)
FEW_RED = Colours(20, 10, 2)
MOVED = Moves(10, 10, 10)


def hidden_of(parents: dict[int, int], leaves: dict[int, Colours]) -> dict[int, Rule]:
    """The hidden nodes of a tree whose lowest nodes have these colours."""
    table = summed(parents, {leaf: Figures(colours, Moves(0, 0, 0), 0) for leaf, colours in leaves.items()})
    counts = {node: figures.colours for node, figures in table.items()}
    return hidden_nodes(counts, parents, partial(broken_rule, limits=LIMITS, part=Part.COLOURS))


def test_nothing_unsafe_is_nothing_hidden() -> None:
    assert hidden_of({1: ROOT, 2: ROOT}, {1: SAFE, 2: SAFE}) == {}


def test_unsafe_node_is_hidden_with_the_smallest_sister_that_makes_it_safe() -> None:
    sisters = {1: FEW_RED, 2: Colours(90, 50, 20), 3: Colours(30, 20, 10), 4: Colours(12, 0, 6)}

    assert hidden_of(dict.fromkeys(sisters, ROOT), sisters) == {
        1: Rule.FEW_OF_A_KIND,
        4: Rule.COMPLEMENT,
    }


def test_what_is_safe_together_needs_no_complement() -> None:
    sisters = {1: FEW_RED, 2: Colours(20, 10, 4), 3: SAFE}

    assert hidden_of(dict.fromkeys(sisters, ROOT), sisters) == dict.fromkeys((1, 2), Rule.FEW_OF_A_KIND)


def test_colour_that_none_of_the_hidden_would_have_takes_another_one_along() -> None:
    """Without a red among 1 and 2, one would know that 1 has none."""
    sisters = {1: Colours(5, 3, 0), 2: Colours(10, 10, 0), 3: SAFE}

    assert hidden_of(dict.fromkeys(sisters, ROOT), sisters)[3] is Rule.COMPLEMENT


def test_only_school_of_an_area_is_hidden_with_the_area_and_with_a_line_of_another_area() -> None:
    area, other, school, small, large = 1, 2, 3, 4, 5
    parents = {area: ROOT, other: ROOT, school: area, small: other, large: other}

    assert hidden_of(parents, {school: FEW_RED, small: SAFE, large: Colours(60, 40, 20)}) == {
        area: Rule.FEW_OF_A_KIND,
        school: Rule.FEW_OF_A_KIND,
        other: Rule.COMPLEMENT,
        small: Rule.COMPLEMENT,
    }


def test_hidden_area_is_hidden_together_with_an_area_that_has_hidden_schools_already() -> None:
    area, other, third = 1, 2, 3
    parents = {area: ROOT, other: ROOT, third: ROOT, 4: area, 5: other, 6: other, 7: other, 8: third}
    leaves = {4: FEW_RED, 5: FEW_RED, 6: SAFE, 7: SAFE, 8: Colours(99, 99, 99)}

    hidden = hidden_of(parents, leaves)

    assert hidden[other] is Rule.COMPLEMENT
    assert not {third, 8} & hidden.keys()


def test_pupils_in_no_unit_of_the_table_are_protected_too() -> None:
    """A class that stands directly under an area is on no page, but would be the area minus its school."""
    area, school = 1, 2
    counts = {ROOT: Colours(40, 20, 12), area: Colours(40, 20, 12), school: Colours(38, 20, 12)}

    hidden = hidden_nodes(
        counts, {area: ROOT, school: area}, partial(broken_rule, limits=LIMITS, part=Part.COLOURS)
    )

    assert hidden == {school: Rule.COMPLEMENT}


def test_hidden_whole_leaves_nothing_to_subtract_from() -> None:
    assert hidden_of({1: ROOT, 2: ROOT}, {1: Colours(20, 10, 0), 2: FEW_RED}) == {
        ROOT: Rule.FEW_OF_A_KIND,
        2: Rule.FEW_OF_A_KIND,
    }


def figures(colours: Colours = SAFE, moves: Moves = MOVED, missing: int = 0) -> Figures:
    return Figures(colours, moves, missing)


def parts_of(*schools: Figures) -> dict[int, dict[Part, Rule]]:
    parents = dict.fromkeys(range(1, len(schools) + 1), ROOT)
    return hidden_parts(summed(parents, dict(enumerate(schools, 1))), parents, LIMITS)


def test_movement_is_hidden_alone_and_with_a_complement() -> None:
    assert parts_of(figures(), figures(moves=Moves(10, 10, 1)), figures(Colours(90, 90, 90))) == {
        1: {Part.MOVEMENT: Rule.COMPLEMENT},
        2: {Part.MOVEMENT: Rule.FEW_OF_A_KIND},
    }


def test_number_due_is_hidden_alone_and_with_a_complement() -> None:
    assert parts_of(figures(missing=9), figures(missing=1), figures(missing=20)) == {
        1: {Part.COVERAGE: Rule.COMPLEMENT},
        2: {Part.COVERAGE: Rule.FEW_MISSING},
    }


def test_where_colours_are_hidden_all_is() -> None:
    hidden = parts_of(figures(FEW_RED), figures(), figures(Colours(90, 90, 90)))

    assert hidden.keys() == {1, 2}
    assert all(parts.keys() == set(Part) for parts in hidden.values())


def found_in(town: Town, hidden: Mapping[int, Mapping[Part, Rule]]) -> dict[tuple[int, str], int]:
    """The counts that are hidden and can be worked out all the same, though not nobody; and a few who are missing."""
    truth = counts_of(town.table)
    blanks = hidden_counts(hidden)
    found = worked_out(town.parents, {each: count for each, count in truth.items() if each not in blanks})
    assert all(truth[each] == count for each, count in found.items() if each in truth)
    return {
        (node, kind): count
        for (node, kind), count in found.items()
        if (node, kind) in blanks and count and (kind != "missing" or count < LIMITS.smallest_count)
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_attacker_works_out_no_hidden_count(seed: int) -> None:
    town = random_town(seed)

    assert found_in(town, hidden_parts(town.table, town.parents, LIMITS)) == {}


@pytest.mark.slow
def test_attacker_works_out_what_a_planted_fault_gives_away() -> None:
    """One complement shown, in every second town at least: the others have more than two hidden there."""
    towns = faults = 0
    for seed in range(40):
        town = random_town(seed)
        hidden = hidden_parts(town.table, town.parents, LIMITS)
        complements = [node for node, parts in hidden.items() if parts.get(Part.COLOURS) is Rule.COMPLEMENT]
        towns += bool(complements)
        faults += any(
            found_in(town, {node: parts for node, parts in hidden.items() if node != shown})
            for shown in complements
        )
    assert towns > 20
    assert faults > towns / 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60, 100))
def test_below_a_shown_node_never_exactly_one_is_hidden(seed: int) -> None:
    town = random_town(seed)
    hidden = hidden_parts(town.table, town.parents, LIMITS)

    for part in Part:
        blanks = [node for node, parts in hidden.items() if part in parts]
        shown_parents = [town.parents.get(node) for node in blanks]
        lonely = [
            node
            for node, parent in zip(blanks, shown_parents, strict=True)
            if parent is not None and parent not in blanks and shown_parents.count(parent) == 1
        ]
        assert lonely == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_no_complement_is_needless(seed: int) -> None:
    """Showing any one of them would let a sum be had that breaks a rule, or lacks a colour that is above it."""
    town = random_town(seed)
    counts = {node: each.colours for node, each in town.table.items()}
    rule_of = partial(broken_rule, limits=LIMITS, part=Part.COLOURS)
    hidden = hidden_nodes(counts, town.parents, rule_of)

    for node, rule in hidden.items():
        if rule is Rule.COMPLEMENT:
            assert any(
                is_harmful(*sums) for sums in differences(town.parents, counts, hidden.keys() - {node})
            )


def differences(
    parents: Mapping[int, int], counts: Mapping[int, Counts], hidden: Set[int]
) -> Iterator[tuple[Counts, Counts]]:
    """Each shown node's counts, and those minus the highest shown nodes below it."""
    for whole in counts.keys() - hidden:
        rest = list(counts[whole])
        for node in counts.keys() - hidden:
            above = parents.get(node)
            while above is not None and above in hidden:
                above = parents.get(above)
            if above == whole:
                rest = [left - count for left, count in zip(rest, counts[node], strict=True)]
        yield counts[whole], tuple(rest)


def is_harmful(whole: Counts, rest: Counts) -> bool:
    lacks = any(there and not left for there, left in zip(whole, rest, strict=True))
    return any(rest) and (lacks or broken_rule(rest, LIMITS, Part.COLOURS) is not None)
