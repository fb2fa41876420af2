from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.access import Sight

from ..duties import duties_of
from ..duties.duty import Kind
from .held import held_in_words
from .learnt import learnt_since
from .waiting import answers_in_words, counted_in_words, late_with_others


@dataclass(frozen=True)
class DigestContents:
    """Each a list of lines. late, due: the person's own, counted. with_others: what is late there."""

    late: Sequence[str]
    due: Sequence[str]
    with_others: Sequence[str]
    answers: Sequence[str]
    learnt: Sequence[str]
    held: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return not any((self.late, self.due, self.with_others, self.answers, self.learnt, self.held))


def digest_of(sight: Sight, since: datetime.date) -> DigestContents:
    """In the language that is spoken now. since: the day of the last one; what happened on it was not in it."""
    duties = duties_of(sight)
    return DigestContents(
        late=counted_in_words(duties.late, sight),
        due=counted_in_words([duty for duty in duties.due if duty.kind is not Kind.ANSWER], sight),
        with_others=late_with_others(duties.waiting, sight),
        answers=answers_in_words(duties.due),
        learnt=learnt_since(sight, since),
        held=held_in_words(sight, since),
    )
