"""What is read of a workbook that was handed back: whatever was done to it, a value finds its pupil, or is left out."""

from __future__ import annotations

import datetime
import json

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tenancy import municipality_scope
from colourmaps.filling_in import layout
from colourmaps.filling_in.base import LONGEST_CHUNK, VERSION
from colourmaps.filling_in.handed_back import (
    FOREIGN,
    HIDDEN_PART_GONE,
    NOT_TO_FILL_IN,
    OTHER_VERSION,
    is_filled_in,
)
from colourmaps.filling_in.merge import Verdict
from colourmaps.filling_in.plan import Plan, make_plan
from colourmaps.importing.workbook import UnreadableFile
from colourmaps.scales import Mark
from pupils.models import Enrolment, Protection, Pupil
from pupils.services import enrol_pupil
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import DueIndicatorFactory, record
from tests.factories.filling_in import FillingIn, OpenedWorkbook
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import TODAY, Place


def plan_of(opened: OpenedWorkbook, by: User) -> Plan:
    return make_plan(opened.handed_back(), by=by, today=TODAY)


def taken(plan: Plan) -> dict[tuple[str, str], object]:
    return {
        (cell.pupil.given_name, cell.indicator.code): cell.mine.value
        if cell.mine.value is not None
        else Mark(cell.mine.mark)
        for cell in plan.of(Verdict.TAKEN)
    }


def said(plan: Plan) -> list[tuple[str, str]]:
    """Code and place of each message."""
    return [(message.code.removeprefix("filling_in."), message.place) for message in plan.messages]


@pytest.fixture
def opened(filling_in: FillingIn) -> OpenedWorkbook:
    """4A with a value for Ada and one for Bo."""
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000, bo: 2000})
    return filling_in.workbook()


def test_untouched_workbook_says_nothing(opened: OpenedWorkbook, teacher: User) -> None:
    plan = plan_of(opened, teacher)

    assert (plan.cells, plan.messages) == ([], [])
    assert plan.n_rows == 8


def test_values_of_every_kind_are_understood(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    opened.fill_in(filling_in.pupils[0], LAS="26,5", BETYG="b", NARV="8,5 %", TRIV=7, SIM="Ja")
    opened.fill_in(filling_in.pupils[1], LAS="frånvarande", NARV=8.5)
    opened.fill_in(filling_in.pupils[2], LAS=0, BETYG="exempt")

    assert taken(plan_of(opened, teacher)) == {
        ("Ada", "LAS"): 2650,
        ("Ada", "BETYG"): 1750,
        ("Ada", "NARV"): 850,
        ("Ada", "TRIV"): 700,
        ("Ada", "SIM"): 100,
        ("Bo", "LAS"): Mark.ABSENT,
        ("Bo", "NARV"): 850,
        ("Cia", "LAS"): 0,
        ("Cia", "BETYG"): Mark.EXEMPT,
    }


def test_what_is_no_value_is_refused_by_cell_and_the_rest_of_the_row_goes_in(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    ada = filling_in.pupils[0]
    opened.fill_in(ada, LAS=41, BETYG="Q", NARV=datetime.date(2026, 1, 5), TRIV=2.5, SIM="ja")

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "SIM"): 100}
    assert [(message.code, message.place) for message in plan.messages] == [
        ("value.outside_scale", f"4A!{opened.place(ada, 'LAS')}"),
        ("value.not_a_value", f"4A!{opened.place(ada, 'BETYG')}"),
        ("value.date", f"4A!{opened.place(ada, 'NARV')}"),
        ("value.outside_scale", f"4A!{opened.place(ada, 'TRIV')}"),
    ]
    assert plan.n_refused == 4
    assert plan.messages[0].text == "41 is outside the scale 0.0–40.0. Correct the cell."


def test_emptied_cell_deletes_nothing_and_is_listed(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    ada = filling_in.pupils[0]
    opened.fill_in(ada, LAS=None)

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("emptied", f"4A!{opened.place(ada, 'LAS')}")]
    assert plan.n_emptied == 1


