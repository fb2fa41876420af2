from .baseline import Baseline, Evaluation, FollowUp, NextStep
from .intervention import Intervention, InterventionPupil, InterventionUnit, Kind, Participant, WaitingPupil
from .plan_lines import CostLine, Step
from .session import Session, SessionState

__all__ = [
    "Baseline",
    "CostLine",
    "Evaluation",
    "FollowUp",
    "Intervention",
    "InterventionPupil",
    "InterventionUnit",
    "Kind",
    "NextStep",
    "Participant",
    "Session",
    "SessionState",
    "Step",
    "WaitingPupil",
]
