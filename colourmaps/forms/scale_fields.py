"""The fields that describe a scale: kind of value, ends, unit, steps. For indicators of a file and of one's own."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..importing.mapping import LONGEST_UNIT, header_key
from ..importing.mapping_file import LARGEST
from ..scales import HUNDREDTHS, NAMED, Scale, Step, ValueType

NAMES = {
    "swedish": gettext_lazy("grade A–F"),
    "norwegian": gettext_lazy("grade 1–6 (Norway)"),
    "danish": gettext_lazy("grade −3–12 (Denmark)"),
    "yes_no": gettext_lazy("yes or no"),
}
# Kinds of value whose steps are known by their name: "grade:swedish", "yes_no".
NAMED_KINDS = {
    f"grade:{name}" if scale.value_type is ValueType.GRADE else name: (NAMES[name], scale)
    for name, scale in NAMED.items()
}
KINDS = [
    (ValueType.POINTS.value, gettext_lazy("points")),
    (ValueType.PERCENT.value, gettext_lazy("per cent")),
    (ValueType.NUMBER.value, gettext_lazy("number")),
    (ValueType.MINUTES.value, gettext_lazy("minutes")),
    (ValueType.STANINE.value, gettext_lazy("stanine 1–9")),
    (ValueType.SURVEY.value, gettext_lazy("survey answer (whole numbers)")),
    *((kind, label) for kind, (label, _scale) in NAMED_KINDS.items()),
    (ValueType.STEPS.value, gettext_lazy("steps with names")),
]
MOST_STEPS = 20


class HundredthsField(forms.CharField):
    """A number with at most two decimals, comma or point, as hundredths; None if it is left empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return hundredths_of(text) if text else None


def hundredths_of(text: str) -> int:
    """Raises ValidationError if the text is no such number."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace(",", ".")
    try:
        exact = Decimal("".join(plain.split())) * HUNDREDTHS
    except DecimalException as error:  # no number, or one with a million digits
        raise forms.ValidationError(_("Write a number, for example 12 or 12.5.")) from error
    if not exact.is_finite() or abs(exact) > LARGEST:
        raise forms.ValidationError(_("The number is too large."))
    if exact != exact.to_integral_value():
        raise forms.ValidationError(_("A number has at most two decimals."))
    return int(exact)


class ScaleForm(forms.Form):
    """former_scale: the scale that is there already, if there is one; its steps keep their numbers."""

    former_scale: Scale | None = None

    kind = forms.ChoiceField(label=gettext_lazy("Kind of value"), choices=KINDS)
    minimum = HundredthsField(label=gettext_lazy("Lowest possible value"), required=False)
    maximum = HundredthsField(label=gettext_lazy("Highest possible value"), required=False)
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=LONGEST_UNIT,
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    steps = forms.CharField(
        label=gettext_lazy("Steps"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Only for steps with names: from the lowest to the highest, with commas between."
        ),
    )

    def scale_of(self, cleaned: dict[str, Any]) -> Scale | None:
        """The scale that is described; None, with errors added, if it cannot be."""
        value_type, steps = self._steps(cleaned)
        low, high = (None, None) if steps else (cleaned["minimum"], cleaned["maximum"])
        if value_type is ValueType.STANINE:
            low, high = HUNDREDTHS, 9 * HUNDREDTHS
        if low is not None and high is not None and low >= high:
            self.add_error("maximum", _("The highest possible value has to be above the lowest."))
        if value_type is ValueType.STEPS and not steps:
            self.add_error("steps", _("Write at least two different steps, with commas between."))
        if self.errors:
            return None
        return Scale(
            value_type,
            low,
            high,
            steps,
            decimals=self.decimals_of(cleaned, value_type),
            unit="" if steps else cleaned["unit"],
        )

    def decimals_of(self, cleaned: dict[str, Any], value_type: ValueType) -> int:
        former = self.former_scale
        return former.decimals if former is not None and former.value_type is value_type else 0

    def _steps(self, cleaned: dict[str, Any]) -> tuple[ValueType, tuple[Step, ...]]:
        kind = cleaned["kind"]
        if kind in NAMED_KINDS:
            _label, scale = NAMED_KINDS[kind]
            return scale.value_type, scale.steps
        if kind != ValueType.STEPS:
            return ValueType(kind), ()
        labels = [label for part in cleaned["steps"].split(",") if (label := " ".join(part.split()))]
        former = self.former_scale.steps if self.former_scale is not None else ()
        if labels == [step.label for step in former]:
            return ValueType.STEPS, former
        if not 2 <= len({header_key(label) for label in labels}) == len(labels) <= MOST_STEPS:
            return ValueType.STEPS, ()
        return ValueType.STEPS, tuple(Step(label, n * HUNDREDTHS) for n, label in enumerate(labels, start=1))


def kind_of(scale: Scale) -> str:
    """The choice among KINDS that the scale is of."""
    named = (kind for kind, (_label, known) in NAMED_KINDS.items() if known.steps == scale.steps)
    if scale.value_type in (ValueType.GRADE, ValueType.YES_NO):
        return next(named, ValueType.STEPS.value)
    return scale.value_type.value