def test_template_asks_where_something_is_known_and_leaves_alone_what_is_empty(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    template = filling_in.workbook(is_empty=True)
    ada, _bo, cia = filling_in.pupils[:3]
    template.fill_in(ada, LAS=30).fill_in(cia, LAS=12)

    plan = plan_of(template, teacher)

    assert taken(plan) == {("Cia", "LAS"): 1200}
    assert [cell.pupil for cell in plan.of(Verdict.CONFLICT)] == [ada]
    assert plan.messages == []


def test_sorted_rows_moved_and_deleted_columns_do_no_harm(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    sheet = opened.sheet
    opened.fill_in(filling_in.pupils[0], LAS=30).fill_in(filling_in.pupils[7], TRIV=3)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=layout.FIRST_ROW)]
    for at, row in enumerate(reversed(rows), start=layout.FIRST_ROW):
        for column, value in enumerate(row, start=1):
            sheet.cell(at, column).value = value
    sheet.delete_cols(opened.column_of("BETYG"))
    sheet.move_range(f"F1:F{sheet.max_row}", cols=4)
    sheet.insert_rows(3)
    sheet.insert_rows(sheet.max_row - 2)

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "LAS"): 3000, ("Hans", "TRIV"): 300}
    assert plan.messages == []


def test_deleted_rows_and_sheets_are_untouched(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    opened.fill_in(filling_in.pupils[0], LAS=30)
    opened.sheet.delete_rows(opened.row_of(filling_in.pupils[1]))

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "LAS"): 3000}
    assert plan.messages == []


def test_row_without_key_is_said_and_not_guessed(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    row = opened.sheet.max_row + 1
    opened.sheet.cell(row, layout.NAME_COLUMN).value = "Ek, Ada"
    opened.sheet.cell(row, layout.FIRST_COLUMN).value = 30

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("row_without_key", f"4A!{row}")]
    assert "“Ek, Ada” stands in a row that was added by hand" in plan.messages[0].text
    assert plan.n_rows_left_out == 1


def test_names_sorted_without_their_keys_are_left_out(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    """Values would land on the wrong pupil."""
    ada, bo = filling_in.pupils[:2]
    first, second = opened.row_of(ada), opened.row_of(bo)
    for column in range(layout.NAME_COLUMN, 8):
        one, other = opened.sheet.cell(first, column), opened.sheet.cell(second, column)
        one.value, other.value = other.value, one.value

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("other_name", f"4A!{first}"), ("other_name", f"4A!{second}")]


def renamed(opened: OpenedWorkbook, pupil: Pupil, name: str) -> OpenedWorkbook:
    opened.sheet.cell(opened.row_of(pupil), layout.NAME_COLUMN).value = name
    return opened


@pytest.mark.parametrize("name", ["Ek, Adda", "ek ada", "Ek, Ada Maria", "Eck, Ada", "Berg, Ada"])
def test_corrected_name_keeps_its_row(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User, name: str
) -> None:
    ada = filling_in.pupils[0]
    renamed(opened.fill_in(ada, LAS=30), ada, name)

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "LAS"): 3000}
    assert said(plan) == [("name_stays", f"4A!{opened.row_of(ada)}")]
    assert "The row is Ek, Ada's, and its values are read. The name is not changed" in plan.messages[0].text
    assert plan.n_rows_left_out == 0


@pytest.mark.parametrize("name", ["Lund, Kim", "Ek, Bo", "EK, BO", "Ek, Evva", None])
def test_row_with_another_name_is_left_out_and_says_how_to_mend_it(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User, name: str | None
) -> None:
    """All are called Ek: a name that is nearer to that of a classmate is that classmate's."""
    ada = filling_in.pupils[0]
    renamed(opened.fill_in(ada, LAS=30), ada, name)

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("other_name", f"4A!{opened.row_of(ada)}")]
    assert "write back the name" in plan.messages[0].text
    assert plan.n_rows_left_out == 1


