"""A class list of a new school year says whose pupils each class has: last year's class goes on as this year's."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import Level, Unit
from accounts.reorganisation import merge_units
from accounts.services import set_successors
from aggregation.models import ALL_PUPILS, UnitSum
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.importing.apply import Outcome
from colourmaps.importing.unmaking import unmake, what_would_be_unmade
from colourmaps.models import MeasurementRound
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import RoundFactory
from tests.factories.imports import Autumn, import_rows
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

SCHOOL = "Solviksskolan"
NEXT_AUTUMN = datetime.date(2027, 11, 15)
SUMMER = datetime.date(2027, 8, 1)

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def next_autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="HT 2027", starts_on=datetime.date(2027, 8, 17), ends_on=datetime.date(2027, 12, 17)
    )


def class_list(*rows: tuple[str, str], school: str = SCHOOL, **options: object) -> Outcome:
    """Imports (id, class) rows of the school year 2027/28; no results. Ada, Bo and Cia of 4A are A1, B2 and C3."""
    options = {"adds_pupils": True, **options}
    return import_rows(
        "Id Klass Skola", *([*row, school] for row in rows), round="HT 2027", today=NEXT_AUTUMN, **options
    )


def successor_of(unit: Unit) -> Unit | None:
    return Unit.objects.get(pk=unit.pk).successor


def named(name: str) -> Unit:
    return Unit.objects.get(name=name, valid_from=SUMMER)


def test_class_goes_on_as_the_one_that_half_of_its_pupils_are_in(in_solviken: Place) -> None:
    outcome = class_list(("A1", "5C"), ("B2", "5C"), ("C3", "5D"))

    assert successor_of(in_solviken.class_4a) == named("5C")
    assert outcome.made["successors"] == [(in_solviken.class_4a.pk, named("5C").pk)]


def test_exactly_half_is_enough(in_solviken: Place) -> None:
    PupilFactory(own_id="D4", school_class=in_solviken.class_4a)

    class_list(("A1", "5C"), ("B2", "5C"))

    assert successor_of(in_solviken.class_4a) == named("5C")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("A1", "5C")], id="less than half"),
        pytest.param([("A1", "5C"), ("B2", "5C"), ("C3", "5D"), ("D4", "5D")], id="half each"),
        pytest.param([("A1", "4C"), ("B2", "4C"), ("C3", "4C")], id="the same year group again"),
    ],
)
def test_class_of_which_nobody_can_say_that_has_no_successor(
    in_solviken: Place, rows: list[tuple[str, str]]
) -> None:
    PupilFactory(own_id="D4", school_class=in_solviken.class_4a)

    class_list(*rows)

    assert successor_of(in_solviken.class_4a) is None


def test_class_at_another_school_is_no_successor(in_solviken: Place) -> None:
    UnitFactory(name="Norra", parent=in_solviken.area)

    class_list(("A1", "5C"), ("B2", "5C"), ("C3", "5C"), school="Norra")

    assert successor_of(in_solviken.class_4a) is None


def test_school_that_goes_on_for_another_is_the_same_school(in_solviken: Place) -> None:
    other = UnitFactory(name="Norra", parent=in_solviken.area)
    merge_units(units=[in_solviken.school], into=other, on=SUMMER, by=None)

    class_list(("A1", "5C"), ("B2", "5C"), school="Norra")

    assert successor_of(in_solviken.class_4a) == named("5C")


def test_two_classes_can_go_on_as_one(in_solviken: Place) -> None:
    small = SchoolClassFactory(name="4B", parent=in_solviken.school)
    PupilFactory(own_id="D4", school_class=small)

    class_list(("A1", "5C"), ("B2", "5C"), ("D4", "5C"))

    assert successor_of(in_solviken.class_4a) == successor_of(small) == named("5C")


def test_file_that_brings_the_others_completes_it(in_solviken: Place) -> None:
    class_list(("A1", "5C"))
    class_list(("B2", "5C"))

    assert successor_of(in_solviken.class_4a) == named("5C")


def test_what_has_been_said_before_stays(in_solviken: Place) -> None:
    chosen = SchoolClassFactory(
        name="5X",
        year_group=5,
        parent=in_solviken.school,
        valid_from=SUMMER,
        valid_to=datetime.date(2028, 8, 1),
    )
    set_successors({in_solviken.class_4a.pk: chosen.pk})

    outcome = class_list(("A1", "5C"), ("B2", "5C"))

    assert successor_of(in_solviken.class_4a) == chosen
    assert "successors" not in outcome.made


def test_dry_run_says_nothing_about_classes(in_solviken: Place) -> None:
    class_list(("A1", "5C"), ("B2", "5C"), dry_run=True)

    assert successor_of(in_solviken.class_4a) is None


def test_list_of_the_year_that_goes_on_links_nothing(in_solviken: Place) -> None:
    import_rows("Id Klass Skola", ["N1", "4N", SCHOOL], ["A1", "4A", SCHOOL], adds_pupils=True)

    assert not Unit.objects.filter(level=Level.SCHOOL_CLASS).exclude(successor=None).exists()


# ---- taken back


def test_undoing_takes_the_class_and_the_link_away(in_solviken: Place) -> None:
    outcome = class_list(("A1", "5C"), ("B2", "5C"))

    foretold = what_would_be_unmade(outcome.made)
    done = unmake(outcome.made)

    assert done == foretold
    assert (done.classes_removed, done.enrolments_removed) == (1, 2)
    assert successor_of(in_solviken.class_4a) is None
    assert not Unit.objects.filter(name="5C").exists()


def test_undoing_the_file_that_completed_it_takes_only_the_link_away(in_solviken: Place) -> None:
    class_list(("A1", "5C"))
    second = class_list(("B2", "5C"))

    unmake(second.made)

    assert successor_of(in_solviken.class_4a) is None
    assert named("5C")


def test_class_that_is_used_stays_with_its_link_as_long_as_it_is_true(in_solviken: Place) -> None:
    first = class_list(("A1", "5C"), ("B2", "5C"))
    # Another file's pupil: the class is used now.
    class_list(("N1", "5C"))
    ada, bo = (Pupil.objects.get(own_id=own_id) for own_id in ("A1", "B2"))
    for pupil in (ada, bo):
        pupil.enrolments.filter(valid_to=None).update(valid_to=datetime.date(2028, 1, 1))

    unmade = unmake(first.made)
    assert (unmade.classes_kept, unmade.enrolments_kept) == (1, 2)
    assert successor_of(in_solviken.class_4a) == named("5C")


def test_class_that_others_go_on_as_too_stays(in_solviken: Place) -> None:
    outcome = class_list(("A1", "5C"), ("B2", "5C"))
    set_successors({in_solviken.class_5a.pk: named("5C").pk})

    assert unmake(outcome.made).classes_kept == 1


# ---- what it is for


def test_whoever_does_not_come_back_has_left(
    autumn: Autumn, in_solviken: Place, next_autumn: MeasurementRound
) -> None:
    import_rows("Id Läs", ["A1", 20], ["B2", 25], ["C3", 30])
    rows = [["A1", "5C", SCHOOL, 20], ["B2", "5C", SCHOOL, 30]]
    outcome = import_rows("Id Klass Skola Läs", *rows, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True)
    do_waiting_recounts()

    left = UnitSum.objects.filter(round=next_autumn, slice=ALL_PUPILS, left__gt=0)
    assert {row.unit.name: row.left for row in left}["5C"] == 1
    assert list(differences()) == []
    assert outcome.made["successors"] == [(in_solviken.class_4a.pk, named("5C").pk)]


def test_link_that_comes_after_the_results_has_them_counted_again(
    autumn: Autumn, in_solviken: Place, next_autumn: MeasurementRound
) -> None:
    import_rows("Id Läs", ["A1", 20], ["B2", 25], ["C3", 30])
    row = ["A1", "5C", SCHOOL, 20]
    import_rows("Id Klass Skola Läs", row, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True)
    do_waiting_recounts()
    new_class = named("5C")
    assert UnitSum.objects.get(unit=new_class, slice=ALL_PUPILS).left == 0

    set_successors({in_solviken.class_4a.pk: new_class.pk})
    do_waiting_recounts()

    assert UnitSum.objects.get(unit=new_class, slice=ALL_PUPILS).left == 2
    assert list(differences()) == []
