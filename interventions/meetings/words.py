"""What a case of a meeting is called, in a few words."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ..models import AnalysisMeeting, MeetingCase, Question, Source

LONGEST = 80


def case_label(case: MeetingCase) -> str:
    """For example "Ek, Ada: Reading, Attendance", "4A: Reading", "The team's analysis, 4A, 12 November 2026".

    Names a pupil only if the case is of one, or if its words do. Of a case of cases.cases_in_full it asks no query.
    """
    if case.source == Source.DECISION and case.earlier is not None:
        return _decided_before(case, case.earlier)
    if case.intervention is not None:
        return case.intervention.title
    if case.question is not None:
        return Truncator(_words_of(case.question, case.meeting)).chars(LONGEST)
    if case.concluded is not None:
        return _conclusion_of(case.concluded)
    return _about(case)


def _about(case: MeetingCase) -> str:
    """The title, if it has one; else whom it is about, and on what."""
    if case.title and case.pupil is None:
        return case.title
    whom = case.pupil.shown_name if case.pupil else (case.unit.name if case.unit else "")
    what = case.title or ", ".join(indicator.name for indicator in case.indicators.all())
    if case.source == Source.RED and not case.meeting.kind.is_inside:
        return _where_red_is(case, whom, what)
    return _("%(whom)s: %(what)s") % {"whom": whom, "what": what} if whom and what else whom or what


def _where_red_is(case: MeetingCase, unit: str, indicator: str) -> str:
    """Above the school; of a meeting's own unit where the few that have it are shown as one sum."""
    if case.unit_id == case.meeting.unit_id:
        return _("%(indicator)s: much of the red is in few of the units") % {"indicator": indicator}
    names = {"unit": unit, "indicator": indicator}
    return _("%(unit)s: %(indicator)s, where much of the red is") % names


def _decided_before(case: MeetingCase, earlier: MeetingCase) -> str:
    """The measure; of a pupil, after the name."""
    measure = Truncator(earlier.measure).chars(LONGEST)
    return (
        _("%(whom)s: %(what)s") % {"whom": case.pupil.shown_name, "what": measure} if case.pupil else measure
    )


def _words_of(question: Question, meeting: AnalysisMeeting) -> str:
    """Above the school, what was written for those there."""
    return question.text if meeting.kind.is_inside else question.text_above


def _conclusion_of(meeting: AnalysisMeeting) -> str:
    return _("%(kind)s, %(unit)s, %(day)s") % {
        "kind": meeting.kind.name,
        "unit": meeting.unit.name,
        "day": date_format(meeting.planned_on),
    }
