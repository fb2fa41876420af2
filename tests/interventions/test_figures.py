import datetime

from accounts.access import Sight
from interventions.figures import figures_of
from interventions.services import decide_intervention
from pupils.services import enrol_pupil
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


def decided(place, measured, **changes):
    plan = {
        "unit": place.class_4a,
        "pupils": [measured.ada, measured.bo, measured.dag],
        "indicator": measured.reading,
        "title": "Lästräning",
        "aim": "Flyt",
        "responsible": place.teacher,
        "starts_on": TODAY,
        "follow_up_on": TODAY + 60 * DAY,
        "by": place.teacher,
    }
    return decide_intervention(**plan | changes)


def counts(figures):
    return {count["state"]: (count["start"], count["now"]) for count in figures.counts}


def test_figures_before_a_new_measurement_are_the_start_alone(in_solviken, measured):
    intervention = decided(in_solviken, measured)

    figures = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))

    assert (figures.start_round, figures.latest_round) == (measured.autumn, None)
    assert counts(figures) == {"red": (1, 0), "yellow": (1, 0), "green": (0, 0)}
    assert figures.n_measured == {"start": 2, "now": 0}
    assert figures.n_pupils == 3
    assert figures.limits == "green from 26, yellow from 16"
    assert [row["now"] for row in figures.rows] == [None, None, None]


def test_figures_after_a_new_measurement_compare_each_pupil_with_the_start(in_solviken, measured, in_spring):
    intervention = decided(in_solviken, measured)
    record(measured.spring, measured.reading, {measured.ada: 1800, measured.bo: 2100, measured.dag: 2700})
    in_spring()

    figures = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))

    assert figures.latest_round == measured.spring
    assert counts(figures) == {"red": (1, 0), "yellow": (1, 2), "green": (0, 1)}
    # Dag was absent at the start; Bo's one point is within the measurement error of two.
    assert figures.n_both == 2
    assert [(classes, n) for classes, _word, n in figures.moves] == [("up", 1), ("still", 1), ("down", 0)]
    shown = {
        row["pupil"]: (row["start"]["value"], row["now"]["value"], row["movement"][0]) for row in figures.rows
    }
    assert shown == {
        measured.ada: ("12", "18", "up"),
        measured.bo: ("20", "21", "still"),
        measured.dag: ("", "27", ""),
    }


def test_figures_keep_the_frozen_start_when_it_is_corrected(in_solviken, measured):
    intervention = decided(in_solviken, measured)
    record(measured.autumn, measured.reading, {measured.ada: 3900})

    figures = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))

    assert counts(figures)["red"] == (1, 0)


def test_figures_of_a_class_count_and_name_nobody(in_solviken, measured, in_spring):
    intervention = decided(in_solviken, measured, pupils=[])
    newcomer = PupilFactory(school_class=in_solviken.class_4a, since=TODAY + DAY)
    record(measured.spring, measured.reading, {measured.ada: 1800, newcomer: 3000})
    in_spring()

    figures = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))

    assert figures.rows == []
    assert figures.n_pupils == 5
    assert figures.n_measured == {"start": 3, "now": 1}
    assert counts(figures) == {"red": (1, 0), "yellow": (1, 1), "green": (1, 0)}


def test_figures_where_low_is_good_call_a_fall_better(in_solviken, measured, in_spring):
    absence = IndicatorFactory(direction="low", value_type="percent", minimum=0, maximum=10_000)
    ThresholdFactory(indicator=absence, yellow_limit=1500, green_limit=500)
    record(measured.autumn, absence, {measured.ada: 2000})
    intervention = decided(in_solviken, measured, pupils=[measured.ada], indicator=absence)
    record(measured.spring, absence, {measured.ada: 400})
    in_spring()

    figures = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))

    assert [row["movement"][0] for row in figures.rows] == ["up"]


def test_figures_do_not_follow_a_pupil_out_of_the_readers_classes(in_solviken, measured, in_spring):
    intervention = decided(in_solviken, measured)
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY + DAY)
    record(measured.spring, measured.reading, {measured.ada: 3500, measured.bo: 2100})
    in_spring()

    of_teacher = figures_of(intervention, intervention.baseline, Sight(in_solviken.teacher))
    of_principal = figures_of(intervention, intervention.baseline, Sight(in_solviken.principal))

    now_of_ada = [row["now"] for row in of_teacher.rows if row["pupil"] == measured.ada]
    assert now_of_ada == [None]
    assert (of_teacher.n_both, of_principal.n_both) == (1, 2)
