"""What was learnt, what follows and the chain, as the page of an intervention shows them. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.access import Sight
from accounts.web import MunicipalityRequest

from .chain import Link, chain_of
from .closing_rules import successor_of
from .forms import ContinuationForm
from .models import Intervention
from .queries import may_change, possible_responsibles, shows_background
from .states import is_evaluated, state_in_words
from .verdicts import verdict_words


def closing_context(request: MunicipalityRequest, intervention: Intervention) -> dict[str, Any]:
    """For evaluation_part.html."""
    sight = request.sight
    changes = may_change(intervention, sight)
    has_follow_up = bool(intervention.follow_ups.all())
    shows_learnt = not is_evaluated(intervention) or shows_background(intervention, sight)
    return {
        "evaluation": intervention.evaluation if is_evaluated(intervention) else None,
        # As a background: written by those who know the pupils.
        "shows_learnt": shows_learnt,
        "can_evaluate": changes and has_follow_up and not is_evaluated(intervention),
        "waits_for_follow_up": not has_follow_up and not is_evaluated(intervention),
        "continuation_form": continuation_form(request, intervention) if changes else None,
        "chain": _chain(intervention, sight),
    }


def continuation_form(request: MunicipalityRequest, intervention: Intervention) -> ContinuationForm | None:
    """None while it has not ended, and where it is continued already."""
    if intervention.ended_on is None or successor_of(intervention) is not None:
        return None
    today = request.sight.today
    candidates = possible_responsibles(intervention.unit, today)
    return ContinuationForm(intervention=intervention, candidates=candidates, today=today)


def _chain(intervention: Intervention, sight: Sight) -> list[dict[str, Any]]:
    """A verdict is for those who see the pupils; others read it on its page, as far as they may."""
    links = chain_of(intervention, sight)
    verdicts = verdict_words([link.intervention for link in links if link.intervention], sight)
    return [_row(link, verdicts, sight) for link in links]


def _row(link: Link, verdicts: Mapping[int, str], sight: Sight) -> dict[str, Any]:
    one = link.intervention
    if one is None:
        return {"number": link.number, "intervention": None}
    return {
        "number": link.number,
        "intervention": one,
        "is_this": link.is_this,
        "state": state_in_words(one, sight.today),
        "verdict": verdicts.get(one.pk, ""),
    }
