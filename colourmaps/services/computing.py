"""Values that are worked out of other results: merit value and eligibility, from the grades of the same round.

Nobody records them and no file brings them: they are rows of Result without a person and without an import, and where a
pupil has grades, the rule decides whatever else was recorded. A grade that is corrected, added or taken away is
announced as every change of results is, and the values that follow from it follow at once, in the same transaction.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from accounts.statements import hold_lock

from ..merit import Rule, value_by
from ..models import DueIndicator, Indicator, MeasurementRound, Result
from ..scales import Mark
from .recording import record_results
from .removing import remove_results
from .stamping import RESULTS

COLUMNS = ["pupil_id", "indicator_id", "round_id", "value", "mark", "measured_on"]


@dataclass
class Graded:
    """A pupil's grades in a round; day: of the last of them."""

    year_group: int | None
    day: datetime.date
    grades: dict[str, int | None] = field(default_factory=dict)


def work_out_results(touched: Collection[tuple[int, int]]) -> None:
    """What follows from the grades of the classes in the rounds, written where it is due and differs.

    touched: (class id, round id). A closed round stays as it is. Within the transaction that has changed the results.
    """
    rules = {each.pk: Rule(each.rule) for each in Indicator.objects.exclude(rule="")}
    if not rules:
        return
    classes: dict[int, set[int]] = defaultdict(set)
    for class_id, round_id in touched:
        classes[round_id].add(class_id)
    hold_lock(RESULTS)
    rounds = MeasurementRound.objects.filter(pk__in=classes, closed_at__isnull=True)
    for round_ in rounds.order_by("starts_on"):
        _work_out(round_, classes[round_.pk], rules)


def _work_out(round_: MeasurementRound, class_ids: set[int], rules: dict[int, Rule]) -> None:
    due = set(
        DueIndicator.objects.filter(round=round_, indicator__in=rules).values_list(
            "indicator_id", "year_group"
        )
    )
    if not due:
        return
    results = Result.objects.filter(round=round_, school_class__in=class_ids)
    stored = {
        (pupil_id, indicator_id): (value, mark, by_id is None and batch_id is None)
        for pupil_id, indicator_id, value, mark, by_id, batch_id in results.filter(
            indicator__in=rules
        ).values_list("pupil_id", "indicator_id", "value", "mark", "by_id", "batch_id")
    }
    graded = _graded(results)
    worked_out = {
        (pupil_id, indicator_id): _row(
            pupil_id, indicator_id, round_, value_by(rule, pupil.grades), pupil.day
        )
        for pupil_id, pupil in graded.items()
        for indicator_id, rule in rules.items()
        if (indicator_id, pupil.year_group) in due
    }
    new = [row for key, row in worked_out.items() if _content(row) != stored.get(key, (None, None))[:2]]
    if new:
        record_results(pd.DataFrame(new, columns=COLUMNS), by=None)
    gone = [key for key, (_value, _mark, is_ours) in stored.items() if is_ours and key not in worked_out]
    if gone:
        remove_results(pd.DataFrame(gone, columns=["pupil_id", "indicator_id"]), round_=round_)


def _graded(results: Any) -> dict[int, Graded]:
    """By pupil id. Of several grades in one subject (two mother tongues) the best; exempt is no grade and no dash."""
    subjects = dict(Indicator.objects.exclude(subject="").values_list("pk", "subject"))
    rows = results.filter(indicator__in=subjects).exclude(mark=Mark.EXEMPT)
    found: dict[int, Graded] = {}
    for pupil_id, indicator_id, year_group, value, day in rows.values_list(
        "pupil_id", "indicator_id", "year_group", "value", "measured_on"
    ):
        pupil = found.setdefault(pupil_id, Graded(year_group, day))
        pupil.day = max(pupil.day, day)
        subject = subjects[indicator_id]
        known = [each for each in (pupil.grades.get(subject), value) if each is not None]
        pupil.grades[subject] = max(known, default=None)
    return found


def _row(
    pupil_id: int, indicator_id: int, round_: MeasurementRound, value: int | None, day: datetime.date
) -> tuple[Any, ...]:
    if value is None:
        return pupil_id, indicator_id, round_.pk, float("nan"), Mark.NO_BASIS.value, day
    return pupil_id, indicator_id, round_.pk, float(value), Mark.MEASURED.value, day


def _content(row: tuple[Any, ...]) -> tuple[int | None, int]:
    value, mark = row[3:5]
    return (int(value), mark) if mark == Mark.MEASURED else (None, mark)
