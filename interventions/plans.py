"""A plan: what is to be decided or changed, before anything is written. Pure but for reading a stored one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from accounts.models import Unit, User
from colourmaps.models import Indicator
from pupils.models import Pupil

from .models import CatalogueEntry, Intervention, Kind


@dataclass(frozen=True)
class PlannedStep:
    """A step on the way. id: of one that is there already; None for a new one."""

    what: str
    due_on: datetime.date
    id: int | None = None


@dataclass(frozen=True)
class Cost:
    """What a part of it costs: money in whole units of the country's currency, and hours."""

    what: str
    money: int = 0
    hours: Decimal = Decimal(0)


@dataclass(frozen=True)
class Plan:
    """For the pupils; without any for the parts, the units that it covers; without any for the whole unit.

    The names are those of Intervention. parts: several units below `unit`, the nearest that stands above them all; of
    a group from several classes, these classes. waiting: pupils who get the same later.
    expected_change: of the mean, in hundredths of the indicator's unit; None where nobody has said it yet.
    """

    unit: Unit
    pupils: Sequence[Pupil]
    indicator: Indicator
    title: str
    aim: str
    responsible: User
    starts_on: datetime.date
    follow_up_on: datetime.date
    parts: Sequence[Unit] = ()
    waiting: Sequence[Pupil] = ()
    kind: str = Kind.TEACHING
    background: str = ""
    practice: str = ""
    expected_change: int | None = None
    times_per_week: int | None = None
    minutes_each_time: int | None = None
    planned_until: datetime.date | None = None
    participants: Sequence[User] = ()
    other_participants: str = ""
    family_part: str = ""
    steps: Sequence[PlannedStep] = ()
    costs: Sequence[Cost] = ()
    predecessor: Intervention | None = None
    entry: CatalogueEntry | None = None

    @property
    def units(self) -> Sequence[Unit]:
        return self.parts or [self.unit]

    def values(self) -> dict[str, object]:
        """What stands in the intervention's own row."""
        return {name: getattr(self, name) for name in OWN_FIELDS}


# Kept in rows of their own.
RELATED = ("pupils", "parts", "waiting", "participants", "steps", "costs")
OWN_FIELDS = [each.name for each in fields(Plan) if each.name not in RELATED]
# From the first day on these are what the answer rests on, and stay as they are.
FIXED_FROM_START = (
    "unit",
    "parts",
    "pupils",
    "waiting",
    "indicator",
    "expected_change",
    "kind",
    "times_per_week",
    "minutes_each_time",
    "starts_on",
    "planned_until",
    "predecessor",
)


def plan_of(intervention: Intervention) -> Plan:
    """The plan as it stands."""
    return Plan(
        **{name: getattr(intervention, name) for name in OWN_FIELDS},
        pupils=list(intervention.pupils.order_by("pk")),
        parts=list(intervention.covered_units.select_related("kind").order_by("pk")),
        waiting=[waiting.pupil for waiting in intervention.waiting.select_related("pupil").order_by("pupil")],
        participants=list(intervention.participants.order_by("pk")),
        steps=[PlannedStep(step.what, step.due_on, step.pk) for step in intervention.steps.all()],
        costs=[Cost(line.what, line.money, line.hours) for line in intervention.costs.all()],
    )


def changed_names(before: Plan, after: Plan) -> list[str]:
    """Names of what differs between two plans; the order of people, units and pupils does not matter."""
    return [
        each.name
        for each in fields(Plan)
        if _comparable(getattr(before, each.name)) != _comparable(getattr(after, each.name))
    ]


def _comparable(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sorted((getattr(each, "pk", each) for each in value), key=repr)
    return value


def has_started(intervention: Intervention, on: datetime.date) -> bool:
    return intervention.starts_on <= on
