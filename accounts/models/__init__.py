from ..dated import Dated, DatedQuerySet, in_force
from .audit_event import AuditEvent, AuditKind, AuditPupil
from .audit_seal import AuditCheck, AuditSeal, SealedEvent
from .emergency_access import EmergencyAccess, EmergencyKind
from .identity import EmergencyAccount, Identity, LinkCode, SpentAssertion
from .identity_provider import IdentityProvider, Protocol, RoleMapping, SeenClaims
from .job import Job, JobState
from .municipality import Country, Municipality
from .retention import ExportedFile, RetentionDecision, RetentionRun
from .role_assignment import RoleAssignment
from .session import Session
from .unit import FormerUnit, FormerUnitPlacement, Level, Unit, UnitCode, UnitKind, UnitPlacement
from .user import User

__all__ = [
    "AuditCheck",
    "AuditEvent",
    "AuditKind",
    "AuditPupil",
    "AuditSeal",
    "Country",
    "Dated",
    "DatedQuerySet",
    "EmergencyAccess",
    "EmergencyAccount",
    "EmergencyKind",
    "ExportedFile",
    "FormerUnit",
    "FormerUnitPlacement",
    "Identity",
    "IdentityProvider",
    "Job",
    "JobState",
    "Level",
    "LinkCode",
    "Municipality",
    "Protocol",
    "RetentionDecision",
    "RetentionRun",
    "RoleAssignment",
    "RoleMapping",
    "SealedEvent",
    "SeenClaims",
    "Session",
    "SpentAssertion",
    "Unit",
    "UnitCode",
    "UnitKind",
    "UnitPlacement",
    "User",
    "in_force",
]
