"""From a file to results: read, understand, check, write. The dry run is the real run, taken back at the end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.statements import long_statements
from accounts.tenancy import current_municipality
from pupils.queries import enrolments_at

from ..models import DueIndicator, ImportBatch, Indicator, MeasurementRound
from ..services import plan_indicator, record_results
from .checks import run_checks
from .definitions import make_definitions
from .draft import Draft
from .mapping import Mapping, header_key
from .matching import match_pupils
from .messages import Message
from .register import read_register
from .roster import Roster
from .rows import Extraction, extract
from .vocabulary import scales
from .workbook import Workbook

Progress = Callable[[str, int, int], None]


COUNTED = (
    *("rows", "refused"),
    *("new_indicators", "new_thresholds", "new_rounds"),
    *("new_pupils", "moved", "new_classes", "new_schools"),
    *("new", "changed", "unchanged"),
)
# The counts of which one is enough for a file to change something.
CHANGES = ("new", "changed", "new_pupils", "moved", "new_indicators", "new_rounds")


def changes_nothing(counts: dict[str, Any]) -> bool:
    return not any(counts.get(name) for name in CHANGES)


@dataclass
class Outcome:
    """What an import did, or would do: counts, messages, and the classes whose maps it touches.

    n_moved: known pupils without a class in the school year who got the file's.
    """

    n_rows: int = 0
    n_refused: int = 0
    n_new_indicators: int = 0
    n_new_thresholds: int = 0
    n_new_rounds: int = 0
    n_new_pupils: int = 0
    n_moved: int = 0
    n_new_classes: int = 0
    n_new_schools: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    has_failed: bool = False
    touched_classes: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        """The counts as they are stored and shown."""
        return {name: getattr(self, f"n_{name}") for name in COUNTED} | {"classes": self.touched_classes}


def run_import(
    workbook: Workbook,
    mapping: Mapping,
    *,
    by: User | None,
    today: datetime.date,
    batch: ImportBatch | None = None,
    adds_pupils: bool = False,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda phase, n_done, n_total: None,
) -> Outcome:
    """Imports the workbook, in one transaction.

    Rows with an error stay outside and are listed in the outcome's messages; the others go in, unless all_or_nothing.
    dry_run: everything is done and then taken back, so that what it says is what will happen.
    Raises MappingError if the mapping names an indicator that nobody has defined, or a round that cannot be made.
    """
    with long_statements():
        made = make_definitions(mapping, today)
        progress("checking", 0, 0)
        draft = make_draft(workbook, mapping, today=today, adds_pupils=adds_pupils)
        outcome = Outcome(
            n_rows=len(draft.extraction.pupils),
            n_refused=len(draft.refused),
            n_new_indicators=made.n_indicators,
            n_new_thresholds=made.n_thresholds,
            n_new_rounds=made.n_rounds,
            messages=draft.messages,
        )
        outcome.has_failed = draft.has_failed or (all_or_nothing and bool(outcome.n_refused))
        if not outcome.has_failed:
            progress("writing", 0, outcome.n_rows)
            _write(draft, outcome, by=by, batch=batch, today=today)
            _remember(outcome, by=by, batch=batch)
        if dry_run or outcome.has_failed:
            transaction.set_rollback(True)
    return outcome


def make_draft(workbook: Workbook, mapping: Mapping, *, today: datetime.date, adds_pupils: bool) -> Draft:
    """The file read, its pupils found, and every check run; nothing is written."""
    extraction = extract(workbook, mapping, scales())
    rounds = {header_key(round_.name): round_ for round_ in MeasurementRound.objects.all()}
    register = read_register(_roster_day(extraction, rounds, today))
    matches = match_pupils(
        extraction.pupils,
        mapping,
        register,
        country=current_municipality().country,
        on=today,
        adds_pupils=adds_pupils,
    )
    draft = Draft(
        extraction=extraction,
        mapping=mapping,
        matches=matches,
        register=register,
        indicators={indicator.code: indicator for indicator in Indicator.objects.all()},
        rounds=rounds,
        messages=list(extraction.messages),
    )
    run_checks(draft)
    return draft


def _write(
    draft: Draft, outcome: Outcome, *, by: User | None, batch: ImportBatch | None, today: datetime.date
) -> None:
    accepted = draft.accepted
    roster = Roster(draft.register)
    roster.write([draft.matches[at] for at in np.flatnonzero(accepted).tolist()])
    outcome.n_new_pupils, outcome.n_moved = roster.n_pupils, roster.n_moved
    outcome.n_new_classes, outcome.n_new_schools = roster.n_classes, roster.n_schools
    results = _results(draft, accepted, roster, today)
    if results.empty:
        return
    _make_due(results)
    recorded = record_results(results, by=by, batch=batch)
    outcome.n_new, outcome.n_changed, outcome.n_unchanged = (
        recorded.n_new,
        recorded.n_changed,
        recorded.n_unchanged,
    )
    outcome.touched_classes = sorted({unit_id for unit_id, _round_id in recorded.touched})


def _remember(outcome: Outcome, *, by: User | None, batch: ImportBatch | None) -> None:
    """Definitions are configuration and the register is personal data: both changes are known afterwards."""
    subject = batch.key if batch else ""
    if outcome.n_new_indicators or outcome.n_new_rounds:
        record(
            "definitions imported",
            by=by,
            subject=subject,
            indicators=outcome.n_new_indicators,
            limits=outcome.n_new_thresholds,
            rounds=outcome.n_new_rounds,
        )
    if outcome.n_new_pupils or outcome.n_moved:
        record(
            "class list imported",
            by=by,
            subject=subject,
            new_schools=outcome.n_new_schools,
            new_classes=outcome.n_new_classes,
            new_pupils=outcome.n_new_pupils,
            moved_pupils=outcome.n_moved,
        )


def _roster_day(
    extraction: Extraction, rounds: dict[str, MeasurementRound], today: datetime.date
) -> datetime.date:
    """The day whose classes the file speaks of: today, or the nearest day of the file's earliest round."""
    keys = {header_key(column.round) for column in extraction.columns}
    first = min(
        (rounds[key] for key in keys & rounds.keys()), key=lambda round_: round_.starts_on, default=None
    )
    return min(max(today, first.starts_on), first.ends_on) if first else today


