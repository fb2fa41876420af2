"""Rows about the same pupil: a sheet per subject, a row per test, a row that somebody has copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .extraction import Extraction
from .mapping import header_key
from .match import Home, Match, NewPupil

NOBODY = -1

Rows = NDArray[np.int32]
"""Of each row of the extraction the first row about the same pupil, NOBODY for a row about nobody."""


def first_rows(matches: Sequence[Match]) -> Rows:
    """Rows that share a key are about the same pupil, and so are those that a third one connects."""
    first = list(range(len(matches)))
    row_of_key: dict[object, int] = {}

    def root(at: int) -> int:
        while first[at] != at:
            at = first[at]
        return at

    for at, match in enumerate(matches):
        roots = {root(row_of_key.setdefault(key, at)) for key in match.keys}
        for of_key in roots:
            low, high = sorted((root(at), root(of_key)))
            first[high] = low
    return np.array([root(at) if match.keys else NOBODY for at, match in enumerate(matches)], dtype=np.int32)


def are_repeated(pupil_of: Rows) -> NDArray[np.bool_]:
    """Which rows are not the only one about their pupil."""
    counts = np.bincount(pupil_of[pupil_of != NOBODY], minlength=1)
    return (pupil_of != NOBODY) & (counts[np.maximum(pupil_of, 0)] > 1)


def said_together(matches: Iterable[Match]) -> Match:
    """What the rows about one pupil say of the pupil, each filling the gaps of those before it."""
    first, *others = matches
    for other in others:
        if first.new and other.new:
            first = replace(first, new=_filled(first.new, other.new))
        elif first.home is None and other.home:
            first = replace(first, home=other.home)
    return first


def _filled(pupil: NewPupil, other: NewPupil) -> NewPupil:
    return replace(
        pupil,
        keys=tuple(dict.fromkeys(pupil.keys + other.keys)),
        identity_number=pupil.identity_number or other.identity_number,
        own_id=pupil.own_id or other.own_id,
        family_name=pupil.family_name or other.family_name,
        given_name=pupil.given_name or other.given_name,
        sex=pupil.sex or other.sex,
        protection=pupil.protection or other.protection,
    )


def to_register(match: Match) -> dict[str, object]:
    """What a row would write into the register, as far as two rows can contradict each other in it."""
    home = match.new.home if match.new else match.home
    said: dict[str, object] = {"home": _home_key(home)} if home else {}
    if match.new:
        said |= {
            "identity_number": match.new.identity_number,
            "own_id": match.new.own_id,
            "family_name": header_key(match.new.family_name),
            "given_name": header_key(match.new.given_name),
            "sex": match.new.sex,
        }
    return {name: value for name, value in said.items() if value}


def _home_key(home: Home) -> tuple[str, str, int]:
    return header_key(home.school), header_key(home.school_class), home.year_group


@dataclass(frozen=True)
class RepeatedResults:
    """Results of rows that are not the only ones about their pupil, flat: one item per result.

    key: equal for the same pupil, indicator and round. row, column: places in the extraction. value: hundredths and
    mark in one number. Sorted by key, then row.
    """

    key: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.int64]

    @classmethod
    def of(cls, extraction: Extraction, pupil_of: Rows) -> RepeatedResults:
        is_repeated = are_repeated(pupil_of)
        number_of: dict[tuple[str, str], int] = defaultdict(lambda: len(number_of))
        parts: list[NDArray[np.int64]] = []
        if is_repeated.any():
            for at, column in enumerate(extraction.columns):
                row = np.flatnonzero(is_repeated & column.has_result)
                number = number_of[column.indicator, header_key(column.round)]
                value = column.hundredths[row].astype(np.int64) * 8 + column.marks[row]
                parts.append(
                    np.array([number * len(pupil_of) + pupil_of[row], row, np.full(len(row), at), value])
                )
        flat = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0), dtype=np.int64)
        return cls(*flat[:, np.lexsort((flat[1], flat[0]))])

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """The place of the first result with the same key."""
        _, first_at, group = np.unique(self.key, return_index=True, return_inverse=True)
        return first_at[group]

    @cached_property
    def other(self) -> NDArray[np.intp]:
        """The place of a result with the same key and another value; its own place if there is none."""
        own = np.arange(len(self.key))
        differs = self.value != self.value[self.first]
        # Backwards, so that of several the first one stays.
        different = np.flatnonzero(differs)[::-1]
        of_key = own.copy()
        of_key[self.first[different]] = different
        return np.where(
            differs, self.first, np.where(of_key[self.first] != self.first, of_key[self.first], own)
        )
