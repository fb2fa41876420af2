"""Pupils of the register whom a row may be about although its words do not find them: proposals, never a decision."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache

from pupils.identity import Identity, IdentityKind, NotAnIdentity, parse_identity, propose_matches, search_key

from .pupil_cells import PupilRow, name_of
from .register import KnownPupil, Register, name_keys

# More than so many classes of a name are looked through for the exact name alone.
FEW_CLASSES = 5
LONGEST_NUMBER = 14
# Share of letters in common and in order from which two names are proposed as the same one's.
NEAR = 0.8
DIGITS = "0123456789"


class Candidates:
    """Looks for pupils by name and by number, each way a little off."""

    def __init__(self, register: Register, country: str, on: datetime.date) -> None:
        self.register = register
        self.country = country
        self.on = on
        # Rows name few classes, and looking through all of them for each row would be slow.
        self.class_ids = cache(register.class_ids)
        self.parsed = cache(self._parsed)
        # A row is looked for in several ways, one after the other.
        self.names_of = lru_cache(maxsize=64)(_names_of)

    def called_there(self, row: PupilRow) -> list[KnownPupil]:
        """Exactly the row's name, in the class, or in the school where the row names no class."""
        return [
            pupil
            for class_id in self.class_ids(row.school, row.school_class)
            for name in self.names_of(row)
            for pupil in self.register.by_name.get((name, class_id), ())
        ]

    def called_anywhere(self, row: PupilRow) -> list[KnownPupil]:
        """Exactly the row's name, in whatever class or none."""
        return [pupil for name in self.names_of(row) for pupil in self.register.called.get(name, ())]

    def called_nearly(self, row: PupilRow, is_possible: Callable[[KnownPupil], bool]) -> list[KnownPupil]:
        """A name of the class that differs by typing, accents or order. is_possible: asked before comparing."""
        class_ids = self.class_ids(row.school, row.school_class) if row.school_class else []
        name = search_key(name_of(row))
        if not name or len(class_ids) > FEW_CLASSES:
            return []
        members = {
            pupil.pk: pupil
            for class_id in class_ids
            for pupil in self.register.members.get(class_id, ())
            if _can_be_near(name, pupil.search_name) and is_possible(pupil)
        }
        names = {pk: f"{pupil.given_name} {pupil.family_name}" for pk, pupil in members.items()}
        return [members[match.key] for match in propose_matches(name, names, at_least=NEAR)]

    def numbered_nearly(self, number: str) -> list[KnownPupil]:
        """An identity number that one slip of the finger turns into the written one."""
        found = {}
        for variant in slips_of(number):
            pupil = self.register.by_identity.get(variant) or self.register.by_short_number.get(variant)
            if pupil:
                found[pupil.pk] = pupil
        return list(found.values())

    def is_told_apart(self, pupil: KnownPupil, identity: Identity | None, own_id: str) -> bool:
        """Whether the row's key says that it is not this pupil, who is not found by it.

        A temporary or coordination number is replaced by another one some day, and a slip is no other pupil; but the
        year of birth in both is the child's own, give or take one where it was not known.
        """
        if identity is None:
            return bool(own_id and pupil.own_id)
        if not pupil.identity_number or is_one_slip(identity.number, pupil.identity_number):
            return False
        other = self.parsed(pupil.identity_number)
        if other is None:
            return False
        if identity.kind is other.kind is IdentityKind.REGISTERED:
            return True
        born, other_born = identity.birth_date, other.birth_date
        return bool(born and other_born and abs(born.year - other_born.year) > 1)

    def _parsed(self, number: str) -> Identity | None:
        try:
            return parse_identity(number, self.country, on=self.on)
        except NotAnIdentity:
            return None


def _names_of(row: PupilRow) -> list[str]:
    return sorted(name_keys(row.family_name, row.given_name, row.full_name))


def _can_be_near(one: str, other: str) -> bool:
    """False only for names with too few letters in common: a look at the letters is much quicker than comparing."""
    shared = min(sum(map(other.__contains__, one)), sum(map(one.__contains__, other)))
    return 2 * shared >= NEAR * (len(one) + len(other))


def slips_of(number: str) -> set[str]:
    """All that a number as it is written can be with one slip of the finger put right, without hyphens."""
    figures = "".join(figure for figure in number.upper() if figure.isalnum())
    return set(_one_slip_from(figures)) - {""} if len(figures) <= LONGEST_NUMBER else set()


def once(pupils: Iterable[KnownPupil]) -> list[KnownPupil]:
    return list({pupil.pk: pupil for pupil in pupils}.values())


def _one_slip_from(figures: str) -> Iterator[str]:
    """Every number that one wrong, missing, doubled or swapped figure makes of another."""
    for at in range(len(figures) + 1):
        for figure in DIGITS:
            yield figures[:at] + figure + figures[at:]
            yield figures[:at] + figure + figures[at + 1 :]
        yield figures[:at] + figures[at + 1 :]
        yield figures[:at] + figures[at + 1 : at + 2] + figures[at : at + 1] + figures[at + 2 :]


def is_one_slip(one: str, other: str) -> bool:
    """Numbers of the same length with one wrong figure, or two neighbours swapped."""
    if len(one) != len(other):
        return False
    differing = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    if len(differing) != 2:
        return len(differing) < 2
    first, second = differing
    return second == first + 1 and (one[first], one[second]) == (other[second], other[first])
