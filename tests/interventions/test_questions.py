"""Questions are asked, taken, passed on and answered; where they stand and what state they are in follows from that."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.access import Sight
from accounts.models import AuditEvent, Level, User
from accounts.queries import line_of
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from aggregation.rollup import recount_municipality
from interventions.models import (
    DevelopmentArea,
    Question,
    QuestionEvidence,
    QuestionStop,
    Rung,
    SupportQueue,
    Whose,
)
from interventions.questions.evidence import About
from interventions.questions.places import Place, ladder, next_places, places_to_ask, places_to_pass_on
from interventions.questions.queries import Waiting, questions_waiting_for, standing, state_of_stop, way_of
from interventions.questions.states import State
from interventions.services.questions import (
    Application,
    ForAbove,
    answer_question,
    ask_again,
    ask_question,
    mark_answers_read,
    pass_on_question,
    sort_question,
    take_question,
)
from tests.factories.accounts import PersonFactory, UnitFactory
from tests.factories.colourmaps import record
from tests.factories.pupils import PupilFactory
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY
from tests.fixtures import Place as Town

from .conftest import Measured

REVIEWED = ForAbove("Flera elever läser utan flyt.")


@pytest.fixture
def town(in_solviken: Town) -> Town:
    PupilFactory(given_name="Alva", family_name="Öberg", school_class=in_solviken.class_4a)
    return in_solviken


def team(town: Town) -> Place:
    return Place(Rung.TEAM, town.class_4a)


def leadership(town: Town) -> Place:
    return Place(Rung.SCHOOL, town.school)


def area(town: Town) -> Place:
    return Place(Rung.AREA, town.area)


def mathematics() -> Place:
    return Place(Rung.QUEUE, queue=SupportQueue.objects.all()[0])


def ask(town: Town, **changes: Any) -> Question:
    asked: dict[str, Any] = {
        "unit": town.class_4a,
        "text": "Alva läser utan flyt.",
        "whose": Whose.OTHERS,
        "to": team(town),
        "by": town.teacher,
        "knows_pupils": True,
    }
    return ask_question(**{**asked, **changes})


def move(question: Question, to: Place, by: User, **changes: Any) -> QuestionStop:
    position = question.stops.latest("position").position
    moved: dict[str, Any] = {"seen": position, "why": "Vi kommer inte vidare.", "knows_pupils": True}
    return pass_on_question(question=question, to=to, by=by, **{**moved, **changes})


def answer(question: Question, by: User, text: str = "Pröva talraden.", **changes: Any) -> Any:
    position = question.stops.latest("position").position
    return answer_question(
        question=question, seen=position, text=text, by=by, **{"knows_pupils": False, **changes}
    )


def state(question: Question) -> State:
    return state_of_stop(standing().get(question=question))


def places(question: Question) -> list[tuple[int, str | None, str | None]]:
    """(rung, unit, owner) of each stop."""
    return [
        (stop.rung, stop.unit and stop.unit.name, stop.owner and stop.owner.login)
        for stop in way_of(question.pk)
    ]


# ---- asking ----


def test_question_of_a_class_stays_at_the_school(town: Town) -> None:
    question = ask(town)

    assert (question.school, question.text_above, state(question)) == (town.school, "", State.WAITING)
    assert places(question) == [(Rung.TEAM, "4A", None)]


def test_new_municipality_has_areas_and_support_functions_to_choose(town: Town) -> None:
    queues = [queue.names["sv"] for queue in SupportQueue.objects.all()]

    assert queues == ["Matematik", "Språk", "Hälsa", "Kultur", "Barn och förälder"]
    assert DevelopmentArea.objects.all()[0].names["sv"] == "Personal, organisation, kompetens"


def test_question_to_a_support_function_needs_a_text_for_it(town: Town) -> None:
    with pytest.raises(ValidationError, match="read outside the school"):
        ask(town, to=mathematics())

    assert Question.objects.count() == 0


def test_question_with_a_name_does_not_leave_the_school(town: Town) -> None:
    with pytest.raises(ValidationError, match="Alvas, Öberg"):
        ask(town, to=mathematics(), for_above=ForAbove("Alvas läsning, Öberg."))

    assert Question.objects.count() == 0


def test_word_that_is_confirmed_leaves_the_school(town: Town) -> None:
    question = ask(town, to=mathematics(), for_above=ForAbove("Alva skola heter den.", {"alva"}))

    assert (question.text, question.text_above) == ("Alva läser utan flyt.", "Alva skola heter den.")
    assert AuditEvent.objects.get(action="question asked").facts["no_names"] == 1


def test_head_asks_above_the_schools_and_is_read_alike_by_all(town: Town) -> None:
    question = ask(
        town, unit=town.area, to=area(town), by=town.area_head, knows_pupils=False, text="Busstider?"
    )

    assert (question.school, question.text_above) == (None, "Busstider?")


def test_audit_has_no_words(town: Town) -> None:
    question = ask(town)
    move(question, leadership(town), town.analysis_lead)
    answer(question, town.principal, "Alva får stöd.", knows_pupils=True)

    events = AuditEvent.objects.filter(action__startswith="question").values_list(
        "action", "subject", "facts"
    )

    assert [event[0] for event in events] == ["question asked", "question passed on", "question answered"]
    assert "Alva" not in str(list(events))


# ---- evidence ----


def test_cell_is_kept_for_the_school_and_no_cell_for_heads(measured: Measured, in_solviken: Town) -> None:
    question = ask(in_solviken, about=About(measured.reading, measured.autumn, measured.ada))

    rows = {row.audience: row for row in QuestionEvidence.objects.all()}
    assert (question.pupil, rows["school"].state, rows["school"].value) == (measured.ada, "red", 1200)
    assert (rows["heads"].unit, rows["heads"].state, rows["heads"].value) == (in_solviken.school, "", None)
    assert (rows["heads"].red, rows["heads"].green) == (None, None)  # three pupils are not released


def test_later_results_do_not_change_what_was_kept(measured: Measured, in_solviken: Town) -> None:
    ask(in_solviken, about=About(measured.reading, measured.autumn, measured.ada))

    record(measured.autumn, measured.reading, {measured.ada: 3500})

    assert QuestionEvidence.objects.get(audience="school").value == 1200


def test_column_is_kept_as_counts(measured: Measured, in_solviken: Town) -> None:
    recount_municipality()

    ask(in_solviken, about=About(measured.reading, measured.autumn))

    kept = QuestionEvidence.objects.get(audience="school")
    assert (kept.unit, kept.red, kept.yellow, kept.green, kept.value) == (in_solviken.class_4a, 1, 1, 1, None)


# ---- the way ----


def test_question_climbs_to_the_board_with_one_owner_at_a_time(town: Town) -> None:
    question = ask(town)
    take_question(question=question, seen=1, by=town.analysis_lead)
    move(question, leadership(town), town.analysis_lead)
    move(question, area(town), town.principal, for_above=REVIEWED)
    administration = Place(Rung.ADMINISTRATION, town.administration)
    move(question, administration, town.area_head, knows_pupils=False)
    move(question, Place(Rung.BOARD, town.root), town.administration_head, knows_pupils=False)

    assert places(question) == [
        (Rung.TEAM, "4A", None),
        (Rung.TEAM, "4A", "analysis_lead-9901"),
        (Rung.SCHOOL, "Solviksskolan", None),
        (Rung.AREA, "Område Solviken", None),
        (Rung.ADMINISTRATION, "Barn och utbildning Solviken", None),
        (Rung.BOARD, "Solviken", None),
    ]
    assert [stop.is_for_above for stop in way_of(question.pk)] == [False, False, False, True, True, True]


def test_border_is_crossed_with_a_text_of_its_own_and_the_first_stays(town: Town) -> None:
    question = ask(town, to=leadership(town))

    move(question, area(town), town.principal, for_above=REVIEWED)

    question.refresh_from_db()
    assert (question.text, question.text_above) == ("Alva läser utan flyt.", "Flera elever läser utan flyt.")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"for_above": ForAbove("Alva läser.")}, "Alva"),
        ({"for_above": REVIEWED, "why": "Öbergs mamma ringde."}, "Öbergs"),
        ({"for_above": ForAbove()}, "Write what is to be read"),
        (
            {"for_above": REVIEWED, "application": Application("Alva Öbergs läkare", TODAY)},
            "Alva, Öbergs",
        ),
    ],
)
def test_name_in_any_text_stops_it_at_the_border(town: Town, changes: dict[str, Any], word: str) -> None:
    question = ask(town, to=leadership(town))

    with pytest.raises(ValidationError, match=word):
        move(question, area(town), town.principal, **changes)

    assert len(places(question)) == 1
    assert Question.objects.get().text_above == ""


def test_what_heads_write_is_not_looked_through(town: Town) -> None:
    """A mark at a word would tell a head that a pupil of the school has the name."""
    question = ask(town, to=leadership(town))
    move(question, area(town), town.principal, for_above=REVIEWED)

    move(question, leadership(town), town.area_head, knows_pupils=False, why="Alva ska få hjälp.")

    assert len(places(question)) == 3


def test_somebody_was_quicker(town: Town) -> None:
    question = ask(town)
    take_question(question=question, seen=1, by=town.analysis_lead)

    with pytest.raises(ValidationError, match="Somebody else was here"):
        move(question, leadership(town), town.principal, seen=1)

    assert len(places(question)) == 2


def test_application_outside_is_followed_up_by_who_sent_it(town: Town) -> None:
    question = ask(town, to=leadership(town))
    application = Application("Specialpedagogiska skolmyndigheten", datetime.date(2026, 11, 2))

    move(question, leadership(town), town.principal, application=application, for_above=REVIEWED)

    stop = standing().get()
    assert (state(question), stop.owner) == (State.OUTSIDE, town.principal)
    assert (stop.recipient, stop.applied_on) == ("Specialpedagogiska skolmyndigheten", application.applied_on)

    given = answer(question, town.principal, answered_on=datetime.date(2026, 11, 10))

    assert (given.answered_on, state(question)) == (datetime.date(2026, 11, 10), State.ANSWERED)


# ---- answers ----


def test_answer_is_unread_until_who_asked_has_read_it(town: Town) -> None:
    question = ask(town)
    answer(question, town.analysis_lead)
    mark_answers_read(question=question, by=town.principal)
    before = state(question)

    mark_answers_read(question=question, by=town.teacher)

    assert (before, state(question)) == (State.ANSWERED, State.READ)
    readers = question.answers.get().reads.values_list("user__login", flat=True)
    assert set(readers) == {"analysis_lead-9901", "principal-9901", "teacher-9901"}


def test_reading_twice_is_reading_once(town: Town) -> None:
    question = ask(town)
    answer(question, town.analysis_lead)

    assert [mark_answers_read(question=question, by=town.teacher) for _time in range(2)] == [1, 0]


def test_answer_that_did_not_help_opens_the_question_again(town: Town) -> None:
    question = ask(town)
    answer(question, town.analysis_lead)

    ask_again(question=question, seen=1, why="Det prövade vi redan.", by=town.teacher, knows_pupils=True)

    assert state(question) == State.WAITING
    answer(question, town.principal, "Då går den till området.")
    assert question.answers.count() == 2


def test_question_is_answered_once_where_it_stands(town: Town) -> None:
    question = ask(town)
    answer(question, town.analysis_lead)

    with pytest.raises(ValidationError, match="answered just now"):
        answer(question, town.principal)

    assert question.answers.count() == 1


def test_who_asked_closes_what_was_solved_otherwise(town: Town) -> None:
    """Nobody has to wait for an answer in order to have an empty list (C05)."""
    question = ask(town, to=leadership(town))

    answer(question, town.teacher, "Det löste sig.", knows_pupils=True)

    assert state(question) == State.READ


def test_answer_of_the_school_to_a_question_that_has_left_it_names_nobody(town: Town) -> None:
    question = ask(town, to=leadership(town))
    move(question, area(town), town.principal, for_above=REVIEWED)
    move(question, leadership(town), town.area_head, knows_pupils=False)
    question.refresh_from_db()

    with pytest.raises(ValidationError, match="Alva"):
        answer(question, town.principal, "Alva har fått stöd.", knows_pupils=True)
    answer(question, town.principal, "Stödet är på plats.", knows_pupils=True)

    assert question.answers.get().is_for_above


def test_answer_within_the_school_stays_there_when_the_question_leaves(town: Town) -> None:
    question = ask(town, to=leadership(town))
    answer(question, town.principal, "Alva får stöd.", knows_pupils=True)
    ask_again(question=question, seen=1, why="Det räckte inte.", by=town.teacher, knows_pupils=True)
    move(question, area(town), town.principal, for_above=REVIEWED)

    assert question.answers.get().is_for_above is False


def test_sorting_is_kept(town: Town) -> None:
    question, about = ask(town), DevelopmentArea.objects.all()[1]

    sort_question(question=question, whose=Whose.NOBODYS, area=about, by=town.principal)

    question.refresh_from_db()
    assert (question.whose, question.area) == ("nobodys", about)


# ---- places ----


def test_ladder_follows_the_tree(town: Town) -> None:
    rungs = [(place.rung, place.unit and place.unit.name) for place in ladder(line_of(town.class_4a, TODAY))]

    assert rungs == [
        (Rung.TEACHER, "4A"),
        (Rung.TEAM, "4A"),
        (Rung.SCHOOL, "Solviksskolan"),
        (Rung.AREA, "Område Solviken"),
        (Rung.ADMINISTRATION, "Barn och utbildning Solviken"),
        (Rung.BOARD, "Solviken"),
    ]


def test_level_that_the_municipality_does_not_have_is_left_out(town: Town) -> None:
    school = UnitFactory(level=Level.SCHOOL, parent=town.administration)

    rungs = ladder(line_of(school, TODAY))

    assert [place.rung for place in next_places(rungs, Rung.SCHOOL)] == [Rung.ADMINISTRATION]


@pytest.mark.parametrize(
    ("own", "offered"),
    [
        (Rung.TEACHER, [Rung.TEAM, Rung.SCHOOL]),
        (Rung.TEAM, [Rung.SCHOOL]),
        (Rung.SCHOOL, [Rung.AREA]),
        (Rung.AREA, [Rung.ADMINISTRATION]),
        (Rung.BOARD, []),
    ],
)
def test_question_leaves_the_school_by_its_leadership_and_climbs_by_steps(
    town: Town, own: Rung, offered: list[Rung]
) -> None:
    places = ladder(line_of(town.class_4a, TODAY))

    assert [place.rung for place in next_places(places, own)] == offered


def test_usual_place_is_the_next_above(town: Town) -> None:
    line = line_of(town.class_4a, TODAY)

    offered, usual = places_to_ask(line, Rung.TEACHER, [])

    assert [place.rung for place in offered] == [Rung.TEACHER, Rung.TEAM, Rung.SCHOOL]
    assert usual.rung == Rung.TEAM


def test_question_goes_back_the_way_it_came(town: Town) -> None:
    question = ask(town)
    move(question, leadership(town), town.analysis_lead)
    queues = SupportQueue.objects.all()[:1]

    offered = places_to_pass_on(line_of(town.class_4a, TODAY), way_of(question.pk), queues)

    assert [place.rung for place in offered] == [Rung.AREA, Rung.TEAM, Rung.QUEUE]


# ---- what waits for whom ----


def waiting(user: User) -> tuple[int, int]:
    """(to answer, unread)"""
    found = questions_waiting_for(Sight(user))
    return found.n_to_answer, len(found.unread)


def test_question_waits_for_its_level_until_somebody_takes_it(town: Town) -> None:
    question = ask(town, to=leadership(town))
    before = [waiting(person) for person in (town.principal, town.health_team, town.analysis_lead)]

    take_question(question=question, seen=1, by=town.principal)

    assert before == [(1, 0), (1, 0), (0, 0)]
    assert [waiting(person) for person in (town.principal, town.health_team)] == [(1, 0), (0, 0)]


def test_answer_waits_for_who_asked(town: Town) -> None:
    question = ask(town)
    answer(question, town.analysis_lead)

    assert [waiting(person) for person in (town.teacher, town.analysis_lead)] == [(0, 1), (0, 0)]

    mark_answers_read(question=question, by=town.teacher)

    assert waiting(town.teacher) == (0, 0)


def test_support_function_is_served_by_its_members_alone(town: Town) -> None:
    queue = SupportQueue.objects.all()[0]
    other = PersonFactory(role=RoleCode.SUPPORT_FUNCTION, unit=town.root)
    ask(town, to=Place(Rung.QUEUE, queue=queue), for_above=REVIEWED)
    of_all = [waiting(person) for person in (town.support_function, other)]

    queue.members.add(other, through_defaults={"municipality": town.municipality})

    assert of_all == [(1, 0), (1, 0)]
    assert [waiting(person) for person in (town.support_function, other)] == [(0, 0), (1, 0)]


def test_member_whose_role_is_for_another_area_does_not_get_the_question(town: Town) -> None:
    elsewhere = UnitFactory(level=Level.AREA, parent=town.administration)
    other = PersonFactory(role=RoleCode.SUPPORT_FUNCTION, unit=elsewhere)
    ask(town, to=mathematics(), for_above=REVIEWED)

    assert waiting(other) == (0, 0)


def test_nothing_waits_for_a_role_that_answers_nothing(town: Town) -> None:
    ask(town)

    assert questions_waiting_for(Sight(town.collaboration_partner)) == Waiting()


def test_waiting_costs_the_same_for_one_and_for_three(
    town: Town, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    def statements() -> int:
        with django_assert_max_num_queries(12) as counted:
            list(questions_waiting_for(Sight(town.principal)).unread)
        return len(counted)

    QuestionFactory(unit=town.class_4a, asked_by=town.teacher)
    one = statements()
    for _n in range(2):
        QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    assert statements() == one


def test_other_municipality_has_nothing_of_it(town: Town, fjordvik: Town) -> None:
    ask(town, to=leadership(town))

    with municipality_scope(fjordvik.municipality):
        assert waiting(fjordvik.principal) == (0, 0)
        assert standing().count() == 0
