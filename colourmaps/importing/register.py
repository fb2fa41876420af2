"""The municipality's pupils and classes on a day, read once, as an import looks them up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.dated import in_force
from accounts.models import Level, Unit, UnitCode, UnitPlacement
from pupils.models import Enrolment, Pupil
from pupils.school_years import SchoolYear
from pupils.services import search_name

from .mapping import header_key

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class KnownPupil:
    """A pupil of the register with the home class on the day, or else the first one later in that school year.

    school_class_id: None without such a class. free_from: the day of the school year from which the pupil can get a
    home class; None for a pupil who has one, or who has one from a later school year on.
    """

    pk: int
    search_name: str
    identity_number: str = ""
    own_id: str = ""
    is_protected: bool = False
    school_class: str = ""
    school_class_id: int | None = None
    free_from: datetime.date | None = None


@dataclass
class Register:
    """Pupils by each of the keys by which a file may name them, and units by name, on a day.

    by_name: by search name and id of the home class. schools: id by name and by official code. classes: id by id of
    the school and name. year_groups: of each class, None for a mixed one. Names are as header_key makes them.
    """

    school_year: SchoolYear
    by_identity: dict[str, KnownPupil] = field(default_factory=dict)
    by_own_id: dict[str, KnownPupil] = field(default_factory=dict)
    by_name: dict[tuple[str, int | None], list[KnownPupil]] = field(default_factory=lambda: defaultdict(list))
    schools: dict[str, int] = field(default_factory=dict)
    classes: dict[tuple[int, str], int] = field(default_factory=dict)
    school_of: dict[int, Unit] = field(default_factory=dict)
    year_groups: dict[int, int | None] = field(default_factory=dict)

    def school_id(self, name: str) -> int | None:
        """By name or by official code."""
        return self.schools.get(header_key(name))

    def class_ids(self, school: str, name: str) -> list[int]:
        """The classes that a row may mean: of the school if it names one, of the name if it names one."""
        school_id, key = self.school_id(school), header_key(name)
        return [
            class_id
            for (of_school, class_key), class_id in self.classes.items()
            if (not school or of_school == school_id) and (not key or class_key == key)
        ]

    def class_id(self, school: str, name: str) -> int | None:
        """A class by its school and name; without a school, the only class of that name."""
        if school:
            school_id = self.school_id(school)
            return None if school_id is None else self.classes.get((school_id, header_key(name)))
        found = self.class_ids("", name)
        return found[0] if len(found) == 1 else None


def read_register(on: datetime.date) -> Register:
    register = Register(SchoolYear.of(on))
    _read_units(register, on)
    _read_pupils(register, on)
    return register


def _read_units(register: Register, on: datetime.date) -> None:
    """Classes that there are on the day; schools also if they begin later, so that none is made twice."""
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    # Latest first: of several with the same name the first one, which is the one of the day, is kept.
    schools = Unit.objects.filter(not_over, level=Level.SCHOOL).order_by("-valid_from")
    codes = UnitCode.objects.filter(not_over, unit__in=schools).order_by("-valid_from")
    register.schools = {header_key(school.name): school.pk for school in schools}
    register.schools |= {header_key(code.code): code.unit_id for code in codes}
    placements = UnitPlacement.objects.on(on).filter(in_force(on, "unit__"), unit__level=Level.SCHOOL_CLASS)
    for placement in placements.select_related("unit", "parent"):
        school_class = placement.unit
        register.classes[placement.parent_id, header_key(school_class.name)] = school_class.pk
        register.school_of[school_class.pk] = placement.parent
        register.year_groups[school_class.pk] = school_class.year_group


@dataclass
class _Homes:
    """Home classes by pupil id: the class of the day or later in its school year; else from when one is missing."""

    classes: dict[int, tuple[int, str]] = field(default_factory=dict)
    last_days: dict[int, datetime.date] = field(default_factory=dict)
    come_later: set[int] = field(default_factory=set)


def _read_homes(register: Register, on: datetime.date) -> _Homes:
    """A home class ends with the enrolment or with the class itself, whichever comes first."""
    first_day = register.school_year.first_day
    enrolments = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=first_day), is_home=True
    ).order_by("valid_from")
    homes = _Homes()
    for pupil_id, class_id, name, begins, *ends in enrolments.values_list(
        "pupil_id",
        "school_class_id",
        "school_class__name",
        "valid_from",
        "valid_to",
        "school_class__valid_to",
    ):
        end = min((day for day in ends if day is not None), default=None)
        if begins >= register.school_year.valid_to:
            homes.come_later.add(pupil_id)
        elif end is None or end > on:
            homes.classes.setdefault(pupil_id, (class_id, name))
        else:
            homes.last_days[pupil_id] = max(end, begins + ONE_DAY, homes.last_days.get(pupil_id, first_day))
    return homes


def _read_pupils(register: Register, on: datetime.date) -> None:
    homes = _read_homes(register, on)
    first_day = register.school_year.first_day
    pupils = Pupil.objects.values_list("pk", "search_name", "identity_number", "own_id", "protection")
    for pk, name, identity_number, own_id, protection in pupils:
        class_id, class_name = homes.classes.get(pk, (None, ""))
        is_free = class_id is None and pk not in homes.come_later
        pupil = KnownPupil(
            pk=pk,
            search_name=name,
            identity_number=identity_number,
            own_id=own_id,
            is_protected=bool(protection),
            school_class=class_name,
            school_class_id=class_id,
            free_from=max(first_day, homes.last_days.get(pk, first_day)) if is_free else None,
        )
        if identity_number:
            register.by_identity[identity_number] = pupil
        if own_id:
            register.by_own_id[own_id] = pupil
        register.by_name[name, class_id].append(pupil)


def name_keys(family_name: str, given_name: str, full_name: str) -> set[str]:
    """The search names that a row may mean. Nobody can tell where in a full name the family name begins."""
    keys = {search_name(family_name, given_name)}
    words = full_name.replace(",", " ").split()
    keys |= {search_name(" ".join(words[at:]), " ".join(words[:at])) for at in range(len(words))}
    return keys - {""}
