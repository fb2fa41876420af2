"""The form for an indicator that a file brings: its name, its scale, what is good, and from where a value is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..importing.mapping import MappingError, NewIndicator, NewThreshold, header_key
from ..importing.new_indicators import LONGEST_NAME
from ..models import IndicatorArea
from ..scales import Scale, ValueType, format_number
from .scale_fields import KINDS, ScaleForm, hundredths_of, kind_of

LOW, HIGH = "low", "high"
DIRECTIONS = [(HIGH, gettext_lazy("high is good")), (LOW, gettext_lazy("low is good"))]


class NewIndicatorForm(ScaleForm):
    """After `is_valid`, `indicator` is what was described. Its code stays, so that columns keep pointing at it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    area = forms.ChoiceField(label=gettext_lazy("Area"), choices=IndicatorArea.choices)
    direction = forms.ChoiceField(label=gettext_lazy("What is good"), choices=DIRECTIONS)
    yellow = forms.CharField(
        label=gettext_lazy("Yellow limit"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("A value on the limit is yellow."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    green = forms.CharField(
        label=gettext_lazy("Green limit"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("A value on the limit is green."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )

    def __init__(
        self, data: Any = None, *, before: NewIndicator, language: str, names: Collection[str]
    ) -> None:
        """language: of the name that is typed. names: those of the indicators that there are already."""
        self.before, self.language = before, language
        self.former_scale = before.scale
        self.taken = {header_key(name) for name in names}
        prefix = f"new_{before.code}"
        # A form that was sent without these fields (they were not on its page) leaves the indicator as it is.
        is_sent = data is not None and f"{prefix}-name" in data
        super().__init__(data if is_sent else None, prefix=prefix, initial=_shown(before, language))

    @property
    def name_before(self) -> str:
        return str(self.initial["name"])

    @property
    def scale_before(self) -> str:
        """The kind of value, and its steps from the lowest to the highest or its ends, in words."""
        kind, scale = str(dict(KINDS)[self.initial["kind"]]), self.before.scale
        if scale.value_type is ValueType.STEPS:
            return f"{kind}, {' < '.join(step.label for step in scale.steps)}"
        has_ends = scale.minimum is not None or scale.maximum is not None
        return f"{kind}, {scale.in_words()}" if has_ends else kind

    @property
    def is_order_open(self) -> bool:
        """Whether the order of the steps is a guess: words alone do not tell which is better."""
        return self.before.scale.value_type is ValueType.STEPS and not self.before.thresholds

    @property
    def indicator(self) -> NewIndicator:
        return self._indicator if self.is_bound else self.before

    @property
    def is_fine(self) -> bool:
        return not self.is_bound or self.is_valid()

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if header_key(name) in self.taken:
            raise forms.ValidationError(
                _(
                    "There is an indicator with this name already. Choose that one for the column, or another name."
                )
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            scale = self.scale_of(cleaned)
            limits = self._limits(cleaned, scale) if scale else ()
            if scale and not self.errors:
                self._describe(cleaned, scale, limits)
        return cleaned

    def _describe(self, cleaned: dict[str, Any], scale: Scale, limits: tuple[NewThreshold, ...]) -> None:
        try:
            self._indicator = replace(
                self.before,
                names={self.language: cleaned["name"]},
                scale=scale,
                area=cleaned["area"],
                low_is_good=cleaned["direction"] == LOW,
                thresholds=limits,
            )
        except MappingError:
            self.add_error("green", _wrong_side(low_is_good=cleaned["direction"] == LOW))

    def _limits(self, cleaned: dict[str, Any], scale: Scale) -> tuple[NewThreshold, ...]:
        if not cleaned["yellow"] and not cleaned["green"]:
            return ()
        for one, other in (("yellow", "green"), ("green", "yellow")):
            if cleaned[one] and not cleaned[other]:
                self.add_error(other, _("Give both limits, or none: without them the values have no colour."))
                return ()
        yellow, green = (self._limit(name, cleaned[name], scale) for name in ("yellow", "green"))
        return (NewThreshold(yellow, green),) if yellow is not None and green is not None else ()

    def _limit(self, name: str, text: str, scale: Scale) -> int | None:
        """A limit in hundredths: a step of the scale by its name, else a number between its ends."""
        if not text:
            return None
        by_label = {header_key(step.label): step.number for step in scale.steps}
        if scale.steps:
            number = by_label.get(header_key(text))
            is_allowed = number is not None
        else:
            try:
                number = hundredths_of(_without_unit(text, scale))
            except forms.ValidationError as error:
                self.add_error(name, error)
                return None
            is_allowed = replace(scale, value_type=ValueType.NUMBER).contains(number)
        if not is_allowed:
            words = _("The limit is no value of the scale: %(scale)s.") % {"scale": scale.in_words()}
            self.add_error(name, words)
            return None
        return number


def is_simple(new: NewIndicator) -> bool:
    """Whether the form can hold all that is said of it; a description of columns can say more."""
    limits = [each.year_group for each in new.thresholds]
    return len(new.names) == 1 and not new.year_groups and limits in ([], [None])


def _shown(new: NewIndicator, language: str) -> dict[str, Any]:
    scale = new.scale
    labels = scale.label_by_number
    [limits] = new.thresholds[:1] or [None]
    return {
        "name": new.names.get(language) or next(iter(new.names.values())),
        "area": new.area or IndicatorArea.OTHER_SUBJECTS,
        "kind": kind_of(scale),
        "minimum": "" if scale.minimum is None else format_number(scale.minimum),
        "maximum": "" if scale.maximum is None else format_number(scale.maximum),
        "unit": scale.unit,
        "steps": ", ".join(step.label for step in scale.steps) if scale.value_type is ValueType.STEPS else "",
        "direction": LOW if new.low_is_good else HIGH,
        "yellow": (labels.get(limits.yellow) or format_number(limits.yellow)) if limits else "",
        "green": (labels.get(limits.green) or format_number(limits.green)) if limits else "",
    }


def _without_unit(text: str, scale: Scale) -> str:
    return text.removesuffix(scale.unit).strip() if scale.unit else text


def _wrong_side(*, low_is_good: bool) -> str:
    if low_is_good:
        return _("Low is good here, so the green limit cannot be above the yellow one.")
    return _("High is good here, so the green limit cannot be below the yellow one.")
