"""Shares as they are handed to the pages, without a database."""

from __future__ import annotations

from accounts.models import Level, Unit
from aggregation.disclosure import Colours, Moves, Part, Rule
from aggregation.shares import Member, Pool, Share
from colourmaps.models import MeasurementRound

COUNTED = Share(Colours(20, 15, 5), Moves(10, 20, 6), 10)
HIDDEN = Share(hidden_by=dict.fromkeys(Part, Rule.NO_SAFE_POOL))


def school(pk: int, name: str = "") -> Unit:
    return Unit(pk=pk, name=name or f"Skola {pk}", level=Level.SCHOOL)


def pool_of(*units: Unit, rest_of: Unit | None = None) -> Pool:
    members = [Member(unit.pk, unit.name, unit.level) for unit in units]
    if rest_of is not None:
        members.append(Member(rest_of.pk, rest_of.name, rest_of.level, is_rest=True))
    return Pool(tuple(members))


def pooled(pool: Pool, *parts: Part) -> Share:
    return Share(COUNTED.colours, COUNTED.moves, COUNTED.missing, pools=dict.fromkeys(parts or Part, pool))


def round_named(name: str) -> MeasurementRound:
    return MeasurementRound(name=name)
