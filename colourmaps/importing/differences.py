"""Where the file and the register disagree on a pupil's class or name: proposed to a person, done only if ticked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pupils.services import search_name

from .decisions import Decisions
from .mapping import header_key
from .match import Home, Match, is_called_otherwise, year_group_in
from .pupil_cells import PupilRow, name_of
from .register import ONE_DAY, KnownPupil, Register


@dataclass(frozen=True)
class Move:
    """A known pupil whom the file has in another class than the register has. at: the row that says so.

    on: the day from which the register has the pupil in the new class, if it is ticked.
    """

    at: int
    pupil: KnownPupil
    home: Home
    on: datetime.date
    is_ticked: bool


@dataclass(frozen=True)
class Renaming:
    """A known pupil whom the file calls otherwise than the register. at: the row that says so."""

    at: int
    pupil: KnownPupil
    family_name: str
    given_name: str
    is_ticked: bool


@dataclass(frozen=True)
class Differences:
    """All that a person can let the register take over from the file."""

    moves: Sequence[Move] = ()
    names: Sequence[Renaming] = ()
    moved: frozenset[int] = field(default_factory=frozenset)
    """Ids of the pupils whom the import moves."""


def find_differences(
    rows: Sequence[PupilRow],
    matches: Sequence[Match],
    register: Register,
    decisions: Decisions,
    *,
    today: datetime.date,
    adds_pupils: bool,
) -> Differences:
    """One difference per pupil; none where rows about the same pupil contradict one another.

    A class that the register lacks is a choice only where the import may add it. Protected pupils are left as they are.
    """
    finder = _Finder(register, decisions, today, adds_pupils)
    moves: dict[int, Move | None] = {}
    names: dict[int, Renaming | None] = {}
    for at, (row, match) in enumerate(zip(rows, matches, strict=True)):
        known = match.known
        if known is None or known.is_protected:
            continue
        if row.school_class:
            is_there = not is_elsewhere(known, row, register)
            _add(moves, known.pk, None if is_there else finder.move(at, known, row))
        if name_of(row):
            is_same = not is_called_otherwise(known, row)
            _add(names, known.pk, None if is_same else finder.renaming(at, known, row))
    found = [move for move in moves.values() if move]
    return Differences(
        moves=found,
        names=[renaming for renaming in names.values() if renaming],
        moved=frozenset(move.pupil.pk for move in found if move.is_ticked),
    )


Said = TypeVar("Said", Move, Renaming)


def _add(found: dict[int, Said | None], pk: int, said: Said | None) -> None:
    """The first row's word; nothing if another row says something else."""
    before = found.setdefault(pk, said)
    if before is not None and (said is None or replace(said, at=before.at) != before):
        found[pk] = None


def is_elsewhere(known: KnownPupil, row: PupilRow, register: Register) -> bool:
    """Whether the row names another class than the pupil's, or a class of the same name at another school."""
    if known.school_class_id is None or not row.school_class:
        return False
    school = register.school_of.get(known.school_class_id)
    in_other_school = school and row.school and register.school_id(row.school) != school.pk
    return bool(in_other_school) or header_key(row.school_class) != header_key(known.school_class)


@dataclass(frozen=True)
class _Finder:
    register: Register
    decisions: Decisions
    today: datetime.date
    adds_pupils: bool

    def move(self, at: int, known: KnownPupil, row: PupilRow) -> Move | None:
        now_at = self.register.school_of.get(known.school_class_id or 0)
        school = row.school or (now_at.name if now_at else "")
        exists = self.register.class_id(school, row.school_class) is not None
        can_be_made = self.adds_pupils and self._can_be_made(school, row.school_class)
        if not known.is_settled or known.home_since is None or not (exists or can_be_made):
            return None
        year_group = year_group_in(replace(row, school=school), self.register)
        home = Home(school, row.school_class, known.year_group or 0 if year_group is None else year_group)
        return Move(at, known, home, self._day(known.home_since), known.key in self.decisions.moves)

    def _can_be_made(self, school: str, school_class: str) -> bool:
        key = header_key(school)
        school_id = self.register.school_id(school)
        is_closed = key in self.register.closed_schools and school_id is None
        return (
            not is_closed and (school_id or 0, header_key(school_class)) not in self.register.closed_classes
        )

    def _day(self, home_since: datetime.date) -> datetime.date:
        """The chosen day; a pupil cannot leave a class before the second day in it."""
        return max(self.decisions.moves_on or self.today, home_since + ONE_DAY)

    def renaming(self, at: int, known: KnownPupil, row: PupilRow) -> Renaming | None:
        """None where the file only leaves out some of the names, as a class list with call names does."""
        family, given = _names_in(row, known)
        if set(search_name(family, given).split()) <= set(known.search_name.split()):
            return None
        return Renaming(at, known, family, given, known.key in self.decisions.names)


def _names_in(row: PupilRow, known: KnownPupil) -> tuple[str, str]:
    """Family and given name of the row; of a full name the part that the register knows tells where the other is."""
    if not row.full_name or "," in row.full_name:
        return row.family_name, row.given_name
    words = row.full_name.split()
    for family, given in _splits(words):
        if search_name(given, "") == search_name(known.given_name, ""):
            return family, given
        if search_name(family, "") == search_name(known.family_name, ""):
            return family, given
    return row.family_name, row.given_name


def _splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(family name, given name) for each place where the one may end and the other begin, in both orders."""
    for at in range(1, len(words)):
        first, last = " ".join(words[:at]), " ".join(words[at:])
        yield last, first
        yield first, last


def ticked_moves(differences: Differences, accepted: Iterable[int]) -> list[Move]:
    """The moves that a person wants, of rows that go in."""
    goes_in = set(accepted)
    return [move for move in differences.moves if move.is_ticked and move.at in goes_in]


def ticked_names(differences: Differences, accepted: Iterable[int]) -> list[Renaming]:
    goes_in = set(accepted)
    return [renaming for renaming in differences.names if renaming.is_ticked and renaming.at in goes_in]
