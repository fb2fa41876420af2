"""Which pupil each row is about. Never a silent merge, never a silent new pupil: a doubt is a message for a person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext_lazy

from pupils.identity import Identity, NotAnIdentity, Status, parse_identity
from pupils.models import Sex
from pupils.school_years import year_group_of_class
from pupils.services import search_name

from .mapping import KEY_MEANINGS, Mapping, Meaning, header_key
from .messages import Kind, Level, define
from .pupil_cells import PupilRow
from .register import KnownPupil, Register, name_keys

NOT_AN_IDENTITY = define(
    "match.not_an_identity",
    Level.ERROR,
    gettext_lazy("“%(number)s” is not an identity number. %(reason)s"),
)
DOUBTFUL_IDENTITY = define(
    "match.doubtful_identity",
    Level.ERROR,
    gettext_lazy(
        "No pupil has the identity number “%(number)s”, and it may be misspelt: %(reason)s Check the number."
    ),
)
KEYS_OF_TWO = define(
    "match.keys_of_two",
    Level.ERROR,
    gettext_lazy(
        "The identity number in the column “%(identity_column)s” and the id “%(own_id)s” in the column "
        "“%(id_column)s” belong to two different pupils in the register. Correct the one that is wrong."
    ),
)
OTHER_IDENTITY = define(
    "match.other_identity",
    Level.ERROR,
    gettext_lazy(
        "The register has another identity number for the pupil with the id “%(own_id)s” in the column "
        "“%(id_column)s” than the one in the column “%(identity_column)s”. Correct the one that is wrong."
    ),
)
UNKNOWN_PUPIL = define(
    "match.unknown_pupil",
    Level.ERROR,
    gettext_lazy("No pupil “%(who)s” is in the register. Correct the row, or let the import add new pupils."),
)
SEVERAL_PUPILS = define(
    "match.several_pupils",
    Level.ERROR,
    gettext_lazy(
        "The row can be about any of %(n)d pupils called “%(who)s”. Give the identity number, or the school "
        "and the class."
    ),
)
NAME_ALONE = define(
    "match.name_alone",
    Level.ERROR,
    gettext_lazy(
        "The name “%(who)s” alone does not say which pupil it is. Give the class or the school too, or the "
        "identity number."
    ),
)
NAMESAKE = define(
    "match.namesake",
    Level.ERROR,
    gettext_lazy(
        "The register has a pupil called “%(who)s” already, who may be the same one but cannot be told by this "
        "row. Complete the register or the row, so that nobody is added twice."
    ),
)
NO_CLASS = define(
    "match.no_class",
    Level.ERROR,
    gettext_lazy(
        "The new pupil “%(who)s” has no class and school in the file, so it is not known where to add them."
    ),
)
NO_YEAR_GROUP = define(
    "match.no_year_group",
    Level.ERROR,
    gettext_lazy(
        "The name of the class “%(school_class)s” does not say the year group. Add a column with the year group, "
        "or say it for the whole file."
    ),
)

SEXES = {"girl": Sex.FEMALE, "boy": Sex.MALE, "": Sex.UNKNOWN}


@dataclass(frozen=True)
class Home:
    """The home class that the import gives a pupil."""

    school: str
    school_class: str
    year_group: int


@dataclass(frozen=True)
class NewPupil:
    """A pupil whom the import will add. keys: what tells pupils apart in the file; a row that shares one is about
    the same pupil.
    """

    keys: tuple[str, ...]
    identity_number: str
    own_id: str
    family_name: str
    given_name: str
    sex: str
    home: Home


@dataclass(frozen=True)
class Match:
    """What became of a row: a known pupil, a new one, or a reason why neither (kind and its parameters).

    home: the class that a known pupil who has none is enrolled in.
    """

    known: KnownPupil | None = None
    new: NewPupil | None = None
    home: Home | None = None
    kind: Kind | None = None
    parameters: tuple[tuple[str, object], ...] = ()

    @property
    def keys(self) -> tuple[object, ...]:
        """Equal in two rows about the same pupil; none for a row about nobody."""
        if self.known:
            return (self.known.pk,)
        return self.new.keys if self.new else ()


class _Doubt(Exception):
    """Why a row cannot be matched; carries the kind of message and its parameters."""

    def __init__(self, kind: Kind, **parameters: object) -> None:
        super().__init__(kind.code)
        self.match = Match(kind=kind, parameters=tuple(parameters.items()))


def match_pupils(
    rows: Sequence[PupilRow],
    mapping: Mapping,
    register: Register,
    *,
    country: str,
    on: datetime.date,
    adds_pupils: bool,
) -> list[Match]:
    """One Match per row, in their order.

    adds_pupils: a row about nobody in the register becomes a new pupil, if the number is beyond doubt and the file
    says which class; a known pupil without a class in the school year gets the file's.
    """
    matcher = _Matcher(mapping, register, country, on, adds_pupils)
    return [matcher.match(row) for row in rows]


class _Matcher:
    def __init__(
        self, mapping: Mapping, register: Register, country: str, on: datetime.date, adds_pupils: bool
    ) -> None:
        self.register = register
        self.country = country
        self.on = on
        self.adds_pupils = adds_pupils
        self.keys = set(mapping.pupil_key or KEY_MEANINGS)
        # Rows name few classes, and looking through all of them for each row would be slow.
        self.class_ids = cache(register.class_ids)
        self.headers = {column.meaning: column.header for column in mapping.columns}

    def match(self, row: PupilRow) -> Match:
        try:
            identity = self._identity(row)
            own_id = row.own_id if Meaning.PUPIL_ID in self.keys else ""
            known = self._known(row, identity, own_id)
            if known is None:
                return Match(new=self._new(row, identity, own_id))
            return Match(known, home=self._home_of(known, row))
        except _Doubt as doubt:
            return doubt.match

    def _identity(self, row: PupilRow) -> Identity | None:
        """The identity number of the row, if the mapping goes by it."""
        if not row.identity or Meaning.IDENTITY not in self.keys:
            return None
        try:
            identity = parse_identity(row.identity, self.country, on=self.on)
        except NotAnIdentity as error:
            raise _Doubt(NOT_AN_IDENTITY, number=row.identity, reason=error.reason) from error
        if (
            identity
            and identity.status is Status.DOUBTFUL
            and identity.number not in self.register.by_identity
        ):
            raise _Doubt(DOUBTFUL_IDENTITY, number=row.identity, reason=identity.reason)
        return identity

    def _known(self, row: PupilRow, identity: Identity | None, own_id: str) -> KnownPupil | None:
        if identity is None and not own_id:
            return self._known_by_name(row)
        by_identity = self.register.by_identity.get(identity.number) if identity else None
        by_own_id = self.register.by_own_id.get(own_id)
        if by_own_id and identity and by_own_id != by_identity:
            columns = {
                "identity_column": self.headers.get(Meaning.IDENTITY, ""),
                "id_column": self.headers.get(Meaning.PUPIL_ID, ""),
            }
            if by_identity:
                raise _Doubt(KEYS_OF_TWO, own_id=own_id, **columns)
            if by_own_id.identity_number:
                raise _Doubt(OTHER_IDENTITY, own_id=own_id, **columns)
        return by_identity or by_own_id

    def _known_by_name(self, row: PupilRow) -> KnownPupil | None:
        if not row.school and not row.school_class:
            raise _Doubt(NAME_ALONE, who=_name(row))
        found = self._called(row)
        if len(found) > 1:
            raise _Doubt(SEVERAL_PUPILS, who=_name(row), n=len(found))
        return found[0] if found else None

    def _called(self, row: PupilRow) -> list[KnownPupil]:
        """The pupils of that name in the class, or in the school where the row names no class."""
        names = name_keys(row.family_name, row.given_name, row.full_name)
        if not names:
            return []
        return [
            pupil
            for class_id in self.class_ids(row.school, row.school_class)
            for name in names
            for pupil in self.register.by_name.get((name, class_id), ())
        ]

    def _new(self, row: PupilRow, identity: Identity | None, own_id: str) -> NewPupil:
        number = identity.number if identity else ""
        who = row.identity or row.own_id or _name(row)
        if not self.adds_pupils or not (number or own_id or _name(row)):
            raise _Doubt(UNKNOWN_PUPIL, who=who)
        self._refuse_namesake(row, number, own_id)
        if not row.school_class or not row.school:
            raise _Doubt(NO_CLASS, who=who)
        return NewPupil(
            keys=self._keys(row, number, own_id),
            identity_number=number,
            own_id=own_id,
            family_name=row.family_name,
            given_name=row.given_name,
            sex=SEXES[row.sex] or (identity.sex if identity and identity.sex else Sex.UNKNOWN),
            home=self._home(row),
        )

    def _refuse_namesake(self, row: PupilRow, number: str, own_id: str) -> None:
        """A pupil of that name in that class, or in no class, whom the key of the row does not tell from a new one."""
        names = name_keys(row.family_name, row.given_name, row.full_name)
        in_no_class = [pupil for name in names for pupil in self.register.by_name.get((name, None), ())]
        for pupil in [*self._called(row), *in_no_class]:
            if not (pupil.identity_number if number else own_id and pupil.own_id):
                raise _Doubt(NAMESAKE, who=_name(row))

    def _keys(self, row: PupilRow, number: str, own_id: str) -> tuple[str, ...]:
        keys = [f"number {number}"] if number else []
        keys += [f"id {own_id}"] if own_id else []
        if keys:
            return tuple(keys)
        school = self.register.school_id(row.school) or header_key(row.school)
        name = search_name(row.family_name, row.given_name)
        return (f"name {name}/{school}/{header_key(row.school_class)}",)

    def _home_of(self, known: KnownPupil, row: PupilRow) -> Home | None:
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
        """With the year group that the file says, else the class itself, else its name."""
        year_group = row.year_group
        if year_group is None:
            class_id = self.register.class_id(row.school, row.school_class)
            year_group = self.register.year_groups.get(class_id) if class_id else None
        if year_group is None:
            year_group = year_group_of_class(row.school_class)
        if year_group is None:
            raise _Doubt(NO_YEAR_GROUP, school_class=row.school_class)
        return Home(row.school, row.school_class, year_group)


def _name(row: PupilRow) -> str:
    return row.full_name or f"{row.given_name} {row.family_name}".strip()
