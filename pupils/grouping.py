"""Writes of registered groups: one verb each, keyword-only, atomic, and in the log: who is in a group is sensitive.

Only a group that is summed up has anything to announce: the others are in no figure.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.refusal import ActRefused
from accounts.tenancy import current_municipality

from .models import PupilGroup, PupilGroupMembership
from .signals import groups_changed


def check_name(name: str) -> str:
    """The name without spaces around it; raises ActRefused for one that another group has."""
    name = name.strip()
    if PupilGroup.objects.filter(name=name).exists():
        raise ActRefused(_("There is a group “%(name)s” already. Choose another name.") % {"name": name})
    return name


def check_day(group: PupilGroup, on: datetime.date) -> None:
    """The group is there on the day; raises ActRefused."""
    if on < group.valid_from:
        raise ActRefused(
            _("“%(group)s” begins on %(day)s. Choose that day or a later one.")
            % {"group": group, "day": date_format(group.valid_from, "DATE_FORMAT")}
        )
    if group.valid_to is not None and on >= group.valid_to:
        raise ActRefused(
            _("“%(group)s” ends on %(day)s. Choose an earlier day.")
            % {"group": group, "day": date_format(group.valid_to, "DATE_FORMAT")}
        )


@transaction.atomic
def register_group(
    *, name: str, purpose: str, legal_ground: str, valid_from: datetime.date, by: User | None
) -> PupilGroup:
    """A new group, without members and without sums of its own. Raises ActRefused."""
    group = PupilGroup.objects.create(
        municipality=current_municipality(),
        name=check_name(name),
        purpose=purpose,
        legal_ground=legal_ground,
        valid_from=valid_from,
    )
    record("group registered", by=by, subject=str(group.pk), purpose=purpose, legal_ground=legal_ground)
    return group


@transaction.atomic
def join_group(*, group: PupilGroup, pupil_ids: Collection[int], on: datetime.date, by: User | None) -> None:
    """The pupils belong to the group from a day on; who belongs to it that day or later already is left as it is.

    Raises ActRefused for a day on which the group is not there.
    """
    group = _held(group)
    check_day(group, on)
    memberships = PupilGroupMembership.objects.filter(group=group, pupil__in=pupil_ids)
    ended_before = memberships.filter(valid_to__lte=on)
    there = set(memberships.exclude(pk__in=ended_before.values("pk")).values_list("pupil_id", flat=True))
    new = sorted(set(pupil_ids) - there)
    PupilGroupMembership.objects.bulk_create(
        PupilGroupMembership(municipality=group.municipality, group=group, pupil_id=pupil_id, valid_from=on)
        for pupil_id in new
    )
    record("group joined", by=by, subject=str(group.pk), pupils=new)
    _announce(group, new)


@transaction.atomic
def leave_group(*, group: PupilGroup, pupil_ids: Collection[int], on: datetime.date, by: User | None) -> None:
    """The day is the first on which the pupils do not belong to the group any more; a stay that would begin that day
    or later is taken away."""
    group = _held(group)
    memberships = PupilGroupMembership.objects.filter(group=group, pupil__in=pupil_ids)
    ending = memberships.on(on) | memberships.filter(valid_from__gte=on)
    leaving = set(ending.values_list("pupil_id", flat=True))
    memberships.filter(valid_from__gte=on).delete()
    memberships.on(on).update(valid_to=on)
    record("group left", by=by, subject=str(group.pk), pupils=leaving)
    _announce(group, leaving)


@transaction.atomic
def end_group(*, group: PupilGroup, on: datetime.date, by: User | None) -> None:
    """The group is there up to, but not including, the day, and so are its memberships. Raises ActRefused.

    Its figures of earlier rounds stay.
    """
    group = _held(group)
    check_end(group, on)
    memberships = PupilGroupMembership.objects.filter(group=group)
    lasting = memberships.on(on) | memberships.filter(valid_from__gte=on)
    leave_group(group=group, pupil_ids=set(lasting.values_list("pupil_id", flat=True)), on=on, by=by)
    group.valid_to = on
    group.save(update_fields=["valid_to"])
    record("group ended", by=by, subject=str(group.pk), on=on.isoformat())


def check_end(group: PupilGroup, on: datetime.date) -> None:
    """The group has been there for a day at least; raises ActRefused."""
    check_day(group, on)
    if on == group.valid_from:
        raise ActRefused(
            _("“%(group)s” begins that day. It can end a day later at the earliest.") % {"group": group}
        )


@transaction.atomic
def sum_group(*, group: PupilGroup, by: User | None) -> None:
    """From now on the group has sums of its own, in every round."""
    group = _held(group)
    if group.is_summed:
        return
    _switch(group, on=True)
    record("group's figures switched on", by=by, subject=str(group.pk))


@transaction.atomic
def stop_summing_group(*, group: PupilGroup, by: User | None) -> None:
    """The group has no sums of its own any more, in no round."""
    group = _held(group)
    if group.is_summed:
        _switch(group, on=False)
        record("group's figures switched off", by=by, subject=str(group.pk))


def _held(group: PupilGroup) -> PupilGroup:
    """The group as it is now, and stays until the transaction ends: nobody switches it while somebody joins."""
    return PupilGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def _switch(group: PupilGroup, *, on: bool) -> None:
    group.is_summed = on
    group.save(update_fields=["is_summed"])
    members = PupilGroupMembership.objects.filter(group=group)
    _send(set(members.values_list("pupil_id", flat=True)))


def _announce(group: PupilGroup, pupil_ids: Collection[int]) -> None:
    if group.is_summed and pupil_ids:
        _send(pupil_ids)


def _send(pupil_ids: Collection[int]) -> None:
    groups_changed.send(sender=PupilGroup, pupil_ids=sorted(pupil_ids))
