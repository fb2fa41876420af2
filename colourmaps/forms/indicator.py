"""The form for an indicator of the municipality: its definition, and with a new version the break of its series."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Country, Municipality
from pupils.school_years import year_group_name, year_groups

from ..definition import Definition
from ..importing.mapping import LONGEST_CODE
from ..importing.new_indicators import LONGEST_NAME
from ..merit import Rule, Subject
from ..models import Indicator, IndicatorArea, MeasurementRound, SecrecyArea
from ..scales import ValueType, format_number
from ..services import DefinitionRefused, check_change, check_new
from ..spelling import header_key
from .new_indicator import DIRECTIONS, HIGH, LOW
from .scale_fields import HundredthsField, ScaleForm, kind_of

NOT_SAID = ("", gettext_lazy("none"))
LONGEST_DEFINITION = 600
# Where a refusal of the services is shown: field of Definition -> field of the form.
PLACES = {"scale": "kind", "is_high_good": "direction", "names": "name_sv"}


def _longest(field: str) -> int:
    return getattr(Indicator._meta.get_field(field), "max_length", None) or 0


class IndicatorForm(ScaleForm):
    """After `is_valid`, `definition` is what was described, and `breaks_from` the first round after a break."""

    field_order = ["code", "area"]

    code = forms.RegexField(
        r"^[A-Z0-9_]+$",
        label=gettext_lazy("Code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"class": "short", "autocapitalize": "characters"}),
        help_text=gettext_lazy(
            "Short, of A–Z, digits and _. It stays as it is: files and addresses name it."
        ),
        error_messages={"invalid": gettext_lazy("A code is of the letters A–Z, digits and _.")},
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"), choices=IndicatorArea)
    decimals = forms.TypedChoiceField(
        label=gettext_lazy("Decimals shown"), choices=[(n, str(n)) for n in range(3)], coerce=int
    )
    direction = forms.ChoiceField(label=gettext_lazy("What is good"), choices=DIRECTIONS)
    measurement_error = HundredthsField(
        label=gettext_lazy("Measurement error"),
        required=False,
        help_text=gettext_lazy("A change of at most so much counts as unchanged."),
    )
    year_groups = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Year groups"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("In which it is measured. None means any."),
    )
    shelf_life_months = forms.IntegerField(
        label=gettext_lazy("Shelf life in months"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=gettext_lazy(
            "For how long an earlier value may stand in for a missing one. Empty: it is outdated at once."
        ),
    )
    secrecy_area = forms.ChoiceField(label=gettext_lazy("Secrecy area"), choices=SecrecyArea)
    subject = forms.ChoiceField(
        label=gettext_lazy("Subject"),
        required=False,
        choices=[NOT_SAID, *Subject.choices],
        help_text=gettext_lazy("Only of grades A–F: merit value and eligibility are worked out of them."),
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Worked out of the grades as"),
        required=False,
        choices=[NOT_SAID, *Rule.choices],
        help_text=gettext_lazy("Only if nobody measures it, because it follows from the grades A–F."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=_longest("source"),
        help_text=gettext_lazy("The test, the survey or the system that the values come from."),
    )
    owner = forms.CharField(
        label=gettext_lazy("Owner"),
        required=False,
        max_length=_longest("owner"),
        help_text=gettext_lazy("The function that answers for the definition, not a person's name."),
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        required=False,
        max_length=_longest("purpose"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    legal_ground = forms.CharField(
        label=gettext_lazy("Legal ground"), required=False, max_length=_longest("legal_ground")
    )
    aliases = forms.CharField(
        label=gettext_lazy("Column heads"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What its columns are called in files, one on each line."),
    )
    version = forms.CharField(label=gettext_lazy("Version"), max_length=_longest("version"))
    break_from = forms.TypedChoiceField(
        label=gettext_lazy("The series breaks"),
        required=False,
        empty_value=None,
        help_text=gettext_lazy(
            "With a new version: from that round on no value is compared with those before, and no arrow is drawn."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Why it breaks"), required=False, max_length=300)

    def __init__(
        self,
        data: Any = None,
        *,
        municipality: Municipality,
        today: datetime.date,
        indicator: Indicator | None = None,
    ) -> None:
        self.indicator = indicator
        before = Definition.of(indicator) if indicator else None
        self.former_scale = before.scale if before else None
        super().__init__(data, initial=_shown(before) if before else {"direction": HIGH, "version": "1"})
        self._offer_languages(before, municipality.language)
        groups = sorted({*year_groups(municipality.country, today), *(before.year_groups if before else ())})
        self.fields["year_groups"].choices = [  # type: ignore[attr-defined]  # a choice field
            (group, year_group_name(group, municipality.country, today)) for group in groups
        ]
        if municipality.country != Country.SWEDEN:
            del self.fields["subject"], self.fields["rule"]
        if indicator is None:
            del self.fields["break_from"], self.fields["reason"]
        else:
            del self.fields["code"]
            self._offer_rounds()

    def _offer_languages(self, before: Definition | None, own: str) -> None:
        for code, _name in settings.LANGUAGES:
            language = get_language_info(code)["name_local"]
            self.fields[f"name_{code}"] = forms.CharField(
                label=language,
                required=code == own,
                max_length=LONGEST_NAME,
                initial=before.names.get(code, "") if before else "",
            )
            self.fields[f"definition_{code}"] = forms.CharField(
                label=language,
                required=False,
                max_length=LONGEST_DEFINITION,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=before.definitions.get(code, "") if before else "",
            )

    def _offer_rounds(self) -> None:
        rounds = {each.key: each for each in MeasurementRound.objects.order_by("-starts_on")}
        field: Any = self.fields["break_from"]
        field.choices = [
            ("", _("nowhere: the values can still be compared")),
            *((key, _("from “%(round)s” on") % {"round": each}) for key, each in rounds.items()),
        ]
        field.coerce = rounds.__getitem__

    @property
    def names(self) -> list[forms.BoundField]:
        return [self[f"name_{code}"] for code, _name in settings.LANGUAGES]

    @property
    def definitions(self) -> list[forms.BoundField]:
        return [self[f"definition_{code}"] for code, _name in settings.LANGUAGES]

    def decimals_of(self, cleaned: dict[str, Any], value_type: ValueType) -> int:
        return cleaned["decimals"]

    def clean_measurement_error(self) -> int:
        error = self.cleaned_data["measurement_error"] or 0
        if error < 0:
            raise forms.ValidationError(_("A measurement error is not negative."))
        return error

    def clean_aliases(self) -> tuple[str, ...]:
        """Each once, whatever its spaces and capitals."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["aliases"].splitlines())
        return tuple({header_key(line): line for line in lines if line}.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            scale = self.scale_of(cleaned)
            if scale is not None:
                self.breaks_from: MeasurementRound | None = cleaned.get("break_from")
                self.definition = self._described(cleaned, scale)
                self._check()
        return cleaned

    def _described(self, cleaned: dict[str, Any], scale: Any) -> Definition:
        def by_language(kind: str) -> dict[str, str]:
            texts = {code: " ".join(cleaned[f"{kind}_{code}"].split()) for code, _name in settings.LANGUAGES}
            return {code: text for code, text in texts.items() if text}

        plain = (
            "area shelf_life_months secrecy_area source owner purpose legal_ground version aliases "
            "measurement_error"
        )
        return Definition(
            code=self.indicator.code if self.indicator else cleaned["code"],
            names=by_language("name"),
            definitions=by_language("definition"),
            scale=scale,
            is_high_good=cleaned["direction"] == HIGH,
            year_groups=tuple(sorted(cleaned["year_groups"])),
            subject=cleaned.get("subject", self.indicator.subject if self.indicator else ""),
            rule=cleaned.get("rule", self.indicator.rule if self.indicator else ""),
            **{name: cleaned[name] for name in plain.split()},
        )

    def _check(self) -> None:
        try:
            if self.indicator is None:
                check_new(self.definition)
            else:
                check_change(self.indicator, self.definition, self.breaks_from)
        except DefinitionRefused as refusal:
            place = PLACES.get(refusal.field, refusal.field)
            self.add_error(place if place in self.fields else None, str(refusal))


def _shown(definition: Definition) -> dict[str, Any]:
    scale = definition.scale
    return {
        "area": definition.area,
        "kind": kind_of(scale),
        "minimum": "" if scale.minimum is None else format_number(scale.minimum),
        "maximum": "" if scale.maximum is None else format_number(scale.maximum),
        "unit": scale.unit,
        "steps": ", ".join(step.label for step in scale.steps) if kind_of(scale) == ValueType.STEPS else "",
        "decimals": scale.decimals,
        "direction": HIGH if definition.is_high_good else LOW,
        "measurement_error": format_number(definition.measurement_error)
        if definition.measurement_error
        else "",
        "year_groups": list(definition.year_groups),
        "shelf_life_months": definition.shelf_life_months,
        "secrecy_area": definition.secrecy_area,
        "subject": definition.subject,
        "rule": definition.rule,
        "source": definition.source,
        "owner": definition.owner,
        "purpose": definition.purpose,
        "legal_ground": definition.legal_ground,
        "aliases": "\n".join(definition.aliases),
        "version": definition.version,
    }
