"""The pages of one meeting: who enters, what a click does, what two who write at once see, and no pupil above."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from interventions.models import (
    AnalysisMeeting,
    CaseIndicator,
    Intervention,
    MeetingCase,
    MeetingNote,
    NoteAudience,
    Outcome,
    Rung,
    Source,
)
from interventions.services import meetings as services
from tests.factories.imports import shown, text_of
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.factories.questions import QuestionFactory
from tests.fixtures import Place

from .conftest import Measured

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
CANARY, FAMILY = "Kanarina", "Fågelström"
DUE = datetime.date(2026, 12, 14)
# Of them 16 for the cells as they were known at the start: the tables that they rest on, each with its history.
QUERIES_OF_THE_ROOM = 35
QUERIES_OF_A_PAGE = 18
FETCHED = {"HX-Request": "true"}


@pytest.fixture
def town(in_solviken: Place, measured: Measured) -> Place:
    measured.ada.given_name, measured.ada.family_name = CANARY, FAMILY
    measured.ada.save()
    User.objects.filter(pk=in_solviken.teacher.pk).update(name="Maj Lind")
    User.objects.filter(pk=in_solviken.principal.pk).update(name="Per Alm")
    return in_solviken


@pytest.fixture
def planned(town: Place) -> AnalysisMeeting:
    """The team's, on 4A and 5A."""
    return MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=town.school,
        lead=town.analysis_lead,
        classes=[town.class_4a, town.class_5a],
    )


@pytest.fixture
def going_on(town: Place, measured: Measured) -> AnalysisMeeting:
    """As `planned`, started, without cases."""
    return MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=town.school,
        lead=town.analysis_lead,
        classes=[town.class_4a, town.class_5a],
        round=measured.autumn,
        is_started=True,
        started_at=timezone.now(),
    )


@pytest.fixture
def of_area(town: Place, measured: Measured) -> AnalysisMeeting:
    return MeetingFactory(
        kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head, round=measured.autumn, is_started=True
    )


def case_of_ada(meeting: AnalysisMeeting, town: Place, measured: Measured, **fields: Any) -> MeetingCase:
    """Her red reading."""
    case = CaseFactory(
        meeting=meeting, source=Source.RED, unit=town.class_4a, pupil=measured.ada, title="", **fields
    )
    CaseIndicator.objects.create(municipality=case.municipality, case=case, indicator=measured.reading)
    return case


def at(name: str, meeting: AnalysisMeeting, *more: str) -> str:
    return reverse(f"interventions:{name}", args=[meeting.key, *more])


def send(browser: Client, case: MeetingCase, **fields: Any) -> Any:
    headers = fields.pop("headers", {})
    address = at("meeting-case", case.meeting, case.key)
    return browser.post(address, {"version": case.version, **fields}, headers=headers)


def measure(person: User, text: str = "Läser i par.") -> dict[str, Any]:
    return {"outcome": "measure", "measure": text, "responsible": person.key, "due_on": DUE.isoformat()}


# ---- who enters ----


