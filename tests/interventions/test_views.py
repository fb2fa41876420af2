import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.models import Intervention
from interventions.services import decide_intervention
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY

NO_LINES = {
    f"{lines}-{form}": "0" for lines in ("steps", "costs") for form in ("TOTAL_FORMS", "INITIAL_FORMS")
}
DAY = datetime.timedelta(days=1)


@pytest.fixture
def of_ada(solviken, measured):
    """Decided by the teacher of 4A for Ada; begun today."""
    with municipality_scope(solviken.municipality):
        return decide_intervention(
            unit=solviken.class_4a,
            pupils=[measured.ada],
            indicator=measured.reading,
            title="Lästräning i liten grupp",
            aim="Ada läser med flyt.",
            responsible=solviken.teacher,
            starts_on=TODAY,
            follow_up_on=TODAY + 60 * DAY,
            by=solviken.teacher,
        )


@pytest.fixture
def sent(solviken, measured):
    def fields(**changes):
        usual = {
            "indicator": "LAS",
            "pupil": [measured.ada.key, measured.bo.key],
            "title": "Lästräning i liten grupp",
            "practice": "Fyra pass i veckan, i grupprummet.",
            "aim": "De läser med flyt.",
            "kind": "teaching",
            **NO_LINES,
            "responsible": solviken.teacher.key,
            "starts_on": "2026-11-16",
            "follow_up_on": "2027-01-25",
        }
        return usual | changes

    return fields


def events(place, action):
    with municipality_scope(place.municipality):
        return list(AuditEvent.objects.filter(action=action))


def stored(place):
    with municipality_scope(place.municipality):
        return list(Intervention.objects.all())


def addresses(place, intervention, pupil):
    return {
        "list": reverse("interventions:intervention-list"),
        "one": reverse("interventions:intervention", args=[intervention.key]),
        "new": reverse("interventions:intervention-new", args=[place.class_4a.key]),
        "unit": reverse("interventions:unit-interventions", args=[place.class_4a.key]),
        "pupil": reverse("colourmaps:pupil", args=[pupil.key]),
    }


# --- who gets in -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["list", "one", "new", "unit", "pupil"])
def test_pages_open_for_those_who_work_with_the_pupils(solviken, measured, of_ada, sign_in, page):
    address = addresses(solviken, of_ada, measured.ada)[page]

    opened = {
        who: sign_in(getattr(solviken, who)).get(address).status_code for who in ("teacher", "principal")
    }

    assert opened == {"teacher": 200, "principal": 200}


@pytest.mark.parametrize("page", ["one", "new", "unit", "pupil"])
def test_pages_are_closed_to_colleagues_and_heads_and_unknown_elsewhere(
    solviken, fjordvik, measured, of_ada, sign_in, page
):
    address = addresses(solviken, of_ada, measured.ada)[page]

    assert sign_in(solviken.colleague).get(address).status_code == 403
    assert sign_in(solviken.area_head).get(address).status_code == 403
    assert sign_in(fjordvik.principal).get(address).status_code == 404


def test_list_of_a_colleague_or_of_elsewhere_does_not_tell(solviken, fjordvik, of_ada, sign_in):
    address = reverse("interventions:intervention-list")

    for stranger in (
        solviken.colleague,
        solviken.area_head,
        solviken.administration_head,
        fjordvik.principal,
    ):
        assert "Lästräning" not in sign_in(stranger).get(address).content.decode()
    assert sign_in(solviken.board_member).get(address).status_code == 403


