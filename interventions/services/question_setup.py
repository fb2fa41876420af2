"""A municipality's development areas and support functions: the usual ones, its own, and who serves them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Municipality, User
from accounts.tenancy import current_municipality

from ..models import DevelopmentArea, QueueMember, SupportQueue
from ..models.question_setup import Named
from ..questions.usual import AREAS, QUEUES

OneOfThem = TypeVar("OneOfThem", bound=Named)


def write_usual_names(municipality: Municipality) -> None:
    """What every new municipality begins with."""
    for model, usual in ((DevelopmentArea, AREAS), (SupportQueue, QUEUES)):
        model.objects.bulk_create(
            model(municipality=municipality, names=names, position=position)
            for position, names in enumerate(usual)
        )


@transaction.atomic
def add_area(*, name: str, by: User) -> DevelopmentArea:
    area = _added(DevelopmentArea, name)
    record("development area added", by=by, subject=area.key)
    return area


@transaction.atomic
def add_queue(*, name: str, by: User) -> SupportQueue:
    queue = _added(SupportQueue, name)
    record("support function added", by=by, subject=queue.key)
    return queue


def _added(model: type[OneOfThem], name: str) -> OneOfThem:
    """One more, after the others, named in the municipality's language."""
    municipality = current_municipality()
    names = {municipality.language: name}
    return model.objects.create(municipality=municipality, names=names, position=_next(model))


@transaction.atomic
def change_queue(
    *, queue: SupportQueue, name: str, members: Collection[User], is_closed: bool, by: User
) -> SupportQueue:
    """Its name in the municipality's language, who serves it, and whether questions can still be sent there."""
    queue.names = {**queue.names, current_municipality().language: name}
    _close(queue, is_closed)
    queue.save()
    QueueMember.objects.filter(queue=queue).exclude(user__in=members).delete()
    there = set(queue.memberships.values_list("user_id", flat=True))
    QueueMember.objects.bulk_create(
        QueueMember(municipality=queue.municipality, queue=queue, user=user)
        for user in members
        if user.pk not in there
    )
    record(
        "support function changed",
        by=by,
        subject=queue.key,
        members=sorted(user.pk for user in members),
        is_closed=is_closed,
    )
    return queue


@transaction.atomic
def change_area(*, area: DevelopmentArea, name: str, is_closed: bool, by: User) -> DevelopmentArea:
    area.names = {**area.names, current_municipality().language: name}
    _close(area, is_closed)
    area.save()
    record("development area changed", by=by, subject=area.key, is_closed=is_closed)
    return area


def _close(thing: Named, is_closed: bool) -> None:
    if is_closed != (thing.closed_at is not None):
        thing.closed_at = timezone.now() if is_closed else None


def _next(model: type[Named]) -> int:
    last = model.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1