def test_corrected_name_that_a_pupil_of_another_class_has_is_that_pupil_s(
    filling_in: FillingIn, in_solviken: Place
) -> None:
    PupilFactory(given_name="Adda", family_name="Ek", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=filling_in.round, indicator=filling_in.indicators["TRIV"], year_group=5)
    ada = filling_in.pupils[0]
    opened = filling_in.workbook(
        by=in_solviken.principal, is_empty=True, classes=[in_solviken.class_4a, in_solviken.class_5a]
    )

    plan = plan_of(renamed(opened.fill_in(ada, LAS=30), ada, "Ek, Adda"), in_solviken.principal)

    assert plan.cells == []
    assert said(plan) == [("other_name", f"4A!{opened.row_of(ada)}")]


def test_copied_row_with_a_corrected_name_is_nobody_s(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    """Whoever copies a row to add a pupil has not corrected a name."""
    ada = filling_in.pupils[0]
    opened.fill_in(ada, LAS=30)
    row = opened.row_of(ada)
    opened.sheet.append([ada.key, "Ek, Adda", 17])
    copy = opened.sheet.max_row

    plan = plan_of(opened, teacher)
    assert taken(plan) == {("Ada", "LAS"): 3000}
    assert said(plan) == [("other_name", f"4A!{copy}")]

    for name in ("Lund, Kim", "Ek, Ada Maria"):
        plan = plan_of(renamed(opened, ada, name), teacher)
        assert plan.cells == []
        assert said(plan) == [("other_name", f"4A!{row}"), ("other_name", f"4A!{copy}")]


def test_heads_moved_without_their_codes_are_left_out(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    opened.fill_in(filling_in.pupils[0], LAS=30, TRIV=3, SIM="ja")
    one, other = (opened.sheet.cell(layout.HEAD_ROW, opened.column_of(code)) for code in ("LAS", "TRIV"))
    one.value, other.value = other.value, one.value

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "SIM"): 100}
    assert said(plan) == [("other_head", "4A!C"), ("other_head", "4A!F")]


