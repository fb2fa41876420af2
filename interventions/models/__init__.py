from .baseline import Baseline, Evaluation, FollowUp, NextStep
from .calendar_feed import CalendarFeed
from .catalogue import CONTENT_FIELDS, CatalogueEntry, EvidenceLevel, Profession, SharedEntry
from .family_voice import FamilyAnswer, FamilyCode, Felt, Who
from .intervention import Intervention, InterventionPupil, InterventionUnit, Participant, WaitingPupil
from .kinds import Kind
from .mail_choice import Digest, MailChoice
from .meeting import AnalysisMeeting, MeetingPicture, MeetingPresence, MeetingUnit
from .meeting_case import CaseIndicator, MeetingCase, Outcome, Source
from .meeting_note import MeetingNote, NoteAudience
from .meeting_series import MeetingSeries, Rule, SeriesUnit
from .meeting_setup import GuidingQuestions, MeetingKind
from .plan_lines import CostLine, Step
from .question import Question, QuestionStop, Rung, Whose
from .question_answer import AnswerRead, QuestionAnswer
from .question_evidence import Audience, QuestionEvidence
from .question_setup import DevelopmentArea, QueueMember, SupportQueue
from .session import Session, SessionState
from .talk import Face, Talk, TalkAgreement, TalkVoice, Voice

__all__ = [
    "CONTENT_FIELDS",
    "AnalysisMeeting",
    "AnswerRead",
    "Audience",
    "Baseline",
    "CalendarFeed",
    "CaseIndicator",
    "CatalogueEntry",
    "CostLine",
    "DevelopmentArea",
    "Digest",
    "Evaluation",
    "EvidenceLevel",
    "Face",
    "FamilyAnswer",
    "FamilyCode",
    "Felt",
    "FollowUp",
    "GuidingQuestions",
    "Intervention",
    "InterventionPupil",
    "InterventionUnit",
    "Kind",
    "MailChoice",
    "MeetingCase",
    "MeetingKind",
    "MeetingNote",
    "MeetingPicture",
    "MeetingPresence",
    "MeetingSeries",
    "MeetingUnit",
    "NextStep",
    "NoteAudience",
    "Outcome",
    "Participant",
    "Profession",
    "Question",
    "QuestionAnswer",
    "QuestionEvidence",
    "QuestionStop",
    "QueueMember",
    "Rule",
    "Rung",
    "SeriesUnit",
    "Session",
    "SessionState",
    "SharedEntry",
    "Source",
    "Step",
    "SupportQueue",
    "Talk",
    "TalkAgreement",
    "TalkVoice",
    "Voice",
    "WaitingPupil",
    "Who",
    "Whose",
]
