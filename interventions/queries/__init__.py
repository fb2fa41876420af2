"""Reads of interventions: who may see which, what a new one can be about, who answers, and how much runs already."""

from .choices import applicable_indicators, possible_responsibles, year_groups_at
from .full import interventions_in_full, most_urgent_first
from .lists import interventions_at, interventions_of, parents_of
from .load import Load, load_of, running_in_words
from .owners import ownerless_among
from .seeing import (
    among_pupils_seen,
    days_with_interventions,
    decided_units,
    may_change,
    may_decide_for,
    seen_by,
    sees_all_pupils,
    shows_background,
    units_of,
    visible_interventions,
)

__all__ = [
    "Load",
    "among_pupils_seen",
    "applicable_indicators",
    "days_with_interventions",
    "decided_units",
    "interventions_at",
    "interventions_in_full",
    "interventions_of",
    "load_of",
    "may_change",
    "may_decide_for",
    "most_urgent_first",
    "ownerless_among",
    "parents_of",
    "possible_responsibles",
    "running_in_words",
    "seen_by",
    "sees_all_pupils",
    "shows_background",
    "units_of",
    "visible_interventions",
    "year_groups_at",
]
