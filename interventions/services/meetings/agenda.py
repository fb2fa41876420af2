"""What a meeting will go through: put together by itself, re-ordered, added to, and dropped for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.keys import new_key
from accounts.models import Unit, User
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator
from pupils.models import Pupil

from ...meetings.agenda import Proposed, Scope, proposal_for
from ...models import AnalysisMeeting, CaseIndicator, MeetingCase, Source
from .lengths import wrong_with_length
from .versions import check_open, check_version, locked_case, locked_meeting, record_step


@transaction.atomic
def prepare_agenda(*, meeting: AnalysisMeeting, by: User) -> int:
    """Adds the cases that the meeting should go through and does not have yet; how many it added.

    Safe to run twice and by two at once. Nothing after the meeting has been closed.
    A pupil who is on the agenda and not decided about gets the indicators that have come since.
    """
    meeting = locked_meeting(meeting)
    if meeting.closed_at is not None or meeting.cancelled_at is not None:
        return 0
    proposal = proposal_for(meeting)
    first = _last_position(meeting) + 1
    cases = [_case_of(each, meeting, first + n) for n, each in enumerate(proposal.cases)]
    MeetingCase.objects.bulk_create(cases)
    about = [(case.pk, each) for case, each in zip(cases, proposal.cases, strict=True)]
    _write_indicators([*about, *proposal.to_add])
    if cases or proposal.to_add:
        pupils = {each.pupil_id for each in proposal.cases if each.pupil_id is not None}
        record_step(
            "meeting agenda prepared",
            meeting,
            by,
            pupils=pupils,
            n=len(cases),
            n_added_to=len(proposal.to_add),
        )
    return len(cases)


def _case_of(proposed: Proposed, meeting: AnalysisMeeting, position: int) -> MeetingCase:
    return MeetingCase(
        municipality=current_municipality(),
        meeting=meeting,
        position=position,
        source=proposed.source,
        unit_id=proposed.unit_id,
        pupil_id=proposed.pupil_id,
        intervention_id=proposed.intervention_id,
        question_id=proposed.question_id,
        earlier_id=proposed.earlier_id,
        concluded_id=proposed.concluded_id,
    )


def _write_indicators(about: Iterable[tuple[int, Proposed]]) -> None:
    """about: (id of the case, with its indicators)."""
    CaseIndicator.objects.bulk_create(
        CaseIndicator(municipality=current_municipality(), case_id=case_id, indicator_id=indicator_id)
        for case_id, proposed in about
        for indicator_id in proposed.indicator_ids
    )


def _last_position(meeting: AnalysisMeeting) -> int:
    return MeetingCase.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0


@transaction.atomic
def add_case(
    *,
    meeting: AnalysisMeeting,
    by: User,
    title: str = "",
    unit: Unit | None = None,
    pupil: Pupil | None = None,
    indicators: Iterable[Indicator] = (),
    key: str = "",
) -> MeetingCase:
    """A case that somebody puts on the agenda, last. Raises ValidationError if it says nothing, or names a pupil
    where none may be named.

    A pupil, or a unit, must be one of those that the meeting is about; above the school no class is.
    key: of accounts/once.py.
    """
    meeting = locked_meeting(meeting)
    check_open(meeting)
    title, indicators = title.strip(), list(indicators)
    if not (title or pupil or indicators):
        raise ValidationError({"title": _("Say what it is about.")})
    too_long = wrong_with_length(MeetingCase, "title", title)
    if too_long:
        raise ValidationError({"title": too_long})
    unit = _place_of(meeting, unit, pupil)
    case = MeetingCase.objects.create(
        municipality=current_municipality(),
        key=key or new_key(),
        meeting=meeting,
        position=_last_position(meeting) + 1,
        source=Source.FREE,
        title=title,
        unit=unit,
        pupil=pupil,
    )
    ids = tuple(dict.fromkeys(indicator.pk for indicator in indicators))
    _write_indicators([(case.pk, Proposed(Source.FREE, indicator_ids=ids))])
    record_step("meeting case added", meeting, by, case=case)
    return case


def _place_of(meeting: AnalysisMeeting, unit: Unit | None, pupil: Pupil | None) -> Unit | None:
    """The pupil's class; else the unit that is named; else the class, where the meeting is about one alone."""
    scope = Scope.of(meeting, timezone.localdate())
    if pupil is not None:
        if not meeting.kind.names_pupils:
            raise ValidationError({"pupil": _("This meeting names no pupils.")})
        school_class = scope.classes_of([pupil.pk]).get(pupil.pk)
        if school_class is None:
            raise ValidationError(
                {"pupil": _("The pupil is in none of the classes that this meeting is about.")}
            )
        return Unit.objects.get(pk=school_class)
    if unit is not None and unit.pk not in scope.unit_ids:
        raise ValidationError({"unit": _("This meeting is not about %(unit)s.") % {"unit": unit.name}})
    is_alone = len(scope.units) == 1 and scope.units[0].is_school_class
    return unit or (scope.units[0] if is_alone else None)


@transaction.atomic
def drop_case(*, case: MeetingCase, version: int, why: str, by: User) -> MeetingCase:
    """It is not taken up, for a reason. Raises Conflict; ValidationError without a reason, or once it is decided."""
    case = locked_case(case)
    why = why.strip()
    if case.is_dropped and case.why_dropped == why:
        return case
    check_version(case.version, version)
    check_open(case.meeting)
    if case.outcome:
        raise ValidationError(_("This case has been decided. Open it again before you drop it."))
    wrong = wrong_with_length(MeetingCase, "why_dropped", why) if why else _("Say why it is not taken up.")
    if wrong:
        raise ValidationError({"why": wrong})
    case.dropped_at, case.why_dropped = timezone.now(), why
    return _written(case, "meeting case dropped", by)


@transaction.atomic
def take_back_case(*, case: MeetingCase, version: int, by: User) -> MeetingCase:
    """A dropped case is on the agenda again. Raises Conflict."""
    case = locked_case(case)
    if not case.is_dropped:
        return case
    check_version(case.version, version)
    check_open(case.meeting)
    case.dropped_at, case.why_dropped = None, ""
    return _written(case, "meeting case taken back", by)


def _written(case: MeetingCase, action: str, by: User) -> MeetingCase:
    case.version += 1
    case.save(update_fields=["dropped_at", "why_dropped", "version"])
    record_step(action, case.meeting, by, case=case)
    return case


@transaction.atomic
def move_case(*, case: MeetingCase, before: MeetingCase | None, by: User) -> None:
    """It comes before another case; last, without one. Raises ValidationError for a case of another meeting."""
    meeting = locked_meeting(case.meeting)
    check_open(meeting)
    cases = list(MeetingCase.objects.filter(meeting=meeting).only("pk", "position"))
    ids = [each.pk for each in cases]
    if case.pk not in ids or (before is not None and before.pk not in ids):
        raise ValidationError(_("That case is not on the agenda of this meeting."))
    if before is not None and before.pk == case.pk:
        return
    order = [pk for pk in ids if pk != case.pk]
    order.insert(order.index(before.pk) if before is not None else len(order), case.pk)
    if order != ids:
        _renumber(cases, order)
        record_step("meeting case moved", meeting, by, case=case)


def _renumber(cases: Sequence[MeetingCase], order: Sequence[int]) -> None:
    """From 1 on. Nobody has written on a case by being moved: its version stays."""
    place = {pk: n for n, pk in enumerate(order, start=1)}
    moved = [case for case in cases if case.position != place[case.pk]]
    for case in moved:
        case.position = place[case.pk]
    MeetingCase.objects.bulk_update(moved, ["position"])
