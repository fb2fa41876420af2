"""The invented indicators and values: pure, no database."""

import datetime
from itertools import pairwise

import numpy as np
import pytest

from colourmaps.classification import Colour, check_limits, classify, is_near
from colourmaps.demo import CATALOGUE, indicators_for, rounds_until
from colourmaps.demo.development import Development
from colourmaps.demo.specification import Season
from colourmaps.importing.mapping import header_key
from colourmaps.scales import HUNDREDTHS, Mark, ValueType
from colourmaps.starter_sets import starter_sets

# The heads of the example workbook's columns.
WORKBOOK = {
    "LäsEttan\n(stanine)": ValueType.STANINE,
    "Läshastighet (ord/min)": ValueType.NUMBER,
    "Skrivning": ValueType.GRADE,
    "Taluppfattning (poäng av 40)": ValueType.POINTS,
    "Problemlösning, %": ValueType.PERCENT,
    "Frånvaro %": ValueType.PERCENT,
    "Trygghet (1–10)": ValueType.SURVEY,
}
N_PUPILS = 2000


@pytest.fixture(scope="module")
def development():
    schools = np.arange(N_PUPILS) % 8
    return Development(CATALOGUE, schools, np.random.default_rng(7))


def values_of(development, code, year_group=6, season=Season.AUTUMN, years=0.0):
    place = next(n for n, spec in enumerate(CATALOGUE) if spec.code == code)
    everybody = np.arange(N_PUPILS)
    return development.values(
        everybody, np.full(N_PUPILS, place), np.full(N_PUPILS, year_group), season, years
    )


def colours_of(spec, values, year_group):
    yellow, green = (HUNDREDTHS * limit for limit in spec.limits_in(year_group))
    return classify(values, yellow, green, spec.is_high_good)


def test_catalogue_has_twenty_indicators_of_many_kinds():
    assert len(CATALOGUE) == 20
    assert len({spec.code for spec in CATALOGUE}) == 20
    assert len({spec.scale.value_type for spec in CATALOGUE}) >= 5
    assert len({spec.area for spec in CATALOGUE}) == 6


def test_names_are_there_in_all_languages():
    assert all(set(spec.names) == {"sv", "en", "nb", "da"} for spec in CATALOGUE)


@pytest.mark.parametrize("header", WORKBOOK)
def test_columns_of_the_example_workbook_name_one_indicator_each(header):
    meant = [
        spec
        for spec in CATALOGUE
        if header_key(header) in {header_key(name) for name in (spec.names["sv"], *spec.aliases)}
    ]

    assert [spec.scale.value_type for spec in meant] == [WORKBOOK[header]]
    assert {4, 5} <= set(meant[0].due[Season.AUTUMN])


@pytest.mark.parametrize(
    ("code", "limits"), [("LASETTAN", (4, 5)), ("TALUPPFATTNING", (16, 26)), ("FRANVARO", (10, 5))]
)
def test_limits_are_those_of_the_example_workbook_in_years_4_and_5(code, limits):
    spec = next(spec for spec in CATALOGUE if spec.code == code)

    assert [spec.limits_in(4), spec.limits_in(5)] == [limits, limits]


@pytest.mark.parametrize("country", ["SE", "NO", "DK"])
def test_limits_are_in_order_and_on_the_scale(country):
    for spec in indicators_for(country, 1 if country == "NO" else 0):
        for yellow, green in spec.limits.values():
            check_limits(yellow, green, spec.is_high_good)
            assert spec.scale.contains(round(yellow * HUNDREDTHS))
            assert spec.scale.contains(round(green * HUNDREDTHS))


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.code)
def test_due_year_groups_have_limits(spec):
    assert {group for due in spec.due.values() for group in due} <= set(spec.limits)


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.code)
def test_values_are_values_of_their_scale(development, spec):
    values = values_of(development, spec.code)

    assert all(spec.scale.contains(round(value)) for value in values)


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.code)
def test_most_are_green_and_some_are_red(development, spec):
    year_group = max(spec.limits)
    colours = colours_of(spec, values_of(development, spec.code, year_group), year_group)

    assert 0.45 <= np.mean(colours == Colour.GREEN) <= 0.92
    assert 0.04 <= np.mean(colours == Colour.RED) <= 0.25


