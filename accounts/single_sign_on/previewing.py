"""What a mapping would give and end, before it is turned on: of values that are typed, and of the last sign-ins."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..models import IdentityProvider, RoleAssignment, SeenClaims, Unit
from ..roles import RoleCode
from .mapping import Change
from .queries import change_by, held_by


@dataclass(frozen=True)
class PreviewRow:
    """given, ended, kept: roles in words, each with its unit. at: None for values that were typed."""

    groups: tuple[str, ...]
    given: tuple[str, ...]
    ended: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    at: datetime.datetime | None = None


def preview_of_values(provider: IdentityProvider, groups: Sequence[str]) -> PreviewRow:
    """For somebody who has no role yet."""
    return _row(groups, change_by(provider, groups, []), [])


def preview_of_seen(provider: IdentityProvider, on: datetime.date) -> list[PreviewRow]:
    """For each of the last sign-ins, the newest first: what the table makes of it on the day, without a name."""
    rows = []
    for seen in SeenClaims.objects.filter(provider=provider).select_related("user").order_by("-at", "-pk"):
        held = held_by(seen.user, provider, on)
        rows.append(_row(seen.groups, change_by(provider, seen.groups, held), held, seen.at))
    return rows


def _row(
    groups: Iterable[str],
    change: Change,
    held: Iterable[RoleAssignment],
    at: datetime.datetime | None = None,
) -> PreviewRow:
    by_id = {each.pk: each for each in held}
    units = Unit.objects.in_bulk({unit_id for _role, unit_id in change.given})
    return PreviewRow(
        groups=tuple(sorted(groups)),
        given=tuple(_words(role, units[unit_id]) for role, unit_id in change.given),
        ended=tuple(_words(by_id[pk].role, by_id[pk].unit) for pk in change.ended),
        kept=tuple(_words(by_id[pk].role, by_id[pk].unit) for pk in change.kept),
        at=at,
    )


def _words(role: str, unit: Unit) -> str:
    return f"{RoleCode(role).label}, {unit.name}"
