"""The pages of the round trip as a teacher, a principal and a coordinator meet them."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Level, RoleAssignment, Unit, User
from colourmaps.filling_in import layout
from colourmaps.filling_in.deciding import decide_conflicts, promise_of
from colourmaps.filling_in.merge import Answer
from colourmaps.models import ImportBatch, ImportState, Result
from pupils.models import Protection, Pupil
from pupils.services import remove_pupils
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.filling_in import FillingIn, OpenedWorkbook
from tests.factories.imports import fresh, shown, text_of, work
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import Place

SignIn = Callable[[User], Client]


def address(name: str, thing: Unit | ImportBatch) -> str:
    return reverse(f"colourmaps:{name}", args=[thing.key])


class Desk:
    """A person with a browser and a spreadsheet program."""

    def __init__(self, client: Client, unit: Unit) -> None:
        self.client, self.unit = client, unit

    def take(self, **query: str) -> OpenedWorkbook:
        response = self.client.get(address("fill-in-workbook", self.unit), query)
        assert response.status_code == 200, response.status_code
        return OpenedWorkbook(response.content)

    def hand_back(self, opened: OpenedWorkbook, name: str = "4A.xlsx") -> ImportBatch:
        response = self.client.post(address("fill-in-upload", self.unit), {"file": opened.upload(name)})
        assert response.status_code == 302
        work()
        batch = ImportBatch.objects.select_related("job", "by").latest("pk")
        assert response.headers["Location"] == address("filled-in", batch)
        return batch

    def page(self, batch: ImportBatch) -> str:
        return shown(self.client.get(address("filled-in", batch)))

    def press(self, name: str, batch: ImportBatch, **content: str) -> str:
        seen = {"preview": promise_of(fresh(batch))}
        answer = shown(self.client.post(address(name, batch), seen | content, follow=True))
        work()
        return answer


@pytest.fixture
def desk(filling_in: FillingIn, teacher: User, sign_in: SignIn) -> Desk:
    return Desk(sign_in(teacher), filling_in.place.class_4a)


def test_class_map_leads_to_the_workbook(filling_in: FillingIn, desk: Desk) -> None:
    page = desk.client.get(address("class-map", desk.unit))

    link = f"{address('fill-in', desk.unit)}?round={filling_in.round.key}"
    assert f'href="{link}">Fill in with Excel</a>' in page.content.decode()
    page = shown(desk.client.get(link))
    assert "A row per pupil and a column per indicator of HT 2026" in page
    assert "Pupils with protected identity are never in files." in page


def test_who_only_reads_has_no_such_link(filling_in: FillingIn, in_solviken: Place, sign_in: SignIn) -> None:
    page = sign_in(in_solviken.health_team).get(address("class-map", in_solviken.class_4a))

    assert "Fill in with Excel" not in page.content.decode()


def test_workbook_has_a_name_and_is_audited(filling_in: FillingIn, desk: Desk) -> None:
    hidden = filling_in.pupils[0]
    protect(hidden, Protection.PROTECTED)

    response = desk.client.get(address("fill-in-workbook", desk.unit))

    disposition = unquote(response.headers["Content-Disposition"])
    assert disposition == 'attachment; filename="Fill in 4A HT 2026.xlsx"'
    assert response.headers["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["4A", layout.OWN_SHEET]
    event = AuditEvent.objects.get(action="workbook to fill in made")
    assert (event.unit_id, event.subject) == (desk.unit.pk, filling_in.round.key)
    assert event.pupil_ids == sorted(pupil.pk for pupil in filling_in.pupils[1:])


def test_teacher_sees_what_changes_saves_and_undoes(filling_in: FillingIn, desk: Desk) -> None:
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000})

    batch = desk.hand_back(desk.take().fill_in(ada, LAS=30, BETYG="Q").fill_in(bo, LAS=17))

    page = desk.page(batch)
    assert "4A.xlsx HT 2026" in page
    assert "1 error" in page
    assert "“Q” is not a value of the scale A, B, C, D, E, F." in page
    assert "2 cells go in 1 cell is left out" in page
    assert "Ek, Ada Läsförståelse 10.0 intervention needed 30.0 good result" in page
    assert "Ek, Bo Läsförståelse missing 17.0 passed" in page
    assert "Save 2 values" in page
    assert "Meaning of column" not in page
    desk.press("filled-in-confirm", batch)
    page = desk.page(batch)
    assert "2 values have been saved." in page
    assert "1 new, 1 changed" in page
    page = shown(desk.client.get(address("filled-in-undo", batch)))
    assert "Results taken away 1 result" in page
    assert "Results that get their earlier value back 1 result" in page
    desk.press("filled-in-undo", batch)
    assert "Undone: the results are as they were before." in desk.page(batch)
    assert filling_in.values() == {"Ada": 1000}


@pytest.fixture
def asked(filling_in: FillingIn, desk: Desk, later: Callable[[], None]) -> ImportBatch:
    """Ada, Bo and Cia have been filled in by the teacher and by the principal."""
    chosen = filling_in.pupils[:3]
    opened = desk.take()
    for pupil in chosen:
        opened.fill_in(pupil, LAS=30)
    later()
    by = filling_in.place.principal
    record(filling_in.round, filling_in.indicators["LAS"], dict.fromkeys(chosen, 1500), by=by)
    return desk.hand_back(opened)


def test_conflicts_are_asked_with_who_and_when_and_nothing_is_chosen(desk: Desk, asked: ImportBatch) -> None:
    response = desk.client.get(address("filled-in", asked))

    page, markup = shown(response), response.content.decode()
    assert "3 cells with other values than the workbook knew" in page
    assert "15.0 intervention needed principal Solviksskolan, 11/16/2026 10:15 a.m." in page
    assert "Leave 3 undecided cells as they are" in page
    assert markup.count('type="radio"') == 6
    assert "checked" not in markup


@pytest.mark.parametrize(
    ("choice", "label", "values"),
    [
        ("mine", "Save 3 values", [3000, 3000, 3000]),
        ("theirs", "Finish without a change", [1500, 1500, 1500]),
    ],
)
def test_one_button_answers_all_questions(
    filling_in: FillingIn, desk: Desk, asked: ImportBatch, choice: str, label: str, values: list[int]
) -> None:
    page = desk.press("filled-in-decide", asked, all=choice)

    assert label in page
    desk.press("filled-in-confirm", asked)
    assert list(filling_in.values().values()) == values


def test_answers_are_kept_and_shown(filling_in: FillingIn, desk: Desk, asked: ImportBatch) -> None:
    desk.press(
        "filled-in-decide", asked, **{"conflict-0": "mine", "conflict-1": "theirs", "conflict-9": "mine"}
    )

    markup = desk.client.get(address("filled-in", asked)).content.decode()
    assert 'name="conflict-0" value="mine" checked' in markup
    assert 'name="conflict-1" value="theirs" checked' in markup
    assert markup.count(" checked") == 2
    assert "Save 1 value; leave 1 undecided cell as it is" in text_of(markup)


def test_button_saves_nothing_that_it_did_not_say(
    filling_in: FillingIn, desk: Desk, asked: ImportBatch
) -> None:
    """Answers chosen since the page was made come along with the button, whose numbers do not know of them."""
    page = desk.press("filled-in-confirm", asked, **{"conflict-0": "mine"})

    assert "Your answers are kept. Check the numbers on the button, and save." in page
    assert fresh(asked).state == ImportState.UNDERSTOOD
    desk.press("filled-in-confirm", asked, **{"conflict-0": "mine"})
    assert fresh(asked).state == ImportState.IMPORTED
    assert sorted(filling_in.values().values()) == [1500, 1500, 3000]


def test_receipt_shows_what_was_decided_for_the_workbook(desk: Desk, asked: ImportBatch) -> None:
    desk.press("filled-in-decide", asked, **{"conflict-0": "mine", "conflict-1": "theirs"})
    desk.press("filled-in-confirm", asked)

    page = desk.page(asked)

    assert "1 value has been saved." in page
    assert page.count("15.0") == page.count("30.0") == 1


@pytest.mark.parametrize("content", [{"conflict-x": "mine"}, {"conflict-0": "both"}, {"all": "none"}, {}])
def test_answers_that_make_no_sense_are_none(desk: Desk, asked: ImportBatch, content: dict[str, str]) -> None:
    assert "Leave 3 undecided cells as they are" in desk.press("filled-in-decide", asked, **content)


def test_button_does_not_save_what_somebody_else_has_answered_meanwhile(
    filling_in: FillingIn, desk: Desk, asked: ImportBatch
) -> None:
    markup = desk.client.get(address("filled-in", asked)).content.decode()
    seen = promise_of(asked)
    assert f'<p class="buttons" id="save"><input type="hidden" name="preview" value="{seen}">' in markup
    coordinator = filling_in.place.coordinator
    decide_conflicts(batch=asked, answers={0: Answer.MINE}, by=coordinator, promise=seen)

    for answers in ({}, {"conflict-0": "theirs"}):
        page = desk.press("filled-in-confirm", asked, preview=seen, **answers)
        assert "Somebody has answered questions of this workbook since you opened the page" in page
        assert "Save 1 value; leave 2 undecided cells as they are" in page
        assert fresh(asked).state == ImportState.UNDERSTOOD

    desk.press("filled-in-confirm", asked)
    assert sorted(filling_in.values().values()) == [1500, 1500, 3000]


def test_answer_beside_one_of_somebody_else_makes_the_whole_page_new(
    filling_in: FillingIn, desk: Desk, asked: ImportBatch
) -> None:
    """The button alone would come back, with the numbers of answers that do not stand beside it."""
    seen, htmx = promise_of(asked), {"HX-Request": "true"}
    content = {"preview": seen, "conflict-1": "mine"}
    answer = desk.client.post(address("filled-in-decide", asked), content, headers=htmx)
    assert answer.status_code == 302

    answer = desk.client.post(address("filled-in-decide", asked), content, headers=htmx)

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (200, "true")
    assert "Somebody has answered questions" in desk.page(asked)


def test_answer_to_an_old_preview_is_refused(desk: Desk, asked: ImportBatch) -> None:
    page = desk.press("filled-in-decide", asked, preview="old", all="mine")

    assert "This import has already moved on." in page
    assert fresh(asked).decisions.get("conflicts") is None


def test_workbook_of_somebody_else_does_not_exist(
    filling_in: FillingIn, desk: Desk, in_solviken: Place, sign_in: SignIn
) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    names = ["filled-in", "filled-in-progress", "filled-in-undo"]
    steps = ["confirm", "decide", "retry", "cancel", "undo"]
    posts = [f"filled-in-{step}" for step in steps]

    for person in (in_solviken.colleague, in_solviken.principal):
        other = sign_in(person)
        assert [other.get(address(name, batch)).status_code for name in names] == [404] * 3
        assert [other.post(address(name, batch)).status_code for name in posts] == [404] * 5
        assert "4A.xlsx" not in shown(other.get(reverse("colourmaps:fill-in-list")))

    coordinator = sign_in(in_solviken.coordinator)
    assert "Save 1 value" in shown(coordinator.get(address("filled-in", batch)))
    assert "4A.xlsx" in shown(coordinator.get(reverse("colourmaps:fill-in-list")))
    response = coordinator.get(reverse("colourmaps:import", args=[batch.key]))
    assert response.headers["Location"] == address("filled-in", batch)


def test_ordinary_import_is_no_filled_in_workbook(
    filling_in: FillingIn, in_solviken: Place, sign_in: SignIn
) -> None:
    batch = ImportBatch.objects.create(
        municipality=in_solviken.municipality, file_name="a.csv", digest="0" * 64, by=in_solviken.coordinator
    )

    assert sign_in(in_solviken.coordinator).get(address("filled-in", batch)).status_code == 404


@pytest.mark.parametrize("step", ["mapping", "afresh", "decide", "confirm", "throw-away", "retry", "cancel"])
def test_steps_of_a_file_are_none_of_a_filled_in_workbook(
    filling_in: FillingIn, desk: Desk, in_solviken: Place, sign_in: SignIn, step: str
) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    before = fresh(batch).job

    response = sign_in(in_solviken.coordinator).post(address(f"import-{step}", batch))

    assert response.status_code == 404
    assert (fresh(batch).state, fresh(batch).job) == (ImportState.UNDERSTOOD, before)


def test_pupil_who_is_protected_since_has_no_name_on_the_page(filling_in: FillingIn, desk: Desk) -> None:
    ada = filling_in.pupils[0]
    batch = desk.hand_back(desk.take().fill_in(ada, LAS=30))
    protect(ada, Protection.CONFIDENTIAL)

    page = desk.page(batch)

    assert "Ek, Ada" not in page
    assert "Ada Ek" not in page
    assert "Protected pupil" in page


def test_who_has_lost_the_class_sees_and_undoes_nothing_of_it(filling_in: FillingIn, desk: Desk) -> None:
    ada = filling_in.pupils[0]
    batch = desk.hand_back(desk.take().fill_in(ada, LAS=30))
    desk.press("filled-in-confirm", batch)
    assert "Ek, Ada" in desk.page(batch)

    RoleAssignment.objects.filter(user=batch.by).update(unit=filling_in.place.class_5a)

    for name in ("filled-in", "filled-in-undo"):
        page = desk.client.get(address(name, batch))
        assert (page.status_code, "Ada" in page.content.decode()) == (403, False)
    assert desk.client.post(address("filled-in-undo", batch)).status_code == 403
    assert fresh(batch).state == ImportState.IMPORTED


def test_list_has_only_workbooks_whose_pages_open(filling_in: FillingIn, desk: Desk) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    unreadable = ImportBatch.objects.create(
        municipality=batch.municipality,
        kind=batch.kind,
        file_name="bild.xlsx",
        digest="0" * 64,
        by=batch.by,
        state=ImportState.UNREADABLE,
    )
    pages = [reverse("colourmaps:fill-in-list"), address("fill-in", filling_in.place.class_4a)]
    for page in pages:
        assert "4A.xlsx" in shown(desk.client.get(page))

    RoleAssignment.objects.filter(user=batch.by).update(unit=filling_in.place.class_5a)

    for page in (pages[0], address("fill-in", filling_in.place.class_5a)):
        markup = desk.client.get(page).content.decode()
        assert address("filled-in", batch) not in markup
        assert address("filled-in", unreadable) in markup
    assert desk.client.get(address("filled-in", unreadable)).status_code == 200


def test_coordinator_of_a_school_alone_does_not_see_what_others_hand_in(
    filling_in: FillingIn, desk: Desk, in_solviken: Place, sign_in: SignIn
) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    coordinator = sign_in(in_solviken.coordinator)
    assert coordinator.get(address("filled-in", batch)).status_code == 200

    RoleAssignment.objects.filter(user=in_solviken.coordinator).update(unit=in_solviken.school)

    assert coordinator.get(address("filled-in", batch)).status_code == 404


def test_pupil_who_has_gone_from_the_register_since_is_not_on_the_page(
    filling_in: FillingIn, desk: Desk
) -> None:
    """As when the import that added the pupil is undone while the workbook waits for a yes."""
    ada, bo = filling_in.pupils[:2]
    opened = desk.take().fill_in(ada, LAS=30).fill_in(bo, LAS=20)
    batch = desk.hand_back(opened)

    remove_pupils([ada.pk])

    page = desk.page(batch)
    assert ("Ek, Ada" in page, "Ek, Bo" in page) == (False, True)


def test_principal_takes_an_empty_workbook_of_the_school(
    filling_in: FillingIn, in_solviken: Place, sign_in: SignIn
) -> None:
    ivar = PupilFactory(given_name="Ivar", family_name="Ek", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=filling_in.round, indicator=filling_in.indicators["TRIV"], year_group=5)
    SchoolClassFactory(name="6A", year_group=6, parent=in_solviken.school)
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000})
    desk = Desk(sign_in(in_solviken.principal), in_solviken.school)
    assert "Download empty workbook" in shown(desk.client.get(address("fill-in", desk.unit)))

    opened = desk.take()

    assert opened.book.sheetnames == ["4A", "5A", layout.OWN_SHEET]
    assert opened.cell(ada, "LAS").value is None
    batch = desk.hand_back(opened.fill_in(ivar, TRIV=7).fill_in(ada, LAS=12))
    page = desk.page(batch)
    assert "Ek, Ivar 5A Trivsel missing 7" in page
    assert "1 cell with another value than the workbook knew" in page


@pytest.fixture
def of_school(filling_in: FillingIn, in_solviken: Place, sign_in: SignIn) -> tuple[Desk, ImportBatch]:
    """The principal has handed in the school's workbook: Ada of 4A in conflict, Bo of 4A and Ivar of 5A go in."""
    ivar = PupilFactory(given_name="Ivar", family_name="Ek", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=filling_in.round, indicator=filling_in.indicators["TRIV"], year_group=5)
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000}, by=in_solviken.principal)
    desk = Desk(sign_in(in_solviken.principal), in_solviken.school)
    opened = desk.take().fill_in(ivar, TRIV=7).fill_in(ada, LAS=12).fill_in(bo, LAS=13)
    return desk, desk.hand_back(opened, "skola.xlsx")


