"""Reorganisation by date: units move, become one, are divided, end and get new codes; what was, stays as it was.

`plan_…` says what an act would do, or raises Refused; `effect_of` says it in numbers; the verbs do it.
"""

from .acts import close_unit, create_unit, give_code, merge_units, move_unit, rename_unit, split_unit
from .kinds import KINDS, ActKind
from .plan import Effect, FormerPlace, NewUnit, Plan, Refused, effect_of
from .planning import (
    plan_addition,
    plan_closing,
    plan_code,
    plan_merge,
    plan_move,
    plan_renaming,
    plan_split,
)

__all__ = [
    "KINDS",
    "ActKind",
    "Effect",
    "FormerPlace",
    "NewUnit",
    "Plan",
    "Refused",
    "close_unit",
    "create_unit",
    "effect_of",
    "give_code",
    "merge_units",
    "move_unit",
    "plan_addition",
    "plan_closing",
    "plan_code",
    "plan_merge",
    "plan_move",
    "plan_renaming",
    "plan_split",
    "rename_unit",
    "split_unit",
]
