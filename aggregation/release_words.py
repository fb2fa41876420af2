"""Which releases to heads, the board and partners wait or are held, since when and why. No figures here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Tier

from .models import HeldBack, ReleaseCheck, ReleaseWork, RollupWork


@dataclass(frozen=True)
class ReleaseLine:
    """round: its name; is_held: looked at and not shown, else still to be looked at; what: how much, in words."""

    round: str
    is_held: bool
    what: str
    why: str
    since: datetime.datetime


def release_lines() -> list[ReleaseLine]:
    """First those that wait; each the newest round first. Three queries."""
    return [*_waiting(), *_held()]


def _waiting() -> list[ReleaseLine]:
    counting = set(RollupWork.objects.values_list("round_id", flat=True).distinct())
    return [
        ReleaseLine(
            work.round.name,
            is_held=False,
            what=_("all figures of the round"),
            why=_("results of the round are still being counted")
            if work.round_id in counting
            else _("has its turn soon: one round after the other is looked at, the newest first"),
            since=work.queued_at,
        )
        for work in ReleaseWork.objects.select_related("round").order_by("-round__starts_on")
    ]


def _held() -> list[ReleaseLine]:
    """By round and reason; what the last look at each of the tables came to."""
    checks = ReleaseCheck.objects.exclude(held_back=HeldBack.NO).filter(tier=Tier.HEADS)
    grouped = checks.values("round__name", "round__starts_on", "held_back").annotate(
        n=Count("pk"), since=Min("checked_at")
    )
    return [
        ReleaseLine(
            group["round__name"],
            is_held=True,
            what=ngettext("%(n)d table", "%(n)d tables", group["n"]) % {"n": group["n"]},
            why=str(HeldBack(group["held_back"]).label),
            since=group["since"],
        )
        for group in grouped.order_by("-round__starts_on", "held_back")
    ]