def test_cells_of_a_school_s_workbook_name_the_class(of_school: tuple[Desk, ImportBatch]) -> None:
    desk, batch = of_school

    page = desk.page(batch)
    assert "Ek, Ada 4A Läsförståelse 10.0" in page
    assert "Ek, Ivar 5A Trivsel missing 7" in page
    desk.press("filled-in-decide", batch, all="mine")
    desk.press("filled-in-confirm", batch)
    page = desk.page(batch)
    assert "3 values have been saved." in page
    for line in ("Ek, Ada 4A", "Ek, Bo 4A", "Ek, Ivar 5A"):
        assert line in page


def test_class_of_a_pupil_who_is_protected_since_is_not_named(of_school: tuple[Desk, ImportBatch]) -> None:
    desk, batch = of_school
    for pupil in Pupil.objects.filter(given_name__in=("Ivar", "Ada")):
        protect(pupil)

    markup = desk.client.get(address("filled-in", batch)).content.decode()

    assert markup.count("Protected pupil") == 2
    assert [markup.count(f">{name}</small>") for name in ("4A", "5A")] == [1, 0]


def test_cells_of_one_class_do_not_name_it(filling_in: FillingIn, desk: Desk) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))

    assert "Ek, Ada Läsförståelse" in desk.page(batch)


