"""Forms of single meetings and of series. What is refused is said at its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayInput
from accounts.models import RoleAssignment, Unit, User

from ...forms.choices import CHOOSE, people_choices
from ...models import MeetingKind, Rule
from .offering import OF_CLASSES
from .planned import MOST_DAYS_AFTER, About, Frame, Repetition


class HourInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"class": "short"})


class FrameForm(forms.Form):
    """Hour, length, place and lead. people: who can be chosen, each with one of the roles.

    kept_place: where the person does not read what is written about the meeting; the place then stays as it is.
    """

    at = forms.TimeField(label=gettext_lazy("Time"), required=False, widget=HourInput)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), initial=120)
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("A room or an address of a video meeting. Write no names."),
    )
    lead = forms.ChoiceField(
        label=gettext_lazy("Led by"),
        help_text=gettext_lazy("Those who may enter such a meeting."),
    )

    def __init__(
        self, *args: Any, people: Sequence[RoleAssignment], kept_place: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kept_place = kept_place
        if kept_place is not None:
            del self.fields["place"]
        self.people: Mapping[str, User] = {held.user.key: held.user for held in people}
        self.fields["lead"].choices = [CHOOSE, *people_choices(people)]  # type: ignore[attr-defined]  # of a choice

    @property
    def frame(self) -> Frame:
        cleaned = self.cleaned_data
        place = cleaned["place"] if self.kept_place is None else self.kept_place
        return Frame(self.people[cleaned["lead"]], cleaned["at"], cleaned["minutes"], place)

    def refuse(self, refusal: ValidationError) -> None:
        """What the services say, at the fields that this form has."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class ClassesForm(forms.Form):
    """The classes of a team, where there are several to choose from."""

    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Classes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer_classes(self, classes: Sequence[Unit]) -> None:
        self.offered_classes: Mapping[str, Unit] = {each.key: each for each in classes}
        if len(classes) < 2:
            del self.fields["classes"]
            return
        self.fields["classes"].choices = [  # type: ignore[attr-defined]  # of a choice
            (key, each.name) for key, each in self.offered_classes.items()
        ]

    @property
    def chosen_classes(self) -> list[Unit]:
        return [self.offered_classes[key] for key in self.cleaned_data.get("classes", ())]


class AboutForm(ClassesForm):
    """Which kind of meeting, at a unit or for several classes of its school."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"), widget=forms.RadioSelect)

    def offer(
        self, unit: Unit, school: Unit | None, kinds: Sequence[MeetingKind], classes: Sequence[Unit]
    ) -> None:
        """school: of which the classes are."""
        self.unit, self.school = unit, school
        self.kinds = {kind.key: kind for kind in kinds}
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # of a choice
            (key, kind.name) for key, kind in self.kinds.items()
        ]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].key
        self.offer_classes(classes)
        if "classes" in self.fields and not unit.is_school_class:
            self.fields["classes"].help_text = _("Only for the analysis of a team.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "kind" in cleaned:
            self._clean_classes(self.kinds[cleaned["kind"]])
        return cleaned

    def _clean_classes(self, kind: MeetingKind) -> None:
        chosen = self.chosen_classes
        if kind.rung not in OF_CLASSES and chosen:
            self.add_error("classes", _("This kind of meeting is about the whole unit. Choose no classes."))
        elif kind.rung in OF_CLASSES and not chosen and not self.unit.is_school_class:
            self.add_error("classes" if "classes" in self.fields else None, _("Choose the team's classes."))
        elif kind.rung == OF_CLASSES[0] and len(chosen) > 1:
            self.add_error("classes", _("A teacher's own analysis is about one class."))

    @property
    def about(self) -> About:
        kind, classes = self.kinds[self.cleaned_data["kind"]], self.chosen_classes
        if kind.rung not in OF_CLASSES or not classes:
            return About(kind, self.unit)
        if len(classes) == 1 or self.school is None:
            return About(kind, classes[0])
        return About(kind, self.school, classes)


class RepetitionForm(forms.Form):
    rule = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Rule, initial=Rule.MONTHLY, widget=forms.RadioSelect
    )
    days_after = forms.IntegerField(
        label=gettext_lazy("Days after the round"),
        initial=14,
        min_value=0,
        max_value=MOST_DAYS_AFTER,
        help_text=gettext_lazy(
            "Only for a meeting after each measurement round: so long after its last day."
        ),
    )
    first_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=DayInput,
        help_text=gettext_lazy(
            "The others keep its weekday and its place in the month, as the second Tuesday."
        ),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput,
        required=False,
        help_text=gettext_lazy("Left empty, it goes on from one school year to the next, with the classes."),
    )

    @property
    def repetition(self) -> Repetition:
        cleaned = self.cleaned_data
        return Repetition(cleaned["rule"], cleaned["first_on"], cleaned["days_after"], cleaned["ends_on"])


class MeetingForm(AboutForm, FrameForm):
    """A single meeting."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    field_order = ("kind", "classes", "on", "at", "minutes", "place", "lead")


class SeriesForm(AboutForm, RepetitionForm, FrameForm):
    field_order = (
        "kind",
        "classes",
        "rule",
        "days_after",
        "first_on",
        "ends_on",
        "at",
        "minutes",
        "place",
        "lead",
    )


class SeriesChangeForm(ClassesForm, RepetitionForm, FrameForm):
    """classes: those that can be chosen for a team; none for a series about a whole unit."""

    field_order = ("classes", *SeriesForm.field_order[2:])

    def __init__(self, *args: Any, classes: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_of_classes = bool(classes)
        self.offer_classes(classes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "classes" in self.fields and not cleaned.get("classes"):
            self.add_error("classes", _("Choose the team's classes."))
        return cleaned

    @property
    def kept_classes(self) -> list[Unit]:
        """What is chosen; the only one there is, where nothing can be chosen."""
        return self.chosen_classes if "classes" in self.fields else list(self.offered_classes.values())


class EndForm(forms.Form):
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput,
        help_text=gettext_lazy(
            "Meetings after it are taken away, unless somebody has moved them or put something on their agenda."
        ),
    )


class MoveForm(FrameForm):
    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    field_order = ("on", "at", "minutes", "place", "lead")


class CancelForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why it is cancelled"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by those who were to come. Write no names."),
    )
