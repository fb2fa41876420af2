"""What each act asks for. Units are offered as they are on the day; whether it is possible is the plan's to say."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import Level, Unit, UnitKind, UnitPlacement
from accounts.unit_tree import TreeRow, tree_rows
from pupils.school_years import SchoolYear, year_group_name, year_groups

FROM = _("First day")
INDENT = "\u2003"
LONGEST_NAME, LONGEST_CODE = 100, 40


class ActForm(forms.Form):
    """The day of the act. `arguments` is what the plan and the deed get, once the form is valid.

    unit: the one whose page it is; on: the day that is proposed.
    """

    on = forms.DateField(label=FROM, widget=DayInput)

    def __init__(self, data: Any = None, *, unit: Unit, on: datetime.date) -> None:
        self.unit = unit
        self.day = (_day(data.get("on", "")) if data else None) or on
        super().__init__(data, initial={"on": on})

    @property
    def arguments(self) -> dict[str, Any]:
        return {"unit": self.unit, "on": self.cleaned_data["on"]}

    @cached_property
    def rows(self) -> list[TreeRow]:
        return tree_rows(self.day)

    def offer(
        self, name: str, units: Iterable[tuple[Unit, str]], first: Collection[tuple[str, Any]] = ()
    ) -> None:
        """A field's choices, by key; what is sent back is turned into the unit."""
        offered = list(units)
        by_key: Mapping[str, Unit] = {unit.key: unit for unit, _label in offered}
        field: Any = self.fields[name]
        field.choices = [*first, *((unit.key, label) for unit, label in offered)]
        field.coerce = by_key.__getitem__

    def above(self, level: int) -> list[tuple[Unit, str]]:
        """What a unit of the level can stand under, as the tree: deeper is further in."""
        return [
            (row.unit, INDENT * row.depth + row.unit.name)
            for row in self.rows
            if row.unit.level < level and row.unit.pk != self.unit.pk
        ]


