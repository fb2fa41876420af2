"""The places where a question can stand, and who answers there. No queries.

The ladder follows the unit tree: the team stands at its class, a rung without a unit in the line is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Level, Unit
from accounts.roles import RoleCode

from ..models import QuestionStop, Rung, SupportQueue

ROLES_OF: dict[Rung, frozenset[str]] = {
    Rung.TEACHER: frozenset({RoleCode.TEACHER}),
    Rung.TEAM: frozenset({RoleCode.ANALYSIS_LEAD}),
    Rung.SCHOOL: frozenset({RoleCode.PRINCIPAL, RoleCode.HEALTH_TEAM}),
    Rung.AREA: frozenset({RoleCode.AREA_HEAD}),
    Rung.ADMINISTRATION: frozenset({RoleCode.ADMINISTRATION_HEAD}),
    Rung.BOARD: frozenset({RoleCode.BOARD_MEMBER}),
}
HEADS = ROLES_OF[Rung.AREA] | ROLES_OF[Rung.ADMINISTRATION] | ROLES_OF[Rung.BOARD]
LEVEL_OF = {
    Rung.SCHOOL: Level.SCHOOL,
    Rung.AREA: Level.AREA,
    Rung.ADMINISTRATION: Level.ADMINISTRATION,
    Rung.BOARD: Level.MUNICIPALITY,
}


@dataclass(frozen=True)
class Place:
    """A rung at a unit, or a support function."""

    rung: Rung
    unit: Unit | None = None
    queue: SupportQueue | None = None

    @property
    def code(self) -> str:
        """As forms send it."""
        return f"queue-{self.queue.key}" if self.queue else f"{self.rung.value}"

    @property
    def words(self) -> str:
        return place_in_words(self.rung, self.unit, self.queue)


def place_in_words(rung: int, unit: Unit | None, queue: SupportQueue | None) -> str:
    """For example "4A, the team", "Solviksskolan, the school's leadership", "Mathematics"."""
    if queue is not None:
        return _("Support: %(queue)s") % {"queue": queue.name}
    if unit is None:
        return str(Rung(rung).label)
    return _("%(unit)s, %(rung)s") % {"unit": unit.name, "rung": Rung(rung).label}


def place_of(stop: QuestionStop) -> Place:
    return Place(Rung(stop.rung), stop.unit, stop.queue)


def where_in_words(stop: QuestionStop, *, is_inside: bool) -> str:
    """On whom a question waits: the recipient outside, else the person, else the place.

    is_inside: the reader sees the school's pupils; nobody else is told of a class. The stop has its question's school.
    """
    if stop.recipient:
        return _("%(recipient)s, outside the municipality") % {"recipient": stop.recipient}
    unit = stop.unit
    if unit is not None and unit.is_school_class and not is_inside:
        unit = stop.question.school
    place = place_in_words(stop.rung, unit, stop.queue)
    return _("%(person)s (%(place)s)") % {"person": stop.owner.name, "place": place} if stop.owner else place


def ladder(line: Sequence[Unit]) -> list[Place]:
    """The rungs of the last unit of a line and of those above it, the lowest first."""
    by_level = {Level(unit.level): unit for unit in line}
    school_class = by_level.get(Level.SCHOOL_CLASS)
    places = []
    if school_class is not None:
        places = [Place(Rung.TEACHER, school_class), Place(Rung.TEAM, school_class)]
    elif Level.SCHOOL in by_level:
        places = [Place(Rung.TEAM, by_level[Level.SCHOOL])]
    return places + [Place(rung, by_level[level]) for rung, level in LEVEL_OF.items() if level in by_level]


def next_places(places: Sequence[Place], own: Rung) -> list[Place]:
    """Where a question can climb to from a rung: anywhere within the school, and one step beyond where one stands."""
    above = [place for place in places if place.rung > own]
    inside = [place for place in above if place.rung.is_inside]
    beyond = [place for place in above if not place.rung.is_inside]
    may_leave = own >= Rung.SCHOOL or not inside
    return inside + (beyond[:1] if may_leave else [])


def rung_of_roles(roles: Iterable[str]) -> Rung:
    """The highest rung that any of the roles answers at."""
    held = set(roles)
    return next((rung for rung in reversed(ROLES_OF) if ROLES_OF[rung] & held), Rung.TEACHER)


def places_to_ask(
    line: Sequence[Unit], own: Rung, queues: Iterable[SupportQueue]
) -> tuple[list[Place], Place]:
    """(where a question about the last unit of a line can go first, the usual one: the next rung above one's own).

    One's own place is among them; so is the school, for a head who asks about it.
    """
    rungs = ladder(line)
    here = next((place for place in rungs if place.rung >= own), rungs[-1])
    climbing = next_places(rungs, here.rung)
    asked_about = [place for place in rungs if place.rung == Rung.SCHOOL and place.rung < here.rung]
    usual = (climbing or [here])[0]
    return [here, *climbing, *asked_about, *(Place(Rung.QUEUE, queue=queue) for queue in queues)], usual


def places_to_pass_on(
    line: Sequence[Unit], way: Sequence[QuestionStop], queues: Iterable[SupportQueue]
) -> list[Place]:
    """From where a question stands: up, back to where it has been, or to a support function; never where it is."""
    here = place_of(way[-1])
    rungs = ladder(line)
    own = here.rung if here.rung is not Rung.QUEUE else _highest(way)
    been = [place_of(stop) for stop in way]
    found = [*next_places(rungs, own), *reversed(been), *(Place(Rung.QUEUE, queue=queue) for queue in queues)]
    return list({place.code: place for place in found if place.code != here.code}.values())


def _highest(way: Sequence[QuestionStop]) -> Rung:
    """Up to where it has climbed: from a support function it goes on from there."""
    rungs = [Rung(stop.rung) for stop in way if stop.rung != Rung.QUEUE]
    return max(rungs, default=Rung.SCHOOL)
