from .enrolment import Enrolment, FormerEnrolment
from .erasure import Erasure
from .log_control import Judgement, LogControl, LogControlLine, Selection
from .protected_identity import ProtectedAccess, ProtectedIdentity, Unmasking
from .pupil import Protection, Pupil, Sex
from .pupil_group import PupilGroup, PupilGroupMembership

__all__ = [
    "Enrolment",
    "Erasure",
    "FormerEnrolment",
    "Judgement",
    "LogControl",
    "LogControlLine",
    "ProtectedAccess",
    "ProtectedIdentity",
    "Protection",
    "Pupil",
    "PupilGroup",
    "PupilGroupMembership",
    "Selection",
    "Sex",
    "Unmasking",
]
