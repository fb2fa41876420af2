"""What is asked for when groups are registered and ended, and when pupils join and leave them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.access import Sight
from accounts.act_page import CHANGE
from accounts.fields import DayInput
from accounts.roles import Permission

from .group_members import MOST_FOUND, found_by_name, meant_by, members_on, named_within
from .identity import name_sort_key
from .models import Pupil, PupilGroup

SEARCH = "search"
MOST_LINES = 2000


class GroupForm(forms.ModelForm):
    """A new group: none without a purpose and a legal ground."""

    class Meta:
        model = PupilGroup
        fields = ("name", "purpose", "legal_ground", "valid_from")
        widgets = {"valid_from": DayInput}
        labels = {
            "name": _("Name"),
            "purpose": _("Purpose"),
            "legal_ground": _("Legal ground"),
            "valid_from": _("First day"),
        }


class DayForm(forms.Form):
    """The first day on which the group is there no more."""

    on = forms.DateField(label=_("First day without the group"), widget=DayInput)


class NoForm(forms.Form):
    """Nothing is asked for but to look and decide."""


class MembersForm(forms.Form):
    """Which pupils, and from which day on. After `is_valid`, `meant` says whom the lines mean.

    Whoever sees pupils ticks them: those found by name (join), or the members (leave).
    """

    q = forms.CharField(label=_("Search by name"), required=False, max_length=100)
    pupil = forms.MultipleChoiceField(label=_("Pupils"), required=False, widget=forms.CheckboxSelectMultiple)
    numbers = forms.CharField(
        label=_("Identity numbers or own ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One on each line, for example pasted from a spreadsheet."),
    )
    on = forms.DateField(label=_("First day"), widget=DayInput)

    def __init__(
        self, data: Any = None, *, group: PupilGroup, sight: Sight, on: datetime.date, joins: bool
    ) -> None:
        self.group, self.sight, self.joins = group, sight, joins
        super().__init__(data, initial={"on": on})
        self.fields["on"].label = _("First day in the group") if joins else _("First day outside the group")
        if not sight.has(Permission.SEE_PUPILS):
            del self.fields["q"], self.fields["pupil"]
            return
        self._offer()

    @property
    def is_looking(self) -> bool:
        """The person is still choosing, and asks for nothing to be done yet."""
        return self.data.get("step") in (SEARCH, CHANGE)

    def _offer(self) -> None:
        pupils = self._found() if self.joins else self._members()
        choices = [(pupil.key, pupil.shown_name) for pupil in in_order(pupils)]
        field: Any = self.fields["pupil"]
        field.choices = choices
        if not self.joins:
            del self.fields["q"]
            field.label = _("Members whom you see")
        if not choices:
            del self.fields["pupil"]

    def _found(self) -> list[Pupil]:
        """What the search finds, and what has been ticked before."""
        sent: Any = self.data
        ticked = named_within(self.sight).filter(key__in=sent.getlist("pupil")) if self.data else []
        found = found_by_name(self.data.get("q", ""), self.sight) if self.data else []
        return list({pupil.pk: pupil for pupil in [*ticked, *found]}.values())

    def _members(self) -> list[Pupil]:
        members = members_on(self.group, self.sight.today)
        return list(named_within(self.sight).filter(pk__in=members.values("pupil")))

    @property
    def seen(self) -> list[int]:
        """Ids of the pupils whose names the page shows."""
        return list(named_within(self.sight).filter(key__in=self.offered).values_list("pk", flat=True))

    @property
    def offered(self) -> list[str]:
        field: Any = self.fields.get("pupil")
        return [key for key, _name in field.choices] if field else []

    @property
    def finds_too_many(self) -> bool:
        return self.joins and len(self.offered) >= MOST_FOUND

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.is_looking:
            return cleaned
        lines = cleaned.get("numbers", "").splitlines()
        if len(lines) > MOST_LINES:
            self.add_error("numbers", _("At most %(n)d lines at a time.") % {"n": MOST_LINES})
            return cleaned
        self.meant = meant_by(lines, self.sight)
        ticked = named_within(self.sight).filter(key__in=cleaned.get("pupil", ()))
        self.pupil_ids = self.meant.pupil_ids | set(ticked.values_list("pk", flat=True))
        if not self.pupil_ids:
            self.add_error(
                None,
                _("None of the lines means a pupil whose groups you set.")
                if self.meant.unknown
                else _("Choose pupils, or write their numbers."),
            )
        return cleaned


def in_order(pupils: Iterable[Pupil]) -> list[Pupil]:
    """By the name that is shown: a protected pupil's own name would tell in which place it stands."""
    language = get_language() or "sv"
    return sorted(pupils, key=lambda pupil: name_sort_key(pupil.shown_name, "", language))
