from __future__ import annotations

from accounts.models import User

from ...models import AnalysisMeeting


def start_meeting(*, meeting: AnalysisMeeting, by: User) -> AnalysisMeeting:
    """Freezes the picture, the round and the questions, and fills the agenda. Started twice, it has begun once.

    The round is the latest that has begun for its units (colourmaps.queries.choose_round).
    Whoever starts it is present. Raises ValidationError for one that is cancelled.
    """
    raise NotImplementedError