def test_conflict_with_one_s_own_value_says_so_by_name(of_school: tuple[Desk, ImportBatch]) -> None:
    page = of_school[0].page(of_school[1])

    assert "omebody else" not in page
    assert "10.0 intervention needed principal Solviksskolan, 11/16/2026 10 a.m." in page


def test_list_shows_the_places_of_the_person(
    filling_in: FillingIn, in_solviken: Place, sign_in: SignIn
) -> None:
    other_school = UnitFactory(name="Andra skolan", level=Level.SCHOOL, parent=in_solviken.area)

    def links(person: User) -> list[str]:
        places = sign_in(person).get(reverse("colourmaps:fill-in-list")).context["places"]
        return [
            f"{place.school.name}{'*' if place.is_whole else ''}: {', '.join(unit.name for unit in place.classes)}"
            for place in places
        ]

    assert links(in_solviken.teacher) == ["Solviksskolan: 4A"]
    assert links(in_solviken.principal) == ["Solviksskolan*: 4A, 5A"]
    assert links(in_solviken.coordinator) == [f"{other_school.name}*: ", "Solviksskolan*: 4A, 5A"]


def test_teacher_has_no_workbook_of_the_school(desk: Desk, in_solviken: Place) -> None:
    assert desk.client.get(address("fill-in", in_solviken.school)).status_code == 403
    assert desk.client.get(address("fill-in-workbook", in_solviken.school)).status_code == 403
    assert desk.client.get(address("fill-in-workbook", in_solviken.class_5a)).status_code == 403


