"""An entry of the catalogue becomes an intervention in one step."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.models import Intervention
from tests.factories.interventions import EntryFactory
from tests.fixtures import TODAY

NO_LINES = {f"{prefix}-{name}_FORMS": "0" for prefix in ("steps", "costs") for name in ("TOTAL", "INITIAL")}


@pytest.fixture
def entry(solviken):
    with municipality_scope(solviken.municipality):
        return EntryFactory(
            owner=solviken.principal,
            title="Intensivläsning",
            times_per_week=4,
            minutes_each_time=20,
            cost_money=600,
            cost_per="en elev",
        )


@pytest.fixture
def address(solviken):
    return reverse("interventions:intervention-new", args=[solviken.class_4a.key])


@pytest.fixture
def sent(solviken, measured):
    """What the form sends, of which only the indicator and the days are typed by hand."""
    return {
        "indicator": "LAS",
        "pupil": [measured.ada.key],
        "title": "Lästräning",
        "practice": "Fyra pass i veckan.",
        "aim": "Ada läser med flyt.",
        "kind": "teaching",
        "responsible": solviken.teacher.key,
        "starts_on": "2026-11-16",
        "follow_up_on": "2027-01-25",
        **NO_LINES,
    }


def stored(place):
    with municipality_scope(place.municipality):
        return [(each.title, each.entry_id) for each in Intervention.objects.all()]


def test_form_is_filled_in_by_the_address(solviken, measured, entry, address, sign_in):
    response = sign_in(solviken.teacher).get(address, {"entry": entry.key, "indicator": "LAS"})

    form = response.context["form"]
    assert [form[name].value() for name in ("title", "aim", "practice", "kind", "times_per_week")] == [
        "Intensivläsning",
        entry.aim,
        entry.practice,
        "teaching",
        4,
    ]
    assert [line.initial for line in form.costs.initial_forms] == [{"what": "en elev", "money": 600}]
    assert response.context["entry"] == entry


def test_decided_intervention_rests_on_the_entry_that_the_form_names(
    solviken, measured, entry, address, sign_in, sent
):
    sign_in(solviken.teacher).post(address, sent | {"entry": entry.key})

    assert stored(solviken) == [("Lästräning", entry.pk)]
    with municipality_scope(solviken.municipality):
        assert AuditEvent.objects.get(action="intervention decided").facts["entry"] == entry.key


def test_entry_of_the_address_gives_way_to_what_the_form_says(
    solviken, measured, entry, address, sign_in, sent
):
    sign_in(solviken.teacher).post(f"{address}?entry={entry.key}", sent | {"entry": ""})

    assert stored(solviken) == [("Lästräning", None)]


def test_form_is_filled_in_without_losing_whom_it_is_for(solviken, measured, entry, address, sign_in, sent):
    response = sign_in(solviken.teacher).post(address, sent | {"entry": entry.key, "ask": "entry"})

    form = response.context["form"]
    assert (response.status_code, form.errors) == (200, {})
    assert (form["title"].value(), form["pupil"].value()) == ("Intensivläsning", [measured.ada.key])
    assert stored(solviken) == []


def test_withdrawn_entry_and_one_of_another_municipality_cannot_be_chosen(
    solviken, fjordvik, measured, address, sign_in, sent
):
    with municipality_scope(solviken.municipality):
        withdrawn = EntryFactory(owner=solviken.principal, withdrawn_on=TODAY, withdrawn_reason="Nej")
    with municipality_scope(fjordvik.municipality):
        foreign = EntryFactory(owner=fjordvik.principal)
    browser = sign_in(solviken.teacher)

    for one in (withdrawn, foreign):
        browser.post(address, sent | {"entry": one.key})

    assert stored(solviken) == [("Lästräning", None)] * 2
    assert browser.get(address).context["entries"] == []


def test_changed_plan_still_rests_on_its_entry(solviken, measured, entry, address, sign_in, sent):
    browser = sign_in(solviken.teacher)
    browser.post(address, sent | {"entry": entry.key, "starts_on": "2026-12-01"})
    with municipality_scope(solviken.municipality):
        (decided,) = Intervention.objects.all()

    browser.post(
        reverse("interventions:intervention-edit", args=[decided.key]),
        sent | {"title": "Annat", "starts_on": "2026-12-01"},
    )

    assert stored(solviken) == [("Annat", entry.pk)]
