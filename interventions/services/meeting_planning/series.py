"""A series is made, changed and ended; its meetings ahead follow, and what has been stays as it was."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.tenancy import current_municipality

from ...meetings.calendar.planned import (
    About,
    Frame,
    Repetition,
    check_about,
    check_frame,
    check_repetition,
)
from ...meetings.states import NOT_STARTED
from ...models import AnalysisMeeting, MeetingSeries, SeriesUnit
from .filling import ahead, days_of_series, fill_series, last_day_ahead, set_classes, untouched

OF_FRAME = ("lead", "at", "minutes", "place")


@dataclass(frozen=True)
class Changed:
    """What a change of a series did to its meetings ahead. n_kept: moved, or with something on their agenda."""

    n_new: int
    n_gone: int
    n_kept: int


@transaction.atomic
def make_series(*, about: About, repetition: Repetition, frame: Frame, by: User) -> MeetingSeries:
    """A series with its meetings until the end of the next school year. Raises ValidationError by the field."""
    check_frame(frame)
    check_repetition(repetition)
    check_about(about, frame.lead, timezone.localdate())
    _check_only_one(about, repetition)
    series = MeetingSeries.objects.create(
        municipality=current_municipality(),
        kind=about.kind,
        unit=about.unit,
        made_by=by,
        **vars(repetition),
        **vars(frame),
    )
    _set_classes(series, about.classes)
    n = fill_series(series, last_day_ahead(timezone.localdate()))
    _record("meeting series made", series, by, rule=str(series.rule), n=n)
    return series


def _check_only_one(about: About, repetition: Repetition) -> None:
    """A form that was sent twice makes one series."""
    same = MeetingSeries.objects.filter(
        kind=about.kind, unit=about.unit, rule=repetition.rule, first_on=repetition.first_on
    ).prefetch_related("parts")
    wanted = {each.pk for each in about.classes}
    if any({part.unit_id for part in series.parts.all()} == wanted for series in same):
        raise ValidationError({"first_on": _("There is a series of this kind from that day already.")})


@transaction.atomic
def change_series(
    *, series: MeetingSeries, classes: Sequence[Unit], repetition: Repetition, frame: Frame, by: User
) -> Changed:
    """Another rule, hour, place, lead or other classes, from today on.

    Meetings ahead that nobody has moved follow; those that have been held, cancelled or missed stay, and so do those
    that have been moved or have something on their agenda.
    """
    series = _locked(series)
    check_frame(frame)
    check_repetition(repetition, repetition_of(series))
    if frame.lead.pk != series.lead_id or set(classes) != set(series.covered_units.all()):
        check_about(About(series.kind, series.unit, classes), frame.lead, timezone.localdate())
    was = {name: getattr(series, name) for name in OF_FRAME}
    for name, value in {**vars(repetition), **vars(frame)}.items():
        setattr(series, name, value)
    series.save()
    has_other_classes = _set_classes(series, classes)
    n_gone, n_kept = _take_away_what_does_not_fit(series)
    _carry_over(series, was, list(classes) if has_other_classes else None)
    n_new = fill_series(series, last_day_ahead(timezone.localdate()))
    _record("meeting series changed", series, by, rule=str(series.rule), n_new=n_new, n_gone=n_gone)
    return Changed(n_new, n_gone, n_kept)


@transaction.atomic
def end_series(*, series: MeetingSeries, on: datetime.date, by: User) -> Changed:
    """The day is the last on which one of its meetings can be; those after it go, unless they have been touched.

    A day before its first one takes the whole series away. Raises ValidationError for one before today, and if
    something has come of the series already.
    """
    series = _locked(series)
    if on < timezone.localdate():
        raise ValidationError({"ends_on": _("That day has been. Choose today or a later day.")})
    if on < series.first_on:
        return _remove(series, by)
    series.ends_on = on
    series.save(update_fields=["ends_on"])
    n_gone, n_kept = _take_away_what_does_not_fit(series)
    _record("meeting series ended", series, by, on=on.isoformat(), n_gone=n_gone)
    return Changed(0, n_gone, n_kept)


def _remove(series: MeetingSeries, by: User) -> Changed:
    meetings = AnalysisMeeting.objects.filter(series=series)
    fresh = untouched(meetings.filter(NOT_STARTED, planned_on=F("due_on")))
    n = meetings.count()
    if fresh.count() < n:
        raise ValidationError({"ends_on": _("The last day is before the first one.")})
    AnalysisMeeting.objects.filter(pk__in=list(fresh.values_list("pk", flat=True))).delete()
    _record("meeting series taken away", series, by, n_gone=n)
    series.delete()
    return Changed(0, n, 0)


def repetition_of(series: MeetingSeries) -> Repetition:
    return Repetition(series.rule, series.first_on, series.days_after, series.ends_on)


def _take_away_what_does_not_fit(series: MeetingSeries) -> tuple[int, int]:
    """(how many meetings ahead went, how many stayed) of those on days that the series does not have any more."""
    today = timezone.localdate()
    last = last_day_ahead(today) if series.ends_on is None else min(last_day_ahead(today), series.ends_on)
    unfit = ahead(series, today).exclude(due_on__in=days_of_series(series, last))
    n_unfit = unfit.count()
    leaving = list(untouched(unfit.filter(planned_on=F("due_on"))).values_list("pk", flat=True))
    AnalysisMeeting.objects.filter(pk__in=leaving).delete()
    return len(leaving), n_unfit - len(leaving)


def _carry_over(series: MeetingSeries, was: dict[str, object], classes: list[Unit] | None) -> None:
    """To the meetings ahead; what was changed for a single one of them stays. classes: None if as before."""
    coming = ahead(series, timezone.localdate())
    for name in OF_FRAME:
        if getattr(series, name) != was[name]:
            coming.filter(**{name: was[name]} if was[name] is not None else {f"{name}__isnull": True}).update(
                **{name: getattr(series, name)}
            )
    for meeting in coming if classes is not None else ():
        set_classes(meeting, classes or [])


def _set_classes(series: MeetingSeries, classes: Sequence[Unit]) -> bool:
    """Whether they are others than before."""
    if {part.unit_id for part in series.parts.all()} == {each.pk for each in classes}:
        return False
    SeriesUnit.objects.filter(series=series).delete()
    SeriesUnit.objects.bulk_create(
        SeriesUnit(municipality_id=series.municipality_id, series=series, unit=each) for each in classes
    )
    return True


def _locked(series: MeetingSeries) -> MeetingSeries:
    found = MeetingSeries.objects.select_related("kind", "unit__kind", "lead")
    return found.select_for_update(of=("self",)).get(pk=series.pk)


def _record(action: str, series: MeetingSeries, by: User, **facts: Any) -> None:
    record(action, by=by, unit=series.unit, subject=series.key, pupils=(), **facts)
