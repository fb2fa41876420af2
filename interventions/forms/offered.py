"""What the form of a plan offers: whom it can be for, what it can be measured on, who can answer for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.access import Sight
from accounts.models import RoleAssignment, Unit, User
from accounts.roles import Permission
from colourmaps.models import Indicator
from pupils.models import Pupil

from ..covering import Scope, scope_of
from ..models import Intervention
from ..places import Place, pupils_of
from ..plans import Plan, has_started
from ..queries import Load, applicable_indicators, load_of, possible_responsibles, year_groups_at
from ..rules import warning_of_indicator
from .choices import (
    CHOOSE,
    choose_from,
    chosen_first,
    indicators_by_area,
    nobody_in_words,
    people_choices,
    pupil_choices,
    unit_choices,
)
from .expectation import help_of
from .fields import FIXED_FIELDS, MORE, PlanFields
from .lines import CostLines, StepLines

NOT_THERE_ANY_MORE = _(
    "Somebody whom you chose is not in the class any more. Look through the names once more."
)


class OfferedPlan(PlanFields):
    """The fields with what can be chosen in them, by the units that are chosen so far."""

    def __init__(
        self,
        data: Any = None,
        *,
        place: Place,
        sight: Sight,
        asked: Mapping[str, Any],
        intervention: Intervention | None = None,
        before: Plan | None = None,
        has_background: bool = True,
        address: str = "",
    ) -> None:
        """asked: what is filled in already; `indicator` a code, `part`, `pupil` … lists of keys.

        intervention, before: the one that is changed, and its plan as it stands. has_background: whether the person may
        read what the background cites. address: where the pupils are fetched again when something else is chosen.
        """
        self.place, self.sight, self.intervention, self.before = place, sight, intervention, before
        self.is_fixed = intervention is not None and has_started(intervention, sight.today)
        self.units = self._chosen_units(data, asked)
        super().__init__(data, initial=dict(asked))
        self.steps = StepLines(data, prefix="steps", initial=asked.get("steps"))
        self.costs = CostLines(data, prefix="costs", initial=asked.get("costs"))
        if not has_background:
            del self.fields["background"]
        self._offer_people()
        if self.is_fixed:
            for name in FIXED_FIELDS:
                del self.fields[name]
        else:
            self._offer_indicators()
            self._offer_whom()
            self._fetch_again(address)

    def _chosen_units(self, data: Any, asked: Mapping[str, Any]) -> list[Unit]:
        if self.is_fixed and self.before:
            return list(self.before.units)
        if data is None:
            return self.place.chosen(asked.get("part", []))
        return self.place.chosen(
            data.getlist("part") if isinstance(data, QueryDict) else data.get("part", [])
        )

    @cached_property
    def scope(self) -> Scope:
        """Of what is chosen so far; before anything is, of all that can be."""
        return scope_of(self.units or self.place.parts, self.sight.today)

    @cached_property
    def whole(self) -> Unit:
        """The unit whose people are offered, whatever is chosen below it."""
        return self.place.unit or scope_of(self.place.parts, self.sight.today).unit

    @cached_property
    def pupils(self) -> list[tuple[Unit, list[Pupil]]]:
        return [] if self.is_fixed else pupils_of(self.units, self.sight)

    @property
    def everyone(self) -> dict[str, Pupil]:
        return {pupil.key: pupil for _unit, members in self.pupils for pupil in members}

    @cached_property
    def candidates(self) -> list[RoleAssignment]:
        return possible_responsibles(self.whole, self.sight.today)

    @cached_property
    def load(self) -> Load:
        """What is running already, of the people who can be chosen and of the chosen units."""
        return load_of(
            {held.user_id for held in self.candidates},
            self.units,
            self.sight.today,
            counts_named=self.sight.can(Permission.SEE_PUPILS, self.scope.unit) or bool(self.pupils),
        )

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        units = self.units or list(self.place.parts)
        on = units[0].nearest_day(self.sight.today)
        return {one.code: one for one in applicable_indicators(year_groups_at(units, on))}

    @property
    def chosen_indicator(self) -> Indicator | None:
        """The one that is chosen so far."""
        if self.is_fixed:
            return self.before.indicator if self.before else None
        return self.indicators.get(str(self["indicator"].value()))

    @property
    def warnings(self) -> list[str]:
        warning = (
            warning_of_indicator(self.chosen_indicator) if self.chosen_indicator and not self.is_fixed else ""
        )
        return [warning] if warning else []

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What is folded away at first."""
        return [self[name] for name in MORE if name in self.fields]

    def _offer_people(self) -> None:
        people = {held.user.key: held.user for held in self.candidates}
        named = people_choices(self.candidates, self.load.by_person)
        if self.before and self.before.responsible.key not in people:
            people[self.before.responsible.key] = self.before.responsible
            named.append((self.before.responsible.key, self.before.responsible.name))
            self.fields["responsible"].help_text = _("Nobody answers for it now: name somebody else.")
        choose_from(self.fields["responsible"], [CHOOSE, *named], people)
        self._offer_participants(people)

    def _offer_participants(self, people: dict[str, User]) -> None:
        gone = [
            person for person in (self.before.participants if self.before else ()) if person.key not in people
        ]
        choices = people_choices(self.candidates) + [(person.key, person.name) for person in gone]
        choose_from(self.fields["participant"], choices, people | {person.key: person for person in gone})

    def _offer_indicators(self) -> None:
        field = self.fields["indicator"]
        choose_from(field, [CHOOSE, *indicators_by_area(self.indicators.values())], self.indicators)
        if not self.indicators:
            field.help_text = nobody_in_words()
        if self.chosen_indicator:
            self.fields["expected_change"].help_text = help_of(self.chosen_indicator)

    def _offer_whom(self) -> None:
        if self.place.parts:
            choose_from(self.fields["part"], unit_choices(self.place.parts), self.place.by_key)
            self.fields["part"].required = self.place.unit is None
        else:
            del self.fields["part"]
        if not self.pupils:
            del self.fields["pupil"], self.fields["waiting"]
            return
        choices = pupil_choices(self.pupils, self.chosen_indicator, self.sight.today)
        for name in ("pupil", "waiting"):
            ticked = self[name].value() or ()
            choose_from(self.fields[name], chosen_first(choices, ticked), self.everyone)
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE_ANY_MORE

    def _fetch_again(self, address: str) -> None:
        """Another indicator or other units: the pupils again, with their results. No free text in the address."""
        if not address:
            return
        for name in ("indicator", "part"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "hx-get": address,
                    "hx-include": "[name='indicator'], [name='part'], [name='pupil'], [name='waiting']",
                    "hx-target": "#for-whom",
                    "hx-select": "#for-whom",
                    "hx-select-oob": "#who-waits",
                    "hx-swap": "outerHTML",
                }
