import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import RoleCode
from colourmaps.models import Result
from interventions.models import Baseline, Intervention
from interventions.services import decide_intervention, end_intervention, freeze_due_baselines
from interventions.tasks import freeze_due_baselines as freeze_task
from pupils.models import Enrolment
from pupils.services import enrol_pupil
from tests.factories.accounts import PersonFactory, SchoolClassFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def decide(in_solviken, measured):
    """Decides the ordinary intervention, for Ada and Bo from today, with what a test wants otherwise."""

    def decided(**changes):
        plan = {
            "unit": in_solviken.class_4a,
            "pupils": [measured.ada, measured.bo],
            "indicator": measured.reading,
            "title": "Lästräning i liten grupp",
            "aim": "Ada och Bo läser med flyt.",
            "responsible": in_solviken.teacher,
            "starts_on": TODAY,
            "follow_up_on": datetime.date(2027, 1, 25),
            "by": in_solviken.teacher,
        }
        return decide_intervention(**plan | changes)

    return decided


def refused(decide, field, **changes):
    """The sentence about the one field that is wrong; nothing is written."""
    with pytest.raises(ValidationError) as refusal:
        decide(**changes)
    assert not Intervention.objects.exists()
    assert set(refusal.value.message_dict) == {field}
    return refusal.value.message_dict[field][0]


def test_decide_intervention_keeps_plan_pupils_and_who_decided(decide, measured, in_solviken):
    intervention = decide(by=in_solviken.principal)

    stored = Intervention.objects.get()
    assert stored == intervention
    assert set(stored.pupils.all()) == {measured.ada, measured.bo}
    assert stored.responsible == in_solviken.teacher
    assert stored.decided_by == in_solviken.principal


def test_decide_intervention_is_audited(decide, measured, in_solviken):
    intervention = decide()

    event = AuditEvent.objects.get(action="intervention decided")
    assert event.actor_id == in_solviken.teacher.pk
    assert event.unit_id == in_solviken.class_4a.pk
    assert event.subject == intervention.key
    assert event.pupil_ids == sorted([measured.ada.pk, measured.bo.pk])
    assert event.facts == {
        "indicator": "LAS",
        "responsible": in_solviken.teacher.pk,
        "units": [],
        "entry": "",
    }


def test_baseline_of_named_pupils_has_their_values_colours_and_limits(decide, measured):
    decide(pupils=[measured.ada, measured.dag, measured.eva])

    baseline = Baseline.objects.get()
    assert baseline.round == measured.autumn
    assert baseline.values == [
        {"pupil": measured.ada.pk, "value": 1200, "mark": 0, "colour": 1},
        {"pupil": measured.dag.pk, "value": None, "mark": 1, "colour": 0},
        {"pupil": measured.eva.pk, "value": None, "mark": None, "colour": 0},
    ]
    assert baseline.limits == {"4": [1600, 2600]}


def test_baseline_of_a_class_holds_all_who_are_in_it_at_the_start(decide, measured, in_solviken):
    enrol_pupil(pupil=measured.cia, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    decide(pupils=[])

    population = [entry["pupil"] for entry in Baseline.objects.get().values]
    assert population == [measured.ada.pk, measured.bo.pk, measured.dag.pk, measured.eva.pk]


def test_baseline_of_a_school_holds_its_classes(decide, measured, in_solviken, fjordvik):
    fifth_grader = PupilFactory(school_class=in_solviken.class_5a)

    decide(unit=in_solviken.school, pupils=[], responsible=in_solviken.principal)

    population = {entry["pupil"] for entry in Baseline.objects.get().values}
    assert population == {pupil.pk for pupil in [*measured.pupils, fifth_grader]}


def test_baseline_of_an_earlier_start_leaves_out_what_was_measured_later(decide, measured):
    record(measured.autumn, measured.reading, {measured.bo: 2800}, measured_on=datetime.date(2026, 10, 10))

    decide(starts_on=datetime.date(2026, 10, 1))

    values = {entry["pupil"]: entry["value"] for entry in Baseline.objects.get().values}
    assert values == {measured.ada.pk: 1200, measured.bo.pk: None}


def test_baseline_takes_the_latest_round_with_a_value_not_one_with_only_marks(decide, measured):
    later = RoundFactory(starts_on=datetime.date(2026, 11, 1), ends_on=datetime.date(2026, 11, 30))
    record(later, measured.reading, {measured.dag: 3000})

    decide()

    assert Baseline.objects.get().round == measured.autumn


def test_baseline_without_any_result_has_the_population_and_no_round(decide, measured):
    writing = ThresholdFactory().indicator

    decide(indicator=writing)

    baseline = Baseline.objects.get()
    assert baseline.round is None
    assert [entry["value"] for entry in baseline.values] == [None, None]


def test_baseline_stays_when_a_result_is_corrected(decide, measured):
    decide()
    before = Baseline.objects.get().values

    record(measured.autumn, measured.reading, {measured.ada: 3900})

    assert Result.objects.get(pupil_id=measured.ada.pk).value == 3900
    assert Baseline.objects.get().values == before


def test_baseline_waits_for_a_start_to_come(decide):
    decide(starts_on=TODAY + DAY)

    assert not Baseline.objects.exists()


def test_freeze_due_baselines_freezes_on_the_first_day_and_only_once(decide, measured, monkeypatch):
    decide(starts_on=TODAY + DAY)
    assert freeze_due_baselines() == 0
    tomorrow = timezone.now() + DAY
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)

    freeze_task()
    frozen = Baseline.objects.values().get()
    record(measured.autumn, measured.reading, {measured.ada: 3900})
    freeze_task()

    assert Baseline.objects.values().get() == frozen
    assert frozen["values"][0]["value"] == 1200