def test_copied_row_is_harmless_while_it_says_the_same(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    ada = filling_in.pupils[0]
    opened.fill_in(ada, LAS=30)
    copied = [cell.value for cell in opened.sheet[opened.row_of(ada)]]
    opened.sheet.append(copied)
    assert taken(plan_of(opened, teacher)) == {("Ada", "LAS"): 3000}

    opened.fill_in(ada, LAS=31)

    plan = plan_of(opened, teacher)
    assert plan.cells == []
    assert [code for code, _place in said(plan)] == ["two_rows", "two_rows"]
    assert plan.n_rows_left_out == 2


@pytest.mark.parametrize("is_protected", [True, False])
def test_pupil_who_is_protected_since_is_named_in_no_message(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User, is_protected: bool
) -> None:
    """Neither as the pupil of a row, nor misspelt in it, nor where the name stands in the row of another."""
    ada, bo, cia = filling_in.pupils[:3]
    for pupil, name in ((ada, "Lund, Adda"), (bo, "Ek,  ADA")):
        renamed(opened, pupil, name)
    opened.sheet.append([None, "Ek, Ada", 30])
    opened.sheet.append([cell.value for cell in opened.sheet[opened.row_of(cia)]])
    opened.fill_in(cia, LAS=31)
    if is_protected:
        for pupil in (ada, cia):
            protect(pupil, Protection.CONFIDENTIAL)

    stored = json.dumps([message.to_json() for message in plan_of(opened, teacher).messages])

    assert {code for code, _place in said(plan_of(opened, teacher))} == {
        "row_without_key",
        "name_stays",
        "other_name",
        "two_rows",
    }
    assert [name in stored for name in ("Ek, Ada", "Adda", "ADA", "Ek, Cia")] == [not is_protected] * 4
    assert ("The row is a pupil's, and its values are read" in stored) is is_protected
    assert "The row is Ek, Bo's" in stored


def test_columns_that_are_not_ours_are_said(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    sheet = opened.sheet
    for column, (code, head) in enumerate(
        [(None, "Anteckning"), ("ANNAN", "Annat"), ("TRIV", "Trivsel")], start=8
    ):
        sheet.cell(layout.CODES_ROW, column).value = code
        sheet.cell(layout.HEAD_ROW, column).value = head
        sheet.cell(layout.FIRST_ROW, column).value = 5
    opened.fill_in(filling_in.pupils[0], LAS=30)

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Ada", "LAS"): 3000}
    assert sorted(said(plan)) == [
        ("column_without_code", "4A!H"),
        ("two_columns", "4A!F"),
        ("two_columns", "4A!J"),
        ("unknown_code", "4A!I"),
    ]


def test_row_and_sheet_from_elsewhere_are_left_out(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    stranger = PupilFactory(given_name="Ivar", family_name="Ek", school_class=filling_in.place.class_5a)
    opened.sheet.append([stranger.key, "Ek, Ivar", 30])
    notes = opened.book.create_sheet("Anteckningar")
    notes.append(["Ek, Ada", 30])
    opened.book.create_sheet("Tomt")

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("unknown_key", "4A!14"), ("no_keys", "Anteckningar")]


def test_cell_in_which_nothing_is_awaited_is_refused(filling_in: FillingIn, teacher: User) -> None:
    older = PupilFactory(given_name="Ines", family_name="Ek")
    enrol_pupil(
        pupil=older,
        school_class=filling_in.place.class_4a,
        year_group=5,
        on=filling_in.place.class_4a.valid_from,
    )
    opened = filling_in.workbook().fill_in(older, LAS=30)

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert said(plan) == [("not_awaited", f"4A!{opened.place(older, 'LAS')}")]


def test_pupil_who_has_left_the_class_is_refused(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    ada, bo = filling_in.pupils[:2]
    Enrolment.objects.filter(pupil=ada).update(valid_to=TODAY - datetime.timedelta(days=5))
    opened.fill_in(ada, LAS=30).fill_in(bo, LAS=31)

    plan = plan_of(opened, teacher)

    assert taken(plan) == {("Bo", "LAS"): 3100}
    assert said(plan) == [("not_awaited", f"4A!{opened.place(ada, 'LAS')}")]


@pytest.mark.parametrize("guess", [30, 17])
def test_guess_at_what_a_pupil_has_elsewhere_is_told_from_no_other(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User, guess: int
) -> None:
    ada = filling_in.pupils[0]
    Enrolment.objects.filter(pupil=ada).update(valid_to=TODAY - datetime.timedelta(days=5))
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1700})
    opened.fill_in(ada, LAS=guess)

    plan = plan_of(opened, teacher)

    assert (plan.cells, plan.n_same, plan.n_refused) == ([], 0, 1)
    assert said(plan) == [("not_awaited", f"4A!{opened.place(ada, 'LAS')}")]


def test_indicator_that_is_gone_is_said(filling_in: FillingIn, opened: OpenedWorkbook, teacher: User) -> None:
    opened.fill_in(filling_in.pupils[0], TRIV=3)
    filling_in.indicators["TRIV"].code = "TRIV2"
    filling_in.indicators["TRIV"].save()

    plan = plan_of(opened, teacher)

    assert plan.cells == []
    assert [message.text for message in plan.messages] == [
        "“Trivsel” is no longer measured in the municipality. The column is left out."
    ]


def refusal(opened: OpenedWorkbook, by: User) -> str:
    with pytest.raises(UnreadableFile) as refused:
        plan_of(opened, by)
    return str(refused.value)


def test_workbook_without_its_hidden_sheet_is_refused_in_words(opened: OpenedWorkbook, teacher: User) -> None:
    assert is_filled_in(opened.as_read())
    del opened.book[layout.OWN_SHEET]

    assert not is_filled_in(opened.as_read())
    assert refusal(opened, teacher) == str(HIDDEN_PART_GONE)


def test_ordinary_file_is_told_from_a_workbook_to_fill_in(opened: OpenedWorkbook, teacher: User) -> None:
    del opened.book[layout.OWN_SHEET]
    opened.sheet.delete_cols(1)

    assert refusal(opened, teacher) == str(NOT_TO_FILL_IN)


@pytest.mark.parametrize("at", [0, 5, -1])
def test_tampered_base_is_refused(opened: OpenedWorkbook, teacher: User, at: int) -> None:
    cell = opened.own_sheet.cell(layout.BASE_ROW, layout.BASE_COLUMN)
    letters = list(cell.value)
    letters[at] = "A" if letters[at] != "A" else "B"
    cell.value = "".join(letters)

    assert refusal(opened, teacher) == str(FOREIGN)


def test_base_without_its_end_is_refused(opened: OpenedWorkbook, teacher: User) -> None:
    cell = opened.own_sheet.cell(layout.BASE_ROW, layout.BASE_COLUMN)
    cell.value = cell.value[:-100]
    assert len(cell.value) < LONGEST_CHUNK

    assert refusal(opened, teacher) == str(FOREIGN)


def test_workbook_of_another_installation_is_refused(opened: OpenedWorkbook, teacher: User, settings) -> None:
    settings.SECRET_KEY = "another installation's key"

    assert refusal(opened, teacher) == str(FOREIGN)


def test_workbook_of_another_version_is_refused(opened: OpenedWorkbook, teacher: User) -> None:
    opened.own_sheet.cell(layout.VERSION_ROW, layout.BASE_COLUMN).value = str(VERSION + 1)

    assert refusal(opened, teacher) == str(OTHER_VERSION)


def test_workbook_of_another_municipality_is_refused(opened: OpenedWorkbook, fjordvik: Place) -> None:
    with municipality_scope(fjordvik.municipality):
        assert refusal(opened, fjordvik.coordinator).startswith(
            "The workbook belongs to another municipality."
        )


def test_workbook_expires_after_sixty_days(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_at = timezone.now()
    opened.fill_in(filling_in.pupils[0], LAS=30)
    monkeypatch.setattr(timezone, "now", lambda: made_at + datetime.timedelta(days=60))
    assert taken(plan_of(opened, teacher)) == {("Ada", "LAS"): 3000}

    monkeypatch.setattr(timezone, "now", lambda: made_at + datetime.timedelta(days=60, seconds=1))

    assert refusal(opened, teacher).startswith("The workbook is from Nov. 16, 2026 and too old")


def test_workbook_of_a_closed_round_is_refused(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    filling_in.round.closed_at = timezone.now()
    filling_in.round.save()

    assert refusal(opened, teacher).startswith("HT 2026 is closed, so nothing more can be filled in.")


def test_class_of_somebody_else_is_refused(
    filling_in: FillingIn, opened: OpenedWorkbook, in_solviken: Place
) -> None:
    sentence = "The workbook is for 4A. You may not fill in results there."
    assert refusal(opened, in_solviken.colleague) == sentence
    assert refusal(opened, in_solviken.health_team) == sentence
    assert refusal(opened, PersonFactory()) == sentence
    for person in (in_solviken.principal, in_solviken.analysis_lead, in_solviken.coordinator):
        assert plan_of(opened, person).cells == []


def test_of_a_school_s_workbook_each_teacher_s_classes_go_in(
    filling_in: FillingIn, in_solviken: Place
) -> None:
    """The principal takes it, and the teachers fill in their sheets."""
    ivar = PupilFactory(given_name="Ivar", family_name="Ek", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=filling_in.round, indicator=filling_in.indicators["TRIV"], year_group=5)
    opened = filling_in.workbook(
        by=in_solviken.principal, is_empty=True, classes=[in_solviken.class_4a, in_solviken.class_5a]
    )
    opened.fill_in(filling_in.pupils[0], TRIV=3)
    assert plan_of(opened, in_solviken.teacher).messages == []
    opened.fill_in(ivar, TRIV=5)

    of_teacher, of_colleague, of_principal = (
        plan_of(opened, person)
        for person in (in_solviken.teacher, in_solviken.colleague, in_solviken.principal)
    )

    assert taken(of_teacher) == {("Ada", "TRIV"): 300}
    assert [message.text for message in of_teacher.messages] == [
        "You may not fill in results for class 5A, so 1 changed cells of the sheet are left out. Whoever has the class "
        "can hand in the same workbook."
    ]
    assert taken(of_colleague) == {("Ivar", "TRIV"): 500}
    assert taken(of_principal) == {("Ada", "TRIV"): 300, ("Ivar", "TRIV"): 500}


def test_old_workbook_can_not_bring_back_an_old_value(
    filling_in: FillingIn, opened: OpenedWorkbook, teacher: User
) -> None:
    """Handing in a workbook twice is no way to write over what has come in since."""
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 3500})

    assert plan_of(opened, teacher).cells == []
