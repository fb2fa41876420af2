from ..dated import Dated, DatedQuerySet, in_force
from .audit_event import AuditEvent
from .job import Job, JobState
from .municipality import Country, Municipality
from .role_assignment import RoleAssignment
from .unit import FormerUnit, FormerUnitPlacement, Level, Unit, UnitCode, UnitKind, UnitPlacement
from .user import User

__all__ = [
    "AuditEvent",
    "Country",
    "Dated",
    "DatedQuerySet",
    "FormerUnit",
    "FormerUnitPlacement",
    "Job",
    "JobState",
    "Level",
    "Municipality",
    "RoleAssignment",
    "Unit",
    "UnitCode",
    "UnitKind",
    "UnitPlacement",
    "User",
    "in_force",
]
