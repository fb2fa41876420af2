"""What can be chosen in the forms of questions: areas, support functions, and who serves them."""

from __future__ import annotations

import datetime

from django.db.models import Q

from accounts.models import RoleAssignment, User
from accounts.roles import RoleCode

from ..models import DevelopmentArea, Question, SupportQueue


def open_areas(question: Question | None = None) -> list[DevelopmentArea]:
    """Those that can be chosen; of a question also its own, which it keeps when it is closed."""
    can_be_chosen = Q(closed_at__isnull=True)
    if question is not None:
        can_be_chosen |= Q(pk=question.area_id)
    return list(DevelopmentArea.objects.filter(can_be_chosen))


def open_queues() -> list[SupportQueue]:
    return list(SupportQueue.objects.filter(closed_at__isnull=True))


def people_of_support(today: datetime.date) -> list[User]:
    """Everybody who holds the role of support function, by name."""
    held = RoleAssignment.objects.on(today).filter(role=RoleCode.SUPPORT_FUNCTION, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("name", "pk"))
