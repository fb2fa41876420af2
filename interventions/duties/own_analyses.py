"""A teacher's own analysis of each of the own classes, for the latest round."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.roles import Permission, RoleCode
from colourmaps.models import MeasurementRound
from colourmaps.queries import latest_round

from ..own_analysis.reading import analyses_of, kind_of_own_analysis
from .asked import Asked
from .duty import GRACE, Duty, Group, Kind, when_in_words


def own_analyses(asked: Asked) -> Sequence[Duty]:
    """From the last day of the round on, to be ready two weeks after it; those of who has begun go on."""
    classes = _own_classes(asked)
    round_ = latest_round(asked.today) if classes else None
    if round_ is None or kind_of_own_analysis() is None:
        return []
    made = analyses_of(classes, round_).filter(lead=asked.user)
    closed_of = dict(made.values_list("unit_id", "closed_at"))
    waits = round_.ends_on <= asked.today
    return [
        _duty(each, round_, asked, is_begun=each.pk in closed_of)
        for each in classes
        if (closed_of[each.pk] is None if each.pk in closed_of else waits)
    ]


def _own_classes(asked: Asked) -> list[Unit]:
    """The classes that the person teaches; an analysis lead gathers what their teachers write."""
    held = [
        grant.unit
        for grant in asked.sight.grants(Permission.SEE_PUPILS)
        if grant.role == RoleCode.TEACHER and grant.unit.is_school_class
    ]
    there = {unit.pk: unit for unit in held if unit.is_in_force(asked.today)}
    return sorted(there.values(), key=lambda unit: (unit.year_group or 0, unit.name))


def _duty(school_class: Unit, round_: MeasurementRound, asked: Asked, *, is_begun: bool) -> Duty:
    due_on = round_.ends_on + GRACE
    words = (
        _("Go on with your analysis of %(name)s")
        if is_begun
        else _("Read the map of %(name)s and write your analysis")
    )
    return Duty(
        kind=Kind.ANALYSIS,
        group=Group.LATE if due_on < asked.today else Group.DUE,
        what=words % {"name": school_class.name},
        when=when_in_words(due_on, asked.today),
        due_on=due_on,
        where=round_.name,
        url=reverse("interventions:own-analysis", args=[school_class.key]),
        unit=school_class,
    )