def test_municipality_as_a_whole_has_no_workbook(
    filling_in: FillingIn, in_solviken: Place, sign_in: SignIn
) -> None:
    coordinator = sign_in(in_solviken.coordinator)

    for name in ("fill-in", "fill-in-workbook"):
        assert coordinator.get(address(name, in_solviken.area)).status_code == 404


def test_closed_round_has_no_workbook(filling_in: FillingIn, desk: Desk) -> None:
    filling_in.round.closed_at = timezone.now()
    filling_in.round.save()

    assert "No measurement round is open" in shown(desk.client.get(address("fill-in", desk.unit)))
    assert desk.client.get(address("fill-in-workbook", desk.unit)).status_code == 404
    page = desk.client.get(address("class-map", desk.unit)).content.decode()
    assert "Fill in with Excel" not in page


def test_round_that_is_asked_for_is_the_one_that_is_filled_in(filling_in: FillingIn, desk: Desk) -> None:
    earlier = RoundFactory(
        name="VT 2026",
        starts_on=filling_in.round.starts_on.replace(month=3),
        ends_on=filling_in.round.starts_on,
    )
    DueIndicatorFactory(round=earlier, indicator=filling_in.indicators["SIM"])

    assert "HT 2026" in desk.take().sheet["B2"].value
    opened = desk.take(round=earlier.key)
    assert "VT 2026" in opened.sheet["B2"].value
    batch = desk.hand_back(opened.fill_in(filling_in.pupils[0], SIM="ja"))
    desk.press("filled-in-confirm", batch)
    assert list(Result.objects.values_list("round", "value")) == [(earlier.pk, 100)]
    assert "HT 2026" in desk.take(round="unknown").sheet["B2"].value