class MoveForm(ActForm):
    parent = forms.TypedChoiceField(label=_("Is to stand under"))
    field_order = ("parent", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.unit.is_school_class:
            schools = [
                (unit, name) for unit, name in self.above(self.unit.level) if unit.level == Level.SCHOOL
            ]
            self.offer("parent", [(unit, name.strip()) for unit, name in schools], [("", _("Choose"))])
        else:
            self.offer("parent", self.above(self.unit.level), [("", _("Choose"))])

    @property
    def arguments(self) -> dict[str, Any]:
        return super().arguments | {"parent": self.cleaned_data["parent"]}


class MergeForm(ActForm):
    """others: that become one with the unit. into: one of them that goes on, or none: then there is a new one."""

    others = forms.TypedMultipleChoiceField(label=_("Becomes one with"), widget=forms.CheckboxSelectMultiple)
    into = forms.TypedChoiceField(
        label=_("Goes on"),
        required=False,
        empty_value=None,
        help_text=_("One of those that you have chosen, with its name and code, or a new unit."),
    )
    name = forms.CharField(label=_("Name of the new unit"), max_length=LONGEST_NAME, required=False)
    code = forms.CharField(label=_("Official code of the new unit"), max_length=LONGEST_CODE, required=False)
    parent = forms.TypedChoiceField(
        label=_("The new unit stands under"),
        required=False,
        empty_value=None,
        help_text=_("Leave it empty where all of them stand under the same."),
    )
    field_order = ("others", "into", "name", "code", "parent", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = [row.unit for row in self.rows if row.unit.level == self.unit.level]
        others = [unit for unit in alike if unit.pk != self.unit.pk]
        self.offer("others", [(unit, unit.name) for unit in others])
        self.offer(
            "into", [(unit, unit.name) for unit in [self.unit, *others]], [("", _("a new unit, named below"))]
        )
        self.offer("parent", self.above(self.unit.level), [("", _("Where they stand now"))])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        into, others = cleaned.get("into"), cleaned.get("others", [])
        if into is not None and into not in [self.unit, *others]:
            self.add_error("into", _("Choose one of the units that become one."))
        if into is not None and cleaned.get("name"):
            self.add_error(
                "name", _("A unit that goes on keeps its name. Leave this empty, or choose a new unit.")
            )
        return cleaned

    @property
    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        together = {"units": [unit for unit in [self.unit, *cleaned["others"]] if unit != cleaned["into"]]}
        if cleaned["into"] is not None:
            return together | {"on": cleaned["on"], "into": cleaned["into"]}
        return together | {name: cleaned[name] for name in ("on", "name", "code", "parent")}


class DivideForm(ActForm):
    children = forms.TypedMultipleChoiceField(
        label=_("Goes on under the new unit"), widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=_("Name of the new unit"), max_length=LONGEST_NAME)
    code = forms.CharField(label=_("Official code of the new unit"), max_length=LONGEST_CODE, required=False)
    field_order = ("children", "name", "code", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=self.day)
        placements = UnitPlacement.objects.filter(lasting, parent=self.unit).select_related("unit")
        children = {placement.unit.pk: placement.unit for placement in placements}.values()
        in_order = sorted(children, key=lambda unit: (unit.valid_from, unit.year_group or 0, unit.name))
        self.offer("children", [(unit, _name_with_year(unit)) for unit in in_order])

    @property
    def arguments(self) -> dict[str, Any]:
        return super().arguments | {name: self.cleaned_data[name] for name in ("children", "name", "code")}


class CloseForm(ActForm):
    on = forms.DateField(label=_("First day without it"), widget=DayInput)


class CodeForm(ActForm):
    code = forms.CharField(label=_("Official code"), max_length=LONGEST_CODE)
    field_order = ("code", "on")

    @property
    def arguments(self) -> dict[str, Any]:
        return super().arguments | {"code": self.cleaned_data["code"]}


class RenameForm(ActForm):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["on"]
        self.initial["name"] = self.unit.name

    @property
    def arguments(self) -> dict[str, Any]:
        return {"unit": self.unit, "name": self.cleaned_data["name"]}


class AddForm(ActForm):
    """A unit below the page's one. A class is there for the school year of its first day."""

    kind = forms.TypedChoiceField(label=_("Kind"))
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    year_group = forms.TypedChoiceField(
        label=_("Year group"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Of a class; none where it is mixed. A class ends with its school year."),
    )
    code = forms.CharField(label=_("Official code"), max_length=LONGEST_CODE, required=False)
    field_order = ("kind", "name", "year_group", "code", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [level for level in Level if level > self.unit.level]
        if self.unit.level != Level.SCHOOL:
            levels.remove(Level.SCHOOL_CLASS)
        kinds = UnitKind.objects.filter(level__in=levels).order_by("level", "pk")
        kind: Any = self.fields["kind"]
        kind.choices = [(str(each.level), each.name) for each in kinds]
        kind.coerce = lambda value: Level(int(value))
        if self.unit.level != Level.SCHOOL:
            del self.fields["year_group"]
            return
        country = self.unit.municipality.country
        year_group: Any = self.fields["year_group"]
        names = [(str(n), year_group_name(n, country, self.day)) for n in year_groups(country, self.day)]
        year_group.choices = [("", _("mixed")), *names]

    @property
    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        level, on = cleaned["kind"], cleaned["on"]
        is_class = level == Level.SCHOOL_CLASS
        return {
            "parent": self.unit,
            "level": level,
            "name": cleaned["name"],
            "code": cleaned["code"],
            "on": on,
            "valid_to": SchoolYear.of(on).valid_to if is_class else None,
            "year_group": cleaned["year_group"] if is_class else None,
        }


def _day(text: str) -> datetime.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _name_with_year(unit: Unit) -> str:
    """Classes of several school years may be called the same."""
    return f"{unit.name} ({SchoolYear.of(unit.valid_from)})" if unit.is_school_class else unit.name
