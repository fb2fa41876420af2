"""The answer on the page of an intervention: the verdict on top, its figures, and what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.access import Sight
from accounts.web import MunicipalityRequest

from .answer_figures import answer_figures
from .answer_protection import Seen, seen_of
from .figures import figures_of
from .follow_up_ahead import ahead_of
from .frozen_answer import answer_from
from .models import Baseline, FollowUp, Intervention
from .queries import sees_all_pupils
from .verdict_words import VerdictWord, sentence_of


def answer_of(request: MunicipalityRequest, intervention: Intervention) -> dict[str, Any]:
    """The context of verdict_part.html and figures_part.html."""
    sight = request.sight
    sees_pupils = sees_all_pupils(intervention, sight)
    baseline = Baseline.objects.filter(intervention=intervention).select_related("round").first()
    # Not those that came with the intervention, which lack what lists leave out.
    follow_ups = list(FollowUp.objects.filter(intervention=intervention).select_related("round").reverse())
    latest = follow_ups[0] if follow_ups else None
    context = {
        "baseline": baseline,
        "sees_pupils": sees_pupils,
        "figures": figures_of(intervention, baseline, sight, latest) if baseline and sees_pupils else None,
        "ahead": ahead_of(intervention, baseline, latest, sight, sees_pupils),
        "verdict": None,
    }
    return context | _verdict_of(intervention, follow_ups, sight) if latest else context


def _verdict_of(intervention: Intervention, follow_ups: Sequence[FollowUp], sight: Sight) -> dict[str, Any]:
    latest, *earlier = follow_ups
    answer = answer_from(latest.answer)
    seen = seen_of(intervention, latest, answer, sight)
    return {
        "verdict": {
            "follow_up": latest,
            "seen": seen.value,
            "sentence": sentence_of(answer, intervention.indicator, seen),
            "break_in_words": answer.break_in_words,
            "earlier": []
            if seen is Seen.NOTHING
            else [(each.round, VerdictWord(each.verdict).label) for each in earlier],
        },
        "answer": answer_figures(intervention, answer, seen) if seen.has_figures else None,
    }
