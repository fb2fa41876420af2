"""What a meeting saw: pupils as they were known at its start, units as they were counted then."""

from __future__ import annotations

from ..models import AnalysisMeeting


def freeze_picture(meeting: AnalysisMeeting) -> None:
    """Keeps the map of units of a meeting that starts (MeetingPicture); of pupils nothing is copied."""
    raise NotImplementedError
