"""The layout of the invented municipalities: pure, so every size can be tried."""

import pytest

from accounts.demo import fjordvik, solviken, trial
from accounts.demo.towns import schools_for

AUTUMNS = (2025, 2026)


def classes_of(plan, autumn, school=None):
    return [c for c in plan.classes if c.autumn == autumn and school in (None, c.school)]


def test_solviken_of_usual_size():
    plan = solviken(1500, AUTUMNS)

    assert len(plan.administrations) == 2
    assert len(plan.areas) == 3
    assert len(plan.schools) == 8
    assert [len(classes_of(plan, autumn)) for autumn in AUTUMNS] == [69, 72]


def test_schools_cover_all_year_groups_from_preschool_class_to_nine():
    plan = solviken(1500, AUTUMNS)

    assert {group for c in classes_of(plan, 2026) for group in c.year_groups} == set(range(10))


def test_solviksskolan_has_the_classes_of_the_example_workbook_without_pupils():
    classes = classes_of(solviken(1500, AUTUMNS), 2026, school=0)

    assert [c.name for c in classes if not c.has_pupils] == ["4A", "4B", "5A"]


def test_pupils_who_are_to_come_have_no_class_in_the_year_before():
    classes = classes_of(solviken(1500, AUTUMNS), 2025, school=0)

    assert {c.year_group for c in classes} == {0, 1, 2, 5, 6}


def test_next_class_is_the_same_track_one_year_up():
    plan = solviken(1500, AUTUMNS)
    place = plan.class_places[2025, 0, 1, 5]

    following = plan.next_class(place, 5)

    assert following is not None
    assert (plan.classes[place].name, plan.classes[following].name) == ("5B", "6B")


def test_next_class_is_none_where_the_school_ends():
    plan = solviken(1500, AUTUMNS)

    assert plan.next_class(plan.class_places[2025, 0, 0, 6], 6) is None


def test_mixed_class_has_no_year_group_of_its_own():
    mixed = [c for c in classes_of(solviken(1500, AUTUMNS), 2026) if len(c.year_groups) > 1]

    assert [(c.name, c.year_group) for c in mixed] == [("F–1", None), ("2–3", None), ("4–6", None)]


def test_fjordvik_begins_in_year_one_and_has_no_areas():
    plan = fjordvik(150, AUTUMNS)

    assert [c.name for c in classes_of(plan, 2026)] == [f"{year}A" for year in range(1, 11)]
    assert plan.areas == ()


@pytest.mark.parametrize("n_pupils", [60, 300, 1500, 5000, 20_000])
def test_classes_have_a_believable_size(n_pupils):
    plan = trial("Provkommun", "SE", n_pupils, AUTUMNS, first_year_group=0)
    per_class = n_pupils / len(classes_of(plan, 2026))

    assert len(plan.schools) == schools_for(n_pupils)
    assert per_class <= 28
    assert per_class >= (2 if n_pupils < 300 else 14)


@pytest.mark.parametrize("n_pupils", [60, 1500, 20_000])
def test_schools_have_names_of_their_own(n_pupils):
    names = [school.name for school in trial("Provkommun", "SE", n_pupils, AUTUMNS, 0).schools]

    assert len(set(names)) == len(names)
