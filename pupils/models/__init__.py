from .enrolment import Enrolment, FormerEnrolment
from .pupil import Protection, Pupil, Sex
from .pupil_group import PupilGroup, PupilGroupMembership

__all__ = [
    "Enrolment",
    "FormerEnrolment",
    "Protection",
    "Pupil",
    "PupilGroup",
    "PupilGroupMembership",
    "Sex",
]
