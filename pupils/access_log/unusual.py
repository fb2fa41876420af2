"""Whether somebody has read unusually many pupils in a day: against the same person's other days, and against the role.

Pure. Days without a read are no days: a teacher who looks once a week is compared with those days.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

# A class and a few more are never unusual, whatever the days before were like.
FEWEST_UNUSUAL = 40
# With fewer earlier days nothing is known of what is usual for the person, and the role alone decides.
FEWEST_DAYS = 5
TIMES_THE_USUAL = 2


def usual(counts: Sequence[int]) -> int:
    """The median, rounded; 0 of none."""
    return round(median(counts)) if counts else 0


def is_unusual(n: int, earlier: Sequence[int], of_role: Sequence[int]) -> bool:
    """n: pupils read in a day; earlier: on each earlier day by the person; of_role: by others of the role on theirs."""
    if n < FEWEST_UNUSUAL:
        return False
    own = len(earlier) < FEWEST_DAYS or n > TIMES_THE_USUAL * usual(earlier)
    return own and n > TIMES_THE_USUAL * usual(of_role)