def test_teacher_opens_what_she_answers_for_at_the_school(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        of_school = InterventionFactory(unit=solviken.school, responsible=solviken.teacher)
    address = reverse("interventions:intervention", args=[of_school.key])

    assert sign_in(solviken.teacher).get(address).status_code == 200
    assert sign_in(solviken.colleague).get(address).status_code == 403


def test_pages_ask_strangers_to_sign_in(client, solviken, measured, of_ada):
    for address in [reverse("start"), *addresses(solviken, of_ada, measured.ada).values()]:
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith(reverse("accounts:sign-in"))


# --- a new one ---------------------------------------------------------------------------------


def test_new_intervention_is_decided_and_shown(solviken, measured, sign_in, sent):
    browser = sign_in(solviken.teacher)

    response = browser.post(
        reverse("interventions:intervention-new", args=[solviken.class_4a.key]), sent(), follow=True
    )

    (intervention,) = stored(solviken)
    assert response.redirect_chain == [(reverse("interventions:intervention", args=[intervention.key]), 302)]
    page = response.content.decode()
    assert "The intervention is decided." in page
    assert "Ek, Ada" in page
    assert "Ek, Cia" not in page


def test_new_intervention_with_a_mistake_keeps_what_was_typed_and_decides_nothing(solviken, sign_in, sent):
    response = sign_in(solviken.teacher).post(
        reverse("interventions:intervention-new", args=[solviken.class_4a.key]),
        sent(follow_up_on="2026-11-01"),
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"follow_up_on": ["The follow-up must come after the start."]}
    assert "De läser med flyt." in response.content.decode()
    assert stored(solviken) == []


def test_new_intervention_is_prefilled_by_the_address(solviken, measured, sign_in):
    address = reverse("interventions:intervention-new", args=[solviken.class_4a.key])

    response = sign_in(solviken.teacher).get(
        address, {"indicator": "LAS", "pupil": [measured.ada.key, measured.bo.key]}
    )

    form = response.context["form"]
    assert form["indicator"].value() == "LAS"
    assert form["pupil"].value() == [measured.ada.key, measured.bo.key]


def test_new_intervention_names_protected_pupils_by_pseudonym(solviken, measured, sign_in):
    response = sign_in(solviken.teacher).get(
        reverse("interventions:intervention-new", args=[solviken.class_4a.key]) + "?indicator=LAS"
    )

    page = response.content.decode()
    assert "Ek, Eva" not in page
    assert measured.eva.shown_name in page


def test_new_intervention_tells_the_log_whose_names_were_seen(solviken, measured, sign_in):
    sign_in(solviken.teacher).get(reverse("interventions:intervention-new", args=[solviken.class_4a.key]))

    (event,) = events(solviken, "pupils seen")
    assert event.pupil_ids == sorted(pupil.pk for pupil in measured.pupils)
    assert (event.actor_id, event.unit_id) == (solviken.teacher.pk, solviken.class_4a.pk)


# --- one ---------------------------------------------------------------------------------------


def test_intervention_shows_the_plan_and_the_start(solviken, of_ada, sign_in):
    page = sign_in(solviken.principal).get(reverse("interventions:intervention", args=[of_ada.key]))

    text = page.content.decode()
    assert "Ada läser med flyt." in text
    assert "HT 2026" in text
    assert page.context["figures"].n_measured == {"start": 1, "now": 0}
    assert "No measurement since the start." in text


def test_intervention_seen_is_logged_with_its_pupils(solviken, measured, of_ada, sign_in):
    sign_in(solviken.principal).get(reverse("interventions:intervention", args=[of_ada.key]))

    (event,) = events(solviken, "intervention seen")
    assert (event.actor_id, event.subject, event.pupil_ids) == (
        solviken.principal.pk,
        of_ada.key,
        [measured.ada.pk],
    )


def test_intervention_to_come_says_when_the_start_is_kept(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        to_come = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, starts_on=TODAY + DAY
        )

    page = sign_in(solviken.teacher).get(reverse("interventions:intervention", args=[to_come.key]))

    assert page.context["figures"] is None
    assert "kept on the first day" in page.content.decode()


def test_intervention_is_ended_once(solviken, of_ada, sign_in):
    browser = sign_in(solviken.teacher)
    address = reverse("interventions:intervention-end", args=[of_ada.key])

    first = browser.post(address, {"on": "2026-11-16"})
    second = browser.post(address, {"on": "2026-11-16"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert [one.ended_on for one in stored(solviken)] == [TODAY]
    assert len(events(solviken, "intervention ended")) == 1


def test_intervention_is_not_ended_on_an_impossible_day(solviken, of_ada, sign_in):
    response = sign_in(solviken.teacher).post(
        reverse("interventions:intervention-end", args=[of_ada.key]), {"on": "2026-11-01"}
    )

    assert response.status_code == 422
    assert "It cannot end before its start" in response.content.decode()
    assert [one.ended_on for one in stored(solviken)] == [None]


def test_intervention_is_ended_only_by_those_who_see_it_and_by_no_link(solviken, fjordvik, of_ada, sign_in):
    address = reverse("interventions:intervention-end", args=[of_ada.key])

    assert sign_in(solviken.colleague).post(address, {"on": "2026-11-16"}).status_code == 403
    assert sign_in(fjordvik.principal).post(address, {"on": "2026-11-16"}).status_code == 404
    assert sign_in(solviken.teacher).get(address).status_code == 405
    assert [one.ended_on for one in stored(solviken)] == [None]


# --- lists -------------------------------------------------------------------------------------


@pytest.fixture
def four_states(solviken):
    """The teacher's, in each of the four states."""

    def made(title, **days):
        return InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, title=title, **days
        ).title

    with municipality_scope(solviken.municipality):
        return [
            made("Kommande", starts_on=TODAY + DAY),
            made("Pågående"),
            made("Försenad", follow_up_on=TODAY - DAY),
            made("Avslutad", ended_on=TODAY),
        ]


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("", ["Försenad", "Kommande", "Pågående"]),
        ("running", ["Pågående"]),
        ("late", ["Försenad"]),
        ("coming", ["Kommande"]),
        ("all", ["Avslutad", "Försenad", "Kommande", "Pågående"]),
        ("ended", ["Avslutad"]),
        ("unheard-of", ["Försenad", "Kommande", "Pågående"]),
    ],
)
def test_list_shows_the_state_that_the_address_names(solviken, four_states, sign_in, state, titles):
    response = sign_in(solviken.teacher).get(reverse("interventions:intervention-list"), {"state": state})

    assert sorted(row.record.title for row in response.context["own"].rows) == titles


