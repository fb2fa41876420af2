"""Early effort, read from the tables and shown to those who see the pupils, to heads and to the board."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.effort_reading import read_effort
from interventions.models import InterventionUnit
from pupils.school_years import SchoolYear
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.interventions import CostLineFactory, InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

NOVEMBER = datetime.date(2026, 11, 2)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def done(in_solviken):
    """Makes an intervention in 4A, with a cost of 1,000 unless it is none."""

    def made(*pupils, money=1000, unit=None, **fields):
        intervention = InterventionFactory(
            unit=unit or in_solviken.class_4a, responsible=in_solviken.teacher, pupils=pupils, **fields
        )
        if money:
            CostLineFactory(intervention=intervention, money=money)
        return intervention

    return made


def read(place):
    return read_effort(place.municipality, TODAY)


def in_4a(place, **fields):
    return PupilFactory(school_class=place.class_4a, **fields)


# --- read --------------------------------------------------------------------------------------


def test_first_intervention_is_each_pupils_earliest(in_solviken, done):
    ada, bo = in_4a(in_solviken), in_4a(in_solviken)
    done(ada, bo)
    done(ada, starts_on=NOVEMBER - 30 * DAY, follow_up_on=NOVEMBER)

    firsts = read(in_solviken).firsts

    # Year 4: as if born on 1 July 2016.
    assert [round(first.age, 2) for first in firsts] == [10.26, 10.34]
    assert {(first.year, first.place) for first in firsts} == {(SchoolYear(2026), in_solviken.school.pk)}


def test_age_is_from_the_identity_number_where_there_is_one(in_solviken, done):
    done(in_4a(in_solviken, identity_number="201601012391"), starts_on=NOVEMBER)

    (first,) = read(in_solviken).firsts

    assert first.age == pytest.approx(10.84, abs=0.01)


def test_pupil_in_no_class_and_without_a_number_has_no_age(in_solviken, done):
    done(PupilFactory())

    assert [first.age for first in read(in_solviken).firsts] == [None]


def test_what_has_not_begun_or_was_called_off_is_no_effort(in_solviken, done):
    done(in_4a(in_solviken), starts_on=TODAY + DAY)
    done(in_4a(in_solviken), ended_on=NOVEMBER, starts_on=NOVEMBER)

    effort = read(in_solviken)

    assert (effort.firsts, effort.spendings, effort.uncosted) == ([], [], [])


def test_cost_of_a_whole_class_is_for_its_pupils_and_nobodys_first(in_solviken, done):
    pupils = [in_4a(in_solviken) for _n in range(3)]
    PupilFactory(school_class=in_solviken.class_5a)
    done()

    effort = read(in_solviken)

    (spent,) = effort.spendings
    assert (set(spent.ages), effort.firsts) == ({pupil.pk for pupil in pupils}, [])


def test_cost_of_a_school_or_of_covered_units_reaches_their_classes(in_solviken, done):
    four, five = in_4a(in_solviken), PupilFactory(school_class=in_solviken.class_5a)
    done(unit=in_solviken.school)
    programme = done(unit=in_solviken.area)
    InterventionUnit.objects.create(
        municipality=in_solviken.municipality, intervention=programme, unit=in_solviken.class_5a
    )

    effort = read(in_solviken)

    assert [(spent.place, set(spent.ages)) for spent in effort.spendings] == [
        (in_solviken.school.pk, {four.pk, five.pk}),
        (in_solviken.area.pk, {five.pk}),
    ]


def test_pupils_are_those_of_the_first_day(in_solviken, done):
    PupilFactory(school_class=in_solviken.class_4a, since=NOVEMBER + DAY)
    there = in_4a(in_solviken)
    done(starts_on=NOVEMBER)

    (spent,) = read(in_solviken).spendings

    assert set(spent.ages) == {there.pk}


def test_intervention_without_cost_lines_is_told_and_not_counted(in_solviken, done):
    done(in_4a(in_solviken), money=0)

    effort = read(in_solviken)

    assert (effort.spendings, effort.uncosted) == ([], [(SchoolYear(2026), in_solviken.school.pk)])


def test_other_municipality_is_not_read(solviken, fjordvik):
    with municipality_scope(fjordvik.municipality):
        pupil = PupilFactory(school_class=fjordvik.class_4a)
        theirs = InterventionFactory(unit=fjordvik.class_4a, responsible=fjordvik.teacher, pupils=[pupil])
        CostLineFactory(intervention=theirs)
        CostLineFactory(intervention=InterventionFactory(unit=fjordvik.school, responsible=fjordvik.teacher))
    with municipality_scope(solviken.municipality):
        effort = read(solviken)

    assert (effort.firsts, effort.spendings) == ([], [])


# --- shown -------------------------------------------------------------------------------------


def rows(browser, unit):
    return browser.get(reverse("interventions:early-effort", args=[unit.key])).context["rows"]


@pytest.fixture
def two_areas(in_solviken, done):
    """Thirty pupils in year 4 of the first area's two schools, twelve in the one school of the other."""
    schools = [UnitFactory(parent=in_solviken.area, name="Andra skolan")]
    other_area = UnitFactory(level=30, parent=in_solviken.administration, name="Andra området")
    schools.append(UnitFactory(parent=other_area, name="Tredje skolan"))
    classes = [in_solviken.class_4a, *(SchoolClassFactory(parent=school) for school in schools)]
    for school_class, n in zip(classes, (15, 15, 12), strict=True):
        done(*(PupilFactory(school_class=school_class) for _n in range(n)), unit=school_class)
    return other_area


