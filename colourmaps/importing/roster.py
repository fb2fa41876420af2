"""Schools, classes and pupils that a file names and the register lacks: added when the coordinator has said so."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from accounts.models import Level, Unit
from accounts.queries import root_unit
from accounts.services import add_unit
from pupils.school_years import SchoolYear, year_group_of_class
from pupils.services import add_pupils

from .mapping import header_key
from .matching import NewPupil
from .register import Register


class Roster:
    """Adds what is missing, and knows the id of every new pupil by the key that the file tells them apart by."""

    def __init__(self, register: Register, on: datetime.date) -> None:
        self.register = register
        self.school_year = SchoolYear.of(on)
        self.n_schools = 0
        self.n_classes = 0

    def add(self, pupils: Iterable[NewPupil]) -> dict[str, int]:
        """Ids of the new pupils by their keys; each is enrolled from the first day of the school year."""
        new = list({pupil.key: pupil for pupil in pupils}.values())
        classes = [self._class_id(pupil) for pupil in new]
        year_groups = [self._year_group(pupil) for pupil in new]
        ids = add_pupils(
            [
                {
                    "identity_number": pupil.identity_number,
                    "own_id": pupil.own_id,
                    "family_name": pupil.family_name,
                    "given_name": pupil.given_name,
                    "sex": pupil.sex,
                }
                for pupil in new
            ],
            class_ids=classes,
            year_groups=year_groups,
            on=self.school_year.first_day,
        )
        return {pupil.key: pupil_id for pupil, pupil_id in zip(new, ids, strict=True)}

    def _year_group(self, pupil: NewPupil) -> int:
        """As the file says, else as the class's name says, else as other classes of the school year are: 0."""
        if pupil.year_group is not None:
            return pupil.year_group
        return year_group_of_class(pupil.school_class) or 0

    def _class_id(self, pupil: NewPupil) -> int:
        found = self.register.class_id(pupil.school, pupil.school_class)
        if found is not None:
            return found
        school = self._school(pupil.school)
        school_class = add_unit(
            level=Level.SCHOOL_CLASS,
            name=pupil.school_class,
            parent=school,
            valid_from=self.school_year.first_day,
            valid_to=self.school_year.valid_to,
            year_group=pupil.year_group
            if pupil.year_group is not None
            else year_group_of_class(pupil.school_class),
        )
        self.register.classes[school.pk, header_key(pupil.school_class)] = school_class.pk
        self.n_classes += 1
        return school_class.pk

    def _school(self, name: str) -> Unit:
        school_id = self.register.school_id(name)
        if school_id is not None:
            return Unit.objects.get(pk=school_id)
        school = add_unit(
            level=Level.SCHOOL, name=name, parent=root_unit(), valid_from=self.school_year.first_day
        )
        self.register.schools[header_key(name)] = school.pk
        self.n_schools += 1
        return school
