"""What was learnt of interventions in a while: verdicts in words, as far as the reader may be told of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Sight
from accounts.dated import midnight_of
from accounts.models import Level, Unit
from accounts.roles import Permission

from ..answer_protection import Seen, seen_of
from ..effect import Verdict
from ..frozen_answer import answer_from
from ..models import Evaluation, FollowUp, Intervention
from ..queries import pupils_seen_by, visible_interventions
from ..unit_lines import parent_ids, schools_above

SHOWN = 10
VERDICTS = {
    Verdict.BETTER: gettext_lazy("%(what)s: better than similar pupils (%(direction)s)"),
    Verdict.NO_DIFFERENCE: gettext_lazy(
        "%(what)s: no measurable difference from similar pupils (%(direction)s)"
    ),
    Verdict.WORSE: gettext_lazy("%(what)s: worse than similar pupils (%(direction)s)"),
}


def learnt_since(sight: Sight, since: datetime.date) -> list[str]:
    """A line for each intervention that was evaluated after the day; those that cannot say anything are counted."""
    if not sight.has(Permission.DECIDE_INTERVENTIONS):
        return []
    evaluated = visible_interventions(sight).filter(
        evaluation__evaluated_at__gte=midnight_of(since + datetime.timedelta(days=1))
    )
    told = list(_told(evaluated, sight))
    places = _places([intervention for intervention, _verdict in told], sight)
    lines = [_line(one, verdict, places) for one, verdict in told if verdict in VERDICTS]
    shown, n_more = lines[:SHOWN], len(lines) - SHOWN
    if n_more > 0:
        shown.append(ngettext("and %(n)s more", "and %(n)s more", n_more) % {"n": n_more})
    n_unsaid = len(told) - len(lines)
    if n_unsaid:
        words = ngettext(
            "%(n)s intervention was evaluated without an answer: it cannot be said whether it helped",
            "%(n)s interventions were evaluated without an answer: it cannot be said whether they helped",
            n_unsaid,
        )
        shown.append(words % {"n": n_unsaid})
    return shown


def _told(evaluated: QuerySet[Intervention], sight: Sight) -> Iterator[tuple[Intervention, Verdict]]:
    """Those whose verdict the reader may have: all of the own pupils, else as on the page of each."""
    found = list(evaluated)
    if not found:
        return
    seen = Intervention.objects.filter(pupils_seen_by(sight), pk__in={one.pk for one in found})
    own = set(seen.values_list("pk", flat=True))
    rested_on = FollowUp.objects.filter(
        pk__in=Evaluation.objects.filter(intervention__in=found).values("follow_up_id")
    )
    by_intervention = {each.intervention_id: each for each in rested_on.select_related("round")}
    for one in found:
        follow_up = by_intervention[one.pk]
        if one.pk in own or _is_told_above(one, follow_up, sight):
            yield one, Verdict(follow_up.verdict)


def _is_told_above(intervention: Intervention, follow_up: FollowUp, sight: Sight) -> bool:
    seen = seen_of(intervention, follow_up, answer_from(follow_up.answer), sight)
    return seen is not Seen.NOTHING


def _line(intervention: Intervention, verdict: Verdict, places: Mapping[int, str]) -> str:
    indicator, place = intervention.indicator, places[intervention.pk]
    direction = _("more is better") if indicator.is_high_good else _("less is better")
    what = f"{indicator.name}, {place}" if place else indicator.name
    return str(VERDICTS[verdict]) % {"what": what, "direction": direction}


def _places(interventions: Sequence[Intervention], sight: Sight) -> dict[int, str]:
    """By id of the intervention: the class where it was for the whole of it, and the reader sees pupils; else the
    school."""
    units = {one.unit_id for one in interventions if one.unit.level > Level.SCHOOL}
    schools = schools_above(units, parent_ids(sight.today)) if units else {}
    return {one.pk: _place(one, schools, sight) for one in interventions}


def _place(intervention: Intervention, schools: Mapping[int, Unit], sight: Sight) -> str:
    if intervention.unit.level <= Level.SCHOOL:
        return intervention.unit.name
    school = schools.get(intervention.unit_id)
    school_name = school.name if school else ""
    if intervention.pupils.all() or not sight.has(Permission.SEE_PUPILS):
        return school_name
    return ", ".join(name for name in (intervention.unit.name, school_name) if name)
