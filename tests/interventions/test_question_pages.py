"""The pages of questions: who reads what, what crosses the border of the school, and what a click does."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.tenancy import municipality_scope
from interventions.models import AnswerRead, DevelopmentArea, Question, QuestionStop, Rung, SupportQueue
from interventions.services.questions import answer_question
from tests.factories.imports import shown, text_of
from tests.factories.questions import QuestionFactory
from tests.fixtures import Place

from .conftest import Measured

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
ABOVE = {
    "area_head": "area",
    "administration_head": "administration",
    "board_member": "root",
    "support_function": "root",
}
ENOUGH_DAYS = datetime.datetime(2026, 8, 1, 12, tzinfo=datetime.UTC)
CANARY, FAMILY = "Kanarina", "Fågelström"


@pytest.fixture
def town(in_solviken: Place, measured: Measured) -> Place:
    measured.ada.given_name, measured.ada.family_name = CANARY, FAMILY
    measured.ada.save()
    User.objects.filter(pk=in_solviken.teacher.pk).update(name="Maj Lind")  # else called after the class
    return in_solviken


def page(browser: Client, name: str, *args: str, **query: str) -> str:
    return shown(browser.get(reverse(f"interventions:{name}", args=args), query))


def last_of(question: Question) -> QuestionStop:
    return question.stops.latest("position")


def send(browser: Client, name: str, question: Question, **fields: Any) -> Any:
    address = reverse(f"interventions:{name}", args=[question.key])
    return browser.post(address, {"seen": last_of(question).position, **fields})


# ---- asking ----


def ask(browser: Client, town: Place, query: str = "", **fields: Any) -> Any:
    address = reverse("interventions:question-new", args=[town.class_4a.key]) + query
    return browser.post(address, {"whose": "others", "to": str(Rung.TEAM.value), **fields})


def test_red_cell_leads_to_a_question_with_two_things_to_fill_in(
    town: Place, measured: Measured, sign_in: SignIn
) -> None:
    browser = sign_in(town.teacher)
    cell = browser.get(reverse("interventions:cell-answers", args=[measured.ada.key, "LAS"])).content.decode()
    query = f"?pupil={measured.ada.key}&indicator=LAS"
    assert (
        reverse("interventions:question-new", args=[town.class_4a.key]) + query.replace("&", "&amp;") in cell
    )

    form = browser.get(reverse("interventions:question-new", args=[town.class_4a.key]) + query)
    response = ask(browser, town, query, text=f"{CANARY} fastnar.")

    required = [name for name, field in form.context["form"].fields.items() if field.required]
    assert required == ["text", "whose", "to"]
    assert form.context["form"]["to"].value() == str(Rung.TEAM.value)
    question = Question.objects.get()
    assert response.headers["Location"] == reverse("interventions:question", args=[question.key])
    assert (question.pupil, last_of(question).rung) == (measured.ada, Rung.TEAM)
    assert "12 points" in page(browser, "question", question.key) or "intervention needed" in page(
        browser, "question", question.key
    )


def test_text_for_outside_is_shown_and_looked_through_before_it_leaves(town: Place, sign_in: SignIn) -> None:
    browser, to = sign_in(town.teacher), f"queue-{SupportQueue.objects.all()[0].key}"

    first = ask(browser, town, text=f"{CANARY}s läsning stannar.", to=to)
    marked = text_of(first.content.decode())
    again = ask(browser, town, text=f"{CANARY}s läsning stannar.", text_above=f"{CANARY}s läsning.", to=to)
    assert (first.status_code, again.status_code, Question.objects.count()) == (422, 422, 0)
    assert f"{CANARY}s" in marked

    sent = ask(browser, town, text=f"{CANARY}s läsning stannar.", text_above="Läsningen stannar.", to=to)

    assert sent.status_code == 302
    assert Question.objects.get().text_above == "Läsningen stannar."


def test_text_without_names_is_still_shown_before_it_leaves(town: Place, sign_in: SignIn) -> None:
    browser, to = sign_in(town.teacher), f"queue-{SupportQueue.objects.all()[0].key}"

    response = ask(browser, town, text="Läsningen stannar.", to=to)

    assert "Read through what leaves the school" in text_of(response.content.decode())
    assert Question.objects.count() == 0


def test_word_that_is_ticked_leaves(town: Place, sign_in: SignIn) -> None:
    browser, to = sign_in(town.teacher), f"queue-{SupportQueue.objects.all()[0].key}"
    text = "Ek och ask växer på gården."

    response = ask(browser, town, text=text, text_above=text, to=to, no_name=["ek"])

    assert response.status_code == 302
    assert Question.objects.get().text_above == text


def test_head_looks_into_no_class(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.area_head)

    answers = [
        browser.get(reverse(f"interventions:{name}", args=[town.class_4a.key])).status_code
        for name in ("question-new", "unit-obstacles")
    ]

    assert answers == [403, 403]


# ---- the border, with canary names ----


@pytest.fixture
def climbed(town: Place, measured: Measured, sign_in: SignIn) -> Question:
    """From a cell, with the pupil's name in every text that stays at the school; it now stands with the area."""
    teacher, principal = sign_in(town.teacher), sign_in(town.principal)
    ask(
        teacher,
        town,
        f"?pupil={measured.ada.key}&indicator=LAS",
        text=f"{CANARY} {FAMILY} fastnar.",
        to=str(Rung.SCHOOL.value),
    )
    question = Question.objects.get()
    send(principal, "question-answer", question, text=f"{CANARY} får stöd.")
    send(teacher, "question-again", question, why=f"{FAMILY} behöver mer.")
    response = send(
        principal,
        "question-pass-on",
        question,
        to=str(Rung.AREA.value),
        why="Skolan har inga timmar kvar.",
        text_above="Elever fastnar i läsningen.",
    )
    assert response.status_code == 302
    question.refresh_from_db()
    return question


