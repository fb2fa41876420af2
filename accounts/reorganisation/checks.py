"""What makes an act of reorganisation impossible, in words."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import cast

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import Level, Unit, UnitCode, UnitPlacement
from ..queries import subtree_ids
from .plan import Refused


def in_words(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")


def as_they_are_now(*units: Unit) -> Iterator[Unit]:
    """The units as the database has them at this moment; Refused for one of another municipality.

    A page, or another act that came first, may have read them before they ended.
    """
    there = Unit.objects.select_related("municipality").in_bulk([unit.pk for unit in units])
    for unit in units:
        if unit.pk not in there:
            raise Refused(_("“%(unit)s” belongs to another municipality.") % {"unit": unit})
        yield there[unit.pk]


def check_there(unit: Unit, on: datetime.date) -> None:
    """The unit exists on the day."""
    if on < unit.valid_from:
        raise Refused(
            _("“%(unit)s” begins on %(day)s. Choose that day or a later one.")
            % {"unit": unit, "day": in_words(unit.valid_from)}
        )
    if unit.valid_to is not None and on >= unit.valid_to:
        raise Refused(
            _("“%(unit)s” ends on %(day)s. Choose an earlier day.")
            % {"unit": unit, "day": in_words(unit.valid_to)}
        )


def check_not_root(unit: Unit) -> None:
    if unit.level == Level.MUNICIPALITY:
        raise Refused(
            _("“%(unit)s” is the municipality itself: everything stands under it.") % {"unit": unit}
        )


def check_can_stand_under(unit: Unit, parent: Unit, on: datetime.date) -> None:
    """The parent is another unit, not below the unit, and of a higher level."""
    if parent.pk == unit.pk:
        raise Refused(_("“%(unit)s” cannot stand under itself.") % {"unit": unit})
    if parent.pk in subtree_ids([unit.pk], on):
        raise Refused(
            _("“%(parent)s” stands below “%(unit)s”, so “%(unit)s” cannot stand under it.")
            % {"unit": unit, "parent": parent}
        )
    check_levels(unit, Level(unit.level), parent)


def check_levels(name: object, level: Level, parent: Unit) -> None:
    """What stands above is of a higher level."""
    if parent.level >= level:
        raise Refused(
            _(
                "“%(unit)s” (%(kind)s) cannot stand under “%(parent)s” (%(parent_kind)s): "
                "what stands above must be of a higher level."
            )
            % {
                "unit": name,
                "kind": level.label,
                "parent": parent,
                "parent_kind": Level(parent.level).label,
            }
        )


def check_outlives(parent: Unit, placements: Collection[UnitPlacement]) -> None:
    """The parent is there for as long as what is to stand under it."""
    if parent.valid_to is None:
        return
    for placement in placements:
        if placement.valid_to is None or placement.valid_to > parent.valid_to:
            raise Refused(
                _("“%(parent)s” ends on %(day)s, and “%(unit)s” is there longer.")
                % {"parent": parent, "day": in_words(parent.valid_to), "unit": placement.unit}
            )


def check_nothing_decided_after(unit: Unit, on: datetime.date) -> None:
    """The unit does not move after the day already."""
    later = UnitPlacement.objects.filter(unit=unit, valid_from__gt=on).select_related("parent").first()
    if later is not None:
        raise Refused(
            _("“%(unit)s” moves to “%(parent)s” on %(day)s. Choose that day or a later one.")
            % {"unit": unit, "parent": later.parent, "day": in_words(later.valid_from)}
        )


def check_can_end(unit: Unit, on: datetime.date) -> None:
    """The unit has been there for a day at least, where it stands and with the code that it has."""
    check_there(unit, on)
    check_nothing_decided_after(unit, on)
    begins = [unit.valid_from]
    begins += UnitPlacement.objects.filter(unit=unit).values_list("valid_from", flat=True)
    begins += UnitCode.objects.filter(unit=unit).values_list("valid_from", flat=True)
    if max(begins) >= on:
        raise Refused(
            _("“%(unit)s” is as it is now from %(day)s on. It can end a day later at the earliest.")
            % {"unit": unit, "day": in_words(max(begins))}
        )


def check_nothing_below(unit: Unit, on: datetime.date) -> None:
    """Nothing stands below the unit on the day or later."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    below = UnitPlacement.objects.filter(lasting, parent=unit).select_related("unit").order_by("unit__name")
    names = sorted({placement.unit.name for placement in below})
    if names:
        raise Refused(
            _("Below “%(unit)s” there are still %(names)s on %(day)s. Move them or end them first.")
            % {"unit": unit, "names": _listed(names), "day": in_words(on)}
        )


MOST_LISTED = 5


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:MOST_LISTED])
    n_more = len(names) - MOST_LISTED
    return _("%(names)s and %(n)d more") % {"names": shown, "n": n_more} if n_more > 0 else shown


LONGEST_NAME = cast("int", Unit._meta.get_field("name").max_length)


def checked_name(name: str) -> str:
    """The name without spaces around it; Refused for an empty one, and for one that is too long."""
    name = name.strip()
    if not name:
        raise Refused(_("Give the unit a name."))
    if len(name) > LONGEST_NAME:
        raise Refused(_("The name has more than %(n)d characters.") % {"n": LONGEST_NAME})
    return name


def check_name_is_free(
    name: str, parent_id: int, begins: datetime.date, ends: datetime.date | None, but: Unit | None = None
) -> None:
    """Nothing else of the name stands under the parent between the days: files name units by name."""
    beside = UnitPlacement.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=begins), parent=parent_id, unit__name=name
    ).select_related("unit", "parent")
    if ends is not None:
        beside = beside.filter(valid_from__lt=ends)
    if but is not None:
        beside = beside.exclude(unit=but)
    other = beside.first()
    if other is not None:
        raise Refused(
            _("“%(parent)s” has a unit “%(name)s” already. Choose another name.")
            % {"parent": other.parent, "name": name}
        )


def check_code_can_change(unit: Unit, code: str, on: datetime.date) -> None:
    """The code is one, another than the unit has on the day, and nobody else's; no code is decided after the day."""
    if not code:
        raise Refused(_("Write the new code."))
    check_code_is_free(code, on, holders=[unit.pk])
    later = UnitCode.objects.filter(unit=unit, valid_from__gt=on).first()
    if later is not None:
        raise Refused(
            _("“%(unit)s” has the code %(code)s from %(day)s on. Choose that day or a later one.")
            % {"unit": unit, "code": later.code, "day": in_words(later.valid_from)}
        )
    if UnitCode.objects.on(on).filter(unit=unit, code=code).exists():
        raise Refused(_("“%(unit)s” has the code %(code)s already.") % {"unit": unit, "code": code})


def check_code_is_free(code: str, on: datetime.date, holders: Collection[int]) -> None:
    """Nobody but the holders (ids of units) has the code on the day or later."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    taken = (
        UnitCode.objects.filter(lasting, code=code).exclude(unit__in=holders).select_related("unit").first()
    )
    if taken is not None:
        raise Refused(
            _("“%(unit)s” has the code %(code)s on %(day)s. Two units cannot have one code.")
            % {"unit": taken.unit, "code": code, "day": in_words(max(on, taken.valid_from))}
        )
