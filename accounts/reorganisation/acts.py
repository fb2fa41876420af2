"""The acts themselves: by date, audited, one at a time in a municipality. History is added to: what was, stays."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import cast

from django.db import transaction

from ..audit import record
from ..known import change
from ..models import Level, Unit, UnitCode, UnitPlacement, User
from ..services import TREE, add_unit
from ..signals import units_moved
from ..statements import hold_lock
from .plan import NewUnit, Plan
from .planning import (
    plan_addition,
    plan_closing,
    plan_code,
    plan_merge,
    plan_move,
    plan_renaming,
    plan_split,
)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, on: datetime.date, by: User | None) -> None:
    """The unit, with all that stands below it, stands under the parent from the day on. Raises Refused."""
    hold_lock(TREE)
    _carry_out(plan_move(unit=unit, parent=parent, on=on), by=by)


@transaction.atomic
def merge_units(
    *,
    units: Sequence[Unit],
    on: datetime.date,
    by: User | None,
    into: Unit | None = None,
    name: str = "",
    code: str = "",
    parent: Unit | None = None,
) -> Unit:
    """The units become one, which is returned: they end, and what stands below them goes on under it.

    into: one that goes on and takes the others in; or else name, code and parent (may be left out where the units have
    one and the same) of a new one. Classes of coming school years come along. Raises Refused.
    """
    hold_lock(TREE)
    plan = plan_merge(units=units, on=on, into=into, name=name, code=code, parent=parent)
    return cast("Unit", _carry_out(plan, by=by))


@transaction.atomic
def close_unit(*, unit: Unit, on: datetime.date, by: User | None) -> None:
    """The unit is there up to, but not including, the day, and has no successor. Raises Refused."""
    hold_lock(TREE)
    _carry_out(plan_closing(unit=unit, on=on), by=by)


@transaction.atomic
def split_unit(
    *,
    unit: Unit,
    children: Collection[Unit],
    on: datetime.date,
    name: str,
    by: User | None,
    code: str = "",
) -> Unit:
    """Some of what stands directly below the unit goes on under a new unit beside it, which is returned.

    The unit itself goes on, with the rest and with its history. Raises Refused.
    """
    hold_lock(TREE)
    plan = plan_split(unit=unit, children=children, on=on, name=name, code=code)
    return cast("Unit", _carry_out(plan, by=by))


@transaction.atomic
def give_code(*, unit: Unit, code: str, on: datetime.date, by: User | None) -> None:
    """The unit has the official code from the day on; the one until then ends that day. Raises Refused."""
    hold_lock(TREE)
    code = plan_code(unit=unit, code=code, on=on)
    _replace_code(unit, code, on)
    record("unit code given", by=by, unit=unit, subject=code, on=on.isoformat())


@transaction.atomic
def create_unit(
    *,
    parent: Unit,
    level: Level,
    name: str,
    on: datetime.date,
    by: User | None,
    valid_to: datetime.date | None = None,
    year_group: int | None = None,
    code: str = "",
) -> Unit:
    """A new unit under the parent from the day on, which is returned. Raises Refused."""
    hold_lock(TREE)
    new = plan_addition(parent=parent, level=level, name=name, on=on, valid_to=valid_to, code=code)
    unit = add_unit(
        level=new.level,
        name=new.name,
        parent=new.parent,
        valid_from=on,
        valid_to=valid_to,
        year_group=year_group,
        code=new.code,
    )
    record("unit created", by=by, unit=unit, on=on.isoformat(), parent=parent.pk)
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, by: User | None) -> None:
    """The unit has the name on all its days, those before today too. Raises Refused."""
    hold_lock(TREE)
    name = plan_renaming(unit=unit, name=name)
    before = Unit.objects.get(pk=unit.pk).name
    change(Unit.objects.filter(pk=unit.pk), name=name)
    record("unit renamed", by=by, unit=unit, before=before, after=name)


def _replace_code(unit: Unit, code: str, on: datetime.date) -> None:
    held = UnitCode.objects.on(on).filter(unit=unit)
    if held.filter(valid_from=on).update(code=code):
        return  # given for the same day before: that one never came to hold
    held.update(valid_to=on)
    UnitCode.objects.create(
        municipality=unit.municipality, unit=unit, code=code, valid_from=on, valid_to=unit.valid_to
    )


def _carry_out(plan: Plan, *, by: User | None) -> Unit | None:
    """Writes what the plan says and announces it; returns the destination, made if it is new."""
    former_places = plan.former_places()
    _end(plan)
    destination = _made(plan.destination, plan.on)
    if destination is not None:
        Unit.objects.filter(pk__in=plan.ending_ids).update(successor=destination)
        for placement in plan.redirected:
            _redirect(placement, destination, plan.on)
    record(
        plan.action,
        by=by,
        unit=destination,
        on=plan.on.isoformat(),
        moved=sorted({(place.unit_id, place.parent_id) for place in former_places}),
        ended=sorted(plan.ending_ids),
    )
    units_moved.send(sender=_carry_out, former_places=former_places)
    return destination


def _made(destination: Unit | NewUnit | None, on: datetime.date) -> Unit | None:
    if not isinstance(destination, NewUnit):
        return destination
    return add_unit(
        level=destination.level,
        name=destination.name,
        parent=destination.parent,
        valid_from=on,
        code=destination.code,
    )


def _end(plan: Plan) -> None:
    """The units, their places and their codes hold up to the day."""
    UnitCode.objects.on(plan.on).filter(unit__in=plan.ending_ids).update(valid_to=plan.on)
    change(UnitPlacement.objects.on(plan.on).filter(unit__in=plan.ending_ids), valid_to=plan.on)
    change(Unit.objects.filter(pk__in=plan.ending_ids), valid_to=plan.on)


def _redirect(placement: UnitPlacement, destination: Unit, on: datetime.date) -> None:
    """From the day on the placement leads to the destination."""
    if placement.valid_from >= on:  # it had not begun, so there is no history of it
        change(UnitPlacement.objects.filter(pk=placement.pk), parent=destination)
        return
    until = placement.valid_to
    change(UnitPlacement.objects.filter(pk=placement.pk), valid_to=on)
    UnitPlacement.objects.create(
        municipality=placement.municipality,
        unit=placement.unit,
        parent=destination,
        valid_from=on,
        valid_to=until,
    )
