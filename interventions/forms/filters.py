"""What a list of interventions shows, as its address says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import Sight
from accounts.models import User
from colourmaps.models import Indicator

from ..models import Intervention, Kind
from ..queries import ownerless_among
from ..states import NOT_ENDED, State, in_state
from ..verdict_words import VerdictWord
from ..verdicts import verdicts_for

ALL = "all"
ANY = ("", _("All"))
STATES = [
    (State.COMING.value, _("Not started")),
    (State.RUNNING.value, _("Running")),
    (State.LATE.value, _("Late")),
    (State.ENDED.value, _("Ended, not evaluated")),
    (State.EVALUATED.value, _("Evaluated")),
]


class ListFilter(forms.Form):
    """Whatever the address says that is nothing to choose is as if it said nothing."""

    state = forms.ChoiceField(label=_("State"), required=False)
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    responsible = forms.ChoiceField(label=_("Responsible"), required=False)
    verdict = forms.ChoiceField(label=_("Verdict"), choices=[ANY, *VerdictWord.choices], required=False)
    ownerless = forms.BooleanField(label=_("Only those that nobody answers for"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        interventions: QuerySet[Intervention],
        sight: Sight,
        hides_ended: bool,
    ) -> None:
        """interventions: all that the reader may know of here; what can be chosen is what occurs there. By verdict are
        found those whose verdict the reader is told in a list.

        hides_ended: whether the ended ones are only shown when they are asked for.
        """
        super().__init__(data, auto_id="filter_%s")
        self.interventions, self.sight, self.hides_ended = interventions, sight, hides_ended
        states = [("", _("Not ended")), *STATES, (ALL, _("All"))] if hides_ended else [ANY, *STATES]
        self.fields["state"].choices = states  # type: ignore[attr-defined]  # a ChoiceField
        found = interventions.order_by()
        self._offer("indicator", Indicator.objects.filter(pk__in=found.values("indicator")), "code")
        people = User.objects.filter(pk__in=found.values("responsible")).order_by("name", "pk")
        self._offer("responsible", people, "key")
        for field in self.fields.values():
            field.widget.attrs["data-submits"] = ""

    def _offer(self, name: str, found: Iterable[Any], value: str) -> None:
        choices = [(getattr(one, value), one.name) for one in found]
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def chosen(self) -> dict[str, Any]:
        """What the address chooses, by name of the field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The choice as an address says it; empty, or with its question mark."""
        said = {name: "on" if value is True else value for name, value in self.chosen.items()}
        return f"?{urlencode(said)}" if said else ""

    def narrowed(self) -> QuerySet[Intervention]:
        """Those that are chosen."""
        chosen = self.chosen
        found = self.interventions.filter(self._in_state(chosen.get("state", "")))
        exact = {"indicator": "indicator__code", "kind": "kind", "responsible": "responsible__key"}
        found = found.filter(**{exact[name]: chosen[name] for name in exact if name in chosen})
        if "verdict" in chosen:
            verdicts = verdicts_for(self.sight, found)
            found = found.filter(
                pk__in=[pk for pk, verdict in verdicts.items() if verdict == chosen["verdict"]]
            )
        if "ownerless" in chosen:
            found = found.filter(pk__in=ownerless_among(found.prefetch_related(None), self.sight.today))
        return found

    def _in_state(self, state: str) -> Q:
        if state in ("", ALL):
            return NOT_ENDED if self.hides_ended and not state else Q()
        return in_state(State(state), self.sight.today)
