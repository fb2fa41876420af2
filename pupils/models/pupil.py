from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.tenancy import TenantModel


class Sex(models.TextChoices):
    FEMALE = "F", _("girl")
    MALE = "M", _("boy")
    UNKNOWN = "", _("not stated")


class Protection(models.TextChoices):
    """The register's own markings (N30); the third kind, fictitious identity, is invisible by design."""

    NONE = "", _("none")
    CONFIDENTIAL = "confidential", _("confidentiality marking")
    PROTECTED = "protected", _("protected registration")


class Pupil(TenantModel):
    """A pupil: the register's name and numbers. Other tables name a pupil by id alone.

    An import keeps what stood in its file, for as long as the import itself is kept. Name and numbers of a pupil with
    protected identity are not here but sealed, in ProtectedIdentity: see protecting.py.
    """

    key = KeyField()
    identity_number = models.CharField(_("identity number"), max_length=14, blank=True)
    own_id = models.CharField(_("the municipality's own id"), max_length=40, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    search_name = models.CharField(max_length=210, blank=True, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN, blank=True)
    protection = models.CharField(
        _("protected identity"), max_length=12, choices=Protection, default=Protection.NONE, blank=True
    )

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="pupil_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "identity_number"],
                condition=~Q(identity_number=""),
                name="pupil_identity_number_once",
            ),
            models.UniqueConstraint(
                fields=["municipality", "own_id"], condition=~Q(own_id=""), name="pupil_own_id_once"
            ),
            models.CheckConstraint(
                condition=~Q(identity_number="")
                | ~Q(own_id="")
                | ~Q(family_name="")
                | ~Q(given_name="")
                | ~Q(protection=""),
                name="pupil_can_be_told_apart",
            ),
            models.CheckConstraint(
                condition=Q(protection="")
                | Q(identity_number="", own_id="", family_name="", given_name="", search_name=""),
                name="pupil_protected_has_no_name",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "search_name"], name="pupil_by_name")]

    def __str__(self) -> str:
        return f"pupil {self.key}"

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE

    @property
    def shown_name(self) -> str:
        """The name for lists: family name first; a pseudonym for a pupil with protected identity."""
        if self.is_protected:
            return gettext("Protected pupil %(key)s") % {"key": self.key[:3].upper()}
        name = ", ".join(part for part in (self.family_name, self.given_name) if part)
        return name or gettext("Pupil %(id)s") % {"id": self.own_id or self.key[:4].upper()}
