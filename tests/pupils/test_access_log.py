"""The log is followed up: which reads are drawn and why, judged by others than who read, signed and then left alone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import record
from accounts.dated import midnight_of
from accounts.models import AuditEvent, User
from accounts.refusal import ActRefused
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from pupils.access_log.services import judge_line, make_control, sign_control
from pupils.access_log.unusual import is_unusual
from pupils.models import Judgement, LogControl, Protection, Pupil, Selection
from tests.factories.accounts import PersonFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place
from tests.walls import without_wall

pytestmark = pytest.mark.usefixtures("in_english")

ALL = list(Selection.values)


@pytest.fixture
def pupil(in_solviken: Place, clock: datetime.date) -> Pupil:
    return PupilFactory(given_name="Vera", family_name="Ek-Lindberg", school_class=in_solviken.class_4a)


def read_at(moment: datetime.datetime, by: User, *pupils: int, action: str = "pupil seen") -> AuditEvent:
    record(action, by=by, pupils=pupils)
    event = AuditEvent.objects.latest("pk")
    with without_wall():
        AuditEvent.objects.filter(pk=event.pk).update(at=moment)
    return event


def at(hour: int, day: int = 10) -> datetime.datetime:
    """A moment of November 2026, by the clock of the place; the 10th is a Tuesday."""
    day_of_november = datetime.date(2026, 11, day)
    return midnight_of(day_of_november) + datetime.timedelta(hours=hour)


def control_of(place: Place, *selections: str, seed: int | None = 1, n_random: int = 20) -> LogControl:
    return make_control(
        first_on=datetime.date(2026, 11, 1),
        last_on=datetime.date(2026, 11, 30),
        selections=selections,
        n_random=n_random,
        day_begins=7,
        day_ends=18,
        by=place.access_auditor,
        seed=seed,
    )


def drawn(control: LogControl) -> set[int]:
    return set(control.lines.values_list("event_id", flat=True))


def test_random_sample_is_drawn_again_by_its_number(in_solviken: Place, pupil: Pupil) -> None:
    for _n in range(30):
        read_at(at(10), in_solviken.teacher, pupil.pk)

    first = control_of(in_solviken, "random", n_random=5)
    again, other = (
        control_of(in_solviken, "random", n_random=5),
        control_of(in_solviken, "random", seed=2, n_random=5),
    )

    assert len(drawn(first)) == 5
    assert drawn(first) == drawn(again) != drawn(other)
    assert (first.n_reads, first.found) == (30, {"random": 30})


def test_same_surname_of_who_looked_one_up(in_solviken: Place, pupil: Pupil) -> None:
    relative = PersonFactory(name="Bo Lindberg", role=RoleCode.TEACHER, unit=in_solviken.class_4a)
    one = read_at(at(10), relative, pupil.pk)
    read_at(at(10), in_solviken.teacher, pupil.pk)
    others = [PupilFactory(school_class=in_solviken.class_4a).pk for _n in range(6)]
    read_at(at(10), relative, pupil.pk, *others)

    assert drawn(control_of(in_solviken, "same surname")) == {one.pk}


def test_protected_identity_looked_up_or_taken_out(in_solviken: Place, pupil: Pupil) -> None:
    protected = PupilFactory(school_class=in_solviken.class_4a, protection=Protection.CONFIDENTIAL)
    others = [PupilFactory(school_class=in_solviken.class_4a).pk for _n in range(6)]
    looked = read_at(at(10), in_solviken.teacher, protected.pk)
    taken = read_at(at(10), in_solviken.teacher, protected.pk, *others, action="class map downloaded")
    read_at(at(10), in_solviken.teacher, protected.pk, *others)
    read_at(at(10), in_solviken.teacher, pupil.pk)

    assert drawn(control_of(in_solviken, "protected")) == {looked.pk, taken.pk}


def test_outside_working_hours_by_the_clock_of_the_place(in_solviken: Place, pupil: Pupil) -> None:
    early, late = (
        read_at(at(6), in_solviken.teacher, pupil.pk),
        read_at(at(18), in_solviken.teacher, pupil.pk),
    )
    saturday = read_at(at(12, day=14), in_solviken.teacher, pupil.pk)
    read_at(at(7), in_solviken.teacher, pupil.pk)
    read_at(at(17), in_solviken.teacher, pupil.pk)

    assert drawn(control_of(in_solviken, "after hours")) == {early.pk, late.pk, saturday.pk}


def test_unusually_many_in_a_day_against_own_days_and_the_role(in_solviken: Place, pupil: Pupil) -> None:
    for day in range(2, 9):
        read_at(at(10, day), in_solviken.teacher, *range(1, 26))
        read_at(at(10, day), in_solviken.colleague, *range(1, 26))
    largest = read_at(at(10), in_solviken.teacher, *range(1, 91))
    read_at(at(11), in_solviken.teacher, *range(91, 120))

    control = control_of(in_solviken, "many")

    [line] = control.lines.all()
    assert line.event_id == largest.pk
    assert line.why == [{"selection": "many", "n": 119, "usual": 25, "of_role": 25}]


@pytest.mark.parametrize(
    ("n", "earlier", "of_role", "expected"),
    [
        (39, [1] * 9, [1], False),  # a class is never unusual
        (60, [25] * 9, [25], True),
        (60, [40] * 9, [25], False),  # usual for the person
        (60, [25] * 9, [40], False),  # usual for the role
        (60, [25] * 4, [25], True),  # too few own days to say, so the role decides
        (60, [], [40], False),
        (60, [], [], True),
    ],
)
def test_what_is_unusual(n: int, earlier: list[int], of_role: list[int], expected: bool) -> None:
    assert is_unusual(n, earlier, of_role) is expected


def test_writes_and_the_machine_are_no_reads(in_solviken: Place, pupil: Pupil) -> None:
    read_at(at(10), in_solviken.teacher, pupil.pk, action="results typed")
    record("pupil seen", by=None, pupils=[pupil.pk])

    assert control_of(in_solviken, *ALL).n_reads == 0


@pytest.fixture
def control(in_solviken: Place, pupil: Pupil) -> LogControl:
    """With a read by the teacher and one by the auditor."""
    read_at(at(10), in_solviken.teacher, pupil.pk)
    read_at(at(11), in_solviken.access_auditor, pupil.pk)
    return control_of(in_solviken, "random")


def test_control_is_judged_and_signed_and_then_left_alone(in_solviken: Place, control: LogControl) -> None:
    teachers, auditors = control.lines.order_by("event_id")
    auditor = in_solviken.access_auditor
    second = PersonFactory(role=RoleCode.ACCESS_AUDITOR, unit=in_solviken.root)
    judge_line(line=teachers, judgement=Judgement.JUSTIFIED, note="own class", by=auditor)

    with pytest.raises(ActRefused, match="somebody else"):
        judge_line(line=auditors, judgement=Judgement.JUSTIFIED, note="", by=auditor)
    with pytest.raises(ActRefused, match="1 reads have not been judged"):
        sign_control(control=control, outcome="Nothing", by=auditor)
    judge_line(line=auditors, judgement=Judgement.JUSTIFIED, note="the task", by=second)
    sign_control(control=control, outcome="Nothing to remark", by=auditor)

    control.refresh_from_db()
    assert (control.signed_by, control.signed_at, control.outcome) == (
        auditor,
        timezone.now(),
        "Nothing to remark",
    )
    with pytest.raises(ActRefused, match="signed"):
        judge_line(line=teachers, judgement=Judgement.NOT_JUSTIFIED, note="", by=auditor)
    with pytest.raises(ActRefused, match="signed"):
        sign_control(control=control, outcome="Other", by=second)
    teachers.refresh_from_db()
    assert (teachers.judgement, teachers.judged_by, teachers.note) == ("justified", auditor, "own class")


def test_pages_of_a_control_from_the_form_to_the_signature(
    in_solviken: Place, pupil: Pupil, sign_in: Callable[[User], Client]
) -> None:
    read_at(at(20), in_solviken.teacher, pupil.pk)
    browser = sign_in(in_solviken.access_auditor)
    form = {"first_on": "2026-11-01", "last_on": "2026-11-30", "selections": ["after hours", "random"]}
    answer = browser.post(
        "/log/controls/new/", {**form, "n_random": 5, "day_begins": 7, "day_ends": 18}, follow=True
    )
    address = answer.redirect_chain[-1][0]
    line = LogControl.objects.get().lines.get()
    assert "Ek-Lindberg, Vera" in answer.content.decode()
    assert {why["selection"] for why in line.why} == {"after hours", "random"}

    too_early = browser.post(f"{address}sign/", {"outcome": "x"})
    browser.post(f"{address}judge/", {f"judgement-{line.key}": "to explain", f"note-{line.key}": "asked"})
    signed = browser.post(f"{address}sign/", {"outcome": "One is asked"}, follow=True).content.decode()

    assert too_early.status_code == 422
    assert "One is asked" in signed
    assert "<form method" not in signed.split("<main")[1]
    assert "One is asked" in browser.get("/log/").content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"last_on": "2026-10-01"}, "before the first"),
        ({"last_on": "2027-11-01"}, "three months at most"),
        ({"day_ends": 3}, "before they begin"),
        ({"selections": []}, "required"),
    ],
)
def test_control_that_cannot_be(
    in_solviken: Place, sign_in: Callable[[User], Client], changed: dict[str, object], sentence: str
) -> None:
    form = {"first_on": "2026-11-01", "last_on": "2026-11-30", "selections": ["random"], "n_random": 5}
    form |= {"day_begins": 7, "day_ends": 18} | changed

    answer = sign_in(in_solviken.access_auditor).post("/log/controls/new/", form)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_principal_sees_every_reader_of_a_pupil_with_role_and_page(
    in_solviken: Place, pupil: Pupil, sign_in: Callable[[User], Client]
) -> None:
    sign_in(in_solviken.teacher).get(f"/pupils/{pupil.key}/")
    sign_in(in_solviken.health_team).get(f"/classes/{in_solviken.class_4a.key}/")

    page = sign_in(in_solviken.principal).get(f"/pupils/{pupil.key}/seen-by/").content.decode()

    assert "2 people" in page or "1 person" in page
    assert in_solviken.teacher.name in page
    assert "teacher, 4A" in page
    assert "the pupil&#x27;s page" in page
    assert (
        f"/pupils/{pupil.key}/seen-by/"
        in sign_in(in_solviken.principal).get(f"/pupils/{pupil.key}/").content.decode()
    )
    assert "seen-by" not in sign_in(in_solviken.teacher).get(f"/pupils/{pupil.key}/").content.decode()


def test_what_an_account_has_read_between_two_moments(
    in_solviken: Place, pupil: Pupil, sign_in: Callable[[User], Client]
) -> None:
    other = PupilFactory(family_name="=1+1", school_class=in_solviken.class_4a)
    for hour in (9, 10, 11):
        read_at(at(hour), in_solviken.teacher, pupil.pk)
    read_at(at(10), in_solviken.teacher, other.pk)
    read_at(at(15), in_solviken.teacher, pupil.pk)
    read_at(at(10), in_solviken.colleague, pupil.pk)
    query = {"person": in_solviken.teacher.key, "since": "2026-11-10T09:30", "until": "2026-11-10T12:00"}
    browser = sign_in(in_solviken.access_auditor)

    page = browser.get("/log/account/", query)
    file = browser.get("/log/account/reads.xlsx", query)

    assert "2 pupils, in 3 reads" in page.content.decode().replace("\n", "")
    first, second = openpyxl.load_workbook(BytesIO(file.content)).worksheets
    assert [row[0].value for row in first.iter_rows(min_row=5)] == [pupil.shown_name, other.shown_name]
    assert {cell.data_type for row in first.iter_rows(min_row=5) for cell in row[:1]} == {"s"}
    assert second.max_row == 4 + 3


def test_auditor_finds_a_pupil_by_name_or_number_and_a_protected_one_by_number_alone(
    in_solviken: Place, pupil: Pupil, sign_in: Callable[[User], Client]
) -> None:
    protected = PupilFactory(
        family_name="Hemlig", own_id="h1", school_class=in_solviken.class_4a, protection="protected"
    )
    browser = sign_in(in_solviken.access_auditor)

    def found(text: str) -> list[str]:
        page = browser.post("/log/pupils/", {"q": text}).content.decode()
        return [each.key for each in (pupil, protected) if f"/log/pupils/{each.key}/" in page]

    assert found("lindberg vera") == [pupil.key]
    assert found("Hemlig") == []
    assert found("h1") == [protected.key]
    assert "Hemlig" not in browser.get(f"/log/pupils/{protected.key}/").content.decode()


def test_rows_of_the_log_take_as_many_statements_for_many_as_for_one(
    in_solviken: Place, pupil: Pupil, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(in_solviken.access_auditor)
    counts = []
    browser.get(f"/log/pupils/{pupil.key}/")
    for _n in range(2):
        for person in (in_solviken.teacher, in_solviken.colleague, in_solviken.principal):
            read_at(at(10), person, pupil.pk)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(f"/log/pupils/{pupil.key}/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_nobody_else_reads_the_log(
    solviken: Place, fjordvik: Place, sign_in: Callable[[User], Client]
) -> None:
    with municipality_scope(fjordvik.municipality):
        foreign = PupilFactory(school_class=fjordvik.class_4a)

    assert sign_in(solviken.principal).get("/log/").status_code == 403
    assert sign_in(solviken.access_auditor).get(f"/log/pupils/{foreign.key}/").status_code == 404
    query = {"person": fjordvik.teacher.key, "since": "2026-11-10T09:30", "until": "2026-11-10T12:00"}
    answer = sign_in(solviken.access_auditor).get("/log/account/", query).content.decode()
    assert f'<option value="{fjordvik.teacher.key}"' not in answer
    assert "Whose data" not in answer


def test_principal_does_not_learn_that_medical_pupil_health_knows_something(
    solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    with municipality_scope(solviken.municipality):
        pupil = PupilFactory(school_class=solviken.class_4a)
        record("medical pupil seen", by=solviken.medical_health, pupils=[pupil.pk])
        record("pupil seen", by=solviken.teacher, pupils=[pupil.pk])

    page = sign_in(solviken.principal).get(f"/pupils/{pupil.key}/seen-by/").content.decode()

    assert solviken.teacher.name in page
    assert solviken.medical_health.name not in page
