"""A plan is changed, what is expected is said, steps are ticked off: what may be, when, and what the log keeps."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, RoleAssignment
from interventions.models import Baseline, CostLine, Intervention, Step
from interventions.plans import Cost, PlannedStep, plan_of
from interventions.queries import ownerless_among
from interventions.services import change_intervention, decide_intervention, expect_change, tick_step
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def decide(in_solviken, measured):
    """A whole plan for Ada and Bo that starts on the day."""

    def decided(starts_on, **changes):
        plan = {
            "unit": in_solviken.class_4a,
            "pupils": [measured.ada, measured.bo],
            "waiting": [measured.cia],
            "indicator": measured.reading,
            "title": "Lästräning",
            "practice": "Fyra pass i veckan",
            "aim": "Flyt",
            "responsible": in_solviken.teacher,
            "participants": [in_solviken.health_team],
            "starts_on": starts_on,
            "follow_up_on": starts_on + 60 * DAY,
            "planned_until": starts_on + 50 * DAY,
            "times_per_week": 4,
            "steps": [PlannedStep("Schema", starts_on), PlannedStep("Halvtid", starts_on + 30 * DAY)],
            "costs": [Cost("Speciallärare", 0, Decimal("30.5")), Cost("Material", 4500)],
            "by": in_solviken.teacher,
        }
        return decide_intervention(**plan | changes)

    return decided


@pytest.fixture
def change(in_solviken):
    def changed(intervention, **changes):
        plan = replace(plan_of(intervention), **changes)
        return change_intervention(intervention=intervention, plan=plan, by=in_solviken.principal)

    return changed


def said(refusal):
    return refusal.value.messages


def test_plan_is_kept_as_it_was_decided(decide, measured, in_solviken):
    intervention = Intervention.objects.get(pk=decide(TODAY).pk)

    plan = plan_of(intervention)

    assert plan.pupils == [measured.ada, measured.bo]
    assert plan.waiting == [measured.cia]
    assert plan.participants == [in_solviken.health_team]
    assert [step.what for step in plan.steps] == ["Schema", "Halvtid"]
    assert plan.costs == [Cost("Speciallärare", 0, Decimal("30.5")), Cost("Material", 4500)]
    assert (plan.practice, plan.times_per_week) == ("Fyra pass i veckan", 4)


def test_everything_can_be_changed_before_the_start(decide, change, measured, in_solviken):
    indicator = IndicatorFactory()
    ThresholdFactory(indicator=indicator)
    intervention = decide(TODAY + DAY)

    change(
        intervention,
        pupils=[measured.bo, measured.dag],
        waiting=[],
        indicator=indicator,
        expected_change=300,
        starts_on=TODAY + 2 * DAY,
        times_per_week=3,
    )

    plan = plan_of(Intervention.objects.get(pk=intervention.pk))
    assert plan.pupils == [measured.bo, measured.dag]
    assert (plan.waiting, plan.indicator, plan.expected_change) == ([], indicator, 300)
    assert (plan.starts_on, plan.times_per_week) == (TODAY + 2 * DAY, 3)
    assert not Baseline.objects.exists()


def test_start_moved_to_today_freezes_the_baseline(decide, change):
    intervention = decide(TODAY + DAY)

    change(intervention, starts_on=TODAY)

    assert Baseline.objects.get().intervention == intervention


@pytest.mark.parametrize(
    "changes",
    [
        {"pupils": []},
        {"waiting": []},
        {"expected_change": 300},
        {"times_per_week": 1},
        {"kind": "support"},
        {"starts_on": TODAY - DAY},
        {"planned_until": None},
    ],
)
def test_what_the_answer_rests_on_stays_after_the_start(decide, change, changes):
    intervention = decide(TODAY)
    before = plan_of(intervention)

    with pytest.raises(ValidationError) as refusal:
        change(intervention, **changes)

    assert said(refusal) == [
        "It has started: whom it is for, the indicator and what is expected stay as they are."
    ]
    assert plan_of(Intervention.objects.get(pk=intervention.pk)) == before


def test_texts_people_steps_costs_and_follow_up_can_be_changed_after_the_start(decide, change, in_solviken):
    intervention = decide(TODAY)
    schedule, half_time = plan_of(intervention).steps

    change(
        intervention,
        title="Lästräning i par",
        aim="Mer flyt",
        background="Vi har sett.",
        responsible=in_solviken.principal,
        participants=[in_solviken.analysis_lead],
        follow_up_on=TODAY + 90 * DAY,
        steps=[replace(half_time, what="Halvtid, i laget"), PlannedStep("Slut", TODAY + 50 * DAY)],
        costs=[Cost("Bara tid", 0, Decimal(2))],
    )

    plan = plan_of(Intervention.objects.get(pk=intervention.pk))
    assert (plan.title, plan.aim, plan.background) == ("Lästräning i par", "Mer flyt", "Vi har sett.")
    assert (plan.responsible, plan.participants) == (in_solviken.principal, [in_solviken.analysis_lead])
    assert plan.follow_up_on == TODAY + 90 * DAY
    assert [(step.id == half_time.id, step.what) for step in plan.steps] == [
        (True, "Halvtid, i laget"),
        (False, "Slut"),
    ]
    assert not Step.objects.filter(pk=schedule.id).exists()
    assert [line.what for line in CostLine.objects.all()] == ["Bara tid"]


def test_step_that_is_reworded_keeps_the_day_it_was_done(decide, change, in_solviken):
    intervention = decide(TODAY)
    tick_step(step=intervention.steps.get(what="Schema"), is_done=True, by=in_solviken.teacher)
    schedule, half_time = plan_of(intervention).steps

    change(intervention, steps=[replace(schedule, what="Schemat är lagt"), half_time])

    assert Step.objects.get(what="Schemat är lagt").done_on == TODAY


def test_step_of_another_intervention_is_not_taken(decide, change):
    other, own = decide(TODAY), decide(TODAY, title="Annan")
    foreign = plan_of(other).steps[0]

    change(own, steps=[foreign])

    assert own.steps.get().pk != foreign.id
    assert other.steps.count() == 2


def test_change_is_audited_with_the_old_follow_up_day_and_no_text(decide, change, in_solviken):
    intervention = decide(TODAY)

    change(intervention, follow_up_on=TODAY + 90 * DAY, title="Ada läser", responsible=in_solviken.principal)

    event = AuditEvent.objects.get(action="intervention changed")
    assert (event.actor_id, event.subject) == (in_solviken.principal.pk, intervention.key)
    assert event.facts == {
        "changed": ["title", "responsible", "follow_up_on"],
        "follow_up_was": "2027-01-15",
        "responsible": in_solviken.principal.pk,
        "responsible_was": in_solviken.teacher.pk,
    }


def test_change_of_nothing_is_not_written_down(decide, change):
    change(decide(TODAY))

    assert not AuditEvent.objects.filter(action="intervention changed").exists()


def test_ended_plan_stays_as_it_was(decide, change):
    intervention = decide(TODAY)
    Intervention.objects.filter(pk=intervention.pk).update(ended_on=TODAY)

    with pytest.raises(ValidationError) as refusal:
        change(intervention, title="Annan")

    assert said(refusal) == ["It has ended. Its plan stays as it was."]


def test_responsible_who_has_left_leaves_it_ownerless_until_another_is_named(decide, change, in_solviken):
    intervention = decide(TODAY)
    assert ownerless_among([intervention], TODAY) == set()

    RoleAssignment.objects.filter(user=in_solviken.teacher).update(valid_to=TODAY)
    assert ownerless_among([intervention], TODAY) == {intervention.pk}
    change(intervention, title="Texter kan ändras ändå")
    changed = change(intervention, responsible=in_solviken.principal)

    assert ownerless_among([changed], TODAY) == set()


def test_responsible_who_cannot_sign_in_any_more_leaves_it_ownerless(decide, in_solviken):
    intervention = decide(TODAY)
    in_solviken.teacher.is_active = False
    in_solviken.teacher.save()

    assert ownerless_among([intervention], TODAY) == {intervention.pk}


def test_role_above_or_below_answers_and_a_role_elsewhere_does_not(decide, in_solviken):
    of_class = decide(TODAY, responsible=in_solviken.principal)
    Intervention.objects.filter(pk=of_class.pk).update(responsible=in_solviken.colleague)
    elsewhere = Intervention.objects.get(pk=of_class.pk)
    of_school = decide(
        TODAY,
        unit=in_solviken.school,
        pupils=[],
        waiting=[],
        responsible=in_solviken.teacher,
        participants=[],
    )

    assert ownerless_among([of_class, elsewhere, of_school], TODAY) == {elsewhere.pk}


def test_ended_intervention_is_not_called_ownerless(decide, in_solviken):
    intervention = decide(TODAY)
    intervention.ended_on = TODAY
    RoleAssignment.objects.filter(user=in_solviken.teacher).delete()

    assert ownerless_among([intervention], TODAY) == set()


@pytest.mark.parametrize("n_more", [0, 3])
def test_ownerless_takes_as_many_queries_for_four_as_for_one(decide, n_more, django_assert_num_queries):
    interventions = [decide(TODAY) for _n in range(1 + n_more)]

    with django_assert_num_queries(2):
        ownerless_among(interventions, TODAY)


def test_expectation_can_be_said_until_the_first_day_and_is_then_kept(decide, in_solviken):
    today, later = decide(TODAY), decide(TODAY + DAY)

    for intervention in (today, later):
        expect_change(intervention=intervention, expected_change=200, by=in_solviken.teacher)
    expect_change(intervention=later, expected_change=300, by=in_solviken.teacher)
    with pytest.raises(ValidationError) as refusal:
        expect_change(intervention=today, expected_change=300, by=in_solviken.teacher)

    assert said(refusal) == ["It has started, and what you expected is kept."]
    kept = Intervention.objects.order_by("pk").values_list("expected_change", flat=True)
    assert list(kept) == [200, 300]


def test_expectation_is_not_said_afterwards(decide, in_solviken):
    intervention = decide(TODAY - DAY)

    with pytest.raises(ValidationError) as refusal:
        expect_change(intervention=intervention, expected_change=200, by=in_solviken.teacher)

    assert said(refusal) == ["What is expected is said before the start."]


def test_step_is_ticked_off_and_back_and_audited(decide, in_solviken):
    step = decide(TODAY).steps.get(what="Halvtid")

    tick_step(step=step, is_done=True, by=in_solviken.teacher)
    done_on = Step.objects.get(pk=step.pk).done_on
    tick_step(step=step, is_done=False, by=in_solviken.teacher)

    assert (done_on, Step.objects.get(pk=step.pk).done_on) == (TODAY, None)
    events = AuditEvent.objects.filter(action="intervention step ticked").order_by("pk")
    assert [event.facts for event in events] == [
        {"step": step.pk, "done": True},
        {"step": step.pk, "done": False},
    ]
