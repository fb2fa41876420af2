"""The start page; which duties there are is tested in test_duties."""

import datetime

import pytest
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.models import MeetingCase, Outcome, Rung
from tests.factories.accounts import PersonFactory
from tests.factories.interventions import FollowUpFactory, InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
EVERYBODY = [
    "teacher",
    "analysis_lead",
    "principal",
    "health_team",
    "medical_health",
    "area_head",
    "administration_head",
    "board_member",
    "collaboration_partner",
    "support_function",
    "coordinator",
    "administrator",
    "access_auditor",
    "data_protection",
]
# Where each goes on when nothing waits; the auditor reads what the role is for.
NEXT_STEPS = {
    "teacher": "Open the map of 4A",
    "analysis_lead": "Open the map of Solviksskolan",
    "principal": "Open the map of Solviksskolan",
    "health_team": "Open the map of Solviksskolan",
    "medical_health": "Health talks, class by class",
    "area_head": "Open the map of Område Solviken",
    "administration_head": "Open the map of Barn och utbildning Solviken",
    "board_member": "Open the map of Solviken",
    "collaboration_partner": "Open the map of Solviken",
    "support_function": "All questions",
    "coordinator": "Import a file of results",
    "administrator": "Set up units, people, indicators and limits",
    "access_auditor": "checks who has looked at what",
    "data_protection": "answers pupils and guardians who ask what is kept about them",
}


def main_of(response):
    return response.content.decode().split("<main")[1].split("</main>")[0]


def start_of(browser):
    return main_of(browser.get(reverse("start")))


@pytest.mark.parametrize("who", EVERYBODY)
def test_start_of_a_role_with_nothing_to_do_says_so_and_where_to_go_on(solviken, sign_in, who):
    page = start_of(sign_in(getattr(solviken, who)))

    assert "Nothing waits for you today." in page
    assert NEXT_STEPS[who] in page
    assert 'class="duties"' not in page


def test_start_shows_three_groups_and_names_no_pupil(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        fields = {"unit": solviken.class_4a, "pupils": [measured.ada]}
        own = fields | {"responsible": solviken.teacher}
        InterventionFactory(title="Lästräning", follow_up_on=TODAY - DAY, **own)
        InterventionFactory(title="Läsläxa", follow_up_on=TODAY + DAY, **own)
        InterventionFactory(title="Samtal", follow_up_on=TODAY, responsible=solviken.health_team, **fields)

    page = start_of(sign_in(solviken.teacher))

    late, due, waiting = (part.split("</section>")[0] for part in page.split("<h2>")[1:4])
    for words, part in (
        (("Late", "Follow up: Lästräning", "1 day late", "1 pupil, 4A"), late),
        (("within two weeks", "Follow up: Läsläxa", "tomorrow"), due),
        (("Waiting for others", "Follow up: Samtal", solviken.health_team.name), waiting),
    ):
        assert [word for word in words if word not in part] == []
    assert "Ek, Ada" not in page
    assert "Ada Ek" not in page


def test_start_shows_a_dozen_of_a_group_and_the_rest_behind_a_click(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        for _ in range(14):
            InterventionFactory(
                unit=solviken.class_4a, responsible=solviken.teacher, follow_up_on=TODAY - DAY
            )

    page = start_of(sign_in(solviken.teacher))

    shown, more = page.split("<details>")
    assert (shown.count("Follow up: "), more.count("Follow up: ")) == (12, 2)
    assert "2 more" in more


def test_start_leads_to_the_own_class_and_not_to_others(solviken, sign_in):
    page = start_of(sign_in(solviken.teacher))

    assert reverse("colourmaps:class-map", args=[solviken.class_4a.key]) in page
    assert reverse("colourmaps:class-map", args=[solviken.class_5a.key]) not in page


def test_start_of_somebody_without_a_role_says_what_to_do(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        newcomer = PersonFactory()

    assert "You have no role yet" in start_of(sign_in(newcomer))


def test_start_leads_from_what_is_followed_up_to_its_evaluation_and_only_who_answers_for_it(
    solviken, sign_in
):
    with municipality_scope(solviken.municipality):
        late = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, follow_up_on=TODAY - DAY
        )
        FollowUpFactory(intervention=late)
    address = reverse("interventions:evaluation", args=[late.key])

    assert address in start_of(sign_in(solviken.teacher))
    assert address not in start_of(sign_in(solviken.principal))


@pytest.fixture
def decision(solviken):
    with municipality_scope(solviken.municipality):
        meeting = MeetingFactory(
            kind=kind_of(Rung.TEAM),
            unit=solviken.school,
            lead=solviken.analysis_lead,
            classes=[solviken.class_4a],
            is_closed=True,
        )
        return CaseFactory(
            meeting=meeting,
            outcome=Outcome.MEASURE,
            measure="Läsa högt varje dag",
            responsible=solviken.teacher,
            due_on=TODAY,
            decided_at=meeting.started_at,
        )


def done_on(case):
    with municipality_scope(case.municipality):
        return MeetingCase.objects.get(pk=case.pk).done_on


def test_decision_is_said_to_be_done_on_the_start_page_and_is_gone_from_it(solviken, sign_in, decision):
    browser = sign_in(solviken.teacher)
    address = reverse("interventions:decision-done", args=[decision.key])
    assert address in start_of(browser)

    after = browser.post(address, follow=True)

    assert done_on(decision) == TODAY
    assert "Läsa högt varje dag" in main_of(after).split("<h1>")[0]
    assert address not in start_of(browser)


def test_decision_of_others_is_not_done_by_a_look_or_by_somebody_else(solviken, sign_in, decision):
    address = reverse("interventions:decision-done", args=[decision.key])

    assert sign_in(solviken.colleague).post(address).status_code == 403
    assert sign_in(solviken.teacher).get(address).status_code == 405
    assert done_on(decision) is None


@pytest.mark.parametrize(("who", "most"), [("teacher", 26), ("principal", 28), ("administration_head", 25)])
def test_start_page_asks_little_of_the_database(
    solviken, measured, sign_in, decision, django_assert_max_num_queries, who, most
):
    with municipality_scope(solviken.municipality):
        for person in (solviken.teacher, solviken.principal):
            InterventionFactory(unit=solviken.class_4a, responsible=person, follow_up_on=TODAY - DAY)
        MeetingFactory(
            kind=kind_of(Rung.SCHOOL), unit=solviken.school, lead=solviken.principal, planned_on=TODAY - DAY
        )
    browser = sign_in(getattr(solviken, who))

    with django_assert_max_num_queries(most):
        browser.get(reverse("start"))
