import datetime

import pytest

from accounts.access import Sight
from interventions.forms import EndForm, InterventionForm
from pupils.services import enrol_pupil
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def form_of(in_solviken, measured):
    """The teacher's form for 4A; with fields, as sent."""

    def made(data=None, *, unit=None, who="teacher", asked=None):
        unit = unit or in_solviken.class_4a
        return InterventionForm(
            data,
            unit=unit,
            pupils=measured.pupils if unit.is_school_class else [],
            sight=Sight(getattr(in_solviken, who)),
            asked=asked or {},
        )

    return made


@pytest.fixture
def sent(in_solviken, measured):
    """What the browser sends for the ordinary intervention, with what a test wants otherwise."""

    def fields(**changes):
        usual = {
            "indicator": "LAS",
            "pupil": [measured.ada.key],
            "title": "Lästräning",
            "aim": "Flyt",
            "responsible": in_solviken.teacher.key,
            "starts_on": "2026-11-16",
            "follow_up_on": "2027-01-25",
        }
        return usual | changes

    return fields


def test_form_makes_a_plan_of_what_was_sent(form_of, sent, in_solviken, measured):
    form = form_of(sent())

    assert form.is_valid(), form.errors
    plan = form.plan
    assert (plan.unit, plan.pupils, plan.indicator) == (
        in_solviken.class_4a,
        [measured.ada],
        measured.reading,
    )
    assert (plan.responsible, plan.starts_on) == (in_solviken.teacher, TODAY)


def test_form_without_pupils_is_for_the_whole_class(form_of, sent):
    form = form_of(sent(pupil=[]))

    assert form.is_valid(), form.errors
    assert form.plan.pupils == []


def test_form_of_a_school_names_no_pupils(form_of, sent, in_solviken, measured):
    form = form_of(sent(), unit=in_solviken.school, who="principal")

    assert form.is_valid(), form.errors
    assert "pupil" not in form.fields
    assert form.plan.pupils == []


@pytest.mark.parametrize("field", ["indicator", "title", "aim", "responsible", "starts_on", "follow_up_on"])
def test_form_asks_for_what_is_missing(form_of, sent, field):
    form = form_of(sent(**{field: ""}))

    assert list(form.errors) == [field]


def test_form_says_by_the_field_which_rule_is_broken(form_of, sent):
    form = form_of(sent(follow_up_on="2026-11-16"))

    assert form.errors == {"follow_up_on": ["The follow-up must come after the start."]}


@pytest.mark.parametrize("field", ["indicator", "pupil", "responsible"])
def test_form_takes_only_what_it_offered(form_of, sent, fjordvik, field):
    form = form_of(sent(**{field: fjordvik.teacher.key}))

    assert list(form.errors) == [field]


def test_form_offers_indicators_of_the_year_group_by_area(form_of, measured):
    ThresholdFactory(
        indicator=IndicatorFactory(code="MA", names={"sv": "Taluppfattning"}, area="mathematics")
    )
    ThresholdFactory(indicator=IndicatorFactory(), year_group=9)

    choices = form_of().fields["indicator"].choices

    assert choices[1:] == [
        ("Language", [("LAS", "Läsförståelse")]),
        ("Mathematics", [("MA", "Taluppfattning")]),
    ]


def test_form_puts_the_person_and_the_days_in(form_of, in_solviken):
    form = form_of()

    assert form["responsible"].value() == in_solviken.teacher.key
    assert form["starts_on"].value() == TODAY
    assert form["follow_up_on"].value() == datetime.date(2027, 1, 11)


def test_form_prefills_what_the_address_says(form_of, measured):
    form = form_of(asked={"indicator": "LAS", "pupil": [measured.bo.key]})

    assert form["indicator"].value() == "LAS"
    assert form["pupil"].value() == [measured.bo.key]


def test_form_shows_the_latest_result_beside_each_name_when_an_indicator_is_chosen(form_of, measured):
    shown = dict(form_of(asked={"indicator": "LAS"}).fields["pupil"].choices)

    assert '<i class="key red"></i> Ek, Ada' in shown[measured.ada.key]
    assert "intervention needed" in shown[measured.ada.key]
    assert "12" in shown[measured.ada.key]
    assert '<i class="key absent"></i> Ek, Dag' in shown[measured.dag.key]
    assert "Eva" not in shown[measured.eva.key]


def test_form_shows_names_alone_until_an_indicator_is_chosen(form_of, measured):
    shown = dict(form_of().fields["pupil"].choices)

    assert shown[measured.ada.key] == "Ek, Ada"


def test_form_asks_as_much_for_five_pupils_as_for_one(in_solviken, measured, django_assert_num_queries):
    def made(pupils):
        InterventionForm(
            unit=in_solviken.class_4a,
            pupils=pupils,
            sight=Sight(in_solviken.teacher),
            asked={"indicator": "LAS"},
        ).as_p()

    # Subtree and year groups, indicators, line and people in it, round and results.
    with django_assert_num_queries(8):
        made([measured.ada])
    with django_assert_num_queries(8):
        made(measured.pupils)


def test_form_names_a_pupil_who_has_moved_since_the_page_was_opened(form_of, sent, in_solviken, measured):
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    form = form_of(sent())

    assert form.errors == {"pupil": ["Not in 4A on Nov. 16, 2026: Ek, Ada."]}


def test_end_form_proposes_today_or_the_start_of_what_has_not_begun(in_solviken):
    def proposed(starts_on):
        intervention = InterventionFactory(
            unit=in_solviken.class_4a, responsible=in_solviken.teacher, starts_on=starts_on
        )
        return EndForm(intervention=intervention, today=TODAY)["on"].value()

    assert proposed(TODAY - DAY) == TODAY
    assert proposed(TODAY + DAY) == TODAY + DAY


def test_end_form_says_why_a_day_will_not_do(in_solviken):
    intervention = InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)

    form = EndForm({"on": "2026-12-24"}, intervention=intervention, today=TODAY)

    assert form.errors == {"on": ["Choose a day that has been. Until then the intervention is running."]}
