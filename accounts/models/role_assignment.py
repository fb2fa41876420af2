from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..dated import Dated
from ..roles import RoleCode
from ..tenancy import DatedTenantModel
from .unit import Unit


class RoleAssignment(DatedTenantModel):
    """A person holds a role at a unit between two dates; it is also how a teacher has a class."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assignments",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=30, choices=RoleCode)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("unit")
    )
    provider = models.ForeignKey(
        "accounts.IdentityProvider",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="given",
        verbose_name=_("given by"),
        help_text=_(
            "The single sign-on whose groups gave the role, and will end it; empty when given by hand."
        ),
    )

    class Meta(Dated.Meta):
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "user", "role", "unit", "valid_from"],
                name="roleassignment_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"
