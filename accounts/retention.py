"""How long each type of information is kept: decided, counted, carried out in steps, and shown to have been.

Nothing goes without a decision of the municipality, and none can go below the floor that the type has in the code.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import record
from .background import is_under_way, queue_job, report
from .declarations import TYPES, InformationType, Removal, declaration_of, type_of
from .declarations.information import day_before
from .declarations.removing import AT_A_TIME, remove_rows
from .models import ExportedFile, Job, RetentionDecision, RetentionRun, User
from .municipality_file.keeping import keep
from .municipality_file.part import write_part
from .refusal import ActRefused
from .statements import long_statements
from .tenancy import current_municipality

REMOVE = "accounts.tasks.remove_old_information"
# An archive's file is fetched by a person, who may be away.
ARCHIVE_KEPT = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Plan:
    """One type: the decision that counts, if there is one; what would go today; the last removal."""

    type: InformationType
    decision: RetentionDecision | None
    before: datetime.date | None
    n_due: int
    last_run: RetentionRun | None


def plans() -> list[Plan]:
    """Of all types, in the order in which they are declared."""
    return [plan_of(code) for code in TYPES]


def plan_of(code: str) -> Plan:
    decision = decision_on(code)
    before = day_before(timezone.localdate(), decision.years) if decision else None
    n_due = sum(due(code, before).values()) if before else 0
    last = RetentionRun.objects.filter(decision__kind=code).first()
    return Plan(type_of(code), decision, before, n_due, last)


def decision_on(code: str) -> RetentionDecision | None:
    return RetentionDecision.objects.filter(kind=code).last()


def due(code: str, before: datetime.date) -> dict[str, int]:
    """How many rows would go, by table; without those that go with them."""
    counts: dict[str, int] = {}
    for rows in _removal(code).old(before):
        n = rows.count()
        if n:
            counts[rows.model._meta.label] = counts.get(rows.model._meta.label, 0) + n
    return counts


def _removal(code: str) -> Removal:
    """Raises ActRefused for a type that is kept."""
    removal = type_of(code).removal
    if removal is None:
        raise ActRefused(_("This is not removed: %(why)s") % {"why": type_of(code).why_kept})
    return removal


@transaction.atomic
def decide_retention(
    *, kind: str, years: int, decided_on: datetime.date, decided_by: str, reference: str, by: User
) -> RetentionDecision:
    """Notes a decision of the municipality. Nothing is removed by it: see `ask_for_removal`."""
    _removal(kind)
    floor = type_of(kind).floor_years
    if years < floor:
        raise ActRefused(_("By law this is kept for %(n)d years at least.") % {"n": floor})
    if decided_on > timezone.localdate():
        raise ActRefused(_("The decision has a day that has not been yet."))
    decision = RetentionDecision.objects.create(
        municipality=current_municipality(),
        kind=kind,
        years=years,
        decided_on=decided_on,
        decided_by=decided_by,
        reference=reference,
        noted_by=by,
    )
    record("retention decided", by=by, subject=kind, years=years, reference=reference)
    return decision


@transaction.atomic
def ask_for_removal(*, kind: str, by: User) -> RetentionRun:
    """Carries the decision out, as a job. Raises ActRefused without one, and while another is at it.

    And for what is behind a wall of its own: the archive would be a file of it in the hands of whoever asks.
    """
    plan = plan_of(kind)
    if plan.decision is None or plan.before is None:
        raise ActRefused(_("Nothing is removed without a decision. Note it first."))
    if plan.type.is_walled:
        raise ActRefused(
            _("Those who run the installation hand these records over to the archive, and remove them.")
        )
    if plan.last_run is not None and is_under_way(plan.last_run.job):
        raise ActRefused(_("It is being removed already."))
    run = RetentionRun.objects.create(
        municipality=current_municipality(), decision=plan.decision, before=plan.before, asked_by=by
    )
    run.job = queue_job(REMOVE, by=by, is_heavy=True, run_id=run.pk)
    run.save(update_fields=["job"])
    record("removal asked for", by=by, subject=run.key, type=kind, rows=plan.n_due)
    return run


def carry_out(run: RetentionRun, job: Job | None = None) -> RetentionRun:
    """In steps of some hundred rows, each of them whole; taken up again after a crash, it goes on where it was."""
    information_type = type_of(run.decision.kind)
    if run.finished_at is not None:
        return run
    if information_type.archive_first and not run.archive_seal:
        _archive(run)
    n_all = sum(due(information_type.code, run.before).values())
    for n_gone in _steps(run, _removal(information_type.code)):
        if job is not None:
            report(job, "removing", n_gone, n_all)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    record(
        "information removed", by=run.asked_by, subject=run.key, type=information_type.code, rows=run.n_rows
    )
    return run


def _archive(run: RetentionRun) -> None:
    """What will go, as a file in the format of the whole export, before the first row of it goes."""
    rows = _removal(run.decision.kind).old(run.before)
    file = ExportedFile.objects.create(
        municipality=run.municipality,
        by=run.asked_by,
        purpose=_("Archive, before removal"),
        run=run,
        expires_at=timezone.now() + ARCHIVE_KEPT,
    )
    run.archive_seal = keep(file, lambda path: write_part(run.municipality, rows, path)).seal
    run.save(update_fields=["archive_seal"])


def _steps(run: RetentionRun, removal: Removal) -> Iterator[int]:
    """Yields how many rows have gone after each step."""
    for rows in removal.old(run.before):
        declaration_of(rows.model)  # a table that nobody has declared is not removed from
        while True:
            with transaction.atomic(), long_statements():
                n = _whole_step(run, rows, removal) if removal.around else _step(run, rows)
            if not n:
                break
            yield run.n_rows


def _step(run: RetentionRun, rows: models.QuerySet) -> int:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
    if ids:
        _note(run, remove_rows({rows.model: set(ids)}), ids)
    return len(ids)


def _whole_step(run: RetentionRun, rows: models.QuerySet, removal: Removal) -> int:
    """All of the queryset at once, since what rests on it is counted before and after."""
    if removal.around is None or not rows.exists():
        return 0
    digest, n = hashlib.sha256(), 0
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
        digest.update(f"{pk}\n".encode())
        n += 1
    with removal.around():
        plain = rows.model._default_manager.filter(pk__in=rows.values("pk"))
        plain._raw_delete(plain.db)
    _note(run, {rows.model._meta.label: n}, [digest.hexdigest()])
    return n


def _note(run: RetentionRun, gone: dict[str, int], ids: list[Any]) -> None:
    """In the transaction of the step: what the proof says has gone, has gone."""
    for label, n in gone.items():
        run.rows[label] = run.rows.get(label, 0) + n
    run.digest = hashlib.sha256(f"{run.digest} {ids}".encode()).hexdigest()
    run.save(update_fields=["rows", "digest"])
