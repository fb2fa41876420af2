"""The form of a plan, new or changed: it makes a plan of what was sent, and says by the field what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Unit
from accounts.roles import Permission
from pupils.models import Pupil

from ..covering import Scope, scope_of
from ..plans import Plan
from ..rules import check_change, check_plan
from .fields import AS_IN_THE_PLAN
from .lines import costs_in, steps_in
from .looked import LookedThrough
from .offered import OfferedPlan

# What is looked through for pupils' names in a plan that heads read; the last two are lines, not fields.
READ_ABOVE = ("title", "practice", "aim", "background", "other_participants", "family_part", "steps", "costs")
LINES = {"steps": _("Steps"), "costs": _("Costs")}


class PlanForm(LookedThrough, OfferedPlan):
    """Without pupils it is for the chosen units; without these for the whole of the place's unit.

    After `is_valid`, `plan` is what was asked for and fulfils all rules. One for whole schools is read by heads: where
    its writer knows the pupils, what is new in it is looked through for their names.
    """

    border_fields = READ_ABOVE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_words()

    @cached_property
    def schools(self) -> Sequence[Unit]:
        named = self.before.pupils if self.is_fixed and self.before else self.text_of("pupil")
        units = self.units or ([self.place.unit] if self.place.unit else self.place.parts)
        return [
            unit
            for unit in ([] if named else units)
            if unit.level == Level.SCHOOL and self.sight.can(Permission.SEE_PUPILS, unit)
        ]

    def text_of(self, name: str) -> str:
        """Nothing of what stood in the plan before: it has been looked through."""
        if name in LINES:
            typed = [str(line["what"].value() or "") for line in getattr(self, name)]
            before = [line.what for line in getattr(self.before, name)] if self.before else []
            return "\n".join(what for what in typed if what not in before)
        typed_text = super().text_of(name)
        return "" if self.before and typed_text == getattr(self.before, name, None) else typed_text

    def label_of(self, name: str) -> Any:
        return LINES.get(name) or super().label_of(name)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.steps.is_valid(), self.costs.is_valid()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.steps.is_valid() and self.costs.is_valid():
            self.plan = self._plan(cleaned)
            for name in self.border_fields:
                self.look_through(name)
            try:
                self._check()
            except forms.ValidationError as problems:
                self._tell(problems)
        return cleaned

    def _plan(self, cleaned: Mapping[str, Any]) -> Plan:
        said = {name: cleaned[name] for name in AS_IN_THE_PLAN if name in cleaned} | {
            "participants": cleaned["participant"],
            "steps": steps_in(self.steps),
            "costs": costs_in(self.costs),
        }
        if not self.is_fixed:
            pupils, waiting = cleaned.get("pupil", []), cleaned.get("waiting", [])
            unit, parts = self._scope_with([*pupils, *waiting] if pupils else [])
            said |= {"unit": unit, "parts": parts, "pupils": pupils, "waiting": waiting}
        return replace(self.before, **said) if self.before else Plan(**said)

    def _scope_with(self, named: list[Pupil]) -> Scope:
        """Of the classes of the pupils who are named, of those that were chosen."""
        if not named:
            return self.scope
        theirs = [unit for unit, members in self.pupils if any(pupil in named for pupil in members)]
        return scope_of(theirs, self.sight.today)

    def _check(self) -> None:
        if self.intervention is None or self.before is None:
            check_plan(self.plan)
        else:
            check_change(self.intervention, self.before, self.plan, self.sight.today)

    def _tell(self, problems: forms.ValidationError) -> None:
        """By the field, if the form has it."""
        by_field = problems.error_dict if hasattr(problems, "error_dict") else {None: problems.error_list}
        for name, sentences in by_field.items():
            self.add_error(name if name in self.fields else None, sentences)