def files_and_pages(browser: Client, question: Question, unit: str) -> list[str]:
    """Everything that shows the question to somebody above the school, as text."""
    listed = reverse("interventions:question-list")
    texts = [
        browser.get("/").content.decode(),
        browser.get(reverse("interventions:question", args=[question.key])).content.decode(),
        *(browser.get(listed, {"show": tab}).content.decode() for tab in ("", "asked", "all")),
        browser.post(listed, {"q": CANARY}).content.decode().replace(f'value="{CANARY}"', ""),
        browser.get(reverse("interventions:unit-obstacles", args=[unit]), {"waited": "30"}).content.decode(),
    ]
    content = browser.get(reverse("interventions:question-list-xlsx"), {"show": "all"}).content
    rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [*texts, str(list(rows))]


@pytest.mark.parametrize("person", ABOVE)
def test_no_name_of_a_pupil_above_the_school(
    town: Place, climbed: Question, measured: Measured, sign_in: SignIn, person: str
) -> None:
    Question.objects.update(asked_at="2026-08-01T12:00Z")
    queue = SupportQueue.objects.all()[0]
    QuestionStop.objects.create(
        municipality=town.municipality,
        question=climbed,
        position=9,
        rung=Rung.QUEUE,
        queue=queue,
        by=town.area_head,
    )
    browser = sign_in(getattr(town, person))

    texts = files_and_pages(browser, climbed, getattr(town, ABOVE[person]).key)

    assert [text for text in texts if "Elever fastnar i läsningen." in text] != []
    assert [text for text in texts if CANARY in text or FAMILY in text or measured.ada.key in text] == []
    # As a word: a token of a form can hold the two letters.
    assert [text for text in texts if re.search(r"\b4A\b", text)] == []
    seen = AuditEvent.objects.filter(action__startswith="question", actor_id=getattr(town, person).pk)
    assert set(seen.values_list("action", flat=True)) >= {"question seen", "questions taken out"}
    assert [event.pupil_ids for event in seen if event.pupil_ids] == []


