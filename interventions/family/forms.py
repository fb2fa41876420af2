from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Felt, Who
from ..services.family import Answered
from .asked import ASKED, FELT, FELT_WORDS, WHO_WORDS
from .codes import new_token

LONGEST_TOKEN = 40


class VoiceForm(forms.Form):
    """The three answers, and if one likes, who answers. token: of this form, which counts once."""

    who = forms.ChoiceField(required=False, choices=[(who.value, word) for who, word in WHO_WORDS.items()])
    token = forms.CharField(max_length=LONGEST_TOKEN)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": new_token()})
        for asked in ASKED:
            self.fields[asked.field] = forms.TypedChoiceField(
                choices=[(felt.value, FELT_WORDS[felt]) for felt in FELT],
                coerce=lambda value: Felt(int(value)),
                error_messages={"required": _("Choose one of the faces.")},
            )

    @property
    def answer(self) -> Answered:
        chosen = {asked.field: self.cleaned_data[asked.field] for asked in ASKED}
        return Answered(who=Who(self.cleaned_data["who"]), **chosen)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """For the page: each question with its faces."""
        return [
            {
                "field": asked.field,
                "text": asked.text,
                "errors": self.errors.get(asked.field) if self.is_bound else None,
                "answers": [
                    {
                        "value": felt.value,
                        "face": felt.name.lower(),
                        "word": FELT_WORDS[felt],
                        "chosen": str(self[asked.field].value()) == str(felt.value),
                    }
                    for felt in FELT
                ],
            }
            for asked in ASKED
        ]

    @property
    def people(self) -> list[dict[str, Any]]:
        return [
            {"value": who.value, "word": word, "chosen": self["who"].value() == who.value}
            for who, word in WHO_WORDS.items()
        ]
