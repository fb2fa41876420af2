import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.steps import in_steps


@pytest.mark.parametrize(
    ("counts", "steps"),
    [
        ((), []),
        ((0, 0, 0), [0, 0, 0]),
        ((20, 0, 0), [100, 0, 0]),
        ((50, 30, 20), [50, 30, 20]),
        # 6.7 and 93.3 per cent; 2.5 goes up; 1 of 1,000 is not nobody, and 999 are not all.
        ((1, 14), [5, 95]),
        ((1, 39), [5, 95]),
        ((1, 999), [5, 95]),
        ((1, 1, 1), [35, 35, 35]),
    ],
)
def test_shares_in_steps(counts: tuple[int, ...], steps: list[int]) -> None:
    assert in_steps(counts) == steps


@given(st.lists(st.integers(0, 500), min_size=1, max_size=4).filter(any))
def test_step_is_near_the_share_and_nobody_is_zero(counts: list[int]) -> None:
    for count, step in zip(counts, in_steps(counts), strict=True):
        share = 100 * count / sum(counts)
        assert step % 5 == 0
        assert (step == 0, step == 100) == (count == 0, count == sum(counts))
        assert abs(step - share) <= (2.5 if 2.5 <= share <= 97.5 else 5)
