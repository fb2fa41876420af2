"""What a meeting has to know of a case before it decides: what was tried, what came of it, what others have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.access import Sight

from ..answer_protection import Seen, seen_of
from ..answers import running_and_ended
from ..frozen_answer import answer_from
from ..models import (
    AnalysisMeeting,
    FollowUp,
    Intervention,
    MeetingCase,
    MeetingNote,
    Outcome,
)
from ..queries import interventions_at, interventions_of
from ..states import state_in_words, state_of
from ..tables import TAG_CLASSES
from ..verdict_words import sentence_of
from ..verdicts import verdict_words
from .case_words import in_full, question_text
from .notes import shared_of


@dataclass(frozen=True)
class Background:
    """running, ended: rows of templates/interventions/answers_part.html. verdict: of a follow-up, in a sentence.

    question: its text as the reader may read it. shared, measures: of a meeting below. ask_url: where what the school
    cannot solve itself is asked, of the pupil's cell or the class.
    """

    is_asked: bool = False
    running: Sequence[dict[str, Any]] = ()
    ended: Sequence[dict[str, Any]] = ()
    verdict: str = ""
    question: str = ""
    question_url: str = ""
    shared: Sequence[MeetingNote] = ()
    measures: Sequence[MeetingCase] = ()
    ask_url: str = ""


def background_of(case: MeetingCase, meeting: AnalysisMeeting, sight: Sight) -> Background:
    is_inside = meeting.kind.is_inside
    if case.question is not None:
        url = reverse("interventions:question", args=[case.question.key])
        return Background(question=question_text(case, is_inside=is_inside), question_url=url)
    if case.concluded is not None:
        return _concluded(case.concluded, is_inside)
    if case.intervention is not None:
        return Background(verdict=_verdict(case.intervention, sight))
    return _tried(case, sight) if is_inside else Background()


def _tried(case: MeetingCase, sight: Sight) -> Background:
    about = case if case.pupil or case.unit or not case.earlier else case.earlier
    indicators = [each.indicator_id for each in about.about.all()]
    if about.pupil is not None:
        found = interventions_of(about.pupil, sight)
    elif about.unit is not None and indicators:
        found = interventions_at(about.unit, sight)
    else:
        return Background()
    found = found.prefetch_related(None)
    running, ended = running_and_ended(found.filter(indicator__in=indicators) if indicators else found)
    verdicts = verdict_words([*running, *ended], sight)
    return Background(
        True,
        [_row(each, verdicts, sight) for each in running],
        [_row(each, verdicts, sight) for each in ended],
        ask_url=_ask_url(about),
    )


def _ask_url(case: MeetingCase) -> str:
    if case.unit is None:
        return ""
    address = reverse("interventions:question-new", args=[case.unit.key])
    codes = [each.indicator.code for each in case.about.all()]
    if not codes:
        return address
    pupil = {"pupil": case.pupil.key} if case.pupil is not None else {}
    return f"{address}?{urlencode({'indicator': codes[0]} | pupil)}"


def _row(one: Intervention, verdicts: Mapping[int, str], sight: Sight) -> dict[str, Any]:
    return {
        "intervention": one,
        "state": state_in_words(one, sight.today),
        "state_class": TAG_CLASSES[state_of(one, sight.today)],
        "verdict": verdicts.get(one.pk, ""),
    }


def _verdict(intervention: Intervention, sight: Sight) -> str:
    """The latest, in one sentence, with figures as far as the reader may see them; empty before the first."""
    follow_up = FollowUp.objects.filter(intervention=intervention).select_related("round").last()
    if follow_up is None:
        return ""
    answer = answer_from(follow_up.answer)
    seen = seen_of(intervention, follow_up, answer, sight)
    return "" if seen is Seen.NOTHING else sentence_of(answer, intervention.indicator, seen)


def _concluded(below: AnalysisMeeting, is_inside: bool) -> Background:
    """What it shares; and its measures, where pupils' names stay among those who know them."""
    measures: Sequence[MeetingCase] = ()
    if is_inside or not below.kind.is_inside:
        measures = list(in_full(MeetingCase.objects.filter(meeting=below, outcome=Outcome.MEASURE)))
    return Background(shared=shared_of(below), measures=measures)
