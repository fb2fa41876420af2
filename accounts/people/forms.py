"""What is asked for when somebody is invited, given a role and ended."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..fields import DayInput
from ..models import Level, Unit
from ..roles import ROLES, RoleCode
from .places import levels_of
from .plan import LONGEST_LOGIN, LONGEST_NAME
from .reading import Filters, units_named


class RoleForm(forms.Form):
    """A role at a unit between two days. After `is_valid`, cleaned_data has `unit` and a `valid_to` not included."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    valid_from = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput,
        required=False,
        help_text=gettext_lazy("Without one, until further notice."),
    )

    def __init__(self, data: Any = None, *, today: datetime.date) -> None:
        super().__init__(data, initial={"valid_from": today})
        self._of("role").choices = [("", ""), *role_choices()]
        self._of("unit").choices = [("", ""), *unit_choices(today)]

    def _of(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        unit = Unit.objects.get(key=cleaned["unit"])
        if unit.level not in levels_of(cleaned["role"]):
            places = ", ".join(str(level.label) for level in sorted(levels_of(cleaned["role"])))
            self.add_error("unit", _("This role is held at: %(levels)s.") % {"levels": places})
        last = cleaned.pop("last_day", None)
        if last is not None and last < cleaned["valid_from"]:
            self.add_error("last_day", _("The last day is before the first."))
        return {**cleaned, "unit": unit, "valid_to": last + datetime.timedelta(days=1) if last else None}


class InvitationForm(RoleForm):
    """Somebody new, with a first role."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    login = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=LONGEST_LOGIN,
        help_text=gettext_lazy("As a rule the person's mail address at work."),
    )
    field_order = ("name", "login", "role", "unit", "valid_from", "last_day")


class EndRoleForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("First day without the role"), widget=DayInput)


class NoForm(forms.Form):
    """Nothing is asked for but to look and decide."""


class FilterForm(forms.Form):
    """Which people a list shows. The text comes by POST, so that nobody's name stands in an address."""

    text = forms.CharField(label=gettext_lazy("Name or user name"), required=False, max_length=100)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    ended = forms.BooleanField(label=gettext_lazy("Those who have ended"), required=False)

    def __init__(self, data: Any = None, *, today: datetime.date) -> None:
        super().__init__(data)
        role: Any = self.fields["role"]
        role.choices = [("", _("all roles")), *role_choices()]
        unit: Any = self.fields["unit"]
        unit.choices = [("", _("all units")), *unit_choices(today, lowest=Level.SCHOOL)]

    def filters(self, below: Any) -> Filters:
        """below: ids of the units below one, itself included. What makes no sense filters nothing."""
        if not self.is_valid():
            return Filters()
        asked = self.cleaned_data
        unit = Unit.objects.filter(key=asked["unit"]).first() if asked["unit"] else None
        return Filters(
            role=asked["role"],
            unit_ids=frozenset(below(unit)) if unit else None,
            is_ended=asked["ended"],
            text=asked["text"].strip(),
        )


def role_choices() -> list[tuple[str, Any]]:
    """In the order of the roles; each with its purpose in words would be too long for a list."""
    return [(code, RoleCode(code).label) for code in ROLES]


def unit_choices(on: datetime.date, lowest: int = Level.SCHOOL_CLASS) -> list[tuple[str, str]]:
    """By key; a class with the name of its school before it."""
    keys = dict(Unit.objects.on(on).values_list("pk", "key"))
    units = [unit for unit in units_named(on) if unit.level <= lowest]
    units.sort(
        key=lambda unit: (unit.level, unit.below if unit.level == Level.SCHOOL_CLASS else "", unit.name)
    )
    return [
        (keys[unit.pk], f"{unit.below} / {unit.name}" if unit.level == Level.SCHOOL_CLASS else unit.name)
        for unit in units
    ]
