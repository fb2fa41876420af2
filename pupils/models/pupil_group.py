from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.keys import KeyField
from accounts.tenancy import DatedTenantModel

from .pupil import Pupil


class PupilGroup(DatedTenantModel):
    """A group that a municipality registers for a purpose: newly arrived pupils, a programme, a language choice.

    No group without a purpose and a legal ground. It has sums of its own only after a person has decided so for the
    municipality; who did, and when, is in the log.
    """

    key = KeyField()
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(
        _("purpose"), max_length=200, help_text=_("What the municipality needs to know it for.")
    )
    legal_ground = models.CharField(
        _("legal ground"), max_length=200, help_text=_("The law or decision that allows it.")
    )
    is_summed = models.BooleanField(
        _("has sums of its own"),
        default=False,
        help_text=_("Figures of the group, and of all others, are shown where they are not too small."),
    )

    class Meta(Dated.Meta):
        verbose_name = _("group of pupils")
        verbose_name_plural = _("groups of pupils")
        ordering = ["name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "key"], name="pupilgroup_key_once"),
            models.UniqueConstraint(fields=["municipality", "name"], name="pupilgroup_name_once"),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(legal_ground=""), name="pupilgroup_purpose_and_ground"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PupilGroupMembership(DatedTenantModel):
    """A pupil in a registered group between two dates. History is added to, never overwritten."""

    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("pupil")
    )
    group = models.ForeignKey(
        PupilGroup, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("group")
    )

    class Meta(Dated.Meta):
        verbose_name = _("membership of a group")
        verbose_name_plural = _("memberships of groups")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "pupil", "group", "valid_from"],
                name="pupilgroupmembership_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["municipality", "pupil", "group"],
                condition=Q(valid_to__isnull=True),
                name="pupilgroupmembership_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} – {self.group}"
