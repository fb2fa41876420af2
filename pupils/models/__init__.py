from .enrolment import Enrolment
from .pupil import Protection, Pupil, Sex

__all__ = ["Enrolment", "Protection", "Pupil", "Sex"]
