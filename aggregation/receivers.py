from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from accounts.models import Level, Unit
from accounts.reorganisation import FormerPlace
from accounts.signals import limits_changed, successors_changed, units_leaving, units_moved
from colourmaps.models import MeasurementRound
from colourmaps.signals import results_changed
from pupils.signals import groups_changed

from .leavers import classes_of_pupils, with_leavers
from .models import UnitSum
from .release_requests import ask_for_releases
from .reorganising import move_sums
from .rollup import recount
from .work import ask_for_recount


@receiver(results_changed)
def recount_touched_classes(touched: set[tuple[int, int]], **_kwargs: Any) -> None:
    ask_for_recount(with_leavers(touched))


@receiver(groups_changed)
def recount_classes_of_members(pupil_ids: Collection[int], **_kwargs: Any) -> None:
    ask_for_recount(with_leavers(classes_of_pupils(pupil_ids)))


@receiver(units_leaving)
def recount_without_units(unit_ids: Collection[int], **_kwargs: Any) -> None:
    """At once, while their place in the tree still says above whom they stand: afterwards nobody could find out."""
    for round_ in MeasurementRound.objects.all():
        recount(round_, unit_ids)


@receiver(units_moved)
def let_sums_follow(former_places: Collection[FormerPlace], **_kwargs: Any) -> None:
    move_sums(former_places)


@receiver(successors_changed)
def recount_those_who_take_over(unit_ids: Collection[int], **_kwargs: Any) -> None:
    """Who has left is counted at the successors, at whatever remove."""
    standing, found = set(unit_ids), set(unit_ids)
    while standing:
        after = Unit.objects.filter(pk__in=standing).exclude(successor=None)
        standing = set(after.values_list("successor_id", flat=True)) - found
        found |= standing
    sums = UnitSum.objects.filter(unit__in=found, unit__level=Level.SCHOOL_CLASS)
    ask_for_recount(set(sums.values_list("unit_id", "round_id").distinct()))


@receiver(limits_changed)
def look_at_releases_anew(**_kwargs: Any) -> None:
    """Of all rounds: what has been shown already stays by the limits by which it was first shown."""
    ask_for_releases(set(UnitSum.objects.values_list("round_id", flat=True).distinct()))
