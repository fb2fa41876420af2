"""Which rows are about the same pupil, and which of their results contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colourmaps.importing.columns import BLANK
from colourmaps.importing.extraction import Extraction, ValueColumn
from colourmaps.importing.same_pupil import NOBODY, RepeatedResults, are_repeated, first_rows


@dataclass(frozen=True)
class Row:
    """A match, as far as it says whom the row is about."""

    keys: tuple[object, ...]


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ([("a",), ("b",), ("a",)], [0, 1, 0]),
        ([(), ("a",), ()], [NOBODY, 0 + 1, NOBODY]),
        ([("a",), ("b",), ("a", "b")], [0, 0, 0]),
        ([("a",), ("b",), ("c",), ("b", "c"), ("a", "c")], [0, 0, 0, 0, 0]),
        ([], []),
    ],
)
def test_rows_that_share_a_key_are_about_one_pupil(keys: list[tuple[str, ...]], first: list[int]) -> None:
    assert first_rows([Row(of_row) for of_row in keys]).tolist() == first  # type: ignore[misc]  # has keys


def test_only_rows_that_are_not_alone_are_repeated() -> None:
    pupil_of = np.array([0, NOBODY, 2, 0, NOBODY])
    assert are_repeated(pupil_of).tolist() == [True, False, False, True, False]


CELLS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([None, 1, 2]), st.sampled_from([None, 1, 2])), max_size=9
)


@given(CELLS)
def test_conflicts_are_those_that_comparing_every_two_rows_finds(
    rows: list[tuple[int, int | None, int | None]],
) -> None:
    """rows: the pupil and two values, None for an empty cell."""
    pupil_of = first_rows([Row((pupil,)) for pupil, *_ in rows])  # type: ignore[misc]  # has keys
    columns = [_column(f"I{at}", [row[at + 1] for row in rows]) for at in range(2)]

    repeated = RepeatedResults.of(Extraction([], columns), pupil_of)

    own = np.arange(len(repeated.key))
    found = {
        (int(repeated.row[at]), int(repeated.column[at])) for at in np.flatnonzero(repeated.other != own)
    }
    assert found == {
        (at, number - 1)
        for at, row in enumerate(rows)
        for number in (1, 2)
        if row[number] is not None
        and any(other[0] == row[0] and other[number] not in (None, row[number]) for other in rows)
    }
    for at in own.tolist():
        other = repeated.other[at]
        assert repeated.key[other] == repeated.key[at]
        assert (other == at) == (repeated.value[other] == repeated.value[at])
        assert repeated.row[repeated.first[at]] <= repeated.row[at]


def _column(indicator: str, values: list[int | None]) -> ValueColumn:
    return ValueColumn(
        indicator,
        "HT 2026",
        np.array([value or 0 for value in values], dtype=np.int32),
        np.array([BLANK if value is None else 0 for value in values], dtype=np.int8),
        {},
    )