def test_file_of_the_school_itself_has_no_name_either(
    town: Place, climbed: Question, sign_in: SignIn
) -> None:
    QuestionFactory(unit=town.class_4a, asked_by=town.teacher, text=f"{CANARY} väntar.")

    browser = sign_in(town.principal)
    content = browser.get(reverse("interventions:question-list-xlsx"), {"show": "all"}).content

    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=4, values_only=True))
    assert [row[-1] for row in rows] == ["Elever fastnar i läsningen.", "stays at the school"]
    assert CANARY not in str(rows)


def test_school_reads_what_was_asked_and_what_left(town: Place, climbed: Question, sign_in: SignIn) -> None:
    text = page(sign_in(town.health_team), "question", climbed.key)

    assert f"{CANARY} {FAMILY} fastnar." in text
    assert "Elever fastnar i läsningen." in text
    assert f"{CANARY} får stöd." in text
    event = AuditEvent.objects.filter(action="question seen", actor_id=town.health_team.pk).get()
    assert event.pupil_ids == [climbed.pupil_id]


def test_head_reads_what_was_written_above_and_nothing_else(
    town: Place, climbed: Question, sign_in: SignIn
) -> None:
    text = page(sign_in(town.area_head), "question", climbed.key)

    assert "Skolan har inga timmar kvar." in text
    assert "får stöd" not in text
    assert "behöver mer" not in text
    assert "No figures are shown here" in text


def test_question_that_stays_at_the_school_is_only_counted_above(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher, asked_at=ENOUGH_DAYS)
    browser = sign_in(town.administration_head)

    obstacles = page(browser, "unit-obstacles", town.administration.key)
    refused = browser.get(reverse("interventions:question", args=[question.key]))

    assert "1 of 1 open questions has waited more than 60 days" in obstacles
    assert "Solviksskolan, within the school 1 1" in obstacles
    assert question.text not in obstacles
    assert (refused.status_code, question.text in refused.content.decode()) == (403, False)


# ---- who reads a question ----


def readers(town: Place, question: Question, sign_in: SignIn) -> set[str]:
    people = ("teacher", "colleague", "analysis_lead", "principal", "health_team", *ABOVE, "coordinator")
    address = reverse("interventions:question", args=[question.key])
    return {person for person in people if sign_in(getattr(town, person)).get(address).status_code == 200}


IN_SCHOOL = {"teacher", "analysis_lead", "principal", "health_team"}


