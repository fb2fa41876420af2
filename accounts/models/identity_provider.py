from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..dated import Dated
from ..keys import KeyField
from ..roles import RoleCode
from ..tenancy import DatedTenantModel, TenantModel
from .unit import Unit


class Protocol(models.TextChoices):
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML")


class IdentityProvider(DatedTenantModel):
    """Where the people of a municipality sign in, instead of by a password of ours.

    issuer: as the provider writes itself, OpenID Connect's issuer or SAML's entity id. sealed_secret: see
    single_sign_on.sealing; it is shown on no page and stands in no audit event.
    """

    key = KeyField()
    name = models.CharField(_("name"), max_length=80)
    protocol = models.CharField(_("protocol"), max_length=4, choices=Protocol)
    issuer = models.CharField(_("issuer"), max_length=500)
    client_id = models.CharField(_("client id"), max_length=200, blank=True)
    sealed_secret = models.TextField(_("client secret, sealed"), blank=True)
    saml_address = models.URLField(_("sign-in address"), max_length=500, blank=True)
    saml_certificates = models.JSONField(_("certificates"), default=list, blank=True)
    subject_attribute = models.CharField(_("attribute of the subject"), max_length=200, blank=True)
    groups_claim = models.CharField(_("claim with groups"), max_length=200, blank=True)
    required_assurances = models.JSONField(_("required assurance"), default=list, blank=True)
    second_factor_values = models.JSONField(_("values that mean a second factor"), default=list, blank=True)
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    makes_accounts = models.BooleanField(_("makes accounts"), default=False)
    maps_roles = models.BooleanField(_("gives roles"), default=False)
    is_only_way = models.BooleanField(_("is the only way in"), default=False)

    class Meta(Dated.Meta):
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "key"], name="identityprovider_key_once"),
            models.UniqueConstraint(fields=["municipality", "issuer"], name="identityprovider_issuer_once"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleMapping(TenantModel):
    """Whoever has the value among the groups of a provider holds the role at the unit."""

    key = KeyField()
    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.CASCADE, related_name="mappings", verbose_name=_("provider")
    )
    value = models.CharField(_("value"), max_length=200)
    role = models.CharField(_("role"), max_length=30, choices=RoleCode)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("role by group")
        verbose_name_plural = _("roles by group")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="rolemapping_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "provider", "value", "role", "unit"], name="rolemapping_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.get_role_display()}, {self.unit}"


class SeenClaims(TenantModel):
    """What a provider said at one of its last sign-ins: values of groups and assurance, no names, no subject."""

    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.CASCADE, related_name="seen", verbose_name=_("provider")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    groups = models.JSONField(_("groups"), default=list)
    assurances = models.JSONField(_("assurance"), default=list)

    class Meta:
        verbose_name = _("claims of a sign-in")
        verbose_name_plural = _("claims of sign-ins")
        indexes = [models.Index(fields=["municipality", "provider", "at"], name="seenclaims_newest")]

    def __str__(self) -> str:
        return f"{self.provider} {self.at:%Y-%m-%d %H:%M}"
