"""An intervention that has ended is continued by another."""

from __future__ import annotations

import datetime
from dataclasses import fields

from django.db import transaction

from accounts.models import User

from ..closing_rules import check_continuation
from ..continuation import Continuation, continuation_of
from ..models import Intervention
from ..plans import Plan
from .deciding import decide_intervention


@transaction.atomic
def continue_intervention(
    *,
    intervention: Intervention,
    starts_on: datetime.date,
    follow_up_on: datetime.date,
    responsible: User,
    by: User,
) -> tuple[Intervention, Continuation]:
    """The same once more, with a start of its own. Asked twice, it is done once: the second time is refused.

    Raises ValidationError with a sentence per field (closing_rules.check_continuation, rules.check_plan).
    """
    # Two who continue it at once wait for each other here.
    before = Intervention.objects.select_for_update(of=("self",)).get(pk=intervention.pk)
    check_continuation(before, starts_on)
    found = continuation_of(before, starts_on=starts_on, follow_up_on=follow_up_on, responsible=responsible)
    values = {each.name: getattr(found.plan, each.name) for each in fields(Plan)}
    return decide_intervention(by=by, **values), found
