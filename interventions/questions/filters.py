"""Which questions a list shows, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import DevelopmentArea, Question, Rung
from .queries import LONG_DAYS, Stops, asked_before, seen_by
from .reader import QuestionReader
from .states import CONDITIONS, IS_OPEN, WORDS, State

TABS = {"": _("For me to answer"), "asked": _("Asked by me"), "all": _("All that I see")}
WAITED_DAYS = (30, LONG_DAYS, 120)
ANY = ("", _("any"))
SEARCHED_LETTERS, MOST_SEARCHED = 2, 100


class FilterForm(forms.Form):
    """What the address can ask for; what it does not know is left out."""

    state = forms.ChoiceField(label=_("Now"), required=False)
    rung = forms.ChoiceField(label=_("Waits on"), required=False)
    area = forms.ChoiceField(label=_("What it is about"), required=False)
    waited = forms.ChoiceField(label=_("Older than"), required=False)
    show = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.areas = {area.key: area for area in DevelopmentArea.objects.all()}
        choices = {
            "state": [(state.value, WORDS[state]) for state in State],
            "rung": [(str(value), label) for value, label in Rung.choices],
            "area": [(key, area.name) for key, area in self.areas.items()],
            "waited": [(str(days), _("%(n)s days") % {"n": days}) for days in WAITED_DAYS],
        }
        for name, offered in choices.items():
            self.fields[name].choices = [ANY, *offered]  # type: ignore[attr-defined]  # of a choice

    @property
    def chosen(self) -> Mapping[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Filtered:
    """tab: which of TABS; counts: by tab, without the other filters."""

    form: FilterForm
    tab: str
    counts: Mapping[str, int]
    stops: Stops


def filtered(data: Any, reader: QuestionReader, search: str = "") -> Filtered:
    search = search.replace("\x00", "")[:MOST_SEARCHED]  # no database looks for more, nor for NUL
    form = FilterForm(data)
    chosen = form.chosen
    seen = seen_by(reader)
    tabs = {"": reader.waiting() & IS_OPEN, "asked": Q(question__asked_by=reader.user), "all": Q()}
    counted = seen.order_by().aggregate(
        **{f"n_{tab}": Count("pk", filter=condition or None) for tab, condition in tabs.items()}
    )
    tab = chosen.get("show", "")
    tab = tab if tab in tabs else ""
    stops = seen.filter(tabs[tab] if not search else Q())
    for condition in _conditions(chosen, form, reader):
        stops = stops.filter(condition)
    if search:
        stops = stops.filter(question__in=_found(search, reader).values("pk"))
    return Filtered(form, tab, {name: counted[f"n_{name}"] for name in tabs}, stops)


def _conditions(chosen: Mapping[str, str], form: FilterForm, reader: QuestionReader) -> list[Q]:
    conditions = []
    if "state" in chosen:
        conditions.append(CONDITIONS[State(chosen["state"])])
    if "rung" in chosen:
        conditions.append(Q(rung=int(chosen["rung"])) & IS_OPEN)
    if "area" in chosen:
        conditions.append(Q(question__area=form.areas[chosen["area"]]))
    if "waited" in chosen:
        conditions.append(asked_before(int(chosen["waited"]), reader.sight.today) & IS_OPEN)
    return conditions


def _found(search: str, reader: QuestionReader) -> QuerySet[Question]:
    """Whoever reads only what left the school finds only what left it."""
    within = Q(text__icontains=search) | Q(text__icontains=search.capitalize())
    above = Q(text_above__icontains=search) | Q(text_above__icontains=search.capitalize())
    return Question.objects.filter((reader.seen_inside() & within) | above)
