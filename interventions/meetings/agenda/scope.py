"""What a meeting is about, on a day: its units and what stands below them, its round, who is there now."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from accounts.models import Level, Unit
from accounts.queries import children_of, subtree_ids
from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound
from colourmaps.queries import choose_round
from pupils.queries import home_enrolments

from ...models import AnalysisMeeting
from ..entering import units_of


def round_ahead(meeting: AnalysisMeeting, on: datetime.date) -> MeasurementRound | None:
    """What it will look at if it starts on the day: the latest round that has begun while its units were there."""
    last = max(units_of(meeting), key=lambda unit: unit.nearest_day(on))
    _rounds, latest = choose_round(None, on, last)
    return latest


@dataclass(frozen=True)
class Scope:
    """units: the classes it is about, or its whole unit. on: the day by which the agenda is put together.

    unit_ids: within the school these and all below them; above it the unit and those directly below it, down to the
    school: what stands further down is the matter of the meetings there.
    """

    meeting: AnalysisMeeting
    units: Sequence[Unit]
    unit_ids: frozenset[int]
    on: datetime.date

    @classmethod
    def of(cls, meeting: AnalysisMeeting, on: datetime.date) -> Scope:
        units = units_of(meeting)
        if meeting.kind.is_inside:
            ids = subtree_ids([unit.pk for unit in units], on)
        else:
            below = [child for child in children_of(meeting.unit, on) if child.level <= Level.SCHOOL]
            ids = {unit.pk for unit in (meeting.unit, *below)}
        return cls(meeting, units, frozenset(ids), on)

    @property
    def is_inside(self) -> bool:
        return self.meeting.kind.is_inside

    @property
    def names_pupils(self) -> bool:
        return self.meeting.kind.names_pupils

    @cached_property
    def round(self) -> MeasurementRound | None:
        """What it looks at, or will."""
        return self.meeting.round if self.meeting.started_at else round_ahead(self.meeting, self.on)

    def classes_of(self, pupil_ids: Collection[int]) -> dict[int, int]:
        """By id of those of the pupils who are in its classes on the day, the class's id; above the school nobody."""
        if not self.is_inside:
            return {}
        enrolled = home_enrolments(self.on).filter(pupil__in=pupil_ids, school_class__in=self.unit_ids)
        return dict(enrolled.values_list("pupil_id", "school_class_id"))


def lies_within(unit_ids: Collection[int], parts: type[TenantModel], owner: str) -> Q:
    """Condition for what is about nothing but the units: by the units it covers, else by its own.

    parts: the table of the units that something covers; owner: its column that says what.
    """
    has_parts = Q(pk__in=parts.objects.values(owner))
    has_others = Q(pk__in=parts.objects.exclude(unit__in=unit_ids).values(owner))
    return (~has_parts & Q(unit__in=unit_ids)) | (has_parts & ~has_others)
