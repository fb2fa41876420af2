"""What can be said about a text that should be an identity number."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class IdentityKind(TextChoices):
    """Who issued the number, and for how long it can be expected to stay."""

    # personnummer, fødselsnummer, CPR-nummer
    REGISTERED = "registered", _("identity number")
    # samordningsnummer, D-nummer: for people who are not registered as living in the country
    COORDINATION = "coordination", _("coordination number")
    # given by a school or an authority until the child gets a number of its own
    TEMPORARY = "temporary", _("temporary number")


class Status(TextChoices):
    OK = "ok", _("in order")
    DOUBTFUL = "doubtful", _("doubtful")


class Remark(TextChoices):
    """What a person should know about a number that was read. All but ZERO_RESTORED make it doubtful."""

    CHECK_DIGIT = "check_digit", _("The check digit does not match. One of the figures may be mistyped.")
    DATE = "date", _("The birth date in the number cannot be right.")
    BORN_LATER = "born_later", _("The birth date in the number has not come yet.")
    PLACEHOLDER = (
        "placeholder",
        _("The last figures look filled in, not issued. Use the child's own number."),
    )
    UNKNOWN_FORM = "unknown_form", _("The number looks like a temporary number of an unknown kind.")
    ZERO_GUESSED = "zero_guessed", _("A figure is missing. A lost zero was put first; please check.")
    ZERO_RESTORED = "zero_restored", _("A zero that the spreadsheet had dropped was put back first.")


class Unreadable(TextChoices):
    """Why a text is no identity number at all."""

    NOT_TEXT = "not_text", _("The cell holds something else than an identity number, for example a date.")
    SHORTENED = (
        "shortened",
        _(
            "The spreadsheet has shortened the number, so its last figures are lost. "
            "Make the column a text column, fill it in again and send the file once more."
        ),
    )
    NOT_SWEDISH = "not_swedish", _("A Swedish identity number has 10 or 12 characters.")
    NOT_NORWEGIAN = "not_norwegian", _("A Norwegian identity number has 11 figures.")
    NOT_DANISH = "not_danish", _("A Danish identity number has 10 characters.")


class NotAnIdentity(ValueError):
    """The text has not the form of an identity number. Does not carry the text, since errors reach logs."""

    def __init__(self, fault: Unreadable) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def reason(self) -> StrOrPromise:
        """A sentence for the person who sent the number, in the language of the moment."""
        return self.fault.label


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that has the form of an identity number, and what it says.

    number: normalised, without separators: 12 characters in Sweden, 11 in Norway, 10 in Denmark.
    birth_date: as the number says; None when it is uncertain, impossible or not in the number.
    sex: "F" or "M", the codes of Pupil.sex, as the number says; None when it does not say.
    Number and birth date stay out of repr(), so that they do not end up in logs.
    """

    kind: IdentityKind
    number: str = field(repr=False)
    birth_date: datetime.date | None = field(repr=False)
    sex: Literal["F", "M"] | None = field(repr=False)
    remark: Remark | None = None

    @property
    def status(self) -> Status:
        """OK to use, or DOUBTFUL: warn and hold for a person, but never drop."""
        return Status.OK if self.remark in (None, Remark.ZERO_RESTORED) else Status.DOUBTFUL

    @property
    def reason(self) -> StrOrPromise:
        """The remark as a sentence, in the language of the moment; empty when there is none."""
        return self.remark.label if self.remark else ""
