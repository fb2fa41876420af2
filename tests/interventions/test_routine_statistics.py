"""Statistics from the minutes and the age at first referral: read from the tables, and told to whoever may know."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Level
from accounts.tenancy import municipality_scope
from interventions.models import CaseIndicator, Outcome, Rung, Source
from interventions.routine.minutes import Dimension, read_minutes
from interventions.routine.referral import firsts_of
from pupils.school_years import SchoolYear
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.imports import text_of
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

pytestmark = pytest.mark.slow

# In the spring of the school year in which the tests' classes are: the day of the tests, moved on.
JUNE = datetime.date(2027, 6, 14)
AUTUMN, SPRING, LAST_AUTUMN = (
    datetime.date(2026, 10, 5),
    datetime.date(2027, 2, 8),
    datetime.date(2025, 10, 6),
)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def on(monkeypatch):
    """Lets the test go on on another day."""

    def go_on(day):
        moment = datetime.datetime.combine(day, datetime.time(9), datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return go_on


@pytest.fixture
def minutes_of(in_solviken):
    """Makes a closed meeting with a case per pupil. support: with a support function."""

    def made(*pupils, unit=None, on=AUTUMN, support=True, is_closed=True, rung=Rung.SCHOOL, **fields):
        moment = timezone.make_aware(datetime.datetime.combine(on, datetime.time(9)))
        closing = (
            {"closed_at": moment + datetime.timedelta(hours=1), "closed_by": in_solviken.principal}
            if is_closed
            else {}
        )
        meeting = MeetingFactory(
            kind=kind_of(rung, queue__isnull=not support) if rung == Rung.SCHOOL else kind_of(rung),
            unit=unit or in_solviken.school,
            lead=in_solviken.principal,
            planned_on=on,
            is_started=True,
            started_at=moment,
            **closing,
        )
        fields = {"source": Source.RED} | fields
        return [CaseFactory(meeting=meeting, pupil=pupil, **fields) for pupil in pupils]

    return made


@pytest.fixture
def pupils_at(in_solviken):
    """So many pupils of 4A, or of a class like it at another school."""
    classes = {in_solviken.school.pk: in_solviken.class_4a}

    def made(n, school=None, **fields):
        school = school or in_solviken.school
        if school.pk not in classes:
            classes[school.pk] = SchoolClassFactory(parent=school)
        return [PupilFactory(school_class=classes[school.pk], **fields) for _n in range(n)]

    return made


@pytest.fixture
def schools(in_solviken):
    """Three schools in the area, and one in another."""
    north = UnitFactory(level=Level.AREA, parent=in_solviken.administration, name="Norr")
    return [
        in_solviken.school,
        *(UnitFactory(parent=in_solviken.area, name=f"Skola {n}") for n in (2, 3)),
        UnitFactory(parent=north, name="Norrskolan"),
        UnitFactory(parent=north, name="Nordanskolan"),
    ]


MEASURE = {"outcome": Outcome.MEASURE, "measure": "Ny gruppering", "due_on": TODAY + 30 * DAY}
REASON = {"outcome": Outcome.NONE, "why": "Prövat nyss"}


def decided(place, **fields):
    responsible = {"responsible": place.teacher} if fields.get("measure") else {}
    return {"decided_at": timezone.now(), **responsible, **fields}


def read(place):
    return read_minutes(place.municipality)


def page(browser, unit, **query):
    return browser.get(reverse("interventions:unit-routine", args=[unit.key]), query)


def told(response, heading):
    """[(label, n)] of a table; None where it is hidden."""
    (table,) = (each for each in response.context["page"].statistics if each["heading"] == heading)
    return None if table["is_hidden"] else [(row["label"], row["n"]) for row in table["rows"]]


SOURCE, AREA, AGE, SUPPORT, OUTCOME = (
    "Where they come from",
    "What they are about",
    "Age of the pupil",
    "Support function that took part",
    "What came of them",
)

# ---- read ----


def test_case_is_in_one_class_of_each_dimension(in_solviken, minutes_of, pupils_at):
    (ada,) = pupils_at(1)
    (case,) = minutes_of(ada, **decided(in_solviken, **MEASURE))
    reading = IndicatorFactory(code="A", area="language")
    CaseIndicator.objects.create(municipality=in_solviken.municipality, case=case, indicator=reading)

    (read_case,) = read(in_solviken).cases

    assert read_case.classes == {
        Dimension.SOURCE: "red",
        Dimension.AREA: "language",
        Dimension.AGE: "10-12",  # year 4, as if born on 1 July 2016
        Dimension.SUPPORT: kind_of(Rung.SCHOOL, queue__isnull=False).queue.key,
        Dimension.OUTCOME: "measure",
    }
    assert (read_case.place, read_case.closed_on, read_case.pupil) == (in_solviken.school.pk, AUTUMN, ada.pk)


def test_case_of_several_areas_or_of_no_pupil_is_a_class_of_its_own(in_solviken, minutes_of):
    (case,) = minutes_of(None, support=False, dropped_at=timezone.now(), why_dropped="Tas nästa gång")
    for n, area in enumerate(("language", "mathematics")):
        indicator = IndicatorFactory(code=f"A{n}", area=area)
        CaseIndicator.objects.create(municipality=in_solviken.municipality, case=case, indicator=indicator)

    (read_case,) = read(in_solviken).cases

    assert read_case.classes == {
        Dimension.SOURCE: "red",
        Dimension.AREA: "several",
        Dimension.AGE: "none",
        Dimension.SUPPORT: "none",
        Dimension.OUTCOME: "dropped",
    }


def test_age_is_from_the_identity_number_where_there_is_one(in_solviken, minutes_of, pupils_at):
    (ada,) = pupils_at(1, identity_number="201601012391")
    minutes_of(ada)

    (case,) = read(in_solviken).cases

    assert case.age == pytest.approx(10.76, abs=0.01)


def test_open_meetings_and_a_teachers_own_analysis_are_not_read(in_solviken, minutes_of, pupils_at):
    minutes_of(*pupils_at(1), is_closed=False)
    minutes_of(*pupils_at(1), rung=Rung.TEACHER, unit=in_solviken.class_4a)

    assert read(in_solviken).cases == []


def test_other_municipality_is_not_read(solviken, fjordvik):
    with municipality_scope(fjordvik.municipality):
        meeting = MeetingFactory(
            kind=kind_of(Rung.SCHOOL), unit=fjordvik.school, lead=fjordvik.principal, is_closed=True
        )
        CaseFactory(meeting=meeting, pupil=PupilFactory(school_class=fjordvik.class_4a))
    with municipality_scope(solviken.municipality):
        assert read(solviken).cases == []


# ---- told ----


def test_principal_reads_every_count_of_the_own_school_up_to_now(in_solviken, minutes_of, pupils_at, sign_in):
    minutes_of(*pupils_at(2), **decided(in_solviken, **MEASURE))
    minutes_of(*pupils_at(1), on=TODAY - DAY, **decided(in_solviken, **REASON))

    response = page(sign_in(in_solviken.principal), in_solviken.school)

    assert told(response, OUTCOME) == [("A measure", 2), ("No measure, with a reason", 1)]
    assert told(response, AGE) == [("10–12 years (years 4–6)", 3)]


def test_heads_and_coordinators_read_nothing_of_a_single_school(
    in_solviken, minutes_of, pupils_at, sign_in, on
):
    minutes_of(*pupils_at(40))
    on(JUNE)

    for who in (in_solviken.coordinator, in_solviken.area_head):
        response = page(sign_in(who), in_solviken.school)
        assert response.context["page"].statistics is None
        assert "Your role sees this from the area upwards" in text_of(response.content.decode())


def test_only_terms_that_are_over_are_told(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    for school in schools:
        minutes_of(*pupils_at(10, school), unit=school)
        minutes_of(*pupils_at(10, school), unit=school, on=SPRING)

    def on_day(day):
        on(day)
        return told(page(sign_in(in_solviken.coordinator), in_solviken.root, year="2026/27"), SOURCE)

    in_autumn, in_june, next_year = (on_day(day) for day in (TODAY, JUNE, datetime.date(2027, 8, 20)))

    label = "Red without an answer"
    assert (in_autumn, in_june, next_year) == ([], [(label, 50)], [(label, 100)])


def test_small_classes_are_told_together(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    for school in schools:
        minutes_of(*pupils_at(8, school), unit=school, **decided(in_solviken, **MEASURE))
        minutes_of(*pupils_at(2, school), unit=school, **decided(in_solviken, **REASON))
    minutes_of(*pupils_at(1), outcome=Outcome.OTHERWISE, why="Sköts av hälsan", decided_at=timezone.now())
    on(JUNE)

    of_all = told(page(sign_in(in_solviken.coordinator), in_solviken.root), OUTCOME)
    of_area = told(page(sign_in(in_solviken.area_head), in_solviken.area), OUTCOME)

    assert of_all == [("A measure", 40), ("No measure, with a reason or already handled otherwise", 11)]
    # The other area has four pupils with a reason: they would follow, if this area told of its own.
    assert of_area == [("A measure or no measure, with a reason or already handled otherwise", 31)]


def test_area_is_hidden_where_another_would_follow(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    for school in schools[:4]:
        minutes_of(*pupils_at(12, school), unit=school)
    minutes_of(*pupils_at(3, schools[4]), unit=schools[4])
    on(JUNE)
    browser = sign_in(in_solviken.coordinator)

    whole, area = (told(page(browser, unit), SOURCE) for unit in (in_solviken.root, in_solviken.area))

    # In the other area one school has three pupils: its sister school, which knows its own, would be told of them.
    assert (whole, area) == ([("Red without an answer", 51)], None)


def test_one_pupil_with_many_cases_is_one_pupil(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    few = {school.pk: pupils_at(2, school) for school in schools[:2]}
    for _n in range(5):
        for school in schools[:2]:
            minutes_of(*few[school.pk], unit=school)
    on(JUNE)

    assert told(page(sign_in(in_solviken.coordinator), in_solviken.root), SOURCE) is None


def test_limits_are_those_of_the_municipality(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    for school in schools:
        minutes_of(*pupils_at(6, school), unit=school)
    municipality = in_solviken.municipality
    municipality.smallest_base = 40
    municipality.save()
    on(JUNE)

    assert told(page(sign_in(in_solviken.coordinator), in_solviken.root), SOURCE) is None


def test_workbook_hides_what_the_page_hides(in_solviken, minutes_of, pupils_at, sign_in, on):
    minutes_of(*pupils_at(3))
    on(JUNE)
    browser = sign_in(in_solviken.coordinator)

    response = browser.get(reverse("interventions:unit-routine-xlsx", args=[in_solviken.root.key]))

    workbook = openpyxl.load_workbook(io.BytesIO(response.content))
    cases = list(workbook["Cases"].iter_rows(min_row=4, values_only=True))
    ages = list(workbook["Age at first referral"].iter_rows(min_row=4, values_only=True))
    assert {row[2] for row in cases} == {"hidden (few pupils)"}
    assert [row[0] for row in cases] == [str(dimension.label) for dimension in Dimension]
    assert ages == [("2026/27", "hidden (few pupils)", "hidden (few pupils)")]


def test_free_text_is_nowhere_on_the_page(in_solviken, minutes_of, pupils_at, sign_in):
    minutes_of(
        *pupils_at(3),
        title="Hemlig rubrik",
        said="Hemligt ord",
        **decided(in_solviken, **MEASURE | {"measure": "Hemlig åtgärd"}),
    )

    text = page(sign_in(in_solviken.principal), in_solviken.school).content.decode()

    assert "Hemlig" not in text


# ---- age at first referral ----


def test_first_referral_is_the_first_case_with_a_support_function(in_solviken, minutes_of, pupils_at):
    ada, bo, cia, dag = pupils_at(4)
    minutes_of(ada, on=AUTUMN)
    minutes_of(ada, bo, on=AUTUMN + DAY)
    minutes_of(cia, support=False)
    minutes_of(dag, dropped_at=timezone.now(), why_dropped="Tas nästa gång")
    minutes_of(None)

    firsts = firsts_of(read(in_solviken).cases)

    assert [(first.year, first.place) for _term, first in firsts] == [
        (SchoolYear(2026), in_solviken.school.pk)
    ] * 2


def referrals(response):
    return [(row["year"].name, row.get("age")) for row in response.context["page"].referrals]


def test_principal_reads_the_mean_age_of_ten_and_no_value_below(in_solviken, minutes_of, pupils_at, sign_in):
    browser = sign_in(in_solviken.principal)
    minutes_of(*pupils_at(9, identity_number=""))
    few = page(browser, in_solviken.school)
    minutes_of(*pupils_at(1))

    enough = page(browser, in_solviken.school)

    assert (referrals(few), referrals(enough)) == ([("2026/27", None)], [("2026/27", "10.2")])
    assert "too few pupils to say" in text_of(few.content.decode())
    assert enough.context["page"].referrals[0]["n"] == "10"


def test_trend_is_against_the_own_start(in_solviken, minutes_of, pupils_at, sign_in):
    last_year = SchoolClassFactory(
        parent=in_solviken.school,
        year_group=5,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    minutes_of(*(PupilFactory(school_class=last_year) for _n in range(10)), on=LAST_AUTUMN)
    minutes_of(*pupils_at(10))

    response = page(sign_in(in_solviken.principal), in_solviken.school)

    assert referrals(response) == [("2026/27", "10.2"), ("2025/26", "11.2")]
    assert response.context["page"].change == (
        "From 2025/26 to 2026/27 help has come earlier: at 10.2 years instead of 11.2."
    )


def test_coordinator_reads_the_age_of_ended_terms_of_the_schools_together(
    in_solviken, schools, minutes_of, pupils_at, sign_in, on
):
    for school in schools:
        minutes_of(*pupils_at(6, school), unit=school)

    now = referrals(page(sign_in(in_solviken.coordinator), in_solviken.root))
    on(JUNE)
    later = page(sign_in(in_solviken.coordinator), in_solviken.root)

    assert (now, referrals(later)) == ([], [("2026/27", "10.2")])
    assert later.context["page"].referrals[0]["n"] == "about 30"


def test_age_of_too_few_without_one_school_is_hidden(
    in_solviken, schools, minutes_of, pupils_at, sign_in, on
):
    minutes_of(*pupils_at(15))
    minutes_of(*pupils_at(9, schools[1]), unit=schools[1])
    on(JUNE)

    assert referrals(page(sign_in(in_solviken.coordinator), in_solviken.root)) == [("2026/27", None)]


def test_spring_of_few_leaves_the_age_of_autumn(in_solviken, schools, minutes_of, pupils_at, sign_in, on):
    for school in schools:
        minutes_of(*pupils_at(6, school), unit=school)
    minutes_of(*pupils_at(3), on=SPRING)
    on(datetime.date(2027, 8, 20))

    response = page(sign_in(in_solviken.coordinator), in_solviken.root)

    (row,) = response.context["page"].referrals
    assert (row["n"], row["until"]) == ("about 30", datetime.date(2026, 12, 31))
