"""Merit value and eligibility: pure, by the rules of the school law."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colourmaps.merit import (
    BLOCKS,
    Grades,
    Rule,
    Subject,
    has_passed_all,
    is_eligible_for_arts,
    is_eligible_for_science,
    is_eligible_for_social,
    is_eligible_for_vocational,
    merit_of_16,
    merit_of_17,
    value_by,
)
from colourmaps.scales import SWEDISH_GRADES

POINTS = {step.label: step.number for step in SWEDISH_GRADES} | {"-": None}
CORE = ["SV", "EN", "MA"]
# The sixteen subjects that everybody has.
SIXTEEN = [*CORE, *"BI FY KE TK GE HI RE SH BL HKK IDH MU SL".split()]
ELIGIBILITY = [
    is_eligible_for_vocational,
    is_eligible_for_arts,
    is_eligible_for_social,
    is_eligible_for_science,
]


def graded(letter: str, *subjects: str, **others: str) -> dict[str, int | None]:
    """The same letter in the subjects, others as they are said."""
    return dict.fromkeys(subjects, POINTS[letter]) | {subject: POINTS[one] for subject, one in others.items()}


def eligible_for(grades: Grades, **options: bool) -> list[bool]:
    """Vocational, aesthetic, economics and society, science and technology."""
    return [asks(grades, **options) for asks in ELIGIBILITY]


def test_sixteen_subjects_are_those_of_everybody():
    assert len(SIXTEEN) == 16
    assert set(SIXTEEN) < set(Subject.values)


@pytest.mark.parametrize(
    ("letter", "points"), [("A", 20), ("B", 17.5), ("C", 15), ("D", 12.5), ("E", 10), ("F", 0)]
)
def test_points_of_a_grade(letter, points):
    assert POINTS[letter] == points * 100


def test_sixteen_times_a_and_a_modern_language_as_choice():
    grades = graded("A", *SIXTEEN, "M2")

    assert (merit_of_16(grades), merit_of_17(grades)) == (320_00, 340_00)


def test_seventeen_times_e_with_and_without_the_language_choice():
    assert merit_of_17(graded("E", *SIXTEEN, "M2")) == 170_00
    assert merit_of_17(graded("E", *SIXTEEN)) == 160_00


def test_lowest_merit_of_an_eligible_pupil():
    grades = graded("F", *SIXTEEN) | graded("E", *CORE, "BI", "FY", "BL", "MU", "SL")

    assert (merit_of_16(grades), merit_of_17(grades)) == (80_00, 80_00)
    assert eligible_for(grades) == [True, False, False, False]


def test_twelve_passes_without_english():
    passed = ["SV", "MA", *"BI FY KE GE HI RE SH BL MU SL".split()]
    grades = graded("F", *SIXTEEN) | graded("E", *passed)

    assert len(passed) == 12
    assert eligible_for(grades) == [False, False, False, False]
    assert eligible_for(grades, needs_english=False) == [True, True, True, True]


@pytest.mark.parametrize("grades", [graded("F", *SIXTEEN), graded("-", *SIXTEEN), graded("F", "SV", MA="-")])
def test_pupil_with_only_f_or_dash_has_no_merit_value_and_has_not_passed_all(grades):
    assert (merit_of_16(grades), merit_of_17(grades)) == (None, None)
    assert has_passed_all(grades) is False
    assert value_by(Rule.ALL_PASSED, grades) == 0


def test_fewer_than_sixteen_grades_are_summed_as_they_are():
    assert merit_of_16(graded("C", *CORE, BI="E", FY="F", KE="-")) == 3 * 15_00 + 10_00


def test_mother_tongue_takes_the_place_of_the_lowest_and_gives_no_place_of_its_own():
    with_mother_tongue = graded("E", *SIXTEEN, ML="A")

    assert merit_of_16(with_mother_tongue) == 15 * 10_00 + 20_00
    assert merit_of_17(with_mother_tongue) == 15 * 10_00 + 20_00


def test_modern_language_as_pupils_choice_gives_no_place_of_its_own():
    assert merit_of_17(graded("A", *SIXTEEN, "M1")) == 320_00


def test_language_choice_is_among_the_sixteen_when_there_is_no_seventeenth_place():
    grades = graded("E", *SIXTEEN, M2="A")

    assert merit_of_16(grades) == 15 * 10_00 + 20_00
    assert merit_of_17(grades) == 16 * 10_00 + 20_00


def test_failed_language_choice_neither_adds_nor_takes():
    assert merit_of_17(graded("E", *SIXTEEN, M2="F")) == 160_00


def test_block_grades_count_as_their_three_and_four_subjects():
    grades = graded("E", *CORE, *"TK BL HKK IDH MU SL".split(), NO="A", SO="C")

    assert merit_of_16(grades) == 9 * 10_00 + 3 * 20_00 + 4 * 15_00
    assert eligible_for(grades) == [True, True, True, True]


def test_own_grade_goes_before_the_block():
    assert merit_of_16({"NO": 2000, "BI": 1000}) == 10_00 + 2 * 20_00


@pytest.mark.parametrize("swedish", ["SV", "SVA"])
def test_either_swedish_will_do(swedish):
    assert is_eligible_for_vocational(graded("E", swedish, "EN", "MA", *"BI FY KE TK BL".split()))


def test_second_swedish_is_not_one_of_the_others():
    assert not is_eligible_for_vocational(graded("E", "SV", "SVA", "EN", "MA", *"BI FY KE TK".split()))


@pytest.mark.parametrize("core", CORE)
def test_pass_in_each_of_the_core_subjects_is_needed(core):
    grades = graded("A", *SIXTEEN) | graded("F", core)

    assert eligible_for(grades) == [False] * 4


@pytest.mark.parametrize(("n_others", "expected"), [(4, False), (5, True)])
def test_vocational_needs_five_others(n_others, expected):
    others = "BI BL MU SL TK".split()[:n_others]

    assert is_eligible_for_vocational(graded("E", *CORE, *others)) is expected


@pytest.mark.parametrize(("n_others", "expected"), [(8, False), (9, True)])
def test_aesthetic_needs_any_nine_others(n_others, expected):
    others = "BL MU SL TK HKK IDH ML M2 BI".split()[:n_others]

    assert is_eligible_for_arts(graded("E", *CORE, *others)) is expected


@pytest.mark.parametrize("missing", ["GE", "HI", "RE", "SH"])
def test_social_programmes_ask_for_each_of_four(missing):
    grades = graded("E", *SIXTEEN) | graded("F", missing)

    assert eligible_for(grades) == [True, True, False, True]


@pytest.mark.parametrize("missing", ["BI", "FY", "KE"])
def test_science_programmes_ask_for_each_of_three(missing):
    grades = graded("E", *SIXTEEN) | graded("F", missing)

    assert eligible_for(grades) == [True, True, True, False]


def test_all_is_passed_only_without_f_and_dash():
    assert has_passed_all(graded("E", *SIXTEEN))
    assert not has_passed_all(graded("E", *SIXTEEN, MU="-"))
    assert not has_passed_all(graded("E", *SIXTEEN, MU="F"))
    assert not has_passed_all({})


@given(st.dictionaries(st.sampled_from(Subject.values), st.sampled_from(list(POINTS.values()))))
def test_seventeenth_never_takes_away_and_adds_a_grade_at_most(grades):
    of_16, of_17 = merit_of_16(grades), merit_of_17(grades)

    assert (of_16 is None) == (of_17 is None)
    if of_16 is not None and of_17 is not None:
        assert of_16 <= of_17 <= of_16 + 2000
        assert of_17 <= 340_00


@given(st.dictionaries(st.sampled_from(Subject.values), st.sampled_from(list(POINTS.values()))))
def test_who_is_eligible_for_more_is_eligible_for_less(grades):
    vocational, arts, social, science = eligible_for(grades)

    assert vocational >= arts >= max(social, science)
    if vocational:
        assert merit_of_16(grades) >= 80_00


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_answers(rule):
    assert value_by(rule, graded("A", *SIXTEEN, "M2")) in (100, 320_00, 340_00)


def test_blocks_name_subjects():
    assert {subject for block in BLOCKS.values() for subject in block} < set(Subject.values)