def test_one_value_in_ten_to_one_in_five_is_near_a_limit(development):
    n_values, n_near = 0, {}
    for spec in CATALOGUE:
        for year_group in sorted({group for due in spec.due.values() for group in due}):
            yellow, green = (HUNDREDTHS * limit for limit in spec.limits_in(year_group))
            values = values_of(development, spec.code, year_group)
            near = is_near(values, yellow, green, HUNDREDTHS * spec.error)
            n_near[spec.code, year_group] = np.sum(near)
            n_values += N_PUPILS

    assert 0.1 <= sum(n_near.values()) / n_values <= 0.2
    assert max(n_near.values()) <= 0.4 * N_PUPILS


def test_pupils_keep_their_place_from_one_round_to_the_next(development):
    autumn = values_of(development, "LASHASTIGHET")
    spring = values_of(development, "LASHASTIGHET", season=Season.SPRING, years=0.65)

    assert 0.7 < np.corrcoef(autumn, spring)[0, 1] < 0.98


def test_pupils_improve_over_the_year(development):
    autumn = values_of(development, "LASHASTIGHET")
    spring = values_of(development, "LASHASTIGHET", season=Season.SPRING, years=0.65)

    assert 0.03 < (spring.mean() - autumn.mean()) / autumn.std() < 0.4


def test_language_and_mathematics_hang_together(development):
    reading, numbers = values_of(development, "LASFORST"), values_of(development, "TALUPPFATTNING")

    assert 0.2 < np.corrcoef(reading, numbers)[0, 1] < 0.7


def test_schools_differ(development):
    values = values_of(development, "LASFORST")
    means = [values[school::8].mean() for school in range(8)]

    assert np.ptp(means) > 0.25 * values.std()


def test_absence_has_its_tail_on_the_bad_side(development):
    values = values_of(development, "FRANVARO")

    assert values.mean() > np.median(values)
    assert values.min() >= 0


def test_marks_say_why_there_is_no_value(development):
    place = next(n for n, spec in enumerate(CATALOGUE) if spec.code == "SKRIVNING")

    marks, is_missing = development.marks(np.arange(N_PUPILS), np.full(N_PUPILS, place))

    assert set(marks) == set(Mark)
    assert 0.9 < np.mean(marks == Mark.MEASURED) < 0.99
    assert 0.01 < is_missing.mean() < 0.08


def test_nobody_is_absent_from_what_is_registered(development):
    place = next(n for n, spec in enumerate(CATALOGUE) if spec.is_registered)

    marks, _is_missing = development.marks(np.arange(N_PUPILS), np.full(N_PUPILS, place))

    assert set(marks) == {Mark.MEASURED}


def test_rounds_of_the_demo():
    rounds = rounds_until(2026, 4, "SE")

    assert [(plan.name, plan.starts_on, plan.ends_on) for plan in rounds] == [
        ("HT 2025", datetime.date(2025, 8, 25), datetime.date(2025, 10, 10)),
        ("Januari 2026", datetime.date(2026, 1, 12), datetime.date(2026, 1, 30)),
        ("VT 2026", datetime.date(2026, 4, 13), datetime.date(2026, 5, 22)),
        ("HT 2026", datetime.date(2026, 8, 24), datetime.date(2026, 10, 9)),
    ]


@pytest.mark.parametrize("n_rounds", [1, 5, 12])
def test_rounds_follow_each_other_and_end_with_the_last_autumn(n_rounds):
    rounds = rounds_until(2026, n_rounds, "NO")

    assert len(rounds) == n_rounds
    assert rounds[-1].name == "Høst 2026"
    assert all(before.ends_on < after.starts_on for before, after in pairwise(rounds))


@pytest.mark.parametrize(
    ("country", "codes"),
    [
        ("SE", {"SPRAKF", "BETYGSV", "BETYGMA", "BETYGEN", "FRANVARO"}),
        ("NO", {"KARNORSK", "KARMAT", "KARENG", "FRAVAR"}),
        ("DK", {"KARDANS", "KARMATM", "KARENGM", "FRAVAER"}),
    ],
)
def test_what_starter_sets_define_is_drawn_from_the_countrys_own(country, codes):
    shipped = {
        each.definition.code: each.definition for one in starter_sets(country) for each in one.indicators
    }
    drawn = {spec.code: spec for spec in indicators_for(country, 0) if spec.code in shipped}

    assert set(drawn) == codes
    for code, spec in drawn.items():
        said = shipped[code]
        assert (spec.names, spec.definitions, spec.scale, spec.source, spec.legal_ground) == (
            said.names,
            said.definitions,
            said.scale,
            said.source,
            said.legal_ground,
        )
