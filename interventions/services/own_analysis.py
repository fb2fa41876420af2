"""A teacher writes the own analysis: the meeting behind it begins with the first saving and is held when ready."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound

from ..models import AnalysisMeeting, NoteAudience, Outcome
from ..own_analysis.reading import analyses_of, kind_of_own_analysis
from .meetings import Decision, add_case, close_meeting, decide_case, start_meeting, write_note

TITLE_LENGTH = 200


class NoteText(NamedTuple):
    """An answer to a question. name: of the field that it comes from; version: of the note that was shown there."""

    name: str
    audience: NoteAudience
    prompt: int
    text: str
    version: int


class Change(NamedTuple):
    """What the teacher changes, and until when."""

    measure: str
    due_on: datetime.date


@transaction.atomic
def write_own_analysis(
    *,
    school_class: Unit,
    round_: MeasurementRound,
    texts: Sequence[NoteText],
    change: Change | None,
    is_ready: bool,
    by: User,
) -> AnalysisMeeting:
    """All of it or nothing. Raises ValidationError by the name of the field, among them Conflict; "change", "change_by"
    for what is wrong with the change."""
    meeting = _begun(school_class, round_, by)
    for each in texts:
        try:
            write_note(
                meeting=meeting,
                audience=each.audience,
                prompt=each.prompt,
                text=each.text,
                version=each.version,
                by=by,
            )
        except ValidationError as refusal:
            errors = refusal.messages if hasattr(refusal, "error_dict") else refusal.error_list
            raise ValidationError({each.name: errors}) from refusal
    if change is not None:
        _decide(change, meeting, school_class, by)
    return close_meeting(meeting=meeting, by=by) if is_ready else meeting


def _begun(school_class: Unit, round_: MeasurementRound, by: User) -> AnalysisMeeting:
    """The one there is, or a new one. The class is locked, so that two windows of one teacher begin one."""
    Unit.objects.select_for_update().get(pk=school_class.pk)
    found = analyses_of([school_class], round_).filter(lead=by).first()
    if found is not None:
        return found
    kind = kind_of_own_analysis()
    if kind is None:
        raise ValidationError(_("The municipality has closed this kind of analysis."))
    meeting = AnalysisMeeting.objects.create(
        municipality=current_municipality(),
        kind=kind,
        unit=school_class,
        planned_on=timezone.localdate(),
        lead=by,
        made_by=by,
    )
    return start_meeting(meeting=meeting, by=by)


def _decide(change: Change, meeting: AnalysisMeeting, school_class: Unit, by: User) -> None:
    decision = Decision(outcome=Outcome.MEASURE, measure=change.measure, responsible=by, due_on=change.due_on)
    case = add_case(meeting=meeting, by=by, title=change.measure[:TITLE_LENGTH], unit=school_class)
    try:
        decide_case(case=case, version=case.version, decision=decision, by=by)
    except ValidationError as refusal:
        days = refusal.error_dict.get("due_on") if hasattr(refusal, "error_dict") else None
        raise ValidationError({"change_by": days} if days else {"change": refusal.messages}) from refusal
