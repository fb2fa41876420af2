"""The questions of the preview as a browser meets them, from the doubt to the result."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from accounts.models import AuditEvent, Unit
from colourmaps.decision_pages import MOST_ASKED, decisions_on
from colourmaps.importing import asked
from colourmaps.importing.asked import MOST_DIFFERENCES
from colourmaps.models import ImportBatch, ImportState, Result
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import SchoolClassFactory
from tests.factories.imports import Autumn, Browser, upload_of, work
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import TODAY, Place

HEADER = ["Namn", "Klass", "Skola", "Läsförståelse"]
TITLE = ["Mättillfälle: HT 2026"]
SCHOOL = "Solviksskolan"
BY_ID = ["Elevnummer", *HEADER]


@pytest.fixture
def class_4b(in_solviken: Place) -> Unit:
    return SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)


def send(browser: Browser, *rows: list[Any], header: list[str] = HEADER) -> str:
    browser.send(upload_of(TITLE, header, *rows))
    return browser.page()


def markup(browser: Browser) -> str:
    return browser.client.get(browser.address("import")).content.decode()


def fields_of(browser: Browser) -> list[str]:
    """Names of the questions, in their order on the page."""
    return list(dict.fromkeys(re.findall(r'name="(pupil-[0-9a-f]{64})"', markup(browser))))


def answer(browser: Browser, **content: Any) -> str:
    browser.press("import-decide", **content)
    work()
    return browser.page()


def test_doubt_is_asked_with_what_tells_the_candidates_apart(browser: Browser, in_solviken: Place) -> None:
    PupilFactory(
        given_name="Anna",
        family_name="Lund",
        own_id="77",
        identity_number="201601012394",
        school_class=in_solviken.class_4a,
    )

    page = send(browser, ["Anna Lundh", "4A", SCHOOL, 20])

    assert "Pupils to decide on 1 question" in page
    assert "Anna Lundh Resultat, row 3 In the file: Class 4A · School Solviksskolan" in page
    assert (
        "Anna Lund 4A, Solviksskolan · born Jan. 1, 2016 · number ends with 94 · id 77 Leave the row out"
        in page
    )
    assert "201601012394" not in page
    assert " checked" not in markup(browser).split('id="decisions"')[1].split("</form>")[0]
    assert "A new pupil" not in page


def test_answer_goes_through_to_the_result(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20], ["Bo Ek", "4A", SCHOOL, 30])
    assert "Import 1 result for 1 pupil; leave out 1 row" in browser.page()

    page = answer(browser, **{fields_of(browser)[0]: f"pupil:{autumn.ada.key}"})

    assert "1 row that has been decided" in page
    assert "Pupils to decide on 1 question" not in page
    assert "Import 2 results for 2 pupils" in page
    browser.confirm()
    assert dict(Result.objects.values_list("pupil_id", "value")) == {autumn.ada.pk: 2000, autumn.bo.pk: 3000}
    assert "asked" not in browser.batch.decisions


def test_deciding_is_remembered_with_the_pupil(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])

    answer(browser, **{fields_of(browser)[0]: f"pupil:{autumn.ada.key}"})

    decided = AuditEvent.objects.get(action="import doubts decided")
    assert (decided.actor_id, decided.pupil_ids) == (autumn.coordinator.pk, [autumn.ada.pk])
    assert decided.facts == {"rows": 1, "moves": 0, "names": 0}
    seen = AuditEvent.objects.filter(action="import preview seen").first()
    assert autumn.ada.pk in seen.pupil_ids


def test_answer_can_be_changed_and_taken_back(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])
    name = fields_of(browser)[0]

    answer(browser, **{name: "leave"})
    assert "The row about “Ada Eks” is left out, as has been decided in the preview." in browser.page()
    answer(browser, **{name: f"pupil:{autumn.ada.key}"})
    assert browser.batch.counts["new"] == 1
    page = answer(browser, **{name: ""})

    assert "Pupils to decide on 1 question" in page
    assert browser.batch.decisions["pupils"] == {}


def test_new_pupil_is_a_choice_where_the_import_adds_pupils(browser: Browser) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])
    browser.read_again(adds_pupils="on")
    assert "A new pupil is added in 4A, Solviksskolan" in browser.page()

    page = answer(browser, **{fields_of(browser)[0]: "new"})

    assert "New in the register 1 pupil" in page
    browser.confirm()
    assert Result.objects.get().pupil.family_name == "Eks"


@pytest.mark.parametrize("value", ["new", "pupil:x", "pupil:{bo}", "x"])
def test_answer_that_was_not_offered_is_refused(browser: Browser, autumn: Autumn, value: str) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])
    job = browser.batch.job.key
    content = {fields_of(browser)[0]: value.format(bo=PupilFactory().key), "preview": job}

    response = browser.client.post(browser.address("import-decide"), content)

    assert (response.status_code, browser.batch.state) == (422, ImportState.UNDERSTOOD)
    assert "pupils" not in browser.batch.decisions


def test_answer_to_a_preview_that_has_changed_is_refused(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])

    page = browser.press(
        "import-decide", preview="another", **{fields_of(browser)[0]: f"pupil:{autumn.ada.key}"}
    )

    assert "The file has been read again since you looked." in page
    assert "pupils" not in browser.batch.decisions


def test_answers_after_the_import_are_refused(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Bo Ek", "4A", SCHOOL, 30])
    browser.confirm()

    assert "This import has already moved on." in browser.press("import-decide")


def test_protected_pupil_is_not_on_the_page(browser: Browser, autumn: Autumn) -> None:
    send(browser, ["Ada Eks", "4A", SCHOOL, 20])
    protect(autumn.ada, "protected")

    page = markup(browser)

    assert autumn.ada.key not in page
    assert "Ada Ek<" not in page
    assert "Ada Ek " not in page


def test_first_questions_come_first(browser: Browser, in_solviken: Place) -> None:
    rows = [[f"Ada Ek{number:03}", "4A", SCHOOL, 20] for number in range(MOST_ASKED + 3)]

    page = send(browser, *rows)

    assert f"Pupils to decide on {MOST_ASKED + 3} questions" in page
    assert len(fields_of(browser)) == MOST_ASKED
    assert "Answer these first; 3 more questions come afterwards." in page


def test_nothing_is_asked_while_the_file_as_a_whole_is_wrong(browser: Browser) -> None:
    browser.send(upload_of(["Mättillfälle: HT 2099"], HEADER, ["Ada Eks", "4A", SCHOOL, 20]))

    assert browser.batch.counts["has_failed"]
    assert "Pupils to decide on" not in browser.page()


def test_candidates_with_another_number_are_asked_about_one_by_one(
    browser: Browser, in_solviken: Place
) -> None:
    """A child of the same name can have come to the class: the number says that it is somebody else."""
    numbers = {"Ada": "201601012394", "Bo": "201602022384", "Cia": "201603032374"}
    Pupil.objects.filter(given_name="Ada").update(identity_number="201604042364")
    Pupil.objects.filter(given_name="Bo").update(identity_number="201605052354")
    Pupil.objects.filter(given_name="Cia").update(identity_number="201606062344")
    rows = [[number, f"{name} Ek", "4A", SCHOOL, 20] for name, number in numbers.items()]

    page = send(browser, *rows, header=["Personnummer", *HEADER])

    assert "Pupils to decide on 3 questions" in page
    assert "The same pupil in" not in page


def test_rows_with_one_exact_candidate_are_answered_at_once(browser: Browser, autumn: Autumn) -> None:
    rows = [
        ["201601012394", "Ada Ek", "4A", SCHOOL, 20],
        ["201602022384", "Bo Ek", "4A", SCHOOL, 30],
        ["201603032374", "Cia Ek", "4A", SCHOOL, 40],
        ["", "Ada Eks", "4A", SCHOOL, 50],
    ]
    page = send(browser, *rows, header=["Personnummer", *HEADER])
    assert "Pupils to decide on 4 questions" in page
    assert "The same pupil in 3 questions" in page

    names = fields_of(browser)
    page = answer(browser, same_all="on", **{names[2]: "leave", names[3]: ""})

    assert "Pupils to decide on 1 question" in page
    assert "The same pupil in" not in page
    browser.confirm()
    assert dict(Result.objects.values_list("pupil_id", "value")) == {autumn.ada.pk: 2000, autumn.bo.pk: 3000}


# --- differences from the register


def test_moves_of_a_class_are_ticked_together(browser: Browser, autumn: Autumn, class_4b: Unit) -> None:
    rows = [
        ["A1", "Ada Ek", "4B", SCHOOL, 20],
        ["B2", "Bo Ek", "4B", SCHOOL, 30],
        ["C3", "Cia Ek", "4A", SCHOOL, 40],
    ]
    page = send(browser, *rows, header=BY_ID)
    assert "Differences from the register 2 pupils" in page
    assert "4A → 4B All of these: 2 pupils" in page
    assert "Ada Ek is in 4A in the register, 4B in the file Resultat, row 3" in page

    group = browser.batch.decisions["asked"]["moves"][0]["group"]
    page = answer(browser, move_all=group, moves_on="2026-11-02")

    assert "Moved to a new class 2 pupils" in page
    assert markup(browser).count('name="move" value=') == markup(browser).count('" checked') == 2
    browser.confirm()
    moved = Enrolment.objects.filter(school_class=class_4b)
    assert set(moved.values_list("pupil_id", "valid_from")) == {
        (autumn.ada.pk, datetime.date(2026, 11, 2)),
        (autumn.bo.pk, datetime.date(2026, 11, 2)),
    }


def test_move_that_is_unticked_again_is_not_done(browser: Browser, autumn: Autumn, class_4b: Unit) -> None:
    send(browser, ["A1", "Ada Ek", "4B", SCHOOL, 20], header=BY_ID)
    answer(browser, move=autumn.ada.key, moves_on="2026-11-02")
    assert browser.batch.counts["moved"] == 1

    answer(browser, moves_on="2026-11-02")

    assert browser.batch.counts["moved"] == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Say from which day the pupils are in their new class."),
        ("2026-07-31", "Choose a day of the school year, from 2026-08-01 to 2027-07-31."),
        ("2027-08-01", "Choose a day of the school year"),
        ("förra veckan", "Enter a valid date."),
    ],
)
def test_day_that_cannot_be_is_refused_at_the_field_and_the_ticks_stay(
    browser: Browser, autumn: Autumn, class_4b: Unit, day: str, sentence: str
) -> None:
    send(browser, ["A1", "Ada Ek", "4B", SCHOOL, 20], header=BY_ID)
    content = {"move": autumn.ada.key, "moves_on": day, "preview": browser.batch.job.key}

    response = browser.client.post(browser.address("import-decide"), content)

    page = response.content.decode()
    assert (response.status_code, browser.batch.counts["moved"]) == (422, 0)
    assert sentence in page
    assert f'value="{autumn.ada.key}" checked' in page


def test_name_is_taken_over_when_ticked(browser: Browser, autumn: Autumn) -> None:
    page = send(browser, ["A1", "Ada Lund", "4A", SCHOOL, 20], header=BY_ID)
    assert "Ada Ek in the register; in the file given name Ada, family name Lund" in page

    answer(browser, new_name=autumn.ada.key)
    browser.confirm()

    autumn.ada.refresh_from_db()
    assert autumn.ada.family_name == "Lund"
    assert browser.batch.made["names"] == [[autumn.ada.pk, "Ek", "Ada", "Lund", "Ada"]]


def test_import_of_names_alone_changes_something(browser: Browser, autumn: Autumn) -> None:
    row = ["A1", "Ada Ek", "4A", SCHOOL, 20]
    send(browser, row, header=BY_ID)
    browser.confirm()
    row[1] = "Ada Lund"
    send(browser, row, header=BY_ID)
    assert "Finish without a change" in browser.page()

    assert "Change the names of 1 pupil" in answer(browser, new_name=autumn.ada.key)


@pytest.mark.parametrize("n_rows", [1, 3])
def test_questions_cost_as_many_queries_for_many_as_for_one(
    browser: Browser, autumn: Autumn, class_4b: Unit, django_assert_num_queries: Any, n_rows: int
) -> None:
    rows = [["Ada Eks", "4A", SCHOOL, 20], ["Bo Eks", "4A", SCHOOL, 20], ["Cia Eks", "4A", SCHOOL, 20]]
    send(browser, *rows[:n_rows])
    batch = browser.batch

    with django_assert_num_queries(3):  # pupils, their homes, the schools
        page = decisions_on(batch, TODAY)

    assert len(page.open) == n_rows


def asked_at_most(n_differences: int) -> dict[str, Any]:
    """As many questions as are ever kept, each in its longest form: classes of two who move together."""
    place = ["Resultat", 3]
    move = {"place": place, "from": "4A", "from_school": "", "to": "4B", "to_school": "", "is_ticked": False}
    name = {"place": place, "family_name": "Ek", "given_name": "Ada", "is_ticked": False}
    row = {"candidates": [], "answers": [], "may_be_new": False, "answer": "", "is_plain": False}
    return {
        "pupils": [row | {"key": f"{n:064x}"} for n in range(2 * MOST_ASKED)],
        "moves": [
            move | {"pupil": n, "key": f"m{n}", "group": f"{n // 2}/s/4b"} for n in range(n_differences)
        ],
        "names": [name | {"pupil": n, "key": f"n{n}"} for n in range(n_differences)],
    }


def test_everything_that_is_offered_can_be_sent_at_once(browser: Browser, autumn: Autumn) -> None:
    asked = asked_at_most(MOST_DIFFERENCES)
    send(browser, ["Ada Ek", "4A", SCHOOL, 20])
    ImportBatch.objects.update(decisions={"asked": asked})
    content = {
        "move": [move["key"] for move in asked["moves"]],
        "move_all": sorted({move["group"] for move in asked["moves"]}),
        "new_name": [name["key"] for name in asked["names"]],
        "moves_on": "2026-11-02",
        "same_all": "on",
        "preview": browser.batch.job.key,
        "csrfmiddlewaretoken": "x",
    } | {f"pupil-{question['key']}": "leave" for question in asked["pupils"]}

    response = browser.client.post(browser.address("import-decide"), content)

    stored = browser.batch
    assert (response.status_code, stored.state) == (302, ImportState.UPLOADED)
    assert [len(stored.decisions[part]) for part in ("moves", "names", "pupils")] == [
        MOST_DIFFERENCES,
        MOST_DIFFERENCES,
        2 * MOST_ASKED,
    ]


def test_differences_beyond_the_first_come_when_those_are_ticked(
    browser: Browser, autumn: Autumn, class_4b: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "MOST_DIFFERENCES", 2)
    rows = [
        ["A1", "Ada Ek", "4B", SCHOOL, 20],
        ["B2", "Bo Ek", "4B", SCHOOL, 30],
        ["C3", "Cia Ek", "4B", SCHOOL, 40],
    ]
    page = send(browser, *rows, header=BY_ID)
    assert "Differences from the register 3 pupils" in page
    assert "Cia Ek is in 4A" not in page
    assert (
        "1 more difference is not shown here. Tick what applies and check again: then the next ones are shown, and "
        "what you have ticked is kept."
    ) in page

    page = answer(browser, move=[autumn.ada.key, autumn.bo.key], moves_on="2026-11-02")
    assert "Cia Ek is in 4A" in page
    ticked = [move["key"] for move in browser.batch.decisions["asked"]["moves"] if move["is_ticked"]]
    answer(browser, move=[*ticked, autumn.cia.key], moves_on="2026-11-02")

    assert browser.batch.counts["moved"] == 3
    browser.confirm()
    assert Enrolment.objects.filter(school_class=class_4b).count() == 3
