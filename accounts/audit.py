"""The memory of who did or saw what. Called explicitly, since bulk writes pass signals by."""

from __future__ import annotations

from collections.abc import Iterable

from .models import AuditEvent, Unit, User
from .tenancy import current_municipality


def record(
    action: str,
    *,
    by: User | None,
    unit: Unit | None = None,
    subject: str = "",
    pupils: Iterable[int] = (),
    **facts: object,
) -> None:
    """Adds one event. If it cannot be written, what was to be seen or done fails with it.

    action: noun and verb, "class-map seen"; subject: key or code of what it concerns; pupils: ids of the pupils read.
    """
    AuditEvent.objects.create(
        municipality=current_municipality(),
        actor_id=by.pk if by else None,
        action=action,
        unit_id=unit.pk if unit else None,
        subject=subject,
        pupil_ids=sorted(pupils),
        facts=facts,
    )


def was_recorded(action: str) -> bool:
    """Whether an event of the kind was ever recorded in the municipality."""
    return AuditEvent.objects.filter(action=action).exists()
