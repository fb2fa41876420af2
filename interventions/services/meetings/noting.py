from __future__ import annotations

from collections.abc import Collection

from accounts.models import User

from ...models import AnalysisMeeting, MeetingNote, NoteAudience


def write_note(
    *,
    meeting: AnalysisMeeting,
    audience: NoteAudience | str,
    prompt: int,
    text: str,
    version: int,
    by: User,
    no_names: Collection[str] = (),
) -> MeetingNote:
    """An answer to a guiding question, or with prompt 0 a free note. version: 0 where there was none. Raises Conflict.

    What a meeting of a school shares goes to the level above it: raises ValidationError with the code "names" if words
    of it may be names of the school's pupils (questions.border.check_no_names); no_names: confirmed to be none.
    Until the meeting is closed; private notes also afterwards.
    """
    raise NotImplementedError
