"""A form that is sent twice makes one row."""

import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.keys import new_key
from accounts.once import made_once
from accounts.tenancy import municipality_scope
from interventions.models import CatalogueEntry, Intervention, MeetingCase, MeetingKind, Question, Rung, Talk
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import MeetingFactory, kind_of
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY

PLAN = {
    "indicator": "LAS",
    "title": "Lästräning",
    "practice": "Fyra pass i veckan",
    "aim": "Flyt",
    "starts_on": "2026-11-16",
    "follow_up_on": "2027-01-25",
    "kind": "teaching",
    **{f"{lines}-{part}_FORMS": "0" for lines in ("steps", "costs") for part in ("TOTAL", "INITIAL")},
}
QUESTION = {"whose": "others", "to": str(Rung.TEAM.value), "text": "Hur gör vi?"}
ENTRY = {
    "title": "Läsverkstad",
    "aim": "Läsa med flyt",
    "practice": "Läsning i par",
    "need": "Långsam läsning",
    "kind": "support",
    "area": "language",
    "age_from": "7",
    "age_to": "9",
    "profession": "special",
    "evidence_level": "promising",
    "waiting_weeks": "0",
}


@pytest.fixture
def forms(solviken, measured):
    """By what is made: (model, who makes it, address, what is sent)."""
    unit = [solviken.class_4a.key]
    plan = PLAN | {"responsible": solviken.teacher.key}
    entry = ENTRY | {"owner": solviken.health_team.key}
    with municipality_scope(solviken.municipality):
        talk = MeetingKind.objects.get(is_talk=True).key
        meeting = MeetingFactory(kind=kind_of(Rung.TEAM), unit=solviken.class_4a, lead=solviken.teacher)
    case, held = (
        reverse("interventions:meeting-case-new", args=[meeting.key]),
        {"kind": talk, "held_on": TODAY},
    )
    return {
        "case": (MeetingCase, solviken.teacher, case, {"title": "Schemat på tisdagar"}),
        "talk": (Talk, solviken.teacher, reverse("interventions:talk-list", args=[measured.ada.key]), held),
        "plan": (Intervention, solviken.teacher, reverse("interventions:intervention-new", args=unit), plan),
        "question": (Question, solviken.teacher, reverse("interventions:question-new", args=unit), QUESTION),
        "entry": (CatalogueEntry, solviken.principal, reverse("interventions:entry-new"), entry),
    }


def n_rows(place, model):
    with municipality_scope(place.municipality):
        return model.objects.count()


@pytest.mark.parametrize("name", ["plan", "question", "entry", "case", "talk"])
def test_form_that_is_sent_twice_makes_one_row(solviken, forms, sign_in, name):
    model, person, address, sent = forms[name]
    browser = sign_in(person)
    page = browser.get(address).content.decode()
    [once] = re.findall(r'name="once" value="(\w+)"', page)

    first = browser.post(address, sent | {"once": once})
    second = browser.post(address, sent | {"once": once})

    assert first.status_code == second.status_code == 302, first.content.decode()[-3000:]
    assert first["Location"] == second["Location"]
    assert once in first["Location"] or name == "case", "an agenda shows all its cases"
    assert n_rows(solviken, model) == 1


@pytest.mark.parametrize("name", ["plan", "question", "entry", "case", "talk"])
def test_two_forms_make_two_rows(solviken, forms, sign_in, name):
    model, person, address, sent = forms[name]
    browser = sign_in(person)

    browser.post(address, sent | {"once": new_key()})
    browser.post(address, sent | {"once": new_key()})
    browser.post(address, sent | {"once": "<script>"})

    assert n_rows(solviken, model) == 3


def test_form_that_is_sent_anew_after_a_mistake_keeps_its_key(solviken, forms, sign_in):
    _model, person, address, sent = forms["plan"]
    once = new_key()

    page = sign_in(person).post(address, sent | {"once": once, "title": ""})

    assert page.status_code == 422
    assert f'name="once" value="{once}"' in page.content.decode()


def test_key_of_somebody_elses_row_makes_a_row_of_ones_own(solviken, forms, sign_in):
    with municipality_scope(solviken.municipality):
        plan = InterventionFactory(unit=solviken.school, responsible=solviken.principal)
        question = QuestionFactory(unit=solviken.school, asked_by=solviken.principal)
    for name, there in (("plan", plan), ("question", question)):
        model, person, address, sent = forms[name]

        answer = sign_in(person).post(address, sent | {"once": there.key})

        assert answer.status_code == 302
        assert there.key not in answer["Location"]
        assert n_rows(solviken, model) == 2


class Rows:
    """Of a table in which the row of a key turns up between the first look and the next."""

    def __init__(self, *seen):
        self.seen = list(seen)

    def filter(self, **_condition):
        return self

    def first(self):
        return self.seen.pop(0)


@pytest.mark.django_db
def test_row_that_another_request_makes_meanwhile_is_the_row():
    def refused(key):
        raise IntegrityError

    assert made_once(Rows(None, "the other's"), new_key(), refused) == "the other's"
