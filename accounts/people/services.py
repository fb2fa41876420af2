"""Writes: people are invited, given roles, ended and opened again; each by somebody, atomic, audited."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..audit import record
from ..models import RoleAssignment, Unit, User
from ..refusal import ActRefused
from ..roles import RoleCode
from ..services import add_person, assign_role, end_role
from ..signing_in.services import end_sessions
from ..statements import hold_lock
from ..tenancy import current_municipality
from .places import can_be_held
from .plan import Change, Held, ListPlan, PersonPlan, Role

# Held while people change, so that two administrators cannot end each other at once and leave nobody.
PEOPLE = "people"


@transaction.atomic
def invite(
    *,
    login: str,
    name: str,
    role: str,
    unit: Unit,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: User,
) -> User:
    """Somebody new with a first role; without a password, so the way in is a link or single sign-on.

    Raises ActRefused where the user name is taken or the role cannot be held there.
    """
    hold_lock(PEOPLE)
    if User.objects.filter(login__iexact=login).exists():
        raise ActRefused(_("The user name cannot be used here. Choose another."))
    user = add_person(login=login, name=name)
    record("person invited", by=by, subject=user.key, person=user.pk)
    give_role(user=user, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to, by=by)
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    unit: Unit,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: User,
) -> RoleAssignment:
    """Raises ActRefused where the role cannot be held at the unit, or is held there already at some of the time.

    And for oneself: who sees pupils, or whose looking is followed up, is decided by two.
    """
    if user.pk == by.pk:
        raise ActRefused(_("Nobody gives a role to themselves. Ask another administrator."))
    if not can_be_held(role, unit.level):
        raise ActRefused(
            _("The role “%(role)s” cannot be held at %(unit)s.")
            % {"role": RoleCode(role).label, "unit": unit.name}
        )
    if valid_to is not None and valid_to <= valid_from:
        raise ActRefused(_("The last day is before the first."))
    held = RoleAssignment.objects.filter(user=user, role=role, unit=unit)
    if any(_overlap(one, valid_from, valid_to) for one in held):
        raise ActRefused(_("%(name)s has this role here already.") % {"name": user.name})
    return assign_role(user=user, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to, by=by)


def _overlap(held: RoleAssignment, begins: datetime.date, ends: datetime.date | None) -> bool:
    return (ends is None or held.valid_from < ends) and (held.valid_to is None or begins < held.valid_to)


@transaction.atomic
def take_role(*, assignment: RoleAssignment, on: datetime.date, by: User) -> None:
    """The role is held up to, but not including, the day; one that would begin later is taken away whole.

    Raises ActRefused for the last administrator.
    """
    hold_lock(PEOPLE)
    if assignment.valid_from >= on:
        record(
            "role taken back", by=by, unit=assignment.unit, subject=assignment.role, person=assignment.user_id
        )
        assignment.delete()
    else:
        end_role(assignment=assignment, on=on, by=by)
    _check_an_administrator_is_left(on)


@transaction.atomic
def end_account(*, user: User, on: datetime.date, by: User) -> None:
    """Nobody signs in with the account any more, and open sessions end at their next request; so do all roles.

    Raises ActRefused for one's own account and for the last administrator's.
    """
    hold_lock(PEOPLE)
    if user.pk == by.pk:
        raise ActRefused(_("You cannot end your own account."))
    for assignment in RoleAssignment.objects.filter(user=user).select_related("unit"):
        if assignment.valid_to is None or assignment.valid_to > on:
            take_role(assignment=assignment, on=on, by=by)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user, by=by)
    record("account ended", by=by, subject=user.key, person=user.pk)


@transaction.atomic
def open_account(*, user: User, by: User) -> None:
    """The account is there again, without roles."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("account opened again", by=by, subject=user.key, person=user.pk)


def _check_an_administrator_is_left(on: datetime.date) -> None:
    left = RoleAssignment.objects.on(on).filter(role=RoleCode.ADMINISTRATOR, user__is_active=True)
    if not left.exists():
        raise ActRefused(_("Somebody must be administrator: give the role to another person first."))


@transaction.atomic
def carry_out_list(*, plan: ListPlan, on: datetime.date, by: User) -> None:
    """Does what a list comes to, whole or not at all. Raises ActRefused."""
    hold_lock(PEOPLE)
    if not plan.can_be_done:
        raise ActRefused(_("Nothing of the list can be done. Mend the rows that were not understood first."))
    units = {unit.pk: unit for unit in Unit.objects.all()}
    # Roles are given before any are ended, so that the new administrator is there when the old one goes.
    people = [(_person(person, by), person) for person in plan.people]
    for user, person in people:
        for role in person.gives:
            _give(user, role, units[role.unit_id], by)
    for user, person in people:
        for held, day in person.ends:
            _end(held, day, on, by)
        if person.change is Change.ENDED:
            end_account(user=user, on=on, by=by)
    counts: dict[str, Any] = {change.value: len(plan.of(change)) for change in Change}
    record("list of people read in", by=by, is_whole=plan.is_whole, refused=len(plan.refusals), **counts)


def _person(person: PersonPlan, by: User) -> User:
    """The person with the name of the list; new, if there is none."""
    if person.change is Change.NEW:
        user = add_person(login=person.login, name=person.name)
        record("person invited", by=by, subject=user.key, person=user.pk)
        return user
    user = User.objects.get(login=person.login, municipality=current_municipality())
    if person.is_opened:
        open_account(user=user, by=by)
    if person.name != user.name:
        user.name = person.name
        user.save(update_fields=["name"])
        record("name of a person changed", by=by, subject=user.key, person=user.pk)
    return user


def _give(user: User, role: Role, unit: Unit, by: User) -> None:
    assign_role(
        user=user, role=role.role, unit=unit, valid_from=role.valid_from, valid_to=role.valid_to, by=by
    )


def _end(held: Held, day: datetime.date, on: datetime.date, by: User) -> None:
    assignment = RoleAssignment.objects.select_related("unit").filter(pk=held.pk).first()
    if assignment is None:
        return
    if held.valid_to is not None and held.valid_to < day:
        RoleAssignment.objects.filter(pk=held.pk).update(valid_to=day)
        record(
            "role prolonged", by=by, unit=assignment.unit, subject=assignment.role, person=assignment.user_id
        )
    else:
        take_role(assignment=assignment, on=day, by=by)
