"""The picture of a meeting: the same bytes as at its start, whatever came since, and for whom."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import SightOfRole
from accounts.known import change
from accounts.models import AuditEvent, Unit, User
from accounts.reorganisation import merge_units
from accounts.roles import RoleCode, Tier
from aggregation.map_page import map_context
from aggregation.queries import unit_map
from aggregation.releasing import release_round
from aggregation.rollup import recount_municipality
from colourmaps.models import BreakKind, ImportBatch, ImportState, Indicator, Result
from colourmaps.presentation import ColumnHead
from colourmaps.scales import Mark
from colourmaps.services import (
    add_break,
    plan_indicator,
    record_results,
    set_threshold,
    undo_batch,
)
from interventions.meetings.kept_map import as_json, from_json
from interventions.meetings.picture import cells_of_case, freeze_picture
from interventions.models import AnalysisMeeting, CaseIndicator, MeetingCase, MeetingPicture, Rung
from pupils.models import Pupil
from pupils.services import enrol_pupil
from tests.aggregation.scene import build_town, store_random_sums
from tests.colourmaps.recording_scene import frame
from tests.factories.colourmaps import ImportBatchFactory, IndicatorFactory, RoundFactory, record
from tests.factories.imports import text_of
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import Place

from .followed import Year

pytestmark = pytest.mark.slow

START = datetime.datetime(2026, 11, 16, 9, 0, 0, 250, tzinfo=datetime.UTC)
SOON, A_YEAR_LATER = START + datetime.timedelta(seconds=1), START + datetime.timedelta(days=365)


@dataclass
class Scene:
    """Solviken with 96 pupils, every other of them measured, counted and released; of 4A two by a file of its own.

    now: sets the clock.
    """

    year: Year
    sign_in: Callable[[User], Client]
    now: Callable[[datetime.datetime], None]
    batch: ImportBatch

    @property
    def place(self) -> Place:
        return self.year.place

    def begin(self, what: str) -> AnalysisMeeting:
        """A meeting of MEETINGS that begins now."""
        rung, unit, n_classes, who = MEETINGS[what]
        lead, kind = getattr(self.place, who), kind_of(rung)
        meeting = MeetingFactory(
            kind=kind,
            unit=getattr(self.place, unit),
            classes=self.year.classes[:n_classes],
            lead=lead,
            is_started=True,
            started_at=timezone.now(),
            round=self.year.autumn,
        )
        freeze_picture(meeting)
        return meeting

    def page(self, meeting: AnalysisMeeting, by: User | None = None, **query: str) -> Any:
        address = reverse("interventions:meeting-picture", args=[meeting.key])
        return self.sign_in(by or meeting.lead).get(address, query)

    def table(self, meeting: AnalysisMeeting, **query: str) -> str:
        """The map itself, with the addresses of this meeting's own pages as if they were any meeting's."""
        page = self.page(meeting, **query).content.decode()
        assert page.count("</table>") == 1
        return page[page.index('<table class="grid') : page.index("</table>")].replace(meeting.key, "KEY")

    def class_key(self, n: int = 0) -> str:
        return self.year.classes[n].key


# Rung, unit, number of classes, and who leads and looks.
MEETINGS: dict[str, tuple[Rung, str, int, str]] = {
    "teacher": (Rung.TEACHER, "class_4a", 0, "teacher"),
    "team": (Rung.TEAM, "school", 2, "analysis_lead"),
    "school": (Rung.SCHOOL, "school", 0, "principal"),
    "area": (Rung.AREA, "area", 0, "area_head"),
    "administration": (Rung.ADMINISTRATION, "administration", 0, "administration_head"),
    "board": (Rung.BOARD, "administration", 0, "administration_head"),
}
OF_UNITS = ("school", "area", "administration", "board")


@pytest.fixture
def scene(
    year: Year, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, clock: datetime.date
) -> Scene:
    def now(moment: datetime.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    missing = [pupil.pk for of_class in year.pupils for pupil in of_class[::2]]
    Result.objects.filter(pupil__in=missing).delete()
    of_file = [(pupil, year.indicator, year.autumn, 3300.0, Mark.MEASURED) for pupil in year.pupils[0][1:4:2]]
    record_results(frame(of_file), by=None, batch=batch)
    _count(year)
    now(START)
    return Scene(year, sign_in, now, batch)


def _count(year: Year) -> None:
    recount_municipality()
    release_round(year.autumn)


def correct_many(scene: Scene) -> None:
    """By a file: a few are corrected in each class, and one has no value any more."""
    year = scene.year
    rows = [
        (pupil, year.indicator, year.autumn, 3900.0, Mark.MEASURED)
        for of_class in year.pupils
        for pupil in of_class[:14]
    ]
    rows.append((year.pupils[0][20], year.indicator, year.autumn, float("nan"), Mark.ABSENT))
    record_results(frame(rows), by=None, batch=ImportBatchFactory())


def measure_the_others(scene: Scene) -> None:
    """So many that the heads and the board get new figures, too."""
    year = scene.year
    values = {
        pupil: 800 + 100 * n for of_class in year.pupils for n, pupil in enumerate(of_class) if n % 2 == 0
    }
    record(year.autumn, year.indicator, values)


def correct_one(scene: Scene) -> None:
    record(scene.year.autumn, scene.year.indicator, {scene.year.pupils[0][5]: 100})


def undo(scene: Scene) -> None:
    undo_batch(batch=scene.batch)


def change_the_limits(scene: Scene) -> None:
    """From before the round on, so that every value is judged again."""
    day = datetime.date(2026, 8, 1)
    set_threshold(
        indicator=scene.year.indicator, year_group=4, yellow=2500, green=3000, from_day=day, by=None
    )


def give_the_school_its_own_limits(scene: Scene) -> None:
    set_threshold(
        indicator=scene.year.indicator,
        year_group=4,
        yellow=100,
        green=200,
        from_day=datetime.date(2026, 8, 1),
        by=None,
        school=scene.place.school,
        reason="Prövar en annan gräns",
    )


def move_a_pupil(scene: Scene) -> None:
    day = datetime.date(2026, 9, 15)
    pupil, to = scene.year.pupils[0][3], scene.year.classes[2]
    enrol_pupil(pupil=pupil, school_class=to, year_group=4, on=day)


def rename_the_class(scene: Scene) -> None:
    change(Unit.objects.filter(pk=scene.place.class_4a.pk), name="4 Alfa")


def rename_the_school(scene: Scene) -> None:
    change(Unit.objects.filter(pk=scene.place.school.pk), name="Nya skolan")


def merge_the_schools(scene: Scene) -> None:
    day = timezone.localdate()
    merge_units(units=[scene.year.other_school], into=scene.place.school, on=day, by=None)


def merge_into_the_other(scene: Scene) -> None:
    day = timezone.localdate()
    merge_units(units=[scene.place.school], into=scene.year.other_school, on=day, by=None)


def break_the_series(scene: Scene) -> None:
    add_break(indicator=scene.year.indicator, round_=scene.year.autumn, kind=BreakKind.NEW_VERSION, by=None)


def plan_more(scene: Scene) -> None:
    plan_indicator(round_=scene.year.autumn, indicator_id=IndicatorFactory().pk, year_groups=[4])


ACTS = [
    correct_many,
    measure_the_others,
    correct_one,
    undo,
    change_the_limits,
    give_the_school_its_own_limits,
    move_a_pupil,
    rename_the_class,
    rename_the_school,
    break_the_series,
    plan_more,
    merge_the_schools,
]


@pytest.mark.parametrize("act", [*ACTS, merge_into_the_other], ids=lambda act: act.__name__)
def test_classes_are_as_they_were_when_the_meeting_began(scene: Scene, act: Callable[[Scene], None]) -> None:
    team, school = scene.begin("team"), scene.begin("school")
    one = {"class": scene.class_key()}
    then = scene.table(team), scene.table(team, **one), scene.table(school, **one)
    scene.now(SOON)

    act(scene)

    _count(scene.year)
    scene.now(SOON + datetime.timedelta(hours=1))
    assert (scene.table(team), scene.table(team, **one), scene.table(school, **one)) == then


@pytest.mark.parametrize("what", MEETINGS)
def test_picture_has_the_same_bytes_a_year_later_whatever_came_since(scene: Scene, what: str) -> None:
    meeting = scene.begin(what)
    then = scene.table(meeting)
    scene.now(SOON)
    for act in ACTS:
        act(scene)
    names = {"sv": "Nytt namn", "en": "New name"}
    if what in OF_UNITS:
        Indicator.objects.filter(pk=scene.year.indicator.pk).update(names=names, area="health", unit="steg")
    _count(scene.year)

    assert scene.table(meeting) == then
    assert scene.table(scene.begin(what)) != then
    scene.now(A_YEAR_LATER)
    if what == "teacher":
        assert scene.page(meeting).status_code == 403, (
            "nobody reads what was a teacher's when the class has ended"
        )
        Unit.objects.filter(pk=scene.place.class_4a.pk).update(valid_to=None)
    assert scene.table(meeting) == then


@pytest.mark.parametrize("what", OF_UNITS)
def test_new_figures_are_those_of_the_next_meeting(scene: Scene, what: str) -> None:
    first = scene.begin(what)
    then = scene.table(first)
    scene.now(SOON)
    measure_the_others(scene)
    _count(scene.year)

    second = scene.begin(what)

    kept = [MeetingPicture.objects.get(meeting=each).contents["shares"] for each in (first, second)]
    assert kept[0] != kept[1]
    assert (scene.table(first), scene.table(second) == then) == (then, False)


def test_picture_is_frozen_once(scene: Scene) -> None:
    meeting = scene.begin("school")
    kept = MeetingPicture.objects.get(meeting=meeting)
    change_the_limits(scene)
    _count(scene.year)

    freeze_picture(meeting)

    again = MeetingPicture.objects.get(meeting=meeting)
    assert (again.pk, again.contents) == (kept.pk, kept.contents)


def test_of_classes_nothing_is_copied(scene: Scene) -> None:
    scene.begin("teacher")
    scene.begin("team")

    assert not MeetingPicture.objects.exists()


def test_page_says_when_and_leads_from_part_to_part(scene: Scene) -> None:
    meeting = scene.begin("school")

    page = scene.page(meeting).content.decode()
    of_class = scene.page(meeting, **{"class": scene.class_key()}).content.decode()

    assert "As it stood when the meeting began, Nov. 16, 2026, 10 a.m.." in text_of(page)
    parts = [f'<li><a href="{meeting_address(meeting)}', f"?class={scene.class_key()}"]
    assert all(part in page and part in of_class for part in parts)
    assert f'<tr><th scope="row"><a href="{meeting_address(meeting)}?class={scene.class_key()}">' in page
    assert "Figures, limits and names are those of then." in page
    assert "names of pupils are those of today" in of_class


def meeting_address(meeting: AnalysisMeeting) -> str:
    return reverse("interventions:meeting-picture", args=[meeting.key])


def test_ways_on_from_a_class_lead_to_the_same_moment(scene: Scene) -> None:
    meeting = scene.begin("team")
    scene.now(SOON)

    page = scene.page(meeting).content.decode()

    asked = "as_of=2026-11-16T09:00:00.000250Z"
    assert page.count(f"/?{asked}") == 48
    assert f"?round={scene.year.autumn.key}&amp;{asked}" in page
    assert '<a href="#limits-LAS">' in page


def test_seeing_the_pupils_is_recorded_for_each_class(scene: Scene) -> None:
    meeting = scene.begin("team")
    scene.page(meeting)

    events = AuditEvent.objects.filter(action="meeting picture seen").order_by("pk")
    assert [(event.unit_id, event.subject) for event in events] == [
        (each.pk, meeting.key) for each in scene.year.classes[:2]
    ]
    assert [event.pupil_ids for event in events] == [
        sorted(pupil.pk for pupil in of_class) for of_class in scene.year.pupils[:2]
    ]


def test_map_of_the_school_names_no_pupil_and_records_none(scene: Scene) -> None:
    meeting = scene.begin("school")

    page = scene.page(meeting).content.decode()

    assert not any(pupil.family_name in page for pupil in scene.year.everybody)
    assert not AuditEvent.objects.filter(action="meeting picture seen").exists()


@pytest.mark.parametrize("who", ["area_head", "administration_head", "board_member", "coordinator"])
def test_nobody_above_the_school_gets_the_picture_of_its_meetings(scene: Scene, who: str) -> None:
    for what in ("teacher", "team", "school"):
        meeting = scene.begin(what)
        assert scene.page(meeting, getattr(scene.place, who)).status_code == 403


def test_teacher_of_one_of_the_classes_gets_no_picture_of_the_others(scene: Scene) -> None:
    assert scene.page(scene.begin("team"), scene.place.teacher).status_code == 403


@pytest.mark.parametrize("what", ["area", "administration", "board"])
def test_picture_above_the_school_has_no_classes(scene: Scene, what: str) -> None:
    meeting = scene.begin(what)

    page = scene.page(meeting).content.decode()

    assert scene.page(meeting, **{"class": scene.class_key()}).status_code == 404
    assert not any(pupil.family_name in page for pupil in scene.year.everybody)
    assert "?class=" not in page


def test_class_that_the_meeting_was_not_about_is_not_found(scene: Scene) -> None:
    team = scene.begin("team")

    assert scene.page(team, **{"class": scene.class_key(2)}).status_code == 404
    assert scene.page(team, **{"class": "none"}).status_code == 404


def test_board_has_the_boards_picture_whoever_begins(scene: Scene) -> None:
    meeting = scene.begin("board")

    page = scene.page(meeting, scene.place.administration_head).content.decode()

    contents = MeetingPicture.objects.get(meeting=meeting).contents
    assert (contents["tier"], meeting.lead) == (Tier.BOARD.value, scene.place.administration_head)
    assert not any("colours" in share for row in contents["shares"] for share in row if share)
    assert "Shares are in steps of five percentage points" in page
    heads = MeetingPicture.objects.get(meeting=scene.begin("administration")).contents
    assert heads["tier"] == Tier.HEADS.value


def test_school_sees_true_counts_and_heads_what_is_released(scene: Scene) -> None:
    record(scene.year.autumn, scene.year.indicator, dict.fromkeys(scene.year.pupils[0][:23], 3000))
    _count(scene.year)

    school = MeetingPicture.objects.get(meeting=scene.begin("school")).contents
    area = MeetingPicture.objects.get(meeting=scene.begin("area")).contents

    assert school["shares"][1][0]["colours"] == [24, 0, 0, 0]
    assert [unit[2] for unit in area["units"]][1:] == ["Norrskolan", "Solviksskolan"]


def test_meeting_that_names_classes_keeps_no_map_of_the_others(scene: Scene) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.SCHOOL),
        unit=scene.place.school,
        classes=[scene.place.class_4a],
        lead=scene.place.principal,
        is_started=True,
        round=scene.year.autumn,
    )
    freeze_picture(meeting)

    assert not MeetingPicture.objects.filter(meeting=meeting).exists()


def test_meeting_that_has_not_begun_or_saw_no_round_says_so(scene: Scene) -> None:
    own = {"kind": kind_of(Rung.SCHOOL), "unit": scene.place.school, "lead": scene.place.principal}
    planned, without_round = MeetingFactory(**own), MeetingFactory(is_started=True, **own)
    freeze_picture(without_round)

    assert "The meeting has not begun" in scene.page(planned).content.decode()
    assert "The meeting saw no map" in scene.page(without_round).content.decode()


def test_picture_of_a_version_that_is_not_known_is_no_fault(scene: Scene) -> None:
    meeting = scene.begin("area")
    MeetingPicture.objects.filter(meeting=meeting).update(contents={"version": 99})

    page = scene.page(meeting)

    assert (page.status_code, "The meeting saw no figures" in page.content.decode()) == (200, True)


def test_results_that_were_being_counted_are_told_of(scene: Scene) -> None:
    correct_one(scene)

    meeting = scene.begin("school")

    page = scene.page(meeting).content.decode()
    assert "Newer results were being counted when the meeting began" in page
    assert "every 3s" not in page


def test_own_limits_are_told_as_they_were(scene: Scene) -> None:
    give_the_school_its_own_limits(scene)
    meeting = scene.begin("school")
    scene.now(SOON)
    change_the_limits(scene)
    rename_the_school(scene)

    page = text_of(scene.page(meeting).content.decode())

    assert "Läsförståelse: judged by the school&#x27;s own limits, because: Prövar en annan gräns." in page
    assert "Nya skolan" not in page[page.index("As it stood") :]


def test_picture_is_read_in_the_readers_language(scene: Scene) -> None:
    names = {"sv": "Läsförståelse", "en": "Reading"}
    Indicator.objects.filter(pk=scene.year.indicator.pk).update(names=names)

    english = scene.table(scene.begin("area"))

    assert ("Reading" in english, "Läsförståelse" in english) == (True, False)


@pytest.mark.parametrize(
    ("what", "n"), [("teacher", 40), ("team", 42), ("school", 30), ("area", 22), ("board", 22)]
)
def test_page_asks_the_database_a_fixed_number_of_times(
    scene: Scene, django_assert_max_num_queries: Callable[[int], Any], what: str, n: int
) -> None:
    meeting = scene.begin(what)
    browser = scene.sign_in(meeting.lead)
    scene.now(SOON)

    with django_assert_max_num_queries(n):
        browser.get(meeting_address(meeting))


# ---- the cells of a case ----


def case_of(
    meeting: AnalysisMeeting, *indicators: Indicator, pupil: Pupil | None = None, unit: Unit | None = None
) -> MeetingCase:
    case = CaseFactory(meeting=meeting, pupil=pupil, unit=unit)
    for indicator in indicators:
        CaseIndicator.objects.create(municipality=case.municipality, case=case, indicator=indicator)
    return case


def said(case: MeetingCase) -> list[tuple[Any, ...]]:
    return [
        (each.state, each.movement, each.value, each.words, each.limits, each.counts, str(each.drawing))
        for each in cells_of_case(case)
    ]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_cells_of_cases_are_those_of_the_start(scene: Scene, act: Callable[[Scene], None]) -> None:
    team, school, area = scene.begin("team"), scene.begin("school"), scene.begin("area")
    reading, pupils = scene.year.indicator, scene.year.pupils[0]
    cases = [case_of(team, reading, pupil=pupil, unit=scene.place.class_4a) for pupil in pupils[:6]]
    cases += [
        case_of(team, reading, unit=scene.place.class_4a),
        case_of(school, reading, unit=scene.place.school),
        case_of(area, reading, unit=scene.place.school),
    ]
    then = [said(case) for case in cases]
    scene.now(SOON)

    act(scene)

    _count(scene.year)
    scene.now(A_YEAR_LATER)
    assert [said(case) for case in cases] == then


def test_cell_of_a_pupil_says_value_level_and_limits(scene: Scene) -> None:
    pupil, other = scene.year.pupils[0][5], IndicatorFactory(position=30_001)

    first, second = cells_of_case(case_of(scene.begin("team"), other, scene.year.indicator, pupil=pupil))

    assert (first.indicator, first.value) == (scene.year.indicator, "13")
    assert (first.state, first.movement, first.words) == ("red", "", "intervention needed")
    assert (first.limits, first.counts, first.measured) == ("green from 26, yellow from 16", [], None)
    assert str(first.drawing).startswith('<td class="red')
    assert (second.indicator, second.state, second.value) == (other, "notdue", "")


def test_counts_of_a_class_are_of_how_many_were_due(scene: Scene) -> None:
    (found,) = cells_of_case(case_of(scene.begin("team"), scene.year.indicator, unit=scene.place.class_4a))

    assert found.counts == [
        ("red", "intervention needed", 2),
        ("yellow", "passed", 5),
        ("green", "good result", 5),
    ]
    assert (found.measured, found.due, found.state, found.value) == (12, 24, "", "")
    assert found.words.startswith("2 intervention needed, 5 passed, 5 good result; 12 of 24 measured")
    assert found.limits == "green from 26, yellow from 16"
    assert str(found.drawing).startswith('<svg class="wide-bar"')


def test_counts_above_the_school_are_those_of_the_picture(scene: Scene) -> None:
    heads = cells_of_case(case_of(scene.begin("area"), scene.year.indicator, unit=scene.place.school))
    board = cells_of_case(
        case_of(scene.begin("board"), scene.year.indicator, unit=scene.place.administration)
    )

    assert [(each.is_percent, each.measured) for each in (*heads, *board)] == [(False, 24), (True, None)]
    assert all(number % 5 == 0 for _state, _word, number in board[0].counts)


def test_case_before_the_start_is_as_it_stands(scene: Scene) -> None:
    own = {"lead": scene.place.principal}
    team = MeetingFactory(
        kind=kind_of(Rung.TEAM), unit=scene.place.school, classes=[scene.place.class_4a], **own
    )
    area = MeetingFactory(kind=kind_of(Rung.AREA), unit=scene.place.area, **own)
    of_pupil = case_of(team, scene.year.indicator, pupil=scene.year.pupils[0][4])
    of_class = case_of(team, scene.year.indicator, unit=scene.place.class_4a)
    of_school = case_of(area, scene.year.indicator, unit=scene.place.school)
    before = [cells_of_case(each)[0].words for each in (of_pupil, of_class, of_school)]

    measure_the_others(scene)
    _count(scene.year)

    after = [cells_of_case(each)[0].words for each in (of_pupil, of_class, of_school)]
    assert all(earlier != later for earlier, later in zip(before, after, strict=True))


def test_case_of_nothing_measured_has_no_cells(scene: Scene) -> None:
    meeting = scene.begin("team")

    assert cells_of_case(CaseFactory(meeting=meeting, pupil=scene.year.pupils[0][0])) == []
    assert cells_of_case(case_of(meeting, scene.year.indicator)) == []


@pytest.mark.parametrize("n_indicators", [1, 3])
def test_cells_ask_the_database_no_more_for_more_indicators(
    scene: Scene, django_assert_max_num_queries: Callable[[int], Any], n_indicators: int
) -> None:
    meeting = scene.begin("team")
    indicators = [scene.year.indicator, *IndicatorFactory.create_batch(2)][:n_indicators]
    cases = [
        case_of(meeting, *indicators, pupil=scene.year.pupils[0][0]),
        case_of(meeting, *indicators, unit=scene.place.class_4a),
    ]

    for case in cases:
        with django_assert_max_num_queries(20):
            cells_of_case(case)


# ---- what is kept ----


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("role", [RoleCode.AREA_HEAD, RoleCode.BOARD_MEMBER, RoleCode.PRINCIPAL])
def test_every_map_of_units_is_made_again_from_what_is_kept(
    in_solviken: Place, seed: int, role: RoleCode
) -> None:
    built, round_ = build_town(seed), RoundFactory(starts_on=datetime.date(2026, 10, 1))
    for n in range(3):
        store_random_sums(built, round_, IndicatorFactory(unit="poäng"), 10 * seed + n)
    release_round(round_)

    for unit in built.units.values():
        figures = unit_map(unit, round_, SightOfRole(role, unit))
        kept = from_json(json.loads(json.dumps(as_json(figures))))

        assert kept is not None
        assert kept.figures == figures
        for language in ("en", "sv"):
            with translation.override(language):
                assert str(context_of(kept.figures)) == str(context_of(figures))


def context_of(figures: Any) -> dict[str, Any]:
    heads = [ColumnHead("", each.name, each.unit, "") for each in figures.indicators]
    context = map_context(figures, heads, [""] * len(figures.children))
    return {name: value for name, value in context.items() if name not in ("map", "round")}
