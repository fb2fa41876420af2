"""Writes of the register: one verb each, keyword-only, atomic."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts.dated import in_force
from accounts.models import Unit
from accounts.tenancy import current_municipality

from .identity import search_key
from .models import Enrolment, Pupil, Sex
from .signals import enrolments_changed


class OverlappingEnrolment(ValueError):
    """A pupil would have two home classes on the same day, and so be counted twice."""


# Rows sent to the database at a time.
BATCH = 5000


def add_pupil(
    *,
    given_name: str = "",
    family_name: str = "",
    identity_number: str = "",
    own_id: str = "",
    sex: str = Sex.UNKNOWN,
    protection: str = "",
) -> Pupil:
    """A new pupil; identity_number already checked and normalised by identity.parse_identity."""
    return Pupil.objects.create(
        municipality=current_municipality(),
        given_name=given_name,
        family_name=family_name,
        search_name=search_key(f"{family_name} {given_name}"),
        identity_number=identity_number,
        own_id=own_id,
        sex=sex,
        protection=protection,
    )


@transaction.atomic
def enrol_pupil(*, pupil: Pupil, school_class: Unit, year_group: int, on: datetime.date) -> Enrolment:
    """The pupil's home class from a day on; the home class until then ends that day.

    Raises OverlappingEnrolment if the pupil already has a home class that begins that day or later.
    """
    if Enrolment.objects.filter(pupil=pupil, is_home=True, valid_from__gte=on).exists():
        raise OverlappingEnrolment(f"the pupil has a home class from {on} or later")
    left = Enrolment.objects.filter(in_force(on), pupil=pupil, is_home=True)
    class_ids = {school_class.pk, *left.values_list("school_class_id", flat=True)}
    left.update(valid_to=on)
    enrolment = Enrolment.objects.create(
        municipality=current_municipality(),
        pupil=pupil,
        school_class=school_class,
        year_group=year_group,
        valid_from=on,
    )
    enrolments_changed.send(sender=enrol_pupil, pupil_ids=[pupil.pk], class_ids=class_ids)
    return enrolment


@transaction.atomic
def end_enrolment(*, enrolment: Enrolment, on: datetime.date) -> None:
    """The pupil leaves the class: the day is the first on which it is no longer the pupil's."""
    enrolment.valid_to = on
    enrolment.save(update_fields=["valid_to"])
    enrolments_changed.send(
        sender=end_enrolment, pupil_ids=[enrolment.pupil_id], class_ids={enrolment.school_class_id}
    )


@transaction.atomic
def add_pupils(
    pupils: Sequence[Mapping[str, str]],
    *,
    class_ids: Sequence[int],
    year_groups: Sequence[int],
    on: datetime.date,
) -> list[int]:
    """Many new pupils at once, each enrolled in a home class from a day; returns their ids, in order.

    pupils: the fields of add_pupil; class_ids and year_groups: one per pupil.
    """
    municipality = current_municipality()
    rows = [
        Pupil(
            municipality=municipality,
            search_name=search_key(f"{fields.get('family_name', '')} {fields.get('given_name', '')}"),
            **fields,
        )
        for fields in pupils
    ]
    Pupil.objects.bulk_create(rows, batch_size=BATCH)
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                municipality=municipality,
                pupil=pupil,
                school_class_id=class_id,
                year_group=year_group,
                valid_from=on,
            )
            for pupil, class_id, year_group in zip(rows, class_ids, year_groups, strict=True)
        ],
        batch_size=BATCH,
    )
    pupil_ids = [pupil.pk for pupil in rows]
    enrolments_changed.send(sender=add_pupils, pupil_ids=pupil_ids, class_ids=set(class_ids))
    return pupil_ids