def test_class_without_pupils_has_no_workbook(
    filling_in: FillingIn, in_solviken: Place, sign_in: SignIn
) -> None:
    response = sign_in(in_solviken.coordinator).get(address("fill-in-workbook", in_solviken.class_5a))

    assert response.status_code == 404


def test_upload_without_a_file_says_so(filling_in: FillingIn, desk: Desk) -> None:
    response = desk.client.post(address("fill-in-upload", desk.unit))
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()

    picture = SimpleUploadedFile("4A.png", b"\x89PNG")
    response = desk.client.post(address("fill-in-upload", desk.unit), {"file": picture})
    assert response.status_code == 422


def test_file_that_was_not_made_here_is_refused_in_words(filling_in: FillingIn, desk: Desk) -> None:
    upload = SimpleUploadedFile("resultat.csv", "Elev;Läs\nAda;3\n".encode())
    desk.client.post(address("fill-in-upload", desk.unit), {"file": upload})
    work()

    page = desk.page(ImportBatch.objects.latest("pk"))

    assert "The workbook could not be taken This is no workbook that was made here to be filled in." in page
    assert "Nothing has been changed." in page


def test_page_tells_how_far_the_work_is(filling_in: FillingIn, desk: Desk) -> None:
    opened = desk.take().fill_in(filling_in.pupils[0], LAS=30)
    response = desk.client.post(address("fill-in-upload", desk.unit), {"file": opened.upload()})
    batch = ImportBatch.objects.select_related("job").latest("pk")

    markup = desk.client.get(response.headers["Location"]).content.decode()
    assert f'hx-get="{address("filled-in-progress", batch)}"' in markup
    htmx = {"HX-Request": "true"}
    assert "HX-Refresh" not in desk.client.get(address("filled-in-progress", batch), headers=htmx).headers
    work()
    assert desk.client.get(address("filled-in-progress", batch), headers=htmx).headers["HX-Refresh"] == "true"


