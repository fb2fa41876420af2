from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..keys import KeyField
from ..tenancy import TenantModel


class Identity(TenantModel):
    """By what a person is known to a provider. (municipality, issuer, subject) alone names an account.

    Never an e-mail address and never a user name: whoever runs another provider could write any of them.
    """

    key = KeyField()
    issuer = models.CharField(_("issuer"), max_length=500)
    subject = models.CharField(_("subject"), max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="identities",
        verbose_name=_("person"),
    )
    linked_at = models.DateTimeField(_("linked"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="identity_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "issuer", "subject"], name="identity_subject_once"
            ),
            # A second subject for the same account would be a second person in it.
            models.UniqueConstraint(fields=["municipality", "issuer", "user"], name="identity_person_once"),
        ]

    def __str__(self) -> str:
        return f"identity {self.key}"


class LinkCode(TenantModel):
    """A code that an administrator hands to one person, to link the account to a subject; good once.

    digest: keyed, of the code together with the municipality (single_sign_on.linking): the code itself is not kept.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    digest = models.CharField(_("digest"), max_length=64)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    good_until = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("code for linking")
        verbose_name_plural = _("codes for linking")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "digest"], name="linkcode_digest_once")
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class SpentAssertion(TenantModel):
    """A SAML assertion that has been used; kept until it would have ended by itself."""

    digest = models.CharField(_("digest"), max_length=64)
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("spent assertion")
        verbose_name_plural = _("spent assertions")
        constraints = [models.UniqueConstraint(fields=["municipality", "digest"], name="spentassertion_once")]
        indexes = [models.Index(fields=["municipality", "ends_at"], name="spentassertion_ended")]

    def __str__(self) -> str:
        return f"assertion {self.pk}"


class EmergencyAccount(TenantModel):
    """One of the two accounts that still sign in by password where single sign-on is the only way in.

    Its password lies in a sealed envelope. opened_at: of the first use since it was sealed.
    """

    number = models.PositiveSmallIntegerField(_("number"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("account")
    )
    sealed_at = models.DateTimeField(_("sealed"))
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sealed by")
    )
    opened_at = models.DateTimeField(_("opened"), null=True)

    class Meta:
        verbose_name = _("emergency account")
        verbose_name_plural = _("emergency accounts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "number"], name="emergencyaccount_number_once"),
            models.UniqueConstraint(fields=["municipality", "user"], name="emergencyaccount_user_once"),
            models.CheckConstraint(condition=models.Q(number__in=(1, 2)), name="emergencyaccount_one_or_two"),
        ]

    def __str__(self) -> str:
        return f"emergency account {self.number}"
