from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import AccessDenied, Sight
from accounts.models import User

from ...meetings.entering import may_enter
from ...meetings.people import may_answer_for
from ...models import Intervention, MeetingCase, Outcome
from .lengths import wrong_with_length
from .versions import check_going_on, check_open, check_version, locked_case, record_step

# A measure that is due later than that is a slip of the pen.
LATEST_DUE = datetime.timedelta(days=731)
UNDECIDED: dict[str, Any] = {
    "outcome": "",
    "measure": "",
    "responsible": None,
    "due_on": None,
    "made": None,
    "why": "",
    "decided_at": None,
    "decided_by": None,
    "done_on": None,
    "done_by": None,
}


@dataclass(frozen=True)
class Decision:
    """What a meeting decides about a case: a measure with a person and a day, or none, for a reason.

    made: the intervention that was made or changed by it.
    """

    outcome: Outcome
    measure: str = ""
    responsible: User | None = None
    due_on: datetime.date | None = None
    made: Intervention | None = None
    why: str = ""


@transaction.atomic
def decide_case(*, case: MeetingCase, version: int, decision: Decision, by: User) -> MeetingCase:
    """Raises Conflict, and ValidationError by field for what is missing: nothing is decided in air.

    Only while the meeting goes on. The responsible one must have a role that sees what the case is about.
    The same decision sent twice is one.
    """
    case = locked_case(case)
    decision = _in_short(decision)
    if _is_decided_so(case, decision):
        return case
    check_version(case.version, version)
    check_going_on(case.meeting)
    if case.is_dropped:
        raise ValidationError(_("This case has been dropped. Take it back before you decide."))
    _check(decision, case)
    fields = UNDECIDED | vars(decision) | {"decided_at": timezone.now(), "decided_by": by}
    _write(case, **fields)
    record_step(
        "meeting case decided",
        case.meeting,
        by,
        case=case,
        outcome=str(decision.outcome),
        responsible=case.responsible_id,
        due_on=decision.due_on.isoformat() if decision.due_on else "",
        made=decision.made.key if decision.made else "",
    )
    return case


def _in_short(decision: Decision) -> Decision:
    """Without what the other outcomes would have asked for."""
    if decision.outcome == Outcome.MEASURE:
        return replace(decision, measure=decision.measure.strip(), why="")
    return Decision(decision.outcome, why=decision.why.strip())


def _is_decided_so(case: MeetingCase, decision: Decision) -> bool:
    return case.outcome != "" and all(getattr(case, name) == said for name, said in vars(decision).items())


def _check(decision: Decision, case: MeetingCase) -> None:
    if decision.outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose what comes of the case.")})
    is_measure = decision.outcome == Outcome.MEASURE
    wrong = _wrong_with_measure(decision, case) if is_measure else _wrong_with_reason(decision)
    if wrong:
        raise ValidationError({**wrong})


def _wrong_with_measure(decision: Decision, case: MeetingCase) -> dict[str, str]:
    """A sentence by field, for each that is not as it must be."""
    wrong = {
        "measure": wrong_with_length(MeetingCase, "measure", decision.measure)
        if decision.measure
        else _("Say what is to be done."),
        "responsible": _wrong_with_responsible(decision.responsible, case),
        "due_on": _wrong_with_day(decision.due_on),
    }
    return {field: sentence for field, sentence in wrong.items() if sentence}


def _wrong_with_responsible(person: User | None, case: MeetingCase) -> str:
    if person is None:
        return _("Say who answers for it.")
    if not may_answer_for(person, case):
        return _("%(person)s has no role that sees what this is about. Choose somebody else.") % {
            "person": person.name
        }
    return ""


def _wrong_with_day(due_on: datetime.date | None) -> str:
    today = timezone.localdate()
    if due_on is None:
        return _("Say until when.")
    if due_on < today:
        return _("%(day)s has been. Choose today or a later day.") % {"day": date_format(due_on)}
    if due_on > today + LATEST_DUE:
        return _("That is more than two years ahead. Is the year right?")
    return ""


def _wrong_with_reason(decision: Decision) -> dict[str, str]:
    if not decision.why:
        return {"why": _("Say why, in a sentence.")}
    too_long = wrong_with_length(MeetingCase, "why", decision.why)
    return {"why": too_long} if too_long else {}


@transaction.atomic
def undecide_case(*, case: MeetingCase, version: int, by: User) -> MeetingCase:
    """The case is open again; only while the meeting goes on."""
    case = locked_case(case)
    check_version(case.version, version)
    check_going_on(case.meeting)
    if case.outcome == "":
        return case
    _write(case, **UNDECIDED)
    record_step("meeting case opened again", case.meeting, by, case=case)
    return case


@transaction.atomic
def say(*, case: MeetingCase, version: int, said: str, by: User) -> MeetingCase:
    """What was said about a case. Raises Conflict. The same twice is once; until the meeting is closed."""
    case = locked_case(case)
    said = said.strip()
    if case.said == said:
        return case
    check_version(case.version, version)
    check_open(case.meeting)
    too_long = wrong_with_length(MeetingCase, "said", said)
    if too_long:
        raise ValidationError({"said": too_long})
    _write(case, said=said)
    record_step("meeting case spoken of", case.meeting, by, case=case)
    return case


@transaction.atomic
def mark_done(*, case: MeetingCase, on: datetime.date, by: User) -> MeetingCase:
    """A decided measure is done: by whoever answers for it, or somebody who may enter the meeting.

    Raises AccessDenied for anybody else; ValidationError for what is no measure, or has an intervention of its own,
    which is followed up on its own pages; and for a day before the decision or after today. Done twice is done once.
    """
    case = locked_case(case)
    if case.responsible_id != by.pk and not may_enter(case.meeting, Sight(by)):
        raise AccessDenied(
            _("Only whoever answers for it, or was to be at the meeting, can say that it is done.")
        )
    if case.outcome != Outcome.MEASURE or case.decided_at is None:
        raise ValidationError(_("No measure has been decided here."))
    if case.made_id is not None:
        raise ValidationError(_("This measure is an intervention. It is followed up on its own page."))
    if case.done_on is not None:
        return case
    decided_on = timezone.localdate(case.decided_at)
    if not decided_on <= on <= timezone.localdate():
        day = {"day": date_format(decided_on)}
        raise ValidationError({"on": _("Choose a day from %(day)s, when it was decided, until today.") % day})
    _write(case, done_on=on, done_by=by)
    record_step("meeting measure done", case.meeting, by, case=case, on=on.isoformat())
    return case


def _write(case: MeetingCase, **fields: Any) -> None:
    """Under the lock of the case: its version goes up by one."""
    for name, value in fields.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=[*fields, "version"])
