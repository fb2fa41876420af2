"""What a teacher has written of a class, and what the colleagues have. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from accounts.models import Unit, User
from colourmaps.models import MeasurementRound

from ..models import (
    AnalysisMeeting,
    GuidingQuestions,
    MeetingCase,
    MeetingKind,
    MeetingNote,
    NoteAudience,
    Outcome,
    Rung,
)


def kinds_of_own_analysis() -> QuerySet[MeetingKind]:
    """What the municipality asks of a teacher alone: the first of them."""
    kinds = MeetingKind.objects.filter(rung=Rung.TEACHER, is_talk=False, closed_at__isnull=True)
    return kinds.order_by("position", "pk")


def kind_of_own_analysis() -> MeetingKind | None:
    """None where the municipality has closed it."""
    return kinds_of_own_analysis().first()


def analyses_of(classes: Sequence[Unit], round_: MeasurementRound) -> QuerySet[AnalysisMeeting]:
    """Of all teachers, begun or ready."""
    found = AnalysisMeeting.objects.filter(kind__rung=Rung.TEACHER, unit__in=classes, round=round_)
    return found.filter(kind__is_talk=False).select_related("guiding", "lead", "unit")


@dataclass(frozen=True)
class Written:
    """A note of another teacher of the class: whose, on which question (empty for none), and the text."""

    author: str
    question: str
    text: str


@dataclass(frozen=True)
class OwnAnalysis:
    """meeting: None before the first saving. notes, changes: what the person has written and decided to change."""

    kind: MeetingKind
    guiding: GuidingQuestions
    meeting: AnalysisMeeting | None
    notes: Sequence[MeetingNote] = ()
    changes: Sequence[MeetingCase] = ()
    of_others: Sequence[Written] = ()

    @property
    def is_ready(self) -> bool:
        return self.meeting is not None and self.meeting.closed_at is not None


def own_analysis_of(school_class: Unit, round_: MeasurementRound, user: User) -> OwnAnalysis | None:
    """None where the municipality asks nothing of a teacher alone."""
    kind = kind_of_own_analysis()
    newest = GuidingQuestions.objects.filter(kind=kind).order_by("version").last() if kind else None
    if kind is None or newest is None:
        return None
    together = MeetingNote.objects.exclude(audience=NoteAudience.PRIVATE).exclude(text="")
    meetings = list(analyses_of([school_class], round_).prefetch_related(Prefetch("notes", together)))
    own = next((each for each in meetings if each.lead_id == user.pk), None)
    of_others = [each for each in meetings if each is not own]
    if own is None:
        return OwnAnalysis(kind, newest, None, of_others=_written(of_others))
    notes = MeetingNote.objects.filter(meeting=own)
    changes = MeetingCase.objects.filter(meeting=own, outcome=Outcome.MEASURE).order_by("due_on", "pk")
    return OwnAnalysis(
        kind,
        own.guiding or newest,
        own,
        [note for note in notes if note.audience != NoteAudience.PRIVATE or note.by_id == user.pk],
        list(changes),
        _written(of_others),
    )


def _written(meetings: Sequence[AnalysisMeeting]) -> list[Written]:
    return [
        Written(meeting.lead.name, question_of(meeting, note.prompt), note.text)
        for meeting in meetings
        for note in meeting.notes.all()
    ]


def question_of(meeting: AnalysisMeeting, prompt: int) -> str:
    """The question that a note answers, as it was asked; empty for a free note."""
    prompts = meeting.guiding.prompts if meeting.guiding else []
    return prompts[prompt - 1] if 0 < prompt <= len(prompts) else ""
