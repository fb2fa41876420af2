"""The register grows: pupils come, move and leave, history stays, and the news travels."""

import datetime
from collections.abc import Collection, Iterator

import pytest
from django.db import IntegrityError, transaction

from pupils.models import Enrolment, Protection, Pupil
from pupils.queries import class_of
from pupils.services import (
    OverlappingEnrolment,
    add_pupil,
    add_pupils,
    end_enrolment,
    enrol_pupil,
    enrol_pupils,
    search_name,
)
from pupils.signals import enrolments_changed
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import Place

BEGINS = datetime.date(2026, 8, 1)
MOVES = datetime.date(2026, 10, 1)

News = tuple[list[int], set[int]]


@pytest.fixture
def news(db: None) -> Iterator[list[News]]:
    """What was announced: (pupil ids, class ids), in order."""
    told: list[News] = []

    def listen(pupil_ids: Collection[int], class_ids: Collection[int], **_kwargs: object) -> None:
        told.append((list(pupil_ids), set(class_ids)))

    enrolments_changed.connect(listen)
    yield told
    enrolments_changed.disconnect(listen)


def ranges(pupil: Pupil) -> list[tuple[str, datetime.date, datetime.date | None]]:
    enrolments = Enrolment.objects.filter(pupil=pupil).order_by("valid_from").select_related("school_class")
    return [(each.school_class.name, each.valid_from, each.valid_to) for each in enrolments]


def test_new_pupil_is_of_the_municipality_and_found_by_name(in_solviken: Place) -> None:
    pupil = add_pupil(given_name="Åsa", family_name="Öberg", identity_number="201601012391", sex="F")

    stored = Pupil.objects.get()
    assert stored == pupil
    assert (stored.municipality, stored.shown_name) == (in_solviken.municipality, "Öberg, Åsa")
    assert stored.search_name == "öberg åsa"
    assert (len(stored.key), str(stored)) == (12, f"pupil {stored.key}")


def test_pupil_with_protected_identity_is_shown_by_a_pseudonym(in_solviken: Place) -> None:
    pupil = add_pupil(given_name="Åsa", family_name="Öberg", protection=Protection.PROTECTED)

    assert pupil.is_protected
    assert pupil.key[:3].upper() in pupil.shown_name
    assert not [name for name in ("Åsa", "Öberg") if name in pupil.shown_name]


def test_pupil_without_a_name_is_shown_by_the_own_id(in_solviken: Place) -> None:
    assert "A-17" in add_pupil(own_id="A-17").shown_name


def test_pupil_of_whom_nothing_is_known_is_refused(in_solviken: Place) -> None:
    with pytest.raises(IntegrityError, match="pupil_can_be_told_apart"), transaction.atomic():
        add_pupil()


def test_first_enrolment_is_open(in_solviken: Place, news: list[News]) -> None:
    pupil = PupilFactory()

    enrol_pupil(pupil=pupil, school_class=in_solviken.class_4a, year_group=4, on=BEGINS)

    assert ranges(pupil) == [("4A", BEGINS, None)]
    assert news == [([pupil.pk], {in_solviken.class_4a.pk})]


def test_new_home_class_ends_the_one_before_and_keeps_it(in_solviken: Place, news: list[News]) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    news.clear()

    enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=MOVES)

    assert ranges(pupil) == [("4A", BEGINS, MOVES), ("5A", MOVES, None)]
    assert news == [([pupil.pk], {in_solviken.class_4a.pk, in_solviken.class_5a.pk})]


def test_move_leaves_other_pupils_and_guest_classes(in_solviken: Place) -> None:
    pupil, other = PupilFactory.create_batch(2, school_class=in_solviken.class_4a)
    guest = EnrolmentFactory(pupil=pupil, school_class=in_solviken.class_5a, is_home=False)

    enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=MOVES)

    guest.refresh_from_db()
    assert (guest.valid_to, ranges(other)) == (None, [("4A", BEGINS, None)])


def test_second_home_class_on_the_same_day_is_refused(in_solviken: Place) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)

    with pytest.raises(OverlappingEnrolment):
        enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=BEGINS)

    assert ranges(pupil) == [("4A", BEGINS, None)]


def test_many_pupils_are_enrolled_as_one_by_one(in_solviken: Place, news: list[News]) -> None:
    place = in_solviken
    moved, came = PupilFactory(school_class=place.class_4a), PupilFactory()
    news.clear()

    enrol_pupils([moved.pk, came.pk], class_ids=[place.class_5a.pk] * 2, year_groups=[5, 5], on=MOVES)

    assert ranges(moved) == [("4A", BEGINS, MOVES), ("5A", MOVES, None)]
    assert ranges(came) == [("5A", MOVES, None)]
    assert news == [([moved.pk, came.pk], {place.class_4a.pk, place.class_5a.pk})]


def test_one_pupil_with_a_later_home_class_refuses_them_all(in_solviken: Place) -> None:
    free, taken = PupilFactory(), PupilFactory(school_class=in_solviken.class_4a, since=MOVES)

    with pytest.raises(OverlappingEnrolment):
        enrol_pupils(
            [free.pk, taken.pk], class_ids=[in_solviken.class_5a.pk] * 2, year_groups=[5, 5], on=BEGINS
        )

    assert (ranges(free), ranges(taken)) == ([], [("4A", MOVES, None)])


def test_search_name_is_cut_to_its_length_when_folding_makes_it_longer(in_solviken: Place) -> None:
    pupil = add_pupil(family_name="ﷺ" * 100, given_name="Åsa")

    assert len(Pupil.objects.get(pk=pupil.pk).search_name) <= 210
    assert search_name("Öberg", "Åsa") == "öberg åsa"


def test_pupil_who_leaves_has_no_class_from_that_day(in_solviken: Place, news: list[News]) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    news.clear()

    end_enrolment(enrolment=Enrolment.objects.get(pupil=pupil), on=MOVES)

    assert ranges(pupil) == [("4A", BEGINS, MOVES)]
    assert class_of(pupil, MOVES) == in_solviken.class_4a  # who answered last
    assert news == [([pupil.pk], {in_solviken.class_4a.pk})]


def test_many_pupils_are_added_as_one_by_one(in_solviken: Place, news: list[News]) -> None:
    place = in_solviken
    fields = [{"given_name": "Åsa", "family_name": "Öberg"}, {"own_id": "A-17", "sex": "M"}]

    pupil_ids = add_pupils(
        fields, class_ids=[place.class_4a.pk, place.class_5a.pk], year_groups=[4, 5], on=BEGINS
    )

    many = [Pupil.objects.get(pk=pk) for pk in pupil_ids]
    assert [(pupil.search_name, pupil.sex, pupil.own_id) for pupil in many] == [
        ("öberg åsa", "", ""),
        ("", "M", "A-17"),
    ]
    assert len({pupil.key for pupil in many}) == 2
    assert [ranges(pupil) for pupil in many] == [[("4A", BEGINS, None)], [("5A", BEGINS, None)]]
    assert news == [(pupil_ids, {place.class_4a.pk, place.class_5a.pk})]


def test_classes_and_year_groups_of_many_must_be_one_per_pupil(in_solviken: Place) -> None:
    with pytest.raises(ValueError, match="shorter"), transaction.atomic():
        add_pupils([{"own_id": "A-17"}], class_ids=[], year_groups=[4], on=BEGINS)

    assert not Pupil.objects.exists()