def test_only_who_sees_all_classes_enters_and_heads_do_not(
    town: Place, fjordvik: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    people = [
        town.analysis_lead,
        town.principal,
        town.teacher,
        town.area_head,
        town.coordinator,
        fjordvik.principal,
    ]

    answers = {
        name: [sign_in(person).get(at(name, going_on)).status_code for person in people]
        for name in ("meeting", "meeting-room", "meeting-close", "meeting-case-new")
    }

    assert answers == {name: [200, 200, 403, 403, 403, 404] for name in answers}


def test_area_meets_without_its_principals_and_the_board(
    town: Place, of_area: AnalysisMeeting, sign_in: SignIn
) -> None:
    people = [town.area_head, town.administration_head, town.principal, town.board_member]

    assert [sign_in(person).get(at("meeting", of_area)).status_code for person in people] == [
        200,
        200,
        403,
        403,
    ]


def test_teacher_of_one_class_reads_what_came_of_its_cases_alone(
    town: Place, measured: Measured, sign_in: SignIn
) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=town.school,
        lead=town.analysis_lead,
        classes=[town.class_4a, town.class_5a],
        is_closed=True,
    )
    case_of_ada(meeting, town, measured)
    CaseFactory(meeting=meeting, unit=town.class_5a, title="Oro i femman")
    MeetingNote.objects.create(
        municipality=town.municipality,
        meeting=meeting,
        audience=NoteAudience.UNIT,
        prompt=1,
        text="Bara för laget.",
        by=town.analysis_lead,
    )

    browser = sign_in(town.teacher)
    answer = browser.get(at("meeting", meeting), follow=True)
    page = text_of(answer.content.decode())

    assert answer.redirect_chain == [(at("meeting-recap", meeting), 302)]
    assert FAMILY in page
    assert "You read the cases of the classes that you see." in page
    assert "Oro i femman" not in page
    assert "Bara för laget." not in page
    assert "Bara för laget." in shown(sign_in(town.principal).get(at("meeting-recap", meeting)))


