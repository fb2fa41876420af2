"""What was typed, into the register: saved, refused with a sentence, or asked about."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from colourmaps.classification import Colour
from colourmaps.filling_in.merge import Content
from colourmaps.models import Result, SupersededResult
from colourmaps.scales import Mark
from colourmaps.typing_in.saving import Answer, CellState, TypedCell, save_cells
from pupils.models import Protection, Pupil
from tests.factories.colourmaps import record
from tests.factories.filling_in import FillingIn
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import TODAY


class Typist:
    """Somebody who types into the sheet of 4A."""

    def __init__(self, filling_in: FillingIn, by: User, *, sees_pupils: bool = True) -> None:
        self.filling_in, self.by, self.sees_pupils = filling_in, by, sees_pupils

    def type(self, *cells: TypedCell) -> list[Answer]:
        return save_cells(
            cells,
            school_class=self.filling_in.place.class_4a,
            round_=self.filling_in.round,
            by=self.by,
            today=TODAY,
            sees_pupils=self.sees_pupils,
        )


def cell(pupil: Pupil, text: str, *, code: str = "LAS", was: int | Mark | None = None) -> TypedCell:
    if isinstance(was, Mark):
        return TypedCell(pupil.key, code, text, Content(None, was))
    return TypedCell(pupil.key, code, text, None if was is None else Content(was))


@pytest.fixture
def typist(filling_in: FillingIn, teacher: User) -> Typist:
    return Typist(filling_in, teacher)


def test_value_is_saved_with_its_colour_and_written_down(filling_in: FillingIn, typist: Typist) -> None:
    ada = filling_in.pupils[0]

    [answer] = typist.type(cell(ada, " 26,5 "))

    shown = answer.shown
    assert (answer.state, answer.sentence) == (CellState.SAVED, "")
    assert (shown.text, shown.base, shown.look, shown.word) == ("26.5", "2650", "green", "good result")
    result = Result.objects.get()
    assert (result.value, result.colour, result.by_id) == (2650, Colour.GREEN, typist.by.pk)
    assert result.measured_on == TODAY
    event = AuditEvent.objects.get(action="results typed")
    assert (event.actor_id, event.pupil_ids) == (typist.by.pk, [ada.pk])
    assert (event.unit_id, event.subject) == (filling_in.place.class_4a.pk, filling_in.round.key)


@pytest.mark.parametrize(
    ("code", "text", "content", "shown"),
    [
        ("LAS", "12", Content(1200), "12.0"),
        ("LAS", "frånv.", Content(None, Mark.ABSENT), "absent"),
        ("LAS", "-", Content(None, Mark.NO_BASIS), "no basis"),
        ("BETYG", "c", Content(1500), "C"),
        ("NARV", "93,4 %", Content(9340), "93.4"),
        ("SIM", "ja", Content(100), "ja"),
    ],
)
def test_cells_are_read_as_those_of_files(
    filling_in: FillingIn, typist: Typist, code: str, text: str, content: Content, shown: str
) -> None:
    [answer] = typist.type(cell(filling_in.pupils[0], text, code=code))

    result = Result.objects.get()
    assert (answer.state, answer.shown.text) == (CellState.SAVED, shown)
    assert Content(result.value, result.mark) == content


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("LAS", "41", "41 is outside the scale 0.0–40.0. Correct the cell."),
        ("LAS", "ca 20", "“ca 20” is not an exact value. Write the number itself, or leave the cell empty."),
        ("BETYG", "Q", "“Q” is not a value of the scale A, B, C, D, E, F. Correct the cell or empty it."),
    ],
)
def test_what_is_no_value_is_refused_and_the_others_are_saved(
    filling_in: FillingIn, typist: Typist, code: str, text: str, sentence: str
) -> None:
    ada, bo = filling_in.pupils[:2]

    refused, saved = typist.type(cell(ada, text, code=code), cell(bo, "20"))

    assert (refused.state, refused.sentence) == (CellState.REFUSED, sentence)
    assert saved.state is CellState.SAVED
    assert Result.objects.get().pupil_id == bo.pk


def test_emptied_cell_takes_the_result_away(filling_in: FillingIn, typist: Typist) -> None:
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000, bo: 1500})

    [answer] = typist.type(cell(ada, "", was=1000))

    assert (answer.state, answer.shown.base, answer.shown.look) == (CellState.SAVED, "", "missing")
    assert filling_in.values() == {"Bo": 1500}
    assert SupersededResult.objects.get().is_removed
    assert AuditEvent.objects.get(action="results typed").facts == {"recorded": 0, "removed": 1}


def test_taking_back_is_a_correction_of_its_own(filling_in: FillingIn, typist: Typist) -> None:
    """Ctrl+Z sends the earlier text, based on what was saved last."""
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000})
    typist.type(cell(ada, "20", was=1000))

    [answer] = typist.type(cell(ada, "10", was=2000))

    assert answer.state is CellState.SAVED
    assert filling_in.values() == {"Ada": 1000}
    assert list(SupersededResult.objects.order_by("pk").values_list("value", flat=True)) == [1000, 2000]


def test_newer_value_that_nobody_has_seen_is_not_overwritten(
    filling_in: FillingIn, typist: Typist, later: Callable[[], None]
) -> None:
    ada = filling_in.pupils[0]
    later()
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 3000}, by=filling_in.place.principal)

    [answer] = typist.type(cell(ada, "20"))

    when = "11/16/2026 10:15 a.m."
    assert answer.state is CellState.CONFLICT
    assert answer.sentence == f"principal Solviksskolan recorded another value here on {when}."
    assert (answer.shown.text, answer.shown.base) == ("30.0", "3000")
    assert filling_in.values() == {"Ada": 3000}

    [answer] = typist.type(cell(ada, "20", was=3000))

    assert answer.state is CellState.SAVED
    assert filling_in.values() == {"Ada": 2000}


def test_value_that_was_taken_away_meanwhile_is_asked_about(filling_in: FillingIn, typist: Typist) -> None:
    [answer] = typist.type(cell(filling_in.pupils[0], "20", was=1000))

    assert answer.state is CellState.CONFLICT
    assert answer.sentence == "Somebody has taken the value away since you opened the page."
    assert answer.shown.base == ""


def test_emptying_what_was_changed_meanwhile_is_asked_about(filling_in: FillingIn, typist: Typist) -> None:
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 3000})

    [answer] = typist.type(cell(ada, "", was=1000))

    assert answer.state is CellState.CONFLICT
    assert filling_in.values() == {"Ada": 3000}


def test_what_is_known_already_is_not_written_again(filling_in: FillingIn, typist: Typist) -> None:
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2000, bo: 2000})
    before = dict(Result.objects.values_list("pupil_id", "recorded_at"))

    answers = typist.type(cell(ada, "20", was=1000), cell(bo, "20", was=2000))

    assert [answer.state for answer in answers] == [CellState.SAVED, CellState.SAVED]
    assert dict(Result.objects.values_list("pupil_id", "recorded_at")) == before
    assert not AuditEvent.objects.filter(action="results typed").exists()


def test_closed_round_takes_nothing(filling_in: FillingIn, typist: Typist) -> None:
    filling_in.round.closed_at = timezone.now()
    filling_in.round.save()

    [answer] = typist.type(cell(filling_in.pupils[0], "20"))

    assert answer.state is CellState.REFUSED
    assert answer.sentence == "HT 2026 is closed, so nothing more can be filled in. Ask the coordinator."
    assert not Result.objects.exists()


def test_pupil_of_another_class_and_indicator_that_is_not_due_are_refused(
    filling_in: FillingIn, typist: Typist
) -> None:
    elsewhere = PupilFactory(school_class=filling_in.place.class_5a)

    answers = typist.type(cell(elsewhere, "20"), cell(filling_in.pupils[0], "20", code="OTHER"))

    assert [answer.state for answer in answers] == [CellState.REFUSED, CellState.REFUSED]
    assert answers[0].sentence.startswith("“20” is left out: in this round no result is awaited here")
    assert not Result.objects.exists()


def test_round_in_the_past_is_measured_on_its_last_day(filling_in: FillingIn, typist: Typist) -> None:
    filling_in.round.ends_on = datetime.date(2026, 10, 9)
    filling_in.round.save()

    typist.type(cell(filling_in.pupils[0], "20"))

    assert Result.objects.get().measured_on == datetime.date(2026, 10, 9)


def test_protected_pupil_is_typed_by_who_sees_the_pupils_alone(filling_in: FillingIn, typist: Typist) -> None:
    ada = filling_in.pupils[0]
    protect(ada, Protection.PROTECTED)
    coordinator = Typist(filling_in, filling_in.place.coordinator, sees_pupils=False)

    assert [answer.state for answer in coordinator.type(cell(ada, "20"))] == [CellState.REFUSED]
    assert [answer.state for answer in typist.type(cell(ada, "20"))] == [CellState.SAVED]
