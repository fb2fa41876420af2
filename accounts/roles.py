"""What each role may do, as data that can be read and shown. No queries.

A role is held at a unit between two dates (RoleAssignment); access.py turns that into an answer.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(enum.Enum):
    SEE_PUPILS = "see pupils"
    SEE_SUMS = "see sums"
    DECIDE_INTERVENTIONS = "decide interventions"
    ASK_QUESTIONS = "ask questions"
    ANSWER_QUESTIONS = "answer questions"
    MEET = "take part in meetings"
    PLAN_MEETINGS = "plan meetings"
    WATCH_ROUTINE = "watch the routine"
    RECORD_RESULTS = "record results"
    IMPORT_RESULTS = "import results"
    KEEP_GROUPS = "keep groups"
    PLAN_ROUNDS = "plan rounds"
    CHOOSE_MAPS = "choose maps"
    CONFIGURE = "configure"
    SET_LIMITS = "set limits"
    READ_ACCESS_LOG = "read access log"
    SEE_READERS = "see readers"
    KEEP_CATALOGUE = "keep catalogue"
    SEE_MEDICAL = "see medical pupil health"
    SHARE_MEDICAL = "share medical pupil health"
    GUARD_PUPILS = "guard pupils"
    OPEN_IN_EMERGENCY = "open in emergency"
    ANSWER_DATA_SUBJECTS = "answer data subjects"

    @property
    def sentence(self) -> Promise:
        return SENTENCES[self]


SENTENCES = {
    Permission.SEE_PUPILS: _("sees pupils by name and their results"),
    Permission.SEE_SUMS: _("sees how many pupils have which colour"),
    Permission.DECIDE_INTERVENTIONS: _("decides on interventions and follows them up"),
    Permission.ASK_QUESTIONS: _("asks questions and tells of obstacles"),
    Permission.ANSWER_QUESTIONS: _("answers questions that have come here, and passes them on"),
    Permission.MEET: _("takes part in analysis meetings and writes down what they decide"),
    Permission.PLAN_MEETINGS: _("plans analysis meetings and their series"),
    Permission.WATCH_ROUTINE: _("sees whether meetings are held and what comes of them, in numbers"),
    Permission.RECORD_RESULTS: _("fills in results"),
    Permission.IMPORT_RESULTS: _("imports files with results and class lists"),
    Permission.KEEP_GROUPS: _("sets which pupils belong to registered groups"),
    Permission.PLAN_ROUNDS: _("sets up measurement rounds and what is due in them"),
    Permission.CHOOSE_MAPS: _("chooses which of the municipality's maps the school uses"),
    Permission.CONFIGURE: _("sets up units, people, indicators and thresholds"),
    Permission.SET_LIMITS: _("decides from which value a result is yellow and green"),
    Permission.READ_ACCESS_LOG: _("reads who has looked at what"),
    Permission.SEE_READERS: _("sees who has looked at a pupil of the school"),
    Permission.KEEP_CATALOGUE: _("keeps the catalogue of interventions current"),
    Permission.SEE_MEDICAL: _("reads and fills in what medical pupil health knows of the pupils"),
    Permission.SHARE_MEDICAL: _(
        "decides what of medical pupil health somebody else may see, of one pupil and for a time"
    ),
    Permission.GUARD_PUPILS: _(
        "decides on protected identity and who is named for it; is told when pupils are opened in an emergency"
    ),
    Permission.OPEN_IN_EMERGENCY: _(
        "can open a class or a pupil elsewhere in an emergency, for hours and with a reason"
    ),
    Permission.ANSWER_DATA_SUBJECTS: _(
        "hands out what is kept about a pupil, and erases a pupil by decision"
    ),
}


class RoleCode(models.TextChoices):
    TEACHER = "teacher", _("teacher")
    ANALYSIS_LEAD = "analysis_lead", _("analysis lead")
    PRINCIPAL = "principal", _("principal")
    HEALTH_TEAM = "health_team", _("pupil-health team")
    MEDICAL_HEALTH = "medical_health", _("medical pupil health")
    AREA_HEAD = "area_head", _("area head")
    ADMINISTRATION_HEAD = "administration_head", _("administration head")
    BOARD_MEMBER = "board_member", _("board member")
    COLLABORATION_PARTNER = "collaboration_partner", _("collaboration partner")
    SUPPORT_FUNCTION = "support_function", _("support function")
    COORDINATOR = "coordinator", _("coordinator")
    ADMINISTRATOR = "administrator", _("municipality administrator")
    ACCESS_AUDITOR = "access_auditor", _("access auditor")
    DATA_PROTECTION = "data_protection", _("data-protection function")


class Tier(models.TextChoices):
    """How much of a sum is shown to those who do not see the pupils behind it."""

    HEADS = "heads", _("counts, small schools together with others")
    BOARD = "board", _("shares in steps of five points, of twenty pupils and more")


# What tells of no single pupil, and gives nobody rights. Whoever may do anything else shows a second factor, so that a
# permission that is new needs one until somebody has thought about it.
WITHOUT_SECOND_FACTOR = frozenset(
    {
        Permission.SEE_SUMS,
        Permission.DECIDE_INTERVENTIONS,
        Permission.ASK_QUESTIONS,
        Permission.ANSWER_QUESTIONS,
        Permission.MEET,
        Permission.PLAN_MEETINGS,
        Permission.WATCH_ROUTINE,
        Permission.PLAN_ROUNDS,
        Permission.CHOOSE_MAPS,
        Permission.SET_LIMITS,
        Permission.KEEP_CATALOGUE,
    }
)

# The lowest level at which sums are shown, as numbers of models.Level: the municipality 10 … the class 50.
CLASS, SCHOOL = 50, 40


@dataclass(frozen=True)
class Role:
    """lowest_level, tier: the level of sight, that is down to which units sums are shown, and how.

    Interventions are seen and decided down to the same level: below it a whole unit is so small that pupils show.
    """

    code: RoleCode
    purpose: Promise
    permissions: frozenset[Permission]
    lowest_level: int = CLASS
    tier: Tier = Tier.HEADS

    @property
    def needs_second_factor(self) -> bool:
        return bool(self.permissions - WITHOUT_SECOND_FACTOR)


def _role(
    code: RoleCode,
    purpose: Promise,
    *permissions: Permission,
    lowest_level: int = CLASS,
    tier: Tier = Tier.HEADS,
) -> Role:
    return Role(code, purpose, frozenset(permissions), lowest_level, tier)


ASKS_AND_ANSWERS = (Permission.ASK_QUESTIONS, Permission.ANSWER_QUESTIONS)
SEES_AND_ACTS = (
    Permission.SEE_PUPILS,
    Permission.SEE_SUMS,
    Permission.DECIDE_INTERVENTIONS,
    Permission.MEET,
    *ASKS_AND_ANSWERS,
)
HEADS_MEETINGS = (Permission.MEET, Permission.PLAN_MEETINGS, Permission.WATCH_ROUTINE)
FILLS_IN = (*SEES_AND_ACTS, Permission.RECORD_RESULTS)

ROLES: dict[str, Role] = {
    role.code.value: role
    for role in (
        _role(RoleCode.TEACHER, _("sees the class and changes the teaching"), *FILLS_IN),
        _role(
            RoleCode.ANALYSIS_LEAD,
            _("leads the team's analysis of its classes"),
            *FILLS_IN,
            Permission.PLAN_MEETINGS,
        ),
        # At a school: limits of its own, with a reason. At the municipality: those that hold for all.
        _role(
            RoleCode.PRINCIPAL,
            _("sees the school and decides its interventions"),
            *FILLS_IN,
            Permission.KEEP_GROUPS,
            Permission.SET_LIMITS,
            Permission.CHOOSE_MAPS,
            Permission.KEEP_CATALOGUE,
            Permission.PLAN_MEETINGS,
            Permission.WATCH_ROUTINE,
            Permission.GUARD_PUPILS,
            Permission.OPEN_IN_EMERGENCY,
            Permission.SEE_READERS,
            Permission.ANSWER_DATA_SUBJECTS,
        ),
        _role(
            RoleCode.HEALTH_TEAM,
            _("brings health and attendance into the school's meeting"),
            *SEES_AND_ACTS,
            Permission.KEEP_CATALOGUE,
            Permission.OPEN_IN_EMERGENCY,
        ),
        # The only role on its side of the law's wall, and it sees nothing on the other side: accounts/secrecy.py.
        _role(
            RoleCode.MEDICAL_HEALTH,
            _("keeps the health talks as school nurse or school doctor, apart from the rest of the school"),
            Permission.SEE_MEDICAL,
            Permission.SHARE_MEDICAL,
        ),
        _role(
            RoleCode.AREA_HEAD,
            _("compares the area's schools with their own start"),
            Permission.SEE_SUMS,
            Permission.DECIDE_INTERVENTIONS,
            Permission.KEEP_CATALOGUE,
            *ASKS_AND_ANSWERS,
            *HEADS_MEETINGS,
            lowest_level=SCHOOL,
        ),
        _role(
            RoleCode.ADMINISTRATION_HEAD,
            _("follows all areas and schools"),
            Permission.SEE_SUMS,
            Permission.DECIDE_INTERVENTIONS,
            Permission.KEEP_CATALOGUE,
            *ASKS_AND_ANSWERS,
            *HEADS_MEETINGS,
            lowest_level=SCHOOL,
        ),
        _role(
            RoleCode.BOARD_MEMBER,
            _("follows the goals"),
            Permission.SEE_SUMS,
            Permission.ANSWER_QUESTIONS,
            Permission.MEET,
            lowest_level=SCHOOL,
            tier=Tier.BOARD,
        ),
        _role(
            RoleCode.COLLABORATION_PARTNER,
            _("follows with us what we do together, from social services, the region or others"),
            Permission.SEE_SUMS,
            lowest_level=SCHOOL,
            tier=Tier.BOARD,
        ),
        _role(
            RoleCode.SUPPORT_FUNCTION,
            _("answers questions that the schools could not solve"),
            Permission.KEEP_CATALOGUE,
            Permission.ANSWER_QUESTIONS,
        ),
        _role(
            RoleCode.COORDINATOR,
            _("imports files and sets up the rounds"),
            Permission.IMPORT_RESULTS,
            Permission.RECORD_RESULTS,
            Permission.KEEP_GROUPS,
            Permission.PLAN_ROUNDS,
            Permission.PLAN_MEETINGS,
            Permission.WATCH_ROUTINE,
        ),
        _role(
            RoleCode.ADMINISTRATOR,
            _("sets up the municipality, sees no pupils"),
            Permission.CONFIGURE,
            Permission.PLAN_ROUNDS,
            Permission.SET_LIMITS,
            Permission.KEEP_CATALOGUE,
            Permission.GUARD_PUPILS,
        ),
        _role(RoleCode.ACCESS_AUDITOR, _("checks who has looked at what"), Permission.READ_ACCESS_LOG),
        # Opens one pupil at a time, by a number that the family has given, for a purpose that the log keeps.
        _role(
            RoleCode.DATA_PROTECTION,
            _("answers pupils and guardians who ask what is kept about them"),
            Permission.ANSWER_DATA_SUBJECTS,
        ),
    )
}
