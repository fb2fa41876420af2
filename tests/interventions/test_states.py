import datetime

import pytest

from interventions.models import Intervention
from interventions.states import State, in_state, state_in_words, state_of
from tests.factories.interventions import EvaluationFactory, FollowUpFactory, InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
STATES = [
    (TODAY + DAY, TODAY + 9 * DAY, None, State.COMING, "starts Nov. 17, 2026"),
    (TODAY, TODAY + DAY, None, State.RUNNING, "running"),
    (TODAY - 9 * DAY, TODAY, None, State.RUNNING, "running"),
    (TODAY - 9 * DAY, TODAY - DAY, None, State.LATE, "follow-up 1 day late"),
    (TODAY - 9 * DAY, TODAY - 3 * DAY, None, State.LATE, "follow-up 3 days late"),
    (TODAY - 9 * DAY, TODAY - DAY, TODAY, State.ENDED, "ended Nov. 16, 2026, not evaluated"),
    (TODAY + DAY, TODAY + 9 * DAY, TODAY + DAY, State.ENDED, "ended Nov. 17, 2026, not evaluated"),
]


@pytest.mark.parametrize(("starts_on", "follow_up_on", "ended_on", "state", "words"), STATES)
def test_state_of_an_intervention_in_python_and_in_the_database(
    in_solviken, starts_on, follow_up_on, ended_on, state, words
):
    intervention = InterventionFactory(
        unit=in_solviken.class_4a,
        responsible=in_solviken.teacher,
        starts_on=starts_on,
        follow_up_on=follow_up_on,
        ended_on=ended_on,
    )

    found = [one for one in State if Intervention.objects.filter(in_state(one, TODAY)).exists()]
    assert state_of(intervention, TODAY) == state
    assert found == [state]
    assert state_in_words(intervention, TODAY) == words


def test_one_that_has_ended_and_been_evaluated_is_evaluated_in_python_and_in_the_database(in_solviken):
    intervention = InterventionFactory(
        unit=in_solviken.class_4a, responsible=in_solviken.teacher, ended_on=TODAY
    )
    EvaluationFactory(intervention=intervention)

    found = [one for one in State if Intervention.objects.filter(in_state(one, TODAY)).exists()]
    assert (state_of(intervention, TODAY), found) == (State.EVALUATED, [State.EVALUATED])
    assert state_in_words(intervention, TODAY) == "evaluated"


def test_one_that_is_late_and_followed_up_waits_for_its_evaluation(in_solviken):
    intervention = InterventionFactory(
        unit=in_solviken.class_4a, responsible=in_solviken.teacher, follow_up_on=TODAY - 2 * DAY
    )
    FollowUpFactory(intervention=intervention)

    assert state_of(intervention, TODAY) == State.LATE
    assert state_in_words(intervention, TODAY) == "evaluation 2 days late"
