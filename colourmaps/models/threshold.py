from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.known import Former, Known, loose
from accounts.models import Unit, User
from accounts.tenancy import DatedTenantModel

from .indicator import Indicator


class Threshold(DatedTenantModel, Known):
    """From which value an indicator is yellow and green in a year group, between two dates. Never edited in place.

    valid_from and valid_to say which values it judges; decided_at since when that has been known.
    The limits are hundredths of the indicator's unit. A value on a limit gets the better colour. Where low is good
    the green limit is the lower one.
    school: whose own limits they are, for a reason; empty for the municipality's, which hold everywhere else.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="thresholds", verbose_name=_("indicator")
    )
    year_group = models.PositiveSmallIntegerField(_("year group"))
    school = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    yellow_limit = models.IntegerField(_("yellow limit"))
    green_limit = models.IntegerField(_("green limit"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(
        _("decided"),
        null=True,
        editable=False,
        help_text=_("When it was entered; empty if it has held for as long as is known."),
    )

    class Meta(Dated.Meta):
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group", "valid_from"],
                condition=Q(school__isnull=True),
                name="threshold_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group"],
                condition=Q(school__isnull=True, valid_to__isnull=True),
                name="threshold_one_open",
            ),
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group", "school", "valid_from"],
                condition=Q(school__isnull=False),
                name="threshold_of_school_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group", "school"],
                condition=Q(school__isnull=False, valid_to__isnull=True),
                name="threshold_of_school_one_open",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=True) | ~Q(reason=""), name="threshold_of_school_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.year_group}"


class FormerThreshold(Former, Dated):
    """Limits as they were known for a time: before they got an end, or were taken back."""

    indicator = loose(Indicator)
    year_group = models.PositiveSmallIntegerField(_("year group"))
    school = loose(Unit, null=True)
    yellow_limit = models.IntegerField(_("yellow limit"))
    green_limit = models.IntegerField(_("green limit"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    class Meta:
        verbose_name = _("former threshold")
        verbose_name_plural = _("former thresholds")
        indexes = [models.Index(fields=["municipality", "indicator"], name="formerthreshold_by_indicator")]

    def __str__(self) -> str:
        return f"former threshold {self.pk}"