def test_freeze_due_baselines_goes_through_all_municipalities(in_solviken, fjordvik, enter):
    InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)
    enter(fjordvik)
    InterventionFactory(unit=fjordvik.class_4a, responsible=fjordvik.teacher)

    assert freeze_due_baselines() == 2


def test_freeze_due_baselines_goes_on_after_one_that_fails(in_solviken, monkeypatch, caplog):
    first, second = (
        InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher) for _n in range(2)
    )
    from interventions.services import baselines

    really = baselines.latest_results

    def failing(pupil_ids, indicator, **days):
        if indicator == first.indicator:
            raise RuntimeError("broken")
        return really(pupil_ids, indicator, **days)

    monkeypatch.setattr(baselines, "latest_results", failing)

    assert freeze_due_baselines() == 1
    assert Baseline.objects.get().intervention == second
    assert str(first.pk) in caplog.text


def test_freeze_due_baselines_leaves_out_what_was_called_off(in_solviken):
    InterventionFactory(
        unit=in_solviken.class_4a,
        responsible=in_solviken.teacher,
        starts_on=TODAY,
        ended_on=TODAY,
    )

    assert freeze_due_baselines() == 0


@pytest.mark.parametrize("days_after", [0, -1])
def test_follow_up_must_come_after_the_start(decide, days_after):
    sentence = refused(decide, "follow_up_on", follow_up_on=TODAY + days_after * DAY)

    assert sentence == "The follow-up must come after the start."


def test_pupil_who_is_not_in_the_class_on_the_start_day_is_refused_by_name(decide, measured, in_solviken):
    stranger = PupilFactory(given_name="Fia", family_name="Ek", school_class=in_solviken.class_5a)

    sentence = refused(decide, "pupil", pupils=[measured.ada, stranger])

    assert sentence == "Not in 4A on Nov. 16, 2026: Ek, Fia."


def test_pupil_who_leaves_before_the_start_is_refused(decide, measured):
    Enrolment.objects.filter(pupil=measured.ada).update(valid_to=TODAY + DAY)

    refused(decide, "pupil", starts_on=TODAY + DAY)
    decide(starts_on=TODAY)


