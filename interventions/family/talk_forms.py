from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput

from ..models import Face, MeetingKind, Talk, Voice
from ..questions.forms.looked import offer
from ..services.family import Clash, Facts, Said, Written
from .agreement_forms import LONGEST_WORDS, check_year, lines_in
from .seen import seen

LONGEST_SAID = 2000
VOICE_HEADS = {
    Voice.PUPIL: _("Pupil"),
    Voice.GUARDIAN: _("Parent or guardian"),
    Voice.STAFF: _("School and other staff"),
}
FACE_WORDS = {Face.GOOD: _("Good"), Face.SO_SO: _("So-so"), Face.HARD: _("Hard")}


class NewTalkForm(forms.Form):
    """A talk that begins now, or is prepared for a day."""

    kind = forms.ChoiceField(label=_("Kind of talk"))
    held_on = forms.DateField(label=_("Day"), widget=DayInput, validators=[check_year])
    present = forms.CharField(
        label=_("Who is here?"),
        required=False,
        max_length=LONGEST_WORDS,
        help_text=_("Names or roles, as you want them to stand on the paper."),
    )

    def __init__(self, data: Any = None, *, kinds: list[MeetingKind], today: datetime.date) -> None:
        super().__init__(data, initial={"held_on": today})
        self.kinds = {kind.key: kind for kind in kinds}
        offer(self, "kind", [(key, kind.name) for key, kind in self.kinds.items()])
        if len(self.kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = next(iter(self.kinds))

    @property
    def chosen_kind(self) -> MeetingKind:
        return self.kinds[self.cleaned_data["kind"]]


@dataclass
class Cell:
    """What one side says to one question. face: only the pupil's. note: what somebody else has written meanwhile."""

    voice: Voice
    head: Any
    text: forms.BoundField
    was: forms.BoundField
    face: forms.BoundField | None = None
    note: str | None = None

    @property
    def faces(self) -> list[dict[str, Any]]:
        if self.face is None:
            return []
        chosen = str(self.face.value() or "")
        return [
            {"value": face.value, "face": FACES[face], "word": word, "chosen": chosen == str(face.value)}
            for face, word in FACE_WORDS.items()
        ]


# The faces are those of the family's answers.
FACES = {Face.GOOD: "yes", Face.SO_SO: "partly", Face.HARD: "no"}


@dataclass
class Question:
    number: int
    text: str
    cells: list[Cell]

    @property
    def place(self) -> str:
        """Where it stands on the page."""
        return f"q-{self.number}"


class TalkForm(forms.Form):
    """The page of a talk but for its agreements: one form, so that whichever button saves, nothing is left behind."""

    held_on = forms.DateField(label=_("Day"), widget=DayInput, validators=[check_year])
    present = forms.CharField(label=_("Who is here?"), required=False, max_length=LONGEST_WORDS)
    why_none = forms.CharField(
        label=_("If you agree on nothing today: why?"), required=False, max_length=LONGEST_WORDS
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, talk: Talk, clashes: list[Clash] | None = None) -> None:
        self.talk = talk
        self.prompts = talk.guiding.prompts
        self.there = {(each.prompt, each.voice): each for each in talk.voices.all()}
        self.clashes = clashes or []
        super().__init__(data, initial=self._initial())
        for number, _prompt in enumerate(self.prompts, 1):
            for voice in Voice:
                self._add_cell(number, voice)

    def _add_cell(self, number: int, voice: Voice) -> None:
        name = f"q{number}_{voice.value}"
        rows = forms.Textarea(attrs={"rows": 3, "aria-labelledby": f"question-{number} head-{name}"})
        self.fields[name] = forms.CharField(required=False, max_length=LONGEST_SAID, widget=rows)
        self.fields[f"{name}_was"] = forms.CharField(required=False, widget=forms.HiddenInput)
        if voice == Voice.PUPIL:
            self.fields[f"{name}_face"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=[(face.value, word) for face, word in FACE_WORDS.items()],
            )

    def _initial(self) -> dict[str, Any]:
        """What stands in the talk; in the place of what clashed, what the person had typed."""
        talk = self.talk
        found: dict[str, Any] = {
            "held_on": talk.held_on,
            "present": talk.present,
            "why_none": talk.why_none,
            "was": seen(talk.held_on, talk.present, talk.why_none),
        }
        for number, _prompt in enumerate(self.prompts, 1):
            for voice in Voice:
                row, name = self.there.get((number, voice.value)), f"q{number}_{voice.value}"
                found[name], found[f"{name}_face"] = (row.text, row.face) if row else ("", None)
                found[f"{name}_was"] = seen(found[name], found[f"{name}_face"])
        for clash in self.clashes:
            mine = clash.mine
            if isinstance(mine, Said):
                name = f"q{mine.prompt}_{mine.voice.value}"
                found |= {name: mine.text, f"{name}_face": mine.face}
            elif isinstance(mine, Facts):
                found |= {"held_on": mine.held_on, "present": mine.present, "why_none": mine.why_none}
        return found

    @property
    def notes(self) -> dict[str, str]:
        """By name of the field: what somebody else has written there."""
        return {
            f"q{clash.mine.prompt}_{clash.mine.voice.value}": clash.now
            for clash in self.clashes
            if isinstance(clash.mine, Said)
        }

    @property
    def note_on_facts(self) -> str | None:
        return next((clash.now for clash in self.clashes if isinstance(clash.mine, Facts)), None)

    @property
    def questions(self) -> list[Question]:
        return [
            Question(number, prompt, list(self._cells(number)))
            for number, prompt in enumerate(self.prompts, 1)
        ]

    def _cells(self, number: int) -> Iterator[Cell]:
        for voice in Voice:
            name = f"q{number}_{voice.value}"
            face = self[f"{name}_face"] if voice == Voice.PUPIL else None
            yield Cell(voice, VOICE_HEADS[voice], self[name], self[f"{name}_was"], face, self.notes.get(name))

    def written(self, lines: Any) -> Written:
        """Everything on the page; lines: the valid agreements of it."""
        cleaned = self.cleaned_data
        facts = Facts(cleaned["held_on"], cleaned["present"], cleaned["why_none"], cleaned["was"])
        said = [
            Said(
                number,
                voice,
                cleaned[f"q{number}_{voice.value}"],
                cleaned.get(f"q{number}_{voice.value}_face"),
                cleaned[f"q{number}_{voice.value}_was"],
            )
            for number, _prompt in enumerate(self.prompts, 1)
            for voice in Voice
        ]
        return Written(facts, said, lines_in(lines))