def test_principal_reads_every_figure_of_the_school(in_solviken, done, sign_in):
    done(in_4a(in_solviken), money=600)

    (row,) = rows(sign_in(in_solviken.principal), in_solviken.school)

    assert row["ages"] == {"n": "1", "mean": "10.3", "median": "10.3"}
    assert (row["costs"]["n_reached"], row["costs"]["money"]["total"]) == ("1", "600 kr")
    assert row["costs"]["money"]["percent"] == 0


def test_heads_read_it_where_all_areas_have_enough(in_solviken, two_areas, sign_in):
    found = {
        unit.name: rows(sign_in(in_solviken.administration_head), unit)[0]
        for unit in (in_solviken.administration, in_solviken.area, two_areas)
    }

    assert [row["ages"] for row in found.values()] == [
        {"n": f"about {n}", "mean": "10.3", "median": "10.3"} for n in (40, 30, 10)
    ]
    assert [row["costs_hidden"] for row in found.values()] == [False, False, False]


def test_area_is_hidden_when_another_would_follow(in_solviken, done, two_areas, sign_in):
    small = UnitFactory(level=30, parent=in_solviken.administration, name="Litet område")
    school_class = SchoolClassFactory(parent=UnitFactory(parent=small))
    done(PupilFactory(school_class=school_class), unit=school_class)
    browser = sign_in(in_solviken.administration_head)

    hidden = [rows(browser, unit)[0] for unit in (in_solviken.area, two_areas, small)]
    (whole,) = rows(browser, in_solviken.administration)

    assert [(row["ages"], row["costs"]) for row in hidden] == [(None, None)] * 3
    assert whole["ages"]["n"] == "about 45"


def test_board_reads_in_coarser_steps_and_of_twenty_pupils(in_solviken, two_areas, sign_in):
    browser = sign_in(in_solviken.board_member)

    (whole,) = rows(browser, in_solviken.root)
    (other,) = rows(browser, two_areas)

    assert whole["ages"] == {"n": "about 40", "mean": "10.5", "median": "10.5"}
    assert (other["ages"], other["ages_hidden"]) == (None, True)


@pytest.mark.parametrize(
    ("who", "where", "status"),
    [
        ("principal", "school", 200),
        ("teacher", "class_4a", 403),
        ("area_head", "school", 403),
        ("area_head", "area", 200),
        ("area_head", "administration", 403),
        ("board_member", "root", 200),
        ("coordinator", "root", 403),
    ],
)
def test_page_opens_for_whom_it_is(solviken, sign_in, who, where, status):
    address = reverse("interventions:early-effort", args=[getattr(solviken, where).key])

    assert sign_in(getattr(solviken, who)).get(address).status_code == status


def test_page_asks_as_much_for_three_as_for_one(in_solviken, done, sign_in):
    browser = sign_in(in_solviken.principal)
    address = reverse("interventions:early-effort", args=[in_solviken.school.key])

    def n_queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    def one_more():
        done(in_4a(in_solviken))
        done(unit=in_solviken.class_5a)

    one_more()
    for_one = n_queries()
    one_more()
    one_more()

    assert n_queries() == for_one


def test_change_is_said_of_years_with_enough_pupils(in_solviken, done, sign_in):
    browser = sign_in(in_solviken.principal)
    address = reverse("interventions:early-effort", args=[in_solviken.school.key])
    last_year = SchoolClassFactory(
        parent=in_solviken.school,
        year_group=5,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    before = [PupilFactory(school_class=last_year) for _n in range(10)]
    done(*before, unit=last_year, starts_on=datetime.date(2025, 11, 2))
    now = [in_4a(in_solviken) for _n in range(10)]
    done(*now[:9])

    few = browser.get(address).context["change"]
    done(now[9])
    enough = browser.get(address).context["change"]

    assert (few, enough) == (
        "",
        "From 2025/26 to 2026/27 help has come earlier: at 10.3 years instead of 11.3.",
    )
