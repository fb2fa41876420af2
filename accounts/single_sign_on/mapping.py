"""Which roles follow from somebody's groups, and which end. Pure: the preview and the sign-in ask the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

# (role, id of the unit)
Post = tuple[str, int]


@dataclass(frozen=True)
class Rule:
    """Whoever has the value holds the role at the unit."""

    value: str
    role: str
    unit_id: int


@dataclass(frozen=True)
class Held:
    """A role that the person holds today. is_mapped: given by this provider's groups, and so ended by them."""

    assignment_id: int
    role: str
    unit_id: int
    is_mapped: bool


@dataclass(frozen=True)
class Change:
    """given: roles that begin today. ended: ids of assignments that end today. kept: given earlier, still meant."""

    given: tuple[Post, ...] = ()
    ended: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()


def change_of(rules: Iterable[Rule], groups: Collection[str], held: Iterable[Held]) -> Change:
    """What signing in with the groups changes.

    Roles given by hand, or by another provider, are never ended, and never given a second time. Values are compared to
    the letter.
    """
    held = tuple(held)
    meant = {(rule.role, rule.unit_id) for rule in rules if rule.value in groups}
    mapped = [each for each in held if each.is_mapped]
    has_already = {(each.role, each.unit_id) for each in held}
    return Change(
        given=tuple(sorted(meant - has_already)),
        ended=tuple(each.assignment_id for each in mapped if (each.role, each.unit_id) not in meant),
        kept=tuple(each.assignment_id for each in mapped if (each.role, each.unit_id) in meant),
    )
