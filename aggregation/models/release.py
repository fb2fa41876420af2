from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.roles import Tier
from accounts.tenancy import LooseTenantModel, TenantModel
from colourmaps.models import Indicator, MeasurementRound


class HeldBack(models.TextChoices):
    """Why newer figures of a table are not shown."""

    NO = "", _("nothing waits")
    EARLY = "early", _("most pupils are not measured yet")
    FEW_CHANGED = "few changed", _("the results of too few pupils have changed")
    COUNTING = "counting", _("the pupils are just being counted by this division")
    NO_SAFE_SPLIT = (
        "no safe split",
        _("divided like this, single pupils could be made out, whichever schools are shown together"),
    )
    LEAK = "leak", _("single pupils could be made out; the platform's operator has been told")


class TableModel(TenantModel):
    """What tells one table from another: an indicator in a round, split up in one way, as one tier may see it.

    split: a family of slices that together are all pupils (aggregation/slices.py).
    """

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.CASCADE, related_name="+", verbose_name=_("measurement round")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="+", verbose_name=_("indicator")
    )
    split = models.CharField(_("split"), max_length=30)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier)

    class Meta:
        abstract = True


class Release(TableModel):
    """One version of one table, as it was shown to those who see no pupils. Its figures never change.

    smallest_base, smallest_count: by which it was protected.
    pools: lists of ids of units that are shown together; a figure names its pool by the place in here. A negative id is
    of the pupils whom a unit has beside the units below it.
    behind: by part, the blocks and the counts of each school that were behind them: for the version that comes next.
    Shown to nobody.
    whole: of a split, the version of all pupils that its slices add up to, where both are shown.
    n_attacked: counts that are not shown and that the attacker tried to work out; none was, or it would not be here.
    """

    version = models.PositiveIntegerField(_("version"))
    released_at = models.DateTimeField(_("released"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    whole = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("whole")
    )
    smallest_base = models.PositiveSmallIntegerField(_("smallest base"), default=10)
    smallest_count = models.PositiveSmallIntegerField(_("smallest count"), default=5)
    pools = models.JSONField(_("pools"), default=list)
    behind = models.JSONField(_("behind it"), default=dict)
    n_attacked = models.PositiveIntegerField(_("counts attacked"))
    attack_seconds = models.FloatField(_("seconds of the attack"))

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "round", "indicator", "split", "tier", "version"],
                name="release_version_once",
            ),
            models.UniqueConstraint(
                fields=["municipality", "round", "indicator", "split", "tier"],
                condition=Q(superseded_at__isnull=True),
                name="release_one_shown",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__gte=F("released_at")), name="release_superseded_after_release"
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.round_id} {self.indicator_id} {self.split} {self.tier} v{self.version}"


class ReleaseCheck(TableModel):
    """What the last look at a table came to: whether figures newer than the ones shown are held back, and why.

    digest: of the true figures and the rules that were looked at; as long as it is the same, there is nothing to do.
    found: for the operator, what the attacker worked out; never shown to readers.
    """

    digest = models.CharField(_("digest"), max_length=64)
    checked_at = models.DateTimeField(_("checked"))
    held_back = models.CharField(
        _("held back"), max_length=15, choices=HeldBack, blank=True, default=HeldBack.NO
    )
    found = models.TextField(_("found by the attacker"), blank=True)

    class Meta:
        verbose_name = _("check of a release")
        verbose_name_plural = _("checks of releases")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "round", "indicator", "split", "tier"], name="releasecheck_once"
            ),
            models.CheckConstraint(
                condition=Q(found="") | Q(held_back=HeldBack.LEAK), name="releasecheck_found_is_a_leak"
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.round_id} {self.indicator_id} {self.split} {self.tier}"


class ReleasedFigure(LooseTenantModel):
    """What a version of a table shows of a unit, by part: colours, movement, coverage.

    Counts that are not shown are null. With a pool (a place in Release.pools), they are the sum of the units in it.
    *_rule: why the part is not shown, or not of the unit alone; empty where it is.
    """

    pk = models.CompositePrimaryKey("municipality_id", "release_id", "unit_id", "slice")
    release = models.ForeignKey(
        Release, on_delete=models.DO_NOTHING, related_name="figures", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    slice = models.IntegerField(_("slice"))
    green = models.IntegerField(_("green"), null=True)
    yellow = models.IntegerField(_("yellow"), null=True)
    red = models.IntegerField(_("red"), null=True)
    uncoloured = models.IntegerField(_("without limits"), null=True)
    colours_pool = models.IntegerField(_("pool of the colours"), null=True)
    colours_rule = models.CharField(_("rule of the colours"), max_length=20, blank=True)
    up = models.IntegerField(_("better"), null=True)
    still = models.IntegerField(_("unchanged"), null=True)
    down = models.IntegerField(_("worse"), null=True)
    movement_pool = models.IntegerField(_("pool of the movement"), null=True)
    movement_rule = models.CharField(_("rule of the movement"), max_length=20, blank=True)
    missing = models.IntegerField(_("not measured"), null=True)
    coverage_pool = models.IntegerField(_("pool of the coverage"), null=True)
    coverage_rule = models.CharField(_("rule of the coverage"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("released figure")
        verbose_name_plural = _("released figures")

    def __str__(self) -> str:
        return f"released figure {self.pk}"
