"""The meetings of a series are made ahead, and follow its classes into the next school year."""

from __future__ import annotations

import datetime
import logging

from django.db import transaction
from django.db.models import ManyToOneRel, Q, QuerySet
from django.utils import timezone

from accounts.models import Municipality, Unit
from accounts.tenancy import municipality_scope
from colourmaps.models import MeasurementRound
from pupils.school_years.terms import SchoolYear

from ...meetings.calendar.rules import days_of
from ...meetings.calendar.successors import Successors
from ...meetings.states import NOT_STARTED
from ...models import AnalysisMeeting, MeetingSeries, MeetingUnit, Rule

log = logging.getLogger(__name__)


def last_day_ahead(today: datetime.date) -> datetime.date:
    """Meetings are there until the end of the next school year."""
    return SchoolYear.of(today).next.last_day


def fill_all_series() -> int:
    """Of all municipalities; returns how many meetings are new. Safe to run twice.

    A series that fails does not keep the others waiting.
    """
    return sum(_fill_in(municipality) for municipality in Municipality.objects.order_by("pk"))


def _fill_in(municipality: Municipality) -> int:
    today, n = timezone.localdate(), 0
    with municipality_scope(municipality):
        going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        for series in MeetingSeries.objects.filter(going_on).order_by("pk"):
            try:
                n += fill_series(series, last_day_ahead(today))
            except Exception:  # whatever is wrong with it: the next night tries again
                log.exception("series %s could not be filled", series.pk)
    return n


@transaction.atomic
def fill_series(series: MeetingSeries, until: datetime.date, since: datetime.date | None = None) -> int:
    """Makes the meetings that the series has from a day, else today, until another; returns how many are new.

    Run again, or by two at once, it makes each once. Meetings ahead of classes that have given way go over to these.
    """
    series = _locked(series)
    today = timezone.localdate()
    successors = Successors([series.unit, *series.covered_units.all()], today)
    _follow_on(series, today)
    known = set(AnalysisMeeting.objects.filter(series=series).values_list("due_on", flat=True))
    days = [day for day in _days(series, since or today, until) if day not in known]
    made: list[tuple[AnalysisMeeting, list[Unit]]] = []
    for day in days:
        unit = successors.heir(series.unit, day)
        classes = successors.heirs(series.covered_units.all(), day)
        if unit is not None and bool(classes) == bool(series.covered_units.all()):
            made.append((_meeting(series, unit, day), classes))
    AnalysisMeeting.objects.bulk_create(meeting for meeting, _classes in made)
    MeetingUnit.objects.bulk_create(_part(meeting, each) for meeting, classes in made for each in classes)
    return len(made)


def _locked(series: MeetingSeries) -> MeetingSeries:
    """With its unit and classes; whoever fills or changes it waits for whoever does so just now."""
    MeetingSeries.objects.select_for_update().get(pk=series.pk)
    found = MeetingSeries.objects.select_related("kind", "unit__kind", "lead")
    return found.prefetch_related("covered_units").get(pk=series.pk)


def _days(series: MeetingSeries, since: datetime.date, until: datetime.date) -> list[datetime.date]:
    last = until if series.ends_on is None else min(until, series.ends_on)
    return [day for day in days_of_series(series, last) if day >= since]


def days_of_series(series: MeetingSeries, until: datetime.date) -> list[datetime.date]:
    rounds_end = (
        MeasurementRound.objects.values_list("ends_on", flat=True) if series.rule == Rule.EACH_ROUND else ()
    )
    return days_of(
        series.rule, series.first_on, until, rounds_end=list(rounds_end), days_after=series.days_after
    )


def _meeting(series: MeetingSeries, unit: Unit, day: datetime.date) -> AnalysisMeeting:
    return AnalysisMeeting(
        municipality_id=series.municipality_id,
        series=series,
        kind=series.kind,
        unit=unit,
        due_on=day,
        planned_on=day,
        at=series.at,
        minutes=series.minutes,
        place=series.place,
        lead=series.lead,
        made_by_id=series.made_by_id,
    )


def _part(meeting: AnalysisMeeting, unit: Unit) -> MeetingUnit:
    return MeetingUnit(municipality_id=meeting.municipality_id, meeting=meeting, unit=unit)


def ahead(series: MeetingSeries, today: datetime.date) -> QuerySet[AnalysisMeeting]:
    """Its meetings that are neither started nor cancelled, from today on."""
    return AnalysisMeeting.objects.filter(NOT_STARTED, series=series, planned_on__gte=today)


def untouched(meetings: QuerySet[AnalysisMeeting]) -> QuerySet[AnalysisMeeting]:
    """Those on which nobody has put anything yet, a case, a note or whatever else: they can go without a loss."""
    for relation in AnalysisMeeting._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model is not MeetingUnit:
            name = relation.field.attname
            hung = relation.related_model._default_manager.filter(**{f"{name}__isnull": False})
            meetings = meetings.exclude(pk__in=hung.values(name))
    return meetings


def _follow_on(series: MeetingSeries, today: datetime.date) -> None:
    """Meetings ahead of units that have ended by then go to their successors, or away where there is none."""
    meetings = list(ahead(series, today).select_related("unit__kind").prefetch_related("covered_units"))
    successors = Successors(
        [unit for one in meetings for unit in (one.unit, *one.covered_units.all())], today
    )
    gone = []
    for meeting in meetings:
        classes = list(meeting.covered_units.all())
        unit = successors.heir(meeting.unit, meeting.planned_on)
        heirs = successors.heirs(classes, meeting.planned_on)
        if unit is None or (classes and not heirs):
            gone.append(meeting.pk)
            continue
        if unit.pk != meeting.unit_id:
            AnalysisMeeting.objects.filter(pk=meeting.pk).update(unit=unit)
        if {each.pk for each in heirs} != {each.pk for each in classes}:
            set_classes(meeting, heirs)
    untouched(AnalysisMeeting.objects.filter(pk__in=gone)).delete()


def set_classes(meeting: AnalysisMeeting, classes: list[Unit]) -> None:
    MeetingUnit.objects.filter(meeting=meeting).delete()
    MeetingUnit.objects.bulk_create(_part(meeting, each) for each in classes)
