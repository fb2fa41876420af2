"""One that has ended is continued by another: the same plan and people, a start of its own, and the chain."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.access import Sight
from accounts.models import AuditEvent, RoleAssignment
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.chain import Link, chain_of
from interventions.models import Baseline, Intervention
from interventions.plans import Cost, PlannedStep
from interventions.services import continue_intervention, decide_intervention, end_intervention
from pupils.models import Enrolment
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, SchoolClassFactory
from tests.factories.interventions import EntryFactory, EvaluationFactory, InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
def ended(in_solviken, measured):
    """For Ada and Bo, decided with all that a plan has, and ended today."""
    intervention = decide_intervention(
        unit=in_solviken.class_4a,
        pupils=[measured.ada, measured.bo],
        waiting=[measured.cia],
        indicator=measured.reading,
        title="Lästräning",
        aim="Ada och Bo läser med flyt.",
        practice="Varje dag efter lunch.",
        background="De har läst för lite.",
        responsible=in_solviken.teacher,
        participants=[in_solviken.health_team],
        starts_on=TODAY - 2 * WEEK,
        follow_up_on=TODAY + 6 * WEEK,
        planned_until=TODAY + 2 * WEEK,
        times_per_week=3,
        minutes_each_time=20,
        steps=[PlannedStep("Schemat är omlagt", TODAY - 3 * WEEK)],
        costs=[Cost("Material", 500, Decimal("1.5"))],
        by=in_solviken.teacher,
    )
    return end_intervention(intervention=intervention, on=TODAY, by=in_solviken.teacher)


@pytest.fixture
def go_on(ended, in_solviken):
    """Continues it from today, with what a test wants otherwise."""

    def continued(**changes):
        usual = {
            "intervention": ended,
            "starts_on": TODAY,
            "follow_up_on": TODAY + 8 * WEEK,
            "responsible": in_solviken.teacher,
            "by": in_solviken.teacher,
        }
        return continue_intervention(**usual | changes)

    return continued


def test_continue_takes_plan_and_people_over_and_keeps_a_start_of_its_own(
    go_on, ended, measured, in_solviken
):
    successor, made = go_on()

    assert made.n_left == 0
    assert successor.predecessor == ended
    assert set(successor.pupils.all()) == {measured.ada, measured.bo}
    assert list(successor.participants.all()) == [in_solviken.health_team]
    assert (successor.title, successor.practice, successor.times_per_week) == (
        "Lästräning",
        "Varje dag efter lunch.",
        3,
    )
    assert [(step.what, step.due_on, step.done_on) for step in successor.steps.all()] == [
        ("Schemat är omlagt", TODAY - WEEK, None)
    ]
    assert [(line.what, line.money, line.hours) for line in successor.costs.all()] == [
        ("Material", 500, Decimal("1.5"))
    ]
    assert successor.planned_until == TODAY + 4 * WEEK
    baseline = Baseline.objects.get(intervention=successor)
    assert {entry["pupil"] for entry in baseline.values} == {measured.ada.pk, measured.bo.pk}
    assert AuditEvent.objects.filter(action="intervention decided", subject=successor.key).count() == 1


def test_continue_rests_on_the_same_entry_of_the_catalogue(go_on, ended, in_solviken):
    ended.entry = EntryFactory(owner=in_solviken.principal)
    ended.save()

    assert go_on()[0].entry == ended.entry


def test_continue_asks_anew_what_is_expected_and_nobody_waits(go_on):
    successor, _made = go_on()

    assert successor.expected_change is None
    assert not successor.waiting.exists()


def test_continue_has_what_was_learnt_as_its_background(go_on, ended):
    EvaluationFactory(intervention=ended, learnt="Passen låg för sent.")

    assert go_on()[0].background == "Passen låg för sent."


def test_continue_one_that_was_not_evaluated_keeps_its_background(go_on):
    assert go_on()[0].background == "De har läst för lite."


def test_continue_leaves_out_who_has_left_and_says_how_many(go_on, measured):
    Enrolment.objects.filter(pupil=measured.bo).update(valid_to=TODAY)

    successor, made = go_on()

    assert made.n_left == 1
    assert list(successor.pupils.all()) == [measured.ada]


def test_continue_leaves_out_who_takes_part_no_more(go_on, in_solviken):
    RoleAssignment.objects.filter(user=in_solviken.health_team).update(valid_to=TODAY)

    assert list(go_on()[0].participants.all()) == []


def refused(go_on, **changes):
    with pytest.raises(ValidationError) as refusal:
        go_on(**changes)
    assert Intervention.objects.count() == 1
    return refusal.value


def test_continue_without_any_of_its_pupils_is_refused(go_on, measured):
    Enrolment.objects.filter(pupil__in=[measured.ada, measured.bo]).update(valid_to=TODAY)

    assert refused(go_on).messages == ["None of the pupils is in 4A any more."]


def test_continue_one_that_runs_is_refused(go_on, ended):
    Intervention.objects.update(ended_on=None)

    assert refused(go_on).messages == ["It has not ended. Evaluate or end it first."]


def test_continue_before_its_end_is_refused_by_the_field(go_on):
    assert refused(go_on, starts_on=TODAY - DAY).message_dict == {
        "starts_on": ["The one before ended on Nov. 16, 2026. Choose that day or a later one."]
    }


def test_continue_with_a_follow_up_before_the_start_is_refused_by_the_field(go_on):
    assert set(refused(go_on, follow_up_on=TODAY).message_dict) == {"follow_up_on"}


def test_continue_by_somebody_from_elsewhere_is_refused_by_the_field(go_on, in_solviken):
    assert set(refused(go_on, responsible=in_solviken.colleague).message_dict) == {"responsible"}


def test_continue_twice_is_done_once(go_on):
    go_on()

    with pytest.raises(ValidationError) as refusal:
        go_on()

    assert refusal.value.messages == ["It is continued already, from Nov. 16, 2026."]
    assert Intervention.objects.count() == 2


def test_continue_goes_on_from_the_last_of_the_chain(go_on, in_solviken):
    successor, _made = go_on()
    end_intervention(intervention=successor, on=TODAY, by=in_solviken.teacher)

    third, _made = go_on(intervention=successor)

    assert third.predecessor == successor
    with pytest.raises(ValidationError) as refusal:
        go_on()
    assert refusal.value.messages == ["It is continued already, from Nov. 16, 2026."]


def test_continue_in_the_next_school_year_follows_the_class(in_solviken, measured):
    next_year = datetime.date(2027, 8, 20)
    class_5a = SchoolClassFactory(
        name="5A",
        year_group=5,
        parent=in_solviken.school,
        valid_from=datetime.date(2027, 8, 1),
        valid_to=datetime.date(2028, 8, 1),
    )
    in_solviken.class_4a.successor = class_5a
    in_solviken.class_4a.save()
    Enrolment.objects.filter(pupil=measured.ada).update(valid_to=datetime.date(2027, 8, 1))
    Enrolment.objects.create(
        municipality=in_solviken.municipality,
        pupil=measured.ada,
        school_class=class_5a,
        year_group=5,
        valid_from=datetime.date(2027, 8, 1),
    )
    RoleAssignmentFactory(
        user=in_solviken.teacher, role=RoleCode.TEACHER, unit=class_5a, valid_from=TODAY - DAY
    )
    measured.reading.thresholds.update(year_group=5)
    before = InterventionFactory(
        unit=in_solviken.class_4a,
        responsible=in_solviken.teacher,
        indicator=measured.reading,
        pupils=[measured.ada],
        ended_on=TODAY,
    )

    successor, made = continue_intervention(
        intervention=before,
        starts_on=next_year,
        follow_up_on=next_year + 8 * WEEK,
        responsible=in_solviken.principal,
        by=in_solviken.principal,
    )

    assert (successor.unit, list(successor.pupils.all()), made.n_left) == (class_5a, [measured.ada], 0)


# --- the chain ---------------------------------------------------------------------------------


@pytest.fixture
def three(in_solviken):
    def made(**fields):
        return InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher, **fields)

    first = made(starts_on=TODAY - 90 * DAY, ended_on=TODAY - 60 * DAY)
    second = made(starts_on=TODAY - 50 * DAY, ended_on=TODAY - 20 * DAY, predecessor=first)
    return [first, second, made(predecessor=second)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_chain_is_the_same_from_each_of_its_links(three, in_solviken, place):
    chain = chain_of(three[place], Sight(in_solviken.teacher))

    assert chain == [Link(n, one, n == place + 1) for n, one in enumerate(three, start=1)]


def test_chain_of_one_that_stands_alone_is_empty(in_solviken):
    alone = InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)

    assert chain_of(alone, Sight(in_solviken.teacher)) == []


def test_chain_does_not_tell_of_a_link_that_the_reader_may_not_see(three, in_solviken):
    Intervention.objects.filter(pk=three[0].pk).update(
        unit=in_solviken.class_5a, responsible=in_solviken.colleague
    )

    chain = chain_of(three[1], Sight(in_solviken.teacher))

    assert [link.intervention for link in chain] == [None, three[1], three[2]]


# --- the page ----------------------------------------------------------------------------------


def sent(person, **changes):
    return {
        "starts_on": "2026-11-16",
        "follow_up_on": "2027-01-11",
        "responsible": person.key,
    } | changes


def address_of(intervention):
    return reverse("interventions:intervention-continue", args=[intervention.key])


def test_page_continues_in_one_step_and_shows_the_chain(ended, in_solviken, sign_in):
    browser = sign_in(in_solviken.teacher)

    answer = browser.post(address_of(ended), sent(in_solviken.teacher))

    successor = Intervention.objects.get(predecessor=ended)
    own_page = reverse("interventions:intervention", args=[successor.key])
    assert (answer.status_code, answer["Location"]) == (302, own_page)
    page = browser.get(own_page).content.decode()
    assert "this one" in page
    assert reverse("interventions:intervention", args=[ended.key]) in page


def test_page_of_one_that_has_ended_offers_the_dates_of_the_next(ended, in_solviken, sign_in):
    browser = sign_in(in_solviken.teacher)
    own_page = reverse("interventions:intervention", args=[ended.key])

    form = browser.get(own_page).context["continuation_form"]

    assert form.initial == {
        "starts_on": TODAY + DAY,
        "follow_up_on": TODAY + DAY + 8 * WEEK,
        "responsible": in_solviken.teacher.key,
    }
    browser.post(address_of(ended), sent(in_solviken.teacher))
    assert browser.get(own_page).context["continuation_form"] is None


def test_page_sent_twice_makes_one_and_says_so(ended, in_solviken, sign_in):
    browser = sign_in(in_solviken.teacher)
    browser.post(address_of(ended), sent(in_solviken.teacher))

    again = browser.post(address_of(ended), sent(in_solviken.teacher))

    assert again.status_code == 422
    assert "It is continued already, from Nov. 16, 2026." in again.content.decode()
    assert Intervention.objects.count() == 2


def test_page_says_what_is_wrong_by_the_field(ended, in_solviken, sign_in):
    answer = sign_in(in_solviken.teacher).post(
        address_of(ended), sent(in_solviken.teacher, follow_up_on="2026-11-16")
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"follow_up_on": ["The follow-up must come after the start."]}


def test_page_is_for_those_who_answer_or_decide(ended, solviken, sign_in):
    with municipality_scope(solviken.municipality):
        elsewhere = PersonFactory(role=RoleCode.TEACHER, unit=solviken.class_5a)

    assert sign_in(elsewhere).post(address_of(ended), sent(elsewhere)).status_code == 403


def test_dates_of_the_year_9999_are_no_error(ended, in_solviken, sign_in):
    """Somebody has typed a year too many: the page of the ended one opens, and says so of the one that follows."""
    browser, own_page = sign_in(in_solviken.teacher), reverse("interventions:intervention", args=[ended.key])
    last_day = {"planned_until": datetime.date.max, "follow_up_on": datetime.date.max}
    Intervention.objects.filter(pk=ended.pk).update(**last_day)

    page = browser.get(own_page)
    answer = browser.post(
        address_of(ended), sent(in_solviken.teacher, starts_on="9999-12-30", follow_up_on="9999-12-31")
    )

    assert page.context["continuation_form"]["follow_up_on"].value() == datetime.date.max
    assert answer.status_code == 422
    assert "starts_on" in answer.context["form"].errors
