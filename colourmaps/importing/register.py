"""The municipality's pupils and classes, read once, as an import looks them up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import Level, Unit, UnitCode, UnitPlacement
from pupils.identity import search_key
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .mapping import header_key


@dataclass(frozen=True)
class KnownPupil:
    pk: int
    search_name: str
    school_class: str = ""
    school_class_id: int | None = None
    is_protected: bool = False


@dataclass
class Register:
    """Pupils by each of the keys by which a file may name them, and units by name, on a day."""

    by_identity: dict[str, KnownPupil] = field(default_factory=dict)
    by_own_id: dict[str, KnownPupil] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[KnownPupil]] = field(default_factory=lambda: defaultdict(list))
    schools: dict[str, int] = field(default_factory=dict)
    classes: dict[tuple[int, str], int] = field(default_factory=dict)

    def school_id(self, name: str) -> int | None:
        """By name or by official code."""
        return self.schools.get(header_key(name))

    def class_id(self, school: str, name: str) -> int | None:
        """A class by its school and name; without a school, the only class of that name."""
        if school:
            school_id = self.school_id(school)
            return None if school_id is None else self.classes.get((school_id, header_key(name)))
        found = [class_id for (_school, key), class_id in self.classes.items() if key == header_key(name)]
        return found[0] if len(found) == 1 else None


def read_register(on: datetime.date) -> Register:
    register = Register()
    _read_units(register, on)
    _read_pupils(register, on)
    return register


def _read_units(register: Register, on: datetime.date) -> None:
    schools = Unit.objects.on(on).filter(level=Level.SCHOOL)
    register.schools = {header_key(school.name): school.pk for school in schools}
    codes = UnitCode.objects.on(on).filter(unit__level=Level.SCHOOL)
    register.schools |= {header_key(code.code): code.unit_id for code in codes}
    placements = UnitPlacement.objects.on(on).filter(unit__level=Level.SCHOOL_CLASS).select_related("unit")
    register.classes = {
        (placement.parent_id, header_key(placement.unit.name)): placement.unit_id for placement in placements
    }


def _read_pupils(register: Register, on: datetime.date) -> None:
    homes = home_enrolments(on).values_list("pupil_id", "school_class_id", "school_class__name")
    home_of = {pupil_id: (class_id, name) for pupil_id, class_id, name in homes}
    pupils = Pupil.objects.values_list("pk", "identity_number", "own_id", "search_name", "protection")
    for pk, identity_number, own_id, search_name, protection in pupils:
        class_id, class_name = home_of.get(pk, (None, ""))
        pupil = KnownPupil(pk, search_name, class_name, class_id, bool(protection))
        if identity_number:
            register.by_identity[identity_number] = pupil
        if own_id:
            register.by_own_id[own_id] = pupil
        register.by_name[search_name, header_key(class_name)].append(pupil)


def name_key(family_name: str, given_name: str) -> str:
    """A name as Pupil.search_name holds it."""
    return search_key(f"{family_name} {given_name}")
