"""The map of units that a meeting looks at.

With whose eyes is the rung's, not those of whoever starts the meeting: a board's map is the board's, also when the
administration's head begins it.
"""

from __future__ import annotations

from accounts.access import SightOfRole
from accounts.models import Level
from accounts.roles import RoleCode
from aggregation.queries import unit_map
from aggregation.shares import UnitMap
from colourmaps.models import MeasurementRound

from ..models import AnalysisMeeting, Rung

# By rung; within the school with those of its leadership, who see every number.
EYES = {
    Rung.AREA: RoleCode.AREA_HEAD,
    Rung.ADMINISTRATION: RoleCode.ADMINISTRATION_HEAD,
    Rung.BOARD: RoleCode.BOARD_MEMBER,
}


def is_about_units(meeting: AnalysisMeeting) -> bool:
    """Above the school always; within it where it names no classes and is the whole school's.

    Who sees all classes that a meeting names need not see the other classes of the school, not even counted.
    """
    if not meeting.kind.is_inside:
        return True
    return meeting.unit.level == Level.SCHOOL and not meeting.covered_units.all()


def units_seen_now(meeting: AnalysisMeeting, round_: MeasurementRound) -> UnitMap:
    """As it stands. Only for a meeting that is about units."""
    role = EYES.get(Rung(meeting.kind.rung), RoleCode.PRINCIPAL)
    return unit_map(meeting.unit, round_, SightOfRole(role, meeting.unit))
