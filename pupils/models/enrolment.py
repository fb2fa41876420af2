from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.known import Former, Known, loose
from accounts.models import Unit
from accounts.tenancy import DatedTenantModel

from .pupil import Pupil


class Enrolment(DatedTenantModel, Known):
    """A pupil in a school class between two dates. History is added to, never overwritten.

    A pupil may also be taught at another unit (N29); only the home class counts in sums, so nobody counts twice.
    """

    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("pupil")
    )
    school_class = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("class")
    )
    year_group = models.PositiveSmallIntegerField(_("year group"))
    is_home = models.BooleanField(_("home class"), default=True)

    class Meta(Dated.Meta):
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(year_group__lte=13), name="enrolment_year_group"),
            models.UniqueConstraint(
                fields=["municipality", "pupil", "school_class", "valid_from"], name="enrolment_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["municipality", "pupil"],
                condition=Q(is_home=True, valid_to__isnull=True),
                name="enrolment_one_open_home_class",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "school_class", "valid_from"], name="enrolment_by_class")
        ]

    def __str__(self) -> str:
        return f"{self.pupil} – {self.school_class}"


class FormerEnrolment(Former, Dated):
    """An enrolment as it was known for a time: before it was ended, or taken back."""

    pupil = loose(Pupil)
    school_class = loose(Unit)
    year_group = models.PositiveSmallIntegerField(_("year group"))
    is_home = models.BooleanField(_("home class"))

    class Meta:
        verbose_name = _("former state of an enrolment")
        verbose_name_plural = _("former states of enrolments")
        indexes = [
            models.Index(fields=["municipality", "school_class"], name="formerenrolment_by_class"),
            models.Index(fields=["municipality", "pupil"], name="formerenrolment_by_pupil"),
        ]

    def __str__(self) -> str:
        return f"former enrolment {self.pk}"
