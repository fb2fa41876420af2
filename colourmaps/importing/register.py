"""The municipality's pupils and classes on a day, read once, as an import looks them up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import astuple, dataclass, field
from functools import cached_property

from django.db.models import Q

from accounts.dated import in_force
from accounts.models import Level, Unit, UnitCode, UnitPlacement
from pupils.models import Enrolment, Pupil
from pupils.protected import Identity, identities_of, protected_pupils
from pupils.school_years import SchoolYear
from pupils.services import search_name

from .mapping import header_key

ONE_DAY = datetime.timedelta(days=1)
# A Swedish identity number with its century.
LONG_NUMBER = 12


@dataclass(frozen=True, slots=True)
class KnownPupil:
    """A pupil of the register with the home class on the day, or else the first one later in that school year.

    school_class_id: None without such a class; year_group, home_since: in it and from when, None without it.
    is_settled: no other home class comes later, so that the pupil can be moved from a day on.
    free_from: the day of the school year from which the pupil can get a home class; None for a pupil who has one, or
    who has one from a later school year on.
    """

    pk: int
    search_name: str
    key: str = ""
    family_name: str = ""
    given_name: str = ""
    identity_number: str = ""
    own_id: str = ""
    is_protected: bool = False
    school_class: str = ""
    school_class_id: int | None = None
    year_group: int | None = None
    home_since: datetime.date | None = None
    is_settled: bool = True
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
    codes: dict[str, int] = field(default_factory=dict)
    classes: dict[tuple[int, str], int] = field(default_factory=dict)
    school_of: dict[int, Unit] = field(default_factory=dict)
    year_groups: dict[int, int | None] = field(default_factory=dict)
    sealed: list[Identity] = field(default_factory=list)
    closed_schools: dict[str, datetime.date] = field(default_factory=dict)
    closed_classes: dict[tuple[int, str], datetime.date] = field(default_factory=dict)

    def school_id(self, name: str) -> int | None:
        """By name or by official code, also one whose leading zeros a spreadsheet has dropped."""
        key = header_key(name)
        return self.schools.get(key) or self.codes.get(self.code_without_zeros.get(key, ""))

    @cached_property
    def code_without_zeros(self) -> dict[str, str]:
        """Official code of a school by what a spreadsheet leaves of it; only where it can mean one code."""
        return _bare(self.codes, taken=self.schools)

    @cached_property
    def own_id_without_zeros(self) -> dict[str, str]:
        """The municipality's own id by what a spreadsheet leaves of it; only where it can mean one pupil."""
        return _bare(self.by_own_id, taken=self.by_own_id)

    @cached_property
    def called(self) -> dict[str, list[KnownPupil]]:
        """Pupils by search name alone."""
        found: dict[str, list[KnownPupil]] = defaultdict(list)
        for (name, _class_id), pupils in self.by_name.items():
            found[name].extend(pupils)
        return dict(found)

    @cached_property
    def members(self) -> dict[int, list[KnownPupil]]:
        """Pupils by id of the home class."""
        found: dict[int, list[KnownPupil]] = defaultdict(list)
        for (_name, class_id), pupils in self.by_name.items():
            if class_id is not None:
                found[class_id].extend(pupils)
        return dict(found)

    @cached_property
    def by_short_number(self) -> dict[str, KnownPupil]:
        """Pupils by identity number as it is written short: without the century where it is twelve characters."""
        return {number[2:]: pupil for number, pupil in self.by_identity.items() if len(number) == LONG_NUMBER}

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


