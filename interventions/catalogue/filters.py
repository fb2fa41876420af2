"""What is searched for and which entries are chosen; all of it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.web import MunicipalityRequest
from colourmaps.models import IndicatorArea
from pupils.identity import search_key

from ..models import CatalogueEntry, EvidenceLevel, Profession
from .ages import age_in_words
from .entries import IN_FORCE, entries_with_owners, stale

OLDEST_SHOWN = 18
WAITING = [(0, _("none")), (2, _("at most 2 weeks")), (4, _("at most 4 weeks")), (12, _("at most 12 weeks"))]
# What ?show= can be; empty, all that are in force.
SHOWN = [
    ("", _("All in force")),
    ("stale", _("Not checked for a year")),
    ("ownerless", _("Nobody keeps it")),
    ("withdrawn", _("Withdrawn")),
]


class FilterForm(forms.Form):
    """Fields that are not understood count as empty: an address can be old."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.SearchInput)
    age = forms.TypedChoiceField(label=_("Age"), required=False, coerce=int, empty_value=None)
    area = forms.ChoiceField(label=_("Area"), required=False)
    profession = forms.ChoiceField(label=_("Who gives it"), required=False)
    waiting = forms.TypedChoiceField(label=_("Waiting time"), required=False, coerce=int, empty_value=None)
    evidence = forms.ChoiceField(label=_("What is known"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)

    def __init__(self, request: MunicipalityRequest) -> None:
        super().__init__(request.GET)
        any_ = ("", _("any"))
        country, today = request.municipality.country, request.sight.today
        ages = [(age, age_in_words(age, country, today)) for age in range(OLDEST_SHOWN + 1)]
        self._offer("age", [any_, *ages])
        self._offer("area", [any_, *((a.value, str(a.label).capitalize()) for a in IndicatorArea)])
        self._offer("profession", [any_, *((p.value, str(p.label).capitalize()) for p in Profession)])
        self._offer("waiting", [any_, *WAITING])
        self._offer("evidence", [any_, *((e.value, str(e.label).capitalize()) for e in EvidenceLevel)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # all of these are choices


@dataclass(frozen=True)
class Wish:
    """What is asked for. words: each must stand somewhere in the entry."""

    words: tuple[str, ...] = ()
    age: int | None = None
    area: str = ""
    profession: str = ""
    waiting: int | None = None
    evidence: str = ""
    show: str = ""

    @property
    def is_narrow(self) -> bool:
        return self != Wish()


def wish_of(form: FilterForm) -> Wish:
    form.is_valid()
    asked = dict(form.cleaned_data)
    return Wish(words=tuple(search_key(asked.pop("q", "")).split()), **asked)


def entries_wished(wish: Wish, request: MunicipalityRequest) -> QuerySet[CatalogueEntry]:
    today = request.sight.today
    shown = {
        "": IN_FORCE,
        "stale": stale(today),
        "ownerless": IN_FORCE & Q(has_owner=False),
        "withdrawn": ~IN_FORCE,
    }
    return entries_with_owners(today).filter(shown[wish.show], condition_of(wish))


def condition_of(wish: Wish) -> Q:
    """Of all that is asked for but ?show=."""
    condition = Q()
    for word in wish.words:
        condition &= Q(search_text__contains=word)
    if wish.age is not None:
        condition &= Q(age_from__lte=wish.age, age_to__gte=wish.age)
    if wish.waiting is not None:
        condition &= Q(waiting_weeks__lte=wish.waiting)
    exactly = {"area": wish.area, "profession": wish.profession, "evidence_level": wish.evidence}
    return condition & Q(**{name: value for name, value in exactly.items() if value})
