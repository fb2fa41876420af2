"""The start page; what it computes is tested in test_agenda."""

import datetime

import pytest
from django.urls import reverse

from accounts.tenancy import municipality_scope
from tests.factories.accounts import PersonFactory
from tests.factories.interventions import FollowUpFactory, InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    "who",
    [
        "teacher",
        "principal",
        "area_head",
        "administration_head",
        "board_member",
        "collaboration_partner",
        "coordinator",
        "administrator",
    ],
)
def test_start_opens_for_every_role(solviken, sign_in, who):
    assert sign_in(getattr(solviken, who)).get(reverse("start")).status_code == 200


def test_start_shows_late_follow_ups_and_names_no_pupil(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        InterventionFactory(
            unit=solviken.class_4a,
            responsible=solviken.teacher,
            pupils=[measured.ada],
            title="Lästräning",
            follow_up_on=TODAY - DAY,
        )

    page = sign_in(solviken.teacher).get(reverse("start")).content.decode()

    assert "Late follow-ups" in page
    assert "Lästräning" in page
    assert "1 pupil, 4A" in page
    assert "Ek, Ada" not in page
    assert "Ada Ek" not in page


def test_start_leads_to_the_own_class_and_not_to_others(solviken, sign_in):
    page = sign_in(solviken.teacher).get(reverse("start")).content.decode()

    assert reverse("colourmaps:class-map", args=[solviken.class_4a.key]) in page
    assert reverse("colourmaps:class-map", args=[solviken.class_5a.key]) not in page


def test_start_of_the_coordinator_leads_to_the_import(solviken, sign_in):
    page = sign_in(solviken.coordinator).get(reverse("start")).content.decode()

    assert reverse("colourmaps:import-list") in page


def test_start_of_somebody_without_a_role_says_what_to_do(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        newcomer = PersonFactory()

    assert "You have no role yet" in sign_in(newcomer).get(reverse("start")).content.decode()


def test_start_leads_from_what_is_followed_up_to_its_evaluation_and_only_who_answers_for_it(
    solviken, sign_in
):
    with municipality_scope(solviken.municipality):
        late = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, follow_up_on=TODAY - DAY
        )
        FollowUpFactory(intervention=late)
    address = reverse("interventions:evaluation", args=[late.key])

    assert address in sign_in(solviken.teacher).get(reverse("start")).content.decode()
    assert address not in sign_in(solviken.principal).get(reverse("start")).content.decode()
