from __future__ import annotations

import datetime
from dataclasses import dataclass

from accounts.models import User

from ...models import Intervention, MeetingCase, Outcome


@dataclass(frozen=True)
class Decision:
    """What a meeting decides about a case: a measure with a person and a day, or none, for a reason.

    made: the intervention that was made or changed by it.
    """

    outcome: Outcome
    measure: str = ""
    responsible: User | None = None
    due_on: datetime.date | None = None
    made: Intervention | None = None
    why: str = ""


def decide_case(*, case: MeetingCase, version: int, decision: Decision, by: User) -> MeetingCase:
    """Raises Conflict, and ValidationError by field for what is missing: nothing is decided in air.

    Only while the meeting goes on. The responsible one must have a role that sees what the case is about.
    """
    raise NotImplementedError


def undecide_case(*, case: MeetingCase, version: int, by: User) -> MeetingCase:
    """The case is open again; only while the meeting goes on."""
    raise NotImplementedError


def say(*, case: MeetingCase, version: int, said: str, by: User) -> MeetingCase:
    """What was said about a case. Raises Conflict."""
    raise NotImplementedError


def mark_done(*, case: MeetingCase, on: datetime.date, by: User) -> MeetingCase:
    """A decided measure is done: by whoever answers for it, or somebody who may enter the meeting."""
    raise NotImplementedError
