"""An intervention is evaluated by a follow-up, and so ends; no other way."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.models import Evaluation, Intervention, NextStep
from interventions.services import evaluate_intervention
from tests.factories.colourmaps import RoundFactory
from tests.factories.interventions import (
    EvaluationFactory,
    FollowUpFactory,
    InterventionFactory,
    SessionFactory,
)
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
LEARNT = "Det hjälpte inte. Vi vet nu att passen låg för sent på dagen."


@pytest.fixture
def running(in_solviken):
    return InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)


@pytest.fixture
def evaluate(running, in_solviken):
    """Evaluates it today by its first follow-up, with what a test wants otherwise."""

    def evaluated(**changes):
        usual = {
            "intervention": running,
            "follow_up": running.follow_ups.first(),
            "learnt": LEARNT,
            "next_step": NextStep.STOP,
            "ended_on": TODAY,
            "by": in_solviken.teacher,
        }
        return evaluate_intervention(**usual | changes)

    return evaluated


def a_later_round(follow_up):
    return RoundFactory(starts_on=follow_up.round.starts_on + 365 * DAY)


def ended_on(intervention):
    return Intervention.objects.get(pk=intervention.pk).ended_on


def test_evaluate_keeps_what_was_learnt_and_ends_the_intervention(evaluate, running, in_solviken):
    follow_up = FollowUpFactory(intervention=running)

    evaluate(ended_on=TODAY - DAY)

    stored = Evaluation.objects.get()
    assert (stored.intervention, stored.follow_up, stored.learnt) == (running, follow_up, LEARNT)
    assert (stored.next_step, stored.evaluated_by) == ("stop", in_solviken.teacher)
    assert ended_on(running) == TODAY - DAY
    event = AuditEvent.objects.get(action="intervention evaluated")
    assert (event.subject, event.facts["verdict"]) == (running.key, "cannot_say")
    assert "learnt" not in event.facts


def test_evaluate_what_has_ended_keeps_its_last_day(evaluate, running):
    FollowUpFactory(intervention=running)
    running.ended_on = TODAY - 5 * DAY
    running.save()

    evaluate(ended_on=TODAY)

    assert ended_on(running) == TODAY - 5 * DAY


def refused(evaluate, **changes):
    with pytest.raises(ValidationError) as refusal:
        evaluate(**changes)
    return refusal.value


def test_evaluate_without_a_follow_up_is_refused(evaluate, running):
    refusal = refused(evaluate)

    assert refusal.messages == [
        "It has not been followed up. Follow it up first; the evaluation rests on the answer."
    ]
    assert (Evaluation.objects.count(), ended_on(running)) == (0, None)


def test_evaluation_without_a_follow_up_is_refused_by_the_database(running, in_solviken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.create(
            municipality=running.municipality,
            intervention=running,
            learnt=LEARNT,
            next_step=NextStep.STOP,
            evaluated_by=in_solviken.teacher,
        )


def test_evaluate_twice_is_refused_with_who_was_quicker(evaluate, running, in_solviken):
    FollowUpFactory(intervention=running)
    evaluate(by=in_solviken.principal)

    refusal = refused(evaluate, learnt="En gång till.")

    assert refusal.messages == [f"{in_solviken.principal.name} evaluated it on Nov. 16, 2026."]
    assert Evaluation.objects.get().learnt == LEARNT


def test_evaluate_by_an_answer_that_is_no_longer_the_latest_is_refused(evaluate, running):
    first = FollowUpFactory(intervention=running)
    FollowUpFactory(intervention=running, round=a_later_round(first))

    refusal = refused(evaluate, follow_up=first)

    assert refusal.messages == [
        "It has been followed up again meanwhile. Read the new answer; what you wrote is still here."
    ]
    assert Evaluation.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (datetime.date(2026, 11, 1), "It cannot end before its start, Nov. 2, 2026."),
        (TODAY + DAY, "Choose a day that has been. Until then the intervention is running."),
    ],
)
def test_evaluate_on_a_last_day_that_cannot_be_is_refused_by_the_field(evaluate, running, day, sentence):
    FollowUpFactory(intervention=running)

    assert refused(evaluate, ended_on=day).message_dict == {"ended_on": [sentence]}


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def followed_up(solviken):
    """Of 4A as a whole, followed up, with two sessions of which one was held."""
    with municipality_scope(solviken.municipality):
        intervention = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, title="Lästräning"
        )
        FollowUpFactory(intervention=intervention)
        SessionFactory(intervention=intervention, on=TODAY - DAY, state="held", n_present=4)
        SessionFactory(intervention=intervention, on=TODAY - 2 * DAY, state="cancelled")
        return intervention


def address_of(intervention):
    return reverse("interventions:evaluation", args=[intervention.key])


def sent(intervention, **changes):
    """What the form sends; it is written by the latest follow-up."""
    with municipality_scope(intervention.municipality):
        read = intervention.follow_ups.last()
    return {"learnt": LEARNT, "next_step": "stop", "ended_on": "2026-11-16", "follow_up": read.pk} | changes


def test_evaluation_page_has_the_answer_and_what_was_delivered_beside_the_questions(
    followed_up, solviken, sign_in
):
    page = sign_in(solviken.teacher).get(address_of(followed_up)).content.decode()

    assert "What have we learnt?" in page
    assert "Cannot say: only 3 pupils were measured both times" in page
    assert "1 of 2 planned sessions held; on average 4 of 5 pupils present" in page


def test_evaluation_page_closes_and_the_intervention_says_so(followed_up, solviken, sign_in):
    browser = sign_in(solviken.teacher)

    answer = browser.post(address_of(followed_up), sent(followed_up))

    own_page = reverse("interventions:intervention", args=[followed_up.key])
    assert (answer.status_code, answer["Location"]) == (302, own_page)
    page = browser.get(own_page).content.decode()
    assert LEARNT in page
    assert '<span class="tag soft">evaluated</span>' in page
    assert "<dd>Stop</dd>" in page
    assert "End the intervention" not in page


def test_evaluation_page_sent_twice_says_who_was_quicker_and_keeps_the_first(followed_up, solviken, sign_in):
    browser = sign_in(solviken.teacher)
    browser.post(address_of(followed_up), sent(followed_up))

    again = browser.post(address_of(followed_up), sent(followed_up, learnt="En gång till."))

    assert again.status_code == 422
    assert f"{solviken.teacher.name} evaluated it on Nov. 16, 2026." in again.content.decode()
    with municipality_scope(solviken.municipality):
        assert [one.learnt for one in Evaluation.objects.all()] == [LEARNT]


def test_evaluation_page_asks_to_read_a_newer_answer_keeps_what_was_written_and_then_takes_it(
    followed_up, solviken, sign_in
):
    browser, old = sign_in(solviken.teacher), sent(followed_up)
    with municipality_scope(solviken.municipality):
        later = a_later_round(followed_up.follow_ups.get())
        newer = FollowUpFactory(intervention=followed_up, round=later)

    page = browser.post(address_of(followed_up), old).content.decode()

    assert "It has been followed up again meanwhile." in page
    assert LEARNT in page
    assert f'name="follow_up" value="{newer.pk}"' in page
    assert browser.post(address_of(followed_up), sent(followed_up)).status_code == 302


def test_evaluation_page_says_what_is_missing_by_the_field(followed_up, solviken, sign_in):
    answer = sign_in(solviken.teacher).post(
        address_of(followed_up), sent(followed_up, learnt=" ", next_step="", ended_on="")
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"learnt", "next_step", "ended_on"}


def test_evaluation_page_of_one_that_is_not_followed_up_asks_for_that_first(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        intervention = InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher)

    page = sign_in(solviken.teacher).get(address_of(intervention)).content.decode()

    assert "It can be evaluated when it has been followed up" in page
    assert "What have we learnt?" not in page


def test_evaluation_page_is_for_those_who_answer_or_decide(followed_up, solviken, sign_in):
    assert sign_in(solviken.principal).get(address_of(followed_up)).status_code == 200
    assert sign_in(solviken.colleague).get(address_of(followed_up)).status_code == 403
    assert sign_in(solviken.area_head).get(address_of(followed_up)).status_code == 403


def test_evaluated_page_leads_back_to_the_intervention(followed_up, solviken, sign_in):
    browser = sign_in(solviken.teacher)
    browser.post(address_of(followed_up), sent(followed_up))

    assert browser.get(address_of(followed_up)).status_code == 302


def test_one_that_ended_without_an_evaluation_says_so_on_its_page(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        intervention = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, ended_on=TODAY
        )

    page = (
        sign_in(solviken.teacher)
        .get(reverse("interventions:intervention", args=[intervention.key]))
        .content.decode()
    )

    assert "Ended Nov. 16, 2026, but not evaluated." in page
    assert "ended Nov. 16, 2026, not evaluated" in page


def test_what_was_learnt_of_a_class_is_not_shown_to_who_takes_part_from_elsewhere(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        intervention = InterventionFactory(
            unit=solviken.class_4a,
            responsible=solviken.teacher,
            participants=[solviken.colleague],
            ended_on=TODAY,
        )
        EvaluationFactory(intervention=intervention, learnt=LEARNT)
    address = reverse("interventions:intervention", args=[intervention.key])

    of_teacher, of_colleague = (
        sign_in(person).get(address).content.decode() for person in (solviken.teacher, solviken.colleague)
    )

    assert LEARNT in of_teacher
    assert LEARNT not in of_colleague
    assert "What was learnt is shown to those who see all the pupils whom it is for." in of_colleague
