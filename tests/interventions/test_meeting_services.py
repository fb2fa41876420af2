"""A meeting is prepared, started, goes through its cases and closes; nothing ends in air, and no word is lost."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import AccessDenied
from accounts.models import AuditEvent
from interventions.models import (
    GuidingQuestions,
    MeetingCase,
    MeetingNote,
    NoteAudience,
    Outcome,
    Rung,
    Source,
)
from interventions.services.meetings import (
    Conflict,
    Decision,
    add_case,
    close_meeting,
    drop_case,
    mark_done,
    move_case,
    say,
    start_meeting,
    take_back_case,
    undecide_case,
    write_note,
)
from tests.factories.accounts import SchoolClassFactory
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

from .meeting_scene import DAY, FREEZE, actions, decide, measure, none, note, refused, team_meeting


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """The meetings whose picture was frozen, by key."""
    keys = []
    monkeypatch.setattr(FREEZE, lambda meeting: keys.append(meeting.key))
    return keys


@pytest.fixture
def town(in_solviken):
    return in_solviken


@pytest.fixture
def alva(town):
    return PupilFactory(given_name="Alva", family_name="Öberg", school_class=town.class_4a)


@pytest.fixture
def meeting(town):
    """Of the team, going on."""
    return team_meeting(town, is_started=True)


@pytest.fixture
def case(meeting, town, alva):
    return CaseFactory(meeting=meeting, unit=town.class_4a, pupil=alva, title="")


def order(meeting):
    return list(MeetingCase.objects.filter(meeting=meeting).values_list("title", flat=True))


# --- starting ---------------------------------------------------------------------------------


def test_start_takes_the_round_and_the_newest_questions_and_freezes_the_picture(town, measured, frozen):
    meeting = team_meeting(town)
    GuidingQuestions.objects.create(
        municipality=town.municipality, kind=meeting.kind, version=2, texts=[{"sv": "Vad ser vi?"}]
    )

    started = start_meeting(meeting=meeting, by=town.analysis_lead)

    assert (started.round, started.guiding.version) == (measured.autumn, 2)
    assert (started.started_at, started.started_by) == (timezone.now(), town.analysis_lead)
    assert list(started.present.all()) == [town.analysis_lead]
    assert frozen == [meeting.key]
    assert actions() == ["meeting agenda prepared", "meeting started"]


def test_start_fills_the_agenda(town, measured):
    meeting = team_meeting(town)

    start_meeting(meeting=meeting, by=town.analysis_lead)

    (case,) = MeetingCase.objects.filter(meeting=meeting)
    assert (case.source, case.pupil, list(case.indicators.all())) == (
        Source.RED,
        measured.ada,
        [measured.reading],
    )


def test_meeting_started_twice_has_begun_once(town, frozen):
    meeting = team_meeting(town)
    first = start_meeting(meeting=meeting, by=town.analysis_lead)

    second = start_meeting(meeting=meeting, by=town.principal)

    assert second.started_by == first.started_by == town.analysis_lead
    assert (len(frozen), actions().count("meeting started")) == (1, 1)


def test_cancelled_meeting_does_not_start(town, frozen):
    meeting = team_meeting(town, cancelled_at=timezone.now(), why_cancelled="Sjukdom")

    refusal = refused(lambda: start_meeting(meeting=meeting, by=town.principal))

    assert (refusal.messages, frozen) == (["This meeting has been cancelled."], [])


def test_nothing_has_begun_if_the_picture_cannot_be_frozen(town, monkeypatch):
    def fail(_meeting):
        raise RuntimeError

    monkeypatch.setattr(FREEZE, fail)
    meeting = team_meeting(town)

    with pytest.raises(RuntimeError):
        start_meeting(meeting=meeting, by=town.principal)

    meeting.refresh_from_db()
    assert (meeting.started_at, actions()) == (None, [])


# --- deciding ---------------------------------------------------------------------------------


def test_measure_with_person_and_day_is_written_down(case, town):
    decided = decide(case, measure(town, measure=" Läsgrupp "), town.analysis_lead)

    decided.refresh_from_db()
    assert (decided.outcome, decided.measure, decided.why) == ("measure", "Läsgrupp", "")
    assert (decided.responsible, decided.due_on) == (town.teacher, TODAY + 30 * DAY)
    assert (decided.decided_by, decided.version) == (town.analysis_lead, 1)


@pytest.mark.parametrize("outcome", [Outcome.NONE, Outcome.OTHERWISE])
def test_no_measure_for_a_reason_keeps_nothing_of_a_measure(case, town, outcome):
    sent = Decision(outcome, "Läsgrupp", town.teacher, TODAY, why="Läser med logoped.")

    decided = decide(case, sent, town.analysis_lead)

    decided.refresh_from_db()
    assert (decided.outcome, decided.why) == (outcome, "Läser med logoped.")
    assert (decided.measure, decided.responsible, decided.due_on) == ("", None, None)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"measure": "  "}, {"measure": ["Say what is to be done."]}),
        ({"measure": "x" * 502}, {"measure": ["At most 500 characters; this has 502."]}),
        ({"responsible": None}, {"responsible": ["Say who answers for it."]}),
        ({"due_on": None}, {"due_on": ["Say until when."]}),
        (
            {"due_on": TODAY - DAY},
            {"due_on": ["Nov. 15, 2026 has been. Choose today or a later day."]},
        ),
        (
            {"due_on": TODAY + 732 * DAY},
            {"due_on": ["That is more than two years ahead. Is the year right?"]},
        ),
        (
            {"measure": "", "responsible": None, "due_on": None},
            {
                "measure": ["Say what is to be done."],
                "responsible": ["Say who answers for it."],
                "due_on": ["Say until when."],
            },
        ),
    ],
)
def test_measure_that_lacks_something_says_what_and_where(case, town, changes, wrong):
    refusal = refused(lambda: decide(case, measure(town, **changes), town.analysis_lead))

    assert refusal.message_dict == wrong
    case.refresh_from_db()
    assert (case.outcome, case.version) == ("", 0)


@pytest.mark.parametrize("outcome", [Outcome.NONE, Outcome.OTHERWISE])
def test_none_needs_its_reason(case, town, outcome):
    refusal = refused(lambda: decide(case, Decision(outcome, why=" "), town.analysis_lead))

    assert refusal.message_dict == {"why": ["Say why, in a sentence."]}


def test_outcome_that_there_is_not_is_refused(case, town):
    refusal = refused(lambda: decide(case, Decision("later"), town.analysis_lead))

    assert refusal.message_dict == {"outcome": ["Choose what comes of the case."]}


def test_whoever_does_not_see_the_pupil_cannot_answer_for_the_case(case, town):
    sentence = "teacher 5A has no role that sees what this is about. Choose somebody else."

    refusal = refused(lambda: decide(case, measure(town, responsible=town.colleague), town.analysis_lead))

    assert refusal.message_dict == {"responsible": [sentence]}


@pytest.mark.parametrize("fields", [{}, {"is_started": True, "is_closed": True}], ids=["before", "after"])
def test_nothing_is_decided_before_the_meeting_or_after_it(town, alva, fields):
    meeting = team_meeting(town, **fields)
    case = CaseFactory(meeting=meeting, unit=town.class_4a)

    refusal = refused(lambda: decide(case, none(), town.analysis_lead))

    assert refusal.messages[0].startswith("This meeting has")


def test_dropped_case_is_taken_back_before_it_is_decided(case, town):
    drop_case(case=case, version=0, why="Flyttar", by=town.analysis_lead)

    refusal = refused(lambda: decide(case, none(), town.analysis_lead, version=1))

    assert refusal.messages == ["This case has been dropped. Take it back before you decide."]


def test_decision_can_be_changed_and_opened_again_while_the_meeting_goes_on(case, town):
    decide(case, none(), town.analysis_lead)
    decide(case, measure(town), town.analysis_lead, version=1)

    opened = undecide_case(case=case, version=2, by=town.analysis_lead)

    opened.refresh_from_db()
    assert (opened.outcome, opened.measure, opened.responsible, opened.version) == ("", "", None, 3)
    close = refused(lambda: close_meeting(meeting=case.meeting, by=town.analysis_lead))
    assert close.code == "in_air"


def test_decision_stays_once_the_meeting_is_closed(case, town):
    decide(case, measure(town), town.analysis_lead)
    close_meeting(meeting=case.meeting, by=town.analysis_lead)

    refusal = refused(lambda: undecide_case(case=case, version=1, by=town.analysis_lead))

    assert refusal.messages == ["This meeting has been closed. What it decided stays as it is."]


# --- two who write ----------------------------------------------------------------------------


def test_of_two_who_decide_the_second_is_told_and_the_first_stands(case, town):
    decide(case, measure(town), town.analysis_lead)

    with pytest.raises(Conflict) as refusal:
        decide(case, none("Avvaktar."), town.principal)

    case.refresh_from_db()
    assert refusal.value.code == "conflict"
    assert (case.measure, case.decided_by, case.version) == ("Läsgrupp", town.analysis_lead, 1)


def test_the_same_decision_sent_twice_is_one(case, town):
    decide(case, measure(town), town.analysis_lead)

    again = decide(case, measure(town), town.analysis_lead)

    assert (again.version, actions()) == (1, ["meeting case decided"])


def test_of_two_who_say_something_the_second_is_told_and_can_add_it(case, town):
    say(case=case, version=0, said="Provat högläsning.", by=town.teacher)

    with pytest.raises(Conflict):
        say(case=case, version=0, said="Provat läslistor.", by=town.principal)

    case.refresh_from_db()
    assert (case.said, case.version) == ("Provat högläsning.", 1)
    both = say(case=case, version=1, said="Provat högläsning. Provat läslistor.", by=town.principal)
    assert both.said == "Provat högläsning. Provat läslistor."


@pytest.mark.parametrize(
    "act",
    [
        lambda case, by: undecide_case(case=case, version=0, by=by),
        lambda case, by: drop_case(case=case, version=0, why="Flyttar", by=by),
    ],
    ids=["undecide", "drop"],
)
def test_whoever_saw_the_case_before_somebody_wrote_is_told(case, town, act):
    say(case=case, version=0, said="Provat högläsning.", by=town.teacher)

    with pytest.raises(Conflict):
        act(case, town.principal)


def test_of_two_who_answer_a_guiding_question_the_second_is_told(meeting, town):
    def write(text, version, by):
        return write_note(
            meeting=meeting, audience=NoteAudience.UNIT, prompt=1, text=text, version=version, by=by
        )

    write("Läsningen sjunker.", 0, town.teacher)
    with pytest.raises(Conflict):
        write("Närvaron sjunker.", 0, town.principal)

    both = write("Läsningen och närvaron sjunker.", 1, town.principal)

    (note,) = MeetingNote.objects.filter(meeting=meeting)
    assert (note.text, note.by, note.version) == (both.text, town.principal, 2)


# --- saying, dropping, moving, adding ---------------------------------------------------------


def test_what_was_said_can_be_at_most_so_long(case, town):
    refusal = refused(lambda: say(case=case, version=0, said="x" * 3001, by=town.teacher))

    assert refusal.message_dict == {"said": ["At most 3000 characters; this has 3001."]}


def test_case_is_dropped_for_a_reason_and_can_be_taken_back(case, town):
    without = refused(lambda: drop_case(case=case, version=0, why=" ", by=town.teacher))
    dropped = drop_case(case=case, version=0, why="Flyttar", by=town.teacher)
    is_dropped = dropped.is_dropped

    back = take_back_case(case=dropped, version=1, by=town.teacher)

    assert without.message_dict == {"why": ["Say why it is not taken up."]}
    assert (is_dropped, back.is_dropped, back.why_dropped, back.version) == (True, False, "", 2)


def test_decided_case_is_not_dropped(case, town):
    decide(case, none(), town.analysis_lead)

    refusal = refused(lambda: drop_case(case=case, version=1, why="Flyttar", by=town.teacher))

    assert refusal.messages == ["This case has been decided. Open it again before you drop it."]


def test_cases_are_moved_before_another_and_last(meeting, town):
    first, second, third = (CaseFactory(meeting=meeting, title=title) for title in "ABC")

    move_case(case=third, before=first, by=town.teacher)
    move_case(case=first, before=None, by=town.teacher)

    assert order(meeting) == ["C", "B", "A"]
    second.refresh_from_db()
    assert second.version == 0


def test_case_is_not_moved_among_those_of_another_meeting(meeting, town):
    other = CaseFactory(meeting=team_meeting(town))
    case = CaseFactory(meeting=meeting)

    refusal = refused(lambda: move_case(case=case, before=other, by=town.teacher))

    assert refusal.messages == ["That case is not on the agenda of this meeting."]


def test_case_is_added_last_with_the_class_of_its_pupil(meeting, town, alva, measured):
    CaseFactory(meeting=meeting, position=7)

    case = add_case(meeting=meeting, pupil=alva, indicators=[measured.reading], by=town.teacher)

    assert (case.unit, case.position, case.source) == (town.class_4a, 8, Source.FREE)
    assert list(case.indicators.all()) == [measured.reading]
    event = AuditEvent.objects.get(action="meeting case added")
    assert (event.pupil_ids, event.facts) == ([alva.pk], {"case": case.key})


@pytest.mark.parametrize(
    ("rung", "about", "wrong"),
    [
        (Rung.TEAM, {}, {"title": ["Say what it is about."]}),
        (Rung.TEAM, {"title": "x" * 201}, {"title": ["At most 200 characters; this has 201."]}),
        (
            Rung.TEAM,
            {"pupil": "in_4b"},
            {"pupil": ["The pupil is in none of the classes that this meeting is about."]},
        ),
        (Rung.TEAM, {"title": "x", "unit": "class_4b"}, {"unit": ["This meeting is not about 4B."]}),
        (Rung.AREA, {"pupil": "alva"}, {"pupil": ["This meeting names no pupils."]}),
        (Rung.AREA, {"title": "x", "unit": "class_4a"}, {"unit": ["This meeting is not about 4A."]}),
    ],
)
def test_case_that_says_nothing_or_names_whom_it_may_not_is_not_added(town, alva, rung, about, wrong):
    class_4b = SchoolClassFactory(name="4B", parent=town.school)
    known = {"alva": alva, "class_4a": town.class_4a, "class_4b": class_4b}
    known["in_4b"] = PupilFactory(school_class=class_4b)
    area = MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head)
    meeting = area if rung == Rung.AREA else team_meeting(town)
    fields = {name: known.get(value, value) for name, value in about.items()}

    refusal = refused(lambda: add_case(meeting=meeting, by=town.principal, **fields))

    assert refusal.message_dict == wrong
    assert MeetingCase.objects.count() == 0


def test_closed_meeting_takes_no_more_cases_and_moves_none(town):
    meeting = team_meeting(town, is_closed=True)
    case = CaseFactory(meeting=meeting)
    acts = [
        lambda: add_case(meeting=meeting, title="För sent", by=town.teacher),
        lambda: move_case(case=case, before=None, by=town.teacher),
        lambda: drop_case(case=case, version=0, why="För sent", by=town.teacher),
        lambda: say(case=case, version=0, said="För sent", by=town.teacher),
        lambda: write_note(
            meeting=meeting, audience="unit", prompt=0, text="För sent", version=0, by=town.teacher
        ),
    ]

    for act in acts:
        sentence = "This meeting has been closed. What it decided stays as it is."
        assert refused(act).messages == [sentence]


# --- no close in air --------------------------------------------------------------------------


def test_meeting_with_open_cases_does_not_close_and_says_which(case, meeting, town, measured):
    CaseFactory(meeting=meeting, title="Schemat")
    column = CaseFactory(meeting=meeting, unit=town.class_5a, title="")
    column.about.create(municipality=town.municipality, indicator=measured.reading)
    decide(CaseFactory(meeting=meeting, title="Avgjort"), none(), town.analysis_lead)

    refusal = refused(lambda: close_meeting(meeting=meeting, by=town.analysis_lead))

    assert refusal.code == "in_air"
    assert refusal.messages == [
        "3 cases have no outcome yet: Öberg, Alva; Schemat; 5A: Läsförståelse. Decide a measure for each, say why"
        " there is none, or drop it."
    ]
    meeting.refresh_from_db()
    assert meeting.closed_at is None


def test_meeting_closes_when_each_case_is_decided_or_dropped(meeting, town):
    cases = [CaseFactory(meeting=meeting, unit=town.class_4a) for _n in range(4)]
    decide(cases[0], measure(town), town.analysis_lead)
    decide(cases[1], none(), town.analysis_lead)
    decide(cases[2], Decision(Outcome.OTHERWISE, why="Logoped."), town.analysis_lead)
    drop_case(case=cases[3], version=0, why="Flyttar", by=town.analysis_lead)

    closed = close_meeting(meeting=meeting, by=town.analysis_lead)

    assert (closed.closed_at, closed.closed_by) == (timezone.now(), town.analysis_lead)
    facts = AuditEvent.objects.get(action="meeting closed").facts
    assert facts == {"n_of": {"measure": 1, "none": 1, "otherwise": 1}, "n_dropped": 1}


def test_meeting_closed_twice_is_closed_once(meeting, town):
    close_meeting(meeting=meeting, by=town.analysis_lead)

    again = close_meeting(meeting=meeting, by=town.principal)

    assert (again.closed_by, actions()) == (town.analysis_lead, ["meeting closed"])


def test_meeting_that_has_not_begun_does_not_close(town):
    refusal = refused(lambda: close_meeting(meeting=team_meeting(town), by=town.analysis_lead))

    assert refusal.messages == ["This meeting has not begun. Start it first."]


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "measure", "measure": "Läsgrupp"},
        {"outcome": "measure", "measure": "Läsgrupp", "due_on": TODAY},
        {"outcome": "measure", "due_on": TODAY},
        {"outcome": "none"},
        {"outcome": "otherwise"},
        {"outcome": "none", "why": "Väntar", "measure": "Läsgrupp"},
        {"dropped_at": timezone.now()},
    ],
)
def test_database_refuses_what_is_decided_in_air(case, fields):
    decided = {"decided_at": timezone.now()} if "outcome" in fields else {}

    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingCase.objects.filter(pk=case.pk).update(**fields, **decided)


# --- done -------------------------------------------------------------------------------------


@pytest.fixture
def decided(case, town):
    return decide(case, measure(town), town.analysis_lead)


@pytest.mark.parametrize("who", ["teacher", "analysis_lead", "principal"])
def test_measure_is_done_by_whoever_answers_for_it_or_may_enter(decided, town, who):
    done = mark_done(case=decided, on=TODAY, by=getattr(town, who))

    assert (done.done_on, done.done_by, done.version) == (TODAY, getattr(town, who), 2)


def test_measure_is_not_done_by_somebody_else(decided, town):
    with pytest.raises(AccessDenied):
        mark_done(case=decided, on=TODAY, by=town.colleague)


@pytest.mark.parametrize("on", [TODAY - DAY, TODAY + DAY])
def test_measure_is_done_between_its_decision_and_today(decided, town, on):
    refusal = refused(lambda: mark_done(case=decided, on=on, by=town.teacher))

    sentence = "Choose a day from Nov. 16, 2026, when it was decided, until today."
    assert refusal.message_dict == {"on": [sentence]}


def test_what_is_no_measure_is_not_done(case, town):
    assert refused(lambda: mark_done(case=case, on=TODAY, by=town.analysis_lead)).messages == [
        "No measure has been decided here."
    ]


def test_measure_with_an_intervention_is_followed_up_there(case, town):
    made = InterventionFactory(unit=town.class_4a, responsible=town.teacher)
    decided = decide(case, measure(town, made=made), town.analysis_lead)

    refusal = refused(lambda: mark_done(case=decided, on=TODAY, by=town.teacher))

    assert refusal.messages == ["This measure is an intervention. It is followed up on its own page."]


# --- the log ----------------------------------------------------------------------------------


def test_log_has_no_word_of_the_meeting(case, meeting, town, alva):
    word = "Kanariefågel"
    say(case=case, version=0, said=word, by=town.teacher)
    decide(case, measure(town, measure=word), town.analysis_lead, version=1)
    undecide_case(case=case, version=2, by=town.analysis_lead)
    drop_case(case=case, version=3, why=word, by=town.analysis_lead)
    take_back_case(case=case, version=4, by=town.analysis_lead)
    decide(case, none(word), town.analysis_lead, version=5)
    add_case(meeting=meeting, title=word, by=town.teacher)
    note(meeting, town.teacher, word)

    events = AuditEvent.objects.filter(action__startswith="meeting")
    assert [event.action for event in events.order_by("pk")] == [
        "meeting case spoken of",
        "meeting case decided",
        "meeting case opened again",
        "meeting case dropped",
        "meeting case taken back",
        "meeting case decided",
        "meeting case added",
        "meeting note written",
    ]
    assert not [event for event in events if word in f"{event.subject}{event.facts}"]
    assert all(event.subject == meeting.key for event in events)
    assert [event.pupil_ids for event in events.filter(action="meeting case decided")] == [[alva.pk]] * 2
