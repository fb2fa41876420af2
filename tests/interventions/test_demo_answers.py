"""What is done for invented pupils shows in their later results, and nowhere else."""

import pytest

from accounts.demo import demo_class, solviken, write_people, write_tree
from accounts.services import create_municipality
from accounts.tenancy import municipality_scope
from colourmaps.demo import RoundWriter, indicators_for, rounds_until, write_indicators
from colourmaps.models import Indicator, MeasurementRound, Result
from interventions.demo.answers import SWEDISH, Answers, write_follow_ups
from interventions.demo.towns import LAST_AUTUMN, TOLD_ON, autumns_of
from interventions.models import FollowUp, Intervention
from pupils.demo import write_pupils

pytestmark = pytest.mark.slow
N_PUPILS = 240


@pytest.fixture
def town(db):
    """Two rounds of a small Solviken, with the interventions that begin after the first."""
    rounds = rounds_until(LAST_AUTUMN, 4, "SE")
    with municipality_scope(create_municipality(code="9901", name="Solviken", country="SE")):
        made = write_tree(solviken(N_PUPILS, autumns_of(rounds)))
        write_people(made, {}, domain="solviken.example", password="x", seed=1)
        write_pupils(made, seed=1, told_on=TOLD_ON, protected_in=demo_class(made), taken=set())
        specs = indicators_for("SE", made.plan.first_year_group)
        writer = RoundWriter(specs, write_indicators(specs), by=None, seed=1)
        answers = Answers(made, writer)
        for plan in rounds[:3]:
            writer.write(plan)
            answers.after(MeasurementRound.objects.latest("starts_on"))
        yield made


def test_interventions_begin_after_the_first_round_and_are_followed_up(town):
    titles = set(Intervention.objects.values_list("title", flat=True))
    assert titles <= {measure.title for measure in SWEDISH}
    assert Intervention.objects.filter(baseline__isnull=True).count() == 0

    n_written = write_follow_ups()

    assert n_written == FollowUp.objects.count() == len(titles)
    assert set(FollowUp.objects.values_list("round__name", flat=True)) == {"VT 2026"}


def test_pupils_of_a_measure_that_does_harm_fall_and_others_do_not(town):
    harm = Intervention.objects.get(indicator__code="TALUPPFATTNING")
    indicator = Indicator.objects.get(code="TALUPPFATTNING")
    helped = {entry["pupil"] for entry in harm.baseline.values}
    first, last = (MeasurementRound.objects.get(name=name) for name in ("HT 2025", "VT 2026"))
    values = {
        (result.pupil_id, result.round_id): result.value
        for result in Result.objects.filter(indicator=indicator, value__isnull=False)
    }

    def mean_change(is_helped):
        changes = [
            values[pupil, last.pk] - value
            for (pupil, round_id), value in values.items()
            if round_id == first.pk and (pupil, last.pk) in values and (pupil in helped) == is_helped
        ]
        return sum(changes) / len(changes)

    assert mean_change(is_helped=True) < mean_change(is_helped=False) - 200
