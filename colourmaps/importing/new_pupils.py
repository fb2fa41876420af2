"""The pupils whom the import may add, and the classes that it gives to those who have none."""

from __future__ import annotations

from dataclasses import replace

from pupils.models import Sex
from pupils.services import search_name

from .doubts import CLOSED_CLASS, CLOSED_SCHOOL, NO_CLASS, NO_YEAR_GROUP
from .mapping import header_key
from .match import Home, NewPupil, Reading, Unmatched, year_group_in
from .pupil_cells import PupilRow, name_of
from .register import KnownPupil, Register

SEXES = {"girl": Sex.FEMALE, "boy": Sex.MALE, "": Sex.UNKNOWN}


class NewPupils:
    """Describes them from their rows; raises Unmatched where the file does not say enough."""

    def __init__(self, register: Register, *, adds_pupils: bool) -> None:
        self.register = register
        self.adds_pupils = adds_pupils

    def if_possible(self, reading: Reading) -> NewPupil | None:
        """The pupil whom the row would add if a person says that it is a new one."""
        if not self.adds_pupils or not name_of(reading.row):
            return None
        try:
            return self.described(reading)
        except Unmatched:
            return None

    def described(self, reading: Reading) -> NewPupil:
        row, identity = reading.row, reading.identity
        if not row.school_class or not row.school:
            raise Unmatched(NO_CLASS, who=reading.who)
        self._refuse_closed(reading)
        return NewPupil(
            keys=self._keys(reading),
            identity_number=identity.number if identity else "",
            own_id=reading.own_id,
            family_name=row.family_name,
            given_name=row.given_name,
            sex=SEXES[row.sex] or (identity.sex if identity and identity.sex else Sex.UNKNOWN),
            home=self._home(row),
            protection=row.protection,
        )

    def _refuse_closed(self, reading: Reading) -> None:
        row, register = reading.row, self.register
        school_id = register.school_id(row.school)
        closed_on = register.closed_schools.get(header_key(row.school))
        if school_id is None and closed_on:
            raise Unmatched(CLOSED_SCHOOL, who=reading.who, school=row.school, day=closed_on.isoformat())
        closed_on = register.closed_classes.get((school_id or 0, header_key(row.school_class)))
        if closed_on:
            raise Unmatched(
                CLOSED_CLASS, who=reading.who, school_class=row.school_class, day=closed_on.isoformat()
            )

    def _keys(self, reading: Reading) -> tuple[str, ...]:
        row = reading.row
        keys = [f"number {reading.identity.number}"] if reading.identity else []
        keys += [f"id {reading.own_id}"] if reading.own_id else []
        if keys:
            return tuple(keys)
        school = self.register.school_id(row.school) or header_key(row.school)
        name = search_name(row.family_name, row.given_name)
        return (f"name {name}/{school}/{header_key(row.school_class)}",)

    def home_of(self, known: KnownPupil, row: PupilRow) -> Home | None:
        """The file's class for a pupil whose own has ended, as in the class list of the next school year."""
        if not self.adds_pupils or known.free_from is None or not row.school_class:
            return None
        if row.school:
            return self._home(row)
        class_id = self.register.class_id("", row.school_class)
        if class_id is None:
            return None
        return replace(self._home(row), school=self.register.school_of[class_id].name)

    def _home(self, row: PupilRow) -> Home:
        year_group = year_group_in(row, self.register)
        if year_group is None:
            raise Unmatched(NO_YEAR_GROUP, school_class=row.school_class)
        return Home(row.school, row.school_class, year_group)