def _results(draft: Draft, accepted: np.ndarray, roster: Roster, today: datetime.date) -> pd.DataFrame:
    """The accepted results, one row each, as record_results wants them."""
    pupil_ids = np.array([roster.pupil_id(match) for match in draft.matches], dtype="int64")
    frames = []
    for column in draft.extraction.columns:
        round_ = draft.rounds[header_key(column.round)]
        chosen = accepted & (column.marks >= 0)
        marks = column.marks[chosen]
        frames.append(
            pd.DataFrame(
                {
                    "pupil_id": pupil_ids[chosen],
                    "indicator_id": draft.indicators[column.indicator].pk,
                    "round_id": round_.pk,
                    "value": np.where(marks == 0, column.hundredths[chosen], np.nan),
                    "mark": marks,
                    "measured_on": min(max(today, round_.starts_on), round_.ends_on),
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _make_due(results: pd.DataFrame) -> None:
    """An indicator that no round plan speaks of is due from now on for the year groups that the file measures."""
    planned = set(DueIndicator.objects.values_list("round_id", "indicator_id").distinct())
    pairs = results[["round_id", "indicator_id"]].drop_duplicates()
    for round_id, indicator_id in pairs.itertuples(index=False, name=None):
        if (round_id, indicator_id) in planned:
            continue
        round_ = MeasurementRound.objects.get(pk=round_id)
        rows = results[(results["round_id"] == round_id) & (results["indicator_id"] == indicator_id)]
        enrolments = enrolments_at(round_.counted_on, rows["pupil_id"].unique())
        measured = enrolments[enrolments["pupil_id"].isin(rows["pupil_id"])]
        plan_indicator(
            round_=round_, indicator_id=indicator_id, year_groups=measured["year_group"].unique().tolist()
        )
