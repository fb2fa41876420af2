"""The pages with a map of pupils: a class, one pupil of it, one indicator over time, a team, a year group."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, RoleAssignment, Unit, User
from accounts.services import set_successors
from colourmaps.models import BreakKind, Indicator, MeasurementRound
from colourmaps.services import add_break
from pupils.models import Pupil
from tests.factories.accounts import LONG_AGO, SchoolClassFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import Place

SignIn = Callable[[User], Client]
ROWS = re.compile(r'<tr data-row="(\w+)"')


@pytest.fixture
def august(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(name="Start", starts_on=datetime.date(2026, 8, 5), ends_on=datetime.date(2026, 8, 14))


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 9, 30)
    )


@pytest.fixture
def reading(august: MeasurementRound, autumn: MeasurementRound) -> Indicator:
    """Due in year 4 in both rounds; yellow from 16, green from 26, give or take 1."""
    indicator = IndicatorFactory(code="LAS", names={"sv": "Läsning"}, measurement_error=100)
    ThresholdFactory(indicator=indicator)
    for round_ in (august, autumn):
        DueIndicatorFactory(round=round_, indicator=indicator)
    return indicator


@pytest.fixture
def pupils(in_solviken: Place, autumn: MeasurementRound, reading: Indicator) -> dict[str, Pupil]:
    """Ada 12, red; Bo 26, on the green limit; Cia missing."""
    made = {
        name: PupilFactory(given_name=name, family_name="Ek", school_class=in_solviken.class_4a)
        for name in ("Ada", "Bo", "Cia")
    }
    record(autumn, reading, {made["Ada"]: 1200, made["Bo"]: 2600})
    return made


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def order_of(content: str, pupils: dict[str, Pupil]) -> list[str]:
    names = {pupil.key: name for name, pupil in pupils.items()}
    return [names[key] for key in ROWS.findall(content)]


# --- a class ----------------------------------------------------------------------------------


def test_cells_hold_no_link_and_row_and_column_lead_on(
    in_solviken: Place, reading: Indicator, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    content = page(sign_in(in_solviken.teacher), "colourmaps:class-map", in_solviken.class_4a.key)

    assert re.search(r"<td[^>]*><a", content.split("<tfoot>")[0]) is None
    assert reverse("colourmaps:pupil", args=[pupils["Ada"].key]) in content
    assert reverse("colourmaps:class-indicator", args=[in_solviken.class_4a.key, "LAS"]) in content


def test_value_near_a_limit_is_marked_in_cell_legend_and_foot(
    in_solviken: Place, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    content = page(sign_in(in_solviken.teacher), "colourmaps:class-map", in_solviken.class_4a.key)

    assert '<td class="green near first">26<b> good result, near the limit</b>' in content
    assert '<td class="red first">12<b> intervention needed</b>' in content
    assert '<i class="key near">5</i>near the limit' in content


def test_value_is_near_the_limit_by_which_it_was_judged_not_by_a_later_one(
    in_solviken: Place, reading: Indicator, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    reading.thresholds.update(valid_to=datetime.date(2026, 9, 15))
    ThresholdFactory(
        indicator=reading, valid_from=datetime.date(2026, 9, 15), yellow_limit=1200, green_limit=3000
    )

    content = page(sign_in(in_solviken.teacher), "colourmaps:class-map", in_solviken.class_4a.key)

    assert '<td class="green near first">26' in content
    assert '<td class="red first">12' in content


def test_earlier_value_within_its_shelf_life_stands_in_and_is_not_counted(
    in_solviken: Place,
    august: MeasurementRound,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
) -> None:
    record(august, reading, {pupils["Cia"]: 3000})
    address = in_solviken.class_4a.key

    at_once = page(sign_in(in_solviken.teacher), "colourmaps:class-map", address)
    Indicator.objects.update(shelf_life_months=12)
    kept = page(sign_in(in_solviken.teacher), "colourmaps:class-map", address)

    assert '<td class="green stale first">30<small>2 mo.</small><b> good result, outdated</b>' in at_once
    assert '<td class="green first">30<small>2 mo.</small><b> good result, from an earlier round</b>' in kept
    for content in (at_once, kept):
        assert "<td>2<small>/3</small></td>" in content


def test_foot_says_of_each_column_when_it_was_measured(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
) -> None:
    record(autumn, reading, {pupils["Cia"]: 1000}, measured_on=datetime.date(2026, 9, 14))

    content = page(sign_in(in_solviken.teacher), "colourmaps:class-map", in_solviken.class_4a.key)

    assert "<td>1/9–14/9</td>" in content


def test_order_by_an_indicator_puts_missing_last(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
) -> None:
    first = PupilFactory(given_name="Aina", family_name="Ek", school_class=in_solviken.class_4a)
    everybody = {**pupils, "Aina": first}
    client, key = sign_in(in_solviken.teacher), in_solviken.class_4a.key

    by_name = order_of(page(client, "colourmaps:class-map", key), everybody)
    by_reading = order_of(page(client, "colourmaps:class-map", key, sort="LAS"), everybody)

    assert by_name == ["Ada", "Aina", "Bo", "Cia"]
    assert by_reading == ["Ada", "Bo", "Aina", "Cia"]


def test_small_screen_shows_one_pupil_or_one_indicator(
    in_solviken: Place, reading: Indicator, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    client, key = sign_in(in_solviken.teacher), in_solviken.class_4a.key

    of_ada = page(client, "colourmaps:class-map", key, show=pupils["Ada"].key)
    to_reading = client.get(reverse("colourmaps:class-map", args=[key]), {"show": "LAS"})

    assert ROWS.findall(of_ada) == ["LAS"]
    assert '<td class="red">12<b> intervention needed</b>' in of_ada
    assert to_reading.url == reverse("colourmaps:class-indicator", args=[key, "LAS"])
    seen = AuditEvent.objects.filter(action="class map seen").latest("pk")
    assert seen.pupil_ids == sorted(pupil.pk for pupil in pupils.values()), (
        "the others stand beside, to be chosen"
    )


# --- one indicator over time ------------------------------------------------------------------


def test_rounds_are_columns_and_a_break_stands_at_the_first_round_after_it(
    in_solviken: Place,
    august: MeasurementRound,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
) -> None:
    record(august, reading, {pupils["Ada"]: 2000})
    add_break(
        indicator=reading, round_=autumn, kind=BreakKind.OTHER_TIME, reason="Tio veckor tidigare.", by=None
    )

    content = page(
        sign_in(in_solviken.teacher), "colourmaps:class-indicator", in_solviken.class_4a.key, "LAS"
    )

    assert re.findall(r'data-column="(\w+)"', content) == [august.key, autumn.key]
    assert '<td class="yellow">20<b> passed</b><td class="red break">12' in content
    assert (
        "From HT 2026 on not comparable with the rounds before: taken in another part of the year. "
        "Tio veckor tidigare."
    ) in content
    assert "/pupils/{row}/LAS/panel/?round={column}" in content


def test_indicator_without_results_says_so_and_an_unknown_one_is_not_found(
    in_solviken: Place, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    IndicatorFactory(code="NY")
    client, key = sign_in(in_solviken.teacher), in_solviken.class_4a.key

    assert "Nothing measured yet" in page(client, "colourmaps:class-indicator", key, "NY")
    assert client.get(reverse("colourmaps:class-indicator", args=[key, "INGEN"])).status_code == 404


# --- several classes --------------------------------------------------------------------------


def test_team_map_has_the_own_classes_one_below_the_other(
    in_solviken: Place, autumn: MeasurementRound, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    other = SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    dag = PupilFactory(given_name="Dag", family_name="Alm", school_class=other)
    PupilFactory(school_class=in_solviken.class_5a)
    RoleAssignment.objects.create(
        municipality=in_solviken.municipality,
        user=in_solviken.teacher,
        role="analysis_lead",
        unit=other,
        valid_from=LONG_AGO,
    )

    content = page(sign_in(in_solviken.teacher), "colourmaps:team-map")

    assert order_of(content, {**pupils, "Dag": dag}) == ["Ada", "Bo", "Cia", "Dag"]
    assert re.findall(r'<th class="of">(\w+)', content) == ["4A", "4A", "4A", "4B"]
    seen = AuditEvent.objects.filter(action="team map seen").order_by("pk")
    assert [(event.unit_id, event.pupil_ids) for event in seen] == [
        (in_solviken.class_4a.pk, sorted(pupil.pk for pupil in pupils.values())),
        (other.pk, [dag.pk]),
    ]


def test_team_map_without_a_class_of_ones_own_says_where_to_go(
    in_solviken: Place, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    assert "No class is yours" in page(sign_in(in_solviken.principal), "colourmaps:team-map")


def test_year_group_map_has_the_pupils_of_the_year_group_from_all_classes(
    in_solviken: Place, autumn: MeasurementRound, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    mixed = SchoolClassFactory(name="4–5", year_group=None, parent=in_solviken.school)
    dag, eva = PupilFactory(given_name="Dag"), PupilFactory(given_name="Eva")
    EnrolmentFactory(pupil=dag, school_class=mixed, year_group=4)
    EnrolmentFactory(pupil=eva, school_class=mixed, year_group=5)

    content = page(sign_in(in_solviken.principal), "colourmaps:year-group-map", in_solviken.school.key, 4)

    assert order_of(content, {**pupils, "Dag": dag}) == ["Ada", "Bo", "Cia", "Dag"]
    assert eva.key not in content


def test_class_is_no_school_with_year_groups(
    in_solviken: Place, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    address = reverse("colourmaps:year-group-map", args=[in_solviken.class_4a.key, 4])

    assert sign_in(in_solviken.teacher).get(address).status_code == 404


@pytest.mark.slow
def test_two_hundred_pupils_open_in_under_a_second_in_as_many_queries_as_three(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
    django_assert_max_num_queries,
) -> None:
    client = sign_in(in_solviken.principal)
    address = reverse("colourmaps:year-group-map", args=[in_solviken.school.key, 4])
    with django_assert_max_num_queries(20) as with_few:
        client.get(address)
    many = PupilFactory.create_batch(197, school_class=in_solviken.class_4a)
    for indicator in [reading, *IndicatorFactory.create_batch(19)]:
        DueIndicatorFactory.create_batch(
            1, round=autumn, indicator=indicator
        ) if indicator != reading else None
        record(autumn, indicator, dict.fromkeys(many, 2000))

    with django_assert_max_num_queries(len(with_few)):
        start = time.process_time()
        response = client.get(address)
        spent = time.process_time() - start

    assert len(ROWS.findall(response.content.decode())) == 200
    assert spent < 1


# --- the panel --------------------------------------------------------------------------------


def panel(client: Client, pupil: Pupil, round_: MeasurementRound) -> str:
    return page(client, "colourmaps:cell-panel", pupil.key, "LAS", round=round_.key)


def test_panel_of_a_red_cell_begins_with_what_is_being_done(
    in_solviken: Place, autumn: MeasurementRound, pupils: dict[str, Pupil], sign_in: SignIn
) -> None:
    client = sign_in(in_solviken.teacher)
    red, green = (panel(client, pupils[name], autumn) for name in ("Ada", "Bo"))

    doing = reverse("interventions:cell-answers", args=[pupils["Ada"].key, "LAS"])
    assert red.index(doing) < red.index('class="value"')
    assert green.index("/answers/") > green.index('class="value"')


def test_panel_says_near_earlier_and_why_there_is_no_arrow(
    in_solviken: Place,
    august: MeasurementRound,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: dict[str, Pupil],
    sign_in: SignIn,
) -> None:
    record(august, reading, {pupils["Ada"]: 2000, pupils["Cia"]: 2000})
    add_break(indicator=reading, round_=autumn, kind=BreakKind.NEW_SCALE, by=None)
    client = sign_in(in_solviken.teacher)

    ada, bo, cia = (panel(client, pupils[name], autumn) for name in ("Ada", "Bo", "Cia"))

    assert "From HT 2026 on not comparable with the rounds before: new scale." in ada
    assert ada.count("<polyline") == 2
    assert "within the measurement error (±1)" in bo
    assert "and outdated" in cia


# --- the class before and after ---------------------------------------------------------------


@pytest.fixture
def class_3a(in_solviken: Place) -> Unit:
    """What 4A was until July."""
    end = datetime.date(2026, 7, 1)
    unit = SchoolClassFactory(
        name="3A", year_group=3, parent=in_solviken.school, valid_from=LONG_AGO, valid_to=end
    )
    set_successors({unit.pk: in_solviken.class_4a.pk})
    return unit


def test_class_leads_to_the_one_it_was_and_that_one_to_what_it_is_today(
    in_solviken: Place, pupils: dict[str, Pupil], class_3a: Unit, sign_in: SignIn
) -> None:
    RoundFactory(name="VT", starts_on=datetime.date(2026, 5, 1), ends_on=datetime.date(2026, 6, 1))
    client, today = sign_in(in_solviken.principal), in_solviken.class_4a

    of_today, of_then = (
        client.get(reverse("colourmaps:class-map", args=[key])) for key in (today.key, class_3a.key)
    )

    beside = [
        [link for link in page.context["links"] if "3A" in link.label or "4A" in link.label]
        for page in (of_today, of_then)
    ]
    assert beside == [
        [("Last year: 3A", reverse("colourmaps:class-map", args=[class_3a.key]))],
        [("These pupils today: 4A", reverse("colourmaps:class-map", args=[today.key]))],
    ]


def test_teacher_of_the_class_alone_is_led_to_no_class_that_is_closed_to_her(
    in_solviken: Place, pupils: dict[str, Pupil], class_3a: Unit, sign_in: SignIn
) -> None:
    content = page(sign_in(in_solviken.teacher), "colourmaps:class-map", in_solviken.class_4a.key)

    assert class_3a.key not in content


def test_class_without_pupils_says_the_next_step_and_counts_nothing(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, sign_in: SignIn
) -> None:
    address = reverse("colourmaps:class-map", args=[in_solviken.class_4a.key])

    response = sign_in(in_solviken.teacher).get(address)

    assert response.context["facts"] == ["HT 2026"]
    assert "No pupils in the class yet" in response.content.decode()
