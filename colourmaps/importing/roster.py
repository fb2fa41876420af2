"""Schools, classes and pupils that a file names and the register lacks: added when the coordinator has said so.

Moves and names that a person has ticked are written here too. All that is added or changed is noted down, so that it
can be taken back (unmaking.py).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Level, Unit
from accounts.queries import root_unit
from accounts.services import add_unit, begin_earlier, set_successors
from pupils.continuing import continuing_classes
from pupils.services import add_pupils, enrol_pupils, rename_pupils

from .differences import Move, Renaming
from .mapping import header_key
from .match import Home, Match, NewPupil
from .register import KnownPupil, Register


@dataclass
class Made:
    """What an import has added to the register and changed in it, by ids.

    enrolments: those of known pupils; a new pupil's goes with the pupil. ended: enrolment, its end before, its end
    since. names: pupil, family and given name before, family and given name since. successors: class of the year
    before, and the one that it goes on as.
    """

    pupils: list[int] = field(default_factory=list)
    enrolments: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    schools: list[int] = field(default_factory=list)
    ended: list[tuple[int, datetime.date | None, datetime.date]] = field(default_factory=list)
    names: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    successors: list[tuple[int, int]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As ImportBatch.made keeps it; {} if there is nothing."""
        kept = {name: list(rows) for name, rows in vars(self).items() if rows}
        if self.ended:
            kept["ended"] = [
                (pk, before and before.isoformat(), since.isoformat()) for pk, before, since in self.ended
            ]
        return kept

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Made:
        ended = [
            (pk, datetime.date.fromisoformat(before) if before else None, datetime.date.fromisoformat(since))
            for pk, before, since in stored.get("ended", ())
        ]
        lists = {name: stored.get(name, []) for name in ("pupils", "enrolments", "classes", "schools")}
        names = [tuple(name) for name in stored.get("names", ())]
        successors = [(old_id, new_id) for old_id, new_id in stored.get("successors", ())]
        return cls(**lists, ended=ended, names=names, successors=successors)


class Roster:
    """Adds to the register what the rows of a file say is missing, from the first day of the school year on."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.n_schools = 0
        self.n_classes = 0
        self.n_pupils = 0
        self.n_moved = 0
        self.n_renamed = 0
        self.made = Made()
        self._id_of_new: dict[str, int] = {}
        self._joined_classes: set[int] = set()

    def write(
        self, matches: Collection[Match], moves: Collection[Move] = (), names: Collection[Renaming] = ()
    ) -> None:
        """Makes the classes, enrols known pupils who have none, moves and renames as ticked, adds the new pupils, and
        says which class of the year before goes on as which."""
        new = list({match.new.keys: match.new for match in matches if match.new}.values())
        homes = {match.known.pk: (match.known, match.home) for match in matches if match.known and match.home}
        first_day = self.register.school_year.first_day
        moved = [(known, home, known.free_from or first_day) for known, home in homes.values()]
        moved += [(move.pupil, move.home, move.on) for move in moves]
        self._make_classes([*(pupil.home for pupil in new), *(home for _pupil, home, _on in moved)])
        self._enrol(moved)
        self._rename(names)
        if new:
            self._add(new)
        self._link_years(first_day)

    def pupil_id(self, match: Match) -> int:
        """The pupil whom an accepted row is about; 0 for a row that is left out."""
        if match.known:
            return match.known.pk
        return self._id_of_new.get(match.new.keys[0], 0) if match.new else 0

    def _make_classes(self, homes: Iterable[Home]) -> None:
        year_groups: dict[tuple[str, str], set[int]] = defaultdict(set)
        for home in homes:
            if self.register.class_id(home.school, home.school_class) is None:
                year_groups[home.school, home.school_class].add(home.year_group)
        for (school, name), found in year_groups.items():
            # The same class may have been written in two ways: 4a and 4A.
            if self.register.class_id(school, name) is None:
                self._make_class(school, name, found.pop() if len(found) == 1 else None)

    def _make_class(self, school_name: str, name: str, year_group: int | None) -> None:
        """year_group: None for a mixed class."""
        school = self._school(school_name)
        school_class = add_unit(
            level=Level.SCHOOL_CLASS,
            name=name,
            parent=school,
            valid_from=self.register.school_year.first_day,
            valid_to=self.register.school_year.valid_to,
            year_group=year_group,
        )
        self.register.classes[school.pk, header_key(name)] = school_class.pk
        self.made.classes.append(school_class.pk)
        self.n_classes += 1

    def _school(self, name: str) -> Unit:
        """A school that the register has only from a later day on was there already, since pupils went to it."""
        first_day = self.register.school_year.first_day
        school_id = self.register.school_id(name)
        if school_id is not None:
            school = Unit.objects.get(pk=school_id)
            begin_earlier(unit=school, on=first_day)
            return school
        school = add_unit(level=Level.SCHOOL, name=name, parent=root_unit(), valid_from=first_day)
        self.register.schools[header_key(name)] = school.pk
        self.made.schools.append(school.pk)
        self.n_schools += 1
        return school

    def _enrol(self, moved: Iterable[tuple[KnownPupil, Home, datetime.date]]) -> None:
        by_day: dict[datetime.date, list[tuple[KnownPupil, Home]]] = defaultdict(list)
        for pupil, home, on in moved:
            by_day[on].append((pupil, home))
        for day, of_day in sorted(by_day.items()):
            enrolled = enrol_pupils(
                [pupil.pk for pupil, _home in of_day],
                class_ids=[self._class_id(home) for _pupil, home in of_day],
                year_groups=[home.year_group for _pupil, home in of_day],
                on=day,
            )
            if day == self.register.school_year.first_day:
                self._joined_classes |= {self._class_id(home) for _pupil, home in of_day}
            self.made.enrolments += enrolled.enrolment_ids
            self.made.ended += [(pk, before, day) for pk, before in enrolled.ended]
            self.n_moved += len(of_day)

    def _link_years(self, first_day: datetime.date) -> None:
        """Whoever is missing in a class of a new school year is missed only if it is known whose pupils it has."""
        successors = continuing_classes(self._joined_classes, first_day) if self._joined_classes else {}
        set_successors(successors)
        self.made.successors += successors.items()

    def _rename(self, names: Collection[Renaming]) -> None:
        if not names:
            return
        rename_pupils({name.pupil.pk: (name.family_name, name.given_name) for name in names})
        self.made.names += [
            (
                *(name.pupil.pk, name.pupil.family_name, name.pupil.given_name),
                *(name.family_name, name.given_name),
            )
            for name in names
        ]
        self.n_renamed += len(names)

    def _add(self, new: list[NewPupil]) -> None:
        ids = add_pupils(
            [
                {
                    "identity_number": pupil.identity_number,
                    "own_id": pupil.own_id,
                    "family_name": pupil.family_name,
                    "given_name": pupil.given_name,
                    "sex": pupil.sex,
                    "protection": pupil.protection,
                }
                for pupil in new
            ],
            class_ids=[self._class_id(pupil.home) for pupil in new],
            year_groups=[pupil.home.year_group for pupil in new],
            on=self.register.school_year.first_day,
        )
        self._id_of_new = {pupil.keys[0]: pupil_id for pupil, pupil_id in zip(new, ids, strict=True)}
        self.made.pupils += ids
        self.n_pupils += len(ids)

    def _class_id(self, home: Home) -> int:
        class_id = self.register.class_id(home.school, home.school_class)
        if class_id is None:
            raise LookupError("every class has been made before pupils are put into it")
        return class_id
