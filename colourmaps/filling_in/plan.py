"""What each cell of a workbook that was handed back becomes: who may fill it in, what it says, what is in force."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Sight
from accounts.models import Unit, User
from accounts.roles import Permission
from accounts.tenancy import current_municipality
from pupils.models import Pupil

from ..importing.messages import Level, Message, define
from ..importing.values import Refused, cell_text
from ..importing.workbook import UnreadableFile
from ..models import Indicator, MeasurementRound
from .base import Base
from .contents import content_of
from .handed_back import FOREIGN, HandedBack, HandedCell, HandedRow
from .merge import Content, Decision, Verdict, goes_in, merge
from .offer import CellKey, InForce, offer_of, results_in_force

DAYS_VALID = 60

NOT_YOURS = define(
    "filling_in.not_yours",
    Level.ERROR,
    gettext_lazy(
        "You may not fill in results for class %(name)s, so %(count)s changed cells of the sheet are left out. Whoever "
        "has the class can hand in the same workbook."
    ),
)
NOT_AWAITED = define(
    "filling_in.not_awaited",
    Level.ERROR,
    gettext_lazy(
        "“%(value)s” is left out: in this round no result is awaited here, or the pupil is no longer in the class. "
        "Empty the cell, or ask the coordinator."
    ),
)
EMPTIED = define(
    "filling_in.emptied",
    Level.NOTE,
    gettext_lazy("The cell was emptied. A workbook removes no result, so the value stays as it is."),
)
UNKNOWN_INDICATOR = define(
    "filling_in.unknown_indicator",
    Level.WARNING,
    gettext_lazy("“%(value)s” is no longer measured in the municipality. The column is left out."),
)


@dataclass(frozen=True)
class PlannedCell:
    """A cell that would change what is in force. mine: as it was handed back; theirs: in force now.

    school_class: on whose sheet it stands.
    """

    school_class: Unit
    pupil: Pupil
    indicator: Indicator
    mine: Content
    theirs: InForce | None
    verdict: Verdict

    @property
    def key(self) -> CellKey:
        return self.pupil.pk, self.indicator.pk

    @property
    def in_force(self) -> Content | None:
        return self.theirs.content if self.theirs else None


@dataclass
class Plan:
    """cells: those that are taken or in conflict. n_same: cells that say what is in force already.

    classes: those whose cells were looked at.
    """

    round: MeasurementRound
    classes: list[Unit] = field(default_factory=list)
    cells: list[PlannedCell] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    n_rows: int = 0
    n_rows_left_out: int = 0
    n_emptied: int = 0
    n_refused: int = 0
    n_same: int = 0

    def of(self, verdict: Verdict) -> list[PlannedCell]:
        return [cell for cell in self.cells if cell.verdict is verdict]

    def to_write(self, decisions: Mapping[CellKey, Decision]) -> list[PlannedCell]:
        return [cell for cell in self.cells if goes_in(cell.verdict, decisions.get(cell.key), cell.in_force)]

    @property
    def digest(self) -> str:
        """Tells two plans apart that would change, or ask, something else; decisions are no part of it."""
        said = sorted(
            [cell.key, cell.verdict.value, cell.mine.to_json(), cell.in_force and cell.in_force.to_json()]
            for cell in self.cells
        )
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def make_plan(handed: HandedBack, *, by: User, today: datetime.date) -> Plan:
    """by: who handed it back, whose classes they must be.

    Raises UnreadableFile, with the sentence for that person, for a workbook that is foreign, expired, of a closed
    round, or of none of the person's classes.
    """
    plan = Plan(_open_round(handed.base), messages=list(handed.messages), n_rows_left_out=handed.n_left_out)
    plan.n_rows = len(handed.rows) + handed.n_left_out
    return _Planner(handed, plan, by, today).plan_all()


def _open_round(base: Base) -> MeasurementRound:
    if base.municipality != current_municipality().pk:
        raise UnreadableFile(
            _("The workbook belongs to another municipality. Take a new one from the page of your class.")
        )
    round_ = MeasurementRound.objects.filter(key=base.round).first()
    if round_ is None:
        raise UnreadableFile(FOREIGN)
    if round_.closed_at is not None:
        raise UnreadableFile(
            _(
                "%(round)s is closed, so nothing more can be filled in. Ask the coordinator, who can open it again."
            )
            % {"round": round_.name}
        )
    if base.made_at + datetime.timedelta(days=DAYS_VALID) < timezone.now():
        raise UnreadableFile(
            _(
                "The workbook is from %(day)s and too old: much may have changed since. Take a new one from the page "
                "of the class and fill in the values there."
            )
            % {"day": date_format(timezone.localtime(base.made_at), "DATE_FORMAT")}
        )
    return round_


class _Planner:
    """The work on one workbook; `plan` is filled in."""

    def __init__(self, handed: HandedBack, plan: Plan, by: User, today: datetime.date) -> None:
        self.handed, self.plan, self.today = handed, plan, today
        self.sight = Sight(by)
        self.indicators = {
            indicator.code: indicator for indicator in Indicator.objects.filter(code__in=handed.base.heads)
        }
        keys = [row.base.key for row in handed.rows]
        self.pupils = {pupil.key: pupil for pupil in Pupil.objects.filter(key__in=keys)}
        self.in_force = results_in_force(plan.round, [pupil.pk for pupil in self.pupils.values()])

    def plan_all(self) -> Plan:
        by_class: dict[str, list[HandedRow]] = defaultdict(list)
        for row in self.handed.rows:
            by_class[row.school_class].append(row)
        classes = {unit.key: unit for unit in Unit.objects.filter(key__in=self.handed.base.classes)}
        allowed = {key for key, unit in classes.items() if self.sight.can(Permission.RECORD_RESULTS, unit)}
        if not allowed:
            names = ", ".join(sorted(unit.name for unit in classes.values()))
            raise UnreadableFile(
                _("The workbook is for %(names)s. You may not fill in results there.") % {"names": names}
            )
        self._say_what_is_gone()
        for key, rows in by_class.items():
            if key in allowed:
                self.plan.classes.append(classes[key])
                self._plan_class(classes[key], rows)
            else:
                self._leave_out(classes[key].name if key in classes else "", rows)
        return self.plan

    def _say_what_is_gone(self) -> None:
        gone = sorted(self.handed.base.heads.keys() - self.indicators.keys())
        self.plan.messages += [
            Message(UNKNOWN_INDICATOR, value=self.handed.base.name_of(code)) for code in gone
        ]

    def _plan_class(self, school_class: Unit, rows: list[HandedRow]) -> None:
        offered = offer_of(school_class, self.plan.round, self.today).cells
        for row in rows:
            for code, handed in row.cells.items():
                if code in self.indicators:
                    self._plan_cell(school_class, row, self.indicators[code], handed, offered)

    def _plan_cell(
        self,
        school_class: Unit,
        row: HandedRow,
        indicator: Indicator,
        handed: HandedCell,
        offered: frozenset[CellKey],
    ) -> None:
        mine = content_of(handed.cell, indicator.scale, is_percent_cell=handed.is_percent)
        if isinstance(mine, Refused):
            self._refuse(row, handed, mine)
            return
        pupil = self.pupils.get(row.base.key)
        is_offered = pupil is not None and (pupil.pk, indicator.pk) in offered
        theirs = self.in_force.get((pupil.pk, indicator.pk)) if pupil else None
        was = row.base.was.get(indicator.code)
        # Of a pupil who has gone elsewhere nothing is told, not even that a guess is what is in force there.
        in_force = (theirs.content if theirs else None) if is_offered else was
        verdict = merge(mine, was, in_force)
        if verdict is Verdict.EMPTIED:
            self.plan.n_emptied += 1
            self.plan.messages.append(Message(EMPTIED, row.sheet, handed.row, handed.column))
        elif verdict is Verdict.SAME:
            self.plan.n_same += 1
        elif verdict in (Verdict.TAKEN, Verdict.CONFLICT) and mine is not None:
            if pupil is None or not is_offered:
                self._refuse(row, handed, Refused(NOT_AWAITED))
            else:
                self.plan.cells.append(PlannedCell(school_class, pupil, indicator, mine, theirs, verdict))

    def _refuse(self, row: HandedRow, handed: HandedCell, refused: Refused) -> None:
        self.plan.n_refused += 1
        self.plan.messages.append(
            Message(
                refused.kind,
                row.sheet,
                handed.row,
                handed.column,
                value=cell_text(handed.cell),
                parameters=refused.parameters,
            )
        )

    def _leave_out(self, class_name: str, rows: list[HandedRow]) -> None:
        """Of a class that is not the person's, only what was changed is worth a word."""
        changed = [row for row in rows for _cell in self._changed_in(row)]
        if changed:
            self.plan.n_refused += len(changed)
            parameters = {"name": class_name, "count": len(changed)}
            self.plan.messages.append(Message(NOT_YOURS, rows[0].sheet, parameters=parameters))

    def _changed_in(self, row: HandedRow) -> Iterator[HandedCell]:
        for code, handed in row.cells.items():
            if code in self.indicators:
                scale, was = self.indicators[code].scale, row.base.was.get(code)
                mine = content_of(handed.cell, scale, is_percent_cell=handed.is_percent)
                if isinstance(mine, Refused) or merge(mine, was, was) is Verdict.TAKEN:
                    yield handed
