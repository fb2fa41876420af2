"""What the teachers of a team share, gathered for level 2: question by question, class by class. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.access import Sight
from accounts.models import Level, RoleAssignment, Unit
from accounts.roles import Permission, RoleCode
from colourmaps.map_page import own_classes
from colourmaps.models import MeasurementRound

from ..models import AnalysisMeeting, MeetingNote, NoteAudience
from ..own_maps import classes_of
from .reading import analyses_of, question_of


@dataclass(frozen=True)
class Shared:
    """A teacher's answer for a class. is_ready: the teacher has said so."""

    school_class: Unit
    author: str
    text: str
    is_ready: bool


@dataclass(frozen=True)
class Asked:
    """A guiding question with the answers to it; empty for what answers none."""

    question: str
    answers: Sequence[Shared]


@dataclass(frozen=True)
class Missing:
    """A teacher who has shared nothing of a class for the round. is_begun: who has begun to write."""

    school_class: Unit
    teacher: str
    is_begun: bool


@dataclass(frozen=True)
class TeamNotes:
    asked: Sequence[Asked]
    missing: Sequence[Missing]
    n_ready: int
    n_teachers: int


def classes_of_team(sight: Sight) -> list[Unit]:
    """The classes that are the person's own; without any, all of the own schools."""
    own = own_classes(sight)
    if own:
        return own
    schools = [unit for unit in sight.own_units(Permission.SEE_PUPILS) if unit.level == Level.SCHOOL]
    return [each for below in classes_of(schools, sight.today).values() for each in below]


def team_notes_of(classes: Sequence[Unit], round_: MeasurementRound, sight: Sight) -> TeamNotes:
    """In a fixed number of queries."""
    shared = MeetingNote.objects.filter(audience=NoteAudience.SHARED).exclude(text="")
    meetings = list(analyses_of(classes, round_).prefetch_related(Prefetch("notes", shared)))
    order = {unit.pk: place for place, unit in enumerate(classes)}
    meetings.sort(key=lambda meeting: (order[meeting.unit_id], meeting.lead.name))
    teachers = _teachers(classes, sight)
    missing = _missing(teachers, meetings, order)
    ready = {(each.unit_id, each.lead_id) for each in meetings if each.closed_at is not None}
    return TeamNotes(_by_question(meetings), missing, len(ready), len(teachers))


def _by_question(meetings: Sequence[AnalysisMeeting]) -> list[Asked]:
    """In the order in which they are asked; questions of an older version, that are worded otherwise, after them."""
    found: dict[str, list[Shared]] = {}
    for meeting in meetings:
        for prompt in meeting.guiding.prompts if meeting.guiding else ():
            found.setdefault(prompt, [])
    for meeting in meetings:
        for note in meeting.notes.all():
            answer = Shared(meeting.unit, meeting.lead.name, note.text, meeting.closed_at is not None)
            found.setdefault(question_of(meeting, note.prompt), []).append(answer)
    return [Asked(question, answers) for question, answers in found.items() if answers]


def _teachers(classes: Sequence[Unit], sight: Sight) -> list[RoleAssignment]:
    held = RoleAssignment.objects.on(sight.today).filter(unit__in=classes, role=RoleCode.TEACHER)
    found = held.filter(user__is_active=True).select_related("user", "unit")
    return list({(each.unit_id, each.user_id): each for each in found.order_by("user__name")}.values())


def _missing(
    teachers: Sequence[RoleAssignment], meetings: Sequence[AnalysisMeeting], order: dict[int, int]
) -> list[Missing]:
    begun = {(each.unit_id, each.lead_id) for each in meetings}
    shared = {(each.unit_id, each.lead_id) for each in meetings if each.notes.all() or each.closed_at}
    missing = [each for each in teachers if (each.unit_id, each.user_id) not in shared]
    missing.sort(key=lambda each: (order[each.unit_id], each.user.name))
    return [Missing(each.unit, each.user.name, (each.unit_id, each.user_id) in begun) for each in missing]
