"""The answer of a follow-up, as it is frozen: FollowUp.answer is its plain form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from .comparison import Scope
from .effect import Choice, Effect, Estimate, Moments, Reason, Verdict
from .effect.moments import Changes, Spread, Within

# Red, yellow and green at the start (rows) and at the follow-up.
Moves = list[list[int]]


@dataclass(frozen=True)
class Answer:
    """What came of an intervention in a round.

    effect: in the indicator's own unit. moments: what it is computed from, so that several can be added up; None across
    a break of the series. scope: with whom they were compared. moves: counts of the pupils measured both times.
    n_population, n_moved: whom it is for, and those of them who have moved to another school since.
    schools: how many of the treated, by id of the school. classes: ids of the classes of those who were compared with.
    break_in_words: why the values cannot be compared, or empty.
    """

    effect: Effect
    moments: Moments | None = None
    scope: Scope = Scope.MUNICIPALITY
    choice: Choice = Choice.BY_JUDGEMENT
    moves: Moves = field(default_factory=lambda: [[0] * 3 for _colour in range(3)])
    n_population: int = 0
    n_moved: int = 0
    schools: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[int, ...] = ()
    break_in_words: str = ""

    def to_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def answer_from(plain: Mapping[str, Any]) -> Answer:
    """What `to_plain` made."""
    moments = plain["moments"]
    return Answer(
        **dict(plain)
        | {
            "effect": _effect_from(plain["effect"]),
            "moments": None if moments is None else moments_from(moments),
            "scope": Scope(plain["scope"]),
            "choice": Choice(plain["choice"]),
            "classes": tuple(plain["classes"]),
        }
    )


def _effect_from(plain: Mapping[str, Any]) -> Effect:
    values: dict[str, Any] = {
        name: Estimate(**value) if isinstance(value, dict) else value for name, value in plain.items()
    }
    return Effect(**values | {"verdict": Verdict(plain["verdict"]), "reason": Reason(plain["reason"])})


def moments_from(plain: Mapping[str, Any]) -> Moments:
    return Moments(
        changes=Changes(**plain["changes"]),
        n_comparison=plain["n_comparison"],
        spread=Spread(**plain["spread"]),
        alike=_within_from(plain["alike"]),
        as_they_are=_within_from(plain["as_they_are"]),
    )


def _within_from(plain: Mapping[str, Any]) -> Within:
    values: dict[str, Any] = {
        name: np.array(value) if isinstance(value, list) else value for name, value in plain.items()
    }
    return Within(**values | {"changes": Changes(**plain["changes"])})


def _plain(value: Any) -> Any:
    """As JSON has it: arrays and tuples as lists, enums as words, numbers as Python's own."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
