"""Which pupils are whose on a day, and who may ask."""

import datetime

import pytest

from accounts.access import AccessDenied, Sight
from accounts.tenancy import municipality_scope
from pupils.models import Pupil
from pupils.queries import FEW, class_of, enrolments_at, home_enrolments, members_of, pupils_in
from pupils.services import enrol_pupil
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import Place

MOVES = datetime.date(2026, 10, 1)
BEFORE, AFTER = datetime.date(2026, 9, 30), MOVES


@pytest.fixture
def mover(in_solviken: Place) -> Pupil:
    """In 4A until, and in 5A from, 1 October."""
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=MOVES)
    return pupil


def test_pupils_of_a_class_are_those_of_the_day(in_solviken: Place, mover: Pupil) -> None:
    place = in_solviken
    stays = PupilFactory(school_class=place.class_4a)
    sight = Sight(place.principal)

    assert set(pupils_in(place.class_4a, BEFORE, sight)) == {stays, mover}
    assert set(pupils_in(place.class_4a, AFTER, sight)) == {stays}
    assert set(pupils_in(place.class_5a, AFTER, sight)) == {mover}


@pytest.mark.parametrize("person", ["colleague", "area_head", "board_member", "coordinator", "administrator"])
def test_pupils_are_denied_to_those_who_may_not_see_them(in_solviken: Place, person: str) -> None:
    with pytest.raises(AccessDenied):
        pupils_in(in_solviken.class_4a, AFTER, Sight(getattr(in_solviken, person)))


def test_pupil_who_is_only_taught_there_is_no_member(in_solviken: Place) -> None:
    guest = PupilFactory(school_class=in_solviken.class_4a)
    EnrolmentFactory(pupil=guest, school_class=in_solviken.class_5a, is_home=False)

    assert members_of(in_solviken.class_5a, AFTER) == []
    assert [enrolment.school_class for enrolment in home_enrolments(AFTER)] == [in_solviken.class_4a]


def test_members_take_one_query(in_solviken: Place, django_assert_num_queries) -> None:
    PupilFactory.create_batch(3, school_class=in_solviken.class_4a)

    with django_assert_num_queries(1):
        names = [pupil.family_name for pupil in members_of(in_solviken.class_4a, AFTER)]

    assert len(names) == 3


def test_enrolments_of_a_day_are_a_frame_of_whole_numbers(in_solviken: Place, mover: Pupil) -> None:
    elsewhere = PupilFactory()

    found = enrolments_at(AFTER, [mover.pk, elsewhere.pk])

    assert list(found.columns) == ["pupil_id", "school_class_id", "year_group"]
    assert found.to_numpy().tolist() == [[mover.pk, in_solviken.class_5a.pk, 5]]
    assert {str(dtype) for dtype in found.dtypes} == {"int64"}


def test_enrolments_of_nobody_are_an_empty_frame(in_solviken: Place, mover: Pupil) -> None:
    found = enrolments_at(AFTER, [])

    assert (len(found), list(found.columns)) == (0, ["pupil_id", "school_class_id", "year_group"])


def test_enrolments_of_many_pupils_hold_all_who_were_asked_for(
    in_solviken: Place, fjordvik: Place, mover: Pupil
) -> None:
    """More ids than are named in a statement: then all of the municipality's are read, and no other's."""
    with municipality_scope(fjordvik.municipality):
        foreign = PupilFactory(school_class=fjordvik.class_4a)

    found = enrolments_at(AFTER, [mover.pk, foreign.pk, *range(-FEW, 0)])

    assert found["pupil_id"].tolist() == [mover.pk]


def test_class_of_a_pupil_is_that_of_the_day_or_the_last_before_it(in_solviken: Place, mover: Pupil) -> None:
    mover.enrolments.filter(valid_from=MOVES).update(valid_to=datetime.date(2026, 11, 1))

    assert class_of(mover, BEFORE) == in_solviken.class_4a
    assert class_of(mover, AFTER) == in_solviken.class_5a
    assert class_of(mover, datetime.date(2030, 1, 1)) == in_solviken.class_5a


def test_class_of_a_pupil_who_has_not_begun_is_none(in_solviken: Place) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a, since=AFTER)

    assert class_of(pupil, BEFORE) is None
    assert class_of(PupilFactory(), AFTER) is None
