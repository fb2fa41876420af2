from .baseline import Baseline, Evaluation, FollowUp, NextStep
from .catalogue import CONTENT_FIELDS, CatalogueEntry, EvidenceLevel, Profession, SharedEntry
from .intervention import Intervention, InterventionPupil, InterventionUnit, Participant, WaitingPupil
from .kinds import Kind
from .plan_lines import CostLine, Step
from .question import Question, QuestionStop, Rung, Whose
from .question_answer import AnswerRead, QuestionAnswer
from .question_evidence import Audience, QuestionEvidence
from .question_setup import DevelopmentArea, QueueMember, SupportQueue
from .session import Session, SessionState

__all__ = [
    "CONTENT_FIELDS",
    "AnswerRead",
    "Audience",
    "Baseline",
    "CatalogueEntry",
    "CostLine",
    "DevelopmentArea",
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
    "Question",
    "QuestionAnswer",
    "QuestionEvidence",
    "QuestionStop",
    "QueueMember",
    "Rung",
    "Session",
    "SessionState",
    "SharedEntry",
    "Step",
    "SupportQueue",
    "WaitingPupil",
    "Whose",
]
