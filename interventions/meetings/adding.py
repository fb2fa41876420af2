"""What a new case of a meeting can be about: units, their pupils where they may be named, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from colourmaps.models import Indicator
from pupils.models import Pupil
from pupils.queries import home_enrolments

from ..figures import by_name
from ..models import AnalysisMeeting
from ..queries import applicable_indicators, year_groups_at
from .entering import units_of


@dataclass(frozen=True)
class Offered:
    """For forms.meetings.AddCaseForm. pupils: by class, sorted by name."""

    units: Sequence[Unit]
    pupils: Mapping[Unit, Sequence[Pupil]]
    indicators: Sequence[Indicator]


def offered_in(meeting: AnalysisMeeting, sight: Sight) -> Offered:
    """For somebody who may enter the meeting, and so sees the pupils of all that it is about."""
    about = units_of(meeting)
    on = about[0].nearest_day(sight.today)
    units = _units_below(about, meeting, sight)
    indicators = list(applicable_indicators(year_groups_at(about, on)))
    return Offered(units, _pupils(units, sight) if meeting.kind.names_pupils else {}, indicators)


def _units_below(about: Sequence[Unit], meeting: AnalysisMeeting, sight: Sight) -> list[Unit]:
    """Within the school the classes; above it what stands below, down to the schools."""
    on = about[0].nearest_day(sight.today)
    lowest = Level.SCHOOL_CLASS if meeting.kind.is_inside else Level.SCHOOL
    below = subtree_ids([unit.pk for unit in about], on, down_to=lowest)
    found = Unit.objects.filter(pk__in=below | {unit.pk for unit in about})
    return list(found.order_by("level", "year_group", "name"))


def _pupils(units: Sequence[Unit], sight: Sight) -> dict[Unit, list[Pupil]]:
    """In one query per last day of the classes."""
    classes = {unit.pk: unit for unit in units if unit.is_school_class}
    found: dict[Unit, list[Pupil]] = {}
    for day in {unit.nearest_day(sight.today) for unit in classes.values()}:
        enrolled = home_enrolments(day).filter(school_class__in=classes).select_related("pupil")
        for enrolment in enrolled:
            found.setdefault(classes[enrolment.school_class_id], []).append(enrolment.pupil)
    return {unit: by_name(found[unit]) for unit in classes.values() if unit in found}
