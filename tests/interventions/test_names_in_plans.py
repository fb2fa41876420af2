"""A plan for whole schools is read by heads: what is new in it is looked through for the names of pupils."""

import pytest
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.models import Intervention
from tests.factories.interventions import InterventionFactory

PLAN = {
    "indicator": "LAS",
    "title": "Lästräning",
    "practice": "Fyra pass i veckan",
    "aim": "Flyt",
    "starts_on": "2026-11-16",
    "follow_up_on": "2027-01-25",
    "kind": "teaching",
    "steps-TOTAL_FORMS": "1",
    "steps-INITIAL_FORMS": "0",
    "costs-TOTAL_FORMS": "0",
    "costs-INITIAL_FORMS": "0",
}
MARKED = "<mark>Adas</mark>"


@pytest.fixture
def decide(solviken, measured, sign_in):
    def decided(person, unit, **changes):
        sent = PLAN | {"responsible": person.key} | changes
        return sign_in(person).post(reverse("interventions:intervention-new", args=[unit.key]), sent)

    return decided


def n_plans(place):
    with municipality_scope(place.municipality):
        return Intervention.objects.count()


@pytest.mark.parametrize(
    "field", ["title", "practice", "aim", "background", "other_participants", "family_part"]
)
def test_name_in_a_plan_for_the_school_is_marked_and_nothing_is_lost(solviken, decide, field):
    answer = decide(solviken.principal, solviken.school, **{field: "Som i Adas grupp"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert MARKED in page
    assert "Som i Adas grupp" in page
    assert "These words may be names of the school's pupils: Adas." in page.replace("&#x27;", "'")
    assert n_plans(solviken) == 0


def test_name_in_a_step_is_marked_too(solviken, decide):
    step = {"steps-0-what": "Prata med Adas grupp", "steps-0-due_on": "2026-12-01"}

    answer = decide(solviken.principal, solviken.school, **step)

    assert answer.status_code == 422
    assert MARKED in answer.content.decode()


def test_word_that_is_said_to_be_no_name_goes_through(solviken, decide):
    decide(solviken.principal, solviken.school, aim="Som i Adas grupp", no_name="adas")

    assert n_plans(solviken) == 1


def test_plan_of_a_class_is_not_read_above_the_school_and_not_looked_through(solviken, decide):
    decide(solviken.teacher, solviken.class_4a, aim="Som i Adas grupp")

    assert n_plans(solviken) == 1


def test_head_who_knows_no_pupils_is_not_told_who_they_are(solviken, decide):
    answer = decide(solviken.area_head, solviken.school, aim="Som i Adas grupp")

    assert answer.status_code == 302
    assert n_plans(solviken) == 1


def test_what_stood_in_the_plan_before_is_not_asked_about_again(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        plan = InterventionFactory(
            unit=solviken.school,
            responsible=solviken.principal,
            indicator=measured.reading,
            aim="Som i Adas grupp",
        )
    address = reverse("interventions:intervention-edit", args=[plan.key])
    sent = PLAN | {"responsible": solviken.principal.key, "aim": plan.aim}
    browser = sign_in(solviken.principal)

    assert browser.post(address, sent).status_code == 302
    assert MARKED in browser.post(address, sent | {"practice": "Adas pass"}).content.decode()
