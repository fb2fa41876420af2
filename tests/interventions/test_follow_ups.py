"""What is frozen at the follow-up, when it is refused, and with whom the pupils are compared."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.access import Sight
from accounts.models import AuditEvent
from accounts.services import add_unit
from colourmaps.models import BreakKind, Result
from colourmaps.services import add_break
from interventions.comparison import Scope
from interventions.effect import Choice, Reason, Verdict
from interventions.figures import figures_of
from interventions.frozen_answer import answer_from
from interventions.models import Baseline, FollowUp
from interventions.services import (
    freeze_baseline,
    freeze_baseline_anew,
    freeze_follow_up,
)
from pupils.services import enrol_pupil
from tests.factories.colourmaps import RoundFactory, record
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY

from .followed import DAY, begun, measure_in_spring


def followed_up(intervention):
    return freeze_follow_up(intervention=intervention, by=intervention.responsible)


def compared(follow_up):
    return {entry["pupil"] for entry in follow_up.comparison}


def ids(pupils):
    return {pupil.pk for pupil in pupils}


@pytest.fixture
def helped(year):
    """The twelve who started lowest in 4A and in 4B."""
    return year.lowest(12, 0, 1)


def test_follow_up_keeps_values_limits_pairs_and_answer(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year, helped, gain=600)
    in_spring()

    follow_up = followed_up(intervention)

    assert follow_up.round == year.spring
    first = next(entry for entry in follow_up.values if entry["pupil"] == helped[0].pk)
    assert first == {
        "pupil": helped[0].pk,
        "value": 1700,
        "mark": 0,
        "colour": 2,
        "class": year.classes[0].pk,
        "has_moved": False,
    }
    assert follow_up.limits == {"4": [1600, 2600]}
    assert (follow_up.verdict, follow_up.reason) == (Verdict.BETTER, Reason.NONE)
    answer = answer_from(follow_up.answer)
    assert answer.effect.n_treated == 24
    assert answer.effect.difference.value == pytest.approx(6, abs=0.5)
    assert answer.moves == [[0, 16, 0], [0, 4, 4], [0, 0, 0]]
    assert answer.schools == {str(year.place.school.pk): 24}
    event = AuditEvent.objects.filter(action="intervention followed up").get()
    assert (event.subject, event.facts["verdict"]) == (intervention.key, "better")


def test_answer_is_read_back_as_it_was_frozen(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year, helped, gain=600)
    in_spring()

    stored = FollowUp.objects.get(pk=followed_up(intervention).pk)

    assert answer_from(stored.answer).to_plain() == stored.answer


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [(600, Verdict.BETTER), (0, Verdict.NO_DIFFERENCE), (-600, Verdict.WORSE)],
)
def test_verdict_follows_the_difference(year, helped, in_spring, gain, verdict):
    intervention = begun(year, helped)
    measure_in_spring(year, helped, gain=gain)
    in_spring()

    assert followed_up(intervention).verdict == verdict


def test_four_pupils_are_too_few(year, in_spring):
    helped = year.lowest(4, 0)
    intervention = begun(year, helped, unit=year.classes[0])
    measure_in_spring(year, helped, gain=900)
    in_spring()

    follow_up = followed_up(intervention)

    assert (follow_up.verdict, follow_up.reason) == (Verdict.CANNOT_SAY, Reason.TOO_FEW)


# --- refused ------------------------------------------------------------------------------------


def refusal(intervention):
    with pytest.raises(ValidationError) as refused:
        followed_up(intervention)
    assert not intervention.follow_ups.exists()
    return refused.value.messages


def test_before_a_new_round_it_is_refused(year, helped):
    assert refusal(begun(year, helped)) == [
        "Nothing has been measured for these pupils since the start. Wait for the next round."
    ]


def test_without_a_baseline_it_is_refused(year, helped):
    intervention = InterventionFactory(
        unit=year.place.school, responsible=year.place.principal, indicator=year.indicator, pupils=helped
    )

    assert refusal(intervention) == ["It has not begun, so there is no start to compare with yet."]


def test_round_that_was_measured_before_the_start_is_no_follow_up(year, helped):
    """It was imported after the start: the baseline is of autumn, and stays so."""
    intervention = begun(year, helped)
    late = RoundFactory(starts_on=datetime.date(2026, 11, 1), ends_on=TODAY)
    record(late, year.indicator, dict.fromkeys(helped, 2000), measured_on=TODAY - DAY)

    assert "Wait for the next round." in refusal(intervention)[0]


def test_whoever_decides_with_hindsight_gets_no_answer(year, helped, in_spring):
    """Decided on 1 March, as if it had begun in November, when it was known for whom it went well."""
    measure_in_spring(year, helped, gain=600)
    in_spring()

    assert "Wait for the next round." in refusal(begun(year, helped))[0]


def test_same_round_twice_is_refused(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year)
    in_spring()
    followed_up(intervention)

    with pytest.raises(ValidationError, match="followed up in VT 2027"):
        followed_up(intervention)

    assert intervention.follow_ups.count() == 1


def test_round_that_has_just_begun_does_not_stand_for_all(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year)
    in_spring()
    summer = RoundFactory(starts_on=datetime.date(2027, 2, 25), ends_on=datetime.date(2027, 4, 1))
    record(summer, year.indicator, {helped[0]: 2000})

    assert followed_up(intervention).round == year.spring


# --- who is followed ----------------------------------------------------------------------------


def test_pupil_who_moved_to_another_school_is_not_followed(year, helped, in_spring):
    intervention = begun(year, helped)
    enrol_pupil(pupil=helped[0], school_class=year.classes[2], year_group=4, on=TODAY + 7 * DAY)
    enrol_pupil(pupil=helped[1], school_class=year.classes[1], year_group=4, on=TODAY + 7 * DAY)
    measure_in_spring(year, helped, gain=600)
    in_spring()

    follow_up = followed_up(intervention)

    values = {entry["pupil"]: entry["value"] for entry in follow_up.values}
    assert (values[helped[0].pk], values[helped[1].pk]) == (None, 1800)
    answer = answer_from(follow_up.answer)
    assert (answer.effect.n_treated, answer.n_population, answer.n_moved) == (23, 24, 1)
    assert helped[0].pk not in compared(follow_up)


def test_pupil_who_was_not_measured_is_missing_and_not_gone(year, helped, in_spring):
    intervention = begun(year, helped)
    enrol_pupil(pupil=helped[0], school_class=year.classes[2], year_group=4, on=TODAY + 7 * DAY)
    measure_in_spring(year)
    Result.objects.filter(pupil=helped[1], round=year.spring).delete()
    in_spring()
    follow_up = followed_up(intervention)

    figures = figures_of(intervention, intervention.baseline, Sight(year.place.principal), follow_up)

    shown = {row["pupil"]: row["now"] and row["now"]["state"] for row in figures.rows}
    assert (shown[helped[0]], shown[helped[1]]) == (None, "missing")


def test_corrected_start_does_not_change_the_answer(year, helped, in_spring):
    intervention = begun(year, helped)
    record(year.autumn, year.indicator, dict.fromkeys(helped, 100))
    measure_in_spring(year)
    in_spring()

    assert followed_up(intervention).verdict == Verdict.NO_DIFFERENCE


# --- with whom they are compared ----------------------------------------------------------------


def test_pupils_of_the_same_school_are_enough(year, in_spring):
    helped = year.pupils[0][:12:2] + year.pupils[1][:12:2]
    intervention = begun(year, helped)
    measure_in_spring(year)
    in_spring()

    follow_up = followed_up(intervention)

    assert answer_from(follow_up.answer).scope == Scope.SCHOOL
    assert compared(follow_up) == ids([*year.pupils[0], *year.pupils[1]]) - ids(helped)


def test_where_the_school_has_nobody_alike_the_municipality_has(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year)
    in_spring()

    follow_up = followed_up(intervention)

    assert answer_from(follow_up.answer).scope == Scope.MUNICIPALITY
    assert compared(follow_up) == ids(year.everybody) - ids(helped)


def test_waiting_pupils_are_the_only_comparison(year, in_spring):
    helped, waiting = year.lowest(12, 0, 1), year.lowest(12, 2, 3)
    intervention = begun(year, helped, waiting=waiting, unit=year.place.area)
    measure_in_spring(year, helped, gain=600)
    in_spring()

    follow_up = followed_up(intervention)

    assert compared(follow_up) == ids(waiting)
    assert answer_from(follow_up.answer).scope == Scope.WAITING
    assert follow_up.verdict == Verdict.BETTER


def test_pupils_with_another_intervention_are_no_comparison(year, helped, in_spring):
    intervention = begun(year, helped)
    others = year.lowest(12, 2)
    begun(year, others, unit=year.classes[2])
    begun(year, unit=year.classes[3])
    measure_in_spring(year)
    in_spring()

    follow_up = followed_up(intervention)

    assert compared(follow_up) == ids(year.everybody) - ids(helped) - ids(others) - ids(year.pupils[3])


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": TODAY - 60 * DAY, "ended_on": TODAY - 40 * DAY},
        {"starts_on": TODAY, "ended_on": TODAY},
        {"starts_on": datetime.date(2027, 2, 1)},
    ],
    ids=["ended before the first round", "was called off", "began after the second round"],
)
def test_what_did_not_run_between_the_rounds_leaves_a_fair_comparison(year, helped, in_spring, fields):
    intervention = begun(year, helped)
    other = begun(year, unit=year.classes[3])
    type(other).objects.filter(pk=other.pk).update(**fields, follow_up_on=TODAY + 200 * DAY)
    measure_in_spring(year)
    in_spring()

    assert ids(year.pupils[3]) < compared(followed_up(intervention))


def test_what_all_of_them_had_besides_is_no_difference(year, in_spring):
    """A programme of the whole school runs for the helped and for their schoolmates alike."""
    helped = year.pupils[0][:12:2] + year.pupils[1][:12:2]
    intervention = begun(year, helped)
    begun(year, unit=year.place.school)
    measure_in_spring(year)
    in_spring()

    assert compared(followed_up(intervention)) == ids([*year.pupils[0], *year.pupils[1]]) - ids(helped)


def test_newcomer_of_a_class_that_it_is_for_is_no_comparison(year, in_spring):
    intervention = begun(year, parts=year.classes[:2])
    newcomer = year.pupils[2][0]
    enrol_pupil(pupil=newcomer, school_class=year.classes[0], year_group=4, on=TODAY + 7 * DAY)
    measure_in_spring(year)
    in_spring()

    follow_up = followed_up(intervention)

    assert compared(follow_up) == ids([*year.pupils[2], *year.pupils[3]]) - {newcomer.pk}
    assert follow_up.verdict == Verdict.NO_DIFFERENCE


def test_other_year_groups_and_other_municipalities_are_no_comparison(year, fjordvik, enter, in_spring):
    helped = year.lowest(12, 0, 1)
    intervention = begun(year, helped)
    measure_in_spring(year)
    older = add_unit(level=50, name="5B", parent=year.other_school, valid_from=TODAY - 90 * DAY, year_group=5)
    enrol_pupil(pupil=year.pupils[3][0], school_class=older, year_group=5, on=TODAY - 80 * DAY)
    in_spring()

    assert year.pupils[3][0].pk not in compared(followed_up(intervention))


def test_whole_class_cannot_be_told_apart_from_its_teacher(year, in_spring):
    intervention = begun(year, unit=year.classes[0])
    measure_in_spring(year, year.pupils[0], gain=600)
    in_spring()

    follow_up = followed_up(intervention)

    assert (follow_up.verdict, follow_up.reason) == (Verdict.CANNOT_SAY, Reason.ONE_CLASS)


def test_nothing_is_compared_across_a_break(year, helped, in_spring):
    intervention = begun(year, helped)
    measure_in_spring(year, helped, gain=600)
    add_break(indicator=year.indicator, round_=year.spring, kind=BreakKind.NEW_VERSION, by=None)
    in_spring()

    follow_up = followed_up(intervention)

    assert (follow_up.verdict, follow_up.reason) == (Verdict.CANNOT_SAY, Reason.SERIES_BREAK)
    assert follow_up.comparison == []
    assert answer_from(follow_up.answer).break_in_words == (
        "From VT 2027 on not comparable with the rounds before: new version of the test."
    )


def test_all_who_started_as_low_are_chosen_by_result_and_a_selection_by_judgement(year, in_spring):
    everybody = begun(year, year.lowest(12, 0, 1))
    selection = begun(year, [*year.lowest(11, 0, 1), year.pupils[0][13], year.pupils[1][13]])
    measure_in_spring(year)
    in_spring()

    choices = [answer_from(followed_up(each).answer).choice for each in (everybody, selection)]

    assert choices == [Choice.BY_RESULT, Choice.BY_JUDGEMENT]


def test_follow_up_costs_as_many_queries_for_few_as_for_many(
    year, in_spring, django_assert_max_num_queries, django_assert_num_queries
):
    few, many = begun(year, year.lowest(1, 0)), begun(year, year.lowest(12, 0, 1))
    begun(year, unit=year.classes[3])
    measure_in_spring(year)
    in_spring()

    with django_assert_max_num_queries(40) as counted:
        followed_up(few)
    n_queries = len(counted)
    with django_assert_num_queries(n_queries):
        followed_up(many)


# --- the baseline -------------------------------------------------------------------------------


def test_baseline_keeps_the_pupils_of_the_classes_that_it_covers(year):
    intervention = begun(year, parts=year.classes[:2], background="Många läser långsamt.")

    baseline = Baseline.objects.get(intervention=intervention)

    assert {entry["pupil"] for entry in baseline.values} == ids([*year.pupils[0], *year.pupils[1]])
    assert (baseline.round, baseline.limits) == (year.autumn, {"4": [1600, 2600]})
    assert baseline.analysis == "Många läser långsamt."


def test_baseline_without_any_value_can_be_kept_anew_as_of_the_first_day(year, in_spring):
    newcomers = year.pupils[0][:3]
    empty = InterventionFactory(
        unit=year.place.school,
        responsible=year.place.principal,
        indicator=year.indicator,
        pupils=newcomers,
        starts_on=datetime.date(2026, 8, 20),
        follow_up_on=TODAY,
    )
    freeze_baseline(empty)
    assert refusal(empty) == [
        "Nothing had been measured for these pupils at the start, so no change can be told."
    ]
    with pytest.raises(ValidationError, match="still no result"):
        freeze_baseline_anew(intervention=empty, by=year.place.principal)
    before = RoundFactory(starts_on=datetime.date(2026, 8, 1), ends_on=datetime.date(2026, 8, 15))
    record(before, year.indicator, {newcomers[0]: 1200})

    baseline = freeze_baseline_anew(intervention=empty, by=year.place.principal)

    assert (baseline.round, baseline.has_values) == (before, True)
    assert Baseline.objects.filter(intervention=empty).get() == baseline
    assert AuditEvent.objects.filter(action="baseline frozen anew").count() == 1


def test_baseline_with_values_stays(year, helped):
    intervention = begun(year, helped)

    with pytest.raises(ValidationError, match="stay as they are"):
        freeze_baseline_anew(intervention=intervention, by=year.place.principal)
