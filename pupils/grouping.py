"""Writes of registered groups: one verb each, keyword-only, atomic, and in the log: who is in a group is sensitive.

Only a group that is summed up has anything to announce: the others are in no figure.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from .models import PupilGroup, PupilGroupMembership
from .signals import groups_changed


def register_group(
    *, name: str, purpose: str, legal_ground: str, valid_from: datetime.date, by: User | None
) -> PupilGroup:
    """A new group, without members and without sums of its own."""
    group = PupilGroup.objects.create(
        municipality=current_municipality(),
        name=name,
        purpose=purpose,
        legal_ground=legal_ground,
        valid_from=valid_from,
    )
    record("group registered", by=by, subject=str(group.pk), purpose=purpose, legal_ground=legal_ground)
    return group


@transaction.atomic
def join_group(*, group: PupilGroup, pupil_ids: Collection[int], on: datetime.date, by: User | None) -> None:
    """The pupils belong to the group from a day on; who belongs to it that day or later already is left as it is."""
    group = _held(group)
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
