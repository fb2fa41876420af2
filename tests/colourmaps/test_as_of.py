"""The class map and the pupil's page as they stood on a day: the same bytes as were shown then, whatever came since."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.known import change
from accounts.models import AuditEvent, Unit, User
from accounts.reorganisation import merge_units, move_unit
from accounts.services import begin_earlier
from colourmaps.as_of import AsOf, asked_for, at_moment, due, thresholds
from colourmaps.grid import as_decisions, class_grid, group_grid, limits_on
from colourmaps.limits import Limits
from colourmaps.models import (
    DueIndicator,
    ImportBatch,
    ImportState,
    Indicator,
    MeasurementRound,
    Result,
    Threshold,
)
from colourmaps.scales import Mark
from colourmaps.services import (
    end_own_limits,
    plan_indicator,
    record_results,
    set_threshold,
    take_back_threshold,
    undo_batch,
    unplan_indicator,
)
from pupils.models import Enrolment, Pupil
from pupils.services import end_enrolment, enrol_pupil, remove_pupils, take_back_enrolments
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    ImportBatchFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .recording_scene import frame

OCTOBER = datetime.date(2026, 10, 10)
LATER = datetime.date(2026, 11, 23)
# When the tests begin, and a second later.
START = datetime.datetime(2026, 11, 16, 9, tzinfo=datetime.UTC)
AFTER = START + datetime.timedelta(seconds=1)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> Callable[[datetime.date], None]:
    """`on_day(day)` makes it ten in the morning of the day."""

    def set_clock(day: datetime.date) -> None:
        moment = datetime.datetime.combine(day, datetime.time(9), datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_clock


@dataclass
class Shown:
    """Class 4A with an import, a value before the round, a newcomer and limits to come; and who looks at it."""

    place: Place
    sign_in: Callable[[User], Client]
    spring: MeasurementRound
    autumn: MeasurementRound
    reading: Indicator
    counting: Indicator
    pupils: list[Pupil]
    batch: ImportBatch
    newcomer: Enrolment
    other_school: Unit

    @property
    def browser(self) -> Client:
        """Of the teacher, signed in now: time flies between two looks."""
        return self.sign_in(self.place.teacher)

    def grid(self, as_of: datetime.date | None = None) -> str:
        """The grid of the class map, in the round of the autumn. as_of: a day, or a moment."""
        return self._grid("colourmaps:class-map", self.place.class_4a.key, as_of=as_of)

    def grid_of_year(self, as_of: datetime.date | None = None) -> str:
        """The same of all of year 4, as its principal sees it."""
        return self._grid("colourmaps:year-group-map", self.place.school.key, 4, as_of=as_of)

    def _grid(self, name: str, *args: Any, as_of: datetime.date | None) -> str:
        asked = as_of.isoformat().replace("+00:00", "Z") if as_of else ""
        query = {"round": self.autumn.key} | ({"as_of": asked} if asked else {})
        browser = self.browser if name == "colourmaps:class-map" else self.sign_in(self.place.principal)
        response = browser.get(reverse(name, args=args), query)
        assert response.status_code == 200
        return grid_part(response.content.decode(), asked)

    def charts(self, pupil: Pupil, as_of: datetime.date | None = None) -> str:
        query = {"as_of": as_of.isoformat()} if as_of else {}
        page = self.browser.get(reverse("colourmaps:pupil", args=[pupil.key]), query).content.decode()
        return page[page.index('<div class="charts">') : page.rindex("</figure>")]


def grid_part(page: str, as_of: str) -> str:
    """From the table to its end.

    Taken out is what the links keep of the day that was asked for, and what is fetched apart, and there for now alone:
    the row of red without an answer, and what is being done about a column.
    """
    part = page[page.index('<table class="grid class-map"') : page.index("</table>")]
    part = re.sub(r"<tr hx-get=.*?</tr>\n", "", part)
    part = re.sub(r' data-heads="[^"]*"', "", part)
    if as_of:
        assert part.count(f"as_of={as_of}") > 1
        part = part.replace(f"?as_of={as_of}", "").replace(f"&amp;as_of={as_of}", "")
    return part


@pytest.fixture
def shown(in_solviken: Place, sign_in: Callable[[User], Client]) -> Shown:
    place = in_solviken
    spring = RoundFactory(starts_on=datetime.date(2026, 8, 15), ends_on=datetime.date(2026, 8, 31))
    autumn = RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))
    reading, counting = IndicatorFactory(code="LAS"), IndicatorFactory(code="TAL")
    for indicator in (reading, counting):
        ThresholdFactory(indicator=indicator)
        DueIndicatorFactory(round=autumn, indicator=indicator)
    pupils = PupilFactory.create_batch(5, school_class=place.class_4a)
    record(spring, reading, dict(zip(pupils, (1000, 2000, 2500, 3000), strict=False)))
    record(autumn, reading, dict(zip(pupils, (1500, 2000, 2700, 2900), strict=False)), measured_on=OCTOBER)
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    rows = [(pupil, counting, autumn, 1700.0, Mark.MEASURED) for pupil in pupils[:3]]
    record_results(frame(rows), by=None, batch=batch)
    late = PupilFactory(school_class=place.class_4a, since=datetime.date(2026, 11, 2))
    return Shown(
        place=place,
        sign_in=sign_in,
        spring=spring,
        autumn=autumn,
        reading=reading,
        counting=counting,
        pupils=pupils,
        batch=batch,
        newcomer=Enrolment.objects.get(pupil=late),
        other_school=UnitFactory(name="Andra skolan", parent=place.area),
    )


def correct_a_value(shown: Shown) -> None:
    record(shown.autumn, shown.reading, {shown.pupils[0]: 3500})


def correct_the_value_before(shown: Shown) -> None:
    """The value of the autumn stays as it is, and its movement does not."""
    record(shown.spring, shown.reading, {shown.pupils[0]: 3500})


def forget_the_value_before(shown: Shown) -> None:
    record(shown.spring, shown.reading, {shown.pupils[0]: Mark.ABSENT})


def give_a_missing_value(shown: Shown) -> None:
    record(shown.autumn, shown.reading, {shown.pupils[4]: 2000})


def move_a_pupil_back_in_time(shown: Shown) -> None:
    day = datetime.date(2026, 9, 15)
    enrol_pupil(pupil=shown.pupils[1], school_class=shown.place.class_5a, year_group=5, on=day)


def end_an_enrolment(shown: Shown) -> None:
    end_enrolment(enrolment=Enrolment.objects.get(pupil=shown.pupils[3]), on=OCTOBER)


def bring_a_pupil_in(shown: Shown) -> None:
    PupilFactory(school_class=shown.place.class_4a)


def take_an_enrolment_back(shown: Shown) -> None:
    take_back_enrolments([shown.newcomer.pk], ended=[])


def undo_an_import(shown: Shown) -> None:
    undo_batch(batch=shown.batch)


def lower_the_limits(shown: Shown) -> None:
    set_threshold(indicator=shown.reading, year_group=4, yellow=100, green=1800, from_day=OCTOBER, by=None)


def give_the_school_its_own_limits(shown: Shown) -> None:
    set_threshold(
        indicator=shown.reading,
        year_group=4,
        yellow=100,
        green=200,
        from_day=OCTOBER,
        by=None,
        school=shown.place.school,
        reason="Prövar en annan gräns",
    )


def plan_more(shown: Shown) -> None:
    plan_indicator(round_=shown.autumn, indicator_id=IndicatorFactory().pk, year_groups=[4])


def plan_less(shown: Shown) -> None:
    Result.objects.filter(indicator=shown.counting).delete()  # or it could not be taken out of the plan
    unplan_indicator(round_=shown.autumn, indicator_id=shown.counting.pk, year_groups=[4])


ACTS = [
    correct_a_value,
    correct_the_value_before,
    forget_the_value_before,
    give_a_missing_value,
    move_a_pupil_back_in_time,
    end_an_enrolment,
    bring_a_pupil_in,
    take_an_enrolment_back,
    undo_an_import,
    lower_the_limits,
    give_the_school_its_own_limits,
    plan_more,
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_map_of_a_day_has_the_bytes_that_were_shown_then(
    shown: Shown, on_day: Callable[[datetime.date], None], act: Callable[[Shown], None]
) -> None:
    then = shown.grid()
    on_day(LATER)

    act(shown)

    assert shown.grid() != then
    assert shown.grid(as_of=TODAY) == then


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_map_of_a_moment_knows_what_came_before_it_and_not_what_came_a_second_after(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, act: Callable[[Shown], None]
) -> None:
    then = shown.grid(), shown.grid_of_year()
    monkeypatch.setattr(timezone, "now", lambda: AFTER)

    act(shown)

    monkeypatch.setattr(timezone, "now", lambda: AFTER + datetime.timedelta(hours=1))
    now = shown.grid(), shown.grid_of_year()
    assert now != then
    assert (shown.grid(as_of=START), shown.grid_of_year(as_of=START)) == then
    assert (shown.grid(as_of=AFTER), shown.grid_of_year(as_of=AFTER)) == now


def test_map_of_a_day_has_the_bytes_that_were_shown_then_after_all_of_it(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    """One thing a day, with the tree reorganised and units renamed in between; every day's map comes back."""
    kept = {TODAY: shown.grid()}
    kept_of_year = {TODAY: shown.grid_of_year()}
    reorganise = [
        lambda: move_unit(
            unit=shown.place.school, parent=shown.place.administration, on=datetime.date(2026, 11, 1), by=None
        ),
        lambda: change(Unit.objects.filter(pk=shown.place.class_4a.pk), name="4 Alfa"),
        lambda: merge_units(units=[shown.place.school], into=shown.other_school, on=LATER, by=None),
    ]
    for n, act in enumerate([*ACTS, *reorganise]):
        day = LATER + datetime.timedelta(days=n)
        on_day(day)
        act(shown) if act in ACTS else act()  # type: ignore[call-arg]
        kept[day] = shown.grid()
        kept_of_year[day] = shown.grid_of_year()
    on_day(LATER + datetime.timedelta(days=60))

    assert {day: shown.grid(as_of=day) for day in kept} == kept
    assert {day: shown.grid_of_year(as_of=day) for day in kept} == kept_of_year
    assert len(set(kept.values())) >= len(ACTS)


