from __future__ import annotations

from aggregation.dashboards.blocks import blocks_of
from aggregation.dashboards.concentration import holders_of
from aggregation.disclosure import Part

from .shown import COUNTED, HIDDEN, pool_of, pooled, school

A, B, C, D = (school(number, name) for number, name in enumerate("ABCD", start=1))


def test_units_of_a_pool_are_one_row_where_the_first_of_them_stood() -> None:
    share = pooled(pool_of(A, C))

    blocks = blocks_of([(A, share), (B, COUNTED), (C, share), (D, COUNTED)], Part.COLOURS)

    assert [[unit.name for unit in block.units] for block in blocks] == [["A", "C"], ["B"], ["D"]]
    assert [block.is_whole for block in blocks] == [True, True, True]


def test_units_that_are_hidden_by_the_same_rule_are_one_row() -> None:
    blocks = blocks_of([(A, HIDDEN), (B, COUNTED), (C, HIDDEN)], Part.MOVEMENT)

    assert [[unit.name for unit in block.units] for block in blocks] == [["A", "C"], ["B"]]


def test_each_part_has_its_own_rows() -> None:
    share = pooled(pool_of(A, C), Part.MOVEMENT)

    assert len(blocks_of([(A, share), (C, share)], Part.COLOURS)) == 2
    assert len(blocks_of([(A, share), (C, share)], Part.MOVEMENT)) == 1


def test_sum_with_units_that_are_not_listed_is_not_theirs_alone() -> None:
    share, with_rest = pooled(pool_of(A, C)), pooled(pool_of(A, C, rest_of=D))

    assert not blocks_of([(A, share)], Part.COLOURS)[0].is_whole
    assert not blocks_of([(A, with_rest), (C, with_rest)], Part.COLOURS)[0].is_whole


def test_who_holds_the_red_is_said_only_of_what_is_shown() -> None:
    together = pooled(pool_of(A, C))

    told = holders_of(blocks_of([(A, together), (B, COUNTED), (C, together)], Part.COLOURS))
    assert told is not None
    assert [(holder.units, holder.red, holder.coloured) for holder in told] == [
        ((1, 3), 5, 40),
        ((2,), 5, 40),
    ]
    assert holders_of(blocks_of([(A, together), (B, COUNTED)], Part.COLOURS)) is None
    assert holders_of(blocks_of([(A, HIDDEN), (B, COUNTED)], Part.COLOURS)) is None