def test_reading_is_cancelled_and_taken_up_again(filling_in: FillingIn, desk: Desk) -> None:
    opened = desk.take().fill_in(filling_in.pupils[0], LAS=30)
    desk.client.post(address("fill-in-upload", desk.unit), {"file": opened.upload()})
    batch = ImportBatch.objects.select_related("job").latest("pk")
    button = f'action="{address("filled-in-cancel", batch)}"'
    assert button in desk.client.get(address("filled-in", batch)).content.decode()

    page = desk.press("filled-in-cancel", batch)

    assert "The reading was cancelled No result has been changed." in page
    assert fresh(batch).state == ImportState.CANCELLED
    desk.press("filled-in-retry", batch)
    assert "Save 1 value" in desk.page(batch)
    assert "This import has already moved on." in desk.press("filled-in-cancel", batch)


@pytest.mark.parametrize(
    ("step", "words", "state"),
    [
        ("confirm", "Nothing is then saved, and you are back at the preview.", ImportState.UNDERSTOOD),
        ("undo", "Everything then stays as it was saved.", ImportState.IMPORTED),
    ],
)
def test_saving_and_undoing_are_cancelled(
    filling_in: FillingIn, desk: Desk, step: str, words: str, state: str
) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    if step == "undo":
        desk.press("filled-in-confirm", batch)
    before = filling_in.values()
    seen = {"preview": promise_of(fresh(batch))}

    page = shown(desk.client.post(address(f"filled-in-{step}", batch), seen, follow=True))
    assert words in page
    desk.press("filled-in-cancel", batch)

    assert (fresh(batch).state, filling_in.values()) == (state, before)
    is_said = "The saving was cancelled. Nothing has been changed." in desk.page(batch)
    assert is_said is (step == "confirm")