def test_teacher_of_one_class_reads_nothing_before_the_end(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    assert sign_in(town.teacher).get(at("meeting-recap", going_on)).status_code == 403


def test_reading_is_logged_with_the_pupils_on_the_page(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case_of_ada(going_on, town, measured)

    sign_in(town.analysis_lead).get(at("meeting-room", going_on))

    event = AuditEvent.objects.get(action="meeting seen")
    assert (event.subject, event.pupil_ids) == (going_on.key, [measured.ada.pk])


# ---- before ----


def test_agenda_puts_itself_together_and_is_moved_dropped_and_taken_back(
    town: Place, measured: Measured, planned: AnalysisMeeting, sign_in: SignIn
) -> None:
    browser = sign_in(town.analysis_lead)
    address = at("meeting-agenda", planned)

    browser.post(address, {"act": "prepare"})
    ada = planned.cases.get(pupil=measured.ada)
    other = services.add_case(meeting=planned, by=town.analysis_lead, title="Rasterna")
    page = shown(browser.get(at("meeting", planned)))
    assert f"{FAMILY}" in page
    assert "red without an answer" in page

    browser.post(address, {"act": "up", "case": other.key})
    assert [case.pk for case in planned.cases.all()] == [other.pk, ada.pk]
    browser.post(address, {"act": "down", "case": other.key})
    assert [case.pk for case in planned.cases.all()] == [ada.pk, other.pk]

    refused = browser.post(address, {"act": "drop", "case": other.key, "version": other.version, "why": ""})
    assert refused.status_code == 422
    browser.post(address, {"act": "drop", "case": other.key, "version": other.version, "why": "Är löst."})
    other.refresh_from_db()
    assert (other.is_dropped, other.why_dropped) == (True, "Är löst.")
    browser.post(address, {"act": "take_back", "case": other.key, "version": other.version})
    other.refresh_from_db()
    assert not other.is_dropped


def test_case_is_added_for_a_pupil_of_its_classes(
    town: Place, measured: Measured, planned: AnalysisMeeting, sign_in: SignIn
) -> None:
    browser = sign_in(town.analysis_lead)

    empty = browser.post(at("meeting-case-new", planned), {})
    browser.post(at("meeting-case-new", planned), {"pupil": measured.bo.key, "indicator": "LAS"})

    assert "Write what it is about" in text_of(empty.content.decode())
    case = planned.cases.get()
    assert (case.pupil, case.unit, [each.indicator for each in case.about.all()]) == (
        measured.bo,
        town.class_4a,
        [measured.reading],
    )


def test_lead_place_and_presence_are_written_down(
    town: Place, planned: AnalysisMeeting, sign_in: SignIn
) -> None:
    browser = sign_in(town.analysis_lead)

    browser.post(
        at("meeting-holding", planned),
        {"lead": town.principal.key, "at": "15:30", "minutes": 90, "place": "Biblioteket"},
    )
    browser.post(at("meeting-presence", planned), {"present": [town.teacher.key], "others": "Logopeden"})
    wrong = browser.post(at("meeting-holding", planned), {"lead": town.principal.key, "minutes": 0})

    planned.refresh_from_db()
    assert (planned.lead, planned.minutes, planned.place) == (town.principal, 90, "Biblioteket")
    assert (list(planned.present.all()), planned.others_present) == ([town.teacher], "Logopeden")
    assert wrong.status_code == 422


def test_start_opens_the_room_at_the_first_case(
    town: Place, measured: Measured, planned: AnalysisMeeting, sign_in: SignIn
) -> None:
    answer = sign_in(town.analysis_lead).post(at("meeting-start", planned), follow=True)

    planned.refresh_from_db()
    assert planned.started_at is not None
    assert answer.redirect_chain == [(at("meeting-room", planned), 302)]
    assert answer.context["case"].pupil == measured.ada


# ---- the room ----


def test_room_shows_the_cell_and_what_was_tried(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case_of_ada(going_on, town, measured)
    InterventionFactory(
        unit=town.class_4a,
        indicator=measured.reading,
        title="Högläsning",
        responsible=town.teacher,
        pupils=[measured.ada],
    )

    answer = sign_in(town.analysis_lead).get(at("meeting-room", going_on))
    page = text_of(answer.content.decode())

    [cell] = answer.context["picture"].cells
    assert (cell.look, cell.value[:2], cell.words) == ("red", "12", "intervention needed")
    assert "Högläsning" in page
    assert "0 of 1 done" in page
    assert "120 minutes left of 120" in page


def test_room_shows_the_column_of_a_class(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = CaseFactory(meeting=going_on, source=Source.RED, unit=town.class_4a, title="")
    CaseIndicator.objects.create(municipality=town.municipality, case=case, indicator=measured.reading)

    [column] = sign_in(town.analysis_lead).get(at("meeting-room", going_on)).context["picture"].columns

    assert [n for _state, _word, n in column.counts] == [1, 1, 1]
    assert (column.due, column.missing, column.red) == (5, 2, (measured.ada.shown_name,))


def test_room_asks_as_much_for_fifteen_cases_as_for_one(
    town: Place,
    measured: Measured,
    going_on: AnalysisMeeting,
    sign_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    first = case_of_ada(going_on, town, measured, position=0)
    InterventionFactory(
        unit=town.class_4a, indicator=measured.reading, responsible=town.teacher, pupils=[measured.ada]
    )
    browser = sign_in(town.analysis_lead)
    address = at("meeting-case", going_on, first.key)

    with django_assert_max_num_queries(QUERIES_OF_THE_ROOM) as one:
        browser.get(address)
    for n in range(14):
        pupil = PupilFactory(given_name=f"Elev {n}", school_class=town.class_4a)
        case = CaseFactory(meeting=going_on, unit=town.class_4a, pupil=pupil, position=n + 1)
        CaseIndicator.objects.create(municipality=town.municipality, case=case, indicator=measured.reading)
    with django_assert_max_num_queries(QUERIES_OF_THE_ROOM) as fifteen:
        answer = browser.get(address)

    assert len(answer.context["lines"]) == 15
    assert len(fifteen) == len(one)


def test_each_source_has_what_the_meeting_needs_to_know(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    held = MeetingFactory(kind=kind_of(Rung.TEACHER), unit=town.class_4a, lead=town.teacher, is_closed=True)
    MeetingNote.objects.create(
        municipality=town.municipality,
        meeting=held,
        audience=NoteAudience.SHARED,
        text="Vi behöver en läspedagog.",
        by=town.teacher,
    )
    CaseFactory(
        meeting=held,
        outcome=Outcome.MEASURE,
        measure="Ny läslista",
        responsible=town.teacher,
        due_on=DUE,
        decided_at=held.closed_at,
    )
    earlier = held.cases.get()
    question = QuestionFactory(
        unit=town.class_4a, asked_by=town.teacher, text="Vem hjälper oss med läsningen?"
    )
    intervention = InterventionFactory(
        unit=town.class_4a, indicator=measured.reading, title="Läsverkstad", responsible=town.teacher
    )
    sources = {
        Source.CONCLUSION: ({"concluded": held}, "Vi behöver en läspedagog."),
        Source.DECISION: ({"earlier": earlier}, "Ny läslista"),
        Source.QUESTION: ({"question": question}, "Vem hjälper oss med läsningen?"),
        Source.FOLLOW_UP: ({"intervention": intervention}, "Läsverkstad"),
    }
    browser = sign_in(town.analysis_lead)

    for source, (about, words) in sources.items():
        case = CaseFactory(meeting=going_on, source=source, unit=town.class_4a, title="", **about)
        page = shown(browser.get(at("meeting-case", going_on, case.key)))
        assert words in page, source


def test_what_was_decided_last_time_is_marked_as_done(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    held = MeetingFactory(kind=kind_of(Rung.TEAM), unit=town.class_4a, lead=town.teacher, is_closed=True)
    earlier = CaseFactory(
        meeting=held,
        outcome=Outcome.MEASURE,
        measure="Ny läslista",
        responsible=town.teacher,
        due_on=DUE,
        decided_at=held.closed_at,
    )
    case = CaseFactory(meeting=going_on, source=Source.DECISION, earlier=earlier, unit=town.class_4a)

    sign_in(town.principal).post(at("meeting-case", going_on, case.key), {"act": "done"})

    earlier.refresh_from_db()
    assert earlier.done_on == timezone.localdate()


@pytest.mark.parametrize("name", ["meeting", "meeting-recap", "meeting-close"])
def test_pages_ask_as_much_for_many_cases_as_for_one(
    town: Place,
    measured: Measured,
    going_on: AnalysisMeeting,
    sign_in: SignIn,
    django_assert_max_num_queries: Any,
    name: str,
) -> None:
    case_of_ada(going_on, town, measured)
    browser = sign_in(town.analysis_lead)

    with django_assert_max_num_queries(QUERIES_OF_A_PAGE) as one:
        browser.get(at(name, going_on))
    for n in range(9):
        pupil = PupilFactory(given_name=f"Elev {n}", school_class=town.class_4a)
        CaseFactory(meeting=going_on, unit=town.class_4a, pupil=pupil)
    with django_assert_max_num_queries(QUERIES_OF_A_PAGE) as ten:
        browser.get(at(name, going_on))

    assert len(ten) == len(one)


def test_measure_leads_to_the_next_case_that_is_open(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    first, second = (CaseFactory(meeting=going_on, unit=town.class_4a) for _ in range(2))

    answer = send(sign_in(town.analysis_lead), first, **measure(town.teacher), said="Maj provar.")

    first.refresh_from_db()
    assert answer.headers["Location"] == at("meeting-case", going_on, second.key)
    assert (first.outcome, first.measure, first.responsible, first.due_on, first.said) == (
        Outcome.MEASURE,
        "Läser i par.",
        town.teacher,
        DUE,
        "Maj provar.",
    )


@pytest.mark.parametrize(
    ("outcome", "field"), [(Outcome.NONE, "why_none"), (Outcome.OTHERWISE, "why_otherwise")]
)
def test_no_measure_has_a_reason(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn, outcome: Outcome, field: str
) -> None:
    case, browser = CaseFactory(meeting=going_on, unit=town.class_4a), sign_in(town.analysis_lead)

    refused = send(browser, case, outcome=outcome.value)
    taken = send(browser, case, outcome=outcome.value, **{field: "Elevhälsan har det."})

    case.refresh_from_db()
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert taken.status_code == 302
    assert (case.outcome, case.why) == (outcome, "Elevhälsan har det.")


def test_what_is_missing_is_said_and_what_was_typed_is_there(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = CaseFactory(meeting=going_on, unit=town.class_4a)

    answer = send(
        sign_in(town.analysis_lead), case, outcome="measure", measure="Läser i par.", said="Alla är med."
    )

    page = answer.content.decode()
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"responsible", "due_on"})
    assert "Läser i par." in page
    assert "Alla är med." in page
    case.refresh_from_db()
    assert (case.outcome, case.said) == ("", "")


def test_what_was_said_is_saved_without_a_decision(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case, browser = CaseFactory(meeting=going_on, unit=town.class_4a), sign_in(town.analysis_lead)

    answer = send(browser, case, said="Vi tänker vidare.")
    case.refresh_from_db()
    nothing = send(browser, case, said="Vi tänker vidare.")

    assert answer.headers["Location"] == at("meeting-case", going_on, case.key)
    assert (case.said, case.outcome) == ("Vi tänker vidare.", "")
    assert (nothing.status_code, list(nothing.context["form"].errors)) == (422, ["outcome"])


def test_decided_case_can_be_opened_again(town: Place, going_on: AnalysisMeeting, sign_in: SignIn) -> None:
    case, browser = CaseFactory(meeting=going_on, unit=town.class_4a), sign_in(town.analysis_lead)
    send(browser, case, **measure(town.teacher))
    case.refresh_from_db()

    browser.post(at("meeting-case", going_on, case.key), {"act": "reopen", "version": case.version})

    case.refresh_from_db()
    assert case.outcome == ""


# ---- two who write at once, lost answers, lost sessions ----


def test_second_of_two_sees_both_and_can_save_the_own(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = CaseFactory(meeting=going_on, unit=town.class_4a)
    send(sign_in(town.principal), case, **measure(town.principal, "Två lärare på matten."))
    mine = sign_in(town.analysis_lead)

    compared = send(mine, case, **measure(town.teacher, "Läser i par."), said="Mina ord.")
    page = text_of(compared.content.decode())

    assert compared.status_code == 409
    assert all(words in page for words in ("Två lärare på matten.", "Per Alm", "Läser i par.", "Mina ord."))
    assert all(words in page for words in ("Save mine instead", "Keep theirs"))
    case.refresh_from_db()
    assert case.measure == "Två lärare på matten."

    version = compared.context["form"]["version"].value()
    again = mine.post(
        at("meeting-case", going_on, case.key),
        {"version": version, **measure(town.teacher), "said": "Mina ord."},
    )

    case.refresh_from_db()
    assert (again.status_code, case.measure, case.said) == (302, "Läser i par.", "Mina ord.")


def test_what_somebody_else_has_said_is_not_written_over_with_the_same_decision(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case, mine = CaseFactory(meeting=going_on, unit=town.class_4a), sign_in(town.analysis_lead)
    send(mine, case, **measure(town.teacher))
    case.refresh_from_db()
    send(sign_in(town.principal), case, **measure(town.teacher), said="Deras ord.")

    compared = send(mine, case, **measure(town.teacher), said="Mina ord.")

    case.refresh_from_db()
    assert (compared.status_code, case.said) == (409, "Deras ord.")


def test_same_sent_again_after_a_lost_answer_is_saved_once(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case, browser = CaseFactory(meeting=going_on, unit=town.class_4a), sign_in(town.analysis_lead)

    answers = [send(browser, case, **measure(town.teacher), said="Klart.").status_code for _ in range(2)]

    case.refresh_from_db()
    assert (answers, case.version) == ([302, 302], 2)
    assert AuditEvent.objects.filter(action="meeting case decided").count() == 1


def test_script_is_told_where_to_go_on_and_who_is_signed_out(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    first, second = (CaseFactory(meeting=going_on, unit=town.class_4a) for _ in range(2))

    answer = send(sign_in(town.analysis_lead), first, **measure(town.teacher), headers=FETCHED)
    signed_out = send(Client(), second, **measure(town.teacher), headers=FETCHED)

    assert answer.json()["next"] == at("meeting-case", going_on, second.key)
    assert signed_out.status_code == 401


def test_draft_is_kept_by_person_and_case_with_its_version(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = CaseFactory(meeting=going_on, unit=town.class_4a, version=3)

    page = sign_in(town.analysis_lead).get(at("meeting-room", going_on)).content.decode()

    assert f'data-draft="{town.analysis_lead.key}/{case.key}"' in page
    assert '<input type="hidden" name="version" value="3"' in page
    notes = ["unit-1", "shared-0", "private-0"]
    assert all(f'data-draft="{town.analysis_lead.key}/{going_on.key}/{note}"' in page for note in notes)


# ---- a measure that becomes an intervention ----


def test_measure_becomes_an_intervention_and_the_meeting_goes_on(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case, browser = case_of_ada(going_on, town, measured), sign_in(town.analysis_lead)

    address = send(browser, case, **measure(town.teacher), then="plan").headers["Location"]
    form = browser.get(address).context["form"]
    assert form["title"].value() == "Läser i par."
    assert form["responsible"].value() == town.teacher.key
    assert (form["pupil"].value(), form["indicator"].value()) == ([measured.ada.key], "LAS")

    plan = {
        name: form[name].value()
        for name in ("indicator", "pupil", "title", "practice", "responsible", "kind")
        if form[name].value()
    }
    days = {"starts_on": "2026-11-16", "follow_up_on": "2027-01-25"}
    lines = {f"{name}-{part}_FORMS": 0 for name in ("steps", "costs") for part in ("TOTAL", "INITIAL")}
    sent = browser.post(address, {**plan, **days, **lines, "aim": "Hon läser med flyt."})

    assert sent.headers["Location"] == at("meeting-room", going_on)
    case.refresh_from_db()
    assert case.made == Intervention.objects.get()
    assert (case.outcome, case.measure) == (Outcome.MEASURE, "Läser i par.")


def test_measure_about_an_intervention_changes_it_and_the_meeting_goes_on(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    plan = InterventionFactory(
        unit=town.class_4a, responsible=town.teacher, indicator=measured.reading, practice="Två pass i veckan"
    )
    case = CaseFactory(
        meeting=going_on, source=Source.FOLLOW_UP, unit=town.class_4a, intervention=plan, title=""
    )
    browser = sign_in(town.analysis_lead)

    address = send(browser, case, **measure(town.teacher, "Fyra pass."), then="plan").headers["Location"]
    form = browser.get(address).context["form"]
    assert form["practice"].value() == "Två pass i veckan"

    names = ("title", "aim", "responsible")
    days = {"starts_on": plan.starts_on.isoformat(), "follow_up_on": plan.follow_up_on.isoformat()}
    lines = {f"{name}-{part}_FORMS": 0 for name in ("steps", "costs") for part in ("TOTAL", "INITIAL")}
    kept = {name: form[name].value() for name in names} | {"kind": plan.kind, "indicator": "LAS"}
    sent = browser.post(address, kept | days | lines | {"practice": "Fyra pass i veckan"})

    assert sent.headers["Location"] == at("meeting-room", going_on)
    plan.refresh_from_db()
    case.refresh_from_db()
    assert plan.practice == "Fyra pass i veckan"
    assert case.made == plan


def test_case_of_a_meeting_that_one_may_not_enter_fills_in_nothing(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = case_of_ada(going_on, town, measured)
    send(sign_in(town.analysis_lead), case, **measure(town.teacher, "Hemligt."))

    new = reverse("interventions:intervention-new", args=[town.class_4a.key])
    page = shown(sign_in(town.teacher).get(f"{new}?case={case.key}"))

    assert "Hemligt." not in page


# ---- notes ----


def note(
    browser: Client, meeting: AnalysisMeeting, place: str, text: str, version: int = 0, **more: Any
) -> Any:
    return browser.post(at("meeting-note", meeting, place), {"text": text, "version": version, **more})


def test_notes_have_three_places_and_the_private_one_is_private(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    mine = sign_in(town.analysis_lead)
    for place in ("unit-1", "shared-0", "private-0"):
        assert note(mine, going_on, place, f"Ord till {place}").status_code == 302

    theirs = shown(sign_in(town.principal).get(at("meeting", going_on)))

    assert set(MeetingNote.objects.values_list("audience", "prompt")) == {
        (NoteAudience.UNIT, 1),
        (NoteAudience.SHARED, 0),
        (NoteAudience.PRIVATE, 0),
    }
    assert "Ord till unit-1" in theirs
    assert "Ord till private-0" not in theirs
    assert "Ord till private-0" in shown(mine.get(at("meeting", going_on)))
    assert note(mine, going_on, "unit-99", "Ingen fråga").status_code == 404


def test_note_that_somebody_else_has_written_is_shown_beside_the_own(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    note(sign_in(town.principal), going_on, "unit-1", "Deras svar")
    mine = sign_in(town.analysis_lead)

    compared = note(mine, going_on, "unit-1", "Mitt svar")
    page = text_of(compared.content.decode())
    assert compared.status_code == 409
    assert "Deras svar" in page
    assert "Mitt svar" in page

    assert note(mine, going_on, "unit-1", "Mitt svar", version=1).status_code == 302
    assert MeetingNote.objects.get().text == "Mitt svar"


def test_what_a_school_shares_is_looked_through_for_names(
    town: Place, measured: Measured, sign_in: SignIn
) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, is_started=True
    )
    browser = sign_in(town.principal)

    refused = note(browser, meeting, "shared-0", f"{CANARY} behöver läsa mer, säger Ek.")
    page = text_of(refused.content.decode())
    assert refused.status_code == 422
    assert "These words may be names of pupils here." in page
    assert MeetingNote.objects.count() == 0

    taken = note(browser, meeting, "shared-0", "Läsningen stannar, säger Ek.", no_name=["ek"])
    assert taken.status_code == 302
    assert MeetingNote.objects.get().text == "Läsningen stannar, säger Ek."


# ---- the end ----


def test_meeting_does_not_close_in_air(
    town: Place, measured: Measured, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case, browser = case_of_ada(going_on, town, measured), sign_in(town.analysis_lead)

    asked = shown(browser.get(at("meeting-close", going_on)))
    refused = browser.post(at("meeting-close", going_on))
    going_on.refresh_from_db()

    assert FAMILY in asked
    assert (refused.status_code, going_on.closed_at) == (422, None)
    assert FAMILY in text_of(refused.content.decode())

    send(browser, case, **measure(town.teacher))
    closed = browser.post(at("meeting-close", going_on), follow=True)
    page = text_of(closed.content.decode())
    assert closed.redirect_chain == [(at("meeting-recap", going_on), 302)]
    assert all(words in page for words in (FAMILY, "Läser i par.", "Maj Lind", "12/14/2026"))


def test_recap_gives_reasons_for_what_has_no_measure(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    first, second, third = (CaseFactory(meeting=going_on, unit=town.class_4a) for _ in range(3))
    browser = sign_in(town.analysis_lead)
    send(browser, first, outcome="otherwise", why_otherwise="Kuratorn träffar familjen.")
    send(browser, second, outcome="none", why_none="Provet var fel.")
    services.drop_case(case=third, version=0, why="Ägs av elevhälsan.", by=town.analysis_lead)
    browser.post(at("meeting-presence", going_on), {"present": [town.teacher.key], "others": "Logopeden"})

    page = shown(browser.get(at("meeting-recap", going_on)))

    reasons = ("Kuratorn träffar familjen.", "Provet var fel.", "Ägs av elevhälsan.")
    assert all(words in page for words in (*reasons, "Maj Lind, Logopeden"))


def test_closed_meeting_takes_nothing_more_but_private_notes(
    town: Place, going_on: AnalysisMeeting, sign_in: SignIn
) -> None:
    case = CaseFactory(meeting=going_on, unit=town.class_4a)
    browser = sign_in(town.analysis_lead)
    send(browser, case, outcome="none", why_none="Klart.")
    browser.post(at("meeting-close", going_on))
    case.refresh_from_db()

    assert browser.get(at("meeting-room", going_on)).status_code == 302
    late = send(browser, case, **measure(town.teacher, "För sent bestämt."))
    assert (late.status_code, "För sent bestämt." in late.content.decode()) == (422, True)
    assert note(browser, going_on, "unit-1", "För sent").status_code == 422
    assert note(browser, going_on, "private-0", "Till mig").status_code == 302
    case.refresh_from_db()
    assert case.outcome == Outcome.NONE


# ---- above the school ----


def test_no_pupil_is_on_any_page_above_the_school(
    town: Place, measured: Measured, of_area: AnalysisMeeting, sign_in: SignIn
) -> None:
    school = MeetingFactory(kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, is_closed=True)
    case_of_ada(school, town, measured)
    CaseFactory(
        meeting=school,
        pupil=measured.ada,
        outcome=Outcome.MEASURE,
        measure=f"{CANARY} läser mer",
        responsible=town.principal,
        due_on=DUE,
        decided_at=school.closed_at,
    )
    question = QuestionFactory(
        unit=town.class_4a,
        asked_by=town.teacher,
        text=f"{CANARY} fastnar.",
        text_above="Läsningen stannar.",
        pupil=measured.ada,
    )
    of_school = CaseFactory(meeting=of_area, source=Source.CONCLUSION, concluded=school, title="")
    asked = CaseFactory(
        meeting=of_area, source=Source.QUESTION, question=question, unit=town.school, title=""
    )
    browser = sign_in(town.area_head)

    pages = [
        browser.get(at("meeting", of_area)),
        browser.get(at("meeting-case", of_area, of_school.key)),
        browser.get(at("meeting-case", of_area, asked.key)),
        browser.get(at("meeting-case-new", of_area)),
        browser.get(at("meeting-close", of_area)),
        browser.get(at("meeting-recap", of_area)),
    ]

    texts = [page.content.decode() for page in pages]
    assert [page.status_code for page in pages] == [200] * 6
    assert not any(name in text for text in texts for name in (CANARY, FAMILY, measured.ada.key))
    assert "Läsningen stannar." in texts[2]
    assert "pupil" not in pages[3].context["form"].fields
    assert all(page.context.get("picture") is None for page in pages)


def test_what_was_decided_last_time_keeps_its_own_day(
    town: Place, measured: Measured, sign_in: SignIn
) -> None:
    of_area = {"kind": kind_of(Rung.AREA), "unit": town.area, "lead": town.area_head}
    last_day = timezone.localdate() - datetime.timedelta(days=70)
    before = MeetingFactory(is_closed=True, planned_on=last_day, round=measured.autumn, **of_area)
    earlier = CaseFactory(
        meeting=before,
        unit=town.school,
        outcome=Outcome.MEASURE,
        measure="Gemensam läsutvecklare",
        responsible=town.area_head,
        due_on=DUE,
        decided_at=timezone.now(),
    )
    CaseIndicator.objects.create(municipality=town.municipality, case=earlier, indicator=measured.reading)
    meeting = MeetingFactory(is_started=True, round=measured.autumn, **of_area)
    case = CaseFactory(meeting=meeting, source=Source.DECISION, unit=town.school, earlier=earlier, title="")

    page = sign_in(town.area_head).get(reverse("interventions:meeting-case", args=[meeting.key, case.key]))

    assert page.context["case"].earlier.meeting == before


def test_what_has_no_room_on_the_agenda_is_told(
    town: Place, planned: AnalysisMeeting, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interventions.meetings.agenda.proposal.MOST_CASES", 1)
    for _n in range(3):
        QuestionFactory(unit=town.class_4a, rung=Rung.TEAM, at=town.class_4a, asked_by=town.teacher)

    page = sign_in(town.analysis_lead).post(at("meeting-agenda", planned), {"act": "prepare"}, follow=True)

    told = [str(message) for message in page.context["messages"]]
    assert told[0] == "1 case has been put on the agenda."
    assert "have no room on an agenda" in told[1]
