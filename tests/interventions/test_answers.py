"""Which red cells have an answer: in the panel of a cell, at the foot of the class's map, on the page of the school."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.access import Sight
from accounts.tenancy import municipality_scope
from colourmaps.models import BreakKind
from colourmaps.services import add_break
from interventions.answers import (
    Count,
    answers_by_class,
    answers_by_indicator,
    classes_below,
    red_cells,
    without_answer,
)
from interventions.figures import figures_of
from interventions.services import decide_intervention
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory, record
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
HTMX = {"hx-request": "true"}


def answer(place, measured, **fields):
    usual = {"unit": place.class_4a, "indicator": measured.reading, "responsible": place.teacher}
    return InterventionFactory(**usual | fields)


@pytest.fixture
def in_4a(solviken, measured, enter):
    """Ada is red in 4A; entered."""
    enter(solviken)
    return solviken


def n_unanswered(place, measured):
    return len(without_answer(red_cells([place.class_4a.pk], measured.autumn), measured.autumn))


def test_red_without_an_intervention_has_no_answer(in_4a, measured):
    (cell,) = red_cells([in_4a.class_4a.pk], measured.autumn)

    assert cell == (in_4a.class_4a.pk, measured.ada.pk, measured.reading.pk, False)
    assert without_answer([cell], measured.autumn) == [cell]


@pytest.mark.parametrize(
    ("fields", "is_answer"),
    [
        ({}, True),
        ({"starts_on": TODAY + 7 * DAY}, True),
        ({"starts_on": TODAY - 90 * DAY, "follow_up_on": TODAY - DAY}, True),
        ({"ended_on": TODAY}, False),
    ],
    ids=["running", "coming", "late", "ended"],
)
@pytest.mark.parametrize("is_for_pupil", [True, False])
def test_what_is_decided_and_has_not_ended_is_an_answer(in_4a, measured, fields, is_answer, is_for_pupil):
    answer(in_4a, measured, pupils=[measured.ada] if is_for_pupil else [], **fields)

    assert n_unanswered(in_4a, measured) == (0 if is_answer else 1)


def test_answer_to_somebody_else_or_to_something_else_is_none(in_4a, measured):
    other = IndicatorFactory()
    answer(in_4a, measured, pupils=[measured.bo])
    answer(in_4a, measured, indicator=other)
    answer(in_4a, measured, unit=in_4a.class_5a)

    assert n_unanswered(in_4a, measured) == 1


def test_class_counts_by_indicator_and_school_by_class(in_4a, measured):
    attendance = IndicatorFactory(code="NARV")
    ThresholdFactory(indicator=attendance)
    ThresholdFactory(indicator=attendance, year_group=5)
    in_5a = PupilFactory(school_class=in_4a.class_5a)
    record(measured.autumn, attendance, {measured.ada: 100, measured.bo: 100, in_5a: 100})
    answer(in_4a, measured, indicator=attendance, pupils=[measured.bo])

    assert answers_by_indicator([in_4a.class_4a], measured.autumn) == {
        "LAS": Count(n_red=1, n_unanswered=1),
        "NARV": Count(n_red=2, n_unanswered=1),
    }
    below = answers_by_class(classes_below(in_4a.school, measured.autumn), measured.autumn)
    assert [(each.school_class.name, each.counted.n_unanswered, each.counted.n_red) for each in below] == [
        ("4A", 2, 3),
        ("5A", 1, 1),
    ]
    assert [(indicator.code, n) for indicator, n in below[1].unanswered] == [("NARV", 1)]


def test_red_near_the_limit_is_told_apart(in_4a, measured):
    """Yellow from 16, give or take 2."""
    record(measured.autumn, measured.reading, {measured.bo: 1400, measured.cia: 1399})

    assert answers_by_indicator([in_4a.class_4a], measured.autumn) == {"LAS": Count(3, 3, n_near=1)}


def test_outdated_red_of_an_earlier_round_is_not_counted(in_4a, measured):
    assert red_cells([in_4a.class_4a.pk], measured.spring) == []


# --- pages ------------------------------------------------------------------------------------


def test_row_under_the_map_follows_its_columns(solviken, measured, sign_in):
    address = reverse("interventions:unit-unanswered", args=[solviken.class_4a.key])
    query = {"round": measured.autumn.key, "columns": "INGEN,LAS"}

    row = sign_in(solviken.teacher).get(address, query, headers=HTMX).content.decode()

    without_links = re.sub(r"<span.*?</span>|</?a.*?>", "", row)
    assert re.findall(r"<td.*?</td>", without_links) == [
        '<td class="zero">0</td>',
        "<td>1<small>/1</small></td>",
    ]


def test_class_map_asks_for_the_row_in_the_order_of_its_columns(solviken, measured, sign_in):
    page = sign_in(solviken.teacher).get(reverse("colourmaps:class-map", args=[solviken.class_4a.key]))

    address = reverse("interventions:unit-unanswered", args=[solviken.class_4a.key])
    assert f'hx-get="{address}?round={measured.autumn.key}&amp;columns=LAS"' in page.content.decode()


def test_page_without_script_says_the_same(solviken, measured, sign_in):
    address = reverse("interventions:unit-unanswered", args=[solviken.class_4a.key])

    assert "1 of 1 without an answer" in sign_in(solviken.teacher).get(address).content.decode()


def test_school_is_shown_to_those_who_see_its_pupils_and_to_no_head(solviken, measured, sign_in):
    address = reverse("interventions:unit-unanswered", args=[solviken.school.key])
    school = reverse("aggregation:unit-map", args=[solviken.school.key])

    assert sign_in(solviken.principal).get(address).status_code == 200
    assert address in sign_in(solviken.principal).get(school).content.decode()
    for head in (solviken.area_head, solviken.administration_head, solviken.board_member):
        assert sign_in(head).get(address).status_code == 403
        page = sign_in(head).get(school).content.decode()
        assert (address in page, "/year/" in page) == (False, False)


def test_panel_says_who_does_what_until_when_and_leads_to_a_decision(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        answer(solviken, measured, title="Läsgrupp", pupils=[measured.ada], follow_up_on=TODAY + 30 * DAY)
        answer(solviken, measured, title="Högläsning")
        answer(solviken, measured, title="Läslistor", pupils=[measured.ada], ended_on=TODAY)
        answer(solviken, measured, title="För Bo", pupils=[measured.bo])
    address = reverse("interventions:cell-answers", args=[measured.ada.key, "LAS"])

    part = sign_in(solviken.teacher).get(address, headers=HTMX).content.decode()
    page = sign_in(solviken.teacher).get(address).content.decode()

    assert "Läsgrupp" in part
    assert f"{solviken.teacher.name}, follow-up 12/16/2026" in part
    assert part.index("Högläsning") < part.index("Tried before:") < part.index("Läslistor")
    assert "För Bo" not in part
    new = reverse("interventions:intervention-new", args=[solviken.class_4a.key])
    assert f"{new}?pupil={measured.ada.key}&amp;indicator=LAS" in part
    assert part.strip() in page


def test_panel_where_nothing_is_decided_says_so(solviken, measured, sign_in):
    address = reverse("interventions:cell-answers", args=[measured.ada.key, "LAS"])

    assert "Nothing is decided yet." in sign_in(solviken.teacher).get(address, headers=HTMX).content.decode()


def test_interventions_of_a_class_can_be_narrowed_to_an_indicator(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        answer(solviken, measured, title="Läsgrupp")
        answer(solviken, measured, title="Promenad", indicator=IndicatorFactory())
    address = reverse("interventions:unit-interventions", args=[solviken.class_4a.key])

    part = sign_in(solviken.teacher).get(address, {"indicator": "LAS"}, headers=HTMX).content.decode()

    assert ("Läsgrupp" in part, "Promenad" in part) == (True, False)
    assert "?indicator=LAS" in part


# --- a series that breaks after the start -----------------------------------------------------


def test_start_and_now_are_not_compared_across_a_break(in_4a, measured, in_spring):
    intervention = decide_intervention(
        unit=in_4a.class_4a,
        pupils=[measured.ada],
        indicator=measured.reading,
        title="Läsgrupp",
        aim="Ada läser med flyt.",
        responsible=in_4a.teacher,
        starts_on=TODAY,
        follow_up_on=TODAY + 60 * DAY,
        by=in_4a.teacher,
    )
    record(measured.spring, measured.reading, {measured.ada: 3000})
    in_spring()
    sight = Sight(in_4a.teacher)
    before = figures_of(intervention, intervention.baseline, sight)

    add_break(indicator=measured.reading, round_=measured.spring, kind=BreakKind.NEW_SCALE, by=None)

    after = figures_of(intervention, intervention.baseline, sight)
    assert (before.n_both, before.series_break) == (1, "")
    assert after.n_both == 0
    assert after.series_break == "From VT 2027 on not comparable with the rounds before: new scale."


# --- maps of several classes ------------------------------------------------------------------


def red_in_5a(place, measured):
    with municipality_scope(place.municipality):
        ThresholdFactory(indicator=measured.reading, year_group=5)
        record(measured.autumn, measured.reading, {PupilFactory(school_class=place.class_5a): 100})


def cells_of_row(client, address, measured, **query):
    asked = {"round": measured.autumn.key, "columns": "INGEN,LAS"} | query
    row = client.get(address, asked, headers=HTMX).content.decode()
    return re.findall(r"<td.*?</td>", re.sub(r"<a [^>]*>(\d+)<span.*?</a>", r"\1", row))


def test_row_of_a_year_group_counts_its_pupils_in_all_classes(solviken, measured, sign_in):
    red_in_5a(solviken, measured)
    client = sign_in(solviken.principal)
    address = reverse("interventions:unit-unanswered", args=[solviken.school.key])

    of_year, of_all = (cells_of_row(client, address, measured, **query) for query in ({"year": "4"}, {}))

    assert of_year == ['<td class="zero">0</td>', "<td>1<small>/1</small></td>"]
    assert of_all == ['<td class="zero">0</td>', "<td>2<small>/2</small></td>"]


def test_row_of_a_team_counts_the_own_classes_alone(solviken, measured, sign_in):
    red_in_5a(solviken, measured)
    address = reverse("interventions:team-unanswered")

    of_4a, of_5a = (
        cells_of_row(sign_in(person), address, measured) for person in (solviken.teacher, solviken.colleague)
    )

    assert (of_4a[1], of_5a[1]) == ("<td>1<small>/1</small></td>", "<td>1<small>/1</small></td>")
    page = sign_in(solviken.teacher).get(address, {"round": measured.autumn.key}).content.decode()
    assert ("4A" in page, "5A" in page) == (True, False)


def test_maps_of_several_classes_ask_for_the_row(solviken, measured, sign_in):
    chosen = f"round={measured.autumn.key}&amp;columns=LAS"
    year = reverse("colourmaps:year-group-map", args=[solviken.school.key, 4])

    of_year = sign_in(solviken.principal).get(year).content.decode()
    of_team = sign_in(solviken.teacher).get(reverse("colourmaps:team-map")).content.decode()

    school = reverse("interventions:unit-unanswered", args=[solviken.school.key])
    assert f'hx-get="{school}?year=4&amp;{chosen}"' in of_year
    assert f'hx-get="{reverse("interventions:team-unanswered")}?{chosen}"' in of_team
