from .baseline import Baseline, Evaluation, FollowUp, NextStep
from .intervention import Intervention, InterventionPupil, InterventionUnit, Kind, Participant, WaitingPupil
from .plan_lines import CostLine, Step
from .question import (
    AnswerRead,
    Audience,
    Question,
    QuestionAnswer,
    QuestionEvidence,
    QuestionStop,
    Rung,
    Whose,
)
from .question_setup import DevelopmentArea, QueueMember, SupportQueue
from .session import Session, SessionState

__all__ = [
    "AnswerRead",
    "Audience",
    "Baseline",
    "CostLine",
    "DevelopmentArea",
    "Evaluation",
    "FollowUp",
    "Intervention",
    "InterventionPupil",
    "InterventionUnit",
    "Kind",
    "NextStep",
    "Participant",
    "Question",
    "QuestionAnswer",
    "QuestionEvidence",
    "QuestionStop",
    "QueueMember",
    "Rung",
    "Session",
    "SessionState",
    "Step",
    "SupportQueue",
    "WaitingPupil",
    "Whose",
]
