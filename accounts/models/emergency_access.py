from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..keys import KeyField
from ..tenancy import TenantModel
from .unit import Unit

# However the setting is: nobody sees anything by an emergency for longer.
MOST_HOURS = 4


class EmergencyKind(models.TextChoices):
    CHILD_IN_DANGER = "danger", _("a child may be in danger")
    NOBODY_REACHED = "nobody", _("nobody of the school can be reached")
    AUTHORITY_ASKS = "authority", _("social services, the police or health care ask")
    OTHER = "other", _("something else that cannot wait")


class EmergencyAccess(TenantModel):
    """Somebody has opened a class, or one pupil of it, outside the own units: for hours, for a reason, told at once.

    pupil_id: of the one pupil; empty for the class. noted: whoever answers for the class has taken note of it.
    """

    key = KeyField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    pupil_id = models.IntegerField(_("pupil"), null=True)
    kind = models.CharField(_("what has happened"), max_length=10, choices=EmergencyKind)
    reason = models.CharField(_("reason"), max_length=300)
    opened_at = models.DateTimeField(_("opened"))
    open_until = models.DateTimeField(_("open until"))
    ended_at = models.DateTimeField(_("ended early"), null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    noted_at = models.DateTimeField(_("noted"), null=True)

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="emergencyaccess_key_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="emergencyaccess_has_reason"),
            models.CheckConstraint(
                condition=Q(open_until__gt=F("opened_at")), name="emergencyaccess_times_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "user", "open_until"], name="emergencyaccess_by_user")
        ]

    def __str__(self) -> str:
        return f"emergency {self.key}"

    @property
    def closes_at(self) -> datetime.datetime:
        """When it is over, whatever the row says of it."""
        latest = self.opened_at + datetime.timedelta(hours=MOST_HOURS)
        return min(filter(None, (self.open_until, self.ended_at, latest)))

    def is_open(self, at: datetime.datetime) -> bool:
        return self.opened_at <= at < self.closes_at
