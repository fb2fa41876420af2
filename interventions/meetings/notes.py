"""The notes of a meeting as its pages show them: answers of the meeting, what is shared, what is one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User

from ..models import AnalysisMeeting, MeetingNote, NoteAudience

FREE = 0


@dataclass(frozen=True)
class Place:
    """Where something is written: an answer to a prompt, or a free note. note: what is there already."""

    audience: NoteAudience
    prompt: int
    question: str
    note: MeetingNote | None

    @property
    def code(self) -> str:
        """As forms call it."""
        return f"{self.audience}-{self.prompt}"

    @property
    def text(self) -> str:
        return self.note.text if self.note else ""

    @property
    def version(self) -> int:
        return self.note.version if self.note else 0


@dataclass(frozen=True)
class Notes:
    """answers: one place per guiding question."""

    answers: Sequence[Place]
    shared: Place
    private: Place

    @property
    def places(self) -> dict[str, Place]:
        return {place.code: place for place in (*self.answers, self.shared, self.private)}


def notes_of(meeting: AnalysisMeeting, user: User) -> Notes:
    """In one query, or two while the meeting has not begun and asks what its kind asks now."""
    found = {
        (note.audience, note.prompt): note
        for note in MeetingNote.objects.filter(meeting=meeting).select_related("by")
        if note.audience != NoteAudience.PRIVATE or note.by_id == user.pk
    }

    def place(audience: NoteAudience, prompt: int, question: str = "") -> Place:
        return Place(audience, prompt, question, found.get((audience, prompt)))

    answers = [place(NoteAudience.UNIT, n, text) for n, text in enumerate(prompts_of(meeting), start=1)]
    return Notes(answers, place(NoteAudience.SHARED, FREE), place(NoteAudience.PRIVATE, FREE))


def prompts_of(meeting: AnalysisMeeting) -> list[str]:
    """Those that the meeting was asked; before its start, those that it would be asked."""
    guiding = meeting.guiding or meeting.kind.guiding_questions.order_by("version").last()
    return guiding.prompts if guiding else []


def shared_of(meeting: AnalysisMeeting) -> list[MeetingNote]:
    """What the level above reads as well."""
    notes = MeetingNote.objects.filter(meeting=meeting, audience=NoteAudience.SHARED)
    return list(notes.exclude(text="").select_related("by"))