def test_list_parts_own_from_others(solviken, of_ada, sign_in):
    response = sign_in(solviken.principal).get(reverse("interventions:intervention-list"))

    assert len(response.context["own"].rows) == 0
    assert [row.record for row in response.context["others"].rows] == [of_ada]


def test_list_is_put_in_another_order_by_the_address(solviken, four_states, sign_in):
    response = sign_in(solviken.teacher).get(
        reverse("interventions:intervention-list"), {"own-sort": "-title"}
    )

    titles = [row.record.title for row in response.context["own"].rows]
    assert titles == ["Pågående", "Kommande", "Försenad"]


def test_list_asks_as_much_for_three_as_for_one(solviken, measured, sign_in):
    def one_more():
        with municipality_scope(solviken.municipality):
            InterventionFactory(
                unit=solviken.class_4a,
                responsible=solviken.teacher,
                pupils=measured.pupils,
                indicator=measured.reading,
            )

    def n_queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    browser = sign_in(solviken.teacher)
    pages = [
        reverse("start"),
        reverse("interventions:intervention-list"),
        reverse("interventions:unit-interventions", args=[solviken.class_4a.key]),
        reverse("colourmaps:pupil", args=[measured.ada.key]),
    ]
    one_more()
    for_one = [n_queries(page) for page in pages]
    one_more()
    one_more()

    assert [n_queries(page) for page in pages] == for_one


def test_part_for_htmx_is_the_same_as_in_the_page(solviken, measured, of_ada, sign_in):
    browser = sign_in(solviken.teacher)
    address = addresses(solviken, of_ada, measured.ada)["unit"]

    page = browser.get(address).content.decode()
    part = browser.get(address, headers={"hx-request": "true"}).content.decode()

    assert part.strip().startswith('<section class="interventions')
    assert part.strip() in page
    assert "Lästräning i liten grupp" in part


def test_lists_tell_the_log_whose_names_were_seen(solviken, measured, of_ada, sign_in):
    sign_in(solviken.teacher).get(reverse("interventions:intervention-list"))

    (event,) = events(solviken, "interventions seen")
    assert event.pupil_ids == [measured.ada.pk]


def test_lists_without_a_name_tell_the_log_nothing(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher)
        InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, pupils=measured.pupils)

    page = sign_in(solviken.teacher).get(reverse("interventions:intervention-list")).content.decode()

    assert "5 pupils" in page
    assert events(solviken, "interventions seen") == []


# --- maps that fetch a part from here ----------------------------------------------------------


def test_unit_map_fetches_interventions_only_for_those_who_decide(solviken, sign_in):
    page = reverse("aggregation:unit-map", args=[solviken.school.key])
    part = reverse("interventions:unit-interventions", args=[solviken.school.key])

    assert f'hx-get="{part}"' in sign_in(solviken.principal).get(page).content.decode()
    assert f'hx-get="{part}"' in sign_in(solviken.area_head).get(page).content.decode()
    assert part not in sign_in(solviken.board_member).get(page).content.decode()


def test_class_map_fetches_interventions(solviken, measured, sign_in):
    class_map = reverse("colourmaps:class-map", args=[solviken.class_4a.key])

    part = reverse("interventions:unit-interventions", args=[solviken.class_4a.key])
    assert f'hx-get="{part}"' in sign_in(solviken.teacher).get(class_map).content.decode()


def test_who_answers_for_a_larger_unit_sees_the_plan_and_not_its_figures(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        for_school = decide_intervention(
            unit=solviken.school,
            pupils=[],
            indicator=measured.reading,
            title="Läsning varje dag",
            aim="Alla läser med flyt.",
            responsible=solviken.teacher,
            starts_on=TODAY,
            follow_up_on=TODAY + 60 * DAY,
            by=solviken.principal,
        )
    address = reverse("interventions:intervention", args=[for_school.key])

    of_teacher, of_principal = (
        sign_in(person).get(address).content.decode() for person in (solviken.teacher, solviken.principal)
    )

    assert "Läsning varje dag" in of_teacher
    assert "shown to those who see the unit's pupils" in of_teacher
    assert "intervention needed" not in of_teacher
    assert "intervention needed" in of_principal
