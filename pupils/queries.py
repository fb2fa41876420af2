"""Reads of pupils. Every read of pupils for a page starts in `pupils_in`."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import pandas as pd
from django.db.models import QuerySet

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import WITH_SUBTREE
from accounts.roles import Permission
from accounts.written_reads import listed, rows_of

from .models import Enrolment, Pupil

# Up to so many ids are named in the statement; more are cheaper to read all.
FEW = 500


def home_enrolments(on: datetime.date) -> QuerySet[Enrolment]:
    """Each pupil's home class on a day: the one place where a pupil is counted."""
    return Enrolment.objects.on(on).filter(is_home=True)


def pupils_in(school_class: Unit, on: datetime.date, sight: Sight) -> list[Pupil]:
    """The pupils whose home class it was on a day, for somebody who may see them.

    Raises AccessDenied for everybody else. By name is the reader's matter: languages sort differently.
    """
    sight.check(Permission.SEE_PUPILS, school_class)
    return members_of(school_class, on)


def members_of(school_class: Unit, on: datetime.date) -> list[Pupil]:
    """As `pupils_in`, for code that has already asked the door, or that acts for no person."""
    enrolments = home_enrolments(on).filter(school_class=school_class)
    return [enrolment.pupil for enrolment in enrolments.select_related("pupil")]


def enrolments_at(on: datetime.date, pupil_ids: Collection[int]) -> pd.DataFrame:
    """Home class of each of the pupils on a day: columns pupil_id, school_class_id, year_group; none, no row."""
    enrolments = home_enrolments(on)
    if len(pupil_ids) <= FEW:
        enrolments = enrolments.filter(pupil_id__in=[int(pupil_id) for pupil_id in pupil_ids])
    columns = ["pupil_id", "school_class_id", "year_group"]
    return pd.DataFrame(enrolments.values_list(*columns), columns=columns, dtype="int64")


YEAR_GROUPS_SQL = f"""
    {WITH_SUBTREE} select distinct e.year_group
    from subtree join pupils_enrolment e on e.school_class_id = subtree.unit_id
    where e.municipality_id = %(municipality)s and e.is_home
      and e.valid_from <= %(on)s and (e.valid_to is null or e.valid_to > %(on)s)
    order by e.year_group
"""  # noqa: S608 – columns of our own models


def year_groups_in(unit: Unit, on: datetime.date) -> list[int]:
    """The year groups of the pupils whose home class is the unit or below it on a day, the lowest first."""
    return [row[0] for row in rows_of(YEAR_GROUPS_SQL.format(ids=listed([unit.pk])), on=on)]


def class_of(pupil: Pupil, on: datetime.date) -> Unit | None:
    """The pupil's home class on a day, else the last one before it: who answers for a pupil who has left."""
    enrolment = (
        Enrolment.objects.filter(pupil=pupil, is_home=True, valid_from__lte=on)
        .select_related("school_class__kind")
        .order_by("-valid_from")
        .first()
    )
    return enrolment.school_class if enrolment else None