def test_limits_are_those_that_were_decided_by_then(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    def said(as_of: datetime.date | None = None) -> list[str]:
        query = {"round": shown.autumn.key} | ({"as_of": as_of.isoformat()} if as_of else {})
        page = shown.browser.get(reverse("colourmaps:class-map", args=[shown.place.class_4a.key]), query)
        return [sentence for _indicator, sentences in page.context["limits"] for sentence in sentences]

    before = said()
    on_day(LATER)
    lower_the_limits(shown)
    give_the_school_its_own_limits(shown)

    assert before == ["green from 26, yellow from 16"] * 2
    assert said(as_of=TODAY) == before
    assert said() == [
        "green from 2, yellow from 1 – the school's own limits, because: Prövar en annan gräns "
        "(in the municipality: green from 18, yellow from 1)",
        "green from 26, yellow from 16",
    ]


def test_own_limits_that_have_ended_are_known_to_have_held(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    give_the_school_its_own_limits(shown)
    with_own = shown.grid()
    on_day(LATER)
    own = Threshold.objects.get(school=shown.place.school)

    end_own_limits(threshold=own, from_day=datetime.date(2026, 10, 11), by=None)
    set_threshold(indicator=shown.reading, year_group=4, yellow=1, green=2, from_day=LATER, by=None)

    assert shown.grid(as_of=TODAY) == with_own


def test_limits_taken_back_are_known_to_have_been_decided(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    later = {"indicator": shown.reading, "year_group": 4, "from_day": LATER, "by": None}
    set_threshold(yellow=100, green=200, **later)
    on_day(TODAY + datetime.timedelta(days=1))
    take_back_threshold(threshold=Threshold.objects.get(valid_from=LATER), today=TODAY, by=None)

    then, now = (
        {
            4: limits_on(
                as_decisions(thresholds(Q(indicator=shown.reading), AsOf(day)))[shown.reading.pk], 4, LATER
            )
        }
        for day in (TODAY, TODAY + datetime.timedelta(days=1))
    )
    assert (then, now) == ({4: Limits(100, 200)}, {4: Limits(1600, 2600)})


def test_class_that_was_begun_earlier_afterwards_is_counted_by_its_days_of_then(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    """In the round of August a class that began in September was counted on its first day."""
    place = shown.place
    begins = datetime.date(2026, 9, 10)
    Unit.objects.filter(pk=place.class_4a.pk).update(valid_from=begins)
    shown.autumn = shown.spring
    DueIndicatorFactory(round=shown.spring, indicator=shown.reading)
    Enrolment.objects.filter(pupil=shown.pupils[0]).update(valid_from=begins)
    then = shown.grid()
    on_day(LATER)

    begin_earlier(unit=Unit.objects.get(pk=place.class_4a.pk), on=datetime.date(2026, 8, 1))

    assert shown.grid() != then
    assert shown.grid(as_of=TODAY) == then


def test_charts_of_a_pupil_are_those_that_were_shown_then(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    pupil = shown.pupils[0]
    then = shown.charts(pupil)
    on_day(LATER)
    for act in (correct_a_value, correct_the_value_before, lower_the_limits, undo_an_import):
        act(shown)

    assert shown.charts(pupil) != then
    assert shown.charts(pupil, as_of=TODAY) == then


def test_panel_of_a_cell_is_of_the_day(shown: Shown, on_day: Callable[[datetime.date], None]) -> None:
    def panel(**query: str) -> dict[str, Any]:
        address = reverse("colourmaps:cell-panel", args=[shown.pupils[0].key, "LAS"])
        return shown.browser.get(address, {"round": shown.autumn.key} | query).context["panel"]

    then = panel()
    on_day(LATER)
    correct_a_value(shown)
    give_the_school_its_own_limits(shown)

    as_of = panel(as_of=TODAY.isoformat())
    assert as_of.pop("url") == then.pop("url").replace("#", f"?as_of={TODAY}#")
    assert as_of == then
    # The value was measured before the school's own limits, and is judged by those of its day.
    assert panel()["limits"] == then["limits"]
    assert panel()["value"] != then["value"]


def test_page_of_a_day_says_so_offers_the_way_back_and_no_acts(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    on_day(LATER)
    address = reverse("colourmaps:class-map", args=[shown.place.class_4a.key])

    page = shown.browser.get(address, {"as_of": TODAY.isoformat()})

    content = page.content.decode()
    assert "As it stood on Nov. 16, 2026." in content
    assert page.context["as_of"]["now"] == f"{address}?round={shown.autumn.key}"
    assert (page.context["actions"], page.context["downloads"]) == ([], [])
    assert re.search(r'href="\?round=\w+&amp;as_of=2026-11-16"', content)
    event = AuditEvent.objects.filter(action="class map seen").latest("pk")
    assert event.facts == {"as_of": "2026-11-16"}


def test_class_that_was_not_there_yet_has_no_map_and_says_so(shown: Shown) -> None:
    address = reverse("colourmaps:class-map", args=[shown.place.class_4a.key])
    before = shown.place.class_4a.valid_from - datetime.timedelta(days=1)

    page = shown.browser.get(address, {"as_of": before.isoformat()})

    assert "There is no map of the class from that day" in page.content.decode()
    assert page.context["as_of"]["now"] == address


def test_pupil_who_was_taken_out_of_the_register_is_not_shown_again(
    shown: Shown, on_day: Callable[[datetime.date], None]
) -> None:
    pupil = shown.newcomer.pupil
    assert pupil.family_name in shown.grid()
    on_day(LATER)

    remove_pupils([pupil.pk])

    assert pupil.family_name not in shown.grid(as_of=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "2026-02-30",
        "2026-11-16",
        "2027-01-01",
        "2026-11-16T08:59:59",  # of which place?
        "2026-11-16T09:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-11-15T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_day_of_the_past_asks_for_the_map_of_now(clock: datetime.date, text: str | None) -> None:
    assert asked_for(text, TODAY) is None


def test_day_of_the_past_is_over_at_midnight() -> None:
    as_of = asked_for("2026-11-15", TODAY)

    assert as_of is not None
    assert as_of.moment.isoformat() == "2026-11-15T23:59:59.999999+01:00"


def test_moment_of_today_is_asked_for_and_kept_in_addresses(clock: datetime.date) -> None:
    as_of = asked_for("2026-11-16T09:30:00.000001+01:00", TODAY)

    assert as_of == at_moment(datetime.datetime(2026, 11, 16, 8, 30, 0, 1, tzinfo=datetime.UTC))
    assert as_of is not None
    assert (as_of.day, as_of.query) == (TODAY, "as_of=2026-11-16T08:30:00.000001Z")
    assert asked_for(as_of.asked, TODAY) == as_of


def test_day_of_a_moment_is_the_local_one() -> None:
    before_midnight = datetime.datetime(2026, 3, 14, 23, 30, tzinfo=datetime.UTC)

    assert at_moment(before_midnight).day == datetime.date(2026, 3, 15)


def test_page_of_a_moment_says_the_time(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AFTER)
    address = reverse("colourmaps:class-map", args=[shown.place.class_4a.key])

    page = shown.browser.get(address, {"as_of": "2026-11-16T09:00:00Z"}).content.decode()

    assert "As it stood on Nov. 16, 2026, 10 a.m.." in page
    assert "&amp;as_of=2026-11-16T09:00:00Z" in page


def test_map_of_a_moment_asks_the_database_no_more_for_more_classes(
    shown: Shown, django_assert_num_queries: Callable[[int], Any]
) -> None:
    give_the_school_its_own_limits(shown)
    more = [SchoolClassFactory(parent=shown.place.school, name=f"4{letter}") for letter in "BCD"]
    for school_class in more:
        PupilFactory(school_class=school_class)
    place, as_of = shown.place, at_moment(AFTER)

    for classes in ([place.class_4a, more[0]], [place.class_4a, place.class_5a, *more]):
        with django_assert_num_queries(22):
            group_grid(place.school, classes, shown.autumn, TODAY, as_of=as_of)


def test_plan_that_was_changed_is_known(shown: Shown, on_day: Callable[[datetime.date], None]) -> None:
    on_day(LATER)
    plan_less(shown)

    assert not DueIndicator.objects.filter(indicator=shown.counting).exists()
    assert due(shown.autumn, [4], AsOf(TODAY)) == {shown.reading.pk: {4}, shown.counting.pk: {4}}


def test_map_of_now_asks_the_database_no_more_than_before(
    shown: Shown, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(4):
        class_grid(shown.place.class_4a, shown.autumn, TODAY)


def test_seeded_results_can_be_recorded_at_a_moment_of_the_past(shown: Shown) -> None:
    at = datetime.datetime(2026, 10, 31, 16, tzinfo=datetime.UTC)
    results = pd.DataFrame(
        [
            {
                "pupil_id": shown.pupils[4].pk,
                "indicator_id": shown.reading.pk,
                "round_id": shown.autumn.pk,
                "value": 2000.0,
                "mark": 0,
                "measured_on": OCTOBER,
            }
        ]
    )

    record_results(results, by=None, at=at)

    assert Result.objects.get(pupil=shown.pupils[4]).recorded_at == at
