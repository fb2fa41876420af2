"""Limits at their edges, and their floors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.disclosure.rules import Counts, Limits, Part, Rule, broken_rule

LIMITS = Limits()


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        ((0, 0, 0), None),
        ((5, 5, 0), None),
        ((5, 0, 4), Rule.FEW_PUPILS),
        ((1, 0, 0), Rule.FEW_PUPILS),
        ((20, 10, 5), None),
        ((20, 10, 4), Rule.FEW_OF_A_KIND),
        ((20, 1, 5), Rule.FEW_OF_A_KIND),
        ((20, 10, 0), None),
        ((0, 0, 30), Rule.ALL_OF_A_KIND),
        ((30, 0, 0), Rule.ALL_OF_A_KIND),
        # Without limits: nobody's colour is told, but how many were measured is.
        ((0, 0, 0, 40), None),
        ((0, 0, 0, 9), Rule.FEW_PUPILS),
        ((20, 10, 5, 3), Rule.FEW_OF_A_KIND),
        ((5, 0, 0, 40), Rule.FEW_PUPILS),
        ((20, 0, 0, 40), Rule.ALL_OF_A_KIND),
        ((20, 10, 5, 5), None),
    ],
)
def test_rule_that_counts_break(counts: Counts, rule: Rule | None) -> None:
    assert broken_rule(counts, LIMITS, Part.COLOURS) is rule


def test_stricter_limits_hide_more() -> None:
    assert broken_rule((9, 8, 7), Limits(smallest_base=25), Part.COLOURS) is Rule.FEW_PUPILS
    assert broken_rule((9, 8, 7), Limits(smallest_count=8), Part.COLOURS) is Rule.FEW_OF_A_KIND


@pytest.mark.parametrize(
    ("missing", "rule"), [(0, None), (1, Rule.FEW_MISSING), (4, Rule.FEW_MISSING), (5, None)]
)
def test_rule_of_coverage(missing: int, rule: Rule | None) -> None:
    assert broken_rule((missing,), LIMITS, Part.COVERAGE) is rule


safe_counts = st.tuples(*[st.integers(0, 30)] * 4).filter(
    lambda counts: broken_rule(counts, LIMITS, Part.COLOURS) is None
)


@given(safe_counts, safe_counts)
def test_sum_of_what_may_be_shown_may_be_shown(first: Counts, second: Counts) -> None:
    assert broken_rule(tuple(map(sum, zip(first, second, strict=True))), LIMITS, Part.COLOURS) is None


@pytest.mark.parametrize("below", [{"smallest_base": 9}, {"smallest_count": 4}, {"narrowest": 2}])
def test_limits_below_the_floors_are_refused(below: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="below the floors"):
        Limits(**below)


def test_movement_has_the_rules_of_colours() -> None:
    assert broken_rule((9, 9, 4), LIMITS, Part.MOVEMENT) is Rule.FEW_OF_A_KIND
    assert broken_rule((0, 12, 0), LIMITS, Part.MOVEMENT) is Rule.ALL_OF_A_KIND
