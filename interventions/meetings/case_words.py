"""A case in words: what it is about, and where it comes from. Above the school no pupil is in them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import AnalysisMeeting, CaseIndicator, MeetingCase, Outcome, Source
from .entering import units_of

TITLE_WORDS = 18
ALONGSIDE = (
    "meeting",
    "pupil",
    "unit",
    "responsible",
    "decided_by",
    "made",
    "intervention__indicator",
    "intervention__unit",
    "intervention__responsible",
    "question__unit",
    "question__asked_by",
    "earlier__meeting",
    "earlier__responsible",
    "earlier__made",
    "earlier__pupil",
    "concluded__kind",
    "concluded__unit",
)


# Of lists, where the reason does not follow.
SHORT_WORDS = {
    Outcome.MEASURE: Outcome.MEASURE.label,
    Outcome.NONE: gettext_lazy("no measure"),
    Outcome.OTHERWISE: gettext_lazy("handled otherwise"),
}


def in_full(cases: QuerySet[MeetingCase]) -> QuerySet[MeetingCase]:
    """Cases with all that a page says of them, in three queries."""
    about = Prefetch(
        "about", CaseIndicator.objects.select_related("indicator").order_by("indicator__position")
    )
    return cases.select_related(*ALONGSIDE).prefetch_related(about, "concluded__covered_units")


def cases_of(meeting: AnalysisMeeting) -> list[MeetingCase]:
    """All cases of a meeting that the reader may enter, in their order."""
    return list(in_full(MeetingCase.objects.filter(meeting=meeting)))


def title_of(case: MeetingCase, *, is_inside: bool) -> str:
    """What it is about. is_inside: the meeting is within the school, where pupils are named."""
    if case.title:
        return case.title
    found = _title_by_source(case, is_inside)
    return found or str(Source(case.source).label).capitalize()


def _title_by_source(case: MeetingCase, is_inside: bool) -> str:
    if case.source == Source.DECISION and case.earlier is not None:
        decided = Truncator(case.earlier.measure or case.earlier.title).words(TITLE_WORDS)
        return ": ".join(filter(None, (_whom(case, is_inside), decided)))
    if case.intervention is not None:
        return case.intervention.title
    if case.question is not None:
        return Truncator(question_text(case, is_inside=is_inside)).words(TITLE_WORDS)
    if case.concluded is not None:
        units = ", ".join(unit.name for unit in units_of(case.concluded))
        return _("%(kind)s, %(unit)s") % {"kind": case.concluded.kind.name, "unit": units}
    if case.source == Source.RED and not is_inside:
        return _where_red_is(case)
    return ": ".join(filter(None, (_whom(case, is_inside), indicators_in_words(case))))


def _where_red_is(case: MeetingCase) -> str:
    """Above the school; of a meeting's own unit where the few that have it are shown as one sum."""
    names = {"unit": _whom(case, is_inside=False), "indicator": indicators_in_words(case)}
    if case.unit_id == case.meeting.unit_id:
        return _("%(indicator)s: much of the red is in few of the units") % names
    return _("%(unit)s: %(indicator)s, where much of the red is") % names


def _whom(case: MeetingCase, is_inside: bool) -> str:
    pupil = case.pupil or (case.earlier.pupil if case.earlier else None)
    if pupil is not None and is_inside:
        return pupil.shown_name
    return case.unit.name if case.unit else ""


def indicators_in_words(case: MeetingCase) -> str:
    return ", ".join(each.indicator.name for each in case.about.all())


def question_text(case: MeetingCase, *, is_inside: bool) -> str:
    """As it was asked within the school; above it, as it was written for outside."""
    question = case.question
    if question is None:
        return ""
    if is_inside or question.school_id is None:
        return question.text
    return question.text_above


def source_in_words(case: MeetingCase) -> str:
    """Where it comes from, with the day or the class that goes with it."""
    source = str(Source(case.source).label)
    if case.earlier is not None:
        day = date_format(case.earlier.meeting.planned_on, "SHORT_DATE_FORMAT")
        return _("%(source)s, %(day)s") % {"source": source, "day": day}
    if case.concluded is not None:
        day = date_format(case.concluded.planned_on, "SHORT_DATE_FORMAT")
        return _("%(source)s, %(day)s") % {"source": source, "day": day}
    return source


def state_in_words(case: MeetingCase) -> str:
    """Open, dropped, or what came of it."""
    if case.is_dropped:
        return _("dropped")
    return str(SHORT_WORDS[Outcome(case.outcome)]) if case.outcome else _("open")


def state_class(case: MeetingCase) -> str:
    """By which lists draw it."""
    return "dropped" if case.is_dropped else case.outcome or "open"
