from __future__ import annotations

import pytest

from accounts.single_sign_on.mapping import Change, Held, Rule, change_of

RULES = [
    Rule("rektor", "principal", 1),
    Rule("elevhälsa", "health_team", 1),
    Rule("rektor-2", "principal", 2),
]
BY_HAND, GIVEN = False, True


@pytest.mark.parametrize(
    ("groups", "held", "change"),
    [
        ([], [], Change()),
        (["okänd"], [], Change()),
        (["rektor"], [], Change(given=(("principal", 1),))),
        (["Rektor"], [], Change()),
        (["rektor "], [], Change()),
        (["rektor", "rektor-2"], [], Change(given=(("principal", 1), ("principal", 2)))),
        (["rektor"], [Held(7, "principal", 1, GIVEN)], Change(kept=(7,))),
        ([], [Held(7, "principal", 1, GIVEN)], Change(ended=(7,))),
        (["elevhälsa"], [Held(7, "principal", 1, GIVEN)], Change((("health_team", 1),), (7,))),
        # Given by hand: neither ended nor given once more.
        ([], [Held(7, "principal", 1, BY_HAND)], Change()),
        (["rektor"], [Held(7, "principal", 1, BY_HAND)], Change()),
        (["rektor"], [Held(7, "principal", 1, BY_HAND), Held(8, "principal", 1, GIVEN)], Change(kept=(8,))),
        # The same role at another unit is another role.
        (["rektor"], [Held(7, "principal", 2, GIVEN)], Change((("principal", 1),), (7,))),
        # A line that was taken out of the table.
        (["borttagen"], [Held(7, "teacher", 3, GIVEN)], Change(ended=(7,))),
    ],
)
def test_groups_give_keep_and_end(groups: list[str], held: list[Held], change: Change) -> None:
    assert change_of(RULES, frozenset(groups), held) == change


def test_two_values_for_one_role_give_it_once() -> None:
    rules = [*RULES, Rule("skolledare", "principal", 1)]

    assert change_of(rules, {"rektor", "skolledare"}, []).given == (("principal", 1),)
