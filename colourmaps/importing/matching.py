"""Which pupil each row is about. Never a silent merge, never a silent new pupil: a doubt is a message for a person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from pupils.identity import Identity, NotAnIdentity, Status, parse_identity
from pupils.models import Sex

from .mapping import KEY_MEANINGS, Mapping, Meaning, header_key
from .messages import Kind, Level, define
from .pupil_cells import PupilRow
from .register import KnownPupil, Register, name_key

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
UNKNOWN_PUPIL = define(
    "match.unknown_pupil",
    Level.ERROR,
    gettext_lazy("No pupil “%(who)s” is in the register. Correct the row, or let the import add new pupils."),
)
SEVERAL_PUPILS = define(
    "match.several_pupils",
    Level.ERROR,
    gettext_lazy("%(n)d pupils are called “%(who)s” in that class. Give the identity number instead."),
)
NO_CLASS = define(
    "match.no_class",
    Level.ERROR,
    gettext_lazy(
        "The new pupil “%(who)s” has no class and school in the file, so it is not known where to add them."
    ),
)

SEXES = {"girl": Sex.FEMALE, "boy": Sex.MALE, "": Sex.UNKNOWN}


@dataclass(frozen=True)
class NewPupil:
    """A pupil whom the import will add. key: what the file tells pupils apart by, so that two rows are one pupil."""

    key: str
    identity_number: str
    own_id: str
    family_name: str
    given_name: str
    sex: str
    school: str
    school_class: str
    year_group: int | None


@dataclass(frozen=True)
class Match:
    """What became of a row: a known pupil, a new one, or a reason why neither (kind and its parameters)."""

    known: KnownPupil | None = None
    new: NewPupil | None = None
    kind: Kind | None = None
    parameters: tuple[tuple[str, object], ...] = ()


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
    says which class.
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

    def match(self, row: PupilRow) -> Match:
        identity = None
        if row.identity and Meaning.IDENTITY in self.keys:
            try:
                identity = parse_identity(row.identity, self.country, on=self.on)
            except NotAnIdentity as error:
                return _refused(NOT_AN_IDENTITY, number=row.identity, reason=error.reason)
            if identity and (known := self.register.by_identity.get(identity.number)):
                return Match(known)
            if identity and identity.status is Status.DOUBTFUL:
                return _refused(DOUBTFUL_IDENTITY, number=row.identity, reason=identity.reason)
        if (
            row.own_id
            and Meaning.PUPIL_ID in self.keys
            and (known := self.register.by_own_id.get(row.own_id))
        ):
            return Match(known)
        if identity is None and not row.own_id:
            return self._match_by_name(row)
        return self._not_found(row, identity)

    def _match_by_name(self, row: PupilRow) -> Match:
        name = row.full_name or f"{row.family_name} {row.given_name}"
        keys = {name_key(name, ""), name_key(" ".join(reversed(name.split(" ", 1))), "")}
        found = {
            pupil.pk: pupil
            for key in keys
            for pupil in self.register.by_name.get((key, header_key(row.school_class)), [])
        }
        if len(found) > 1:
            return _refused(SEVERAL_PUPILS, who=name.strip(), n=len(found))
        return Match(next(iter(found.values()))) if found else self._not_found(row, None)

    def _not_found(self, row: PupilRow, identity: Identity | None) -> Match:
        who = row.identity or row.own_id or row.full_name or f"{row.given_name} {row.family_name}".strip()
        if not self.adds_pupils:
            return _refused(UNKNOWN_PUPIL, who=who)
        if not row.school_class or not row.school:
            return _refused(NO_CLASS, who=who)
        family_name, given_name = _names(row)
        number = identity.number if identity else ""
        return Match(
            new=NewPupil(
                key=number
                or row.own_id
                or f"{name_key(family_name, given_name)}/{header_key(row.school_class)}",
                identity_number=number,
                own_id=row.own_id,
                family_name=family_name,
                given_name=given_name,
                sex=SEXES[row.sex] or (identity.sex if identity and identity.sex else Sex.UNKNOWN),
                school=row.school,
                school_class=row.school_class,
                year_group=row.year_group,
            )
        )


def _refused(kind: Kind, **parameters: object) -> Match:
    return Match(kind=kind, parameters=tuple(parameters.items()))


def _names(row: PupilRow) -> tuple[str, str]:
    """(family name, given name); a full name is "Family, Given" or "Given Family"."""
    if not row.full_name:
        return row.family_name, row.given_name
    if "," in row.full_name:
        family_name, given_name = row.full_name.split(",", 1)
        return family_name.strip(), given_name.strip()
    given_name, _space, family_name = row.full_name.rpartition(" ")
    return family_name, given_name
