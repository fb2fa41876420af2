import datetime

import pytest

from accounts.access import Sight
from interventions.forms import EndForm, PlanForm
from interventions.places import place_of
from pupils.services import enrol_pupil
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

NO_LINES = {
    f"{lines}-{form}": "0" for lines in ("steps", "costs") for form in ("TOTAL_FORMS", "INITIAL_FORMS")
}
N_QUERIES = 15
DAY = datetime.timedelta(days=1)


@pytest.fixture
def form_of(in_solviken, measured):
    """The teacher's form for 4A; with fields, as sent."""

    def made(data=None, *, unit=None, who="teacher", asked=None):
        sight = Sight(getattr(in_solviken, who))
        place = place_of(unit or in_solviken.class_4a, sight)
        return PlanForm(data, place=place, sight=sight, asked=asked or {})

    return made


@pytest.fixture
def sent(in_solviken, measured):
    """What the browser sends for the ordinary intervention, with what a test wants otherwise."""

    def fields(**changes):
        usual = {
            "indicator": "LAS",
            "pupil": [measured.ada.key],
            "title": "Lästräning",
            "practice": "Fyra pass i veckan, i grupprummet.",
            "aim": "Flyt",
            "kind": "teaching",
            **NO_LINES,
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


@pytest.mark.parametrize(
    "field", ["indicator", "title", "practice", "aim", "responsible", "starts_on", "follow_up_on"]
)
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


@pytest.mark.parametrize("n_more", [0, 3])
def test_form_asks_as_much_for_eight_pupils_as_for_five(
    form_of, in_solviken, n_more, django_assert_num_queries
):
    PupilFactory.create_batch(n_more, school_class=in_solviken.class_4a)

    # Line and pupils; year groups and indicators; people and their line and subtree; two of load; rounds and results.
    with django_assert_num_queries(N_QUERIES):
        form_of(asked={"indicator": "LAS"}).as_p()


def test_form_says_that_a_pupil_has_moved_since_the_page_was_opened(form_of, sent, in_solviken, measured):
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    form = form_of(sent())

    assert form.errors == {
        "pupil": ["Somebody whom you chose is not in the class any more. Look through the names once more."]
    }


def test_form_names_a_pupil_who_will_have_moved_when_it_starts(form_of, sent, in_solviken, measured):
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY + DAY)

    form = form_of(sent(starts_on="2026-11-20"))

    assert form.errors == {"pupil": ["Not in 4A on Nov. 20, 2026: Ek, Ada."]}


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
