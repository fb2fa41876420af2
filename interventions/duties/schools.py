"""For heads: the schools where something waits. Counts, and no title of anything (oversight.py)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..oversight import SchoolCounts, counts_by_school
from .asked import Asked
from .duty import Duty, Group, Kind


def schools(asked: Asked) -> Sequence[Duty]:
    """One line for each, the most late first; none for a school where all goes as decided."""
    counted = counts_by_school(asked.sight)
    return [_duty(counts) for counts in counted if counts.n_waiting]


def _duty(counts: SchoolCounts) -> Duty:
    return Duty(
        kind=Kind.SCHOOL,
        group=Group.WAITING,
        what=counts.school.name,
        when=_("late") if counts.n_late or counts.n_missed else _("to look at"),
        where=", ".join(_in_words(counts)),
        url=reverse("interventions:unit-interventions", args=[counts.school.key]),
        unit=counts.school,
        n=counts.n_waiting,
    )


def _in_words(counts: SchoolCounts) -> Iterator[str]:
    if counts.n_late:
        words = _("follow-up late in %(n)s of %(of)s interventions")
        yield words % {"n": counts.n_late, "of": counts.n_running}
    if counts.n_ownerless:
        words = ngettext("%(n)s that nobody answers for", "%(n)s that nobody answers for", counts.n_ownerless)
        yield words % {"n": counts.n_ownerless}
    if counts.n_unevaluated:
        words = ngettext(
            "%(n)s ended and not evaluated", "%(n)s ended and not evaluated", counts.n_unevaluated
        )
        yield words % {"n": counts.n_unevaluated}
    if counts.n_missed:
        words = ngettext(
            "%(n)s meeting did not take place", "%(n)s meetings did not take place", counts.n_missed
        )
        yield words % {"n": counts.n_missed}
