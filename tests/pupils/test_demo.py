"""How invented pupils move through the classes: pure, no database."""

import datetime
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from accounts.demo import first_day, solviken
from pupils.demo.movements import invent_paths

AUTUMNS = (2025, 2026)
TOLD_ON = datetime.date(2026, 11, 21)


@pytest.fixture(scope="module")
def plan():
    return solviken(600, AUTUMNS)


@pytest.fixture(scope="module")
def paths(plan):
    return invent_paths(plan, np.random.default_rng(5), told_on=TOLD_ON)


def stays_on(paths, day):
    return [
        stay
        for path in paths
        for stay in path.stays
        if stay.valid_from <= day and (stay.valid_to is None or stay.valid_to > day)
    ]


def test_as_many_pupils_as_planned_are_there_at_the_end(paths):
    assert len(stays_on(paths, TOLD_ON)) == 600


def test_same_seed_gives_the_same_paths(plan, paths):
    again = invent_paths(plan, np.random.default_rng(5), told_on=TOLD_ON)

    assert [path.stays for path in again] == [path.stays for path in paths]


def test_another_seed_gives_other_paths(plan, paths):
    other = invent_paths(plan, np.random.default_rng(6), told_on=TOLD_ON)

    assert [path.stays for path in other] != [path.stays for path in paths]


def test_stays_follow_each_other_without_gap_or_overlap(paths):
    for path in paths:
        for before, after in pairwise(path.stays):
            assert before.valid_to == after.valid_from


def test_stays_lie_within_their_class(plan, paths):
    for path in paths:
        for stay in path.stays:
            school_class = plan.classes[stay.class_place]
            assert stay.year_group in school_class.year_groups
            assert first_day(school_class.autumn) <= stay.valid_from < first_day(school_class.autumn + 1)
            assert stay.valid_to is None or stay.valid_to <= first_day(school_class.autumn + 1)
            assert stay.valid_to is None or stay.valid_from < stay.valid_to


def test_only_stays_of_the_last_school_year_are_open(plan, paths):
    open_stays = [stay for path in paths for stay in path.stays if stay.valid_to is None]

    assert {plan.classes[stay.class_place].autumn for stay in open_stays} == {2026}


def test_pupils_move_up_one_year_group_in_august(paths):
    moved_up = [
        (before.year_group, after.year_group)
        for path in paths
        for before, after in pairwise(path.stays)
        if after.valid_from == first_day(2026)
    ]

    assert moved_up
    assert all(after == before + 1 for before, after in moved_up)


def test_year_nine_leaves(plan, paths):
    last_of_nine = [path.last for path in paths if path.last.year_group == 9]
    of_last_year = [stay for stay in last_of_nine if plan.classes[stay.class_place].autumn == 2025]

    assert of_last_year
    assert all(stay.valid_to is not None and stay.valid_to <= first_day(2026) for stay in of_last_year)


def test_some_change_class_and_some_change_school_within_a_year(plan, paths):
    kinds = Counter(
        plan.classes[before.class_place].school == plan.classes[after.class_place].school
        for path in paths
        for before, after in pairwise(path.stays)
        if after.valid_from not in {first_day(2025), first_day(2026)}
    )

    assert kinds[True] > 0
    assert kinds[False] > 0


def test_some_join_within_a_school_year(paths):
    joined = {path.stays[0].valid_from for path in paths}

    assert any(first_day(2025) < day < first_day(2026) for day in joined)
    assert any(first_day(2026) < day <= TOLD_ON for day in joined)


def test_nothing_is_known_of_days_to_come(paths):
    assert max(stay.valid_from for path in paths for stay in path.stays) <= TOLD_ON


def test_classes_that_wait_for_a_file_have_no_pupils(plan, paths):
    waiting = {place for place, school_class in enumerate(plan.classes) if not school_class.has_pupils}

    assert len(waiting) == 3
    assert not waiting & {stay.class_place for path in paths for stay in path.stays}
