from django.db import models
from django.utils.translation import gettext_lazy as _

# Swedish school statistics hide what rests on fewer; a municipality can be stricter, never laxer (N34, N62).
FLOOR_OF_BASE, FLOOR_OF_COUNT = 10, 5


class Country(models.TextChoices):
    """The rules that a municipality follows: identity numbers, school years, names of the year groups."""

    SWEDEN = "SE", _("Sweden")
    NORWAY = "NO", _("Norway")
    DENMARK = "DK", _("Denmark")


class Municipality(models.Model):
    """The tenant. Every table that belongs to one carries its column, even where a join would find it."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=100)
    country = models.CharField(_("country"), max_length=2, choices=Country)
    language = models.CharField(_("language"), max_length=5, default="sv")
    smallest_base = models.PositiveSmallIntegerField(
        _("smallest base"),
        default=FLOOR_OF_BASE,
        help_text=_("Above the school, figures that rest on fewer pupils than this are hidden."),
    )
    smallest_count = models.PositiveSmallIntegerField(
        _("smallest count"),
        default=FLOOR_OF_COUNT,
        help_text=_("Above the school, a colour with fewer pupils than this, but not none, is hidden."),
    )
    days_files_are_kept = models.PositiveSmallIntegerField(
        _("days for which files are kept"),
        default=90,
        help_text=_("Uploaded result files are removed after so many days; what was imported stays."),
    )

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(smallest_base__gte=FLOOR_OF_BASE), name="municipality_smallest_base_floor"
            ),
            models.CheckConstraint(
                condition=models.Q(smallest_count__gte=FLOOR_OF_COUNT),
                name="municipality_smallest_count_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.name
