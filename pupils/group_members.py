"""Whose membership of a registered group somebody may set, and which pupils a list of numbers means. Reads only.

Whoever sets members for the whole municipality sets those of every pupil; all others only of pupils whose home class is
theirs today. A number of somebody else's pupil is answered like one that nobody has.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.access import Sight
from accounts.roles import Permission
from accounts.tenancy import current_municipality

from .identity import NotAnIdentity, parse_identity, search_key
from .models import Protection, Pupil, PupilGroup, PupilGroupMembership
from .protected import NUMBER, OWN_ID, numbered
from .queries import home_enrolments

# Enough to choose from; more say that the question should be narrower.
MOST_FOUND = 25
SHORTEST = 2


def pupils_within(sight: Sight) -> QuerySet[Pupil]:
    """The pupils whose memberships the person may set."""
    if sight.has_for_all(Permission.KEEP_GROUPS):
        return Pupil.objects.all()
    classes = sight.visible_units(Permission.KEEP_GROUPS, sight.today)
    return Pupil.objects.filter(
        pk__in=home_enrolments(sight.today).filter(school_class__in=classes).values("pupil")
    )


def named_within(sight: Sight) -> QuerySet[Pupil]:
    """Those among them whom the person also sees by name."""
    classes = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    homes = home_enrolments(sight.today).filter(school_class__in=classes)
    return pupils_within(sight).filter(pk__in=homes.values("pupil"))


def found_by_name(text: str, sight: Sight) -> list[Pupil]:
    """The pupils whose names hold all the words; those with protected identity are not found by name."""
    wanted = search_key(text)
    if len(wanted) < SHORTEST:
        return []
    found = named_within(sight).filter(protection=Protection.NONE)
    for word in wanted.split():
        found = found.filter(search_name__contains=word)
    return list(found.order_by("search_name")[:MOST_FOUND])


def members_on(group: PupilGroup, on: datetime.date) -> QuerySet[PupilGroupMembership]:
    return PupilGroupMembership.objects.on(on).filter(group=group)


def sizes_on(on: datetime.date, pupils: QuerySet[Pupil] | None = None) -> Counter[int]:
    """How many members each group has on a day, by id; with pupils, only those among them."""
    memberships = PupilGroupMembership.objects.on(on)
    if pupils is not None:
        memberships = memberships.filter(pupil__in=pupils.values("pk"))
    counted = memberships.order_by().values_list("group").annotate(n=Count("pupil", distinct=True))
    return Counter(dict(counted))


def belonging(group: PupilGroup, pupil_ids: Collection[int], on: datetime.date) -> set[int]:
    """Ids of those among the pupils who belong to the group on the day or are to belong to it later."""
    memberships = PupilGroupMembership.objects.filter(group=group, pupil__in=pupil_ids)
    lasting = memberships.on(on) | memberships.filter(valid_from__gte=on)
    return set(lasting.values_list("pupil_id", flat=True))


@dataclass(frozen=True)
class Meant:
    """pupil_ids: whom the lines mean; unknown: lines by which nobody is meant whom the person may set."""

    pupil_ids: set[int]
    unknown: Sequence[str]


def meant_by(lines: Iterable[str], sight: Sight) -> Meant:
    """lines: the municipality's own ids or identity numbers, one each; empty ones are passed over."""
    texts = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    numbers = {text: number for text in texts if (number := _identity_number(text, sight.today))}
    pupils = pupils_within(sight)
    by_own_id = dict(pupils.filter(own_id__in=texts).values_list("own_id", "pk"))
    by_number = dict(pupils.filter(identity_number__in=numbers.values()).values_list("identity_number", "pk"))
    by_own_id |= _protected_within(pupils, numbered(texts, OWN_ID))
    by_number |= _protected_within(pupils, numbered(set(numbers.values()), NUMBER))
    found = {text: by_own_id.get(text) or by_number.get(numbers.get(text, "")) for text in texts}
    return Meant(
        {pupil_id for pupil_id in found.values() if pupil_id},
        [text for text, pupil_id in found.items() if not pupil_id],
    )


def _protected_within(pupils: QuerySet[Pupil], found: dict[str, int]) -> dict[str, int]:
    if not found:
        return {}
    within = set(pupils.filter(pk__in=found.values()).values_list("pk", flat=True))
    return {number: pk for number, pk in found.items() if pk in within}


def _identity_number(text: str, on: datetime.date) -> str:
    try:
        identity = parse_identity(text, current_municipality().country, on=on)
    except NotAnIdentity:
        return ""
    return identity.number if identity else ""
