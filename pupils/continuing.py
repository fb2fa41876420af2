"""Which class goes on as which: last year's class and the one in which most of its pupils are now.

A class is a unit for one school year. Whoever is missing in the new one is known only if it is known whose pupils it
has; a class list does not say so, but its pupils do.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from accounts.models import Unit, UnitPlacement
from accounts.tenancy import current_municipality

from .queries import home_enrolments
from .school_years import expected_year_group

ONE_DAY = datetime.timedelta(days=1)


def continuing_classes(class_ids: Collection[int], first_day: datetime.date) -> dict[int, int]:
    """By id of a class that ends with the day, the one of the classes that it goes on as; no entry where it is none.

    class_ids: that begin on the day. At least half of the old class's pupils must go on in the one, at the same school
    or its successor, a year group higher; where two have half each, nobody can say which it is.
    """
    halves = _with_half(class_ids, first_day)
    ending = Unit.objects.filter(pk__in=halves, valid_to=first_day, successor=None)
    return {old.pk: halves[old.pk][0] for old in ending if len(halves[old.pk]) == 1}


def still_continuing(successors: Mapping[int, int]) -> set[int]:
    """Ids of the classes of which at least half of the pupils still go on in the class that is their successor."""
    days = dict(Unit.objects.filter(pk__in=successors.values()).values_list("pk", "valid_from"))
    found = set()
    for first_day in set(days.values()):
        halves = _with_half([class_id for class_id, day in days.items() if day == first_day], first_day)
        found |= {old_id for old_id, new_id in successors.items() if new_id in halves.get(old_id, ())}
    return found


def _with_half(class_ids: Collection[int], first_day: datetime.date) -> dict[int, list[int]]:
    """By old class, those of the classes in which at least half of its pupils go on at the same school."""
    n_pupils, n_going_on = _counted(class_ids, first_day)
    at_school = _schools([*n_going_on, *class_ids], first_day)
    return {
        old_id: [
            new_id
            for new_id, n in of_old.items()
            if 2 * n >= n_pupils[old_id] and at_school[new_id] == at_school[old_id]
        ]
        for old_id, of_old in n_going_on.items()
    }


def _counted(
    class_ids: Collection[int], first_day: datetime.date
) -> tuple[Counter[int], dict[int, Counter[int]]]:
    """How many pupils each old class had at its end, and how many of them are in which of the classes."""
    day_before = first_day - ONE_DAY
    country = current_municipality().country
    columns = ("pupil_id", "school_class_id", "year_group")
    now = home_enrolments(first_day).filter(school_class__in=class_ids).values_list(*columns)
    home_now = {pupil_id: (class_id, year_group) for pupil_id, class_id, year_group in now}
    then = home_enrolments(day_before)
    of_members = then.filter(pupil__in=home_now.keys()).values("school_class")
    n_pupils: Counter[int] = Counter()
    n_going_on: dict[int, Counter[int]] = defaultdict(Counter)
    for pupil_id, class_id, year_group in then.filter(school_class__in=of_members).values_list(*columns):
        n_pupils[class_id] += 1
        new_id, new_year_group = home_now.get(pupil_id, (None, None))
        moved_up = expected_year_group(year_group, country, then=day_before, on=first_day)
        if new_id is not None and new_year_group == moved_up:
            n_going_on[class_id][new_id] += 1
    return n_pupils, n_going_on


def _schools(class_ids: Collection[int], first_day: datetime.date) -> dict[int, int]:
    """Of each class the school where it stands or stood last, or what has taken that one's place by the day."""
    placements = UnitPlacement.objects.filter(unit__in=class_ids, valid_from__lte=first_day)
    found = {}
    for placement in placements.select_related("parent__successor").order_by("valid_from"):
        school = placement.parent
        while not school.is_in_force(first_day) and school.successor is not None:
            school = school.successor
        found[placement.unit_id] = school.pk
    return found
