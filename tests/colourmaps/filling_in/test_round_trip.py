"""Out and back in: the life of a workbook that was handed back, and what becomes of everybody's values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.background import report_within_transaction
from accounts.models import AuditEvent, Job, JobState, RoleAssignment, User
from colourmaps import uploads
from colourmaps.filling_in import apply, layout
from colourmaps.filling_in.deciding import AnsweredMeanwhile, confirm_filled_in, decide_conflicts, promise_of
from colourmaps.filling_in.kept_cells import Tally, conflicts_in, tally_of
from colourmaps.filling_in.merge import Answer, Content, Verdict
from colourmaps.filling_in.plan import make_plan
from colourmaps.filling_in.presentation import confirm_label
from colourmaps.filling_in.workbook import written
from colourmaps.importing.lifecycle import ImportRefused, cancel_import, undo_import, upload_file
from colourmaps.models import ImportBatch, ImportKind, ImportState, Result, SupersededResult
from colourmaps.scales import GRADE, Mark
from tests.factories.colourmaps import record
from tests.factories.filling_in import FillingIn, OpenedWorkbook
from tests.factories.imports import fresh, texts, work
from tests.factories.medical import MedicalIndicatorFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place


def confirm(batch: ImportBatch, by: User | None = None) -> ImportBatch:
    confirm_filled_in(batch=batch, by=by or batch.by, promise=promise_of(batch))
    work()
    return fresh(batch)


def decide(batch: ImportBatch, answers: dict[int, Answer], by: User | None = None) -> ImportBatch:
    decide_conflicts(batch=batch, answers=answers, by=by or batch.by, promise=promise_of(batch))
    return fresh(batch)


def test_values_go_in_as_the_teacher_s_and_as_this_batch(filling_in: FillingIn, teacher: User) -> None:
    ada, bo = filling_in.pupils[:2]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000})
    opened = filling_in.workbook().fill_in(ada, LAS=30).fill_in(bo, LAS="absent")

    batch = filling_in.hand_back(opened)
    assert (batch.kind, batch.state) == (ImportKind.FILLED_IN, ImportState.UNDERSTOOD)
    assert filling_in.values() == {"Ada": 1000}
    assert confirm_label(batch) == "Save 2 values"
    batch = confirm(batch)

    assert batch.state == ImportState.IMPORTED
    assert filling_in.values() == {"Ada": 3000, "Bo": None}
    assert filling_in.marks() == {"Bo": Mark.ABSENT}
    result = Result.objects.get(pupil=ada)
    assert (result.by, result.batch, result.colour) == (teacher, batch, 3)
    assert list(SupersededResult.objects.values_list("value", "superseded_by_batch")) == [(1000, batch.pk)]
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1)


@pytest.fixture
def big_class(filling_in: FillingIn) -> FillingIn:
    """Ten pupils and four measured indicators: forty known cells."""
    for name in ("Ines", "Jan"):
        filling_in.pupils.append(
            PupilFactory(given_name=name, family_name="Ek", school_class=filling_in.place.class_4a)
        )
    for code in ("LAS", "NARV"):
        record(filling_in.round, filling_in.indicators[code], dict.fromkeys(filling_in.pupils, 1000))
    record(filling_in.round, filling_in.indicators["TRIV"], dict.fromkeys(filling_in.pupils, 500))
    record(filling_in.round, filling_in.indicators["BETYG"], dict.fromkeys(filling_in.pupils, 1000))
    return filling_in


def test_forty_cells_edited_while_a_colleague_edits_five_gives_35_in_5_asked_0_vanished(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    opened = big_class.workbook()
    for pupil in big_class.pupils:
        opened.fill_in(pupil, LAS=30, NARV=95, TRIV=9, BETYG="A")
    later()
    principal = big_class.place.principal
    by_colleague = dict.fromkeys(big_class.pupils[:5], 2222)
    record(big_class.round, big_class.indicators["LAS"], by_colleague, by=principal)

    batch = big_class.hand_back(opened)

    assert tally_of(batch) == Tally(n_in=35, n_undecided=5)
    assert confirm_label(batch) == "Save 35 values; leave 5 undecided cells as they are"
    assert {(cell.mine.value, cell.theirs.value, cell.by) for cell in conflicts_in(batch)} == {
        (3000, 2222, principal.pk)
    }
    batch = confirm(batch)

    assert (batch.counts["new"], batch.counts["changed"]) == (0, 35)
    names = [pupil.given_name for pupil in big_class.pupils]
    assert big_class.values("LAS") == dict.fromkeys(names[:5], 2222) | dict.fromkeys(names[5:], 3000)
    assert big_class.values("NARV") == dict.fromkeys(names, 9500)
    assert big_class.values("TRIV") == dict.fromkeys(names, 900)
    assert big_class.values("BETYG") == dict.fromkeys(names, 2000)
    assert Result.objects.count() == 40
    kept = list(
        SupersededResult.objects.filter(indicator=big_class.indicators["LAS"]).values_list("value", flat=True)
    )
    assert kept == [1000] * 10


def test_decisions_are_carried_out_one_by_one(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada, bo, cia = big_class.pupils[:3]
    opened = big_class.workbook().fill_in(ada, LAS=30).fill_in(bo, LAS=31).fill_in(cia, LAS=32)
    later()
    record(big_class.round, big_class.indicators["LAS"], dict.fromkeys((ada, bo, cia), 2000))
    batch = big_class.hand_back(opened)
    by_pupil = {cell.pupil: number for number, cell in enumerate(conflicts_in(batch))}

    batch = decide(batch, {by_pupil[ada.pk]: Answer.MINE, by_pupil[bo.pk]: Answer.THEIRS})

    assert confirm_label(batch) == "Save 1 value; leave 1 undecided cell as it is"
    batch = confirm(batch)
    values = big_class.values()
    assert (values["Ada"], values["Bo"], values["Cia"]) == (3000, 2000, 2000)


def test_decision_may_be_changed_until_it_is_saved(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada = big_class.pupils[0]
    opened = big_class.workbook().fill_in(ada, LAS=30)
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000})
    batch = big_class.hand_back(opened)

    batch = decide(decide(batch, {0: Answer.MINE}), {0: Answer.THEIRS})
    assert confirm_label(batch) == "Finish without a change"
    assert confirm(batch).counts["changed"] == 0
    assert big_class.values()["Ada"] == 2000


def test_base_that_moves_after_the_preview_leads_back_to_it_with_the_new_conflict(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada, bo = big_class.pupils[:2]
    batch = big_class.hand_back(big_class.workbook().fill_in(ada, LAS=30).fill_in(bo, LAS=31))
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000}, by=big_class.place.principal)

    batch = confirm(batch)

    assert batch.state == ImportState.UNDERSTOOD
    assert big_class.values()["Ada"] == 2000
    assert big_class.values()["Bo"] == 1000
    assert tally_of(batch) == Tally(n_in=1, n_undecided=1)
    assert texts(batch, "warning")[0].startswith(
        "Since the preview, other results of these pupils have been recorded."
    )
    batch = confirm(decide(batch, {0: Answer.MINE}))
    assert batch.state == ImportState.IMPORTED
    assert (big_class.values()["Ada"], big_class.values()["Bo"]) == (3000, 3100)


def test_decision_about_another_value_than_the_one_in_force_does_not_hold(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada = big_class.pupils[0]
    opened = big_class.workbook().fill_in(ada, LAS=30)
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000})
    batch = decide(big_class.hand_back(opened), {0: Answer.MINE})
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2500})

    batch = confirm(batch)

    assert batch.state == ImportState.UNDERSTOOD
    assert big_class.values()["Ada"] == 2500
    assert tally_of(batch) == Tally(n_in=0, n_undecided=1)


def test_results_of_others_elsewhere_do_not_disturb(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada, bo = big_class.pupils[:2]
    batch = big_class.hand_back(big_class.workbook().fill_in(ada, LAS=30))
    later()
    record(big_class.round, big_class.indicators["LAS"], {bo: 2000})

    assert confirm(batch).state == ImportState.IMPORTED
    assert (big_class.values()["Ada"], big_class.values()["Bo"]) == (3000, 2000)


def test_preview_that_was_not_seen_cannot_be_answered(big_class: FillingIn, teacher: User) -> None:
    ada = big_class.pupils[0]
    opened = big_class.workbook().fill_in(ada, LAS=30)
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000})
    batch = big_class.hand_back(opened)

    with pytest.raises(ImportRefused):
        decide_conflicts(batch=batch, answers={0: Answer.MINE}, by=teacher, promise="another")
    confirm(batch)
    with pytest.raises(ImportRefused):
        decide_conflicts(batch=batch, answers={0: Answer.MINE}, by=teacher, promise=promise_of(batch))

    assert big_class.values()["Ada"] == 2000


def test_answers_that_somebody_else_gives_meanwhile_are_not_saved_unseen(
    big_class: FillingIn, teacher: User, later: Callable[[], None]
) -> None:
    ada, bo = big_class.pupils[:2]
    opened = big_class.workbook().fill_in(ada, LAS=30).fill_in(bo, LAS=31)
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000, bo: 2000})
    batch = big_class.hand_back(opened)
    seen = promise_of(batch)
    coordinator = big_class.place.coordinator
    decide_conflicts(batch=batch, answers={0: Answer.MINE}, by=coordinator, promise=seen)

    with pytest.raises(AnsweredMeanwhile):
        confirm_filled_in(batch=batch, by=teacher, promise=seen)
    with pytest.raises(AnsweredMeanwhile):
        decide_conflicts(batch=batch, answers={0: Answer.THEIRS}, by=teacher, promise=seen)

    batch = fresh(batch)
    assert (batch.state, tally_of(batch)) == (ImportState.UNDERSTOOD, Tally(n_in=1, n_undecided=1))
    assert confirm(batch, by=teacher).state == ImportState.IMPORTED
    assert (big_class.values()["Ada"], big_class.values()["Bo"]) == (3000, 2000)


def test_round_that_closes_after_the_preview_refuses(filling_in: FillingIn, teacher: User) -> None:
    batch = filling_in.hand_back(filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30))
    filling_in.round.closed_at = timezone.now()
    filling_in.round.save()

    batch = confirm(batch)

    assert batch.state == ImportState.FAILED
    assert batch.failure.startswith("HT 2026 is closed")
    assert filling_in.values() == {}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the database, not rows")
def test_nobody_closes_the_round_while_values_are_saved(filling_in: FillingIn) -> None:
    batch = filling_in.hand_back(filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30))

    with CaptureQueriesContext(connection) as asked:
        confirm(batch)

    statements = [query["sql"].lower() for query in asked]
    locked = next(
        at for at, sql in enumerate(statements) if "measurementround" in sql and "for no key" in sql
    )
    written = next(at for at, sql in enumerate(statements) if "insert into colourmaps_result " in sql)
    assert locked < written


def test_running_saving_that_is_cancelled_goes_back_to_the_preview_with_its_answers(
    big_class: FillingIn, teacher: User, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bo = big_class.pupils[:2]
    opened = big_class.workbook().fill_in(ada, LAS=30).fill_in(bo, LAS=31)
    later()
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000})
    batch = decide(big_class.hand_back(opened), {0: Answer.MINE})
    before = big_class.values()

    def pressed(job: Job, phase: str, *counts: int) -> None:
        cancel_import(batch=fresh(batch), by=teacher)
        report_within_transaction(job, phase, *counts)

    with monkeypatch.context() as pressing:
        pressing.setattr(apply, "report_within_transaction", pressed)
        stopped = confirm(batch)

    assert (stopped.state, stopped.job.state) == (ImportState.UNDERSTOOD, JobState.CANCELLED)
    assert (big_class.values(), tally_of(stopped)) == (before, Tally(n_in=2, n_undecided=0))
    assert confirm(stopped).state == ImportState.IMPORTED
    assert (big_class.values()["Ada"], big_class.values()["Bo"]) == (3000, 3100)


def test_undo_gives_everything_back(big_class: FillingIn, teacher: User) -> None:
    ada, bo = big_class.pupils[:2]
    before = big_class.values()
    batch = confirm(
        big_class.hand_back(big_class.workbook().fill_in(ada, LAS=30, SIM="ja").fill_in(bo, LAS=31))
    )

    undo_import(batch=batch, by=teacher)
    work()

    assert fresh(batch).state == ImportState.UNDONE
    assert big_class.values() == before
    assert big_class.values("SIM") == {}


def test_refused_workbook_says_so_and_changes_nothing(filling_in: FillingIn, in_solviken: Place) -> None:
    opened = filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30)

    batch = filling_in.hand_back(opened, by=in_solviken.colleague)

    assert batch.state == ImportState.UNREADABLE
    assert batch.failure == "The workbook is for 4A. You may not fill in results there."
    assert Job.objects.get(pk=batch.job.pk).state == JobState.FAILED


def test_workbook_on_the_page_for_all_files_is_recognised(filling_in: FillingIn, in_solviken: Place) -> None:
    opened = filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30)

    batch = upload_file(upload=opened.upload(), by=in_solviken.coordinator)
    work()
    batch = fresh(batch)

    assert (batch.kind, batch.state) == (ImportKind.FILLED_IN, ImportState.UNDERSTOOD)
    assert batch.counts["taken"] == 1
    assert confirm(batch).state == ImportState.IMPORTED
    assert filling_in.values() == {"Ada": 3000}


def test_workbook_without_its_hidden_sheet_is_no_ordinary_file_on_the_page_of_a_class(
    filling_in: FillingIn, teacher: User
) -> None:
    opened = filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30)
    del opened.book[layout.OWN_SHEET]

    batch = filling_in.hand_back(opened)

    assert batch.state == ImportState.UNREADABLE
    assert "A coordinator can import the file as an ordinary file of results." in batch.failure


def test_workbook_with_values_of_medical_pupil_health_is_refused_whole_and_not_kept(
    filling_in: FillingIn, teacher: User
) -> None:
    MedicalIndicatorFactory(code="HTRIVS", names={"sv": "Hälsosamtal trivsel"})
    opened = filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30)
    beside = opened.book.create_sheet("Sköterskan")
    beside.append(["Elev-ID", "Hälsosamtal trivsel HT 2026"])
    beside.append([filling_in.pupils[0].own_id, "dåligt"])

    batch = filling_in.hand_back(opened)

    assert batch.state == ImportState.UNREADABLE
    assert "Hälsosamtal trivsel" in batch.failure
    assert batch.file_removed_at is not None
    assert not uploads.path_of(batch.stored_as).exists()
    assert filling_in.values() == {}


def test_role_that_ends_after_the_preview_leaves_nothing_to_save(
    filling_in: FillingIn, teacher: User
) -> None:
    batch = filling_in.hand_back(filling_in.workbook().fill_in(filling_in.pupils[0], LAS=30))
    RoleAssignment.objects.filter(user=teacher).update(valid_to=TODAY)

    batch = confirm(batch)

    assert batch.state == ImportState.UNDERSTOOD
    assert "has no right to it any more" in batch.job.failure
    assert filling_in.values() == {}


def test_what_is_recorded_and_asked_is_audited(big_class: FillingIn, teacher: User) -> None:
    ada = big_class.pupils[0]
    opened = big_class.workbook().fill_in(ada, LAS=30)
    record(big_class.round, big_class.indicators["LAS"], {ada: 2000})
    batch = confirm(decide(big_class.hand_back(opened), {0: Answer.MINE}))

    events = (
        AuditEvent.objects.filter(subject=batch.key)
        .order_by("pk")
        .values_list("action", "actor_id", "pupil_ids")
    )

    assert list(events) == [
        ("import uploaded", teacher.pk, []),
        ("conflicts decided", teacher.pk, [ada.pk]),
        ("import confirmed", teacher.pk, []),
        ("filled-in workbook applied", teacher.pk, [ada.pk]),
    ]


def test_untouched_workbook_writes_nothing(big_class: FillingIn, teacher: User) -> None:
    """Through a spreadsheet program and back, with values of every kind and with marks."""
    ada, bo = big_class.pupils[:2]
    record(big_class.round, big_class.indicators["SIM"], {ada: 0, bo: 100})
    record(big_class.round, big_class.indicators["NARV"], {ada: 855, bo: Mark.NO_BASIS})
    record(big_class.round, big_class.indicators["LAS"], {ada: 2675, bo: Mark.EXEMPT})
    rows = set(Result.objects.values_list("pupil", "indicator", "value", "mark", "recorded_at"))
    again = OpenedWorkbook(OpenedWorkbook(big_class.content()).saved())

    batch = confirm(big_class.hand_back(again))

    assert (batch.counts["new"], batch.counts["changed"], batch.messages.count()) == (0, 0, 0)
    assert set(Result.objects.values_list("pupil", "indicator", "value", "mark", "recorded_at")) == rows
    assert confirm_label(batch) == "Finish without a change"


# ---- any values, any edits, any order


def values(numbers: st.SearchStrategy[int], *marks: Mark) -> st.SearchStrategy[Content]:
    """A mark is a whole number too, so that only contents can be compared."""
    either = numbers.map(Content)
    return either | st.sampled_from([Content(None, mark) for mark in marks]) if marks else either


CONTENTS = {
    "LAS": values(st.integers(0, 4000), Mark.ABSENT, Mark.NO_BASIS, Mark.EXEMPT),
    "BETYG": values(st.sampled_from([step.number for step in GRADE.steps]), Mark.ABSENT),
    "NARV": values(st.integers(0, 10_000)),
    "TRIV": values(st.integers(1, 10).map(lambda step: step * 100)),
    "SIM": values(st.sampled_from([0, 100]), Mark.EXEMPT),
}
PLACES = [(at, code) for at in range(4) for code in CONTENTS]


Cells = dict[tuple[int, str], Content]


def some_cells(least: int = 0) -> st.SearchStrategy[Cells]:
    return st.dictionaries(st.sampled_from(PLACES), st.none(), min_size=least).flatmap(
        lambda chosen: st.fixed_dictionaries({place: CONTENTS[place[1]] for place in chosen})
    )


def put(filling_in: FillingIn, cells: Cells) -> None:
    for (at, code), content in cells.items():
        value = Mark(content.mark) if content.value is None else content.value
        record(filling_in.round, filling_in.indicators[code], {filling_in.pupils[at]: value})


def in_force(filling_in: FillingIn) -> Cells:
    at_of = {pupil.pk: at for at, pupil in enumerate(filling_in.pupils)}
    rows = Result.objects.filter(round=filling_in.round).values_list(
        "pupil_id", "indicator__code", "value", "mark"
    )
    return {(at_of[pupil], code): Content(value, mark) for pupil, code, value, mark in rows}


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # each case costs a workbook: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_cell_follows_the_three_ways_whatever_is_shuffled_and_dropped(
    filling_in: FillingIn, teacher: User, data: st.DataObject
) -> None:
    base, mine, theirs = data.draw(some_cells()), data.draw(some_cells(1)), data.draw(some_cells())
    dropped_columns = set(data.draw(st.lists(st.sampled_from(list(CONTENTS)), max_size=2)))
    dropped_rows = set(data.draw(st.lists(st.integers(0, 3), max_size=2)))
    with transaction.atomic():
        put(filling_in, base)
        opened = filling_in.workbook()
        for (at, code), content in mine.items():
            opened.fill_in(
                filling_in.pupils[at], **{code: written(content, filling_in.indicators[code].scale)}
            )
        shuffle(opened, data, {filling_in.pupils[at].key for at in dropped_rows}, dropped_columns)
        put(filling_in, theirs)
        before = in_force(filling_in)
        plan = make_plan(opened.handed_back(), by=teacher, today=TODAY)
        transaction.set_rollback(True)

    at_of = {pupil.pk: at for at, pupil in enumerate(filling_in.pupils)}
    verdicts = {(at_of[cell.pupil.pk], cell.indicator.code): cell.verdict for cell in plan.cells}
    expected = {}
    for place, content in mine.items():
        was, now = base.get(place), before.get(place)
        if place[0] in dropped_rows or place[1] in dropped_columns or content in (was, now):
            continue
        expected[place] = Verdict.TAKEN if now == was else Verdict.CONFLICT
    assert verdicts == expected
    assert plan.messages == []


def shuffle(opened: OpenedWorkbook, data: st.DataObject, rows_away: set[str], columns_away: set[str]) -> None:
    """Rows below the heads in another order, columns in another order, hidden row and column moving along."""
    sheet = opened.sheet
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top, pupils = rows[: layout.HEAD_ROW], [row for row in rows[layout.HEAD_ROW :] if row[0] not in rows_away]
    codes = rows[layout.CODES_ROW - 1]
    columns = [at for at in data.draw(st.permutations(range(len(codes)))) if codes[at] not in columns_away]
    ordered = [*top, *data.draw(st.permutations(pupils))]
    sheet.delete_rows(1, sheet.max_row)
    for row in ordered:
        sheet.append([row[at] for at in columns])


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # each case costs a workbook: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cells=some_cells(1))
def test_what_goes_out_comes_back_as_it_was(filling_in: FillingIn, teacher: User, cells: Cells) -> None:
    with transaction.atomic():
        put(filling_in, cells)
        plan = make_plan(
            OpenedWorkbook(OpenedWorkbook(filling_in.content()).saved()).handed_back(),
            by=teacher,
            today=TODAY,
        )
        transaction.set_rollback(True)

    assert (plan.cells, plan.messages, plan.n_same) == ([], [], 0)
