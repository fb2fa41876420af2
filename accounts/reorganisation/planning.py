"""Plans of the acts: what is to change from the day on, or why it cannot. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ..models import Level, Unit, UnitPlacement
from ..signals import reorganisation_planned
from . import checks
from .plan import NewUnit, Plan, Refused


def plan_move(*, unit: Unit, parent: Unit, on: datetime.date) -> Plan:
    """The unit, with all that stands below it, stands under the parent from the day on. Raises Refused."""
    unit, parent = checks.as_they_are_now(unit, parent)
    checks.check_not_root(unit)
    checks.check_there(unit, on)
    checks.check_there(parent, on)
    checks.check_can_stand_under(unit, parent, on)
    checks.check_nothing_decided_after(unit, on)
    placements = _lasting_placements(on).filter(unit=unit)
    if all(placement.parent_id == parent.pk for placement in placements):
        raise Refused(_("“%(unit)s” stands under “%(parent)s” already.") % {"unit": unit, "parent": parent})
    checks.check_outlives(parent, placements)
    return _asked(Plan("unit moved", on, destination=parent, redirected=list(placements)))


def plan_merge(
    *,
    units: Sequence[Unit],
    on: datetime.date,
    into: Unit | None = None,
    name: str = "",
    code: str = "",
    parent: Unit | None = None,
) -> Plan:
    """The units end; what stands below them, now or later, stands under their successor from the day on.

    into: a unit that goes on and takes them in; or else name, code and parent (may be left out where the units have one
    and the same) of a new one. Raises Refused.
    """
    units = list({unit.pk: unit for unit in checks.as_they_are_now(*units)}.values())
    if into is not None:
        (into,) = checks.as_they_are_now(into)
    if parent is not None:
        (parent,) = checks.as_they_are_now(parent)
    _check_can_merge(units, on, into)
    for unit in units:
        checks.check_can_end(unit, on)
    destination = into or _new_unit(units, on, name=name, code=code, parent=parent)
    below = _lasting_placements(on).filter(parent__in=units)
    plan = Plan("units merged", on, destination=destination, redirected=list(below), ending=units)
    return _asked(plan)


def _check_can_merge(units: Sequence[Unit], on: datetime.date, into: Unit | None) -> None:
    if len({*(unit.pk for unit in units), *([into.pk] if into else [])}) < 2:
        raise Refused(_("Choose at least two units that become one."))
    levels = {Level(unit.level) for unit in [*units, *([into] if into else [])]}
    if len(levels) > 1:
        raise Refused(_("Only units of the same level can become one."))
    checks.check_not_root(units[0])
    if Level.SCHOOL_CLASS in levels:
        raise Refused(_("Classes become one when their pupils are moved to one class."))
    if into is None:
        return
    if into in units:
        raise Refused(_("“%(unit)s” goes on, so it cannot be one of those that end.") % {"unit": into})
    checks.check_there(into, on)
    if into.valid_to is not None:
        raise Refused(
            _("“%(unit)s” ends on %(day)s. Choose one that goes on.")
            % {"unit": into, "day": checks.in_words(into.valid_to)}
        )


def plan_closing(*, unit: Unit, on: datetime.date) -> Plan:
    """The unit ends without a successor; nothing may stand below it any more. Raises Refused."""
    (unit,) = checks.as_they_are_now(unit)
    checks.check_not_root(unit)
    checks.check_can_end(unit, on)
    checks.check_nothing_below(unit, on)
    return _asked(Plan("unit closed", on, ending=[unit]))


def plan_split(
    *, unit: Unit, children: Collection[Unit], on: datetime.date, name: str, code: str = ""
) -> Plan:
    """Some of what stands directly below the unit stands under a new unit beside it from the day on. Raises Refused."""
    unit, *children = checks.as_they_are_now(unit, *children)
    checks.check_not_root(unit)
    checks.check_there(unit, on)
    placements = _lasting_placements(on).filter(parent=unit, unit__in=list(children))
    strangers = {child.pk: child for child in children}.keys() - {each.unit_id for each in placements}
    if strangers or not children:
        raise Refused(
            _("Choose from what stands directly below “%(unit)s” on %(day)s or later.")
            % {"unit": unit, "day": checks.in_words(on)}
        )
    for child in children:
        checks.check_nothing_decided_after(child, max(on, child.valid_from))
    new = _new_unit([unit], on, name=name, code=code, parent=None, codes_kept=True)
    return _asked(Plan("unit split", on, destination=new, redirected=list(placements)))


def plan_addition(
    *,
    parent: Unit,
    level: Level,
    name: str,
    on: datetime.date,
    valid_to: datetime.date | None = None,
    code: str = "",
) -> NewUnit:
    """A unit that is not there yet, under the parent from the day on. Raises Refused."""
    (parent,) = checks.as_they_are_now(parent)
    name, code = checks.checked_name(name), code.strip()
    checks.check_there(parent, on)
    checks.check_levels(name, level, parent)
    if level == Level.SCHOOL_CLASS and parent.level != Level.SCHOOL:
        raise Refused(_("A class stands under a school."))
    checks.check_name_is_free(name, parent.pk, on, valid_to)
    if code:
        checks.check_code_is_free(code, on, holders=[])
    if parent.valid_to is not None and (valid_to is None or valid_to > parent.valid_to):
        raise Refused(
            _("“%(unit)s” ends on %(day)s. Choose one that goes on.")
            % {"unit": parent, "day": checks.in_words(parent.valid_to)}
        )
    return NewUnit(level, name, parent, code)


def plan_renaming(*, unit: Unit, name: str) -> str:
    """The name that the unit would have, on all its days: names are not dated. Raises Refused."""
    (unit,) = checks.as_they_are_now(unit)
    checks.check_not_root(unit)
    name = checks.checked_name(name)
    if name == unit.name:
        raise Refused(_("“%(unit)s” has that name already.") % {"unit": unit})
    for place in UnitPlacement.objects.filter(unit=unit):
        checks.check_name_is_free(name, place.parent_id, place.valid_from, place.valid_to, but=unit)
    return name


def plan_code(*, unit: Unit, code: str, on: datetime.date) -> str:
    """The official code that the unit would have from the day on. Raises Refused."""
    (unit,) = checks.as_they_are_now(unit)
    code = code.strip()
    checks.check_not_root(unit)
    checks.check_there(unit, on)
    checks.check_code_can_change(unit, code, on)
    return code


def _new_unit(
    units: Sequence[Unit],
    on: datetime.date,
    *,
    name: str,
    code: str,
    parent: Unit | None,
    codes_kept: bool = False,
) -> NewUnit:
    """A unit of the same level as the units, under the parent that they share unless another one is given."""
    name, code = name.strip(), code.strip()
    if not name:
        raise Refused(_("Give the new unit a name."))
    level = Level(units[0].level)
    parent = parent or _shared_parent(units, on)
    checks.check_there(parent, on)
    checks.check_levels(name, level, parent)
    if parent.valid_to is not None:
        raise Refused(
            _("“%(unit)s” ends on %(day)s. Choose one that goes on.")
            % {"unit": parent, "day": checks.in_words(parent.valid_to)}
        )
    if code:
        checks.check_code_is_free(code, on, holders=[] if codes_kept else [unit.pk for unit in units])
    return NewUnit(level, name, parent, code)


def _shared_parent(units: Sequence[Unit], on: datetime.date) -> Unit:
    placements = UnitPlacement.objects.on(on).filter(unit__in=units).select_related("parent")
    parents = {placement.parent_id: placement.parent for placement in placements}
    if len(parents) != 1:
        raise Refused(_("The units stand under different ones. Choose where the new unit is to stand."))
    return next(iter(parents.values()))


def _lasting_placements(on: datetime.date) -> QuerySet[UnitPlacement]:
    """Placements that hold on the day or begin later."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return UnitPlacement.objects.filter(lasting).select_related("unit", "parent").order_by("valid_from", "pk")


def _asked(plan: Plan) -> Plan:
    """The plan, unless one of the apps on the right refuses it."""
    reorganisation_planned.send(sender=Plan, unit_ids=plan.moved_ids, ending_ids=plan.ending_ids, on=plan.on)
    return plan
