from .baseline import Baseline, Evaluation, FollowUp, NextStep
from .catalogue import CONTENT_FIELDS, CatalogueEntry, EvidenceLevel, Profession, SharedEntry
from .intervention import Intervention, InterventionPupil, InterventionUnit, Participant, WaitingPupil
from .kinds import Kind
from .plan_lines import CostLine, Step
from .session import Session, SessionState

__all__ = [
    "CONTENT_FIELDS",
    "Baseline",
    "CatalogueEntry",
    "CostLine",
    "Evaluation",
    "EvidenceLevel",
    "FollowUp",
    "Intervention",
    "InterventionPupil",
    "InterventionUnit",
    "Kind",
    "NextStep",
    "Participant",
    "Profession",
    "Session",
    "SessionState",
    "SharedEntry",
    "Step",
    "WaitingPupil",
]
