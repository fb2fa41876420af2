"""The teachers' own analyses of their classes, for the latest round."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.roles import Permission, RoleCode
from colourmaps.models import MeasurementRound

from ..own_analysis.reading import analyses_of, kinds_of_own_analysis
from ..own_analysis.team import team_notes_of
from .asked import Asked
from .duty import GRACE, Duty, Group, Kind, when_in_words


def own_analyses(asked: Asked) -> Sequence[Duty]:
    """From the last day of the round on, to be ready two weeks after it; what somebody has begun goes on.

    An analysis lead waits for the teachers of the own classes, and gathers what they write.
    """
    taught, led = _own_classes(asked, RoleCode.TEACHER), _own_classes(asked, RoleCode.ANALYSIS_LEAD)
    round_ = _latest_round(asked) if taught or led else None
    if round_ is None:
        return []
    return [*_own(taught, round_, asked), *_of_others(led, round_, asked)]


def _latest_round(asked: Asked) -> MeasurementRound | None:
    """None also where the municipality asks nothing of a teacher alone."""
    begun = MeasurementRound.objects.filter(starts_on__lte=asked.today).order_by("-starts_on")
    found = begun.annotate(is_asked=Exists(kinds_of_own_analysis())).first()
    return found if found is not None and found.is_asked else None


def _own(classes: Sequence[Unit], round_: MeasurementRound, asked: Asked) -> Sequence[Duty]:
    if not classes:
        return []
    made = analyses_of(classes, round_).filter(lead=asked.user)
    closed_of = dict(made.values_list("unit_id", "closed_at"))
    waits = round_.ends_on <= asked.today
    return [
        _duty(each, round_, asked, is_begun=each.pk in closed_of)
        for each in classes
        if (closed_of[each.pk] is None if each.pk in closed_of else waits)
    ]


def _of_others(classes: Sequence[Unit], round_: MeasurementRound, asked: Asked) -> Sequence[Duty]:
    """One line for all who have shared nothing yet."""
    if not classes or round_.ends_on > asked.today:
        return []
    missing = team_notes_of(classes, round_, asked.sight).missing
    if not missing:
        return []
    due_on, n = round_.ends_on + GRACE, len(missing)
    words = ngettext(
        "%(n)s analysis of a class is not written yet", "%(n)s analyses of classes are not written yet", n
    )
    return [
        Duty(
            kind=Kind.ANALYSIS,
            group=Group.WAITING,
            what=words % {"n": n},
            when=when_in_words(due_on, asked.today),
            due_on=due_on,
            where=f"{', '.join(sorted({each.school_class.name for each in missing}))}; {round_.name}",
            whose=", ".join(sorted({each.teacher for each in missing})),
            url=reverse("interventions:team-notes"),
            n=n,
        )
    ]


def _own_classes(asked: Asked, role: RoleCode) -> list[Unit]:
    """The classes at which the person holds the role today."""
    held = [
        grant.unit
        for grant in asked.sight.grants(Permission.SEE_PUPILS)
        if grant.role == role and grant.unit.is_school_class
    ]
    there = {unit.pk: unit for unit in held if unit.is_in_force(asked.today)}
    return sorted(there.values(), key=lambda unit: (unit.year_group or 0, unit.name))


def _duty(school_class: Unit, round_: MeasurementRound, asked: Asked, *, is_begun: bool) -> Duty:
    due_on = round_.ends_on + GRACE
    words = (
        _("Go on with your analysis of %(name)s")
        if is_begun
        else _("Read the map of %(name)s and write your analysis")
    )
    return Duty(
        kind=Kind.ANALYSIS,
        group=Group.LATE if due_on < asked.today else Group.DUE,
        what=words % {"name": school_class.name},
        when=when_in_words(due_on, asked.today),
        due_on=due_on,
        where=round_.name,
        url=reverse("interventions:own-analysis", args=[school_class.key]),
        unit=school_class,
    )
