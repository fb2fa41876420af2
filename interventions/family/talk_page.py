"""What the pages of talks show, beside the form."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Q

from pupils.models import Pupil

from ..models import Face, Talk, TalkAgreement, Voice
from .talk_forms import FACE_WORDS, FACES, VOICE_HEADS


def talks_of(pupil: Pupil, today: datetime.date) -> dict[str, Any]:
    """The pupil's talks, the latest first, and what has been agreed on in them and is not done yet."""
    talks = Talk.objects.filter(pupil=pupil).select_related("kind", "unit")
    counted = talks.annotate(
        n_agreements=Count("agreements"),
        n_done=Count("agreements", filter=Q(agreements__done_on__isnull=False)),
    )
    undone = TalkAgreement.objects.filter(
        talk__pupil=pupil, talk__closed_at__isnull=False, done_on__isnull=True
    )
    rows = undone.select_related("talk").order_by("due_on", "pk")
    return {
        "talks": list(counted.order_by("-held_on", "-pk")),
        "undone": [
            {"agreement": row, "is_late": row.due_on is not None and row.due_on < today} for row in rows
        ],
    }


def rows_to_print(talk: Talk) -> dict[str, Any]:
    """Each question with what each side said, and the agreements."""
    there = {(each.prompt, each.voice): each for each in talk.voices.all()}
    return {
        "heads": VOICE_HEADS.values(),
        "said": [
            {
                "number": number,
                "prompt": prompt,
                "cells": [_cell(voice, there.get((number, voice.value))) for voice in Voice],
            }
            for number, prompt in enumerate(talk.guiding.prompts, 1)
        ],
        "agreements": list(talk.agreements.all()),
    }


def _cell(voice: Voice, row: Any) -> dict[str, Any]:
    face = Face(row.face) if row and row.face else None
    return {
        "head": VOICE_HEADS[voice],
        "text": row.text if row else "",
        "face": FACES[face] if face else "",
        "word": FACE_WORDS[face] if face else "",
    }
