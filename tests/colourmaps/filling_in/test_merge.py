"""The three-way merge of one cell: nothing of theirs is ever written over without a decision about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colourmaps.filling_in.merge import Answer, Content, Decision, Verdict, goes_in, merge
from colourmaps.scales import Mark

ONE, TWO, THREE, ABSENT = Content(100), Content(200), Content(300), Content(None, Mark.ABSENT)
# Few different contents, so that equal ones meet often.
contents = st.sampled_from([None, ONE, TWO, THREE, ABSENT])


@pytest.mark.parametrize(
    ("mine", "was", "theirs", "verdict"),
    [
        (ONE, ONE, ONE, Verdict.UNTOUCHED),
        (ONE, ONE, TWO, Verdict.UNTOUCHED),
        (ONE, ONE, None, Verdict.UNTOUCHED),
        (None, None, TWO, Verdict.UNTOUCHED),
        (None, ONE, ONE, Verdict.EMPTIED),
        (None, ONE, TWO, Verdict.EMPTIED),
        (TWO, ONE, ONE, Verdict.TAKEN),
        (TWO, None, None, Verdict.TAKEN),
        (ABSENT, ONE, ONE, Verdict.TAKEN),
        (TWO, ONE, TWO, Verdict.SAME),
        (TWO, None, TWO, Verdict.SAME),
        (TWO, ONE, THREE, Verdict.CONFLICT),
        (TWO, ONE, None, Verdict.CONFLICT),
        (TWO, None, THREE, Verdict.CONFLICT),
        (ABSENT, None, ONE, Verdict.CONFLICT),
    ],
)
def test_cell_becomes(
    mine: Content | None, was: Content | None, theirs: Content | None, verdict: Verdict
) -> None:
    assert merge(mine, was, theirs) is verdict


@given(contents, contents, contents)
def test_only_what_nobody_else_has_changed_goes_in_by_itself(
    mine: Content | None, was: Content | None, theirs: Content | None
) -> None:
    verdict = merge(mine, was, theirs)

    result = mine if goes_in(verdict, None, theirs) else theirs
    if theirs != was:
        assert result == theirs
    elif mine is not None:
        assert result == mine
    else:
        assert result == theirs


@given(contents, contents, contents, st.sampled_from(Answer), contents)
def test_decision_counts_only_for_what_the_person_saw(
    mine: Content | None, was: Content | None, theirs: Content | None, answer: Answer, seen: Content | None
) -> None:
    verdict = merge(mine, was, theirs)

    written = goes_in(verdict, Decision(answer, seen), theirs)

    if verdict is Verdict.CONFLICT:
        assert written == (answer is Answer.MINE and seen == theirs)
    else:
        assert written == (verdict is Verdict.TAKEN)
