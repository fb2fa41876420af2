"""What a list of people comes to, before anything is done. Pure: it is given what there is, and reads nothing.

A row is one role of one person. Without `is_whole` the list only adds and ends what it names; with it, whoever and
whatever it does not name ends.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .places import can_be_held


class Change(models.TextChoices):
    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("changed")
    ENDED = "ended", gettext_lazy("ends")
    SAME = "same", gettext_lazy("as before")


@dataclass(frozen=True)
class UnitNamed:
    """A unit of the municipality. below: the name of the unit that it stands under."""

    pk: int
    name: str
    level: int
    below: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """valid_to: not included."""

    role: str
    unit_id: int
    valid_from: datetime.date
    valid_to: datetime.date | None = None


@dataclass(frozen=True)
class Held(Role):
    """A role that somebody has, now or later; pk: of the assignment."""

    pk: int = 0


@dataclass(frozen=True)
class Known:
    """Somebody of the municipality. is_safe: never ended by a list (the one who reads it in)."""

    login: str
    name: str
    is_active: bool
    held: tuple[Held, ...] = ()
    is_safe: bool = False


@dataclass(frozen=True)
class Row:
    """As the file says it; number: of the row in the spreadsheet. valid_to: the last day, included.

    wrong: what cannot be read in it, in a sentence.
    """

    number: int
    login: str
    name: str = ""
    role: str = ""
    unit: str = ""
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    ends: bool = False
    wrong: str = ""


@dataclass(frozen=True)
class Refusal:
    row: int
    reason: str


@dataclass(frozen=True)
class PersonPlan:
    """What happens to somebody. ends: held roles with the day from which each is held no more."""

    login: str
    name: str
    change: Change
    gives: tuple[Role, ...] = ()
    ends: tuple[tuple[Held, datetime.date], ...] = ()
    is_opened: bool = False


@dataclass(frozen=True)
class ListPlan:
    """is_whole: see above."""

    people: tuple[PersonPlan, ...]
    refusals: tuple[Refusal, ...]
    is_whole: bool = False

    def of(self, change: Change) -> list[PersonPlan]:
        return [person for person in self.people if person.change is change]

    @property
    def does_something(self) -> bool:
        return any(person.change is not Change.SAME for person in self.people)

    @property
    def can_be_done(self) -> bool:
        """A whole list with a row that is not understood would end somebody by a typing error."""
        return self.does_something and not (self.is_whole and self.refusals)

    @property
    def seal(self) -> str:
        """The same as long as the list comes to the same."""
        return hashlib.sha256(repr((self.people, self.refusals, self.is_whole)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Here:
    """What there is: people by login in small letters, names of units, words for roles, and logins of others."""

    people: Mapping[str, Known]
    units: Sequence[UnitNamed]
    roles: Mapping[str, str]
    taken: Collection[str]
    today: datetime.date


LONGEST_LOGIN, LONGEST_NAME = 150, 150


def plan_of(rows: Iterable[Row], here: Here, *, is_whole: bool = False) -> ListPlan:
    """What the list comes to; each row that is not understood is refused with its number and the reason."""
    refusals: list[Refusal] = []
    people: list[PersonPlan] = []
    named = set()
    in_order = sorted(rows, key=lambda row: (row.login.casefold(), row.number))
    for login, of_person in groupby(in_order, key=lambda row: row.login.casefold()):
        group = list(of_person)
        named.add(login)
        reason = _wrong_with_person(login, group, here)
        if reason:
            refusals += [Refusal(row.number, reason) for row in group]
        else:
            people.append(_plan_of_person(login, group, here, refusals, is_whole=is_whole))
    if is_whole:
        people += _unnamed(here, named)
    people.sort(key=lambda person: (person.name.casefold(), person.login))
    return ListPlan(tuple(people), tuple(sorted(refusals, key=lambda refusal: refusal.row)), is_whole)


def _wrong_with_person(login: str, rows: Sequence[Row], here: Here) -> str:
    """Why nothing can be done with any row of a person; empty if it can."""
    names = {row.name for row in rows if row.name}
    if not login:
        return _("The user name is missing.")
    if len(login) > LONGEST_LOGIN or any(len(name) > LONGEST_NAME for name in names):
        return _("A user name and a name have at most %(n)d characters.") % {"n": LONGEST_LOGIN}
    if login in here.taken:
        return _("The user name cannot be used here. Choose another.")
    if len(names) > 1:
        return _("The user name %(login)s stands with several names.") % {"login": login}
    known = here.people.get(login)
    if known is None and all(row.ends for row in rows):
        return _("There is nobody with the user name %(login)s who could end.") % {"login": login}
    if known is None and not names:
        return _("%(login)s is new: write the name as well.") % {"login": login}
    if known is not None and known.is_safe and any(row.ends for row in rows):
        return _("You cannot end your own account.")
    return ""


def _plan_of_person(
    login: str, rows: Sequence[Row], here: Here, refusals: list[Refusal], *, is_whole: bool
) -> PersonPlan:
    known = here.people.get(login)
    name = next((row.name for row in rows if row.name), known.name if known else "")
    if known is not None and any(row.ends for row in rows):
        return _ended(known, here.today)
    roles, refused = _roles_of(rows, here)
    refusals += refused
    if known is None:
        return PersonPlan(rows[0].login, name, Change.NEW, tuple(roles))
    gives, ends = _compared(roles, known, here.today, is_whole=is_whole and not refused)
    if known.is_safe and gives:
        own = _("Nobody gives a role to themselves. Ask another administrator.")
        refusals += [Refusal(row.number, own) for row in rows]
        gives = []
    is_opened = not known.is_active
    has_changed = gives or ends or is_opened or name != known.name
    change = Change.CHANGED if has_changed else Change.SAME
    return PersonPlan(known.login, name, change, tuple(gives), tuple(ends), is_opened)


def _roles_of(rows: Sequence[Row], here: Here) -> tuple[list[Role], list[Refusal]]:
    """The roles that rows name, each once, and the rows that cannot be understood."""
    roles: dict[tuple[str, int], Role] = {}
    refusals = []
    for row in rows:
        if row.wrong:
            refusals.append(Refusal(row.number, row.wrong))
            continue
        if not row.role and not row.unit:
            continue
        try:
            role = _role_of(row, here)
        except ValueError as reason:
            refusals.append(Refusal(row.number, str(reason)))
        else:
            roles.setdefault((role.role, role.unit_id), role)
    return list(roles.values()), refusals


def _role_of(row: Row, here: Here) -> Role:
    """Raises ValueError with the reason."""
    role = here.roles.get(row.role.casefold())
    if role is None:
        raise ValueError(_("There is no role “%(role)s”.") % {"role": row.role})
    unit = unit_called(row.unit, here.units)
    if not can_be_held(role, unit.level):
        raise ValueError(
            _("The role “%(role)s” cannot be held at %(unit)s.") % {"role": row.role, "unit": unit.name}
        )
    begins = row.valid_from or here.today
    ends = row.valid_to + datetime.timedelta(days=1) if row.valid_to else None
    if ends is not None and ends <= begins:
        raise ValueError(_("The last day is before the first."))
    return Role(role, unit.pk, begins, ends)


def unit_called(name: str, units: Sequence[UnitNamed]) -> UnitNamed:
    """The unit that a name, an official code or "School/Class" means. Raises ValueError with the reason."""
    wanted = " ".join(name.split()).casefold()
    if not wanted:
        raise ValueError(_("The unit is missing."))
    above, _slash, last = wanted.rpartition("/")
    found = [unit for unit in units if wanted in {unit.name.casefold(), *unit.codes}]
    found = found or [
        unit
        for unit in units
        if above and unit.name.casefold() == last.strip() and unit.below.casefold() == above.strip()
    ]
    if not found:
        raise ValueError(_("There is no unit “%(unit)s” today.") % {"unit": name})
    if len(found) > 1:
        raise ValueError(
            _("%(n)d units are called “%(unit)s”. Write the school and the class, as “%(example)s”.")
            % {"n": len(found), "unit": name, "example": f"{found[0].below}/{found[0].name}"}
        )
    return found[0]


def _compared(
    roles: Sequence[Role], known: Known, today: datetime.date, *, is_whole: bool
) -> tuple[list[Role], list[tuple[Held, datetime.date]]]:
    """(roles to give, roles to end and when): what is held already is not given twice."""
    held = {(one.role, one.unit_id): one for one in known.held}
    gives = [role for role in roles if (role.role, role.unit_id) not in held]
    ends = [
        (held[role.role, role.unit_id], role.valid_to)
        for role in roles
        if (role.role, role.unit_id) in held
        and role.valid_to is not None
        and role.valid_to != held[role.role, role.unit_id].valid_to
    ]
    if is_whole and not known.is_safe:
        named = {(role.role, role.unit_id) for role in roles}
        ends += [(one, today) for key, one in held.items() if key not in named]
    return gives, ends


def _ended(known: Known, today: datetime.date) -> PersonPlan:
    change = Change.ENDED if known.is_active or known.held else Change.SAME
    return PersonPlan(known.login, known.name, change, ends=tuple((one, today) for one in known.held))


def _unnamed(here: Here, named: Collection[str]) -> Iterator[PersonPlan]:
    """Those whom a whole list does not name."""
    for login, known in here.people.items():
        if login not in named and known.is_active and not known.is_safe:
            yield _ended(known, here.today)
