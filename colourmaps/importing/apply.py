"""From a file to results: read, understand, check, write. The dry run is the real run, taken back at the end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.statements import long_statements, work_asked_last
from accounts.tenancy import current_municipality
from pupils.protected import Identity
from pupils.school_years import SchoolYear

from ..models import ImportBatch, Indicator, MeasurementRound
from ..services import record_results
from .asked import asked_of
from .checks import run_checks
from .checks.jumps import LikelyJumps
from .decisions import NO_DECISIONS, Decisions
from .definitions import make_definitions
from .differences import find_differences, ticked_moves, ticked_names
from .draft import Draft
from .effect import effect_of
from .hiding import (
    Place,
    hidden_identities,
    hidden_rows,
    protect_marked,
    without_names,
    without_questions_about,
)
from .mapping import Mapping, header_key
from .matching import match_pupils
from .medical_columns import refuse_medical_mapping
from .messages import Message
from .register import read_register
from .results import make_due, results_of
from .roster import Roster
from .rows import Extraction, extract
from .vocabulary import indicator_words, scales
from .workbook import Workbook

# Told the phase ("extracting", "matching", "checking", "writing"), how much is done, and of how much: rows, and in the
# last phase results.
Progress = Callable[[str, int, int], None]


def tell_nobody(phase: str, n_done: int, n_total: int) -> None:
    """The progress of work that nobody watches."""


COUNTED = (
    *("rows", "refused", "pupils"),
    *("new_indicators", "new_thresholds", "new_rounds"),
    *("new_pupils", "moved", "renamed", "new_classes", "new_schools"),
    *("new", "changed", "unchanged"),
)
# The counts of which one is enough for a file to change something.
CHANGES = ("new", "changed", "new_pupils", "moved", "renamed", "protected", "new_indicators", "new_rounds")


def changes_nothing(counts: dict[str, Any]) -> bool:
    return not any(counts.get(name) for name in CHANGES)


@dataclass
class Outcome:
    """What an import did, or would do: counts, messages, and the classes whose maps it touches.

    n_pupils: whom the rows that go in are about.
    n_moved: known pupils who got the file's class: they had none in the school year, or a person has said so.
    n_renamed: pupils whose name the register took over, since a person has said so.
    touched_classes, touched_rounds: ids. effect: what changes cell by cell, see effect.py.
    asked: what a person is asked in the preview, see asked.py. made: what the register got, see roster.Made.
    who: whom the rows are about, see Draft.who. n_protected: known pupils whom the file marks as protected.
    identities, hidden: who is protected, and in which rows; never stored (hiding.py).
    """

    n_rows: int = 0
    n_refused: int = 0
    n_pupils: int = 0
    n_new_indicators: int = 0
    n_new_thresholds: int = 0
    n_new_rounds: int = 0
    n_new_pupils: int = 0
    n_moved: int = 0
    n_renamed: int = 0
    n_new_classes: int = 0
    n_new_schools: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    n_protected: int = 0
    has_failed: bool = False
    touched_classes: list[int] = field(default_factory=list)
    touched_rounds: list[int] = field(default_factory=list)
    effect: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    who: str = ""
    identities: list[Identity] = field(default_factory=list)
    hidden: set[Place] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        """The counts as they are stored and shown."""
        counts = {name: getattr(self, f"n_{name}") for name in COUNTED} | {
            "classes": self.touched_classes,
            "rounds": self.touched_rounds,
        }
        return counts | ({"protected": self.n_protected} if self.n_protected else {})


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
    decisions: Decisions = NO_DECISIONS,
    progress: Progress = tell_nobody,
) -> Outcome:
    """Imports the workbook, in one transaction.

    Rows with an error stay outside and are listed in the outcome's messages; the others go in, unless all_or_nothing.
    dry_run: everything is done and then taken back, so that what it says is what will happen.
    decisions: what a person has answered where the file left a doubt.
    Raises MappingError if the mapping names an indicator that nobody has defined or a medical one, or a round that
    cannot be made.
    """
    refuse_medical_mapping(mapping)
    with long_statements(), work_asked_last():
        made = make_definitions(mapping, today)
        draft = make_draft(
            workbook, mapping, today=today, adds_pupils=adds_pupils, decisions=decisions, progress=progress
        )
        outcome = Outcome(
            n_rows=len(draft.extraction.pupils),
            n_refused=len(draft.refused),
            n_new_indicators=made.n_indicators,
            n_new_thresholds=made.n_thresholds,
            n_new_rounds=made.n_rounds,
            asked=asked_of(draft),
            who=draft.who(),
            messages=draft.messages,
            identities=hidden_identities(draft),
            hidden=hidden_rows(draft),
        )
        outcome.has_failed = draft.has_failed or (all_or_nothing and bool(outcome.n_refused))
        if not outcome.has_failed:
            _write(draft, outcome, by=by, batch=batch, today=today, progress=progress)
            _remember(outcome, by=by, batch=batch)
        if dry_run or outcome.has_failed:
            transaction.set_rollback(True)
    outcome.messages = without_names(outcome.messages, outcome.identities)
    outcome.asked = without_questions_about(outcome.asked, outcome.identities)
    return outcome


def make_draft(
    workbook: Workbook,
    mapping: Mapping,
    *,
    today: datetime.date,
    adds_pupils: bool,
    decisions: Decisions = NO_DECISIONS,
    progress: Progress = tell_nobody,
) -> Draft:
    """The file read, its pupils found, and every check run; nothing is written."""
    progress("extracting", 0, 0)
    extraction = extract(workbook, mapping, scales(), indicator_words())
    n_rows = len(extraction.pupils)
    progress("matching", 0, n_rows)
    rounds = {header_key(round_.name): round_ for round_ in MeasurementRound.objects.all()}
    register = read_register(_roster_day(extraction, rounds, today))
    matches = match_pupils(
        extraction.pupils,
        mapping,
        register,
        country=current_municipality().country,
        on=today,
        adds_pupils=adds_pupils,
        decisions=decisions,
    )
    draft = Draft(
        extraction=extraction,
        mapping=mapping,
        matches=matches,
        register=register,
        indicators={indicator.code: indicator for indicator in Indicator.objects.all()},
        rounds=rounds,
        messages=list(extraction.messages),
        differences=find_differences(
            extraction.pupils, matches, register, decisions, today=today, adds_pupils=adds_pupils
        ),
    )
    progress("checking", 0, n_rows)
    run_checks(draft)
    return draft


def _write(
    draft: Draft,
    outcome: Outcome,
    *,
    by: User | None,
    batch: ImportBatch | None,
    today: datetime.date,
    progress: Progress,
) -> None:
    outcome.n_protected = protect_marked(draft, by=by)
    roster = Roster(draft.register)
    goes_in = np.flatnonzero(draft.accepted).tolist()
    pupils = draft.pupils()
    outcome.n_pupils = len(pupils)
    roster.write(
        list(pupils.values()),
        moves=ticked_moves(draft.differences, goes_in),
        names=ticked_names(draft.differences, goes_in),
    )
    outcome.made = roster.made.to_json()
    outcome.n_new_pupils, outcome.n_moved = roster.n_pupils, roster.n_moved
    outcome.n_renamed = roster.n_renamed
    outcome.n_new_classes, outcome.n_new_schools = roster.n_classes, roster.n_schools
    pupil_ids = {first: roster.pupil_id(match) for first, match in pupils.items()}
    results = results_of(draft, pupil_ids, today)
    if results.empty:
        return
    if due := make_due(results):
        outcome.made["due"] = due
    jumps = LikelyJumps(draft)
    recorded = record_results(
        results,
        by=by,
        batch=batch,
        progress=lambda n_done, n_total: progress("writing", n_done, n_total),
        judged=jumps.see,
    )
    draft.messages.extend(jumps.run())
    outcome.n_new, outcome.n_changed, outcome.n_unchanged = (
        recorded.n_new,
        recorded.n_changed,
        recorded.n_unchanged,
    )
    outcome.touched_classes = sorted({unit_id for unit_id, _round_id in recorded.touched})
    outcome.touched_rounds = sorted({round_id for _unit_id, round_id in recorded.touched})
    outcome.effect = effect_of(recorded)


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
    if outcome.n_new_pupils or outcome.n_moved or outcome.n_renamed:
        record(
            "class list imported",
            by=by,
            subject=subject,
            new_schools=outcome.n_new_schools,
            new_classes=outcome.n_new_classes,
            new_pupils=outcome.n_new_pupils,
            moved_pupils=outcome.n_moved,
            renamed_pupils=outcome.n_renamed,
        )


def _roster_day(
    extraction: Extraction, rounds: dict[str, MeasurementRound], today: datetime.date
) -> datetime.date:
    """The day whose classes the file speaks of: today, or the nearest day of the file's earliest round.

    Of rounds in several school years those of the last one count: a class is named as it was when the file was made.
    """
    keys = {header_key(column.round) for column in extraction.columns}
    used = [rounds[key] for key in keys & rounds.keys()]
    last_year = max((SchoolYear.of(round_.starts_on) for round_ in used), default=None)
    in_last_year = (round_ for round_ in used if SchoolYear.of(round_.starts_on) == last_year)
    first = min(in_last_year, key=lambda round_: round_.starts_on, default=None)
    return min(max(today, first.starts_on), first.ends_on) if first else today
