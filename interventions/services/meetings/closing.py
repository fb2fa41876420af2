from __future__ import annotations

from accounts.models import User

from ...models import AnalysisMeeting


def close_meeting(*, meeting: AnalysisMeeting, by: User) -> AnalysisMeeting:
    """Raises ValidationError that names the cases without an outcome: no meeting closes in air. Closed twice, once."""
    raise NotImplementedError
