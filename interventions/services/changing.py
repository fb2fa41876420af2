"""The plan of an intervention is changed, what is expected is said, and its steps are ticked off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User

from ..models import Baseline, Intervention, Step
from ..plans import OWN_FIELDS, Plan, changed_names, plan_of
from ..rules import check_change, check_expectation
from .baselines import freeze_baseline
from .lines import write_related


@transaction.atomic
def change_intervention(*, intervention: Intervention, plan: Plan, by: User) -> Intervention:
    """The plan is so from now on. The log keeps which parts were changed, and the follow-up day that was put off.

    Raises ValidationError if it cannot be changed so (rules.check_change).
    """
    intervention = _locked(intervention)
    before, today = plan_of(intervention), timezone.localdate()
    check_change(intervention, before, plan, today)
    changed = changed_names(before, plan)
    if not changed:
        return intervention
    for name, value in plan.values().items():
        setattr(intervention, name, value)
    intervention.save(update_fields=OWN_FIELDS)
    write_related(intervention, plan)
    if plan.starts_on <= today and not Baseline.objects.filter(intervention=intervention).exists():
        freeze_baseline(intervention)
    facts: dict[str, Any] = {"changed": changed}
    if "follow_up_on" in changed:
        facts["follow_up_was"] = before.follow_up_on.isoformat()
    if "responsible" in changed:
        facts |= {"responsible": plan.responsible.pk, "responsible_was": before.responsible.pk}
    pupils = {pupil.pk for pupil in [*plan.pupils, *plan.waiting, *before.pupils, *before.waiting]}
    _record(
        "intervention changed", intervention, by, pupils if plan.pupils != before.pupils else set(), facts
    )
    return intervention


@transaction.atomic
def expect_change(*, intervention: Intervention, expected_change: int, by: User) -> Intervention:
    """What is expected is kept from the first day on. Raises ValidationError when it is too late to say it."""
    intervention = _locked(intervention)
    before = plan_of(intervention)
    after = replace(before, expected_change=expected_change)
    check_expectation(intervention, before, after, timezone.localdate())
    intervention.expected_change = expected_change
    intervention.save(update_fields=["expected_change"])
    _record("intervention expectation said", intervention, by, set(), {"expected_change": expected_change})
    return intervention


@transaction.atomic
def tick_step(*, step: Step, is_done: bool, by: User) -> Step:
    """The step was done today, or was not after all. Raises ValidationError when the intervention has ended."""
    intervention = _locked(step.intervention)
    if intervention.ended_on is not None:
        raise ValidationError(_("It has ended. Its plan stays as it was."))
    step.done_on = (step.done_on or timezone.localdate()) if is_done else None
    step.save(update_fields=["done_on"])
    _record("intervention step ticked", intervention, by, set(), {"step": step.pk, "done": is_done})
    return step


def _locked(intervention: Intervention) -> Intervention:
    return Intervention.objects.select_for_update(of=("self",)).get(pk=intervention.pk)


def _record(
    action: str, intervention: Intervention, by: User, pupils: set[int], facts: dict[str, Any]
) -> None:
    record(action, by=by, unit=intervention.unit, subject=intervention.key, pupils=pupils, **facts)
