from .enrolment import Enrolment
from .pupil import Protection, Pupil, Sex
from .pupil_group import PupilGroup, PupilGroupMembership

__all__ = ["Enrolment", "Protection", "Pupil", "PupilGroup", "PupilGroupMembership", "Sex"]