def test_question_of_a_class_is_read_by_its_school(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    assert readers(town, question, sign_in) == IN_SCHOOL


def test_question_that_has_left_is_read_by_all_above(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(
        unit=town.class_4a, asked_by=town.teacher, text_above="Nått området", rung=Rung.AREA, at=town.area
    )

    assert readers(town, question, sign_in) == IN_SCHOOL | set(ABOVE) - {"support_function"}


def test_support_function_reads_what_has_stood_in_its_queue(town: Place, sign_in: SignIn) -> None:
    queue = SupportQueue.objects.all()[0]
    question = QuestionFactory(
        unit=town.class_4a,
        asked_by=town.teacher,
        text_above="Hur mäter vi?",
        rung=Rung.QUEUE,
        stop={"queue": queue},
    )

    assert readers(town, question, sign_in) == IN_SCHOOL | set(ABOVE)


def test_question_of_a_head_is_read_by_heads(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(
        unit=town.area,
        school=None,
        asked_by=town.area_head,
        text="Busstider?",
        text_above="Busstider?",
        rung=Rung.ADMINISTRATION,
        at=town.administration,
    )

    assert readers(town, question, sign_in) == set(ABOVE) - {"support_function"}


def test_who_asked_and_changed_schools_reads_only_what_left(
    town: Place, fjordvik: Place, sign_in: SignIn
) -> None:
    kept = QuestionFactory(unit=town.class_4a, asked_by=town.area_head)
    left = QuestionFactory(
        unit=town.class_4a,
        asked_by=town.area_head,
        text=CANARY,
        text_above="Om läsning",
        rung=Rung.AREA,
        at=town.area,
    )
    browser = sign_in(town.area_head)

    assert browser.get(reverse("interventions:question", args=[kept.key])).status_code == 403
    assert CANARY not in page(browser, "question", left.key)


def test_who_asked_and_left_the_school_is_not_told_who_goes_there(town: Place, sign_in: SignIn) -> None:
    """To ask again with names would otherwise be a way to try which of them are names of the school's pupils."""
    question = QuestionFactory(
        unit=town.class_4a, asked_by=town.area_head, text_above="Om läsning", rung=Rung.AREA, at=town.area
    )
    browser = sign_in(town.area_head)
    send(browser, "question-answer", question, text="Det löste sig.")

    response = send(browser, "question-again", question, why=f"Gäller det {CANARY}?")

    assert response.status_code == 302
    assert question.stops.count() == 2


# ---- acting ----


def test_support_function_answers_and_the_teacher_reads(town: Place, sign_in: SignIn) -> None:
    queue = SupportQueue.objects.all()[0]
    question = QuestionFactory(
        unit=town.class_4a,
        asked_by=town.teacher,
        text_above="Hur mäter vi?",
        rung=Rung.QUEUE,
        stop={"queue": queue},
    )
    support, teacher = sign_in(town.support_function), sign_in(town.teacher)
    assert "1 question waits for your answer" in shown(support.get("/"))

    send(support, "question-take", question)
    send(support, "question-answer", question, text="Med talraden.")

    assert "Your question of" in shown(teacher.get("/"))
    assert "Med talraden." in page(teacher, "question", question.key)
    send(teacher, "question-read", question)
    assert "Your question of" not in shown(teacher.get("/"))
    assert set(AnswerRead.objects.values_list("user", flat=True)) == {
        town.teacher.pk,
        town.support_function.pk,
    }
    assert f"Read by: {town.support_function.name}" in page(support, "question", question.key)


def test_question_keeps_an_area_that_is_closed_when_it_is_sorted(town: Place, sign_in: SignIn) -> None:
    closed = DevelopmentArea.objects.first()
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher, area=closed)
    DevelopmentArea.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    browser = sign_in(town.principal)

    form = browser.get(reverse("interventions:question", args=[question.key])).context["sort_form"]
    send(browser, "question-sort", question, whose="ours", area=form["area"].value())

    question.refresh_from_db()
    assert (question.whose, question.area) == ("ours", closed)


@pytest.mark.parametrize("name", ["question-take", "question-answer", "question-sort", "question-pass-on"])
def test_who_reads_a_question_of_others_does_not_decide_on_it(
    town: Place, sign_in: SignIn, name: str
) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    response = send(sign_in(town.analysis_lead), name, question, text="Nej", whose="ours")

    assert (response.status_code, question.stops.count(), question.answers.count()) == (403, 1, 0)


def test_page_that_is_old_does_not_pass_on_what_stands_elsewhere(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)
    browser = sign_in(town.principal)
    send(browser, "question-take", question)

    response = send(
        browser, "question-pass-on", question, seen=1, to=str(Rung.AREA.value), why="x", text_above="y"
    )

    assert response.status_code == 422
    assert "Somebody else was here just now." in text_of(response.content.decode())
    assert question.stops.count() == 2


def test_application_needs_whom_and_when(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    response = send(
        sign_in(town.principal),
        "question-pass-on",
        question,
        to="outside",
        why="x",
        text_above="y",
        applied_on="",
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"recipient", "applied_on"}


def test_application_shows_to_whom_and_since_when(town: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)
    browser = sign_in(town.principal)

    send(
        browser,
        "question-pass-on",
        question,
        to="outside",
        why="Kunskapen saknas.",
        text_above="Elever behöver stöd.",
        recipient="Specialskolan",
        applied_on="2026-11-03",
    )
    send(browser, "question-answer", question, text="De kommer i januari.", answered_on="2026-11-12")

    text = page(browser, "question", question.key)
    assert "Specialskolan, outside the municipality" in text
    assert "applied 11/03/2026" in text
    assert "answered 11/12/2026" in text


# ---- lists ----


def test_filters_stand_in_the_address(town: Place, sign_in: SignIn) -> None:
    area = DevelopmentArea.objects.all()[0]
    old = QuestionFactory(unit=town.class_4a, asked_by=town.teacher, area=area, asked_at=ENOUGH_DAYS)
    new = QuestionFactory(unit=town.class_4a, asked_by=town.teacher, rung=Rung.TEAM, at=town.class_4a)
    answered = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)
    answer_question(question=answered, seen=1, text="Ja", by=town.principal, knows_pupils=True)
    browser = sign_in(town.principal)

    def found(**query: str) -> set[str]:
        text = page(browser, "question-list", **query)
        return {each.text for each in (old, new, answered) if each.text in text}

    assert found() == {old.text}
    assert found(show="all") == {old.text, new.text, answered.text}
    assert found(show="all", area=area.key) == {old.text}
    assert found(show="all", waited="60") == {old.text}
    assert found(show="all", rung=str(Rung.TEAM.value)) == {new.text}
    assert found(show="all", state="answered") == {answered.text}
    assert found(show="nowhere", state="mine", area="x", waited="1") == {old.text}


def test_search_is_sent_and_finds_for_each_what_each_may_read(town: Place, sign_in: SignIn) -> None:
    QuestionFactory(
        unit=town.class_4a,
        asked_by=town.teacher,
        text="Alva och bussen",
        text_above="Eleven och bussen",
        rung=Rung.AREA,
        at=town.area,
    )
    address = reverse("interventions:question-list")

    def n_found(person: User, words: str) -> int:
        return len(sign_in(person).post(f"{address}?show=all", {"q": words}).context["table"].rows)

    assert (n_found(town.principal, "alva"), n_found(town.principal, "buss")) == (1, 1)
    assert (n_found(town.area_head, "alva"), n_found(town.area_head, "buss")) == (0, 1)


def test_obstacles_are_counted_by_holder_and_by_area(town: Place, sign_in: SignIn) -> None:
    area = DevelopmentArea.objects.all()[0]
    QuestionFactory(
        unit=town.class_4a,
        asked_by=town.teacher,
        area=area,
        asked_at=ENOUGH_DAYS,
        text_above="Kuratorn",
        rung=Rung.AREA,
        at=town.area,
    )
    QuestionFactory(unit=town.class_4a, asked_by=town.teacher, area=area)

    response = sign_in(town.area_head).get(reverse("interventions:unit-obstacles", args=[town.area.key]))

    found = response.context["obstacles"]
    assert [(each.words, each.n_long, each.n_open) for each in found.holders] == [
        ("Område Solviken, the area", 1, 1)
    ]
    assert [(each.words, each.n_long, each.n_open) for each in found.kept] == [("Solviksskolan", 0, 1)]
    assert [(each.area, each.n_long, each.n_open) for each in found.gatherings] == [(area, 1, 2)]
    assert "Kuratorn" in text_of(response.content.decode())


# ---- what the municipality decides ----


def test_administrator_adds_a_support_function_and_its_people(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.administrator)
    browser.post(reverse("interventions:question-setup"), {"adds": "queue", "name": "Modersmål"})
    queue = SupportQueue.objects.latest("pk")

    browser.post(
        reverse("interventions:question-queue", args=[queue.key]),
        {"name": "Modersmål och SVA", "members": [town.support_function.key]},
    )

    queue.refresh_from_db()
    assert (queue.name, list(queue.members.all())) == ("Modersmål och SVA", [town.support_function])


def test_area_that_is_closed_is_no_longer_offered(town: Place, sign_in: SignIn) -> None:
    area = DevelopmentArea.objects.all()[0]
    browser = sign_in(town.administrator)

    browser.post(
        reverse("interventions:question-area", args=[area.key]), {"name": area.name, "is_closed": "on"}
    )

    form = sign_in(town.teacher).get(reverse("interventions:question-new", args=[town.class_4a.key]))
    offered = [key for key, _name in form.context["form"].fields["area"].choices]
    assert area.key not in offered
    assert len(offered) == DevelopmentArea.objects.count()


# ---- load ----


@pytest.fixture
def crowded(town: Place) -> Place:
    """2,000 open questions: half of them with the area, a hundred in a queue, the others at the school."""
    queue, areas = SupportQueue.objects.all()[0], list(DevelopmentArea.objects.all())
    own = {"municipality": town.municipality}
    questions = Question.objects.bulk_create(
        Question(
            unit=town.class_4a,
            school=town.school,
            text=f"Fråga {n}",
            text_above=f"Fråga {n}" if n < 1100 else "",
            whose="others",
            area=areas[n % len(areas)],
            asked_by=town.teacher,
            **own,
        )
        for n in range(2000)
    )
    where = [{"rung": Rung.AREA, "unit": town.area}] * 1000 + [{"rung": Rung.QUEUE, "queue": queue}] * 100
    where += [{"rung": Rung.SCHOOL, "unit": town.school}] * 900
    QuestionStop.objects.bulk_create(
        QuestionStop(question=question, position=1, by=town.teacher, **place, **own)
        for question, place in zip(questions, where, strict=True)
    )
    Question.objects.update(asked_at="2026-08-01T12:00Z")
    return town


@pytest.mark.parametrize(
    ("person", "unit"),
    [
        ("teacher", "class_4a"),
        ("principal", "school"),
        ("area_head", "area"),
        ("administration_head", "administration"),
        ("board_member", "root"),
        ("support_function", "root"),
    ],
)
def test_pages_with_two_thousand_open_questions_take_few_statements(
    crowded: Place,
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[[int], Any],
    person: str,
    unit: str,
) -> None:
    browser = sign_in(getattr(crowded, person))
    key = getattr(crowded, unit).key
    question = Question.objects.get(text="Fråga 1050")
    addresses = [
        "/",
        reverse("interventions:question-list"),
        reverse("interventions:question-list") + "?show=all&waited=60&page=7",
        reverse("interventions:question-list-xlsx") + "?show=all",
        reverse("interventions:unit-obstacles", args=[key]),
        reverse("interventions:question", args=[question.key]),
    ]

    most = {
        "/": 16,  # who waits for a protected name, and what was opened in an emergency
        addresses[-1]: 15,  # whether the text names somebody whose name is sealed
    }

    for address in addresses:
        with django_assert_max_num_queries(most.get(address, 14), info=address):
            assert browser.get(address).status_code == 200, address


def test_list_shows_a_page_of_many(crowded: Place, sign_in: SignIn) -> None:
    response = sign_in(crowded.principal).get(reverse("interventions:question-list"), {"show": "all"})

    assert (len(response.context["table"].page), response.context["table"].paginator.count) == (25, 2000)


def test_another_municipality_sees_no_question(town: Place, fjordvik: Place, sign_in: SignIn) -> None:
    question = QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    with municipality_scope(fjordvik.municipality):
        answer = sign_in(fjordvik.principal).get(reverse("interventions:question", args=[question.key]))

    assert answer.status_code == 404


def test_search_for_more_than_anybody_types_finds_nothing(town: Place, sign_in: SignIn) -> None:
    """SQLite refuses to look for a text of so many characters, PostgreSQL for one with NUL."""
    QuestionFactory(unit=town.class_4a, asked_by=town.teacher)

    searched = "\x00" + "a" * 100_000
    response = sign_in(town.teacher).post(reverse("interventions:question-list"), {"q": searched})

    assert (response.status_code, len(response.context["table"].rows)) == (200, 0)
