"""What one person sees of questions today, and what waits for them.

Those who see a school's pupils see its questions in full. Everybody else sees what has left the school, as it was
written for that: heads below their unit, support functions what has stood in their queues, and whoever asked.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import Sight
from accounts.models import Level
from accounts.queries import schools_of
from accounts.roles import ROLES, Permission, RoleCode

from ..models import Question, QuestionStop, QueueMember, Rung, SupportQueue
from .places import HEADS, ROLES_OF

LEFT_THE_SCHOOL = ~Q(text_above="")


class QuestionReader:
    """Read once per request."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.user = sight, sight.user
        self.grants = sight.grants(Permission.ANSWER_QUESTIONS)

    @cached_property
    def units_of(self) -> dict[str, set[int]]:
        """By role, the ids of the units at and below which it is held. At most one query per role."""
        held: dict[str, list[int]] = {}
        for grant in self.grants:
            held.setdefault(grant.role, []).append(grant.unit_id)
        return {role: self.sight.below(ids, self.sight.today) for role, ids in held.items()}

    def _units(self, roles: Collection[str]) -> set[int]:
        return set().union(*(ids for role, ids in self.units_of.items() if role in roles))

    @cached_property
    def inside(self) -> set[int]:
        """Ids of the units whose pupils the person sees."""
        return self._units({role for role in ROLES if Permission.SEE_PUPILS in ROLES[role].permissions})

    @cached_property
    def below(self) -> set[int]:
        """Ids of the units of which the person is a head."""
        return self._units(HEADS)

    @cached_property
    def own_schools(self) -> set[int]:
        """Ids of the schools where the person works, be it with one class alone."""
        sees = [grant for grant in self.grants if Permission.SEE_PUPILS in ROLES[grant.role].permissions]
        classes = [grant.unit_id for grant in sees if grant.unit.level == Level.SCHOOL_CLASS]
        schools = set(schools_of(classes, self.sight.today).values()) if classes else set()
        return schools | self.inside

    @cached_property
    def queues(self) -> set[int]:
        """Ids of the support functions that the person serves."""
        if RoleCode.SUPPORT_FUNCTION not in self.units_of:
            return set()
        members = QueueMember.objects.filter(queue=OuterRef("pk"))
        served = Q(Exists(members.filter(user=self.user))) | ~Q(Exists(members))
        return set(SupportQueue.objects.filter(served).values_list("pk", flat=True))

    def questions(self) -> QuerySet[Question]:
        """All that the person sees anything of."""
        return Question.objects.filter(self.seen_inside() | (LEFT_THE_SCHOOL & self._seen_above()))

    def seen_inside(self) -> Q:
        units = Q(unit__in=self.inside) | Q(school__in=self.inside)
        return units | Q(asked_by=self.user, school__in=self.own_schools)

    def _seen_above(self) -> Q:
        seen = Q(asked_by=self.user)
        if self.below:
            seen |= Q(unit__in=self.below) | Q(school__in=self.below)
        if self.inside:
            seen |= Q(pk__in=QuestionStop.objects.filter(unit__in=self.inside).values("question_id"))
        if self.queues:
            passed = QuestionStop.objects.filter(queue__in=self.queues).values("question_id")
            seen |= Q(pk__in=passed, unit__in=self.units_of[RoleCode.SUPPORT_FUNCTION])
        return seen

    def is_inside(self, question: Question) -> bool:
        """Whether the person reads the question as it was asked, and of whom."""
        if question.unit_id in self.inside or question.school_id in self.inside:
            return True
        return question.asked_by_id == self.user.pk and question.school_id in self.own_schools

    def waiting(self) -> Q:
        """Of stops: those that are the person's to answer: taken by them, or standing free where they answer."""
        places = Q(queue__in=self.queues, question__unit__in=self.units_of.get(RoleCode.SUPPORT_FUNCTION, ()))
        for rung, roles in ROLES_OF.items():
            units = self._units(roles)
            if units:
                places |= Q(rung=rung, unit__in=units)
        return Q(owner=self.user) | (Q(owner__isnull=True) & places)

    def may_act(self, stop: QuestionStop) -> bool:
        """Whether the person may take, answer and pass on what stands there; a principal also within the school."""
        if stop.queue_id is not None:
            units = self.units_of.get(RoleCode.SUPPORT_FUNCTION, set())
            return stop.queue_id in self.queues and stop.question.unit_id in units
        rung = Rung(stop.rung)
        roles = ROLES_OF[rung] | ({RoleCode.PRINCIPAL} if rung.is_inside else set())
        return stop.unit_id in self._units(roles)
