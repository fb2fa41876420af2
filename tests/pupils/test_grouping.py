"""Registered groups: joined and left with days, in the log, announced only where the group is summed up."""

import datetime

import pytest

from accounts.models import AuditEvent
from pupils.grouping import (
    join_group,
    leave_group,
    register_group,
    stop_summing_group,
    sum_group,
)
from pupils.models import PupilGroup, PupilGroupMembership
from pupils.signals import groups_changed
from tests.factories.pupils import GroupFactory, MembershipFactory, PupilFactory
from tests.fixtures import Place

AUGUST, OCTOBER, MARCH = (
    datetime.date(2026, 8, 1),
    datetime.date(2026, 10, 1),
    datetime.date(2027, 3, 1),
)


@pytest.fixture
def told():
    """The pupil ids of each announcement."""
    announced: list[list[int]] = []

    def hear(pupil_ids, **_kwargs):
        announced.append(pupil_ids)

    groups_changed.connect(hear)
    yield announced
    groups_changed.disconnect(hear)


def stays(group: PupilGroup) -> list[tuple[int, datetime.date, datetime.date | None]]:
    rows = PupilGroupMembership.objects.filter(group=group).order_by("pupil_id", "valid_from")
    return list(rows.values_list("pupil_id", "valid_from", "valid_to"))


def test_registered_group_has_no_sums_until_somebody_says_so(in_solviken: Place) -> None:
    group = register_group(
        name="Nyanlända",
        purpose="Se att stödet når fram",
        legal_ground="Skollagen 3 kap.",
        valid_from=AUGUST,
        by=in_solviken.administrator,
    )

    assert not group.is_summed
    assert AuditEvent.objects.get(action="group registered").actor_id == in_solviken.administrator.pk


def test_pupils_join_and_leave_with_days(in_solviken: Place) -> None:
    group, (one, other) = GroupFactory(), PupilFactory.create_batch(2)

    join_group(group=group, pupil_ids=[one.pk, other.pk], on=AUGUST, by=None)
    leave_group(group=group, pupil_ids=[one.pk], on=OCTOBER, by=None)
    join_group(group=group, pupil_ids=[one.pk, other.pk], on=MARCH, by=None)

    assert stays(group) == [(one.pk, AUGUST, OCTOBER), (one.pk, MARCH, None), (other.pk, AUGUST, None)]


def test_stay_that_had_not_begun_is_taken_away(in_solviken: Place) -> None:
    group, pupil = GroupFactory(), PupilFactory()
    join_group(group=group, pupil_ids=[pupil.pk], on=OCTOBER, by=None)

    leave_group(group=group, pupil_ids=[pupil.pk], on=OCTOBER, by=None)

    assert stays(group) == []


def test_who_belongs_already_or_will_is_left_as_it_is(in_solviken: Place) -> None:
    group, pupil = GroupFactory(), PupilFactory()
    MembershipFactory(group=group, pupil=pupil, valid_from=OCTOBER)

    join_group(group=group, pupil_ids=[pupil.pk], on=AUGUST, by=None)

    assert stays(group) == [(pupil.pk, OCTOBER, None)]


def test_joining_and_leaving_are_in_the_log_with_the_pupils(in_solviken: Place) -> None:
    group, pupil = GroupFactory(), PupilFactory()

    join_group(group=group, pupil_ids=[pupil.pk], on=AUGUST, by=in_solviken.coordinator)
    leave_group(group=group, pupil_ids=[pupil.pk], on=OCTOBER, by=in_solviken.coordinator)

    logged = AuditEvent.objects.filter(subject=str(group.pk)).order_by("pk")
    assert [(event.action, event.pupil_ids) for event in logged] == [
        ("group joined", [pupil.pk]),
        ("group left", [pupil.pk]),
    ]


def test_group_without_sums_has_nothing_to_announce(in_solviken: Place, told: list) -> None:
    group, pupil = GroupFactory(), PupilFactory()

    join_group(group=group, pupil_ids=[pupil.pk], on=AUGUST, by=None)
    leave_group(group=group, pupil_ids=[pupil.pk], on=OCTOBER, by=None)

    assert told == []


def test_summed_group_announces_whom_a_change_concerns(in_solviken: Place, told: list) -> None:
    group, (one, other) = GroupFactory(), PupilFactory.create_batch(2)

    join_group(group=group, pupil_ids=[other.pk], on=AUGUST, by=None)
    sum_group(group=group, by=None)
    join_group(group=group, pupil_ids=[one.pk, other.pk], on=AUGUST, by=None)
    leave_group(group=group, pupil_ids=[one.pk], on=OCTOBER, by=None)
    stop_summing_group(group=group, by=None)

    assert told == [[other.pk], [one.pk], [one.pk], sorted([one.pk, other.pk])]


def test_group_is_looked_up_as_it_is_now(in_solviken: Place, told: list) -> None:
    """Whoever opened the page before somebody switched the figures on has an old group in the hand."""
    group, pupil = GroupFactory(), PupilFactory()
    sum_group(group=PupilGroup.objects.get(pk=group.pk), by=None)

    join_group(group=group, pupil_ids=[pupil.pk], on=AUGUST, by=None)

    assert told == [[], [pupil.pk]]


def test_switching_what_is_switched_already_does_nothing(in_solviken: Place, told: list) -> None:
    group = GroupFactory(is_summed=True)

    sum_group(group=group, by=None)
    stop_summing_group(group=GroupFactory(), by=None)

    assert told == []
