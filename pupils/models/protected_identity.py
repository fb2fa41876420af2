from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.keys import KeyField
from accounts.models import Unit
from accounts.tenancy import DatedTenantModel, TenantModel

from .pupil import Pupil


class ProtectedIdentity(TenantModel):
    """Name and numbers of a pupil with protected identity, sealed, and apart from everything else about the pupil.

    Nothing here names a pupil, a class or a time: whose it is, only who has the key can tell. locator: digest of the
    pupil's key; number_mac, own_id_mac: digests of the numbers, "" for none. The row's own key is random, so that no
    order tells when it was written.
    """

    id = KeyField(primary_key=True)
    locator = models.CharField(max_length=64)
    number_mac = models.CharField(max_length=64, blank=True)
    own_id_mac = models.CharField(max_length=64, blank=True)
    sealed = models.TextField()
    sealed_with = models.CharField(max_length=16)

    class Meta:
        verbose_name = _("sealed identity")
        verbose_name_plural = _("sealed identities")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "locator"], name="protectedidentity_once"),
            models.UniqueConstraint(
                fields=["municipality", "number_mac"],
                condition=~Q(number_mac=""),
                name="protectedidentity_number_once",
            ),
            models.UniqueConstraint(
                fields=["municipality", "own_id_mac"],
                condition=~Q(own_id_mac=""),
                name="protectedidentity_own_id_once",
            ),
        ]

    def __str__(self) -> str:
        return "sealed identity"


class ProtectedAccess(DatedTenantModel):
    """A named person may ask who a protected pupil is, or those of a school, between two dates and for a reason."""

    key = KeyField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    pupil = models.ForeignKey(
        Pupil, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("pupil")
    )
    school = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("school")
    )
    reason = models.CharField(_("reason"), max_length=200)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    given_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta(Dated.Meta):
        verbose_name = _("access to protected identity")
        verbose_name_plural = _("access to protected identities")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "key"], name="protectedaccess_key_once"),
            models.CheckConstraint(
                condition=Q(pupil__isnull=True) ^ Q(school__isnull=True),
                name="protectedaccess_pupil_or_school",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="protectedaccess_has_reason"),
        ]

    def __str__(self) -> str:
        return f"access {self.key}"


class Unmasking(TenantModel):
    """That a person asks to see who a protected pupil is, and what another person said to it.

    shown_until: until when the name is shown to the one who asked; empty while nobody has answered, or when refused.
    """

    key = KeyField()
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="+", verbose_name=_("pupil"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    reason = models.CharField(_("reason"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    shown_until = models.DateTimeField(_("shown until"), null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    noted_at = models.DateTimeField(_("noted"), null=True)

    class Meta:
        verbose_name = _("unmasking")
        verbose_name_plural = _("unmaskings")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="unmasking_key_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="unmasking_has_reason"),
            models.CheckConstraint(condition=~Q(answered_by=F("asked_by")), name="unmasking_two_persons"),
            models.CheckConstraint(
                condition=Q(shown_until__isnull=True) | Q(answered_by__isnull=False),
                name="unmasking_shown_once_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"unmasking {self.key}"
