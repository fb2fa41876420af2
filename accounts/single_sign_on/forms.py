"""Forms of the setting up. They check what is written, and save nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import DayInput
from ..models import IdentityProvider, Protocol, Unit
from ..people.places import can_be_held
from ..roles import RoleCode
from .addresses import check_address
from .assurance import USUAL_SECOND_FACTORS
from .claims import LONGEST_VALUE, MOST_VALUES
from .metadata import LARGEST_FILE, metadata_of

MOST_LINES = 20


class LinesField(forms.CharField):
    """Values, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def __init__(self, *, most: int = MOST_LINES, **options: Any) -> None:
        self.most = most
        super().__init__(required=False, max_length=most * (LONGEST_VALUE + 2), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = list(
            dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        )
        if len(lines) > self.most or any(len(line) > LONGEST_VALUE for line in lines):
            raise ValidationError(_("There are too many values, or one is too long."))
        return lines


class ProviderForm(forms.Form):
    """What both protocols have. Every field but the secret and the file is a field of the model."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Stands on the button: “Sign in with …”.")
    )
    groups_claim = forms.CharField(
        label=_("Claim with groups"),
        max_length=200,
        required=False,
        help_text=_("Its values can give roles. Empty when roles are given by hand."),
    )
    required_assurances = LinesField(
        label=_("Required level of assurance"),
        help_text=_("One value on each line; one of them must be asserted (acr, amr, AuthnContextClassRef)."),
    )
    second_factor_values = LinesField(
        label=_("Values that mean a second factor"),
        help_text=_("Where one is asserted, ours is not asked for as well."),
    )
    contact = forms.CharField(
        label=_("Whom to ask"),
        max_length=200,
        required=False,
        help_text=_("Shown to whom no account is open for, for example a service desk with its number."),
    )
    makes_accounts = forms.BooleanField(
        label=_("Open accounts for people whose groups give a role"), required=False
    )
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(label=_("To, that day not included"), widget=DayInput(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", _("The end comes after the beginning."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Fields of the model by name."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in ("secret", "metadata")
        }

    def sent_secret(self) -> str:
        return self.cleaned_data.get("secret", "")


class OidcForm(ProviderForm):
    issuer = forms.CharField(
        label=_("Issuer"), max_length=500, help_text=_("As the provider writes it, https://…, to the letter.")
    )
    client_id = forms.CharField(label=_("Client id"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept sealed and never shown again. Leave it empty to keep the one that is there."),
    )
    field_order = ["name", "issuer", "client_id", "secret"]

    def clean_issuer(self) -> str:
        issuer = self.cleaned_data["issuer"].strip()
        check_address(issuer)
        return issuer


class SamlForm(ProviderForm):
    metadata = forms.FileField(
        label=_("The provider's metadata"),
        help_text=_("The file of one provider; it is never fetched by itself."),
    )
    subject_attribute = forms.CharField(
        label=_("Attribute of the subject"),
        max_length=200,
        required=False,
        help_text=_("Something that never changes and is never given to somebody else. Empty: the NameID."),
    )
    field_order = ["name", "metadata", "subject_attribute"]

    def clean_metadata(self) -> Any:
        file = self.cleaned_data["metadata"]
        return metadata_of(file.read(LARGEST_FILE + 1)) if file else None

    def facts(self) -> dict[str, Any]:
        metadata = self.cleaned_data["metadata"]
        read = (
            {
                "issuer": metadata.entity_id,
                "saml_address": metadata.address,
                "saml_certificates": list(metadata.certificates),
            }
            if metadata
            else {}
        )
        return super().facts() | read


FORMS: dict[str, type[ProviderForm]] = {Protocol.OIDC: OidcForm, Protocol.SAML: SamlForm}


def provider_form(
    protocol: str,
    provider: IdentityProvider | None = None,
    *,
    data: Any = None,
    files: Any = None,
    today: datetime.date | None = None,
) -> ProviderForm:
    """The form of a protocol, for a new provider or for one that is there, whose issuer stays."""
    if provider is None:
        initial: dict[str, Any] = {
            "valid_from": today or timezone.localdate(),
            "second_factor_values": list(USUAL_SECOND_FACTORS),
        }
    else:
        initial = {
            name: getattr(provider, name) for name in FORMS[protocol].base_fields if hasattr(provider, name)
        }
    form = FORMS[protocol](data, files, initial=initial)
    if provider is not None:
        for name in ("secret", "metadata"):
            if name in form.fields:
                form.fields[name].required = False
        if "issuer" in form.fields:
            form.fields["issuer"].disabled = True
    return form


class MappingForm(forms.Form):
    """One line of the table: whoever has the value holds the role at the unit."""

    value = forms.CharField(
        label=_("Value among the groups"),
        max_length=LONGEST_VALUE,
        help_text=_("To the letter, as it is sent."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=RoleCode.choices)
    unit = forms.ChoiceField(label=_("At"))

    def __init__(self, *sent: Any, units: Sequence[tuple[Unit, int]]) -> None:
        """units: with their depth, top first."""
        super().__init__(*sent)
        self.units = {unit.key: unit for unit, _depth in units}
        self.fields["unit"].choices = [(unit.key, "– " * depth + unit.name) for unit, depth in units]  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if {"role", "unit"} <= said.keys() and not can_be_held(said["role"], said["unit"].level):
            role = RoleCode(said["role"]).label
            self.add_error(
                "unit",
                _("The role “%(role)s” cannot be held at %(unit)s.")
                % {"role": role, "unit": said["unit"].name},
            )
        return said


class ClaimsForm(forms.Form):
    """Groups to try the table with."""

    groups = LinesField(label=_("Groups"), most=MOST_VALUES, help_text=_("One value on each line."))


class LinkForm(forms.Form):
    login = forms.CharField(label=_("User name"), max_length=150)
