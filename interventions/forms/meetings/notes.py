from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit

from ...meetings.notes import Place
from ...models import MeetingNote
from ...questions.forms import Looked

LONGEST_NOTE = 3000


class NoteForm(Looked):
    """A note at one of the places of a meeting. school: whose pupils' names are looked for, where it is shared.

    theirs: what somebody else has written there since, to be shown beside what was typed.
    """

    border_fields = ("text",)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, data: Any = None, *, place: Place, school: Unit | None, theirs: MeetingNote | None = None
    ) -> None:
        self.place, self.theirs = place, theirs
        initial = {"version": place.version, "text": place.text}
        super().__init__(data, school=school, initial=initial, auto_id=f"note_{place.code}_%s")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.look_through("text")
        return cleaned
