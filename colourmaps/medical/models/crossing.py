from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import DatedTenantModel
from pupils.models import Pupil


class Purpose(models.TextChoices):
    """What the receiver needs it for, in words that say nothing of the pupil: they stand in the audit log too."""

    SUPPORT = "support", _("work out special support")
    TEACHING = "teaching", _("adapt the teaching and the school day")
    SAFETY = "safety", _("keep the pupil safe at school")
    ATTENDANCE = "attendance", _("find out what keeps the pupil from school")
    TRANSFER = "transfer", _("prepare a change of school or class")


class Crossing(DatedTenantModel):
    """A decision that somebody on the other side of the wall may see some results of one pupil, for a time.

    codes: of the indicators. ground: code of one of grounds.py; ground_said: who has consented, or what was weighed.
    reason: what it is needed for, in words for the receiver. The receiver is a person, or whoever holds a role at a
    unit. It ends by itself: there is always an end. withdrawn_at: from then on it holds no more.
    """

    key = KeyField()
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", verbose_name=_("pupil"))
    codes = models.JSONField(_("indicators"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    reason = models.CharField(_("reason"), max_length=300)
    ground = models.CharField(_("legal ground"), max_length=12)
    ground_said = models.CharField(_("how the ground is met"), max_length=300)
    receiver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("receiver")
    )
    role = models.CharField(_("receiver's role"), max_length=30, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("at")
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    why_withdrawn = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("crossing")
        verbose_name_plural = _("crossings")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "key"], name="crossing_key_once"),
            models.CheckConstraint(condition=Q(valid_to__isnull=False), name="crossing_has_an_end"),
            models.CheckConstraint(
                condition=Q(receiver__isnull=False, role="", unit__isnull=True)
                | (Q(receiver__isnull=True, unit__isnull=False) & ~Q(role="")),
                name="crossing_has_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, why_withdrawn="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(why_withdrawn="")),
                name="crossing_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(receiver=models.F("decided_by")), name="crossing_not_to_oneself"
            ),
        ]
        indexes = [models.Index(fields=["municipality", "pupil"], name="crossing_by_pupil")]

    def __str__(self) -> str:
        return f"crossing {self.key}"

    def holds(self, on: datetime.date) -> bool:
        return self.withdrawn_at is None and self.is_in_force(on)

    @property
    def last_on(self) -> datetime.date:
        """The last day on which it holds unless it is withdrawn; its end is never empty."""
        return (self.valid_to or datetime.date.max) - datetime.timedelta(days=1)