def test_workbook_whose_file_is_gone_is_not_offered_again(filling_in: FillingIn, desk: Desk) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    batch.state, batch.file_removed_at = ImportState.CANCELLED, timezone.now()
    batch.save()

    markup = desk.client.get(address("filled-in", batch)).content.decode()

    assert "The workbook was never saved" in markup
    assert address("filled-in-retry", batch) not in markup


def test_receipt_leads_who_imports_to_the_figures_above(
    filling_in: FillingIn, desk: Desk, in_solviken: Place, sign_in: SignIn
) -> None:
    batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    desk.press("filled-in-confirm", batch)
    link = f'href="{reverse("aggregation:import-sums", args=[batch.key])}"'

    assert link not in desk.client.get(address("filled-in", batch)).content.decode()
    coordinator = sign_in(in_solviken.coordinator)
    assert link in coordinator.get(address("filled-in", batch)).content.decode()
    sums = coordinator.get(reverse("aggregation:import-sums", args=[batch.key]))
    assert "The figures are being counted: 1 class is left." in shown(sums)


def test_undo_page_of_a_workbook_speaks_of_no_import(
    filling_in: FillingIn, desk: Desk, later: Callable[[], None]
) -> None:
    ada = filling_in.pupils[0]
    batch = desk.hand_back(desk.take().fill_in(ada, LAS=30))
    desk.press("filled-in-confirm", batch)
    undo = address("filled-in-undo", batch)
    pages = [desk.client.get(undo)]
    later()
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2000}, by=filling_in.place.principal)
    pages.append(desk.client.get(undo))

    for page in pages:
        words = shown(page)
        step = words[words.index("What undoing") : words.index("Leave the results as they are")]
        assert "import" not in step
    assert "since they have been changed after they were saved:" in shown(pages[1])
    assert ">Undo</button>" in pages[1].content.decode()


def test_work_that_stopped_can_be_asked_for_again(
    filling_in: FillingIn, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("colourmaps.filling_in.apply.make_plan", fail)
        batch = desk.hand_back(desk.take().fill_in(filling_in.pupils[0], LAS=30))
    assert "The work stopped" in desk.page(batch)

    desk.press("filled-in-retry", batch)

    assert "Save 1 value" in desk.page(batch)


def test_workbook_without_its_hidden_sheet_is_an_ordinary_file_for_the_coordinator(
    filling_in: FillingIn, desk: Desk, in_solviken: Place, sign_in: SignIn
) -> None:
    opened = desk.take()
    for pupil in filling_in.pupils:
        opened.fill_in(pupil, LAS=30, BETYG="B", NARV=95)
    del opened.book[layout.OWN_SHEET]
    assert "A coordinator can import the file" in desk.page(desk.hand_back(opened))

    sign_in(in_solviken.coordinator).post(
        reverse("colourmaps:import-upload"), {"file": opened.upload("utan nycklar.xlsx")}
    )
    work()

    batch = ImportBatch.objects.latest("pk")
    assert (batch.kind, batch.state, batch.failure) == ("file", ImportState.UNDERSTOOD, "")
    assert (batch.counts["new"], batch.counts["rows"]) == (24, 8)


def test_page_of_a_large_class_asks_a_fixed_number_of_questions(
    filling_in: FillingIn, desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    opened = desk.take()
    for pupil in filling_in.pupils:
        opened.fill_in(pupil, LAS=30, BETYG="A", NARV=95, TRIV=9, SIM="ja")
    batch = desk.hand_back(opened)

    with django_assert_max_num_queries(20):
        page = desk.page(batch)

    assert "40 cells go in" in page
    assert "Show 20 more" in page
