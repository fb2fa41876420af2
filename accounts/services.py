"""Writes: one verb each, keyword-only, atomic; what a person does is audited."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, override

from .audit import record
from .known import change, remove
from .models import Level, Municipality, RoleAssignment, Unit, UnitCode, UnitKind, UnitPlacement, User
from .signals import limits_changed, municipality_created, successors_changed, units_leaving
from .statements import hold_lock
from .tenancy import current_municipality, municipality_scope

LANGUAGE_OF_COUNTRY = {"SE": "sv", "NO": "nb", "DK": "da"}
# The municipality itself has always been there, so that no figure is older than its root.
BEGINNING = datetime.date(1900, 1, 1)
# The lock under which edges of the tree are written, so that nothing is placed where a reorganisation just ends.
TREE = "tree"


@transaction.atomic
def create_municipality(*, code: str, name: str, country: str) -> Municipality:
    """An empty municipality: its root unit, and the kinds of units in the country's own words."""
    language = LANGUAGE_OF_COUNTRY[country]
    municipality = Municipality.objects.create(code=code, name=name, country=country, language=language)
    with municipality_scope(municipality), override(language):
        names = {level: gettext(str(level.label)) for level in Level}
        UnitKind.objects.bulk_create(
            UnitKind(municipality=municipality, level=level, name=name) for level, name in names.items()
        )
        Unit.objects.create(
            municipality=municipality,
            kind=UnitKind.objects.get(level=Level.MUNICIPALITY),
            name=name,
            valid_from=BEGINNING,
        )
        municipality_created.send(sender=create_municipality, municipality=municipality)
        record("municipality created", by=None, subject=code)
    return municipality


@transaction.atomic
def add_unit(
    *,
    level: Level,
    name: str,
    parent: Unit,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    year_group: int | None = None,
    code: str = "",
) -> Unit:
    """A unit of the municipality's own kind at the level, under its parent for as long as it exists.

    Where the parent ends before the unit does, the unit stands under the parent's successor from then on.
    """
    hold_lock(TREE)
    municipality = current_municipality()
    unit = Unit.objects.create(
        municipality=municipality,
        kind=UnitKind.objects.filter(level=level).order_by("pk")[0],
        name=name,
        year_group=year_group,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    UnitPlacement.objects.bulk_create(
        UnitPlacement(
            municipality=municipality, unit=unit, parent_id=parent_id, valid_from=begins, valid_to=ends
        )
        for parent_id, begins, ends in _places(parent.pk, valid_from, valid_to)
    )
    if code:
        UnitCode.objects.create(municipality=municipality, unit=unit, code=code, valid_from=valid_from)
    return unit


def _places(
    parent_id: int, begins: datetime.date, ends: datetime.date | None
) -> Iterator[tuple[int, datetime.date, datetime.date | None]]:
    """(parent id, first day, end) of a unit's places under the parent and, when that ends, under its successors."""
    while True:
        parent_ends, successor_id = Unit.objects.values_list("valid_to", "successor_id").get(pk=parent_id)
        if successor_id is None or parent_ends is None or (ends is not None and ends <= parent_ends):
            yield parent_id, begins, ends
            return
        if begins < parent_ends:
            yield parent_id, begins, parent_ends
            begins = parent_ends
        parent_id = successor_id


@transaction.atomic
def begin_earlier(*, unit: Unit, on: datetime.date) -> None:
    """The unit, its first place in the tree and its first code hold from a day on, if they begin later."""
    if unit.valid_from <= on:
        return
    UnitCode.objects.filter(unit=unit, valid_from=unit.valid_from).update(valid_from=on)
    change(UnitPlacement.objects.filter(unit=unit, valid_from=unit.valid_from), valid_from=on)
    change(Unit.objects.filter(pk=unit.pk), valid_from=on)


@transaction.atomic
def set_successors(successors: Mapping[int, int | None]) -> None:
    """By id of a unit, the one that goes on for it when it has ended; None for nobody."""
    before = Unit.objects.filter(pk__in=successors).exclude(successor=None)
    touched = {*successors, *before.values_list("successor_id", flat=True), *successors.values()}
    for unit_id, successor_id in successors.items():
        Unit.objects.filter(pk=unit_id).update(successor=successor_id)
    if successors:
        successors_changed.send(sender=set_successors, unit_ids=touched - {None})


@transaction.atomic
def remove_units(unit_ids: Collection[int]) -> None:
    """Units that should never have been, with their places and codes; ProtectedError if anything else names one."""
    hold_lock(TREE)
    units_leaving.send(sender=remove_units, unit_ids=list(unit_ids))
    remove(UnitPlacement.objects.filter(unit__in=unit_ids))
    UnitCode.objects.filter(unit__in=unit_ids).delete()
    remove(Unit.objects.filter(pk__in=unit_ids))


def add_person(*, login: str, name: str, password: str | None = None, language: str = "") -> User:
    """Somebody who can sign in to the municipality; sees nothing until a role is assigned."""
    return User.objects.create_user(
        login=login, password=password, name=name, language=language, municipality=current_municipality()
    )


@transaction.atomic
def assign_role(
    *,
    user: User,
    role: str,
    unit: Unit,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: User | None = None,
) -> RoleAssignment:
    assignment = RoleAssignment.objects.create(
        municipality=current_municipality(),
        user=user,
        role=role,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record("role assigned", by=by, unit=unit, subject=role, person=user.pk)
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, on: datetime.date, by: User | None = None) -> None:
    """The role is held up to, but not including, the day."""
    RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), pk=assignment.pk).update(
        valid_to=on
    )
    record("role ended", by=by, unit=assignment.unit, subject=assignment.role, person=assignment.user_id)


def choose_language(*, by: User, language: str) -> None:
    """The person's own choice; it goes before the browser's and the municipality's."""
    by.language = language
    by.save(update_fields=["language"])


@transaction.atomic
def set_limits(*, smallest_base: int, smallest_count: int, by: User | None) -> None:
    """How many pupils a figure must rest on, and how many must have a colour; never below the floor (Municipality)."""
    municipality = Municipality.objects.select_for_update().get(pk=current_municipality().pk)
    before = (municipality.smallest_base, municipality.smallest_count)
    if before == (smallest_base, smallest_count):
        return
    municipality.smallest_base, municipality.smallest_count = smallest_base, smallest_count
    municipality.save(update_fields=["smallest_base", "smallest_count"])
    record("limits of figures set", by=by, before=before, after=(smallest_base, smallest_count))
    limits_changed.send(sender=set_limits)
