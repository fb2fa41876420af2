"""Writes of the register: one verb each, keyword-only, atomic."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.dated import in_force
from accounts.known import change, remove
from accounts.models import Unit
from accounts.tenancy import current_municipality

from .identity import search_key
from .models import Enrolment, FormerEnrolment, ProtectedIdentity, Protection, Pupil, Sex
from .protected import locators_of
from .sealing import keep_sealed, refuse_without_key, take_name
from .signals import enrolments_changed


@dataclass(frozen=True)
class Enrolled:
    """What an enrolment of many has written: ids of the new rows; (id, valid_to before) of those that it has ended."""

    enrolment_ids: list[int]
    ended: list[tuple[int, datetime.date | None]]


class OverlappingEnrolment(ValueError):
    """A pupil would have two home classes on the same day, and so be counted twice."""


# Rows sent to the database at a time.
BATCH = 5000


def search_name(family_name: str, given_name: str) -> str:
    """A name as Pupil.search_name holds it, cut to its length: folding can make a name longer."""
    longest = Pupil._meta.get_field("search_name").max_length
    return search_key(f"{family_name} {given_name}")[:longest].rstrip()


@transaction.atomic
def add_pupil(
    *,
    given_name: str = "",
    family_name: str = "",
    identity_number: str = "",
    own_id: str = "",
    sex: str = Sex.UNKNOWN,
    protection: str = "",
) -> Pupil:
    """A new pupil; identity_number already checked and normalised by identity.parse_identity.

    Who a pupil with protected identity is, is sealed before anything is written.
    """
    pupil = Pupil(
        municipality=current_municipality(),
        given_name=given_name,
        family_name=family_name,
        search_name=search_name(family_name, given_name),
        identity_number=identity_number,
        own_id=own_id,
        sex=sex,
        protection=protection,
    )
    _seal_protected([pupil])
    pupil.save()
    return pupil


def _seal_protected(pupils: Sequence[Pupil]) -> None:
    """Takes the names of those with protected identity, who are not written yet, into the sealed store."""
    protected = [pupil for pupil in pupils if pupil.is_protected]
    if protected:
        refuse_without_key()
        keep_sealed([(pupil, take_name(pupil)) for pupil in protected])


@transaction.atomic
def enrol_pupil(*, pupil: Pupil, school_class: Unit, year_group: int, on: datetime.date) -> Enrolment:
    """The pupil's home class from a day on; the home class until then ends that day.

    Raises OverlappingEnrolment if the pupil already has a home class that begins that day or later.
    """
    enrol_pupils([pupil.pk], class_ids=[school_class.pk], year_groups=[year_group], on=on)
    return Enrolment.objects.get(pupil=pupil, is_home=True, valid_from=on)


@transaction.atomic
def enrol_pupils(
    pupil_ids: Sequence[int],
    *,
    class_ids: Sequence[int],
    year_groups: Sequence[int],
    on: datetime.date,
) -> Enrolled:
    """As enrol_pupil for many pupils at once: pupil_ids, class_ids and year_groups in the same order."""
    touched = set(class_ids)
    ended: list[tuple[int, datetime.date | None]] = []
    for start in range(0, len(pupil_ids), BATCH):
        homes = Enrolment.objects.filter(pupil_id__in=pupil_ids[start : start + BATCH], is_home=True)
        if homes.filter(valid_from__gte=on).exists():
            raise OverlappingEnrolment(f"the pupil has a home class from {on} or later")
        left = homes.filter(in_force(on))
        before = list(left.values_list("pk", "valid_to", "school_class_id"))
        ended += [(pk, valid_to) for pk, valid_to, _class_id in before]
        touched |= {class_id for _pk, _valid_to, class_id in before}
        change(Enrolment.objects.filter(pk__in=[pk for pk, *_rest in before]), valid_to=on)
    enrolment_ids = _add_enrolments(pupil_ids, class_ids, year_groups, on)
    enrolments_changed.send(sender=enrol_pupils, pupil_ids=list(pupil_ids), class_ids=touched)
    return Enrolled(enrolment_ids, ended)


@transaction.atomic
def take_back_enrolments(
    enrolment_ids: Collection[int], *, ended: Collection[tuple[int, datetime.date | None]]
) -> None:
    """As if `enrol_pupils` had not been: its rows away, those that it had ended as they were before.

    Only for what nobody has built on since; whoever calls has made sure of that.
    """
    written = Enrolment.objects.filter(pk__in=enrolment_ids)
    before = Enrolment.objects.filter(pk__in=[pk for pk, _valid_to in ended])
    touched = list((written | before).values_list("pupil_id", "school_class_id"))
    remove(written)
    for day in {valid_to for _pk, valid_to in ended}:
        of_day = [pk for pk, valid_to in ended if valid_to == day]
        change(Enrolment.objects.filter(pk__in=of_day), valid_to=day)
    pupil_ids, class_ids = {pupil_id for pupil_id, _ in touched}, {class_id for _, class_id in touched}
    enrolments_changed.send(sender=take_back_enrolments, pupil_ids=list(pupil_ids), class_ids=class_ids)


@transaction.atomic
def rename_pupils(names: Mapping[int, tuple[str, str]]) -> None:
    """names: new (family name, given name) by id of the pupil. Not of those with protected identity."""
    pupils = list(Pupil.objects.filter(pk__in=names, protection=Protection.NONE))
    for pupil in pupils:
        pupil.family_name, pupil.given_name = names[pupil.pk]
        pupil.search_name = search_name(pupil.family_name, pupil.given_name)
    Pupil.objects.bulk_update(pupils, ["family_name", "given_name", "search_name"], batch_size=BATCH)


@transaction.atomic
def remove_pupils(pupil_ids: Collection[int]) -> None:
    """Pupils who should never have been added, with their enrolments; ProtectedError if anything else names one."""
    all_ids, class_ids = sorted(pupil_ids), set()
    for start in range(0, len(all_ids), BATCH):
        portion = all_ids[start : start + BATCH]
        enrolments = Enrolment.objects.filter(pupil_id__in=portion)
        class_ids |= set(enrolments.values_list("school_class_id", flat=True))
        enrolments.delete()
        FormerEnrolment.objects.filter(pupil_id__in=portion).delete()
        protected = Pupil.objects.filter(pk__in=portion).exclude(protection=Protection.NONE)
        for key in protected.values_list("key", flat=True):
            ProtectedIdentity.objects.filter(locator__in=locators_of(key)).delete()
        Pupil.objects.filter(pk__in=portion).delete()
    enrolments_changed.send(sender=remove_pupils, pupil_ids=[], class_ids=class_ids)


def _add_enrolments(
    pupil_ids: Sequence[int], class_ids: Sequence[int], year_groups: Sequence[int], on: datetime.date
) -> list[int]:
    municipality = current_municipality()
    enrolments = Enrolment.objects.bulk_create(
        [
            Enrolment(
                municipality=municipality,
                pupil_id=pupil_id,
                school_class_id=class_id,
                year_group=year_group,
                valid_from=on,
            )
            for pupil_id, class_id, year_group in zip(pupil_ids, class_ids, year_groups, strict=True)
        ],
        batch_size=BATCH,
    )
    return [enrolment.pk for enrolment in enrolments]


@transaction.atomic
def end_enrolment(*, enrolment: Enrolment, on: datetime.date) -> None:
    """The pupil leaves the class: the day is the first on which it is no longer the pupil's."""
    change(Enrolment.objects.filter(pk=enrolment.pk), valid_to=on)
    enrolment.valid_to = on
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
            search_name=search_name(fields.get("family_name", ""), fields.get("given_name", "")),
            **fields,
        )
        for fields in pupils
    ]
    _seal_protected(rows)
    Pupil.objects.bulk_create(rows, batch_size=BATCH)
    pupil_ids = [pupil.pk for pupil in rows]
    _add_enrolments(pupil_ids, class_ids, year_groups, on)
    enrolments_changed.send(sender=add_pupils, pupil_ids=pupil_ids, class_ids=set(class_ids))
    return pupil_ids
