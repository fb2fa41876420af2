"""What workers would do without a guard, to be put in the place of the product's own functions."""

from __future__ import annotations

from collections.abc import Sequence

from aggregation import work
from aggregation.models import RollupWork


def count_after_striking_off(picked: list[int]) -> bool:
    """For `_count`: as a queue does that forgets a message when it hands it out, the row is gone before its work is
    done."""
    rows = list(RollupWork.objects.filter(pk__in=picked))
    RollupWork.objects.filter(pk__in=picked).delete()
    work._recount(rows)
    return True


def strike_off_blindly(rows: Sequence[RollupWork]) -> None:
    """For `_strike_off`: whatever has been asked for while the rows were counted."""
    RollupWork.objects.filter(pk__in=[row.pk for row in rows]).delete()
