"""The pages of a plan: for one class, for several, changed, looked at, and on paper."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.models import RoleAssignment
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.models import CostLine, Intervention, Step
from tests.factories.accounts import RoleAssignmentFactory, SchoolClassFactory
from tests.factories.colourmaps import record
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def two_classes(solviken, measured):
    """4A with Ada red, and 4B with Ben red and Bea green; the teacher of 4A has both."""
    with municipality_scope(solviken.municipality):
        class_4b = SchoolClassFactory(name="4B", year_group=4, parent=solviken.school)
        RoleAssignmentFactory(user=solviken.teacher, role=RoleCode.TEACHER, unit=class_4b)
        ben = PupilFactory(given_name="Ben", family_name="Dal", school_class=class_4b)
        bea = PupilFactory(given_name="Bea", family_name="Dal", school_class=class_4b)
        record(measured.autumn, measured.reading, {ben: 1000, bea: 3000})
    return class_4b, ben, bea


def lines(prefix, rows):
    sent = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        sent |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return sent


@pytest.fixture
def sent(solviken):
    def fields(*, steps=(), costs=(), **changes):
        usual = {
            "indicator": "LAS",
            "title": "Lästräning",
            "practice": "Fyra pass i veckan",
            "aim": "Flyt",
            "responsible": solviken.teacher.key,
            "starts_on": "2026-11-16",
            "follow_up_on": "2027-01-25",
            "kind": "teaching",
        }
        return usual | lines("steps", steps) | lines("costs", costs) | changes

    return fields


def stored(place):
    with municipality_scope(place.municipality):
        return Intervention.objects.select_related("unit", "responsible", "indicator").get()


def new(unit):
    return reverse("interventions:intervention-new", args=[unit.key])


def together(*units):
    keys = "&".join(f"unit={unit.key}" for unit in units)
    return f"{reverse('interventions:intervention-new-together')}?{keys}"


def parts_of(place, intervention):
    with municipality_scope(place.municipality):
        return set(intervention.covered_units.all()), set(intervention.pupils.all())


# --- for whom ------------------------------------------------------------------------------------


def test_team_of_two_classes_is_decided_by_who_has_both_though_not_the_school(
    solviken, measured, two_classes, sign_in, sent
):
    class_4b, *_pupils = two_classes
    keys = [solviken.class_4a.key, class_4b.key]

    sign_in(solviken.teacher).post(together(solviken.class_4a, class_4b), sent(part=keys))

    intervention = stored(solviken)
    assert intervention.unit == solviken.school
    assert parts_of(solviken, intervention) == ({solviken.class_4a, class_4b}, set())


def test_group_from_two_classes_is_for_the_pupils_and_decided_at_their_classes(
    solviken, measured, two_classes, sign_in, sent
):
    class_4b, ben, _bea = two_classes
    keys = [solviken.class_4a.key, class_4b.key]

    sign_in(solviken.teacher).post(
        together(solviken.class_4a, class_4b), sent(part=keys, pupil=[measured.ada.key, ben.key])
    )

    intervention = stored(solviken)
    assert intervention.unit == solviken.school
    assert parts_of(solviken, intervention) == ({solviken.class_4a, class_4b}, {measured.ada, ben})


def test_pupils_of_one_of_the_classes_make_it_an_intervention_of_that_class(
    solviken, measured, two_classes, sign_in, sent
):
    class_4b, ben, _bea = two_classes
    keys = [solviken.class_4a.key, class_4b.key]

    sign_in(solviken.teacher).post(together(solviken.class_4a, class_4b), sent(part=keys, pupil=[ben.key]))

    intervention = stored(solviken)
    assert intervention.unit == class_4b
    assert parts_of(solviken, intervention) == (set(), {ben})


def test_who_does_not_decide_for_one_of_the_classes_decides_for_none(
    solviken, fjordvik, measured, sign_in, sent
):
    both = together(solviken.class_4a, solviken.class_5a)

    assert sign_in(solviken.teacher).get(both).status_code == 403
    assert sign_in(solviken.teacher).post(both, sent()).status_code == 403
    assert sign_in(solviken.teacher).get(together(solviken.class_4a, fjordvik.class_4a)).status_code == 404
    assert sign_in(solviken.principal).get(both).status_code == 200


def test_school_page_offers_its_classes_and_a_chosen_one_alone_is_its_unit(solviken, measured, sign_in, sent):
    browser = sign_in(solviken.principal)
    form = browser.get(new(solviken.school)).context["form"]
    assert [label for _key, label in form.fields["part"].choices] == ["4A", "5A"]
    assert "pupil" not in form.fields

    browser.post(new(solviken.school), sent(part=[solviken.class_4a.key]))

    intervention = stored(solviken)
    assert intervention.unit == solviken.class_4a
    assert parts_of(solviken, intervention) == (set(), set())


def test_area_head_decides_for_schools_and_never_sees_a_pupil(solviken, measured, sign_in, sent):
    browser = sign_in(solviken.area_head)
    page = browser.get(new(solviken.area))
    assert [label for _key, label in page.context["form"].fields["part"].choices] == ["Solviksskolan"]
    school = browser.get(new(solviken.school))
    assert {"part", "pupil"}.isdisjoint(school.context["form"].fields)
    assert browser.get(new(solviken.class_4a)).status_code == 403

    browser.post(new(solviken.area), sent(responsible=solviken.area_head.key))

    assert stored(solviken).unit == solviken.area


def test_form_refuses_classes_that_were_not_offered(solviken, measured, sign_in, sent, fjordvik):
    response = sign_in(solviken.principal).post(new(solviken.school), sent(part=[fjordvik.class_4a.key]))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["part"]


# --- prefilled -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "n_of_ada"), [("all", 1), ("unanswered", 0)])
def test_red_pupils_of_two_classes_are_ticked(solviken, measured, two_classes, sign_in, which, n_of_ada):
    class_4b, ben, _bea = two_classes
    with municipality_scope(solviken.municipality):
        InterventionFactory(
            unit=solviken.class_4a,
            indicator=measured.reading,
            pupils=[measured.ada],
            responsible=solviken.teacher,
        )

    response = sign_in(solviken.teacher).get(
        f"{together(solviken.class_4a, class_4b)}&indicator=LAS&red={which}"
    )

    ticked = set(response.context["form"]["pupil"].value())
    assert ticked == {ben.key} | ({measured.ada.key} if n_of_ada else set())


def test_row_of_red_without_an_answer_leads_to_a_form_for_these_pupils(solviken, measured, sign_in):
    address = reverse("interventions:unit-unanswered", args=[solviken.class_4a.key])
    query = f"?round={measured.autumn.key}&columns=LAS"
    browser = sign_in(solviken.teacher)

    row = browser.get(address + query, headers={"hx-request": "true"}).content.decode()

    wanted = f"{new(solviken.class_4a)}?round={measured.autumn.key}&red=unanswered&indicator=LAS"
    assert wanted.replace("&", "&amp;") in row
    assert browser.get(wanted).context["form"]["pupil"].value() == [measured.ada.key]


def test_pupils_who_are_ticked_come_first_in_their_class(solviken, measured, two_classes, sign_in):
    class_4b, ben, bea = two_classes
    page = f"{new(class_4b)}?indicator=LAS&pupil={ben.key}"

    form = sign_in(solviken.teacher).get(page).context["form"]

    assert [key for key, _label in form.fields["pupil"].choices] == [ben.key, bea.key]
    assert [key for key, _label in form.fields["waiting"].choices] == [bea.key, ben.key]


def test_row_of_a_year_group_leads_to_one_plan_for_the_red_of_its_classes(
    solviken, measured, two_classes, sign_in
):
    class_4b, ben, _bea = two_classes
    address = reverse("interventions:unit-unanswered", args=[solviken.school.key])
    query = f"?round={measured.autumn.key}&columns=LAS"
    browser = sign_in(solviken.principal)

    of_year, of_school = (
        browser.get(address + query + more, headers={"hx-request": "true"}).content.decode()
        for more in ("&year=4", "")
    )

    (wanted,) = re.findall(r'href="([^"]*red=unanswered[^"]*)"', of_year)
    form = browser.get(wanted.replace("&amp;", "&")).context["form"]
    assert set(form["part"].value()) == {solviken.class_4a.key, class_4b.key}
    assert set(form["pupil"].value()) == {measured.ada.key, ben.key}
    assert "red=unanswered" not in of_school


def test_team_map_leads_to_a_plan_for_its_classes(solviken, measured, two_classes, sign_in):
    page = sign_in(solviken.teacher).get(reverse("colourmaps:team-map"))

    expected = together(solviken.class_4a, two_classes[0]).replace("&", "&amp;")
    assert f'href="{expected}"' in page.content.decode()


# --- asked for more, nothing lost -------------------------------------------------------------------


def test_figures_are_written_into_the_background_and_nothing_is_decided(solviken, measured, sign_in, sent):
    response = sign_in(solviken.teacher).post(
        new(solviken.class_4a),
        sent(ask="figures", background="Vi har sett.", title="", steps=[{"what": "Schema", "due_on": ""}]),
    )

    form = response.context["form"]
    assert response.status_code == 200
    assert form["background"].value() == (
        "Vi har sett.\nLäsförståelse, HT 2026 (read Nov. 16, 2026): 1 of 5 red, 3 measured."
    )
    assert (form["practice"].value(), form.errors) == ("Fyra pass i veckan", {})
    assert form.steps[0]["what"].value() == "Schema"
    with municipality_scope(solviken.municipality):
        assert not Intervention.objects.exists()


def test_figures_of_chosen_pupils_are_theirs(solviken, measured, sign_in, sent):
    response = sign_in(solviken.teacher).post(
        new(solviken.class_4a), sent(ask="figures", pupil=[measured.ada.key, measured.bo.key])
    )

    assert response.context["form"]["background"].value() == (
        "Läsförståelse, HT 2026 (read Nov. 16, 2026): 1 of 2 red, 2 measured."
    )


def test_figures_of_a_school_are_those_that_heads_may_read(solviken, measured, sign_in, sent):
    for person in (solviken.principal, solviken.area_head):
        response = sign_in(person).post(new(solviken.school), sent(ask="figures"))

        assert response.context["form"]["background"].value() == (
            "Solviksskolan, Läsförståelse: nothing has been released yet."
        )


def test_figures_without_an_indicator_say_what_to_choose(solviken, measured, sign_in, sent):
    response = sign_in(solviken.teacher).post(new(solviken.class_4a), sent(ask="figures", indicator=""))

    assert "Choose the indicator first." in response.content.decode()


def test_more_lines_keep_those_that_are_filled_in(solviken, measured, sign_in, sent):
    rows = [{"what": f"Steg {n}", "due_on": "2026-12-01"} for n in range(3)]

    response = sign_in(solviken.teacher).post(new(solviken.class_4a), sent(ask="lines", steps=rows))

    values = [line["what"].value() for line in response.context["form"].steps]
    assert values == ["Steg 0", "Steg 1", "Steg 2", None, None, None]


def test_mistake_keeps_every_line_and_unfolds_what_is_wrong(solviken, measured, sign_in, sent):
    response = sign_in(solviken.teacher).post(
        new(solviken.class_4a),
        sent(
            background="Vi har sett.",
            steps=[{"what": "Schema", "due_on": ""}],
            costs=[{"what": "", "money": "100", "hours": ""}],
        ),
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Write by when." in page
    assert "Write what costs this." in page
    assert "Vi har sett." in page
    assert '<details class="more-of-the-plan" open>' in page


def test_steps_and_costs_are_kept(solviken, measured, sign_in, sent):
    sign_in(solviken.teacher).post(
        new(solviken.class_4a),
        sent(
            steps=[{"what": "Schema", "due_on": "2026-12-01"}, {"what": "", "due_on": ""}],
            costs=[{"what": "Lärare", "money": "", "hours": "12.5"}, {"what": "Bok", "money": "300"}],
        ),
    )

    with municipality_scope(solviken.municipality):
        assert [(step.what, step.due_on) for step in Step.objects.all()] == [
            ("Schema", datetime.date(2026, 12, 1))
        ]
        assert [(line.what, line.money, float(line.hours)) for line in CostLine.objects.all()] == [
            ("Lärare", 0, 12.5),
            ("Bok", 300, 0.0),
        ]


# --- load -------------------------------------------------------------------------------------------


def test_load_is_told_beside_the_choice_and_for_the_unit(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        for options in ({}, {"pupils": [measured.ada]}, {"ended_on": TODAY}, {"starts_on": TODAY + DAY}):
            InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, **options)
        InterventionFactory(
            unit=solviken.school,
            units=[solviken.class_4a, solviken.class_5a],
            responsible=solviken.principal,
        )

    response = sign_in(solviken.teacher).get(new(solviken.class_4a))

    people = dict(response.context["form"].fields["responsible"].choices)
    assert people[solviken.teacher.key].endswith("(teacher, 4A) – answers for 2 running")
    assert people[solviken.principal.key].endswith("– answers for 1 running")
    assert people[solviken.health_team.key].endswith("(pupil-health team, Solviksskolan)")
    assert response.context["load"] == ["4A has 3 running interventions"]


def test_load_that_a_head_is_told_counts_none_with_names(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, pupils=[measured.ada])
        InterventionFactory(unit=solviken.school, responsible=solviken.principal)

    response = sign_in(solviken.area_head).get(new(solviken.school))

    assert response.context["load"] == ["Solviksskolan has 1 running intervention"]


# --- changed ------------------------------------------------------------------------------------------


@pytest.fixture
def running(solviken, measured):
    with municipality_scope(solviken.municipality):
        return InterventionFactory(
            unit=solviken.class_4a,
            indicator=measured.reading,
            responsible=solviken.teacher,
            pupils=[measured.ada],
            practice="Fyra pass",
            background="Ett av fem.",
        )


def edit(intervention):
    return reverse("interventions:intervention-edit", args=[intervention.key])


def test_started_plan_is_changed_without_what_the_answer_rests_on(solviken, measured, running, sign_in, sent):
    browser = sign_in(solviken.teacher)
    form = browser.get(edit(running)).context["form"]
    assert {"indicator", "pupil", "part", "starts_on", "expected_change", "kind"}.isdisjoint(form.fields)
    assert form["background"].value() == "Ett av fem."

    browser.post(edit(running), sent(title="Nytt namn", follow_up_on="2027-02-01", indicator="ANNAN"))

    changed = stored(solviken)
    assert (changed.title, changed.follow_up_on) == ("Nytt namn", datetime.date(2027, 2, 1))
    assert (changed.indicator, changed.kind) == (measured.reading, running.kind)
    assert parts_of(solviken, changed) == (set(), {measured.ada})


def test_plan_that_has_not_started_is_changed_whole(solviken, measured, running, sign_in, sent):
    with municipality_scope(solviken.municipality):
        Intervention.objects.update(starts_on=TODAY + DAY)

    sign_in(solviken.teacher).post(
        edit(running), sent(pupil=[measured.bo.key], starts_on="2026-11-18", expected_change="2.5")
    )

    changed = stored(solviken)
    assert (changed.starts_on, changed.expected_change) == (datetime.date(2026, 11, 18), 250)
    assert parts_of(solviken, changed) == (set(), {measured.bo})


def test_ended_plan_is_not_changed(solviken, running, sign_in, sent):
    with municipality_scope(solviken.municipality):
        Intervention.objects.update(ended_on=TODAY)

    response = sign_in(solviken.teacher).post(edit(running), sent(title="Nytt namn"), follow=True)

    assert "It has ended. Its plan stays as it was." in response.content.decode()
    assert stored(solviken).title == running.title


def test_another_is_named_when_the_responsible_has_left(solviken, running, sign_in, sent):
    with municipality_scope(solviken.municipality):
        RoleAssignment.objects.filter(user=solviken.teacher).update(valid_to=TODAY)
    browser = sign_in(solviken.principal)
    page = reverse("interventions:intervention", args=[running.key])
    assert "nobody answers" in browser.get(page).content.decode()

    browser.post(edit(running), sent(responsible=solviken.principal.key))

    assert stored(solviken).responsible == solviken.principal
    assert "nobody answers" not in browser.get(page).content.decode()


def test_page_asks_what_is_expected_and_keeps_it(solviken, measured, running, sign_in):
    with municipality_scope(solviken.municipality):
        Intervention.objects.update(starts_on=TODAY)
    browser = sign_in(solviken.teacher)
    page = reverse("interventions:intervention", args=[running.key])
    address = reverse("interventions:intervention-expectation", args=[running.key])
    assert "What do you expect?" in browser.get(page).content.decode()

    refused = browser.post(address, {"expected_change": "-3"})
    browser.post(address, {"expected_change": "3"})

    assert refused.status_code == 422
    assert "Write an expected change that is not below 0." in refused.content.decode()
    assert stored(solviken).expected_change == 300
    after = browser.get(page).content.decode()
    assert "What do you expect?" not in after
    assert "The mean changes by +3." in after


def test_step_is_ticked_off_on_the_page(solviken, running, sign_in):
    with municipality_scope(solviken.municipality):
        step, other = (
            Step.objects.create(
                municipality=solviken.municipality, intervention=running, what=what, due_on=day
            )
            for what, day in (("Försenat", TODAY - DAY), ("Kommande", TODAY))
        )
    browser = sign_in(solviken.teacher)
    address = reverse("interventions:intervention-step", args=[running.key])
    page = reverse("interventions:intervention", args=[running.key])
    before = [row["state"] for row in browser.get(page).context["steps"]]

    browser.post(address, {"step": step.pk, "done": "1"})

    assert before == ["late", "coming"]
    assert [row["state"] for row in browser.get(page).context["steps"]] == ["done", "coming"]
    assert other.done_on is None
    assert browser.post(address, {"step": "9999999", "done": "1"}).status_code == 404


def test_costs_are_summed(solviken, running, sign_in):
    with municipality_scope(solviken.municipality):
        for money, hours in ((1200, 0), (300, "2.5"), (0, 10)):
            CostLine.objects.create(
                municipality=solviken.municipality,
                intervention=running,
                what="Del",
                money=money,
                hours=hours,
            )

    page = sign_in(solviken.teacher).get(reverse("interventions:intervention", args=[running.key]))

    assert page.context["cost_sums"] == ("1,500 kr", "12.5 h")


def test_sheet_has_the_headings_of_a_plan_and_no_other_pupil(solviken, measured, running, sign_in):
    address = reverse("interventions:intervention-sheet", args=[running.key])

    page = sign_in(solviken.teacher).get(address).content.decode()

    headings = [
        "1. Background to the area of development",
        "2.1 Planned intervention",
        "Participants and planning",
        "Staff",
        "2.2 Aims and expected effects",
        "2.3 Responsibility",
        "2.4 Participation of pupil and guardian",
        "2.5 Follow-up and evaluation",
    ]
    places = [page.index(f">{heading}<") for heading in headings]
    assert places == sorted(places)
    assert "Ek, Ada" in page
    assert "Ek, Bo" not in page


def test_number_of_lines_that_no_form_sends_is_as_good_as_the_most(solviken, measured, sign_in, sent):
    """Python refuses to read a number of some thousand digits."""
    address = reverse("interventions:intervention-new", args=[solviken.class_4a.key])

    response = sign_in(solviken.teacher).post(
        address, sent() | {"ask": "lines", "steps-TOTAL_FORMS": "9" * 5000}
    )

    assert response.status_code == 200


def test_name_of_an_indicator_is_text_on_the_form(solviken, measured, sign_in):
    """It stands in the help of what is expected, too."""
    with municipality_scope(solviken.municipality):
        measured.reading.names = {"sv": "<b>Läsning</b>"}
        measured.reading.save()
    address = reverse("interventions:intervention-new", args=[solviken.class_4a.key])

    page = sign_in(solviken.teacher).get(f"{address}?indicator=LAS").content.decode()

    assert ("<b>Läsning" in page, "in the unit of &lt;b&gt;Läsning" in page) == (False, True)