def test_protected_pupil_is_refused_by_pseudonym(decide, measured, in_solviken):
    enrol_pupil(pupil=measured.eva, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    sentence = refused(decide, "pupil", pupils=[measured.eva])

    assert "Eva" not in sentence
    assert measured.eva.shown_name in sentence


def test_class_that_does_not_exist_on_the_start_day_is_refused(decide, in_solviken):
    sentence = refused(
        decide,
        "starts_on",
        starts_on=datetime.date(2027, 8, 1),
        follow_up_on=datetime.date(2027, 12, 1),
    )

    assert sentence == "4A does not exist on that day. Its last day is July 31, 2027."


def test_class_that_does_not_exist_yet_is_refused(decide):
    sentence = refused(decide, "starts_on", starts_on=datetime.date(2026, 7, 31))

    assert sentence == "4A does not exist on that day. Its first day is Aug. 1, 2026."


def test_indicator_of_another_year_group_is_refused(decide, in_solviken):
    grade_nine = IndicatorFactory(names={"sv": "Betyg"})
    ThresholdFactory(indicator=grade_nine, year_group=9)

    sentence = refused(decide, "indicator", indicator=grade_nine)

    assert sentence == "Betyg is not measured in 4A. Choose another indicator."


@pytest.mark.parametrize("who", ["colleague", "area_head", "coordinator"])
def test_responsible_without_a_deciding_role_at_the_unit_is_refused(decide, in_solviken, who):
    person = getattr(in_solviken, who)

    sentence = refused(decide, "responsible", responsible=person)

    assert sentence == f"{person.name} has no role at 4A. Choose somebody who works there."


def test_responsible_whose_role_has_ended_is_refused(decide, in_solviken):
    in_solviken.teacher.assignments.update(valid_to=TODAY)

    refused(decide, "responsible")


def test_teacher_can_answer_for_the_school_but_not_for_pupils_of_the_school(decide, measured, in_solviken):
    sentence = refused(decide, "responsible", unit=in_solviken.school)
    intervention = decide(unit=in_solviken.school, pupils=[])

    name = in_solviken.teacher.name
    assert sentence == f"{name} may not see all pupils of Solviksskolan. Choose somebody who may."
    assert intervention.responsible == in_solviken.teacher


def test_group_over_two_classes_can_be_decided_at_the_school(decide, measured, in_solviken):
    fifth_grader = PupilFactory(school_class=in_solviken.class_5a)

    intervention = decide(
        unit=in_solviken.school, pupils=[measured.ada, fifth_grader], responsible=in_solviken.principal
    )

    assert set(intervention.pupils.all()) == {measured.ada, fifth_grader}


def test_several_problems_are_told_at_once(decide, in_solviken):
    with pytest.raises(ValidationError) as refusal:
        decide(follow_up_on=TODAY, responsible=in_solviken.colleague)

    assert set(refusal.value.message_dict) == {"follow_up_on", "responsible"}


def test_responsible_from_another_municipality_is_refused(decide, fjordvik):
    refused(decide, "responsible", responsible=fjordvik.teacher)


def test_mixed_class_takes_indicators_of_all_its_year_groups(decide, in_solviken, measured):
    mixed = SchoolClassFactory(name="4-5", year_group=None, parent=in_solviken.school)
    fourth, fifth = PupilFactory(), PupilFactory()
    enrol_pupil(pupil=fourth, school_class=mixed, year_group=4, on=mixed.valid_from)
    enrol_pupil(pupil=fifth, school_class=mixed, year_group=5, on=mixed.valid_from)
    ThresholdFactory(indicator=measured.reading, year_group=5, yellow_limit=1800, green_limit=2800)
    teacher = PersonFactory(role=RoleCode.TEACHER, unit=mixed)

    decide(unit=mixed, pupils=[], responsible=teacher)

    assert Baseline.objects.get().limits == {"4": [1600, 2600], "5": [1800, 2800]}


def test_baseline_has_the_schools_own_limits_where_it_has_some(decide, in_solviken, measured):
    school = in_solviken.school
    ThresholdFactory(
        indicator=measured.reading, yellow_limit=1, green_limit=2, school=school, reason="Annat test"
    )

    decide()

    assert Baseline.objects.get().limits == {"4": [1, 2]}


def test_end_intervention_sets_the_last_day_and_is_audited(decide, in_solviken):
    intervention = decide(starts_on=TODAY - 7 * DAY)

    end_intervention(intervention=intervention, on=TODAY, by=in_solviken.principal)

    assert Intervention.objects.get().ended_on == TODAY
    event = AuditEvent.objects.get(action="intervention ended")
    assert (event.actor_id, event.subject) == (in_solviken.principal.pk, intervention.key)


def test_end_intervention_calls_off_what_has_not_begun(decide, in_solviken):
    intervention = decide(starts_on=TODAY + 7 * DAY)

    end_intervention(intervention=intervention, on=TODAY + 7 * DAY, by=in_solviken.teacher)

    assert Intervention.objects.get().ended_on == TODAY + 7 * DAY


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (TODAY - 2 * DAY, "It cannot end before its start, Nov. 15, 2026."),
        (TODAY + DAY, "Choose a day that has been. Until then the intervention is running."),
    ],
)
def test_end_intervention_on_an_impossible_day_is_refused(decide, in_solviken, on, sentence):
    intervention = decide(starts_on=TODAY - DAY)

    with pytest.raises(ValidationError) as refusal:
        end_intervention(intervention=intervention, on=on, by=in_solviken.teacher)

    assert refusal.value.message_dict == {"on": [sentence]}
    assert Intervention.objects.get().ended_on is None


def test_end_intervention_twice_is_refused(decide, in_solviken):
    intervention = decide(starts_on=TODAY - DAY)
    end_intervention(intervention=intervention, on=TODAY - DAY, by=in_solviken.teacher)

    with pytest.raises(ValidationError) as refusal:
        end_intervention(intervention=intervention, on=TODAY, by=in_solviken.teacher)

    assert refusal.value.message_dict == {"on": ["It has already ended, on Nov. 15, 2026."]}
    assert Intervention.objects.get().ended_on == TODAY - DAY
