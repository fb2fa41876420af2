from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User

from ...models import AnalysisMeeting, GuidingQuestions, MeetingNote, NoteAudience, Rung
from ...questions.border import check_no_names, school_of
from .lengths import wrong_with_length
from .versions import check_open, check_version, locked_meeting, record_step


@transaction.atomic
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
    Until the meeting is closed; private notes also afterwards. An empty text empties the note. The same twice is once.
    """
    meeting = locked_meeting(meeting)
    if audience not in NoteAudience.values:
        raise ValidationError({"audience": _("Choose whom the note is for.")})
    audience = NoteAudience(audience)
    _check_prompt(prompt, meeting)
    text = text.strip()
    note = _note_of(meeting, audience, prompt, by)
    if note.version and note.text == text:
        return note
    check_version(note.version, version)
    if audience is not NoteAudience.PRIVATE:
        check_open(meeting)
    _check_text(text, audience, meeting, no_names)
    note.text, note.by = text, by
    note.version += 1
    note.save()
    record_step(
        "meeting note written",
        meeting,
        by,
        audience=audience.value,
        prompt=prompt,
        version=note.version,
        no_names=len(no_names),
    )
    return note


def _note_of(meeting: AnalysisMeeting, audience: NoteAudience, prompt: int, by: User) -> MeetingNote:
    """The note that there is; else a new one, of version 0. A private one is the writer's own."""
    notes = MeetingNote.objects.filter(meeting=meeting, audience=audience, prompt=prompt)
    if audience is NoteAudience.PRIVATE:
        notes = notes.filter(by=by)
    own = {"municipality_id": meeting.municipality_id, "meeting": meeting, "version": 0}
    return notes.first() or MeetingNote(**own, audience=audience, prompt=prompt, by=by)


def _check_prompt(prompt: int, meeting: AnalysisMeeting) -> None:
    """Before the start, the questions are those of the newest version."""
    guiding = meeting.guiding or GuidingQuestions.objects.filter(kind=meeting.kind).last()
    if not 0 <= prompt <= (len(guiding.texts) if guiding else 0):
        raise ValidationError(_("This meeting does not ask that question. Load the page again."))


def _check_text(
    text: str, audience: NoteAudience, meeting: AnalysisMeeting, no_names: Collection[str]
) -> None:
    too_long = wrong_with_length(MeetingNote, "text", text)
    if too_long:
        raise ValidationError({"text": too_long})
    if audience is not NoteAudience.SHARED or meeting.kind.rung != Rung.SCHOOL:
        return
    school = school_of(meeting.unit)
    if text and school is not None:
        check_no_names(text, school, no_names)