def _bare(full: Iterable[str], *, taken: Container[str]) -> dict[str, str]:
    """Number -> the same with its leading zeros; not where two would be the same, or where the number is one itself."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in full:
        if code.isdecimal() and code.startswith("0"):
            found[code.lstrip("0")].append(code)
    return {bare: codes[0] for bare, codes in found.items() if len(codes) == 1 and bare not in taken}


def read_register(on: datetime.date) -> Register:
    register = Register(SchoolYear.of(on))
    _read_units(register, on)
    _read_closed(register, on)
    _read_pupils(register, on)
    return register


def _read_units(register: Register, on: datetime.date) -> None:
    """Classes that there are on the day; schools also if they begin later, so that none is made twice."""
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    # Latest first: of several with the same name the first one, which is the one of the day, is kept.
    schools = Unit.objects.filter(not_over, level=Level.SCHOOL).order_by("-valid_from")
    codes = UnitCode.objects.filter(not_over, unit__in=schools).order_by("-valid_from")
    register.schools = {header_key(school.name): school.pk for school in schools}
    register.codes = {header_key(code.code): code.unit_id for code in codes}
    register.schools |= register.codes
    placements = UnitPlacement.objects.on(on).filter(in_force(on, "unit__"), unit__level=Level.SCHOOL_CLASS)
    for placement in placements.select_related("unit", "parent"):
        school_class = placement.unit
        register.classes[placement.parent_id, header_key(school_class.name)] = school_class.pk
        register.school_of[school_class.pk] = placement.parent
        register.year_groups[school_class.pk] = school_class.year_group


def _read_closed(register: Register, on: datetime.date) -> None:
    """What was closed and has no successor of the same name: a file that names it is old, or its author is."""
    schools = Unit.objects.filter(level=Level.SCHOOL, valid_to__lte=on).order_by("valid_to")
    codes = UnitCode.objects.filter(unit__in=schools).values_list("code", "unit__valid_to")
    for name, closed_on in [*schools.values_list("name", "valid_to"), *codes]:
        if header_key(name) not in register.schools:
            register.closed_schools[header_key(name)] = closed_on
    within = {"unit__valid_to__lte": on, "unit__valid_to__gt": register.school_year.first_day}
    placements = UnitPlacement.objects.filter(unit__level=Level.SCHOOL_CLASS, **within)
    for school_id, name, closed_on in placements.values_list("parent_id", "unit__name", "unit__valid_to"):
        if (school_id, header_key(name)) not in register.classes:
            register.closed_classes[school_id, header_key(name)] = closed_on


@dataclass
class _Homes:
    """Home classes by pupil id: the class of the day or later in its school year; else from when one is missing.

    classes: id, name, year group and from when. last_begins: from when the last home class of all is.
    """

    classes: dict[int, tuple[int, str, int, datetime.date]] = field(default_factory=dict)
    last_begins: dict[int, datetime.date] = field(default_factory=dict)
    last_days: dict[int, datetime.date] = field(default_factory=dict)
    come_later: set[int] = field(default_factory=set)


def _read_homes(register: Register, on: datetime.date) -> _Homes:
    """A home class ends with the enrolment or with the class itself, whichever comes first."""
    first_day = register.school_year.first_day
    enrolments = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=first_day), is_home=True
    ).order_by("valid_from")
    homes = _Homes()
    for pupil_id, class_id, name, year_group, begins, *ends in enrolments.values_list(
        "pupil_id",
        "school_class_id",
        "school_class__name",
        "year_group",
        "valid_from",
        "valid_to",
        "school_class__valid_to",
    ):
        homes.last_begins[pupil_id] = begins
        end = min((day for day in ends if day is not None), default=None)
        if begins >= register.school_year.valid_to:
            homes.come_later.add(pupil_id)
        elif end is None or end > on:
            homes.classes.setdefault(pupil_id, (class_id, name, year_group, begins))
        else:
            homes.last_days[pupil_id] = max(end, begins + ONE_DAY, homes.last_days.get(pupil_id, first_day))
    return homes


def _read_pupils(register: Register, on: datetime.date) -> None:
    homes = _read_homes(register, on)
    first_day = register.school_year.first_day
    pupils = Pupil.objects.values_list(
        "pk", "search_name", "key", "family_name", "given_name", "identity_number", "own_id", "protection"
    )
    sealed = _opened()
    register.sealed = list(sealed.values())
    for pk, name, key, family_name, given_name, identity_number, own_id, protection in pupils:
        if key in sealed:
            family_name, given_name, identity_number, own_id = astuple(sealed[key])
            name = search_name(family_name, given_name)
        class_id, class_name, year_group, since = homes.classes.get(pk, (None, "", None, None))
        is_free = class_id is None and pk not in homes.come_later
        pupil = KnownPupil(
            pk=pk,
            search_name=name,
            key=key,
            family_name=family_name,
            given_name=given_name,
            identity_number=identity_number,
            own_id=own_id,
            is_protected=bool(protection),
            school_class=class_name,
            school_class_id=class_id,
            year_group=year_group,
            home_since=since,
            is_settled=homes.last_begins.get(pk) == since,
            free_from=max(first_day, homes.last_days.get(pk, first_day)) if is_free else None,
        )
        if identity_number:
            register.by_identity[identity_number] = pupil
        if own_id:
            register.by_own_id[own_id] = pupil
        register.by_name[name, class_id].append(pupil)


def _opened() -> dict[str, Identity]:
    """Who the protected pupils are, by key, for the length of the run: so that a row about one of them goes to the
    pupil and adds nobody a second time. No message and no question says anything of them (KnownPupil.is_protected).
    """
    return identities_of(protected_pupils().values_list("key", flat=True))


def name_keys(family_name: str, given_name: str, full_name: str) -> set[str]:
    """The search names that a row may mean. Nobody can tell where in a full name the family name begins."""
    keys = {search_name(family_name, given_name)}
    words = full_name.replace(",", " ").split()
    keys |= {search_name(" ".join(words[at:]), " ".join(words[:at])) for at in range(len(words))}
    return keys - {""}
