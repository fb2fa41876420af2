"""Invented municipalities: their trees of units and their people. No pupils here."""

from .layout import ClassPlan, SchoolPlan, TownPlan, first_day
from .names import NameStock, stock_of
from .people import write_people
from .sign_ins import (
    FACTOR_KEY,
    OPERATOR,
    PASSWORD,
    WITH_FACTOR,
    SignIn,
    demo_class,
    ensure_operator,
    ensure_second_factor,
    fjordvik_sign_ins,
    sign_ins_of,
    solviken_sign_ins,
)
from .towns import fjordvik, solviken, trial
from .tree import BATCH, Town, write_tree

__all__ = [
    "BATCH",
    "FACTOR_KEY",
    "OPERATOR",
    "PASSWORD",
    "WITH_FACTOR",
    "ClassPlan",
    "NameStock",
    "SchoolPlan",
    "SignIn",
    "Town",
    "TownPlan",
    "demo_class",
    "ensure_operator",
    "ensure_second_factor",
    "first_day",
    "fjordvik",
    "fjordvik_sign_ins",
    "sign_ins_of",
    "solviken",
    "solviken_sign_ins",
    "stock_of",
    "trial",
    "write_people",
    "write_tree",
]
