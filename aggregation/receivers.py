from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from accounts.reorganisation import FormerPlace
from accounts.signals import units_leaving, units_moved
from colourmaps.models import MeasurementRound
from colourmaps.signals import results_changed
from pupils.signals import groups_changed

from .leavers import classes_of_pupils, with_leavers
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
