from typing import Any

from django.dispatch import receiver

from colourmaps.signals import results_changed

from .work import ask_for_recount


@receiver(results_changed)
def recount_touched_classes(touched: set[tuple[int, int]], **_kwargs: Any) -> None:
    ask_for_recount(touched)
