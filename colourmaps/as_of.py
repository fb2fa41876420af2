"""What a map rests on, as it was known at a moment: the reads of grid/ and timeline.py for a day that has been.

A row was known at a moment if it had been recorded by then and not been replaced by then (accounts/known.py). Names of
pupils and the definitions of indicators have no history: they are those of today.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.dated import in_force
from accounts.known import as_known
from accounts.models import Level, Unit, UnitPlacement
from pupils.models import Enrolment, FormerEnrolment, Pupil

from .models import DueIndicator, FormerStamp, MeasurementRound, Result, SupersededResult, Threshold
from .scales import Mark

# What another result, or an enrolment, can change in a result that stays as it is.
STAMPS = ("school_class_id", "year_group", "colour", "movement")
AnyEnrolment = Enrolment | FormerEnrolment


class AsOf(NamedTuple):
    """A day whose picture is asked for, as it stood when the day was over.

    at: an exact moment of the day instead, aware; what was recorded at it is known.
    """

    day: datetime.date
    at: datetime.datetime | None = None

    @property
    def moment(self) -> datetime.datetime:
        return self.at or timezone.make_aware(datetime.datetime.combine(self.day, datetime.time.max))

    @property
    def query(self) -> str:
        """For addresses that keep the day, or the moment."""
        return f"as_of={self.asked}"

    @property
    def asked(self) -> str:
        """What asked_for understands; a moment in UTC, so that it needs no quoting."""
        if self.at is None:
            return self.day.isoformat()
        return f"{self.at.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()}Z"


def at_moment(moment: datetime.datetime) -> AsOf:
    """As it stood at a moment; the day that counts as today is its local day."""
    return AsOf(timezone.localdate(moment), moment)


def asked_for(text: str | None, today: datetime.date) -> AsOf | None:
    """The day that an address asks for, or the moment, with its offset from UTC.

    None for today, what is to come, and what is neither: then the picture of now.
    """
    try:
        day, moment = parse_date(text or ""), parse_datetime(text or "")
        if day is not None:
            return AsOf(day) if day < today else None
        if moment is None or timezone.is_naive(moment) or moment >= timezone.now():
            return None
        return at_moment(moment)
    except (ValueError, OverflowError):  # a day that no month has, or one before there were any
        return None


def unit_as_known(unit: Unit, as_of: AsOf) -> Unit:
    """The unit with the name and the dates that it had then. A unit that was not known yet is as it is now."""
    return units_as_known([unit], as_of)[0]


def units_as_known(units: Sequence[Unit], as_of: AsOf) -> list[Unit]:
    """As unit_as_known, for several in one query; in their order."""
    _standing, history = as_known(Unit, as_of.moment)
    former = {each.unit_id: each for each in history.filter(unit__in=[unit.pk for unit in units])}
    return [_as_it_was(unit, former.get(unit.pk)) for unit in units]


def _as_it_was(unit: Unit, former: Any) -> Unit:
    if former is None:
        return unit
    known = copy.copy(unit)
    known.name, known.valid_from, known.valid_to = former.name, former.valid_from, former.valid_to
    return known


def enrolments(condition: Q, as_of: AsOf) -> list[AnyEnrolment]:
    """Home enrolments that fulfil the condition, with their pupils, the older ones first.

    Without those of pupils who have been taken out of the register since.
    """
    standing, former = (
        list(rows.filter(condition, is_home=True)) for rows in as_known(Enrolment, as_of.moment)
    )
    pupils = Pupil.objects.in_bulk([each.pupil_id for each in chain(standing, former)])
    found = [each for each in chain(standing, former) if each.pupil_id in pupils]
    for each in found:
        each.pupil = pupils[each.pupil_id]
    return sorted(found, key=lambda each: each.valid_from)


def due(round_: MeasurementRound, year_groups: Collection[int], as_of: AsOf) -> dict[int, set[int]]:
    """By indicator id, the year groups in which it was to be measured."""
    found: dict[int, set[int]] = {}
    for rows in as_known(DueIndicator, as_of.moment):
        planned = rows.filter(round=round_, year_group__in=year_groups)
        for indicator_id, year_group in planned.values_list("indicator_id", "year_group"):
            found.setdefault(indicator_id, set()).add(year_group)
    return found


def thresholds(condition: Q, as_of: AsOf) -> Iterable[Any]:
    """The limits that fulfil the condition, of whatever day and school."""
    return chain.from_iterable(rows.filter(condition) for rows in as_known(Threshold, as_of.moment))


def school_of(class_id: int | None, on: datetime.date, as_of: AsOf) -> int | None:
    """The id of the school that a class stood under on the day `on`."""
    return None if class_id is None else schools_of([class_id], on, as_of).get(class_id)


def schools_of(class_ids: Collection[int], on: datetime.date, as_of: AsOf) -> dict[int, int]:
    """By id of the class, that of the school that it stood under on the day `on`; a class under none is not there."""
    parents = {
        unit_id: parent_id
        for rows in as_known(UnitPlacement, as_of.moment)
        for unit_id, parent_id in rows.filter(in_force(on), unit__in=class_ids).values_list("unit", "parent")
    }
    schools = set(
        Unit.objects.filter(pk__in=parents.values(), level=Level.SCHOOL).values_list("pk", flat=True)
    )
    return {unit_id: parent_id for unit_id, parent_id in parents.items() if parent_id in schools}


def classes_of(school: Unit, on: datetime.date, as_of: AsOf) -> list[Unit]:
    """The classes that stood under a school on the day `on`, as they were called then: by year group and name."""
    ids = {
        unit_id
        for rows in as_known(UnitPlacement, as_of.moment)
        for unit_id in rows.filter(in_force(on), parent=school).values_list("unit", flat=True)
    }
    classes = Unit.objects.filter(pk__in=ids, level=Level.SCHOOL_CLASS).select_related("kind")
    return sorted(
        units_as_known(list(classes), as_of),
        key=lambda each: (each.year_group is None, each.year_group or 0, each.name, each.pk),
    )


def results(pupil_ids: Collection[int], as_of: AsOf) -> list[Result | SupersededResult]:
    """The results of the pupils, with the stamps of then, by first day of their rounds."""
    recorded = Q(pupil__in=pupil_ids, recorded_at__lte=as_of.moment)
    found: list[Result | SupersededResult] = [
        *Result.objects.filter(recorded),
        *SupersededResult.objects.filter(recorded, superseded_at__gt=as_of.moment),
    ]
    stamps = _stamps(pupil_ids, as_of)
    for result in found:
        stamp = stamps.get((*_key(result), result.recorded_at))
        if stamp is not None:
            for name in STAMPS:
                setattr(result, name, getattr(stamp, name))
    starts = dict(MeasurementRound.objects.values_list("pk", "starts_on"))
    return sorted(found, key=lambda result: starts[result.round_id])


def _stamps(pupil_ids: Collection[int], as_of: AsOf) -> dict[tuple[Any, ...], FormerStamp]:
    """By pupil, indicator, round and the result's recorded_at: what was the stamp then, where it has changed since."""
    changed = FormerStamp.objects.filter(pupil__in=pupil_ids, known_until__gt=as_of.moment)
    # The first change after the moment comes last, and stays.
    return {(*_key(stamp), stamp.recorded_at): stamp for stamp in changed.order_by("-known_until", "-pk")}


def _key(row: Result | SupersededResult | FormerStamp) -> tuple[int, int, int]:
    return row.pupil_id, row.indicator_id, row.round_id


def newest(
    pupil_ids: Collection[int], round_: MeasurementRound, columns: Sequence[str], as_of: AsOf
) -> dict[tuple[int, int], tuple[Any, ...]]:
    """By (pupil id, indicator id): what was known of the round, else the latest value from a round before it.

    columns: of the result, in the order of the tuples.
    """
    starts = dict(MeasurementRound.objects.values_list("pk", "starts_on"))
    found = {}
    for result in results(pupil_ids, as_of):
        is_before = starts[result.round_id] < round_.starts_on and result.mark == Mark.MEASURED
        if result.round_id == round_.pk or is_before:
            found[result.pupil_id, result.indicator_id] = tuple(getattr(result, name) for name in columns)
    return found
