"""What those who see no pupils may read of sums: rules, pools, versions, and an attacker. Pure: no database."""

from .rules import Colours, Counts, Coverage, Figures, Limits, Moves, Part, Rule, broken_rule

__all__ = [
    "Colours",
    "Counts",
    "Coverage",
    "Figures",
    "Limits",
    "Moves",
    "Part",
    "Rule",
    "broken_rule",
]
