"""What an import has added to the register is taken back, unless somebody has built on it since."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Level, Unit
from aggregation.models import ALL_PUPILS, UnitSum
from aggregation.verification import differences as differences_of_sums
from aggregation.work import do_waiting_recounts
from colourmaps.importing.decisions import NO_DECISIONS, Decisions
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.unmaking import Unmade, unmake, what_would_be_unmade
from colourmaps.models import ImportBatch, Result, SupersededResult
from colourmaps.services import undo_batch
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import RoleAssignmentFactory, SchoolClassFactory
from tests.factories.imports import Autumn, fresh, imported, upload_of, work
from tests.factories.interventions import InterventionFactory
from tests.fixtures import Place

HEADER = ["Elevnummer", "Namn", "Klass", "Skola", "Läsförståelse"]
SCHOOL = "Solviksskolan"
NEW = [["Z1", "Zia Al", "4N", "Norra", 20], ["Z2", "Zoe By", "4N", "Norra", 30]]

Importer = Callable[..., ImportBatch]


@pytest.fixture
def import_list(autumn: Autumn, in_solviken: Place, later: Callable[[], None]) -> Importer:
    """`import_list(row, …)` imports a class list for good, an hour after the one before."""

    def run(*rows: list[Any], decisions: Decisions = NO_DECISIONS) -> ImportBatch:
        later()
        batch = upload_file(upload=upload_of(["Mättillfälle: HT 2026"], HEADER, *rows), by=autumn.coordinator)
        ImportBatch.objects.filter(pk=batch.pk).update(adds_pupils=True, decisions=decisions.to_json())
        work()
        done = imported(fresh(batch), autumn)
        assert done.state == "imported", done.failure
        return done

    return run


def undone(batch: ImportBatch) -> Unmade:
    """Undoes the import; what was foretold is what is done."""
    foretold = what_would_be_unmade(batch.made)
    undo_batch(batch=batch)
    done = unmake(batch.made)
    assert done == foretold
    return done


def test_new_pupils_class_and_school_go_away(import_list: Importer) -> None:
    before = (Pupil.objects.count(), Unit.objects.count(), Enrolment.objects.count())
    batch = import_list(*NEW)
    do_waiting_recounts()
    assert Unit.objects.filter(name="Norra", level=Level.SCHOOL).exists()

    unmade = undone(batch)

    assert unmade == Unmade(pupils_removed=2, classes_removed=1, schools_removed=1)
    assert (Pupil.objects.count(), Unit.objects.count(), Enrolment.objects.count()) == before
    assert (Result.objects.count(), SupersededResult.objects.count()) == (0, 0)


def test_sums_know_that_they_have_gone(import_list: Importer, later: Callable[[], None]) -> None:
    batch = import_list(*NEW, ["A1", "Ada Ek", "4A", SCHOOL, 40])
    do_waiting_recounts()
    root = Unit.objects.get(level=Level.MUNICIPALITY)
    assert UnitSum.objects.get(unit=root, slice=ALL_PUPILS).measured == 3
    later()

    undone(batch)
    do_waiting_recounts()

    assert list(differences_of_sums()) == []
    assert not UnitSum.objects.exclude(unit__in=Unit.objects.all()).exists()


def test_pupil_with_a_result_from_elsewhere_stays_with_class_and_school(import_list: Importer) -> None:
    first = import_list(*NEW)
    second = import_list(["Z1", "Zia Al", "4N", "Norra", 25])

    unmade = undone(first)

    assert unmade == Unmade(pupils_removed=1, pupils_kept=1, classes_kept=1, schools_kept=1)
    assert list(Pupil.objects.filter(own_id__startswith="Z").values_list("own_id", flat=True)) == ["Z1"]
    assert Result.objects.get().batch == second


def test_pupil_of_an_intervention_or_with_another_class_since_stays(
    import_list: Importer, in_solviken: Place, autumn: Autumn
) -> None:
    batch = import_list(*NEW, ["Z3", "Zed Cy", "4N", "Norra", 30])
    zia, zoe = Pupil.objects.get(own_id="Z1"), Pupil.objects.get(own_id="Z2")
    InterventionFactory(
        unit=in_solviken.class_4a, indicator=autumn.reading, responsible=in_solviken.teacher, pupils=[zia]
    )
    Enrolment.objects.filter(pupil=zoe).update(valid_to=datetime.date(2026, 12, 1))

    assert undone(batch) == Unmade(pupils_removed=1, pupils_kept=2, classes_kept=1, schools_kept=1)


def test_class_that_somebody_answers_for_stays(import_list: Importer, in_solviken: Place) -> None:
    batch = import_list(*NEW)
    RoleAssignmentFactory(user=in_solviken.teacher, role="teacher", unit=Unit.objects.get(name="4N"))

    assert undone(batch) == Unmade(pupils_removed=2, classes_kept=1, schools_kept=1)


def test_move_is_taken_back_with_the_day_on_which_it_ended_the_class(
    import_list: Importer, autumn: Autumn, in_solviken: Place
) -> None:
    SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=datetime.date(2026, 11, 2))
    batch = import_list(["A1", "Ada Ek", "4B", SCHOOL, 20], decisions=decisions)
    assert Enrolment.objects.filter(pupil=autumn.ada).count() == 2

    unmade = undone(batch)

    assert unmade == Unmade(enrolments_removed=1)
    home = Enrolment.objects.get(pupil=autumn.ada)
    assert (home.school_class, home.valid_to) == (in_solviken.class_4a, None)


def test_move_that_somebody_has_gone_on_from_stays(
    import_list: Importer, autumn: Autumn, in_solviken: Place
) -> None:
    SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    decisions = Decisions(
        moves=frozenset({autumn.ada.key, autumn.bo.key}), moves_on=datetime.date(2026, 11, 2)
    )
    rows = [["A1", "Ada Ek", "4B", SCHOOL, 20], ["B2", "Bo Ek", "4B", SCHOOL, 20]]
    batch = import_list(*rows, decisions=decisions)
    Enrolment.objects.filter(pupil=autumn.ada, valid_to=None).update(valid_to=datetime.date(2027, 1, 1))
    import_list(["B2", "Bo Ek", "4B", SCHOOL, 35])

    assert undone(batch) == Unmade(enrolments_kept=2)
    assert Enrolment.objects.filter(pupil=autumn.bo, valid_to=None).get().school_class.name == "4B"


def test_results_of_earlier_imports_follow_back(
    import_list: Importer, autumn: Autumn, in_solviken: Place
) -> None:
    SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    import_list(["A1", "Ada Ek", "4A", SCHOOL, 20])
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=datetime.date(2026, 11, 2))
    batch = import_list(["A1", "Ada Ek", "4B", SCHOOL, 35], decisions=decisions)
    assert Result.objects.get().school_class.name == "4B"

    assert undone(batch) == Unmade(enrolments_removed=1)

    result = Result.objects.get()
    assert (result.school_class, result.value) == (in_solviken.class_4a, 2000)


@pytest.mark.parametrize("is_changed_since", [False, True])
def test_name_comes_back_unless_it_has_been_changed_since(
    import_list: Importer, autumn: Autumn, is_changed_since: bool
) -> None:
    batch = import_list(
        ["A1", "Ada Lund", "4A", SCHOOL, 20], decisions=Decisions(names=frozenset({autumn.ada.key}))
    )
    if is_changed_since:
        Pupil.objects.filter(pk=autumn.ada.pk).update(family_name="Holm")

    unmade = undone(batch)

    autumn.ada.refresh_from_db()
    if is_changed_since:
        assert (unmade, autumn.ada.family_name) == (Unmade(names_kept=1), "Holm")
    else:
        assert (unmade, autumn.ada.family_name) == (Unmade(names_restored=1), "Ek")
        assert autumn.ada.search_name == "ek ada"


def test_import_that_added_nothing_has_nothing_to_take_back(import_list: Importer) -> None:
    batch = import_list(["A1", "Ada Ek", "4A", SCHOOL, 20])

    assert undone(batch) == Unmade()


def test_same_list_can_be_imported_and_undone_again(import_list: Importer) -> None:
    undone(import_list(*NEW))

    assert undone(import_list(*NEW)) == Unmade(pupils_removed=2, classes_removed=1, schools_removed=1)
