"""Merit value and eligibility as results: worked out of the grades of the round, and again when one is corrected."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pandas as pd
import pytest
from django.utils import timezone

from accounts.tenancy import municipality_scope
from colourmaps.classification import Colour
from colourmaps.merit import Rule
from colourmaps.models import ImportBatch, Indicator, MeasurementRound, Result, SupersededResult, Threshold
from colourmaps.scales import GRADE, SWEDISH_GRADES, Mark
from colourmaps.services import (
    adopt_starter_set,
    plan_indicator,
    plan_round,
    record_results,
    remove_results,
    undo_batch,
    work_out_results,
)
from colourmaps.signals import results_changed
from colourmaps.starter_sets import starter_set
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow

POINTS = {step.label: step.number for step in SWEDISH_GRADES}
SIXTEEN = "SV EN MA BI FY KE TK GE HI RE SH BL HKK IDH MU SL".split()


class Ninth:
    """A class of year 9 in Solviken, whose grades are due in spring with all that follows from them."""

    def __init__(self, place: Place) -> None:
        adopt_starter_set(starter=starter_set("sweden_grades"), on=TODAY, by=None)
        self.school_class = SchoolClassFactory(name="9A", year_group=9, parent=place.school)
        self.pupil = PupilFactory(school_class=self.school_class)
        self.round = RoundFactory(
            name="VT 2027", starts_on=datetime.date(2027, 4, 1), ends_on=datetime.date(2027, 6, 11)
        )
        self.plan(Indicator.objects.exclude(rule=""))

    def plan(self, indicators: object) -> None:
        plan_round(round_=self.round, due={(each.pk, 9) for each in indicators}, by=None)

    def grade(
        self,
        letter: str,
        *subjects: str,
        pupil: Pupil | None = None,
        measured_on: datetime.date | None = None,
        batch: ImportBatch | None = None,
    ) -> None:
        mark = Mark.NO_BASIS if letter == "-" else Mark.MEASURED
        rows = [
            {
                "pupil_id": (pupil or self.pupil).pk,
                "indicator_id": indicator.pk,
                "round_id": self.round.pk,
                "value": float("nan") if mark else float(POINTS[letter]),
                "mark": int(mark),
                "measured_on": measured_on or self.round.starts_on,
            }
            for indicator in Indicator.objects.filter(subject__in=subjects)
        ]
        record_results(pd.DataFrame(rows), by=None, batch=batch)

    def of(self, rule: Rule, pupil: Pupil | None = None) -> Result | None:
        return Result.objects.filter(indicator__rule=rule, pupil=pupil or self.pupil).first()

    def values(self) -> dict[str, int | None]:
        return dict(
            Result.objects.filter(pupil=self.pupil)
            .exclude(indicator__rule="")
            .values_list("indicator__rule", "value")
        )


@pytest.fixture
def ninth(in_solviken: Place) -> Ninth:
    return Ninth(in_solviken)


def test_all_a_and_a_language_choice(ninth):
    ninth.grade("A", *SIXTEEN, "M2")

    assert ninth.values() == {
        "merit_16": 320_00,
        "merit_17": 340_00,
        "all_passed": 100,
        "vocational": 100,
        "arts": 100,
        "social": 100,
        "science": 100,
    }


def test_result_is_of_nobody_and_stands_where_the_grades_do(ninth):
    ninth.grade("E", *SIXTEEN, measured_on=datetime.date(2027, 6, 1))
    ninth.grade("E", "M2", measured_on=datetime.date(2027, 6, 9))

    merit = ninth.of(Rule.MERIT_17)

    assert (merit.value, merit.by, merit.batch) == (170_00, None, None)
    assert (merit.school_class_id, merit.year_group) == (ninth.school_class.pk, 9)
    assert merit.measured_on == datetime.date(2027, 6, 9)


def test_eligibility_has_the_colour_of_the_law_and_merit_has_none(ninth):
    ninth.grade("E", *SIXTEEN[:8])

    assert ninth.of(Rule.VOCATIONAL).colour == Colour.GREEN
    assert ninth.of(Rule.SCIENCE).colour == Colour.RED
    assert ninth.of(Rule.MERIT_16).colour == Colour.NONE


def test_corrected_grade_corrects_what_follows_and_keeps_the_old(ninth):
    ninth.grade("F", *SIXTEEN)
    ninth.grade("E", "SV", "EN", "MA", "BI", "FY", "BL", "MU", "SL")
    assert (ninth.of(Rule.MERIT_16).value, ninth.of(Rule.VOCATIONAL).value) == (80_00, 100)

    ninth.grade("F", "EN")

    assert (ninth.of(Rule.MERIT_16).value, ninth.of(Rule.VOCATIONAL).value) == (70_00, 0)
    assert SupersededResult.objects.filter(indicator__rule=Rule.VOCATIONAL, value=100).count() == 1


def test_only_f_and_dashes_give_no_merit_value_but_a_no_in_all_passed(ninth):
    ninth.grade("F", "SV", "EN")
    ninth.grade("-", "MA")

    assert (ninth.of(Rule.MERIT_17).value, ninth.of(Rule.MERIT_17).mark) == (None, Mark.NO_BASIS)
    assert ninth.of(Rule.ALL_PASSED).value == 0


def test_lost_last_pass_takes_the_merit_value_away(ninth):
    ninth.grade("E", "SV")
    ninth.grade("F", "SV")

    assert ninth.of(Rule.MERIT_16).mark == Mark.NO_BASIS


def test_exempt_subject_is_none_of_the_pupils_subjects(ninth):
    ninth.grade("E", "SV", "EN", "MA")
    record(ninth.round, Indicator.objects.get(subject="MU"), {ninth.pupil: Mark.EXEMPT})

    assert ninth.of(Rule.ALL_PASSED).value == 100


def test_pupil_with_nothing_but_exemptions_has_nothing_that_follows(ninth):
    record(ninth.round, Indicator.objects.get(subject="MU"), {ninth.pupil: Mark.EXEMPT})

    assert ninth.values() == {}


def test_nothing_is_worked_out_where_it_is_not_due(ninth):
    ninth.plan([])

    ninth.grade("A", *SIXTEEN)

    assert ninth.values() == {}


def test_planning_it_works_it_out_of_the_grades_there_are(ninth):
    ninth.plan([])
    ninth.grade("A", *SIXTEEN)
    merit = Indicator.objects.get(rule=Rule.MERIT_16)

    plan_indicator(round_=ninth.round, indicator_id=merit.pk, year_groups=[9])

    assert ninth.values() == {"merit_16": 320_00}


def test_other_year_groups_get_what_is_due_in_theirs(ninth, in_solviken):
    eighth = SchoolClassFactory(name="8A", year_group=8, parent=in_solviken.school)
    pupil = PupilFactory(school_class=eighth)

    ninth.grade("A", *SIXTEEN, pupil=pupil)

    assert not Result.objects.filter(pupil=pupil).exclude(indicator__rule="").exists()


def test_closed_round_stays_as_it_is(ninth):
    ninth.grade("E", "SV")
    MeasurementRound.objects.update(closed_at=timezone.now())

    results_changed.send(sender=record, touched={(ninth.school_class.pk, ninth.round.pk)})
    ninth.grade("A", "SV")

    assert ninth.of(Rule.MERIT_16).value == 10_00


def test_grades_taken_away_take_what_follows_with_them(ninth):
    batch = ImportBatchFactory()
    ninth.grade("E", "SV", batch=batch)
    assert ninth.of(Rule.MERIT_16).value == 10_00

    undo_batch(batch=batch)

    assert ninth.values() == {}
    assert SupersededResult.objects.filter(indicator__rule=Rule.MERIT_16, value=10_00).count() == 1


def test_recorded_merit_value_of_a_pupil_without_grades_stays(ninth, in_solviken):
    merit = Indicator.objects.get(rule=Rule.MERIT_17)

    record(ninth.round, merit, {ninth.pupil: 245_00}, by=in_solviken.coordinator)

    assert ninth.of(Rule.MERIT_17).value == 245_00


def test_grades_go_before_a_recorded_merit_value(ninth, in_solviken):
    ninth.grade("E", "SV")

    record(
        ninth.round,
        Indicator.objects.get(rule=Rule.MERIT_17),
        {ninth.pupil: 245_00},
        by=in_solviken.coordinator,
    )

    assert ninth.of(Rule.MERIT_17).value == 10_00


def test_best_of_two_mother_tongues_counts(ninth):
    IndicatorFactory(
        code="BETYGML2",
        subject="ML",
        value_type="grade",
        minimum=None,
        maximum=None,
        steps=[[step.label, step.number] for step in GRADE.steps],
    )
    for code, letter in (("BETYGML", "C"), ("BETYGML2", "A")):
        record(ninth.round, Indicator.objects.get(code=code), {ninth.pupil: POINTS[letter]})

    assert ninth.of(Rule.MERIT_16).value == 20_00


def test_municipality_without_rules_pays_one_query(
    in_solviken: Place, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(1):
        work_out_results({(1, 1)})


def test_other_municipality_is_not_touched(ninth, fjordvik):
    ninth.grade("E", "SV")

    with municipality_scope(fjordvik.municipality):
        assert not Result.objects.exists()
        assert not Threshold.objects.exists()


def test_removed_results_stay_in_the_history(ninth):
    ninth.grade("E", "SV")
    keys = pd.DataFrame(
        {"pupil_id": [ninth.pupil.pk], "indicator_id": [Indicator.objects.get(subject="SV").pk]}
    )

    assert remove_results(keys, round_=ninth.round) == 1
    assert remove_results(keys, round_=ninth.round) == 0
    assert not Result.objects.filter(pupil=ninth.pupil).exists()
    assert SupersededResult.objects.filter(indicator__subject="SV", value=1000).count() == 1
