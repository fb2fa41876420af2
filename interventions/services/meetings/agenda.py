"""What a meeting will go through: put together by itself, re-ordered, added to, and dropped for a reason."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Unit, User
from colourmaps.models import Indicator
from pupils.models import Pupil

from ...models import AnalysisMeeting, MeetingCase


def prepare_agenda(*, meeting: AnalysisMeeting, by: User) -> int:
    """Adds the cases that the meeting should go through and does not have yet; how many it added.

    Safe to run twice and by two at once. Nothing after the meeting has been closed.
    """
    raise NotImplementedError


def add_case(
    *,
    meeting: AnalysisMeeting,
    by: User,
    title: str = "",
    unit: Unit | None = None,
    pupil: Pupil | None = None,
    indicators: Iterable[Indicator] = (),
) -> MeetingCase:
    """A case that somebody puts on the agenda, last. Raises ValidationError if it says nothing, or names a pupil
    where none may be named."""
    raise NotImplementedError


def drop_case(*, case: MeetingCase, version: int, why: str, by: User) -> MeetingCase:
    """It is not taken up, for a reason. Raises Conflict; ValidationError without a reason, or once it is decided."""
    raise NotImplementedError


def take_back_case(*, case: MeetingCase, version: int, by: User) -> MeetingCase:
    """A dropped case is on the agenda again."""
    raise NotImplementedError


def move_case(*, case: MeetingCase, before: MeetingCase | None, by: User) -> None:
    """It comes before another case; last, without one."""
    raise NotImplementedError
